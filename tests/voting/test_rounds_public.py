"""Rounds as everybody reads them: before closing no figure, after publication all that stands behind one."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import person
from tests.factories import MonitorFactory, ProjectFactory, RoundFactory, SheetFactory
from tests.reading import figures
from voting.models import Round

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def csv_url(one: Round) -> str:
    return reverse("voting:round_csv", args=[one.slug])


@pytest.fixture
def published(db: None) -> Round:
    """Three projects: 95, 80, and one with four sheets of ten."""
    titles = ("好项目", "=普通项目", "没人打的项目")
    one = RoundFactory(open=True, projects=[ProjectFactory(concluded=True, title=title) for title in titles])
    monitors = MonitorFactory.create_batch(10)
    for entry, figure, n in zip(one.entries.all(), (95, 80, 90), (10, 6, 4), strict=True):
        for monitor in monitors[:n]:
            SheetFactory(entry=entry, monitor=monitor, points=figure)
    one.close(at=one.closes_at)
    one.publish(person("office_leader"))
    return one


def test_while_it_runs_the_page_says_what_is_asked_and_how_many_sheets_came_in(client: Client) -> None:
    one = RoundFactory(open=True, sheets=3)
    text = text_of(client, one.get_absolute_url())
    for words in ("打分中", "办成了没有", "40%", "3 张，全部交齐是 3 张", one.entries.get().project.title):
        assert words in text
    assert 88 not in figures(text)  # what the three gave


def test_closed_and_not_published_is_still_a_secret(client: Client) -> None:
    one = RoundFactory(closed=True, sheets=5)
    text = text_of(client, one.get_absolute_url())
    assert "已截止，待公布" in text and 88 not in figures(text)
    assert client.get(csv_url(one)).status_code == 404


def test_drafted_rounds_are_not_there(client: Client) -> None:
    one = RoundFactory(drafted=True, title="还没定的一轮")
    assert client.get(one.get_absolute_url()).status_code == 404
    assert "还没定的一轮" not in text_of(client, reverse("voting:round_list"))


def test_a_published_round_shows_the_ranking_with_everything_behind_it(published: Round, client: Client) -> None:
    text = text_of(client, published.get_absolute_url())
    order = [text.index(words) for words in ("好项目", "普通项目", "<h2>未评级", "没人打的项目")]
    assert order == sorted(order)
    for words in (
        "95.00", "优秀", "10 张有效，应打 10 人", "80.00", "良好", "6 张有效，应打 10 人", "有效打分 4 张，不足 5 张",
        "两端各去掉 1 张", "算法版本 2026.1", "四舍五入到两位小数",
    ):  # fmt: skip
        assert words in text
    assert "90.00" not in text  # what the four gave stays unsaid


def test_by_topic_every_rated_project_is_there_once(published: Round, client: Client) -> None:
    text = text_of(client, f"{published.get_absolute_url()}?by=topic")
    assert text.count('class="standing"') == 2
    assert published.entries.first().project.topic.name in text


def test_the_table_for_spreadsheets_holds_the_same_and_no_formulas(published: Round, client: Client) -> None:
    answer = client.get(csv_url(published))
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [(row["名次"], row["得分"], row["有效打分"], row["应打分"]) for row in rows] == [
        ("1", "95.00", "10", "10"), ("2", "80.00", "6", "10"), ("", "", "4", "10")
    ]  # fmt: skip
    assert [row["优秀"] for row in rows] == ["10", "0", ""]
    assert rows[0]["办成了没有（40%）"] == "95.00" and rows[2]["办成了没有（40%）"] == ""
    assert "不足 5 张" in rows[2]["未评级原因"] and rows[1]["项目名称"] == "'=普通项目"


def test_a_projects_own_page_shows_its_score_and_before_that_none(published: Round, client: Client) -> None:
    rated, _second, unrated = (entry.project for entry in published.entries.all())
    text = text_of(client, rated.get_absolute_url())
    assert "95.00" in text and "优秀" in text and published.title in text
    text = text_of(client, unrated.get_absolute_url())
    assert "未评级" in text and "不足 5 张" in text
    running = RoundFactory(open=True, sheets=5).entries.get().project
    text = text_of(client, running.get_absolute_url())
    assert "公布前没有人看得到分数" in text and 88 not in figures(text)
    assert "群众监督员打分" not in text_of(client, ProjectFactory(concluded=True).get_absolute_url())


def test_pages_cost_the_same_queries_for_one_project_and_for_three(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    def cost(one: Round) -> int:
        with django_assert_max_num_queries(16) as queries:
            text_of(client, one.get_absolute_url())
        return len(queries)

    three = ProjectFactory.create_batch(3, concluded=True)
    running = cost(RoundFactory(open=True, sheets=1)), cost(RoundFactory(open=True, sheets=1, projects=three))
    assert running[0] == running[1]
    three = ProjectFactory.create_batch(3, concluded=True)
    done = cost(RoundFactory(published=True, sheets=9)), cost(RoundFactory(published=True, sheets=30, projects=three))
    assert done[0] == done[1]
