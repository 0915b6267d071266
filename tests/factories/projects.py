"""Annual lists, projects with their steps and reports, supervision orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from portal.models import Topic
from projects.models import AnnualList, Indicator, Photo, Project, Report, Step, SupervisionOrder
from tests.cast import own_unit, person, worker_of
from tests.factories.base import LivingFactory, jpeg, stage_traits, this_year


class AnnualListFactory(LivingFactory):
    """The list of a year; one per year, so a second call gives the same one. Leaving `drafted` needs a project."""

    _path = {"reviewed": "drafted", "issued": "reviewed"}

    class Meta:
        model = AnnualList

    Params = stage_traits("drafted", *_path)
    year = factory.LazyFunction(this_year)
    title = factory.LazyAttribute(lambda o: f"{o.year}年“微、微创新”项目清单")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **facts: Any) -> Any:
        found = AnnualList.objects.filter(year=facts["year"]).first()
        return found or super()._create(model_class, *args, **facts)

    @staticmethod
    def to_reviewed(one: Any, at: Any) -> None:
        if not one.projects.exists():
            ProjectFactory(annual_list=one, year=one.year)
        one.review(person("office_leader"), at=at)

    @staticmethod
    def to_issued(one: Any, at: Any) -> None:
        one.issue(person("office_leader"), f"衡改办〔{one.year}〕3号", at=at)


class ProjectFactory(LivingFactory):
    """In the pool, led by the cast's unit, planned from 60 days ago to 60 days from now.

    From `planned` on it has three steps (30, 40, 30 %) and every report that it owes; from `concluding` on all steps
    are done. `sources` are adopted suggestions.
    """

    _path = {
        "listed": "pooled", "active": "listed", "concluding": "active", "concluded": "concluding",
        "completed": "concluded", "suspended": "active", "cancelled": "active", "carried_over": "active",
        "planned": "listed",
    }  # fmt: skip

    class Meta:
        model = Project

    Params = stage_traits("pooled", *_path)
    year = factory.LazyFunction(this_year)
    title = factory.Sequence(lambda n: f"社区卫生站 {n} 号错时门诊")
    topic = factory.LazyFunction(lambda: Topic.objects.earliest("position"))
    lead_unit = factory.LazyFunction(own_unit)
    chief = "刘副主任"
    owner = "赵科长"
    pain_point = "上班族下班后社区卫生站已关门，看小病只能去大医院。"
    goal = "十个站开到晚上八点。"
    effect = "下班后十五分钟内能看上病。"
    plan_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=60))
    plan_to = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=60))
    sources = ()

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        return Project.objects.pool(by=person("officer"), at=at, **facts)

    @staticmethod
    def to_listed(project: Any, at: Any) -> None:
        one = project.annual_list or AnnualListFactory(year=project.year)
        Project.objects.filter(pk=project.pk).update(annual_list=one)
        project.annual_list = one
        if one.status == AnnualList.Status.DRAFTED:
            AnnualListFactory.to_reviewed(one, at)
            AnnualListFactory.to_issued(one, at)
            project.refresh_from_db()
        else:
            project.list_(person("office_leader"), note=one.title, issued_on=one.issued_on, at=at)

    @staticmethod
    def to_planned(project: Any, at: Any) -> None:
        """Planned and not begun: the plan starts in the future."""
        today = timezone.localdate(at)
        if project.plan_from <= today:
            project.plan_from, project.plan_to = today + timedelta(days=30), today + timedelta(days=150)
            project.save()
        _agree_on_plan(project, at)

    @staticmethod
    def to_active(project: Any, at: Any) -> None:
        _agree_on_plan(project, at)
        project.refresh_from_db()
        if project.status == Project.Status.PLANNED:
            project.start(at=at)

    @staticmethod
    def to_concluding(project: Any, at: Any) -> None:
        project.refresh_from_db()
        for step in project.steps.filter(done_on=None):
            step.project = project
            step.finish(timezone.localdate(at), "已完成并通过验收。", at=at)
        ReportFactory.to_submitted(project.reports.get(kind=Report.Kind.CONCLUDING), at)

    @staticmethod
    def to_concluded(project: Any, at: Any) -> None:
        project.reports.get(kind=Report.Kind.CONCLUDING).accept(person("officer"), at=at)
        project.refresh_from_db()

    @staticmethod
    def to_completed(project: Any, at: Any) -> None:
        project.complete(by=person("office_leader"), note="得分 91.20，优秀（有效打分 9 张）。", at=at)

    @staticmethod
    def to_suspended(project: Any, at: Any) -> None:
        project.interrupt("suspend", person("office_leader"), "场地改造，暂停两个月。", at=at)

    @staticmethod
    def to_cancelled(project: Any, at: Any) -> None:
        project.interrupt("cancel", person("office_leader"), "与省里的新规定重复。", at=at)

    @staticmethod
    def to_carried_over(project: Any, at: Any) -> None:
        project.interrupt("carry_over", person("office_leader"), "工期跨年。", at=at)


def _agree_on_plan(project: Any, at: Any) -> None:
    """The unit hands in its plan and the office accepts it."""
    if not project.steps.exists():
        span = (project.plan_to - project.plan_from) / 3
        for n, weight in enumerate((30, 40, 30)):
            StepFactory(
                project=project, position=n, weight=weight,
                planned_from=project.plan_from + n * span, planned_to=project.plan_from + (n + 1) * span,
            )  # fmt: skip
    report = project.reports.get(kind=Report.Kind.PLAN)
    report.project = project
    report.submit(worker_of(project.lead_unit, "clerk"), at=at)
    report.accept(person("officer"), at=at)


class StepFactory(factory.django.DjangoModelFactory):
    """An open step; `done=True` for a finished one."""

    class Meta:
        model = Step

    class Params:
        done = factory.Trait(done_on=factory.SelfAttribute("planned_from"), done_note="已完成并通过验收。")

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda n: f"完成第 {n} 批站点")
    weight = 50
    planned_from = factory.LazyAttribute(lambda o: o.project.plan_from)
    planned_to = factory.LazyAttribute(lambda o: o.project.plan_to)


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator

    project = factory.SubFactory(ProjectFactory, active=True)
    name = "错时门诊站点"
    measure = "个"
    before, now, target = 0, 4, 10


class PhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Photo

    project = factory.SubFactory(ProjectFactory, active=True)
    image = factory.LazyFunction(jpeg)
    thumb = factory.LazyFunction(lambda: jpeg(16, 12))


class ReportFactory(LivingFactory):
    """The report of an active project's first month, or of `kind`, in any status.

    Submitting a concluding report finishes the steps first.
    """

    _path = {"submitted": "due", "returned": "submitted", "accepted": "submitted", "waived": "due"}

    class Meta:
        model = Report

    Params = stage_traits("due", *_path)
    project = factory.SubFactory(ProjectFactory, active=True)
    kind = Report.Kind.MONTH

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        """The reports of a project are there already; this picks the earliest one that nobody handed in."""
        report = Report.objects.filter(status=Report.Status.DUE, **facts).earliest("period_from")
        if report.kind == Report.Kind.CONCLUDING:
            for step in report.project.steps.filter(done_on=None):
                step.finish(timezone.localdate(at), "已完成并通过验收。", at=at)
        return report

    @staticmethod
    def to_submitted(report: Any, at: Any) -> None:
        report.work, report.problems, report.next = "完成四个站点的排班和公示。", "无", "下月再开三个站点。"
        report.save()
        report.submit(worker_of(report.unit, "clerk"), at=at)

    @staticmethod
    def to_returned(report: Any, at: Any) -> None:
        report.return_(person("officer"), "请写明是哪四个站点。", at=at)

    @staticmethod
    def to_accepted(report: Any, at: Any) -> None:
        report.accept(person("officer"), at=at)

    @staticmethod
    def to_waived(report: Any, at: Any) -> None:
        report.waive(person("officer"), reason="计划缩短。", at=at)


class SupervisionOrderFactory(LivingFactory):
    """An order on an active project; `issued`, `replied` or `discharged`."""

    _path = {"replied": "issued", "discharged": "replied"}

    class Meta:
        model = SupervisionOrder

    Params = stage_traits("issued", *_path)
    project = factory.SubFactory(ProjectFactory, active=True)
    reason = "连续两个月没有进展。"
    demand = "十个工作日内开出两个站点。"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        return SupervisionOrder.objects.issue(facts.pop("project"), by=person("officer"), at=at, **facts)

    @staticmethod
    def to_replied(order: Any, at: Any) -> None:
        order.reply(worker_of(order.unit, "clerk"), "两个站点已于本周开放，附排班表。", at=at)

    @staticmethod
    def to_discharged(order: Any, at: Any) -> None:
        order.discharge(person("second_officer"), "现场核实属实。", at=at)
