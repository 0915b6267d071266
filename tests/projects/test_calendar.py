"""Which reports a project owes, for which period, and by when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.moves import MoveRefused
from portal.workdays import WorkCalendar
from projects.calendar import periods
from projects.models import Project, Report
from tests.cast import person, worker_of
from tests.factories import AnnualListFactory, ProjectFactory, StepFactory

pytestmark = pytest.mark.django_db


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()).replace(hour=10))


def planned_project(start: date, end: date, agreed: date) -> Project:
    """A project whose plan was agreed on a day of the past, by the real moves."""
    project: Any = ProjectFactory(year=start.year, plan_from=start, plan_to=end)
    one = AnnualListFactory(year=start.year)
    Project.objects.filter(pk=project.pk).update(annual_list=one)
    one.review(person("office_leader"), at=moment(agreed - timedelta(days=20)))
    one.issue(
        person("office_leader"),
        "衡改办〔2025〕3号",
        agreed - timedelta(days=20),
        at=moment(agreed - timedelta(days=20)),
    )
    project = Project.objects.get(pk=project.pk)
    for weight in (40, 60):
        StepFactory(project=project, weight=weight, planned_from=start, planned_to=end)
    report = project.reports.get()
    report.submit(worker_of(project.lead_unit, "clerk"), at=moment(agreed - timedelta(days=1)))
    report.accept(person("officer"), at=moment(agreed))
    return Project.objects.get(pk=project.pk)


def due_dates(project: Project, kind: str) -> dict[date, date]:
    return dict(project.reports.filter(kind=kind).values_list("period_from", "due_on"))


def test_a_year_has_its_months_quarters_halves_and_one_conclusion() -> None:
    found = list(periods(date(2025, 3, 10), date(2025, 12, 20)))
    kinds = [period.kind for period in found]
    assert [kinds.count(kind) for kind in ("month", "quarter", "half_year", "concluding")] == [10, 4, 2, 1]
    assert found[0].first == date(2025, 3, 1), "a month that was begun counts whole"


def test_reports_are_owed_for_the_plan_period_and_due_on_working_days() -> None:
    project = planned_project(date(2025, 3, 3), date(2025, 12, 19), date(2025, 3, 3))
    months = due_dates(project, "month")
    assert len(months) == 10
    assert months[date(2025, 3, 1)] == date(2025, 4, 7), "5 April 2025 falls into the Tomb-sweeping holiday"
    assert months[date(2025, 6, 1)] == date(2025, 7, 7), "5 July 2025 is a Saturday"
    assert months[date(2025, 9, 1)] == date(2025, 10, 9), "5 October 2025 falls into the National Day holiday"
    assert due_dates(project, "quarter")[date(2025, 7, 1)] == date(2025, 10, 10)
    assert due_dates(project, "half_year")[date(2025, 1, 1)] == date(2025, 7, 15)
    calendar = WorkCalendar.current()
    assert all(calendar.is_workday(report.due_on) for report in project.reports.all())


def test_the_plan_is_owed_fifteen_and_the_conclusion_ten_working_days_later() -> None:
    project = planned_project(date(2025, 3, 3), date(2025, 9, 30), date(2025, 3, 3))
    calendar = WorkCalendar.current()
    plan, concluding = (project.reports.get(kind=kind) for kind in ("plan", "concluding"))
    assert calendar.count(plan.counted_from, plan.due_on) == 15
    assert calendar.count(date(2025, 9, 30), concluding.due_on) == 10
    assert concluding.due_on == date(2025, 10, 21), (
        "ten working days after 30 September, over the holiday and 11 October"
    )


def test_nothing_is_owed_on_a_time_before_the_plan_was_agreed() -> None:
    project = planned_project(date(2025, 3, 3), date(2025, 12, 19), date(2025, 5, 20))
    assert min(due_dates(project, "month")) == date(2025, 5, 1)


def test_owing_all_again_adds_nothing() -> None:
    project: Any = ProjectFactory(active=True)
    before = project.reports.count()
    assert Report.objects.owe_all(project, since=timezone.localdate()) == []
    assert project.reports.count() == before


def test_a_project_without_dates_owes_no_reports_yet() -> None:
    project: Any = ProjectFactory(listed=True, plan_from=None, plan_to=None)
    with pytest.raises(MoveRefused):
        Report.objects.owe_all(project)


def test_a_longer_plan_owes_more_and_a_shorter_one_calls_off_what_lies_outside() -> None:
    project: Any = ProjectFactory(active=True)
    today = timezone.localdate()
    end = project.plan_to
    project.plan_to = end + timedelta(days=90)
    project.save()
    added = Report.objects.owe_all(project, since=today)
    assert {report.kind for report in added} >= {"month"}
    assert project.reports.get(kind="concluding").period_to == project.plan_to
    project.plan_to = end
    project.save()
    Report.objects.owe_all(project, since=today)
    waived = project.reports.filter(status=Report.Status.WAIVED)
    assert {report.pk for report in waived} == {r.pk for r in added if r.period_from > end}
    assert not Report.objects.binding().filter(pk__in=waived).exists()
    assert project.reports.filter(kind="concluding").count() == 1


def test_a_suspended_project_owes_nothing_and_owes_again_when_it_resumes() -> None:
    project: Any = ProjectFactory(active=True)
    open_before = set(project.reports.open().values_list("pk", flat=True))
    project.interrupt("suspend", person("officer"), "场地改造。")
    assert not project.reports.open().exists()
    assert not Report.objects.owed().filter(project=project).exists()
    project.interrupt("resume", person("officer"), "场地改好了。")
    assert set(project.reports.open().values_list("pk", flat=True)) == open_before


def test_no_light_comes_on_for_reports_that_were_called_off() -> None:
    from portal.duties import light_all

    project: Any = ProjectFactory(cancelled=True)
    light_all(timezone.localdate() + timedelta(days=400))
    assert not project.reports.filter(red_on__isnull=False, status=Report.Status.WAIVED).exists()
