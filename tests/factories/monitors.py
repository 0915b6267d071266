"""Monitors, visits and what was noted there, problems."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from monitors.models import Attendance, Monitor, Problem, Recusal, Visit, VisitNote, VisitPhoto
from tests.cast import monitor_person, person, worker_of
from tests.factories.base import LivingFactory, jpeg, stage_traits
from tests.factories.portal import CitizenFactory
from tests.factories.projects import ProjectFactory


def cast_monitor() -> Any:
    return monitor_person("monitor").monitor


class MonitorFactory(LivingFactory):
    """A citizen appointed for two years around now; `serving` or `ended`."""

    _path = {"ended": "serving"}

    class Meta:
        model = Monitor

    Params = stage_traits("serving", "ended")
    user = factory.SubFactory(CitizenFactory)
    field = "社区网格员"
    topics = ()
    term_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=365))
    term_to = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        return Monitor.objects.appoint(facts.pop("user"), by=person("officer"), at=at, **facts)

    @staticmethod
    def to_ended(monitor: Any, at: Any) -> None:
        monitor.end(person("officer"), "本人申请。", at=at)


class RecusalFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Recusal

    monitor = factory.LazyFunction(cast_monitor)
    project = factory.SubFactory(ProjectFactory, active=True)
    reason = "家人在该站工作。"
    declared_by = factory.SelfAttribute("monitor.user")


class VisitFactory(LivingFactory):
    """A visit that begins in an hour, so that its sign-in is open once it is announced."""

    _path = {"announced": "planned", "held": "announced", "published": "held", "cancelled": "announced"}

    class Meta:
        model = Visit

    Params = stage_traits("planned", *_path)
    title = "错时门诊现场观摩"
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))
    place = "河东街道社区卫生站"
    projects = None

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        projects = facts.pop("projects")
        visit = Visit.objects.create(**facts)
        visit.projects.set([ProjectFactory(active=True)] if projects is None else projects)
        return visit._begin(by=person("officer"), at=at)

    @staticmethod
    def to_announced(visit: Any, at: Any) -> None:
        visit.announce(person("officer"), at=at)

    @staticmethod
    def to_held(visit: Any, at: Any) -> None:
        visit.hold(person("officer"), at=at)

    @staticmethod
    def to_published(visit: Any, at: Any) -> None:
        visit.summary = "看了两个站点，发现排班公示不全，由市卫健委本月补齐。"
        visit.save()
        visit.publish(person("officer"), at=at)

    @staticmethod
    def to_cancelled(visit: Any, at: Any) -> None:
        visit.cancel(person("officer"), "当天有暴雨预警。", at=at)


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    visit = factory.SubFactory(VisitFactory, announced=True)
    monitor = factory.LazyFunction(cast_monitor)
    signed_at = factory.LazyFunction(timezone.now)


class VisitNoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitNote

    visit = factory.SubFactory(VisitFactory, announced=True)
    project = factory.LazyAttribute(lambda o: o.visit.projects.first())
    monitor = factory.LazyFunction(cast_monitor)
    text = "晚上七点半仍在接诊，候诊三人。"


class VisitPhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VisitPhoto

    note = factory.SubFactory(VisitNoteFactory)
    image = factory.LazyFunction(jpeg)
    thumb = factory.LazyFunction(lambda: jpeg(16, 12))


class ProblemFactory(LivingFactory):
    """A problem of an active project, raised by the cast's monitor."""

    _path = {
        "dropped": "raised", "handed": "raised", "answered": "handed", "disputed": "answered", "confirmed": "answered"
    }  # fmt: skip

    class Meta:
        model = Problem

    Params = stage_traits("raised", *_path)
    project = factory.SubFactory(ProjectFactory, active=True)
    monitor = factory.LazyFunction(cast_monitor)
    kind = Problem.Kind.LAST
    text = "晚上七点后没有药房值班，看了病拿不到药。"

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        return Problem.objects.report(at=at, **facts)

    @staticmethod
    def to_dropped(problem: Any, at: Any) -> None:
        problem.drop(person("officer"), "与上月的问题重复。", at=at)

    @staticmethod
    def to_handed(problem: Any, at: Any) -> None:
        problem.hand_over(person("officer"), at=at)

    @staticmethod
    def to_answered(problem: Any, at: Any) -> None:
        problem.reply(worker_of(problem.unit, "clerk"), "下周起药房同步值班到八点。", at=at)

    @staticmethod
    def to_disputed(problem: Any, at: Any) -> None:
        problem.dispute(problem.monitor.user, "昨晚去看，药房还是关的。", at=at)

    @staticmethod
    def to_confirmed(problem: Any, at: Any) -> None:
        problem.confirm(problem.monitor.user, at=at)
