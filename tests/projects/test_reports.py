"""A report's life: draft, handed in, returned, accepted; what it declares becomes fact at the end, not before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from config.moves import MoveRefused
from portal.duties import light_all
from portal.models import Notice
from projects.models import Project, Reading, Report, StepClaim
from tests.factories import IndicatorFactory, ProjectFactory, ReportFactory, SupervisionOrderFactory

pytestmark = pytest.mark.django_db


def claim(report: Report, step: Any, **facts: Any) -> StepClaim:
    facts = {"done_on": timezone.localdate(), "note": "名单已公示。"} | facts
    return StepClaim.objects.create(report=report, step=step, **facts)


def test_nothing_is_handed_in_half_empty(clerk: Any) -> None:
    report: Any = ReportFactory(kind="quarter")
    report.work = "完成排班。"
    with pytest.raises(MoveRefused, match="遇到的问题、下一步"):
        report.submit(clerk)


def test_a_returned_report_is_owed_again_and_its_lights_stay_on_record(clerk: Any, officer: Any) -> None:
    report: Any = ReportFactory()
    late = report.due_on + timedelta(days=3)
    light_all(late)
    report.refresh_from_db()
    lit = report.yellow_on, report.red_on
    assert all(lit)
    report.work = "完成排班。"
    report.submit(clerk)
    assert report.done_on is not None
    report.return_(officer, "数字对不上，请核对。")
    report.refresh_from_db()
    assert (report.status, report.done_on) == ("returned", None)
    assert (report.yellow_on, report.red_on) == lit
    assert "数字对不上" in Notice.objects.filter(user=clerk).latest("pk").text


def test_a_return_needs_a_reason(officer: Any) -> None:
    with pytest.raises(MoveRefused, match="退回理由"):
        ReportFactory(submitted=True).return_(officer, "  ")


def test_progress_comes_from_steps_alone_and_only_once_the_report_is_accepted(clerk: Any, officer: Any) -> None:
    report: Any = ReportFactory()
    step = report.project.steps.first()
    claim(report, step)
    report.work = "完成首批。"
    report.save()
    report.submit(clerk)
    assert Project.objects.get(pk=report.project_id).progress() == 0
    report.accept(officer)
    assert Project.objects.get(pk=report.project_id).progress() == step.weight
    step.refresh_from_db()
    assert step.done_note == "名单已公示。"


def test_there_is_no_field_to_type_progress_into() -> None:
    assert not any("progress" in field.name for field in Project._meta.get_fields())


def test_figures_become_the_present_value_when_the_report_is_accepted(officer: Any) -> None:
    indicator: Any = IndicatorFactory()
    report: Any = ReportFactory(project=indicator.project, submitted=True)
    Reading.objects.create(report=report, indicator=indicator, value=7)
    report.accept(officer)
    indicator.refresh_from_db()
    assert indicator.now == 7


def test_a_step_that_an_earlier_report_finished_keeps_its_day(officer: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    step = report.project.steps.first()
    day = timezone.localdate() - timedelta(days=9)
    claim(report, step)
    step.project = report.project
    step.finish(day, "提前完成。")
    report.accept(officer)
    step.refresh_from_db()
    assert step.done_on == day


@pytest.mark.parametrize(("on", "note"), [(1, "有凭据"), (0, "  ")])
def test_a_step_is_not_finished_in_the_future_or_without_evidence(on: int, note: str) -> None:
    step = ProjectFactory(active=True).steps.first()
    with pytest.raises(MoveRefused):
        step.finish(timezone.localdate() + timedelta(days=on), note)


def test_a_project_is_not_concluded_with_an_open_step(clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    report = project.reports.get(kind="concluding")
    report.work, report.problems, report.next = "办成了。", "无", "移交物业。"
    with pytest.raises(MoveRefused, match="还有步骤没有完成"):
        report.submit(clerk)
    for step in project.steps.all():
        claim(report, step)
    report.submit(clerk)
    assert Project.objects.get(pk=project.pk).status == "concluding"


def test_a_project_is_not_concluded_under_a_standing_order(clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    SupervisionOrderFactory(project=project)
    for step in project.steps.all():
        step.project = project
        step.finish(timezone.localdate(), "验收通过。")
    report = project.reports.get(kind="concluding")
    report.work, report.problems, report.next = "办成了。", "无", "移交物业。"
    with pytest.raises(MoveRefused, match="销号后才能结题"):
        report.submit(clerk)


def test_a_returned_conclusion_sets_the_project_going_again(officer: Any) -> None:
    project: Any = ProjectFactory(concluding=True)
    report = project.reports.get(kind="concluding")
    report.return_(officer, "请补群众评议的结果。")
    project.refresh_from_db()
    assert project.status == "active"


def test_concluding_calls_off_the_reports_to_come() -> None:
    project: Any = ProjectFactory(concluded=True)
    assert not project.reports.open().exists()
    assert not Report.objects.owed().filter(project=project).exists()


def test_a_draft_is_kept_without_history_and_not_after_handing_in(clerk: Any) -> None:
    report: Any = ReportFactory()
    rows = report.history.count()
    assert report.keep_draft(QueryDict("work=写到一半&save=1&csrfmiddlewaretoken=x"))
    report.refresh_from_db()
    assert QueryDict(report.draft).dict() == {"work": "写到一半"}
    assert report.history.count() == rows
    report.work = "写完了。"
    report.save()
    report.submit(clerk)
    assert not report.keep_draft(QueryDict("work=又改"))
    report.refresh_from_db()
    assert report.draft == ""


def test_an_accepted_report_is_corrected_only_with_a_reason_and_keeps_what_it_said(officer: Any) -> None:
    report: Any = ReportFactory(accepted=True)
    old = report.work
    with pytest.raises(MoveRefused, match="更正的理由"):
        report.correct(officer, "", work="完成五个站点。")
    report.correct(officer, "数字抄错。", work="完成五个站点。")
    assert list(report.history.values_list("work", flat=True)[:2]) == ["完成五个站点。", old]
    with pytest.raises(MoveRefused, match="请退回单位修改"):
        ReportFactory(submitted=True).correct(officer, "理由", work="x")


@pytest.mark.parametrize("verb", ["cancel", "carry_over"])
def test_supervision_is_not_escaped_by_dropping_the_project(verb: str, officer: Any) -> None:
    order: Any = SupervisionOrderFactory()
    with pytest.raises(MoveRefused, match="销号后才能"):
        order.project.interrupt(verb, officer, "不办了。")


def test_a_project_carried_over_goes_on_in_next_years_pool_with_its_sources(officer: Any) -> None:
    from tests.factories import SuggestionFactory

    source: Any = SuggestionFactory(adopted=True)
    project: Any = ProjectFactory(active=True, sources=[source])
    project.interrupt("carry_over", officer, "工期跨年。")
    successor = project.successor
    assert (successor.status, successor.year, list(successor.sources.all())) == ("pooled", project.year + 1, [source])
    with pytest.raises(MoveRefused, match="已经立项"):
        ProjectFactory(sources=[source])
