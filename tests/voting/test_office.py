"""The office runs a round: prepares it, watches the count, closes by the clock, previews and publishes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import person
from tests.factories import MonitorFactory, ProjectFactory, RoundFactory
from tests.reading import figures
from voting.models import Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(sign_in: Any) -> Client:
    return sign_in(person("officer"))


@pytest.fixture
def leader(sign_in: Any) -> Client:
    return sign_in(person("office_leader"))


def url(name: str, *args: Any) -> str:
    return reverse(f"voting_office:{name}", args=args)


def text_of(response: Any) -> str:
    return response.content.decode()


def at(hours: int) -> str:
    return (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def the_round() -> Round:
    return Round.objects.get()


def test_a_round_is_prepared_with_the_projects_that_are_ready(office: Client) -> None:
    ready, busy, active = (
        ProjectFactory(concluded=True), RoundFactory(open=True).entries.get().project, ProjectFactory(active=True)
    )  # fmt: skip
    page = text_of(office.get(url("round_new")))
    assert ready.title in page and busy.title not in page and active.title not in page
    sent = {"title": "下半年打分", "year": 2031, "opens_at": at(-1), "closes_at": at(24), "projects": [ready.pk]}
    assert "已存好" in text_of(office.post(url("round_new"), sent, follow=True))
    one = Round.objects.get(slug="2031")
    assert one.entries.get().project == ready and one.criteria.count() == 3


def test_dates_the_wrong_way_round_are_explained(office: Client) -> None:
    project = ProjectFactory(concluded=True)
    sent = {"title": "打分", "year": 2031, "opens_at": at(24), "closes_at": at(1), "projects": [project.pk]}
    page = office.post(url("round_new"), sent)
    assert page.status_code == 200 and "截止要晚于开始" in text_of(page)
    assert not Round.objects.exists()


def test_criteria_and_weights_can_be_changed_before_scoring_and_never_after(office: Client) -> None:
    one = RoundFactory(drafted=True)
    rows = list(one.criteria.all())

    def sent(*weights: int) -> dict[str, Any]:
        data: dict[str, Any] = {"criteria-TOTAL_FORMS": 3, "criteria-INITIAL_FORMS": 3}
        for n, (row, weight) in enumerate(zip(rows, weights, strict=True)):
            facts = {"id": row.pk, "name": row.name, "help": "", "weight": weight}
            data |= {f"criteria-{n}-{name}": value for name, value in facts.items()}
        return data

    page = office.post(url("round_criteria", one.slug), sent(50, 40, 20))
    assert page.status_code == 422 and "现在是 110" in text_of(page)
    office.post(url("round_criteria", one.slug), sent(50, 30, 20))
    assert list(one.criteria.values_list("weight", flat=True)) == [50, 30, 20]
    one.open(person("officer"))
    office.post(url("round_criteria", one.slug), sent(10, 10, 80))
    office.post(url("round_edit", one.slug), {"title": "改名", "year": 2031, "opens_at": at(1), "closes_at": at(2)})
    one.refresh_from_db()
    assert list(one.criteria.values_list("weight", flat=True)) == [50, 30, 20] and one.title != "改名"


def test_opening_asks_first(office: Client) -> None:
    one = RoundFactory(drafted=True)
    assert "都不能再变" in text_of(office.get(url("round_open", one.slug)))
    assert the_round().status == "drafted"
    office.post(url("round_open", one.slug))
    assert the_round().status == "open"


def test_until_it_closes_only_heads_are_counted(leader: Client) -> None:
    one = RoundFactory(open=True, sheets=4)
    MonitorFactory()
    text = text_of(leader.get(url("round", one.slug)))
    row = text[text.index("打分表交了多少") :]
    assert '<td class="wt-n">4</td>' in row and '<td class="wt-n">5</td>' in row
    assert 88 not in figures(text.split('class="nice-padding wt"')[1]) and "结果（公布前" not in text


def test_the_button_obeys_the_clock(office: Client) -> None:
    one = RoundFactory(open=True, sheets=5)
    assert url("round_close", one.slug) not in text_of(office.get(url("round", one.slug)))
    assert "还没有到截止时间" in text_of(office.post(url("round_close", one.slug), follow=True))
    assert the_round().status == "open"
    Round.objects.update(closes_at=timezone.now() - timedelta(seconds=5))
    assert url("round_close", one.slug) in text_of(office.get(url("round", one.slug)))
    office.post(url("round_close", one.slug))
    assert the_round().status == "closed"
    assert 88 in figures(text_of(office.get(url("round", one.slug))))


def test_publishing_is_for_those_who_may_and_asks_first(office: Client, leader: Client) -> None:
    one = RoundFactory(closed=True, sheets=5)
    assert office.post(url("round_publish", one.slug)).status_code == 302 and the_round().status == "closed"
    assert url("round_publish", one.slug) not in text_of(office.get(url("round", one.slug)))
    assert "公布后不能撤回" in text_of(leader.get(url("round_publish", one.slug)))
    assert the_round().status == "closed"
    leader.post(url("round_publish", one.slug))
    assert the_round().status == "published"


def test_nothing_is_published_before_it_is_closed(leader: Client) -> None:
    one = RoundFactory(open=True, sheets=5)
    page = leader.post(url("round_publish", one.slug))
    assert "才能公布" in text_of(page) and the_round().status == "open"


@pytest.mark.parametrize("role", ["citizen", "clerk", "editor", "sysadmin"])
def test_others_see_nothing_of_it(role: str, sign_in: Any) -> None:
    browser, one = sign_in(person(role)), RoundFactory(closed=True, sheets=5)
    for address in (url("rounds"), url("round", one.slug), url("round_new"), url("round_publish", one.slug)):
        assert browser.get(address).status_code in (302, 403)


def test_the_auditor_reads_and_does_nothing(sign_in: Any) -> None:
    browser, one = sign_in(person("auditor")), RoundFactory(closed=True, sheets=5)
    text = text_of(browser.get(url("round", one.slug)))
    assert "88.00" in text and "公布结果" not in text
    for name in ("round_close", "round_publish", "round_open"):
        browser.post(url(name, one.slug))
    assert the_round().status == "closed"
