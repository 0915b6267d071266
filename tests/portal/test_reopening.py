"""The author's word: solved or not, satisfied or not; and having it worked on again, once, within thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.moves import MoveRefused
from portal.models import Assignment, Notice, Suggestion, Verdict
from portal.workdays import WorkCalendar
from tests.cast import worker_of
from tests.factories import AssignmentFactory, SuggestionFactory, VerdictFactory

pytestmark = pytest.mark.django_db

Status = Suggestion.Status
WHY = "路灯装了，可晚上还是不亮。"
FIRST, SECOND = "已装两盏路灯，本周通电。", "线路已接通，昨晚起正常亮灯。"


def author_of(one: Suggestion) -> Client:
    client = Client()
    client.get(f"/track/q/{one.token}/")
    return client


def judged(level: str = "dissatisfied", result: str = "unsolved", at: Any = None) -> Suggestion:
    """Answered and judged, at one moment; closed by now."""
    one = SuggestionFactory(answered=True, at=at)
    Verdict.give(one.assignments.get(), level, result=result, at=at)
    one.refresh_from_db()
    return one


def want_again(one: Suggestion, reason: str = WHY, client: Client | None = None) -> Any:
    return (client or author_of(one)).post(f"/track/{one.number}/reopen/", {"reopen-reason": reason}, follow=True)


def answer(assignment: Assignment, text: str) -> None:
    assignment = Assignment.objects.select_related("suggestion", "unit").get(pk=assignment.pk)
    assignment.answer = text
    assignment.save()
    assignment.submit(worker_of(assignment.unit, "clerk"))
    assignment.sign(worker_of(assignment.unit, "leader"))


# --- who may ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("level", "result", "may"),
    [
        ("dissatisfied", "solved", True),
        ("dissatisfied", "", True),
        ("basically", "unsolved", True),
        ("satisfied", "unsolved", True),
        ("basically", "partly", False),
        ("satisfied", "solved", False),
        ("satisfied", "", False),
    ],
)
def test_whoever_said_unsolved_or_dissatisfied_may(level: str, result: str, may: bool) -> None:
    one = judged(level, result)
    client = author_of(one)
    assert ("可以要求重新办理" in client.get(f"/track/{one.number}/").content.decode()) == may
    want_again(one, client=client)
    one.refresh_from_db()
    assert one.status == (Status.REOPENED if may else Status.CLOSED)


def test_it_goes_back_to_the_same_unit_with_seven_fresh_working_days_and_a_flag(
    sign_in: Any, clerk: Any, unit_leader: Any
) -> None:
    one = judged(at=timezone.now() - timedelta(days=20))
    page = want_again(one).content.decode()
    assert "已退回责任单位重新办理" in page
    first, second = one.assignments.order_by("pk")
    assert (second.unit, second.status, second.again) == (first.unit, Assignment.Status.DUE, True)
    assert second.due_on == WorkCalendar.current().add(timezone.localdate(), 7)
    assert not first.again
    for user in (clerk, unit_leader):
        assert "提出人要求重新办理" in Notice.objects.filter(user=user, channel="in_app").latest("pk").text
    desk = sign_in(clerk).get("/desk/").content.decode()
    assert "群众建议重办" in desk
    assert WHY in sign_in(clerk).get(f"/desk/assignments/{second.pk}/").content.decode()


def test_the_leader_signs_again_and_the_public_reads_both_answers(client: Client) -> None:
    one = SuggestionFactory(assigned=True)
    answer(one.assignments.get(), FIRST)
    one.refresh_from_db()
    Verdict.give(one.assignments.get(), "dissatisfied", result="unsolved")
    want_again(one)
    second = Assignment.objects.get(pk=one.assignments.latest("pk").pk)
    second.answer = SECOND
    second.save()
    second.submit(worker_of(second.unit, "clerk"))
    with pytest.raises(MoveRefused, match="不能自己签发"):
        second.sign(worker_of(second.unit, "clerk"))
    assert SECOND not in client.get(one.get_absolute_url()).content.decode()
    second.sign(worker_of(second.unit, "leader"))
    Verdict.give(Assignment.objects.get(pk=second.pk), "satisfied", result="solved")
    page = client.get(one.get_absolute_url()).content.decode()
    assert FIRST in page and SECOND in page
    assert "提出人评价：不满意，未解决" in page and "提出人评价：满意，已解决" in page
    assert page.index(FIRST) < page.index("提出人要求重新办理。") < page.index(SECOND)


def test_only_once() -> None:
    one = judged()
    want_again(one)
    answer(one.assignments.latest("pk"), SECOND)
    client = author_of(one)
    form = client.get(f"/track/{one.number}/").content.decode()
    assert "请您评价" in form and 'name="reopen"' not in form
    client.post(f"/track/{one.number}/verdict/", {"result": "unsolved", "level": "dissatisfied"})
    assert "现在不能要求重新办理" in want_again(one, client=client).content.decode()
    with pytest.raises(MoveRefused, match="已经重新办理过一次"):
        one.assignments.latest("pk").verdict.reopen(WHY)
    assert one.assignments.count() == 2


@pytest.mark.parametrize(("days", "may"), [(30, True), (31, False)])
def test_within_thirty_days_of_the_answer(days: int, may: bool) -> None:
    one = judged(at=timezone.now() - timedelta(days=days))
    page = want_again(one).content.decode()
    assert ("已退回责任单位重新办理" in page) == may


def test_a_late_verdict_is_taken_without_offering_what_is_too_late() -> None:
    one = SuggestionFactory(answered=True, at=timezone.now() - timedelta(days=31))
    client = author_of(one)
    assert 'name="reopen"' not in client.get(f"/track/{one.number}/").content.decode()
    data = {"result": "unsolved", "level": "dissatisfied", "comment": WHY, "reopen": "on"}
    client.post(f"/track/{one.number}/verdict/", data)
    one.refresh_from_db()
    assert (one.status, Verdict.objects.get().comment) == (Status.CLOSED, WHY)


def test_pressing_twice_asks_once() -> None:
    one = judged()
    verdict = one.assignments.get().verdict
    again = Verdict.objects.select_related("assignment__suggestion").get(pk=verdict.pk)
    verdict.reopen(WHY)
    with pytest.raises(MoveRefused):
        again.reopen(WHY)
    assert one.assignments.count() == 2


def test_without_a_reason_it_is_asked_again() -> None:
    one = judged()
    response = want_again(one, " ")
    assert response.status_code == 422 and "请写明哪里没有办好" in response.content.decode()
    one.refresh_from_db()
    assert one.status == Status.CLOSED


def test_by_one_s_own_account_and_nobody_else_s(sign_in: Any, citizen: Any, stranger: Any) -> None:
    one = judged()
    Suggestion.objects.filter(pk=one.pk).update(author=citizen)
    assert "请用受理编号和查询码" in want_again(one, client=sign_in(stranger)).content.decode()
    want_again(one, client=sign_in(citizen))
    one.refresh_from_db()
    assert one.status == Status.REOPENED


def test_the_reason_is_for_the_unit_and_the_office_alone(citizen: Any) -> None:
    other = SuggestionFactory(open=True, author=citizen)
    one = SuggestionFactory(open=True)
    other.merge_into(one, worker_of(AssignmentFactory().unit, "clerk"))
    AssignmentFactory(suggestion=one, answered=True)
    Verdict.give(one.assignments.get(), "dissatisfied", result="unsolved", comment="我住三单元", reopen=True)
    assert "三单元" not in Client().get(one.get_absolute_url()).content.decode()
    assert "重新办理" in Notice.objects.filter(user=citizen).latest("pk").text
    assert not Notice.objects.filter(text__contains="三单元").exists()


def test_a_phone_number_in_the_reason_does_not_reach_the_unit(sign_in: Any) -> None:
    one = SuggestionFactory(answered=True)
    Verdict.give(one.assignments.get(), "dissatisfied", result="unsolved", comment="打我 13812345678 问", reopen=True)
    again = one.assignments.latest("pk")
    text = sign_in(worker_of(again.unit, "clerk")).get(f"/desk/assignments/{again.pk}/").content.decode()
    assert "13812345678" not in text and "138****5678" in text


# --- the small form -----------------------------------------------------------------------------
def test_both_questions_stand_on_one_form_here_and_in_one_s_account(sign_in: Any, citizen: Any) -> None:
    one = SuggestionFactory(answered=True, author=citizen)
    client = sign_in(citizen)
    for address in (f"/track/{one.number}/", "/accounts/mine/"):
        page = client.get(address).content.decode()
        assert "事情解决了吗" in page and "您对答复满意吗" in page
        assert f'action="/track/{one.number}/verdict/"' in page
    client.post(f"/track/{one.number}/verdict/", {"result": "partly", "level": "basically"})
    verdict = Verdict.objects.get()
    assert (verdict.result, verdict.level) == ("partly", "basically")
    assert "等您评价的答复" not in client.get("/accounts/mine/").content.decode()


def test_the_account_page_takes_as_many_queries_with_three_answers_as_with_one(
    sign_in: Any, citizen: Any, django_assert_max_num_queries: Any
) -> None:
    client, counts = sign_in(citizen), []
    for n in (1, 2):
        for _n in range(n):
            SuggestionFactory(answered=True, author=citizen)
        client.get("/accounts/mine/")
        with django_assert_max_num_queries(30) as captured:
            assert client.get("/accounts/mine/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_old_verdict_without_the_second_question_still_reads_well() -> None:
    verdict = VerdictFactory(level="basically")
    assert str(verdict) == "基本满意"
