"""What was changed after publication: complete, with its reason, and without a person's name."""

from __future__ import annotations

from typing import Any

import pytest

from projects.changes import changes_of
from projects.models import Indicator, Project, Step
from projects.models.marks import save_because
from tests.factories import IndicatorFactory, ProjectFactory, ReportFactory, StepFactory

pytestmark = pytest.mark.django_db


def told(project: Any) -> list[tuple[str, str, str, str, str]]:
    return [(c.record, c.field, c.old, c.new, c.reason) for c in changes_of(Project.objects.get(pk=project.pk))]


def test_nothing_was_changed_at_first() -> None:
    for stage in ("listed", "active", "completed", "cancelled"):
        assert told(ProjectFactory(**{stage: True})) == [], stage


def test_drafts_before_publication_are_nobodys_business() -> None:
    project: Any = ProjectFactory(title="草稿名")
    project.title = "定稿名"
    project.save()
    from tests.factories.projects import ProjectFactory as Factory

    Factory.to_listed(project, None)
    project.goal = "草稿目标"
    project.save()
    step: Any = StepFactory(project=project, title="草稿步骤", weight=40)
    step.weight = 60
    step.save()
    assert told(project) == []
    StepFactory(project=project, weight=40)
    Factory.to_active(project, None)
    assert told(project) == []


def test_each_field_says_what_it_was_what_it_is_and_why(reference: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(active=True, title="旧名")
    project.title, project.goal, project.is_key = "新名", "八个站开到八点。", True
    save_because(project, "两个站点拆迁。", clerk)
    assert set(told(project)) == {
        ("", "项目名称", "旧名", "新名", "两个站点拆迁。"),
        ("", "目标", "十个站开到晚上八点。", "八个站开到八点。", "两个站点拆迁。"),
        ("", "年度工作要点", "否", "是", "两个站点拆迁。"),
    }


def test_linked_records_are_told_by_their_names(reference: Any, officer: Any) -> None:
    project: Any = ProjectFactory(active=True)
    project.lead_unit = reference.education
    project._change_reason = "职责调整。"
    project.save()
    project.co_units.set([reference.health])
    found = {(field, old, new) for _record, field, old, new, _reason in told(project)}
    assert found == {
        ("责任单位", reference.health.short_name, reference.education.short_name),
        ("配合单位", "空", reference.health.short_name),
    }


def test_steps_that_are_changed_added_or_taken_away_are_told() -> None:
    project: Any = ProjectFactory(active=True)
    first, second, _third = project.steps.all()
    first.weight = 20
    save_because(first, "重新排期。")
    added = Step(project=project, title="加一步", weight=10, planned_from=project.plan_from, planned_to=project.plan_to)
    save_because(added, "重新排期。")
    second._change_reason = "并入上一步。"
    second.delete()
    found = {(record, field, old, new[:2], reason) for record, field, old, new, reason in told(project)}
    assert (f"步骤“{first.title}”", "权重（%）", "30%", "20", "重新排期。") in found
    assert ("步骤“加一步”", "新增", "", "权重", "重新排期。") in found
    assert any(field == "删去" and reason == "并入上一步。" for _r, field, _o, _n, reason in found)


def test_progress_is_no_change_and_putting_it_right_is_one() -> None:
    from datetime import timedelta

    from django.utils import timezone

    project: Any = ProjectFactory(active=True)
    step = project.steps.first()
    step.project = project
    today = timezone.localdate()
    step.finish(today, "验收通过。")
    assert told(project) == []
    step.done_on = today - timedelta(days=1)
    save_because(step, "日期记错。")
    assert [(field, reason) for _r, field, _o, _n, reason in told(project)] == [("实际完成", "日期记错。")]


def test_readings_are_told_in_the_ledger_and_a_moved_target_here() -> None:
    indicator: Any = IndicatorFactory(project=ProjectFactory(listed=True), target=10)
    project = indicator.project
    ProjectFactory.to_active(project, None)
    indicator = Indicator.objects.get()
    indicator.now = 5
    save_because(indicator, "2026年9月台账更新")
    assert told(project) == []
    indicator.target = 8
    save_because(indicator, "两个站点拆迁。")
    assert told(project) == [("指标“错时门诊站点”", "目标", "10", "8", "两个站点拆迁。")]


def test_a_corrected_report_keeps_its_first_words(officer: Any) -> None:
    report: Any = ReportFactory(accepted=True)
    old = report.work
    report.correct(officer, "数字抄错。", work="完成五个站点。")
    assert told(report.project) == [(report.name, "做了什么", old, "完成五个站点。", "数字抄错。")]


def test_an_edit_without_a_reason_is_not_hidden() -> None:
    project: Any = ProjectFactory(active=True)
    project.goal = "悄悄改小的目标"
    project.save()
    assert [(field, new, reason) for _r, field, _o, new, reason in told(project)] == [("目标", "悄悄改小的目标", "")]


def test_who_is_a_unit_or_the_office_and_never_a_person(client: Any, clerk: Any, officer: Any) -> None:
    project: Any = ProjectFactory(active=True)
    for person, goal in ((clerk, "单位改的"), (officer, "改革办改的")):
        project.goal = goal
        save_because(project, "理由。", person)
    assert [change.who for change in changes_of(project)] == ["改革办", project.lead_unit.short_name]
    page = client.get(f"{project.get_absolute_url()}history/").content.decode()
    assert "单位改的" in page
    assert clerk.display_name not in page and officer.display_name not in page


def test_internal_notes_stay_inside(client: Any, officer: Any) -> None:
    project: Any = ProjectFactory(active=True)
    project._move("suspend", by=officer, public_note="场地改造。", internal_note="资金没有落实")
    page = client.get(f"{project.get_absolute_url()}history/").content.decode()
    assert "场地改造。" in page and "资金没有落实" not in page


def test_the_page_of_a_project_shows_the_last_three_and_counts_all(client: Any) -> None:
    project: Any = ProjectFactory(active=True)
    for number in range(5):
        project.goal = f"目标 {number}"
        save_because(project, f"理由 {number}")
    answer = client.get(project.get_absolute_url())
    assert [change.new for change in answer.context["changes"]] == ["目标 4", "目标 3", "目标 2"]
    assert "看全部 5 处变更" in answer.content.decode()
