"""Who works on what: taken, given, dealt out; one's own lists; filters that stay; two people on the same one."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.models import SavedFilter, Suggestion, Topic
from tests.factories import SuggestionFactory
from tests.portal.test_screening import QUEUE, page_of, rows_of, send

pytestmark = pytest.mark.django_db
DEAL = reverse("office:deal")


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def give(client: Client, one: Suggestion, to: Any, was: Any = None) -> Any:
    data = {"handler": to.pk if to else "", "was": was.pk if was else ""}
    return client.post(reverse("office:handler", args=[one.number]), data)


def test_it_is_taken_given_on_and_given_back_with_a_history(office: Client, officer: Any, second_officer: Any) -> None:
    one = SuggestionFactory()
    give(office, one, officer)
    give(office, one, second_officer, was=officer)
    give(office, one, None, was=second_officer)
    assert [row.handler for row in one.history.order_by("history_id")] == [None, officer, second_officer, None]
    assert one.history.first().history_user == officer
    said = [entry["internal"] for entry in office.get(page_of(one)).context["timeline"] if entry.get("internal")]
    assert "经办人：冯经办 → （空）" in said


def test_whoever_is_slower_learns_who_took_it(office: Client, officer: Any, second_officer: Any) -> None:
    one = SuggestionFactory()
    give(office, one, second_officer)
    late = give(office, one, officer)
    one.refresh_from_db()
    assert one.handler == second_officer
    assert "经办人刚刚改成了冯经办" in " ".join(str(said) for said in get_messages(late.wsgi_request))


@pytest.mark.parametrize("role", ["citizen", "clerk", "editor"])
def test_nobody_from_outside_is_made_handler(role: str, office: Client, request: Any) -> None:
    one = SuggestionFactory()
    give(office, one, request.getfixturevalue(role))
    one.refresh_from_db()
    assert one.handler is None


# --- lists of one's own ---------------------------------------------------------------------------
def test_mine_holds_what_waits_for_me_and_done_what_i_did_newest_first(
    office: Client, officer: Any, second_officer: Any, sign_in: Any, office_leader: Any
) -> None:
    waiting, open_one, his = SuggestionFactory(), SuggestionFactory(open=True), SuggestionFactory()
    decided = SuggestionFactory(adopted=True)
    for one, handler in ((waiting, officer), (open_one, officer), (decided, officer), (his, second_officer)):
        Suggestion.objects.filter(pk=one.pk).update(handler=handler)
    assert rows_of(office.get(QUEUE, {"tab": "mine"})) == [waiting.number, open_one.number]
    send(office, "accept", his)
    send(office, "accept", waiting)
    done = rows_of(office.get(QUEUE, {"tab": "done"}))
    assert done[:2] == [waiting.number, his.number]
    proposed = SuggestionFactory(proposed=True)
    assert rows_of(sign_in(office_leader).get(QUEUE, {"tab": "mine"})) == [proposed.number]
    assert proposed.number not in rows_of(office.get(QUEUE, {"tab": "mine"}))


def test_next_and_previous_stay_in_the_list_of_what_i_did(office: Client) -> None:
    first, second = SuggestionFactory(), SuggestionFactory()
    send(office, "accept", second)
    send(office, "accept", first)
    page = office.get(page_of(first) + "?tab=done")
    assert (page.context["previous"], page.context["following"]) == (None, second)
    assert page.context["position"] == ("1", "2")


def test_what_nobody_has_is_found_and_dealt_out_evenly(office: Client, officer: Any, second_officer: Any) -> None:
    SuggestionFactory.create_batch(5)
    taken = SuggestionFactory()
    Suggestion.objects.filter(pk=taken.pk).update(handler=officer)
    ended = SuggestionFactory(not_accepted=True)
    assert len(rows_of(office.get(QUEUE, {"handler": "none"}))) == 5
    assert "当前筛选下有 5 条还没有经办人" in text(office.get(DEAL))
    office.post(DEAL, {"people": [officer.pk, second_officer.pk], "way": "evenly"})
    counts = [Suggestion.objects.filter(handler=one).exclude(pk=taken.pk).count() for one in (officer, second_officer)]
    assert sorted(counts) == [2, 3]
    ended.refresh_from_db()
    assert ended.handler is None
    assert Suggestion.history.filter(handler=second_officer, history_user=officer).count() == counts[1]


def test_only_so_many_are_dealt_the_oldest_first_and_within_the_filter(office: Client, second_officer: Any) -> None:
    start = timezone.now() - timedelta(days=1)
    rows = [SuggestionFactory(channel="phone", received_at=start + timedelta(minutes=n)) for n in range(3)]
    SuggestionFactory(received_at=start - timedelta(days=1))
    office.post(f"{DEAL}?tab=received&channel=phone", {"people": [second_officer.pk], "way": "evenly", "count": "2"})
    assert set(Suggestion.objects.filter(handler=second_officer)) == set(rows[:2])


def test_a_topic_stays_in_one_hand(office: Client, officer: Any, second_officer: Any) -> None:
    one, two, three = Topic.objects.order_by("position")[:3]
    for topic, n in ((one, 3), (two, 2), (three, 1)):
        SuggestionFactory.create_batch(n, topic=topic)
    office.post(DEAL, {"people": [officer.pk, second_officer.pk], "way": "topic"})
    for topic in (one, two, three):
        assert Suggestion.objects.filter(topic=topic).values("handler").distinct().count() == 1
    assert Suggestion.objects.filter(handler=officer).count() == 3


def test_dealing_out_many_takes_few_queries(office: Client, officer: Any, django_assert_max_num_queries: Any) -> None:
    SuggestionFactory.create_batch(40)
    with django_assert_max_num_queries(30):
        office.post(DEAL, {"people": [officer.pk], "way": "evenly"})
    assert Suggestion.objects.filter(handler=officer).count() == 40


# --- filters --------------------------------------------------------------------------------------
def test_a_saved_filter_comes_back_and_is_shared_only_when_said(
    office: Client, officer: Any, sign_in: Any, second_officer: Any
) -> None:
    SuggestionFactory(channel="phone")
    SuggestionFactory()
    save = reverse("office:save_filter") + "?tab=received&channel=phone"
    office.post(save, {"name": "电话来的"})
    chip = office.get(QUEUE).context["chips"][0]
    assert (chip["name"], chip["own"]) == ("电话来的", True)
    page = office.get(chip["href"])
    assert len(rows_of(page)) == 1 and page.context["chips"][0]["current"]
    colleague = sign_in(second_officer)
    assert colleague.get(QUEUE).context["chips"] == []
    office.post(save, {"name": "电话来的", "is_shared": "on"})
    assert [chip["note"] for chip in colleague.get(QUEUE).context["chips"]] == ["王经办"]
    colleague.post(reverse("office:drop_filter", args=[chip["pk"]]))
    assert SavedFilter.objects.filter(owner=officer).count() == 1, "nobody drops another's"
    office.post(reverse("office:drop_filter", args=[chip["pk"]]))
    assert not SavedFilter.objects.exists()


def test_the_filter_of_a_handler_survives_a_deed(office: Client, officer: Any) -> None:
    start = timezone.now() - timedelta(days=1)
    rows = [SuggestionFactory(received_at=start + timedelta(minutes=n)) for n in range(3)]
    Suggestion.objects.filter(pk__in=[rows[0].pk, rows[2].pk]).update(handler=officer)
    query = f"?tab=received&handler={officer.pk}"
    assert send(office, "accept", rows[0], query=query)["Location"] == page_of(rows[2]) + query


# --- two on the same one --------------------------------------------------------------------------
def test_each_is_told_softly_that_the_other_has_it_open(office: Client, sign_in: Any, second_officer: Any) -> None:
    one = SuggestionFactory()
    colleague = sign_in(second_officer)
    assert office.get(page_of(one)).context["others"] == []
    assert colleague.get(page_of(one)).context["others"] == ["王经办正在看这一条"]
    assert "冯经办正在看这一条" in text(office.get(page_of(one)))
    send(colleague, "accept", one)
    assert office.get(page_of(one)).context["others"] == []
