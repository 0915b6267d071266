"""The plan of a project: what it lacks, its weights, and changes to it once it is public."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from config.moves import MoveRefused
from projects.forms.plan import PlanEditor
from projects.models import Report, Step
from tests.factories import ProjectFactory, StepFactory, SupervisionOrderFactory

pytestmark = pytest.mark.django_db


def as_posted(project: Any, **changes: Any) -> dict[str, Any]:
    """What the browser sends of a plan as it stands, with some values changed."""
    editor = PlanEditor(project)
    sent: dict[str, Any] = {}
    for form in (editor.head, *editor.steps.forms, *editor.indicators.forms):
        for field in form:
            if field.name != "DELETE":
                value = field.value()
                sent[field.html_name] = "" if value is None else str(value)
    for formset in (editor.steps, editor.indicators):
        for field in formset.management_form:
            sent[field.html_name] = str(field.value())
    return sent | changes


def test_a_bare_plan_says_everything_that_it_lacks() -> None:
    bare = {"chief": "", "owner": "", "goal": "", "effect": "", "plan_from": None, "plan_to": None}
    project: Any = ProjectFactory(listed=True, **bare)
    gaps = project.plan_gaps()
    assert [gap for gap in gaps if gap.startswith("请填写")] == [
        "请填写“主管领导”。", "请填写“责任人”。", "请填写“目标”。", "请填写“预期效果”。", "请填写“计划开始”。", "请填写“计划完成”。",
    ]  # fmt: skip
    assert gaps[-2:] == ["请至少列出两个步骤。", "各步骤的权重相加要等于 100，现在是 0。"]


def test_a_plan_whose_weights_do_not_total_one_hundred_is_not_handed_in(clerk: Any) -> None:
    project: Any = ProjectFactory(listed=True)
    for weight in (50, 45):
        StepFactory(project=project, weight=weight)
    with pytest.raises(MoveRefused, match="现在是 95"):
        project.reports.get().submit(clerk)


@pytest.mark.parametrize(
    ("weights", "text"),
    [((50, 45), "权重合计 95，还差 5"), ((60, 45), "权重合计 105，多了 5"), ((60, 40), "权重合计 100，正好")],
)
def test_the_running_total_says_how_much_is_missing(weights: tuple[int, int], text: str) -> None:
    project: Any = ProjectFactory(listed=True)
    for weight in weights:
        StepFactory(project=project, weight=weight)
    assert PlanEditor(project).total_text() == text


def test_a_row_more_loses_nothing_of_what_was_typed(sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(listed=True)
    page = project.reports.get().get_desk_url()
    client = sign_in(clerk)
    rows = client.get(page).context["editor"].steps.total_form_count()
    sent = as_posted(
        project, **{"steps-0-title": "只写了名字", "steps-0-weight": "不是数", "goal": "改到一半", "do": "add-step"}
    )
    answer = client.post(page, sent, follow=True)
    editor = answer.context["editor"]
    assert editor.steps.total_form_count() == rows + 1
    assert editor.steps.forms[0]["title"].value() == "只写了名字"
    assert editor.steps.forms[0]["weight"].value() == "不是数"
    assert editor.head["goal"].value() == "改到一半"
    assert not project.steps.exists(), "what is not right yet is no record"


def test_a_published_plan_is_changed_with_a_reason_only(sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    client, page = sign_in(clerk), f"/desk/projects/{project.number}/plan/"
    refused = client.post(page, as_posted(project, goal="改小的目标", reason="", do="publish"))
    project.refresh_from_db()
    assert refused.status_code == 422
    assert project.goal != "改小的目标"
    answer = client.post(page, as_posted(project, goal="改小的目标", reason="两个站点并为一个。", do="publish"))
    project.refresh_from_db()
    assert answer.status_code == 302
    assert project.goal == "改小的目标"
    assert project.history.first().history_change_reason == "两个站点并为一个。"
    assert project.history.first().history_user == clerk


def test_a_changed_plan_must_still_total_one_hundred(sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    sent = as_posted(project, reason="调整。", do="publish", **{"steps-0-weight": "25"})
    answer = sign_in(clerk).post(f"/desk/projects/{project.number}/plan/", sent)
    assert answer.status_code == 422
    assert "现在是 95" in answer.content.decode()
    assert project.steps.first().weight == 30


def test_a_finished_step_is_not_planned_anew(sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    step = project.steps.first()
    step.project = project
    step.finish(timezone.localdate(), "验收通过。")
    sent = as_posted(
        project,
        reason="调整。",
        do="publish",
        **{"steps-0-weight": "60", "steps-1-weight": "10", "steps-0-DELETE": "on"},
    )
    sign_in(clerk).post(f"/desk/projects/{project.number}/plan/", sent)
    assert Step.objects.get(pk=step.pk).weight == 30


def test_new_dates_move_the_conclusion(sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(active=True)
    before = project.reports.get(kind="concluding").due_on
    later = project.plan_to.replace(year=project.plan_to.year + 1)
    sent = as_posted(project, plan_to=later.isoformat(), reason="工期顺延。", do="publish")
    assert sign_in(clerk).post(f"/desk/projects/{project.number}/plan/", sent).status_code == 302
    assert project.reports.get(kind="concluding").due_on > before
    assert project.reports.filter(kind="month", status=Report.Status.DUE).count() > 12


@pytest.mark.parametrize("stage", ["listed", "concluded", "suspended"])
def test_there_is_no_plan_to_change_before_it_is_agreed_or_after_it_ended(stage: str, sign_in: Any, clerk: Any) -> None:
    project: Any = ProjectFactory(**{stage: True})
    assert sign_in(clerk).get(f"/desk/projects/{project.number}/plan/").status_code == 403


def test_an_order_turns_the_light_of_its_project() -> None:
    project: Any = ProjectFactory(active=True)
    assert project.light().state == "green"
    SupervisionOrderFactory(project=project, due_on=timezone.localdate())
    again = type(project).objects.with_ledger().get(pk=project.pk)
    assert again.light().state == "yellow"
    assert again.is_supervised
