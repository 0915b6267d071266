"""Duties: whatever a unit owes by a date, its lights, and the sweep that lights them.

Yellow begins on the third working day before the due date (the due date itself is yellow), red on the day after it.
A duty remembers the day on which it turned yellow and red and never forgets. Done on the due date is on time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.workdays import WorkCalendar

WARNING_DAYS = 3


class Light(models.TextChoices):
    GREEN = "green", _("按期")
    YELLOW = "yellow", _("临期")
    RED = "red", _("逾期")
    DONE = "done", _("已完成")


class DutyQuerySet(models.QuerySet[Any]):
    def binding(self) -> DutyQuerySet:
        """What binds the unit: is lit by the sweep and counts in its figures. Kinds that exist before they are handed
        over narrow this."""
        return self.all()

    def unfinished(self) -> DutyQuerySet:
        return self.filter(done_at=None)

    def owed(self) -> DutyQuerySet:
        """What a unit's work list shows now. Kinds that exist long before they can be done narrow this."""
        return self.unfinished()

    def for_units(self, units: Any) -> DutyQuerySet:
        return self.filter(unit__in=units)

    def reddest_first(self) -> DutyQuerySet:
        return self.order_by("due_on", "pk")

    def due_between(self, first: date, last: date) -> DutyQuerySet:
        return self.filter(due_on__range=(first, last))

    def on_time(self) -> DutyQuerySet:
        """Done on or before the due date."""
        return self.filter(done_on__lte=F("due_on"))


class Duty(models.Model):
    """Abstract: what `unit` owes by `due_on`. All dates are days in Asia/Shanghai."""

    unit = models.ForeignKey("portal.Unit", models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    due_on = models.DateField(_("应于"))
    warn_on = models.DateField(_("临期提醒日"), editable=False)
    counted_from = models.DateField(_("起算日"), null=True, editable=False)
    counted_days = models.PositiveSmallIntegerField(_("工作日数"), null=True, editable=False)
    done_at = models.DateTimeField(_("完成时间"), null=True, editable=False)
    done_on = models.DateField(_("完成日"), null=True, editable=False)
    yellow_on = models.DateField(_("亮黄灯日"), null=True, editable=False)
    red_on = models.DateField(_("亮红灯日"), null=True, editable=False)

    # Written by moves and by the sweep only; see `config.moves.Moving.save`.
    MOVE_FACTS: ClassVar[tuple[str, ...]] = ("done_at", "done_on", "yellow_on", "red_on")

    class Meta:
        abstract = True

    # What the unit's work list shows of a duty; each kind says its own.
    def desk_label(self) -> str:
        """What kind of thing is owed, in two to six characters."""
        return str(self._meta.verbose_name)

    def desk_title(self) -> str:
        """Of what: the suggestion's or project's title."""
        raise NotImplementedError

    def get_desk_url(self) -> str:
        """Where it is done."""
        raise NotImplementedError

    def set_due(self, due_on: date, calendar: WorkCalendar) -> None:
        """Due on a fixed date, moved to the next working day when it falls on a rest day."""
        self.due_on = calendar.next_workday(due_on)
        self.warn_on = calendar.warn_on(self.due_on, WARNING_DAYS)

    def set_due_after(self, start: date, days: int, calendar: WorkCalendar) -> None:
        """Due the given number of working days after `start`; both are kept, so that the date can be counted again."""
        self.counted_from, self.counted_days = start, days
        self.set_due(calendar.add(start, days), calendar)

    def light(self, at: datetime | None = None) -> Light:
        """The colour at a moment: derived from dates, never stored."""
        if self.done_at is not None:
            return Light.DONE
        today = timezone.localdate(at)
        if today > self.due_on:
            return Light.RED
        return Light.YELLOW if today >= self.warn_on else Light.GREEN

    def light_text(self, at: datetime | None = None) -> str:
        """The light in words: how late, or how long is left, in calendar days."""
        days = (self.due_on - timezone.localdate(at)).days
        match self.light(at):
            case Light.DONE:
                return str(_("按时完成") if self.was_on_time else _("逾期完成"))
            case Light.RED:
                return str(_("逾期 %d 天") % -days)
            case _ if days == 0:
                return str(_("今天到期"))
            case _:
                return str(_("还有 %d 天") % days)

    @property
    def was_on_time(self) -> bool:
        return self.done_on is not None and self.done_on <= self.due_on

    def done_facts(self, at: datetime | None = None) -> dict[str, Any]:
        """The facts to write together with the move that fulfils the duty."""
        at = at or timezone.now()
        return {"done_at": at, "done_on": timezone.localdate(at)} | self._lit(timezone.localdate(at))

    def undone_facts(self) -> dict[str, Any]:
        """The facts to write when the duty is owed again (returned, disputed); lights already lit stay."""
        return {"done_at": None, "done_on": None}

    def _lit(self, today: date) -> dict[str, Any]:
        """Which lights came on by `today` and are not on record yet, with the days on which they did."""
        lit: dict[str, Any] = {}
        if self.yellow_on is None and today >= self.warn_on:
            lit["yellow_on"] = self.warn_on
        if self.red_on is None and today > self.due_on:
            lit["red_on"] = self.due_on + timedelta(days=1)
        return lit


def duty_models() -> Iterator[type[Duty]]:
    """Every concrete kind of duty in the house."""
    return (model for model in apps.get_models() if issubclass(model, Duty))


def light_all(today: date) -> int:
    """Record every light that came on up to `today`; the number of rows changed. Safe to run twice or late: the day
    written is the day on which the light came on, not the day of the run."""
    changed = 0
    for model in duty_models():
        waiting = model._default_manager.binding().filter(done_at=None)  # type: ignore[attr-defined]
        changed += waiting.filter(yellow_on=None, warn_on__lte=today).update(yellow_on=F("warn_on"))
        late = waiting.filter(Q(red_on=None), due_on__lt=today)
        for due_on in late.values_list("due_on", flat=True).distinct():
            red_on = due_on + timedelta(days=1)
            changed += late.filter(due_on=due_on).update(red_on=red_on)
    return changed


def recount_provisional(calendar: WorkCalendar) -> int:
    """Count unfinished duties again after the calendar changed; the number whose due date moved.

    The old due date stays in the record's history. Lights already lit stay too.
    """
    moved = 0
    for model in duty_models():
        for duty in model._default_manager.filter(done_at=None, counted_days__isnull=False):
            old = duty.due_on
            if duty.counted_from is None or duty.counted_days is None:
                continue
            duty.set_due_after(duty.counted_from, duty.counted_days, calendar)
            if duty.due_on != old:
                duty._change_reason = str(_("工作日历更新，重新计算期限"))  # type: ignore[attr-defined]
                duty.save()
                moved += 1
    return moved
