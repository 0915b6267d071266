"""The ledger of one project: its monthly, quarterly, half-yearly and concluding reports, with steps, figures, photos."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.uploads import store_picture
from home.demo import pictures
from home.demo.cast import Cast
from home.demo.stage import DAY, Stage
from home.demo.work import CONCLUDING, NEARLY_OVER, OVERDUE, Work
from projects.models import Indicator, Photo, Project, Reading, Report, Step, StepClaim

Kind = Report.Kind
# The last report of these stands still: not handed in, waiting for the office, sent back.
UNSENT, WAITING, SENT_BACK = (27,), (20, 37), (24,)
NOTE_LENGTH = 90
PICTURED = {Kind.MONTH: 0.1, Kind.QUARTER: 0.25, Kind.CONCLUDING: 1.0}


class Ledger:
    def __init__(self, stage: Stage, cast: Cast, work: Work) -> None:
        self.stage, self.cast, self.work = stage, cast, work

    def keep(self) -> None:
        """Put every report that is owed by now on the programme."""
        owed = self.work.fresh().reports.exclude(kind=Kind.PLAN).order_by("due_on", "pk")
        reports = [report for report in owed if report.period_to and report.period_to < self.stage.today]
        past = [report for report in reports if report.due_on < self.stage.day(-2)]
        for report in reports:
            how = self._how(report, is_last=bool(past) and report.pk == past[-1].pk)
            if how != "unsent":
                self._hand_in_later(report, how)

    def _how(self, report: Report, is_last: bool) -> str:
        place = self.work.place
        if report.kind == Kind.CONCLUDING:
            return "unsent" if place in (NEARLY_OVER, OVERDUE) else "waiting" if place == CONCLUDING else "usual"
        if is_last:
            for places, how in ((UNSENT, "unsent"), (WAITING, "waiting"), (SENT_BACK, "sent back")):
                if place in places:
                    return how
        return "returned" if report.kind != Kind.MONTH and (report.pk + place) % 6 == 0 else "usual"

    def _hand_in_later(self, report: Report, how: str) -> None:
        stage = self.stage
        submitted = self._when(report)
        stage.at(submitted, self._hand_in, report.pk)
        if how in ("returned", "sent back"):
            returned = stage.at_work(stage.later(submitted, 1), after=submitted)
            stage.at(returned, self._return, report.pk)
            if how == "sent back":
                return
            submitted = stage.at_work(stage.later(returned, 1), after=returned)
            stage.at(submitted, self._submit, report.pk)
        if how != "waiting":
            accepted = stage.at_work(stage.later(submitted, stage.chance.randint(0, 2)), after=submitted)
            stage.at(accepted, self._accept, report.pk)

    def _when(self, report: Report) -> datetime:
        """In the last days before it is due; now and then some days late."""
        stage = self.stage
        if report.kind == Kind.CONCLUDING and self.work.place == CONCLUDING:
            return stage.at_work(stage.calendar.subtract(stage.day(-1), 1))
        late = "supervision" in self.work.row and report.kind == Kind.MONTH and stage.chance.random() < 0.3
        if late or stage.chance.random() < 0.03:
            return stage.at_work(stage.later(report.due_on, stage.chance.randint(1, 4)))
        first = (report.period_to or report.period_from) + DAY
        days = max((report.due_on - first).days, 0)
        return stage.at_work(first + timedelta(days=stage.chance.randint(days // 3, max(days - 1, days // 3))))

    # --- what it says -----------------------------------------------------------------------------
    def _report(self, pk: int) -> Report:
        return Report.objects.select_related("project__lead_unit", "project__topic", "unit").get(pk=pk)

    def _hand_in(self, pk: int) -> None:
        report = self._report(pk)
        if not report.is_editable or report.project.status != Project.Status.ACTIVE:
            return
        report.work, report.problems, report.next = self._texts(report)
        report.save()
        self._declare_steps(report)
        self._declare_figures(report)
        self._take_photos(report)
        report.submit(self.cast.clerk(report.unit))

    def _texts(self, report: Report) -> tuple[str, str, str]:
        row = self.work.row
        if report.kind == Kind.MONTH:
            return self.work.note_of(report.period_from), "", ""
        if report.kind == Kind.CONCLUDING:
            told = row["concluding"]
        elif report.kind == Kind.QUARTER:
            told = self._quarter(report)
        else:
            told = self._half(report)
        return told["work"], told["problems"], told["next"]

    def _quarter(self, report: Report) -> dict[str, str]:
        """The texts tell of three quarters; a first one that holds less than two months says what its month says."""
        quarters: list[dict[str, str]] = self.work.row["quarters"]
        rows = list(report.project.reports.filter(kind=Kind.QUARTER).order_by("period_from"))
        place = rows.index(report)
        if len(rows) > len(quarters):
            if place == 0:
                text = self.work.note_of(self.work.base)
                return {"work": text, "problems": "刚起步，还没有遇到大的问题。", "next": "按计划推进下一步。"}
            place -= 1
        if place < len(quarters):
            return quarters[place]
        return self._from_months(report.period_to or report.period_from)

    def _half(self, report: Report) -> dict[str, str]:
        """The texts tell of one half-year; a plan over the turn of the year owes two."""
        if report == report.project.reports.filter(kind=Kind.HALF_YEAR).earliest("period_from"):
            half: dict[str, str] = self.work.row["half"]
            return half
        return self._from_months(report.period_from, report.period_to or report.period_from)

    def _from_months(self, *days: date) -> dict[str, str]:
        notes = dict.fromkeys(self.work.note_of(day) for day in days)
        return {"work": "".join(notes), "problems": "没有新的问题。", "next": "按计划推进下一步。"}

    def _declare_steps(self, report: Report) -> None:
        """The steps that are done by the end of the period; some take a month longer than planned."""
        last_day = min(report.period_to or report.period_from, timezone.localdate())
        for n, step in enumerate(report.project.steps.order_by("position")):
            done_by = step.planned_to + timedelta(days=31 if n in self.work.slow else 0)
            is_over = report.kind == Kind.CONCLUDING or (report.kind == Kind.MONTH and done_by <= last_day)
            # A conclusion declares whatever no accepted report has: another report may still be on somebody's desk.
            if step.done_on or (step.pk in self.work.claimed and report.kind != Kind.CONCLUDING):
                continue
            if is_over:
                self.work.claimed.add(step.pk)
                done_on = self._done_on(step, last_day)
                StepClaim.objects.create(report=report, step=step, done_on=done_on, note=self._note(report))
            elif report.kind == Kind.MONTH and step.planned_from <= last_day and step.pk not in self.work.begun:
                self.work.begun.add(step.pk)
                begun_on = self.stage.calendar.next_workday(step.planned_from)
                StepClaim.objects.create(report=report, step=step, started_on=min(begun_on, last_day))

    def _done_on(self, step: Step, last_day: date) -> date:
        day = min(step.planned_to, last_day) - timedelta(days=self.stage.chance.randint(0, 6))
        return max(self.stage.calendar.previous_workday(day), step.planned_from)

    def _note(self, report: Report) -> str:
        first = report.work.split("。")[0]
        return first[:NOTE_LENGTH] + "。"

    def _declare_figures(self, report: Report) -> None:
        """How far the figures have come: with the steps, and fully at the end."""
        if report.kind not in (Kind.QUARTER, Kind.CONCLUDING):
            return
        steps = list(report.project.steps.all())
        share = Decimal(sum(step.weight for step in steps if step.pk in self.work.claimed)) / 100
        for item, indicator in zip(self.work.row["indicators"], report.project.indicators.order_by("pk"), strict=True):
            value = self._value(indicator, Decimal(str(item["now"])), share, report.kind)
            if value is not None:
                Reading.objects.create(report=report, indicator=indicator, value=value)

    @staticmethod
    def _value(indicator: Indicator, at_end: Decimal, share: Decimal, kind: str) -> Decimal | None:
        if kind == Kind.CONCLUDING:
            return at_end
        if indicator.before is None or not share:
            return None
        value = indicator.before + (at_end - indicator.before) * share
        whole = at_end == at_end.to_integral_value() and indicator.before == indicator.before.to_integral_value()
        return value.quantize(Decimal(1) if whole else Decimal("0.1"))

    def _take_photos(self, report: Report) -> None:
        none_yet = report.kind == Kind.MONTH and not report.project.photos.exists()
        is_new = report.kind == Kind.MONTH and report.period_from >= self.stage.month(-1)
        if not (none_yet or is_new) and self.stage.chance.random() >= PICTURED.get(Kind(report.kind), 0):
            return
        day = self.stage.calendar.previous_workday(min(report.period_to or report.period_from, timezone.localdate()))
        claims = list(report.step_claims.select_related("step"))
        caption = claims[-1].step.title if claims else report.project.title
        taken = self.stage.moment(day, self._hour())
        store_picture(
            Photo, pictures.draw(report.project.topic.slug, report.project.title, report.pk, taken), project=report.project, report=report,
            taken_on=day, caption=caption, added_at=timezone.now(), added_by=self.cast.clerk(report.unit),
        )  # fmt: skip

    def _hour(self) -> float:
        """By night where the project is about the night."""
        title = self.work.row["title"]
        at_night = any(word in title for word in ("夜", "晚上", "路灯", "停车"))
        return self.stage.chance.uniform(19, 21) if at_night else self.stage.chance.uniform(9, 16.5)

    # --- what becomes of it -----------------------------------------------------------------------
    def _submit(self, pk: int) -> None:
        report = self._report(pk)
        if report.can("submit") and report.project.status == Project.Status.ACTIVE:
            report.submit(self.cast.clerk(report.unit))

    def _return(self, pk: int) -> None:
        report = self._report(pk)
        if report.can("return"):
            report.return_(self.cast.officer(self.work.place), self._reason())

    def _reason(self) -> str:
        """The text's own reason the first time, a plain one after it."""
        if self.work.returned:
            return "和上个月台账里的数字对不上，请核对后重报。"
        self.work.returned = True
        return str(self.work.row["return_reason"])

    def _accept(self, pk: int) -> None:
        report: Any = self._report(pk)
        if report.can("accept"):
            report.accept(self.cast.officer(self.work.place + 1))
