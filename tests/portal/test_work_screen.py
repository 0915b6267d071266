"""Triage on one screen: where one stands in the list, notes inside, template answers, one press, and the way back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.moves import MoveRefused
from portal import similar
from portal.models import AnswerTemplate, InternalNote, Notice, Suggestion
from tests.cast import person
from tests.factories import SuggestionFactory
from tests.portal.test_screening import QUEUE, page_of, send

pytestmark = pytest.mark.django_db
Status = Suggestion.Status
SAME = {"title": "人民路小学门口放学时拥堵", "body": "下午四点半放学，家长的车停满人民路两侧，孩子要从车流里穿过去。"}
OTHER = {"title": "滏阳河边夜里没有路灯", "body": "从安平桥到胜利桥一段晚上漆黑，散步的老人摔过跤。"}


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def text(response: Any) -> str:
    return unescape(response.content.decode())


def three_in_line() -> list[Suggestion]:
    start = timezone.now() - timedelta(hours=9)
    return [SuggestionFactory(received_at=start + timedelta(hours=n)) for n in range(3)]


# --- the place in the list ------------------------------------------------------------------------
def test_the_screen_says_which_of_how_many_it_is(office: Client) -> None:
    _first, second, third = three_in_line()
    assert "待初审 第 2 / 3 条" in text(office.get(page_of(second) + "?tab=received"))
    assert "全部 第 1 / 3 条" in text(office.get(page_of(third) + "?tab=all"))
    second.accept(person("officer"))
    assert office.get(page_of(second) + "?tab=received").context["position"] is None


# --- notes inside ---------------------------------------------------------------------------------
CANARY = "内部金丝雀：此人去年来过三次"


def test_a_note_is_kept_for_the_office_and_read_by_the_auditor(
    office: Client, officer: Any, sign_in: Any, auditor: Any
) -> None:
    one = SuggestionFactory()
    assert office.post(reverse("office:note", args=[one.number]), {"text": ""}).status_code == 200
    office.post(reverse("office:note", args=[one.number]), {"text": CANARY})
    note = InternalNote.objects.get()
    assert (note.by, note.text, note.suggestion) == (officer, CANARY, one)
    page = text(sign_in(auditor).get(page_of(one)))
    assert CANARY in page and "写一条内部备注" not in page


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_note_is_never_changed(change: str, officer: Any) -> None:
    note = SuggestionFactory().internal_notes.create(by=officer, text=CANARY)
    rows = InternalNote.objects.filter(pk=note.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(text="改过") if change == "update" else rows._raw_delete("default")
    assert InternalNote.objects.get().text == CANARY


def test_a_note_is_read_by_nobody_else(client: Client, sign_in: Any, citizen: Any, officer: Any, clerk: Any) -> None:
    one = SuggestionFactory(assigned=True, author=citizen)
    one.internal_notes.create(by=officer, text=CANARY)
    assert CANARY in text(sign_in(officer).get(page_of(one))), "where it belongs it can be read"
    public = [
        "/suggestions/",
        one.get_absolute_url(),
        reverse("portal:suggestion_csv"),
        f"/suggestions/?q={CANARY[:5]}",
    ]
    mine = [f"/track/{one.number}/", "/accounts/mine/", one.get_absolute_url()]
    desk = ["/desk/", f"/desk/assignments/{one.assignments.get().pk}/"]
    for browser, paths in ((client, public), (sign_in(citizen), mine), (sign_in(clerk), desk)):
        for path in paths:
            response = browser.get(path)
            words = b"".join(response.streaming_content).decode() if response.streaming else text(response)
            assert response.status_code == 200 and CANARY not in words, path
    assert not Notice.objects.filter(text__contains=CANARY[:5]).exists()


# --- template answers -----------------------------------------------------------------------------
def test_places_in_a_template_are_filled_in_and_uses_are_counted(office: Client, reference: Any) -> None:
    one = SuggestionFactory(open=True)
    words = AnswerTemplate.objects.get(kind="assign", title="属日常职责")
    assert words.text in text(office.get(page_of(one)))
    send(office, "propose", one, route="assign", unit=reference.health.pk, reason=words.text, begun=str(words.pk))
    reason = one.decisions.get().reason
    assert reference.health.name in reason and "7 个工作日内" in reason and "{" not in reason
    words.refresh_from_db()
    assert words.used == 1


def test_a_place_that_stayed_open_is_not_published(office: Client) -> None:
    one = SuggestionFactory(open=True)
    page = text(send(office, "propose", one, route="decline", reason="这件事请{单位}说明后再定，谢谢您的建议。"))
    assert "还有没填的{单位}" in page and "这件事请{单位}说明后再定" in page
    assert not one.decisions.exists()


def test_a_template_with_an_unknown_place_is_refused(office: Client) -> None:
    data = {"kind": "refuse", "title": "试", "text": "请联系{某人}。", "position": 1}
    page = text(office.post(reverse("templates:add"), data))
    assert "不认识 {某人}" in page and not AnswerTemplate.objects.filter(title="试").exists()


# --- one press ------------------------------------------------------------------------------------
def test_a_new_one_is_accepted_and_merged_by_one_press(office: Client) -> None:
    lead = SuggestionFactory(open=True, **SAME)
    SuggestionFactory(open=True, **OTHER)
    one = SuggestionFactory(**SAME)
    similar.catch_up()
    page = office.get(page_of(one) + "?tab=received")
    assert page.context["likely_lead"] == lead
    assert 'type="hidden" name="accept-into"' not in text(page), "a button alone sends it"
    send(office, "accept", one, into=lead.pk, query="?tab=received")
    one.refresh_from_db()
    assert (one.status, one.lead) == (Status.MERGED, lead)
    assert [move.verb for move in one.moves.all()] == ["create", "accept", "merge"]


def test_one_press_that_cannot_merge_accepts_nothing(office: Client) -> None:
    one, refused = SuggestionFactory(**SAME), SuggestionFactory(not_accepted=True, **SAME)
    page = text(send(office, "accept", one, into=refused.pk))
    one.refresh_from_db()
    assert "不能作为主建议" in page and one.status == Status.RECEIVED


def test_a_group_is_merged_by_one_press_and_the_next_comes_up(office: Client) -> None:
    start = timezone.now() - timedelta(hours=9)
    lead, twin = (SuggestionFactory(open=True, received_at=start + timedelta(hours=n), **SAME) for n in range(2))
    later = SuggestionFactory(open=True, received_at=start + timedelta(hours=5), **OTHER)
    similar.catch_up()
    group = office.get(page_of(twin) + "?tab=open").context["likely"]
    assert (group.lead, group.rest) == (lead, [twin])
    response = send(office, "merge_into", twin, lead=lead.pk, members=[twin.number], query="?tab=open")
    twin.refresh_from_db()
    assert (twin.status, twin.lead) == (Status.MERGED, lead)
    assert response["Location"] == page_of(later) + "?tab=open"


# --- the way back ---------------------------------------------------------------------------------
def last(client: Client) -> Any:
    return client.get(QUEUE).context["done"]


def undo(client: Client) -> None:
    done = last(client)
    data = {f"{done.verb}-seen": done.seen, f"{done.verb}-decision": done.decision, "stay": "1"}
    client.post(done.undo, data)


@pytest.mark.parametrize(
    ("before", "verb", "data", "after"),
    [
        (Status.RECEIVED, "refuse", {"reason": "unclear", "note": "请补充路口的名字。"}, Status.RECEIVED),
        (Status.OPEN, "propose", {"route": "adopt", "reason": "条件具备，拟纳入项目库。"}, Status.OPEN),
    ],
)
def test_what_was_just_done_can_be_taken_back_by_a_legal_move(
    before: str, verb: str, data: dict[str, str], after: str, office: Client
) -> None:
    one = SuggestionFactory(open=before == Status.OPEN)
    send(office, verb, one, **data)
    one.refresh_from_db()
    assert one.status != before and one.number in last(office).text
    undo(office)
    one.refresh_from_db()
    assert one.status == after
    assert not one.decisions.pending().exists()


def test_a_merge_is_taken_back(office: Client) -> None:
    lead, one = SuggestionFactory(open=True, **SAME), SuggestionFactory(open=True, **SAME)
    send(office, "merge_into", one, lead=lead.pk, members=[one.number])
    undo(office)
    one.refresh_from_db()
    assert (one.status, one.lead) == (Status.OPEN, None)


def test_what_cannot_be_taken_back_says_so(office: Client) -> None:
    one = SuggestionFactory()
    send(office, "accept", one)
    done = last(office)
    assert (done.undo, done.text) == ("", f"{one.number} 已受理。")
    assert "已经公开，不能撤销" in text(office.get(QUEUE))


def test_only_who_proposed_takes_a_proposal_back(sign_in: Any, second_officer: Any) -> None:
    one = SuggestionFactory(proposed=True)
    decision = one.decisions.get()
    with pytest.raises(MoveRefused, match="只有提出办理意见的人能撤回"):
        decision.withdraw(second_officer)
    assert "撤回我的办理意见" not in text(sign_in(second_officer).get(page_of(one)))
    page = text(sign_in(second_officer).get(QUEUE + "?tab=returned"))
    assert one.number not in page


# --- two at once ----------------------------------------------------------------------------------
def test_the_slower_one_reads_what_happened_since_the_page_was_opened(office: Client, second_officer: Any) -> None:
    one = SuggestionFactory(received_at=timezone.now() - timedelta(hours=3))
    opened = timezone.now().timestamp()
    one.refuse(second_officer, "unclear", note="请补充路口的名字。")
    page = send(office, "accept", one, seen=Status.RECEIVED, opened=opened)
    assert page.status_code == 409
    assert [(entry["title"], entry["who"]) for entry in page.context["since"]] == [("不受理", "冯经办")]
    assert "您打开之后，别人做了这些" in text(page)


# --- queries --------------------------------------------------------------------------------------
def test_the_screen_takes_the_queries_of_one_with_many_notes_and_templates(
    office: Client, officer: Any, django_assert_max_num_queries: Any
) -> None:
    one = SuggestionFactory(open=True)
    counts = []
    for n in (1, 5):
        for k in range(n):
            one.internal_notes.create(by=officer, text=f"备注 {k}")
            AnswerTemplate.objects.create(kind="adopt", title=f"写法{n}{k}", text="拟纳入项目库，进展会公开。")
        office.get(page_of(one))
        with django_assert_max_num_queries(60) as captured:
            office.get(page_of(one) + "?tab=open")
        counts.append(len(captured))
    assert counts[0] == counts[1]
