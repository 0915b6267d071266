"""Which reports a project owes, for which period, and when: the 5th, 10th and 15th of the month after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

PLAN_DAYS = 15
CONCLUDING_DAYS = 10
CONCLUDING = "concluding"
MONTHS_AND_DUE_DAY = {"month": (1, 5), "quarter": (3, 10), "half_year": (6, 15)}


class Period(NamedTuple):
    """One report to come; `last` is the period's last day, `due_on` before any move to a working day."""

    kind: str
    first: date
    last: date
    due_on: date

    @property
    def key(self) -> tuple[str, date | None]:
        """What identifies it when the plan moves; there is one conclusion."""
        return self.kind, None if self.kind == CONCLUDING else self.first

    def reaches(self, day: date | None) -> bool:
        """Whether it ends on or after the day. The conclusion is owed however late it is."""
        return day is None or self.kind == CONCLUDING or self.last >= day


def _add_months(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def periods(start: date, end: date) -> Iterator[Period]:
    """Every calendar month, quarter and half-year that overlaps start…end, and the conclusion; by kind, in order."""
    for kind, (months, due_day) in MONTHS_AND_DUE_DAY.items():
        first = date(start.year, (start.month - 1) // months * months + 1, 1)
        while first <= end:
            after = _add_months(first, months)
            yield Period(kind, first, after - timedelta(days=1), after.replace(day=due_day))
            first = after
    yield Period(CONCLUDING, start, end, end)
