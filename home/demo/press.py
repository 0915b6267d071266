"""News of the demo city, each on its day, a picture with some; and the front page's words with this year's dates."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils import timezone
from wagtail.images.models import Image

from home.demo import pictures
from home.demo.campaigns import THIS
from home.demo.cast import Cast
from home.demo.stage import Stage
from home.demo.texts import Row
from home.models import HomePage, NewsIndexPage, NewsPage
from home.standing import paragraphs_of
from projects.models import AnnualList

# News that tell of something else that happens in the city: (a word of the title, days from today); the rest is dated
# by the texts.
TIED = (("乡镇卫生院", -119), ("征集开始了", THIS[0]))
ILLUSTRATED = {"乡镇卫生院": "medical", "小巴": "transport", "征集开始了": "government", "红灯": "citymgmt"}


class Press:
    """All news, put on the programme of the stage."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast
        for n, row in enumerate(stage.texts.news):
            days = next((tied for word, tied in TIED if word in row["title"]), -row["days_ago"])
            if "清单公布" in row["title"]:
                continue  # written when the list is out
            stage.at(stage.at_work(stage.calendar.previous_workday(stage.day(days))), self.publish, n, row)
        stage.at(stage.at_work(stage.month(-8)), self._publish_list)

    def _publish_list(self) -> None:
        """How many things are on the list is for the list to say."""
        count = AnnualList.objects.public().latest("year").projects.count()
        n, row = next((n, row) for n, row in enumerate(self.stage.texts.news) if "清单公布" in row["title"])
        words = {"四十件小事定了": f"{count} 件小事定了", "这四十件事都来自": "这些事大多来自"}
        self.publish(n, json.loads(_replace(json.dumps(row, ensure_ascii=False), words)))

    def publish(self, n: int, row: Row) -> None:
        today = self.stage.day(THIS[0]), self.stage.day(THIS[1])
        dates = {"从十一月一日到十二月三十一日": f"从{_in_words(today[0])}到{_in_words(today[1])}"}
        row = json.loads(_replace(json.dumps(row, ensure_ascii=False), dates))
        topic = next((topic for word, topic in ILLUSTRATED.items() if word in row["title"]), "")
        facts: dict[str, Any] = {"picture": self._picture(n, topic, row), "picture_alt": row["title"]} if topic else {}
        page = NewsPage(
            title=row["title"], slug=f"news-{n + 1}", intro=row["intro"], live=False, owner=self.cast.demo["editor"],
            body=json.dumps(paragraphs_of(row["body"])), **facts,
        )  # fmt: skip
        NewsIndexPage.objects.get().add_child(instance=page)
        page.save_revision(user=self.cast.demo["editor"]).publish(user=self.cast.chief(0))

    def _picture(self, n: int, topic: str, row: Row) -> Image:
        file = pictures.draw(topic, row["title"], 7000 + n, timezone.now())
        return Image.objects.create(title=row["title"], file=file, uploaded_by_user=self.cast.demo["editor"])


def words_of_the_front_page(stage: Stage) -> None:
    """The month in which collecting begins is that of this city's campaign."""
    front = HomePage.objects.get()
    front.lead = front.lead.replace("每年十一月起", f"每年{stage.day(THIS[0]).month}月起")
    front.save()


def _in_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _replace(text: str, words: dict[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text
