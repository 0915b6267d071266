"""Merging in the admin: found, previewed, merged all or none; receipts, credit and notices stay; undone one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from portal import similar
from portal.models import Notice, Suggestion
from tests.factories import SuggestionFactory

Status = Suggestion.Status


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def page_of(one: Suggestion) -> str:
    return reverse("office:suggestion", args=[one.number])


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def merge(client: Client, lead: Suggestion, *others: Suggestion, **data: Any) -> Any:
    picked = [one.number for one in (lead, *others)]
    return client.post(reverse("office:merge"), {"pick": picked, "lead": lead.pk, **data})


def test_merging_keeps_receipts_credit_and_notices_and_can_be_undone(office: Client, officer: Any) -> None:
    lead, other = SuggestionFactory(open=True), SuggestionFactory(open=True, name="王二", shown_as="surname")
    other_again = SuggestionFactory(name="孙三", phone="13700009999")
    code, token = other_again.code, other_again.token
    other_again.accept(officer)
    response = merge(office, lead, other, other_again)
    assert response["Location"] == page_of(lead)
    other.refresh_from_db()
    other_again.refresh_from_db()
    assert (other.status, other.lead, other.author_shown) == (Status.MERGED, lead, "王**")
    assert Suggestion.objects.by_receipt(other_again.number, code) == other_again
    assert Suggestion.objects.by_link(token) == other_again
    sent = [notice.text for notice in Notice.objects.filter(text__contains=other_again.number)]
    assert any("合并办理" in text and lead.number in text for text in sent)

    office.post(reverse("office:unmerge", args=[other_again.number]), {"unmerge-seen": Status.MERGED})
    other_again.refresh_from_db()
    assert (other_again.status, other_again.lead) == (Status.OPEN, None)
    assert Suggestion.objects.by_receipt(other_again.number, code) == other_again
    assert [move.verb for move in other_again.moves.all()] == ["create", "accept", "merge", "unmerge"]


def test_one_that_cannot_be_merged_stops_all_and_says_why(office: Client) -> None:
    lead, fine, waiting = SuggestionFactory(open=True), SuggestionFactory(open=True), SuggestionFactory()
    response = merge(office, lead, fine, waiting, note="都是说同一个路口")
    assert "状态下不能" in told(response)
    assert "都是说同一个路口" in response.content.decode()
    fine.refresh_from_db()
    assert fine.status == Status.OPEN


def test_a_lead_that_is_not_among_the_picked_is_refused(office: Client) -> None:
    one, two, outside = (SuggestionFactory(open=True) for _n in range(3))
    data = {"pick": [one.number, two.number], "lead": outside.pk}
    assert office.post(reverse("office:merge"), data).status_code == 200
    assert not Suggestion.objects.filter(status=Status.MERGED).exists()


def test_merge_page_finds_by_number_and_title_but_not_what_is_hidden(office: Client) -> None:
    one = SuggestionFactory(open=True)
    there = SuggestionFactory(open=True, title="和平路东头路灯不亮")
    SuggestionFactory(title="和平路西头路灯不亮")
    for text in ("路灯", there.number):
        response = office.get(reverse("office:merge"), {"pick": one.number, "q": text})
        assert [found.number for found in response.context["found"]] == [there.number]


@pytest.fixture
def lamps(db: None) -> list[Suggestion]:
    """Three that say the same, one that does not, and some others to compare with."""
    facts = {"title": "和平路东头路灯不亮", "body": "晚上看不清路，骑车容易摔倒。"}
    made = [SuggestionFactory(open=True, **facts) for _n in range(3)]
    made.append(SuggestionFactory(open=True, title="公交站没有遮雨棚", body="下雨天等车的人都淋着。"))
    similar.keep([one.pk for one in made])
    return made


def test_one_tap_merges_those_that_very_probably_say_the_same(office: Client, lamps: list[Suggestion]) -> None:
    first, second, third, shelter = lamps
    for address in (page_of(second), f"{reverse('office:merge')}?pick={second.number}"):
        response = office.get(address)
        group = response.context["likely"]
        assert (group.lead, group.rest) == (first, [second, third])
        assert "一次合并这 2 条" in response.content.decode()
    response = merge(office, group.lead, *group.rest)
    assert "2 条已并入" in told(response)
    assert set(Suggestion.objects.filter(lead=first)) == {second, third}
    shelter.refresh_from_db()
    assert shelter.status == Status.OPEN
    assert office.get(page_of(first)).context["likely"] is None


def test_one_tap_leaves_out_what_cannot_be_merged(office: Client, lamps: list[Suggestion], officer: Any) -> None:
    first, second, _third, _shelter = lamps
    waiting = SuggestionFactory(title=first.title, body=first.body)
    private = SuggestionFactory(open=True, title=first.title, body=first.body, is_public=False)
    Suggestion.objects.filter(pk=private.pk).update(received_at=first.received_at.replace(year=2020))  # would lead
    similar.keep([waiting.pk, private.pk])
    group = office.get(page_of(second)).context["likely"]
    assert group.lead.is_public and waiting.number not in group.numbers and private in group.rest
    assert "已并入" in told(merge(office, group.lead, *group.rest))


def test_who_may_not_merge_is_offered_none(sign_in: Any, auditor: Any, lamps: list[Suggestion]) -> None:
    response = sign_in(auditor).get(page_of(lamps[0]))
    assert response.context["similar"] and response.context["likely"] is None
    assert "一次合并" not in response.content.decode()
