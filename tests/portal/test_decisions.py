"""Deciding: one proposes, another approves; every route with what it needs; what follows from each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.moves import MoveRefused, SomebodyWasFaster
from portal import permissions
from portal.models import Decision, Notice, Suggestion
from tests.cast import person
from tests.factories import DecisionFactory, SuggestionFactory

Route = Decision.Route
Status = Suggestion.Status
REASON = "这件事群众反映集中，花钱不多、见效快。"


def propose(client: Client, one: Suggestion, route: str, **data: Any) -> Any:
    fields = {f"propose-{name}": value for name, value in ({"route": route, "reason": REASON} | data).items()}
    return client.post(reverse("office:propose", args=[one.number]), {"propose-seen": one.status, **fields})


def decide(client: Client, verb: str, decision: Decision, seen: str = Status.PROPOSED, **data: Any) -> Any:
    fields = {f"{verb}-seen": seen, f"{verb}-decision": decision.pk}
    fields |= {f"{verb}-{name}": value for name, value in data.items()}
    return client.post(reverse(f"office:{verb}", args=[decision.suggestion.number]), fields)


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# --- proposing ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("route", "needs"),
    [
        (Route.ADOPT, {}),
        (Route.REFER, {}),
        (Route.DEFER, {"target_year": timezone.localdate().year + 1, "phase": "先试点"}),
        (Route.ASSIGN, {"unit": "health"}),
        (Route.DECLINE, {}),
    ],
)
def test_each_route_is_proposed_and_not_yet_public(
    route: str, needs: dict[str, Any], sign_in: Any, officer: Any, reference: Any, client: Client
) -> None:
    one = SuggestionFactory(open=True)
    data = needs | ({"unit": reference.health.pk} if "unit" in needs else {})
    assert propose(sign_in(officer), one, route, **data).status_code == 302
    decision = one.decisions.get()
    one.refresh_from_db()
    assert (one.status, decision.route, decision.proposed_by, decision.decided_at) == (
        Status.PROPOSED,
        route,
        officer,
        None,
    )
    assert REASON not in client.get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("route", "data", "sentence"),
    [
        (Route.ASSIGN, {}, "请选择由哪个单位答复"),
        (Route.DEFER, {}, "请填写计划在哪一年办成"),
        (Route.DEFER, {"target_year": 1999}, "请填写今年到十年以内的年份"),
        (Route.ADOPT, {"reason": "好"}, "6"),
        ("nowhere", {}, "nowhere"),
    ],
)
def test_a_proposal_that_lacks_something_comes_back(
    route: str, data: dict[str, Any], sentence: str, sign_in: Any, officer: Any
) -> None:
    one = SuggestionFactory(open=True, topic=None)
    response = propose(sign_in(officer), one, route, **data)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not one.decisions.exists()


def test_a_unit_left_over_from_another_route_is_dropped(sign_in: Any, officer: Any, reference: Any) -> None:
    one = SuggestionFactory(open=True)
    propose(sign_in(officer), one, Route.DECLINE, unit=reference.health.pk, target_year=2030, phase="先试点")
    decision = one.decisions.get()
    assert (decision.unit, decision.target_year, decision.phase) == (None, None, "")


def test_the_database_keeps_one_pending_proposal(officer: Any) -> None:
    decision = DecisionFactory(pending=True)
    facts = {"route": Route.ADOPT, "reason": REASON, "proposed_by": officer, "proposed_at": timezone.now()}
    with pytest.raises(IntegrityError, match=r"decision_one_pending|suggestion_id"), transaction.atomic():
        Decision.objects.create(suggestion=decision.suggestion, **facts)


@pytest.mark.parametrize(
    ("route", "name"), [(Route.ASSIGN, "decision_assign_has_unit"), (Route.DEFER, "decision_defer_has_year")]
)
def test_the_database_asks_for_what_a_route_needs(route: str, name: str, officer: Any) -> None:
    one = SuggestionFactory(open=True)
    facts = {"suggestion": one, "reason": REASON, "proposed_by": officer, "proposed_at": timezone.now()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Decision.objects.create(route=route, **facts)


# --- two people ---------------------------------------------------------------------------------
def test_who_proposed_is_refused_with_the_sentence(sign_in: Any, office_leader: Any) -> None:
    one = SuggestionFactory(open=True)
    client = sign_in(office_leader)
    propose(client, one, Route.ADOPT)
    decision = one.decisions.get()
    page = client.get(reverse("office:suggestion", args=[one.number])).content.decode()
    assert "这是您提出的意见，要由另一位负责人审定" in page
    for verb in ("approve", "send_back"):
        response = decide(client, verb, decision, reason="自己退回自己的意见")
        assert "提出办理意见的人不能自己审定" in told(response)
    one.refresh_from_db()
    decision.refresh_from_db()
    assert (one.status, decision.decided_by) == (Status.PROPOSED, None)


def test_the_database_refuses_one_person_in_both_places(officer: Any) -> None:
    decision = DecisionFactory(pending=True)
    with pytest.raises(IntegrityError, match="decision_two_people"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(decided_by=decision.proposed_by, decided_at=timezone.now())


@pytest.mark.parametrize(
    ("role", "may"),
    [("officer", False), ("second_officer", False), ("office_leader", True), ("auditor", False), ("sysadmin", False),
     ("editor", False), ("clerk", False), ("unit_leader", False), ("citizen", False)],
)  # fmt: skip
def test_who_may_approve(role: str, may: bool, sign_in: Any, request: Any) -> None:
    decision = DecisionFactory(pending=True)
    user = request.getfixturevalue(role)
    assert permissions.can_approve(user, decision) is may
    decide(sign_in(user), "approve", decision)
    decision.suggestion.refresh_from_db()
    assert (decision.suggestion.status == Status.ADOPTED) is may


def test_a_decided_proposal_cannot_be_approved_again(office_leader: Any) -> None:
    decision = DecisionFactory(pending=True)
    stale = Decision.objects.get(pk=decision.pk)
    decision.approve(office_leader)
    assert not permissions.can_approve(office_leader, decision)
    with pytest.raises(SomebodyWasFaster):
        stale.approve(office_leader)


# --- what follows -------------------------------------------------------------------------------
def test_an_approved_reason_is_public_and_the_author_is_told(sign_in: Any, office_leader: Any, client: Client) -> None:
    decision = DecisionFactory(pending=True, reason=REASON)
    decide(sign_in(office_leader), "approve", decision)
    move = decision.suggestion.moves.get(verb="adopt")
    assert (move.by, move.public_note) == (office_leader, REASON)
    assert REASON[:20] in Notice.objects.filter(channel="sms").latest("pk").text


def test_sending_back_opens_it_again_and_the_reason_stays_inside(
    sign_in: Any, officer: Any, office_leader: Any
) -> None:
    decision = DecisionFactory(pending=True)
    one = decision.suggestion
    decide(sign_in(office_leader), "send_back", decision, reason="先问清责任单位的意见。")
    one.refresh_from_db()
    move = one.moves.get(verb="send_back")
    assert (one.status, move.public_note, move.internal_note) == (Status.OPEN, "", "先问清责任单位的意见。")
    page = sign_in(officer).get(reverse("office:suggestion", args=[one.number])).content.decode()
    assert "上次被退回" in page and "先问清责任单位的意见。" in page
    assert propose(sign_in(officer), one, Route.DECLINE).status_code == 302


def test_who_read_an_older_proposal_does_not_approve_the_new_one(
    sign_in: Any, officer: Any, office_leader: Any
) -> None:
    first = DecisionFactory(sent_back=True)
    one = first.suggestion
    one.refresh_from_db()
    propose(sign_in(officer), one, Route.DECLINE)
    response = decide(sign_in(office_leader), "approve", first)
    one.refresh_from_db()
    assert (response.status_code, one.status) == (409, Status.PROPOSED)
    assert one.decisions.pending().get().decided_by is None


def test_a_proposal_of_another_suggestion_decides_nothing_here(sign_in: Any, office_leader: Any) -> None:
    here, elsewhere = DecisionFactory(pending=True), DecisionFactory(pending=True)
    data = {"approve-seen": Status.PROPOSED, "approve-decision": elsewhere.pk}
    response = sign_in(office_leader).post(reverse("office:approve", args=[here.suggestion.number]), data)
    assert response.status_code == 409
    assert Decision.objects.pending().count() == 2


@pytest.mark.parametrize(
    ("handed_over", "due"),
    [
        # 28, 29, 30 September, then 国庆 until 7 October, 8 and 9, Saturday 10 (made up), Monday 12.
        (date(2026, 9, 25), date(2026, 10, 12)),
        (date(2026, 11, 2), date(2026, 11, 11)),
    ],
)
def test_an_assignment_is_due_in_seven_working_days_of_the_calendar(
    handed_over: date, due: date, reference: Any, officer: Any, office_leader: Any
) -> None:
    at = timezone.make_aware(datetime.combine(handed_over, datetime.min.time().replace(hour=10)))
    one = SuggestionFactory(open=True)
    Decision.objects.propose(one, by=officer, route=Route.ASSIGN, reason=REASON, unit=reference.health).approve(
        office_leader, at=at
    )
    assignment = one.assignments.get()
    assert (assignment.unit, assignment.due_on, assignment.counted_days) == (reference.health, due, 7)


def test_the_unit_is_told_by_message(clerk: Any) -> None:
    DecisionFactory(approved=True, route=Route.ASSIGN)
    notice = Notice.objects.filter(user=clerk, channel="sms").get()
    assert "请于" in notice.text and "李晓梅" not in notice.text


def test_nothing_is_left_half_done_when_the_hand_over_fails(
    office_leader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decision = DecisionFactory(pending=True, route=Route.ASSIGN)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("portal.models.assignment.AssignmentManager.hand_over", broken)
    with pytest.raises(RuntimeError):
        decision.approve(office_leader)
    decision.refresh_from_db()
    one = Suggestion.objects.get(pk=decision.suggestion.pk)
    assert (one.status, decision.decided_at) == (Status.PROPOSED, None)
    assert not one.moves.filter(verb="assign").exists()


def test_a_refused_proposal_leaves_no_decision(officer: Any) -> None:
    one = SuggestionFactory()
    with pytest.raises(MoveRefused):
        Decision.objects.propose(one, by=person("officer"), route=Route.ADOPT, reason=REASON)
    assert not Decision.objects.exists()
