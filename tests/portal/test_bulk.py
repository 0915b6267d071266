"""Many at once: what will happen stands on the page before, each is done by itself, and the page after says all."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import Decision, Suggestion, Topic
from portal.office import bulk
from tests.cast import person
from tests.factories import SuggestionFactory

pytestmark = pytest.mark.django_db
Status = Suggestion.Status
BULK = reverse("office:bulk")
PERSONAL = {"body": "我叫钟离霜，电话13987651234，路灯一个月没亮。"}


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def preview(client: Client, do: str, *rows: Suggestion) -> Any:
    return client.get(BULK, {"do": do, "pick": [one.number for one in rows]})


def act(client: Client, do: str, *rows: Suggestion, **data: Any) -> Any:
    seen = [f"{one.number}:{one.status}" for one in rows]
    return client.post(BULK, {"do": do, "seen": seen, **data})


def states(*rows: Suggestion) -> list[str]:
    return [Suggestion.objects.get(pk=one.pk).status for one in rows]


def test_the_preview_says_who_is_left_out_and_why_and_changes_nothing(office: Client) -> None:
    plain, personal, done = SuggestionFactory(), SuggestionFactory(**PERSONAL), SuggestionFactory(open=True)
    page = text(preview(office, "accept", plain, personal, done))
    assert "受理这 1 条" in page and "逐条看过再受理" in page and "“已受理”状态下不能这样办" in page
    assert states(plain, personal, done) == [Status.RECEIVED, Status.RECEIVED, Status.OPEN]


def test_what_somebody_did_meanwhile_is_left_out_and_the_rest_is_done(office: Client) -> None:
    first, second, third = SuggestionFactory.create_batch(3)
    Suggestion.objects.get(pk=second.pk).refuse(person("second_officer"), "unclear", note="请补充路口的名字。")
    page = act(office, "accept", first, second, third)
    assert states(first, second, third) == [Status.OPEN, Status.NOT_ACCEPTED, Status.OPEN]
    assert page.context["done"] == [first.number, third.number]
    assert [line.obstacle for line in page.context["left_out"]] == ["您打开之后有人办过了"]


def test_one_that_fails_does_not_take_the_others_with_it(office: Client, monkeypatch: Any) -> None:
    first, second = SuggestionFactory.create_batch(2)
    monkeypatch.setattr(bulk, "obstacle", lambda one, name, seen: "")
    Suggestion.objects.filter(pk=second.pk).update(body=PERSONAL["body"])
    page = act(office, "accept", first, second)
    assert states(first, second) == [Status.OPEN, Status.RECEIVED]
    assert "可能有个人信息" in page.context["left_out"][0].obstacle


def test_refusing_many_tells_each_its_own_number_and_is_taken_back(office: Client) -> None:
    rows = SuggestionFactory.create_batch(2)
    page = act(office, "refuse", *rows, reason="unclear", note="您的 {编号} 没有写明地点，请补充后再提。")
    assert states(*rows) == [Status.NOT_ACCEPTED] * 2
    for one in rows:
        assert f"您的 {one.number} 没有写明地点" in one.moves.get(verb="refuse").public_note
    assert page.context["undo"] == "reconsider"
    refused = [Suggestion.objects.get(pk=one.pk) for one in rows]
    act(office, "reconsider", *refused)
    assert states(*rows) == [Status.RECEIVED] * 2


def test_a_form_that_is_wrong_does_nothing_and_keeps_the_text(office: Client) -> None:
    one = SuggestionFactory(open=True)
    page = text(act(office, "propose", one, route="assign", reason="请{单位}七日内答复，结果公开。"))
    assert "请选择由哪个单位答复" in page and "请{单位}七日内答复" in page
    assert states(one) == [Status.OPEN]


def test_the_same_decision_is_proposed_for_many_and_taken_back(office: Client, reference: Any) -> None:
    rows = SuggestionFactory.create_batch(2, open=True)
    act(office, "propose", *rows, route="assign", reason="请{单位}就 {编号} 答复。", unit=reference.health.pk)
    for one in rows:
        decision = Decision.objects.pending().get(suggestion=one)
        assert (
            decision.reason == f"请{reference.health.name}就 {one.number} 答复。" and decision.unit == reference.health
        )
    act(office, "withdraw", *(Suggestion.objects.get(pk=one.pk) for one in rows))
    assert states(*rows) == [Status.OPEN] * 2


def test_topic_and_handler_are_set_with_their_history(office: Client, officer: Any, second_officer: Any) -> None:
    rows = SuggestionFactory.create_batch(2)
    topic = Topic.objects.latest("position")
    act(office, "topic", *rows, topic=topic.pk, why="初审时统一更正")
    act(office, "handler", *rows, handler=second_officer.pk)
    for one in rows:
        one.refresh_from_db()
        assert (one.topic, one.handler) == (topic, second_officer)
        assert [row.history_change_reason for row in one.history.all()][1] == "初审时统一更正"


@pytest.mark.parametrize("role", ["auditor", "editor", "clerk", "citizen"])
def test_nobody_else_acts_in_bulk(role: str, sign_in: Any, request: Any) -> None:
    one = SuggestionFactory()
    act(sign_in(request.getfixturevalue(role)), "accept", one)
    assert states(one) == [Status.RECEIVED]


def test_everything_under_the_filter_up_to_the_limit(office: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(bulk, "MOST", 3)
    SuggestionFactory.create_batch(4, channel="phone")
    SuggestionFactory()
    page = office.get(BULK, {"do": "accept", "every": "1", "tab": "received", "channel": "phone"})
    assert len(page.context["able"]) == 3


def test_the_preview_of_many_takes_the_queries_of_one(office: Client, django_assert_max_num_queries: Any) -> None:
    rows = SuggestionFactory.create_batch(30)
    preview(office, "accept", rows[0])
    counts = []
    for some in (rows[:1], rows):
        with django_assert_max_num_queries(40) as captured:
            preview(office, "accept", *some)
        counts.append(len(captured))
    assert counts[0] == counts[1]
