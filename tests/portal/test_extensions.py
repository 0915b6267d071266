"""More time for an answer: asked once and in time, agreed by the office, and both dates in the open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.moves import MoveRefused
from portal.answers import version_of
from portal.duties import Light, light_all, recount_provisional
from portal.models import Assignment, Extension, ExtensionMove, Notice, Workday
from portal.workdays import WorkCalendar
from tests.cast import person, worker_of
from tests.factories import AssignmentFactory, ExtensionFactory, SuggestionFactory
from tests.factories.portal import ANSWER

pytestmark = pytest.mark.django_db

Status = Extension.Status
REASON = "要等供电公司下周来现场核实线路。"


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def days_after(one: Assignment, days: int) -> date:
    return WorkCalendar.current().add(one.due_on, days)


def ask(client: Client, one: Assignment, until: date | str, reason: str = REASON) -> Any:
    data = {"extension-until": str(until), "extension-reason": reason}
    return client.post(reverse("desk:extension", args=[one.pk]), data)


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# --- asking -------------------------------------------------------------------------------------
def test_a_clerk_drafts_the_leader_sends_the_office_agrees(
    sign_in: Any, clerk: Any, unit_leader: Any, officer: Any, client: Client
) -> None:
    one = AssignmentFactory()
    before, until = one.due_on, days_after(one, 5)
    assert ask(sign_in(clerk), one, until).status_code == 302
    extension = one.extensions.get()
    assert (extension.status, extension.due_before, extension.due_asked) == (Status.DRAFTED, before, until)
    assert "请送改革办审批" in Notice.objects.get(user=unit_leader, channel="in_app").text
    assert one.suggestion.title not in sign_in(officer).get(reverse("office:extensions")).content.decode()

    home = sign_in(unit_leader).get(reverse("desk:home")).content.decode()
    assert "延期申请待单位负责人送出" in home
    sign_in(unit_leader).post(reverse("desk:extension_send", args=[one.pk]))
    assert one.suggestion.title in sign_in(officer).get(reverse("office:extensions")).content.decode()
    one.refresh_from_db()
    assert one.due_on == before, "asking moves nothing"

    sign_in(officer).post(reverse("office:extension_approve", args=[extension.pk]))
    one.refresh_from_db()
    extension.refresh_from_db()
    assert (extension.status, one.due_on) == (Status.APPROVED, until)
    assert one.warn_on == WorkCalendar.current().warn_on(until)
    page = client.get(one.suggestion.get_absolute_url()).content.decode()
    old, new = (f"{day.year}年{day.month}月{day.day}日" for day in (before, until))
    assert f"延期至{new}，原定{old}" in page
    assert f"{old}前答复" in page, "what was said at the hand-over is not rewritten"
    assert REASON not in page
    assert (
        f"已延期，原定 {before.year}年"
        in sign_in(clerk).get(reverse("desk:assignment", args=[one.pk])).content.decode()
    )


def test_everybody_concerned_is_told_of_the_new_date(citizen: Any, clerk: Any, unit_leader: Any) -> None:
    one = AssignmentFactory(suggestion=SuggestionFactory(open=True, author=citizen))
    ExtensionFactory(assignment=one, approved=True)
    for user, words in ((citizen, "答复期限延至"), (clerk, "改革办同意延期"), (unit_leader, "改革办同意延期")):
        assert Notice.objects.filter(user=user, channel="in_app", text__contains=words).count() == 1


def test_a_leader_s_request_goes_to_the_office_at_once(sign_in: Any, unit_leader: Any) -> None:
    one = AssignmentFactory()
    ask(sign_in(unit_leader), one, days_after(one, 10))
    assert one.extensions.get().status == Status.ASKED


@pytest.mark.parametrize(("days", "sentence"), [(0, "新的期限要在"), (11, "最晚到")])
def test_the_new_date_lies_within_ten_working_days(sign_in: Any, clerk: Any, days: int, sentence: str) -> None:
    one = AssignmentFactory()
    response = ask(sign_in(clerk), one, days_after(one, days) if days else one.due_on)
    page = response.content.decode()
    assert response.status_code == 422 and sentence in page
    assert REASON in page, "nothing typed is lost"
    assert not one.extensions.exists()


@pytest.mark.parametrize(("until", "reason"), [("", REASON), ("改天", REASON), ("9999-12-31", REASON), ("ok", "没空")])
def test_bad_input_comes_back_with_what_was_typed(sign_in: Any, clerk: Any, until: str, reason: str) -> None:
    one = AssignmentFactory()
    response = ask(sign_in(clerk), one, str(days_after(one, 3)) if until == "ok" else until, reason)
    assert response.status_code == 422 and reason in response.content.decode()
    assert not one.extensions.exists()


def test_a_rest_day_becomes_the_next_working_day() -> None:
    one = AssignmentFactory(at=at(2026, 9, 10, 10))  # due on 21 September, the first lawful day off is the 26th
    clerk = worker_of(one.unit, "clerk")
    asked = Extension.objects.ask(
        one, by=clerk, until=date(2026, 9, 26), reason=REASON, send=False, at=at(2026, 9, 11, 9)
    )
    assert asked.due_asked == WorkCalendar.current().next_workday(date(2026, 9, 26)) != date(2026, 9, 26)


def test_once_and_no_more_whatever_the_office_said(sign_in: Any, clerk: Any) -> None:
    for stage in ("asked", "approved", "refused"):
        one = ExtensionFactory(**{stage: True}).assignment
        assert "只能申请一次" in ask(sign_in(clerk), one, days_after(one, 3)).content.decode()
        assert one.extensions.count() == 1


def test_what_was_withdrawn_may_be_asked_again(sign_in: Any, clerk: Any) -> None:
    one = ExtensionFactory().assignment
    client = sign_in(clerk)
    client.post(reverse("desk:extension_withdraw", args=[one.pk]))
    assert ask(client, one, days_after(one, 3)).status_code == 302
    assert list(one.extensions.values_list("status", flat=True)) == [Status.WITHDRAWN, Status.DRAFTED]


def test_after_the_due_date_nobody_asks_and_nobody_agrees(sign_in: Any, clerk: Any, officer: Any) -> None:
    one = AssignmentFactory(at=timezone.now() - timedelta(days=40))
    response = ask(sign_in(clerk), one, timezone.localdate() + timedelta(days=1))
    assert "期限已过，不能再申请延期" in response.content.decode()

    asked = ExtensionFactory(assignment=AssignmentFactory(at=at(2026, 9, 25, 10)), asked=True, at=at(2026, 9, 28, 10))
    late = at(2026, 10, 13, 9)
    with pytest.raises(MoveRefused, match="原定期限已过"):
        asked.approve(officer, at=late)
    asked.refresh_from_db()
    assert asked.status == Status.ASKED
    asked.refuse(officer, "没有赶上在期限前审批。", at=late)


def test_a_clerk_does_not_send_and_the_asker_does_not_agree(sign_in: Any, clerk: Any, officer: Any) -> None:
    one = ExtensionFactory()
    answer = sign_in(clerk).post(reverse("desk:extension_send", args=[one.assignment_id]))
    assert answer.status_code == 403 and "由单位负责人送出" in answer.content.decode()
    asked = Extension.objects.ask(
        AssignmentFactory(), by=officer, until=days_after(one.assignment, 2), reason=REASON, send=True
    )
    with pytest.raises(MoveRefused, match="不能自己审批"):
        asked.approve(officer)


def test_a_refusal_takes_a_reason_which_the_unit_reads_and_the_date_stays(
    sign_in: Any, clerk: Any, officer: Any
) -> None:
    asked = ExtensionFactory(asked=True)
    before = asked.assignment.due_on
    address = reverse("office:extension_refuse", args=[asked.pk])
    assert sign_in(officer).post(address, {"reason": ""}).status_code == 200
    asked.refresh_from_db()
    assert asked.status == Status.ASKED
    sign_in(officer).post(address, {"reason": "现场一天就能看完。"})
    asked.assignment.refresh_from_db()
    assert asked.assignment.due_on == before
    page = sign_in(clerk).get(reverse("desk:assignment", args=[asked.assignment_id])).content.decode()
    assert "不同意延期" in page and "现场一天就能看完。" in page
    assert "现场一天就能看完。" in Notice.objects.filter(user=clerk, channel="in_app").latest("pk").text


def test_two_officers_at_once_decide_once(officer: Any) -> None:
    asked = ExtensionFactory(asked=True)
    other = Extension.objects.get(pk=asked.pk)
    asked.approve(officer)
    with pytest.raises(MoveRefused):
        other.refuse(person("second_officer"), "请按原定期限答复。")
    assert asked.moves.count() == 3


# --- lights -------------------------------------------------------------------------------------
def test_waiting_does_not_stop_the_lights_and_what_came_on_stays(officer: Any) -> None:
    """Handed over on 25 September 2026, due on 12 October, yellow from the third working day before."""
    one = AssignmentFactory(at=at(2026, 9, 25, 10))
    first_yellow = one.warn_on
    asked = ExtensionFactory(assignment=one, asked=True, at=at(2026, 9, 28, 10))
    day = datetime.combine(one.due_on, datetime.min.time(), timezone.get_current_timezone()) + timedelta(hours=10)
    assert one.light(day) == Light.YELLOW
    asked.approve(officer, at=day)  # the sweep has not run since: agreeing puts the light on record itself
    one.refresh_from_db()
    assert (one.yellow_on, one.red_on) == (first_yellow, None)
    assert one.light(day) == Light.GREEN
    light_all(one.due_on)
    one.refresh_from_db()
    assert (one.yellow_on, one.red_on) == (first_yellow, None)
    light_all(one.due_on + timedelta(days=1))
    one.refresh_from_db()
    assert one.red_on == one.due_on + timedelta(days=1)


def test_a_late_calendar_counts_the_extended_date_again_from_the_one_before() -> None:
    one = ExtensionFactory(approved=True).assignment
    one.refresh_from_db()
    extended = one.due_on
    Workday.objects.update_or_create(date=extended, defaults={"is_workday": False, "name": "临时放假"})
    calendar = WorkCalendar.current()
    assert recount_provisional(calendar) == 1
    one.refresh_from_db()
    assert one.due_on == calendar.next_workday(extended) > extended


def test_an_answer_makes_an_open_request_void(officer: Any) -> None:
    asked = ExtensionFactory(asked=True)
    held = Assignment.objects.select_related("suggestion").get(pk=asked.assignment_id)
    held.answer = ANSWER
    held.save()
    held.submit(worker_of(held.unit, "clerk"))
    held.sign(worker_of(held.unit, "leader"))
    asked.refresh_from_db()
    assert asked.status == Status.WITHDRAWN
    assert not Extension.objects.waiting().exists()
    with pytest.raises(MoveRefused):
        asked.approve(officer)


def test_an_answer_in_the_longer_time_is_on_time(sign_in: Any, unit_leader: Any) -> None:
    one = ExtensionFactory(approved=True, assignment__submitted=True).assignment
    sign_in(unit_leader).post(reverse("desk:assignment_sign", args=[one.pk]), {"version": version_of(ANSWER)})
    one.refresh_from_db()
    assert one.was_on_time and one.status == Assignment.Status.ANSWERED


# --- the record ---------------------------------------------------------------------------------
def test_the_record_of_a_request_cannot_be_changed() -> None:
    ExtensionFactory(approved=True)
    for change in (lambda rows: rows.update(internal_note="改写"), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ExtensionMove.objects.all())


def test_the_office_reads_the_request_in_the_suggestion_s_history(sign_in: Any, officer: Any) -> None:
    asked = ExtensionFactory(asked=True)
    page = (
        sign_in(officer).get(reverse("office:suggestion", args=[asked.assignment.suggestion.number])).content.decode()
    )
    assert REASON in page and "待改革办审批" in page
    panel = sign_in(officer).get("/admin/").content.decode()
    assert "延期待审批" in panel


def test_the_list_takes_as_many_queries_with_three_as_with_one(
    sign_in: Any, officer: Any, clerk: Any, django_assert_max_num_queries: Any
) -> None:
    office, desk, counts = sign_in(officer), sign_in(clerk), []
    for n in (1, 2):
        for _n in range(n):
            ExtensionFactory(asked=True)
            ExtensionFactory(refused=True)
        for client, address in ((office, reverse("office:extensions")), (desk, reverse("desk:home"))):
            client.get(address)
            with django_assert_max_num_queries(40) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
