"""A project from the pool to its conclusion, through the same pages as everybody: officer, office leader, clerk, public."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from projects.models import Project, Report, SupervisionOrder
from tests.factories import SuggestionFactory, jpeg

pytestmark = pytest.mark.django_db
OFFICE = "/admin/ledger/"
NO_ROWS = {"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0"}


class Journey:
    """The people at their screens, and the calendar."""

    def __init__(self, sign_in: Any, clock: Any, **people: Any) -> None:
        self.clock, self.public = clock, Client()
        self.sign_in, self.people = sign_in, people

    def at(self, day: date) -> None:
        """Another day, at ten in the morning; everybody signs in again."""
        self.clock.move_to(timezone.make_aware(datetime(day.year, day.month, day.day, 10)))

    def post(self, who: str, page: str, **sent: Any) -> Any:
        answer = self.sign_in(self.people[who]).post(page, sent, follow=True)
        assert answer.status_code in (200, 422), (page, answer.status_code)
        return answer.content.decode()

    @property
    def project(self) -> Project:
        return Project.objects.get()

    def report(self, kind: str) -> Report:
        return self.project.reports.filter(kind=kind).exclude(status="accepted").earliest("period_from")

    def read(self) -> str:
        answer = self.public.get(self.project.get_absolute_url())
        return answer.content.decode() if answer.status_code == 200 else ""


def plan_of(weights: tuple[int, int]) -> dict[str, str]:
    """A plan of two steps as the form sends it."""
    return NO_ROWS | {
        "chief": "副主任", "owner": "基层卫生科", "goal": "十个站开到晚上八点", "effect": "下班能看病",
        "plan_from": "2026-03-02", "plan_to": "2026-06-30",
        "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0",
        "steps-0-title": "摸底", "steps-0-weight": str(weights[0]),
        "steps-0-planned_from": "2026-03-02", "steps-0-planned_to": "2026-03-31",
        "steps-1-title": "全部开放", "steps-1-weight": str(weights[1]),
        "steps-1-planned_from": "2026-04-01", "steps-1-planned_to": "2026-06-30",
    }  # fmt: skip


def saved_plan(project: Project, weights: tuple[int, int]) -> dict[str, str]:
    """The same once its rows are saved."""
    sent = plan_of(weights) | {"steps-INITIAL_FORMS": "2"}
    return sent | {f"steps-{place}-id": str(step.pk) for place, step in enumerate(project.steps.all())}


def done(step: Any, day: date, note: str) -> dict[str, str]:
    return {f"step-{step.pk}-done": "on", f"step-{step.pk}-done_on": str(day), f"step-{step.pk}-note": note}


def list_it(go: Journey, reference: Any) -> None:
    source: Any = SuggestionFactory(adopted=True, title="卫生站晚上不开门")
    go.post(
        "officer", f"{OFFICE}open/", pick=[source.number], year="2026", title="卫生站错时门诊", topic=reference.topic.pk,
        lead_unit=reference.health.pk, pain_point="下班后看不了病。",
    )  # fmt: skip
    assert go.project.status == "pooled" and go.read() == ""
    go.post("officer", f"{OFFICE}lists/new/", year="2026", title="2026年清单")
    go.post("officer", f"{OFFICE}lists/2026/add/", pick=[go.project.pk])
    go.post("leader", f"{OFFICE}lists/2026/review/")
    go.post("leader", f"{OFFICE}lists/2026/issue/", doc_number="衡改办〔2026〕3号", issued_on="2026-02-10")
    assert "衡改办〔2026〕3号" in go.read() and "卫生站晚上不开门" in go.read()


def agree_on_plan(go: Journey) -> None:
    plan = go.report("plan")
    assert "现在是 95" in go.post("clerk", plan.get_desk_url(), do="submit", **plan_of((30, 65)))
    go.post("clerk", plan.get_desk_url(), do="submit", **saved_plan(go.project, (30, 70)))
    go.post("officer", f"{OFFICE}reports/{plan.pk}/return/", reason="请写明每个站点的开放时间。")
    assert "请写明每个站点的开放时间。" in go.post(
        "clerk", plan.get_desk_url(), do="keep", **saved_plan(go.project, (30, 70))
    )
    go.post("clerk", plan.get_desk_url(), do="submit", **saved_plan(go.project, (40, 60)))
    assert "十个站开到晚上八点" not in go.read()
    go.post("officer", f"{OFFICE}reports/{plan.pk}/accept/")
    assert go.project.status == "active"
    assert "十个站开到晚上八点" in go.read()


def report_march(go: Journey) -> None:
    go.at(date(2026, 4, 2))
    report, step = go.report("month"), go.project.steps.first()
    assert report.name == "2026年3月台账更新"
    go.post(
        "clerk", report.get_desk_url(), do="submit", work="十个站点全部摸底。", photos=[jpeg()],
        **done(step, date(2026, 3, 30), "台账齐全。"),
    )  # fmt: skip
    assert go.project.progress() == 0 and "十个站点全部摸底。" not in go.read()
    go.post("officer", f"{OFFICE}reports/{report.pk}/accept/")
    shown = go.read()
    assert go.project.progress() == 40
    assert "十个站点全部摸底。" in shown and "台账齐全。" in shown and "/project-photos/" in shown


def supervise(go: Journey) -> None:
    go.at(date(2026, 5, 12))
    assert go.project.light().state == "red", "the April entry is missing"
    page = f"{OFFICE}projects/{go.project.number}/supervise/"
    go.post("officer", page, reason="四月没有进展。", demand="五月底前开五个站。", due_on="2026-05-29")
    assert "挂牌督办中" in go.read()
    order = SupervisionOrder.objects.get()
    go.post("clerk", order.get_desk_url(), answer="五个站已于 5 月 25 日开放。")
    go.post("officer", f"{OFFICE}orders/{order.pk}/discharge/", note="自己看过。")
    assert "挂牌督办中" in go.read(), "whoever issued it does not discharge it"
    go.post("second", f"{OFFICE}orders/{order.pk}/discharge/", note="现场核实属实。")
    assert "挂牌督办中" not in go.read()


def conclude(go: Journey) -> None:
    go.at(date(2026, 6, 29))
    report, step = go.report("concluding"), go.project.steps.last()
    words = {"work": "十个站全部开到晚上八点。", "problems": "无", "next": "排班写进考核。", "do": "submit"}
    assert "还有步骤没有完成" in go.post("clerk", report.get_desk_url(), **words)
    go.post("clerk", report.get_desk_url(), **words, **done(step, date(2026, 6, 28), "十个站验收通过。"))
    assert go.project.status == "concluding"
    go.post("officer", f"{OFFICE}reports/{report.pk}/accept/")
    assert (go.project.status, go.project.progress()) == ("concluded", 100)
    shown = go.read()
    assert "十个站全部开到晚上八点。" in shown and "十个站验收通过。" in shown
    assert not go.project.reports.open().exists()


def test_a_project_goes_from_the_pool_to_its_conclusion(
    sign_in: Any, reference: Any, clerk: Any, officer: Any, second_officer: Any, office_leader: Any
) -> None:
    start = timezone.make_aware(datetime(2026, 2, 10, 10))
    with time_machine.travel(start, tick=True) as clock:
        go = Journey(sign_in, clock, clerk=clerk, officer=officer, second=second_officer, leader=office_leader)
        list_it(go, reference)
        go.at(date(2026, 3, 3))
        agree_on_plan(go)
        report_march(go)
        supervise(go)
        conclude(go)
        verbs = list(go.project.moves.values_list("verb", flat=True))
    assert verbs == ["create", "list", "plan", "start", "conclude", "accept_conclusion"]


def test_a_planned_project_starts_on_its_first_day() -> None:
    from projects.tasks import start_due
    from tests.factories import ProjectFactory

    project: Any = ProjectFactory(planned=True)
    assert start_due() == 0
    with time_machine.travel(timezone.now() + (project.plan_from - timezone.localdate()) + timedelta(hours=1)):
        assert start_due() == 1
    assert Project.objects.get(pk=project.pk).status == "active"
