"""Forty projects: from the pool and the list to the plan, and what stopped some of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from home.demo.allotment import EARLIER_PROJECTS, Allotment
from home.demo.cast import Cast
from home.demo.ledger import Ledger
from home.demo.stage import DAY, Stage
from home.demo.texts import Row
from home.demo.work import (
    CANCELLED,
    CARRIED,
    CLOSED,
    CONCLUDING,
    DONE,
    LISTED,
    NEARLY_OVER,
    NEXT,
    OPEN,
    OVERDUE,
    PLANNED,
    SUSPENDED,
    Work,
)
from portal.models import Area, Suggestion, Topic
from projects.models import AnnualList, Indicator, Project, Report, Step

PLAN_RETURNED = "步骤里看不出每个月做到什么程度，请把前三个月再分细。"


class Works:
    """All projects, put on the programme of the stage."""

    def __init__(self, stage: Stage, cast: Cast, allotment: Allotment) -> None:
        self.stage, self.cast, self.sources = stage, cast, allotment.sources
        self.works = {place: self._work(place, row) for place, row in enumerate(stage.texts.projects, 1)}
        self.areas = {area.name: area for area in Area.objects.filter(level=Area.Level.COUNTY)}
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        self.lists: dict[int, AnnualList] = {}
        earlier = [work for place, work in self.works.items() if place in EARLIER_PROJECTS]
        present = [work for place, work in self.works.items() if place not in EARLIER_PROJECTS]
        for works in (earlier, present):
            base = min(work.base for work in works)
            self._list_year(base, [work for work in works if work.base == base and work.place != LISTED])
        self._supplement(self.works[PLANNED], stage.calendar.subtract(stage.day(-33), 0), agreed=True)
        self._supplement(self.works[LISTED], stage.calendar.subtract(stage.today, 13), agreed=False)
        self._interruptions()
        self._next_list()

    def _work(self, place: int, row: Row) -> Work:
        stage = self.stage
        base, last = stage.month(-8), stage.month(1, last=True)
        if place in EARLIER_PROJECTS:
            base, last = stage.month(-20), stage.month(-14, last=True)
        elif place in DONE:
            last = stage.month(-3, last=True)
        elif place in (*CLOSED, *OPEN, *NEXT):
            last = stage.month(-2, last=True)
        elif place == CONCLUDING:
            last = stage.day(-8)
        elif place == NEARLY_OVER:
            last = stage.calendar.subtract(stage.today, 8)
        elif place == OVERDUE:
            last = stage.calendar.subtract(stage.today, 14)
        elif place in (PLANNED, LISTED):
            base, last = stage.month(1), stage.month(7, last=True)
        slow = {
            n for n in range(len(row["steps"]) - 1) if stage.chance.random() < (0.6 if "supervision" in row else 0.2)
        }
        return Work(place, row, base, last, slow=slow)

    def at(self, moment: datetime, action: Any, *args: Any, **kwargs: Any) -> None:
        self.stage.at(moment, action, *args, **kwargs)

    # --- the pool and the list --------------------------------------------------------------------
    def _list_year(self, base: date, works: list[Work]) -> None:
        stage = self.stage
        drafted = stage.at_work(base - 30 * DAY)
        self.at(drafted, self._draft_list, base.year)
        for work in works:
            self.at(stage.at_work(stage.later(drafted, stage.chance.randint(1, 5))), self._pool, work)
        reviewed = stage.at_work(stage.later(drafted, 7))
        self.at(reviewed, self._review_list, base.year)
        self.at(stage.at_work(stage.later(reviewed, 2)), self._issue_list, base.year, works)

    def _draft_list(self, year: int) -> None:
        title = f"{year}年度“微、微创新”项目清单"
        self.lists[year] = AnnualList.objects.draft(year, title, by=self.cast.officer(1))

    def _pool(self, work: Work, listed: bool = True) -> None:
        row, units = work.row, self.cast.units
        voices = [voice.fresh() for voice in self.sources.get(work.place, []) if voice.record]
        year = self.stage.month(-8).year if work.place in (PLANNED, LISTED) else work.base.year
        work.record = Project.objects.pool(
            by=self.cast.officer(work.place), year=year, title=row["title"], topic=self.topics[row["topic"]],
            area=self.areas.get(row["county"]), lead_unit=units[row["unit"]],
            co_units=[units[slug] for slug in row["co_units"]], pain_point=row["pain_point"], is_key=row["is_key"],
            sources=[voice for voice in voices if voice.status == Suggestion.Status.ADOPTED],
        )  # fmt: skip
        if listed:
            self.lists[year].add(work.record)

    def _review_list(self, year: int) -> None:
        self.lists[year].review(self.cast.chief(1))

    def _issue_list(self, year: int, works: list[Work]) -> None:
        now = timezone.now()
        self.lists[year].issue(self.cast.chief(1), f"衡改办〔{timezone.localdate(now).year}〕3号")
        for work in works:
            self._plan_later(work, now)

    def _supplement(self, work: Work, listed_on: date, *, agreed: bool) -> None:
        """Put on the issued list in the middle of the year."""
        at = self.stage.at_work(listed_on)
        self.at(at - timedelta(minutes=50), self._pool, work, listed=False)
        self.at(at, self._add_to_issued, work, agreed)

    def _add_to_issued(self, work: Work, agreed: bool) -> None:
        project = work.fresh()
        project.annual_list = self.lists[project.year]
        project.save(update_fields=["annual_list"])
        project.list_(self.cast.chief(1), note=f"年中增补　衡改办〔{timezone.localdate().year}〕21号")
        if agreed:
            self._plan_later(work, timezone.now())

    def _next_list(self) -> None:
        """Next year's list is being drafted, with what was carried over."""
        year = self.stage.month(-8).year + 1
        at = self.stage.at_work(self.stage.calendar.subtract(self.stage.day(-4), 0))
        self.at(at, self._draft_next, year)

    def _draft_next(self, year: int) -> None:
        self._draft_list(year)
        for project in Project.objects.filter(year=year, status=Project.Status.POOLED).order_by("number")[:2]:
            self.lists[year].add(project)

    # --- the plan ---------------------------------------------------------------------------------
    def _plan_later(self, work: Work, listed_at: datetime) -> None:
        stage, days = self.stage, 4 + work.place % 8
        written = stage.at_work(stage.later(listed_at, days), after=listed_at)
        self.at(written, self._write_plan, work)
        if work.place % 9 == 2:
            returned = stage.at_work(stage.later(written, 1), after=written)
            self.at(returned, self._return_plan, work)
            written = stage.at_work(stage.later(returned, 2), after=returned)
            self.at(written, self._submit_plan, work)
        self.at(stage.at_work(stage.later(written, 1), after=written), self._accept_plan, work)

    def _write_plan(self, work: Work) -> None:
        row, project = work.row, work.fresh()
        for name in ("chief", "owner", "goal", "effect"):
            setattr(project, name, row[name])
        project.plan_from, project.plan_to = work.base, work.last
        project.save()
        for position, (step, first, last) in enumerate(work.steps()):
            Step.objects.create(
                project=project, position=position, title=step["title"], weight=step["weight"], planned_from=first,
                planned_to=last,
            )  # fmt: skip
        for item in row["indicators"]:
            before = None if item["before"] is None else Decimal(str(item["before"]))
            Indicator.objects.create(
                project=project, name=item["name"], measure=item["unit"], before=before, now=before,
                target=Decimal(str(item["target"])),
            )  # fmt: skip
        self._submit_plan(work)

    def _plan_report(self, work: Work) -> Report:
        return Report.objects.select_related("project__lead_unit").get(project=work.record, kind=Report.Kind.PLAN)

    def _submit_plan(self, work: Work) -> None:
        report = self._plan_report(work)
        report.submit(self.cast.clerk(report.project.lead_unit))

    def _return_plan(self, work: Work) -> None:
        self._plan_report(work).return_(self.cast.officer(work.place), PLAN_RETURNED)

    def _accept_plan(self, work: Work) -> None:
        self._plan_report(work).accept(self.cast.officer(work.place))
        project = work.fresh()
        if project.status == Project.Status.PLANNED and project.plan_from:
            self.at(self.stage.moment(project.plan_from, 0.35), self._start, work)
        Ledger(self.stage, self.cast, work).keep()

    def _start(self, work: Work) -> None:
        project = work.fresh()
        if project.can("start"):
            project.start()

    # --- what stopped some ------------------------------------------------------------------------
    def _interruptions(self) -> None:
        stage = self.stage
        days = {11: -96, 23: -74, 25: -61, 19: -128, 26: -104, 13: -13, 15: -12, 30: -11}
        keys = ((SUSPENDED, "suspend", "suspend_reason"), (CANCELLED, "cancel", "cancel_reason"),
                (CARRIED, "carry_over", "carry_reason"))  # fmt: skip
        for places, name, key in keys:
            for place in places:
                work = self.works[place]
                self.at(stage.at_work(stage.day(days[place])), self._interrupt, work, name, work.row[key])

    def _interrupt(self, work: Work, name: str, reason: str) -> None:
        work.fresh().interrupt(name, self.cast.chief(work.place), reason)
