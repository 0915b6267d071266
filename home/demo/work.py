"""One project of the demo city: its text, its months, and what is to become of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor

from home.demo.stage import DAY
from home.demo.texts import Row
from projects.models import Project

# What becomes of each project, by its place in the texts; the others of that year are under way.
DONE = (1, 6, 9, 12, 34)  # scored in the first round of this year's projects
CLOSED, OPEN, NEXT = (10, 40), (2, 5, 8, 38), (39,)  # in the rounds after it
CONCLUDING, PLANNED, LISTED = 32, 31, 36
SUSPENDED, CANCELLED, CARRIED = (11, 23, 25), (19, 26), (13, 15, 30)
NEARLY_OVER, OVERDUE = 28, 35  # the concluding report is due in two working days; is late
ALL_MONTHS = 10  # the texts tell of a plan of ten months


@dataclass
class Work:
    """One project to be: its text, its months, and what has been declared done so far."""

    place: int
    row: Row
    base: date
    last: date
    record: Project | None = None
    slow: set[int] = field(default_factory=set)
    claimed: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    returned: bool = False

    @property
    def months(self) -> int:
        """How many calendar months the plan touches."""
        return (self.last.year - self.base.year) * 12 + self.last.month - self.base.month + 1

    def fresh(self) -> Project:
        if self.record is None:
            raise LookupError(self.row["title"])
        return Project.objects.select_related("lead_unit", "topic", "annual_list").get(pk=self.record.pk)

    def steps(self) -> Iterable[tuple[Row, date, date]]:
        """Each step of the plan with its first and last day, pressed into the months there are."""
        share = self.months / ALL_MONTHS
        for row in self.row["steps"]:
            first, last = floor(row["months"][0] * share), max(ceil((row["months"][1] + 1) * share) - 1, 0)
            begins = max(_month(self.base, first), self.base)
            yield row, min(begins, self.last - DAY), min(_month(self.base, last + 1) - DAY, self.last)

    def offset(self, day: date) -> int:
        """In which month of the plan a day lies, from 0."""
        return (day.year - self.base.year) * 12 + day.month - self.base.month

    def note_of(self, day: date) -> str:
        """What the ledger says of the month of that day."""
        notes, offset = self.row["month_notes"], max(self.offset(day), 0)
        last = len(notes) - 1
        return str(notes[min(offset if self.months >= len(notes) else round(offset * last / (self.months - 1)), last)])


def _month(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
