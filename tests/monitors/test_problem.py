"""Problems: checked by the office, answered by the unit, judged by the monitor who found them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from config.moves import MoveRefused
from monitors.models import Problem
from portal.duties import Light, light_all
from portal.models import Notice
from tests.cast import person, worker_of
from tests.factories import MonitorFactory, ProblemFactory, ProjectFactory

pytestmark = pytest.mark.django_db
# A Monday; no holiday within three weeks of it.
MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def weeks(n: int) -> datetime:
    return MONDAY + timedelta(weeks=n)


def test_the_term_runs_from_the_hand_over_and_not_from_the_report() -> None:
    problem = ProblemFactory(raised=True, at=MONDAY)
    problem.hand_over(person("officer"), at=weeks(1))
    problem.refresh_from_db()
    assert f"{problem.due_on}" == "2026-11-18"  # seven working days after Monday the 9th


def test_nothing_burns_against_the_unit_before_it_has_heard_of_the_problem() -> None:
    problem = ProblemFactory(raised=True, at=MONDAY)
    light_all(weeks(4).date())
    problem.refresh_from_db()
    assert (problem.yellow_on, problem.red_on) == (None, None)
    problem.hand_over(person("officer"), at=weeks(4))
    light_all(weeks(8).date())
    problem.refresh_from_db()
    assert problem.red_on is not None


def test_a_dropped_problem_leaves_no_mark_and_is_not_the_units_business() -> None:
    problem = ProblemFactory(dropped=True, at=MONDAY)
    light_all(weeks(8).date())
    problem.refresh_from_db()
    assert (problem.yellow_on, problem.red_on, problem.done_at) == (None, None, None)
    assert not Problem.objects.binding().exists() and not Problem.objects.owed().exists()
    assert not Problem.objects.public().exists()
    assert not Notice.objects.filter(user=worker_of(problem.unit, "clerk")).exists()


def test_dropping_tells_the_monitor_why_and_needs_a_reason() -> None:
    problem = ProblemFactory(raised=True)
    with pytest.raises(MoveRefused, match="理由"):
        problem.drop(person("officer"), "")
    problem.drop(person("officer"), "与上月的问题重复。")
    said = Notice.objects.filter(user=problem.monitor.user, text__contains="与上月的问题重复。")
    assert said.exists()


def test_an_answer_ends_the_duty_and_a_dispute_begins_it_anew_with_its_own_term() -> None:
    problem = ProblemFactory(answered=True, at=MONDAY)
    assert problem.light(MONDAY) == Light.DONE
    problem.dispute(problem.monitor.user, "药房还是关的。", at=weeks(2))
    problem.refresh_from_db()
    assert problem.done_at is None and f"{problem.due_on}" == "2026-11-25"
    assert Problem.objects.owed().get() == problem
    problem.reply(worker_of(problem.unit, "clerk"), "今晚起派人值守。", at=weeks(2))
    assert problem.status == Problem.Status.ANSWERED


def test_lights_that_burned_before_a_dispute_stay_on_record() -> None:
    problem = ProblemFactory(handed=True, at=MONDAY)
    light_all(weeks(3).date())
    problem.refresh_from_db()
    red_on = problem.red_on
    problem.reply(worker_of(problem.unit, "clerk"), "已整改，附照片。", at=weeks(3))
    problem.dispute(problem.monitor.user, "没有改。", at=weeks(3))
    problem.refresh_from_db()
    assert red_on is not None and problem.red_on == red_on


def test_only_the_monitor_who_raised_it_judges_the_answer() -> None:
    problem = ProblemFactory(answered=True)
    other = MonitorFactory()
    for verb in (lambda: problem.confirm(other.user), lambda: problem.dispute(other.user, "没有改。")):
        with pytest.raises(MoveRefused, match="只有提出问题的监督员"):
            verb()
    problem.confirm(problem.monitor.user)
    assert problem.status == Problem.Status.CONFIRMED


def test_a_dispute_needs_a_reason_and_comes_once() -> None:
    problem = ProblemFactory(answered=True)
    with pytest.raises(MoveRefused, match="哪里还没有解决"):
        problem.dispute(problem.monitor.user, " ")
    problem.dispute(problem.monitor.user, "药房还是关的。")
    problem.reply(worker_of(problem.unit, "clerk"), "今晚起派人值守。")
    with pytest.raises(MoveRefused, match="异议只能提一次"):
        problem.dispute(problem.monitor.user, "还是关的。")


def test_a_short_answer_is_sent_back_to_the_writer() -> None:
    problem = ProblemFactory(handed=True)
    with pytest.raises(MoveRefused, match="答复太短"):
        problem.reply(worker_of(problem.unit, "clerk"), "已阅。")
    problem.refresh_from_db()
    assert (problem.status, problem.answer, problem.done_at) == (Problem.Status.HANDED, "", None)


def test_the_unit_is_told_of_the_problem_and_of_the_dispute_without_the_monitor() -> None:
    problem = ProblemFactory(disputed=True)
    said = "".join(Notice.objects.filter(user=worker_of(problem.unit, "clerk")).values_list("text", flat=True))
    assert "提出问题" in said and "还没有解决" in said
    assert problem.monitor.number not in said and str(problem.monitor.user) not in said


def test_the_same_sending_of_a_problem_is_stored_once() -> None:
    facts = {"project": ProjectFactory(active=True), "monitor": MonitorFactory(), "kind": "last", "text": "药房没人。"}
    first = Problem.objects.report(**facts, client_key="key-1")
    assert Problem.objects.report(**facts, client_key="key-1") == first
    assert Problem.objects.report(**facts, client_key="key-2") != first
    assert first.moves.count() == 1


def test_the_answer_is_owed_by_the_lead_unit_of_the_project() -> None:
    project = ProjectFactory(active=True)
    problem = ProblemFactory(project=project, handed=True)
    assert problem.unit == project.lead_unit
    assert problem.due_on > timezone.localdate()
