"""Planned and actual steps of a project on an axis of months, as shares of the axis. Pure; draws nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Bar:
    """A stretch of the axis: start and width in per cent of its length."""

    x: float
    width: float


@dataclass(frozen=True)
class Row:
    """One step: its bars and its state in words."""

    name: str
    weight: int | None
    planned: Bar | None
    actual: Bar | None
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    state: str
    days_late: int

    @property
    def going(self) -> bool:
        """Begun and not finished."""
        return self.actual_start is not None and self.actual_end is None


@dataclass(frozen=True)
class Month:
    """A tick: where the month begins in per cent, and its label, empty where there is no room for one."""

    x: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Everything that `components/steps_axis.html` draws."""

    months: list[Month]
    rows: list[Row]
    today: float | None
    summary: str


def _get(step: Any, name: str) -> Any:
    return step.get(name) if isinstance(step, dict) else getattr(step, name, None)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _span(steps: list[Any], today: date) -> tuple[date, date]:
    """From the first of the first month to the first of the month after the last, at least three months."""
    names = ("planned_start", "planned_end", "actual_start", "actual_end")
    days = [day for step in steps for name in names if (day := _get(step, name))] or [today]
    if any(_get(step, "actual_start") and not _get(step, "actual_end") for step in steps):
        days.append(today)
    start, end = min(days).replace(day=1), _next_month(max(days))
    while (end - start).days < 89:
        end = _next_month(end)
    return start, end


def _months(start: date, end: date) -> list[Month]:
    total, months, day = (end - start).days, [], start
    while day < end:
        months.append((day, (day - start).days * 100 / total))
        day = _next_month(day)
    every = 1 if len(months) <= 12 else 3
    labels = [
        _("%(year)s年%(month)s月") % {"year": day.year, "month": day.month}
        if number and day.month == 1 and every > 1
        else _("%(month)s月") % {"month": day.month}
        for number, (day, _x) in enumerate(months)
    ]
    shown = [label if (day.month - 1) % every == 0 else "" for label, (day, _x) in zip(labels, months, strict=True)]
    return [Month(round(x, 2), label) for (_day, x), label in zip(months, shown, strict=True)]


def _state(step: Any, today: date) -> tuple[str, int]:
    """The state in words and the days by which the step is late, finished or not."""
    planned, done = _get(step, "planned_end"), _get(step, "actual_end")
    late = max(((done or today) - planned).days, 0) if planned else 0
    if done and late:
        return _("完成，晚 %(days)s 天") % {"days": late}, late
    if done:
        return _("%(month)s月%(day)s日完成") % {"month": done.month, "day": done.day}, 0
    if late:
        return _("已晚 %(days)s 天") % {"days": late}, late
    return (_("进行中") if _get(step, "actual_start") else _("未开始")), 0


def build_axis(steps: Iterable[Any], today: date | None = None) -> Axis:
    """Place the steps (objects or dicts) on an axis of whole months.

    A step has name, weight (per cent), planned_start, planned_end, actual_start, actual_end; each date may be None.
    """
    today = today or timezone.localdate()
    items = list(steps)
    start, end = _span(items, today)
    total = (end - start).days

    def bar(first: date | None, last: date | None) -> Bar | None:
        if first is None or last is None:
            return None
        days = max((last + timedelta(days=1) - first).days, 1)
        return Bar(round((first - start).days * 100 / total, 2), round(days * 100 / total, 2))

    rows = [_row(step, today, bar) for step in items]
    today_x = round((today - start).days * 100 / total, 2) if start <= today < end else None
    return Axis(_months(start, end), rows, today_x, _summary(rows))


def _row(step: Any, today: date, bar: Any) -> Row:
    planned = _get(step, "planned_start"), _get(step, "planned_end")
    begun, done = _get(step, "actual_start"), _get(step, "actual_end")
    state, late = _state(step, today)
    # A step may be ticked off without a recorded beginning: then the day it ended stands for both.
    actual = bar(begun or done, done or (max(today, begun) if begun else None))
    return Row(_get(step, "name"), _get(step, "weight"), bar(*planned), actual, *planned, begun, done, state, late)


def _summary(rows: list[Row]) -> str:
    done = sum(row.actual_end is not None for row in rows)
    late = sum(row.days_late > 0 and row.actual_end is None for row in rows)
    text = ngettext("%(all)s 个步骤，完成 %(done)s 个", "%(all)s 个步骤，完成 %(done)s 个", len(rows)) % {
        "all": len(rows),
        "done": done,
    }
    return text + (_("；%(late)s 个晚于计划。") % {"late": late} if late else _("；没有步骤晚于计划。"))
