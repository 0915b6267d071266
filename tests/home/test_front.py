"""The front page: it answers at once, costs eight queries whatever there is, and leaves nothing on the reader's device."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home.front import front_page, newest_projects, open_problems, phase_bar, top_results
from home.models import HomePage, NewsIndexPage, NewsPage
from monitors.models import Monitor, Problem
from portal.models import Campaign
from projects.models import Photo, Project
from tests.cast import person
from tests.factories import (
    CampaignFactory,
    MonitorFactory,
    PhotoFactory,
    ProblemFactory,
    ProjectFactory,
    ReportFactory,
    RoundFactory,
    SheetFactory,
    SuggestionFactory,
)
from voting.models import Result

pytestmark = pytest.mark.django_db
QUERIES = 8


def news(count: int = 1, **facts: Any) -> list[NewsPage]:
    index = NewsIndexPage.objects.get()
    made = []
    for n in range(count):
        facts_of_one = {"title": f"征集第 {n} 天", "slug": f"news-{n}", "intro": "今天收到的建议都已初审。"} | facts
        made.append(index.add_child(instance=NewsPage(**facts_of_one)))
    return made


def project_with_report(**facts: Any) -> Project:
    project = ProjectFactory(active=True, **facts)
    ReportFactory(project=project, kind="month", accepted=True, at=timezone.now())
    return project


def published_round(projects: list[Project] | None = None, **facts: Any) -> Any:
    """Five monitors score every project, the first one with the most points."""
    one = RoundFactory(open=True, projects=projects, **facts)
    monitors = list(Monitor.objects.all()) or MonitorFactory.create_batch(5)
    for place, entry in enumerate(one.entries.all()):
        for monitor in monitors:
            SheetFactory(entry=entry, monitor=monitor, points=95 - place)
    one.close(at=one.closes_at)
    one.publish(person("office_leader"), at=one.closes_at)
    return one


def everything(times: int = 1) -> None:
    """A little of all that the front page shows."""
    campaign = CampaignFactory()
    for _ in range(times):
        SuggestionFactory(open=True, campaign=campaign)
        SuggestionFactory(closed=True, campaign=campaign)
        project = project_with_report()
        PhotoFactory(project=project)
        ProblemFactory(project=project, handed=True)
    published_round(ProjectFactory.create_batch(times, concluded=True))
    news(times)


def queries_of(client: Client, path: str = "/") -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200
    return len(queries)


# --- it is there ----------------------------------------------------------------------------------
def test_the_front_page_answers_right_after_migrating(client):
    response = client.get("/")
    assert response.status_code == 200
    page = response.content.decode()
    assert HomePage.objects.get().headline in page
    assert "今年的征集还没有公告" in page
    assert "还没有公开的项目进展" in page


def test_it_says_what_can_be_done_and_where(client):
    page = client.get("/").content.decode()
    assert '<a class="btn" href="/suggestions/new/">我要提建议</a>' in page
    assert '<a class="btn btn-plain" href="/track/">查我的建议</a>' in page


def test_reading_it_sets_no_cookie_and_carries_no_token(client):
    everything()
    response = client.get("/")
    assert not response.cookies
    assert "csrf" not in response.content.decode().lower()
    assert "no-store" not in response.get("Cache-Control", "")


def test_only_reading_is_possible(client):
    assert client.post("/").status_code == 405


def test_eight_queries_with_one_of_everything_and_with_twelve(client):
    everything()
    one = queries_of(client)
    everything_more()
    assert one == QUERIES
    assert queries_of(client) == QUERIES


def everything_more() -> None:
    campaign = CampaignFactory()
    for _ in range(12):
        SuggestionFactory(open=True, campaign=campaign)
        project = project_with_report()
        PhotoFactory.create_batch(2, project=project)
        ProblemFactory(project=project, handed=True)
        news(1, slug=f"more-{project.pk}")


def test_no_query_more_with_a_cold_cache(client):
    everything()
    client.get("/")
    cache.clear()
    assert queries_of(client) == QUERIES


# --- where the year stands ------------------------------------------------------------------------
def campaign_of_2026() -> Campaign:
    return Campaign(
        year=2026, opens_on=date(2026, 11, 1), closes_on=date(2026, 12, 31), list_on=date(2027, 2, 1),
        work_from=date(2027, 3, 1), scoring_from=date(2027, 11, 20), ends_on=date(2027, 12, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("today", "now", "note"),
    [
        (date(2026, 11, 22), "征集建议", "还剩 40 天"),
        (date(2026, 12, 31), "征集建议", "今天是最后一天"),
        (date(2027, 1, 1), "筛选与票选", "还剩 31 天"),
        (date(2027, 6, 1), "按季推进", "还剩 172 天"),
        (date(2027, 12, 31), "结题打分", "今天是最后一天"),
    ],
)
def test_today_is_marked_with_what_is_left_of_it(today, now, note):
    bar = phase_bar(campaign_of_2026(), today)
    assert [(item["name"], item.get("note")) for item in bar if item["state"] == "now"] == [(now, note)]


def test_what_opens_next_says_in_how_many_days():
    bar = phase_bar(campaign_of_2026(), date(2026, 12, 30))
    assert [item["state"] for item in bar] == ["now", "later", "later", "later", "later"]
    assert bar[1]["note"] == "2 天后开始"
    assert "note" not in bar[2]
    assert bar[0]["dates"] == "11月1日—12月31日"
    assert bar[3]["dates"] == "2027年3月1日—11月19日"


def test_before_it_opens_nothing_is_marked_as_now():
    bar = phase_bar(campaign_of_2026(), date(2026, 10, 31))
    assert {item["state"] for item in bar} == {"later"}
    assert bar[0]["note"] == "明天开始"


def test_after_the_year_everything_is_done():
    assert {item["state"] for item in phase_bar(campaign_of_2026(), date(2028, 1, 1))} == {"done"}


# --- newest results -------------------------------------------------------------------------------
def test_the_projects_with_the_newest_public_reports_come_first():
    first, second, third, fourth = [project_with_report() for _ in range(4)]
    assert [card["href"] for card in newest_projects()] == [
        project.get_absolute_url() for project in (fourth, third, second)
    ]
    assert first.title not in {card["title"] for card in newest_projects()}


def test_a_card_shows_light_progress_and_the_newest_public_photo():
    project = project_with_report()
    today = timezone.localdate()
    PhotoFactory(project=project, taken_on=today - timedelta(days=9), caption="动工")
    shown = PhotoFactory(project=project, taken_on=today - timedelta(days=2), caption="装好了")
    PhotoFactory(project=project, taken_on=today, caption="收回的", is_kept=False)
    (card,) = newest_projects()
    assert card["photo"] == shown.get_thumb_url()
    assert card["photo_alt"] == "装好了"
    assert (card["progress"], card["light_text"]) == (project.progress(), project.light().text)
    assert "台账更新已公开" in card["note"]


def test_what_the_public_may_not_read_is_not_on_the_front_page(client):
    hidden = ProjectFactory(title="还在库里的项目")
    PhotoFactory(project=hidden)
    unchecked = ProblemFactory(text="还没核对的问题原文")
    ReportFactory(project=unchecked.project, submitted=True)
    news(1, title="没有发布的新闻", live=False)
    page = client.get("/").content.decode()
    for text in ("还在库里的项目", "还没核对的问题原文", "没有发布的新闻", unchecked.project.title):
        assert text not in page
    assert Photo.objects.count() == 1


# --- problems, scores, news -----------------------------------------------------------------------
def test_problems_that_wait_longest_stand_first_and_confirmed_ones_are_gone():
    late, soon, answered, confirmed = (
        ProblemFactory(**{state: True}) for state in ("handed", "disputed", "answered", "confirmed")
    )
    today = timezone.localdate()
    for problem, days in ((late, -2), (soon, 3), (answered, -9)):
        Problem.objects.filter(pk=problem.pk).update(due_on=today + timedelta(days=days))
    shown = open_problems()
    assert [item["href"] for item in shown] == [one.project.get_absolute_url() for one in (late, soon, answered)]
    assert shown[0]["light_state"] == "red"
    assert confirmed.project.get_absolute_url() not in {item["href"] for item in shown}


def test_the_last_published_round_shows_its_best_first():
    published_round(ProjectFactory.create_batch(2, concluded=True), closes_at=timezone.now() + timedelta(hours=2))
    projects = ProjectFactory.create_batch(7, concluded=True)
    last = published_round(projects)
    RoundFactory(open=True)
    scores = top_results()
    assert scores.round == last
    assert [row.entry.project for row in scores.rows] == projects[:5]


def test_a_corrected_result_stands_in_the_place_of_the_first():
    one = published_round()
    entry = one.entries.get()
    first = entry.latest_result
    Result.objects.create(
        entry=entry, version=2, formula=first.formula, computed_at=timezone.now(), n=5, eligible=5, trimmed=1,
        score="61.00", tier="fair",
    )  # fmt: skip
    assert [str(row.score) for row in top_results().rows] == ["61.00"]


def test_a_project_without_a_quorum_is_not_in_the_table():
    RoundFactory(published=True)
    assert top_results() is None


def test_news_are_linked_where_they_stand(client):
    (page,) = news()
    shown = front_page()["news"]
    assert shown[0]["href"] == "/news/news-0/"
    assert client.get(shown[0]["href"]).status_code == 200
    assert page.title in client.get("/").content.decode()
