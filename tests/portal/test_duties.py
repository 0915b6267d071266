"""Lights come on by the work calendar, are remembered with the day on which they came on, and are never forgotten."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from portal.duties import Light, duty_models, light_all, recount_provisional
from portal.models import Assignment, Suggestion, Workday
from portal.workdays import WorkCalendar
from tests.factories import AssignmentFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


def at(*parts):
    return timezone.make_aware(datetime(*parts))


@pytest.fixture
def assignment():
    """Handed over on Friday 25 September 2026: seven working days later, past the National Day week, is 12 October."""
    return AssignmentFactory(at=at(2026, 9, 25, 10))


def test_the_due_date_is_counted_in_working_days_past_the_holidays(assignment):
    assert assignment.due_on == WorkCalendar.current().add(date(2026, 9, 25), 7)
    assert WorkCalendar.current().is_workday(assignment.due_on)
    assert assignment.due_on > date(2026, 10, 7)


def test_yellow_begins_three_working_days_before_and_includes_the_due_date(assignment):
    calendar = WorkCalendar.current()
    first_yellow = calendar.subtract(assignment.due_on, 3)
    day_before = datetime.combine(first_yellow - timedelta(days=1), datetime.max.time())
    assert assignment.light(timezone.make_aware(day_before)) == Light.GREEN
    assert assignment.light(timezone.make_aware(datetime.combine(first_yellow, datetime.min.time()))) == Light.YELLOW
    due = assignment.due_on
    assert assignment.light(at(due.year, due.month, due.day, 23, 59)) == Light.YELLOW
    next_day = due + timedelta(days=1)
    assert assignment.light(at(next_day.year, next_day.month, next_day.day, 0, 0)) == Light.RED


def test_the_sweep_writes_the_day_on_which_the_light_came_on_even_a_week_late(assignment):
    late = assignment.due_on + timedelta(days=7)
    assert light_all(late) >= 2
    assignment.refresh_from_db()
    assert assignment.yellow_on == assignment.warn_on
    assert assignment.red_on == assignment.due_on + timedelta(days=1)


def test_the_sweep_run_twice_changes_nothing_more(assignment):
    late = assignment.due_on + timedelta(days=7)
    light_all(late)
    assert light_all(late) == 0
    assert light_all(late + timedelta(days=3)) == 0


def test_lights_stay_on_record_after_the_duty_is_done(assignment, clerk, unit_leader):
    late = datetime.combine(assignment.due_on + timedelta(days=2), datetime.min.time())
    assignment.answer = "已到现场查看，本月底前修好，欢迎监督。"
    assignment.save()
    assignment.submit(clerk, at=timezone.make_aware(late))
    assignment.sign(unit_leader, at=timezone.make_aware(late))
    assignment.refresh_from_db()
    assert assignment.light() == Light.DONE and not assignment.was_on_time
    assert assignment.yellow_on and assignment.red_on


def test_done_on_the_due_date_is_on_time(assignment, clerk, unit_leader):
    due = assignment.due_on
    assignment.answer = "已到现场查看，本月底前修好，欢迎监督。"
    assignment.save()
    assignment.submit(clerk, at=at(due.year, due.month, due.day, 9))
    assignment.sign(unit_leader, at=at(due.year, due.month, due.day, 23, 30))
    assignment.refresh_from_db()
    assert assignment.was_on_time and assignment.red_on is None
    assert list(Assignment.objects.on_time()) == [assignment]


def test_a_form_that_was_open_does_not_undo_a_light_or_a_move(assignment, clerk):
    stale = Assignment.objects.get(pk=assignment.pk)
    assignment.answer = "已到现场查看，本月底前修好，欢迎监督。"
    assignment.save()
    assignment.submit(clerk)
    light_all(assignment.due_on + timedelta(days=9))
    stale.answer = "另一个窗口里写的"
    stale.save()
    assignment.refresh_from_db()
    assert assignment.status == Assignment.Status.SUBMITTED
    assert assignment.red_on is not None
    with pytest.raises(ValueError):
        stale.save(update_fields=["status"])


def test_a_deadline_that_crosses_into_a_year_without_holidays_is_provisional_and_counted_again():
    assignment = AssignmentFactory(at=at(2026, 12, 29, 10))
    assert WorkCalendar.current().is_provisional(assignment.due_on)
    before = assignment.due_on
    for day in (1, 2, 3):
        Workday.objects.create(date=date(2027, 1, day), is_workday=False, name="元旦")
    Workday.objects.create(date=date(2027, 10, 1), is_workday=False, name="国庆节")
    assert recount_provisional(WorkCalendar.current()) == 1
    assignment.refresh_from_db()
    assert assignment.due_on > before
    assert not WorkCalendar.current().is_provisional(assignment.due_on)
    assert before in assignment.history.values_list("due_on", flat=True)


def test_the_offices_own_dates_move_with_the_calendar_where_it_still_owes_something():
    waiting, decided = (SuggestionFactory(stage=stage, at=at(2026, 12, 29, 10)) for stage in ("open", "declined"))
    before = waiting.decide_by
    for day in (1, 2, 3):
        Workday.objects.create(date=date(2027, 1, day), is_workday=False, name="元旦")
    assert Suggestion.objects.recount_office_dates(WorkCalendar.current()) == 1
    waiting.refresh_from_db()
    decided.refresh_from_db()
    assert waiting.decide_by > before == decided.decide_by
    assert waiting.screen_by == WorkCalendar.current().add(date(2026, 12, 29), 2)
    assert Suggestion.objects.recount_office_dates(WorkCalendar.current()) == 0


def test_every_kind_of_duty_answers_the_work_list():
    kinds = list(duty_models())
    assert {kind.__name__ for kind in kinds} == {"Assignment", "Report", "SupervisionOrder", "Problem"}
    for kind in kinds:
        for method in ("desk_title", "get_desk_url"):
            assert method in kind.__dict__, f"{kind.__name__}.{method}"
        assert hasattr(kind._default_manager, "owed")
