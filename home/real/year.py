"""The days of the rehearsal's year, all counted back from today, and the stage on which it is played.

The campaign opened a year ago. Its list came out two months later, units worked from the third to the eleventh month,
and scoring is now, in real time, because rounds are closed by the database's clock and nobody can put that back. The
rest is lived under `clock.Clock`; what the beat does every day (lights, projects that begin) is done on each day on
which somebody acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from home.real.clock import Clock
from home.real.people import People
from portal.models import Suggestion, Topic, Unit
from portal.tasks import light_duties
from portal.workdays import WorkCalendar
from projects.tasks import start_due

DAY = timedelta(days=1)


class Year:
    """Dates of a campaign whose scoring is on `today`."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.opens_on = self.month(12)
        self.closes_on = self.month(11) - DAY
        self.list_on = self.month(10) + 7 * DAY
        self.work_from = self.month(10) + 14 * DAY
        self.scoring_from = today - 10 * DAY
        self.ends_on = today + 30 * DAY
        self.number = self.list_on.year

    def month(self, back: int) -> date:
        """The first day of the month so many months before this one."""
        index = self.today.year * 12 + self.today.month - 1 - back
        return date(index // 12, index % 12 + 1, 1)

    def plan_of(self, n: int) -> tuple[date, date]:
        """First and last day of the n-th project: four to eight whole months."""
        return self.month(9), self.month(5 - n % 5) - DAY


@dataclass
class Work:
    """One of the matters that are carried through the year; `messages` are how many people wrote about it."""

    n: int
    suggestion: Suggestion
    topic: Topic
    title: str
    messages: int = 1
    number: str = ""
    first: date = date.min
    last: date = date.min

    @property
    def unit(self) -> Unit:
        """The unit that usually answers for the topic."""
        if self.topic.default_unit is None:
            raise LookupError(f"领域“{self.topic}”没有责任单位")
        return self.topic.default_unit


@dataclass
class Stage:
    """What every scene needs: who is there, what time it is, where to say what happens."""

    year: Year
    clock: Clock
    people: People
    say: Callable[[str], None]
    works: list[Work] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar = WorkCalendar.current()
        self._began = False

    def go(self, day: date, hour: int = 9, minute: int = 0) -> date:
        """Go to the first working day from `day` on, at that time; never back, and never beyond today. The day that
        it is then."""
        day = self.calendar.next_workday(day)
        moment = timezone.make_aware(datetime.combine(day, time(hour, minute))).timestamp()
        if (moment > self.clock.time() or not self._began) and moment < self.clock.real_time():
            self.clock.set(datetime.fromtimestamp(moment, tz=UTC))
        self._began = True
        light_duties()
        start_due()
        return timezone.localdate()
