"""One project's public page: what it shows, and above all what it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Project, StepClaim
from tests.cast import person
from tests.factories import (
    IndicatorFactory,
    PhotoFactory,
    ProjectFactory,
    ReportFactory,
    StepFactory,
    SuggestionFactory,
    SupervisionOrderFactory,
)

pytestmark = pytest.mark.django_db
CANARY = "金丝雀七四九"


def everywhere(client: Any, project: Project) -> str:
    """Everything that a stranger can read of the project."""
    page = project.get_absolute_url()
    answers = [
        client.get(url)
        for url in (page, f"{page}history/", "/projects/", "/projects/?view=photos", "/projects/export.csv")
    ]
    return "".join(b"".join(answer).decode() for answer in answers)


@pytest.mark.parametrize("stage", ["due", "submitted", "returned"])
def test_no_word_of_a_report_is_public_before_it_is_accepted(stage: str, client: Any) -> None:
    report: Any = ReportFactory(**{stage: True})
    step = report.project.steps.first()
    texts = {"work": f"做了{CANARY}", "problems": f"问题{CANARY}", "next": f"下一步{CANARY}", "draft": f"work={CANARY}"}
    type(report).objects.filter(pk=report.pk).update(**texts)
    StepClaim.objects.create(report=report, step=step, done_on=timezone.localdate(), note=f"完成{CANARY}")
    PhotoFactory(project=report.project, report=report, caption=f"照片{CANARY}")
    assert CANARY not in everywhere(client, report.project)


def test_every_word_of_a_report_is_public_once_it_is_accepted(client: Any, officer: Any) -> None:
    """The same canary, seen: the test above would notice it."""
    report: Any = ReportFactory(submitted=True)
    texts = {"work": f"做了{CANARY}", "problems": f"问题{CANARY}", "next": f"下一步{CANARY}"}
    type(report).objects.filter(pk=report.pk).update(**texts)
    report.refresh_from_db()
    report.accept(officer)
    shown = everywhere(client, report.project)
    assert all(text in shown for text in texts.values())


def test_why_a_report_was_returned_stays_between_office_and_unit(client: Any, officer: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    report.return_(officer, f"请改{CANARY}")
    assert CANARY not in everywhere(client, report.project)


def test_a_plan_is_a_draft_until_it_is_agreed(client: Any) -> None:
    plan = {name: f"{name}{CANARY}" for name in ("chief", "owner", "goal", "effect")}
    project: Any = ProjectFactory(listed=True, **plan)
    StepFactory(project=project, title=f"步骤{CANARY}")
    IndicatorFactory(project=project, name=f"指标{CANARY}")
    assert CANARY not in everywhere(client, project)
    cancelled: Any = ProjectFactory(listed=True, **plan)
    cancelled.interrupt("cancel", None, "与省里的规定重复。")
    assert CANARY not in everywhere(client, cancelled)


def test_an_agreed_plan_is_shown_with_its_steps_people_and_figures(client: Any) -> None:
    indicator: Any = IndicatorFactory(name="错时站点", before=0, now=4, target=10)
    project = indicator.project
    shown = everywhere(client, project)
    step = project.steps.first().title
    for text in (project.chief, project.owner, project.goal, step, "错时站点", "计划此时"):
        assert text in shown, text


def test_progress_and_plan_stand_side_by_side(client: Any) -> None:
    project: Any = ProjectFactory(active=True)
    step = project.steps.first()
    step.project = project
    step.finish(timezone.localdate(), "首批站点验收通过。")
    answer = client.get(project.get_absolute_url())
    assert answer.context["progress"] == 30
    assert answer.context["planned"] == project.planned_progress()


def test_supervision_is_told_from_order_to_discharge(client: Any) -> None:
    order: Any = SupervisionOrderFactory(replied=True)
    shown = client.get(order.project.get_absolute_url()).content.decode()
    assert "挂牌督办中" in shown and order.reason in shown and order.demand in shown and order.answer in shown
    order.discharge(person("second_officer"), "现场核实属实。")
    shown = client.get(order.project.get_absolute_url()).content.decode()
    assert "挂牌督办中" not in shown and "现场核实属实。" in shown


def test_private_sources_are_counted_and_not_named(client: Any) -> None:
    open_one: Any = SuggestionFactory(adopted=True, title="站点晚点关门")
    private: Any = SuggestionFactory(adopted=True, title=f"我家{CANARY}", is_public=False)
    project: Any = ProjectFactory(listed=True, sources=[open_one, private])
    shown = client.get(project.get_absolute_url()).content.decode()
    assert "来自 2 条建议" in shown and open_one.title in shown
    assert CANARY not in shown


def test_nobody_is_named_on_the_page(client: Any) -> None:
    project: Any = ProjectFactory(completed=True)
    SupervisionOrderFactory(discharged=True)
    shown = everywhere(client, project) + everywhere(client, Project.objects.exclude(pk=project.pk).get())
    for name in ("周经办", "王经办", "冯经办", "褚负责人"):
        assert name not in shown


@pytest.mark.parametrize("page", ["", "history/"])
def test_a_long_ledger_takes_as_many_queries_as_a_short_one(page: str, client: Any) -> None:
    def queries(project: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{project.get_absolute_url()}{page}").status_code == 200
        return len(captured)

    end = timezone.localdate() + timedelta(days=300)
    short, long = ProjectFactory(active=True, plan_to=end), ProjectFactory(active=True, plan_to=end)
    for project, times in ((short, 1), (long, 4)):
        for _time in range(times):
            report = ReportFactory(project=project, accepted=True)
            PhotoFactory(project=project, report=report)
            order = SupervisionOrderFactory(project=project, discharged=True)
            PhotoFactory(project=project, order=order)
    assert queries(short) == queries(long)


# --- photos -------------------------------------------------------------------------------------
def both(client: Any, photo: Any) -> set[int]:
    return {client.get(url).status_code for url in (photo.get_absolute_url(), photo.get_thumb_url())}


def test_a_photo_is_public_once_its_report_is_accepted(client: Any, officer: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    photo: Any = PhotoFactory(project=report.project, report=report)
    assert both(client, photo) == {404}
    report.accept(officer)
    assert both(client, photo) == {200}
    assert client.get(photo.get_absolute_url())["Cache-Control"].startswith("public")


def test_a_photo_of_a_step_is_public_once_the_step_is_done(client: Any) -> None:
    project: Any = ProjectFactory(active=True)
    step = project.steps.first()
    photo: Any = PhotoFactory(project=project, step=step)
    assert both(client, photo) == {404}
    step.project = project
    step.finish(timezone.localdate(), "验收通过。")
    assert both(client, photo) == {200}


@pytest.mark.parametrize("facts", [{"is_kept": False}, {}])
def test_a_photo_that_was_taken_out_or_belongs_to_the_pool_is_not_public(facts: dict[str, Any], client: Any) -> None:
    stage = {"active": True} if facts else {}
    photo: Any = PhotoFactory(project=ProjectFactory(**stage), **facts)
    assert both(client, photo) == {404}


def test_a_photo_waiting_for_review_is_seen_by_its_unit_and_the_office_only(
    sign_in: Any, clerk: Any, other_leader: Any, officer: Any, auditor: Any, citizen: Any
) -> None:
    report: Any = ReportFactory(submitted=True)
    photo: Any = PhotoFactory(project=report.project, report=report)
    for reader, status in ((clerk, 200), (officer, 200), (auditor, 200), (other_leader, 404), (citizen, 404)):
        answer = sign_in(reader).get(photo.get_absolute_url())
        assert answer.status_code == status, reader
        assert status != 200 or "no-store" in answer["Cache-Control"]
