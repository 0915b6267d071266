"""Support, scoring rounds, sheets and results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from tests.cast import person
from tests.factories.base import LivingFactory, stage_traits, this_year
from tests.factories.monitors import MonitorFactory
from tests.factories.portal import CitizenFactory, SuggestionFactory
from tests.factories.projects import ProjectFactory
from voting.models import Criterion, Entry, Round, Sheet, Support

CRITERIA = (("办成了没有", 40), ("群众方便了没有", 40), ("能不能长久", 20))


class SupportFactory(factory.django.DjangoModelFactory):
    """One more citizen supports a suggestion."""

    class Meta:
        model = Support

    suggestion = factory.SubFactory(SuggestionFactory, open=True)
    user = factory.SubFactory(CitizenFactory)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, suggestion: Any, user: Any, **facts: Any) -> Any:
        Support.objects.give(suggestion, user, **facts)
        return Support.objects.latest("pk")


class CriterionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Criterion

    name = "办成了没有"
    weight = 40


class RoundFactory(LivingFactory):
    """A round with one concluded project and the three usual criteria, open from yesterday until tomorrow.

    `closed` and `published` are closed after the fact: pass `sheets=5` to have that many monitors score first.
    """

    _path = {"open": "drafted", "closed": "open", "published": "closed"}

    class Meta:
        model = Round

    Params = stage_traits("drafted", *_path)
    slug = factory.Sequence(lambda n: f"round-{n}")
    title = factory.LazyAttribute(lambda o: f"{o.year}年结题打分")
    year = factory.LazyFunction(this_year)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
    projects = None
    sheets = 0

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        projects, sheets = facts.pop("projects"), facts.pop("sheets")
        one = Round.objects.create(**facts)._begin(by=person("officer"), at=at)
        for position, (name, weight) in enumerate(CRITERIA):
            CriterionFactory(round=one, position=position, name=name, weight=weight)
        for project in [ProjectFactory(concluded=True)] if projects is None else projects:
            Entry.objects.create(round=one, project=project)
        one.wanted_sheets = sheets
        return one

    @staticmethod
    def to_open(one: Any, at: Any) -> None:
        one.open(person("officer"), at=at)
        monitors = MonitorFactory.create_batch(one.wanted_sheets)
        for entry in one.entries.all():
            for monitor in monitors:
                SheetFactory(entry=entry, monitor=monitor)

    @staticmethod
    def to_closed(one: Any, at: Any) -> None:
        one.close(person("officer"), at=at or one.closes_at)

    @staticmethod
    def to_published(one: Any, at: Any) -> None:
        one.publish(person("office_leader"), at=at or one.closes_at)


class EntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Entry

    round = factory.SubFactory(RoundFactory, projects=())
    project = factory.SubFactory(ProjectFactory, concluded=True)


class SheetFactory(factory.django.DjangoModelFactory):
    """A monitor's sheet with the same points on every criterion."""

    class Meta:
        model = Sheet

    entry = factory.LazyFunction(lambda: RoundFactory(open=True).entries.get())
    monitor = factory.SubFactory(MonitorFactory)
    points = 88

    @classmethod
    def _create(cls, model_class: Any, *args: Any, entry: Any, monitor: Any, points: int, **facts: Any) -> Any:
        marks = {criterion.pk: points for criterion in entry.round.criteria.all()}
        facts.setdefault("at", entry.round.opens_at)
        return entry.submit(monitor, marks, **facts)
