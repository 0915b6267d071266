"""The stage on which the demo city lives: the days, who acts when, and the order in which things happen.

Scenes put what they have to do on the programme with `at`; `run` goes through all of it in the order of time, on a
clock that is put back, so that numbers, move rows and histories come out as they would have. What lies in the future
is left out: it has not happened.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from home.demo.texts import Texts
from home.real.clock import Clock
from portal.workdays import WorkCalendar

DAY = timedelta(days=1)
SEED = "weitai"
Action = Callable[..., Any]


class Stage:
    """Today's date, the working calendar, one source of chance, and the programme."""

    def __init__(self, now: datetime, say: Callable[[str], None]) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        self.say = say
        self.chance = random.Random(SEED)  # noqa: S311 — the same city every time is the point
        self.calendar = WorkCalendar.current()
        self.texts = Texts()
        self._programme: list[tuple[datetime, int, Action, tuple[Any, ...], dict[str, Any]]] = []
        self._order = count()

    # --- days -----------------------------------------------------------------------------------
    def day(self, days: int) -> date:
        """So many days from today, negative in the past."""
        return self.today + timedelta(days=days)

    def month(self, months: int, last: bool = False) -> date:
        """The first (or last) day of the month so many months from this one."""
        index = self.today.year * 12 + self.today.month - 1 + months + last
        first = date(index // 12, index % 12 + 1, 1)
        return first - DAY if last else first

    def later(self, day: date | datetime, workdays: int) -> date:
        """So many working days after a day."""
        return self.calendar.add(_date(day), workdays)

    def moment(self, day: date, hour: float) -> datetime:
        """A day and an hour of it (13.5 is half past one) as a moment."""
        minutes = round(hour * 60)
        return timezone.make_aware(datetime.combine(day, time(minutes // 60, minutes % 60, self.chance.randint(0, 59))))

    def at_work(self, day: date | datetime, after: datetime | None = None) -> datetime:
        """A moment in office hours of the first working day from `day` on, and later than `after`."""
        day = self.calendar.next_workday(_date(day))
        hour = self.chance.choice((self.chance.uniform(8.7, 11.6), self.chance.uniform(14.2, 17.4)))
        moment = self.moment(day, hour)
        if after and moment <= after:
            same_day = timezone.localdate(after) == day and timezone.localtime(after).hour < 17
            return (
                after + timedelta(minutes=self.chance.randint(12, 50)) if same_day else self.at_work(day + DAY, after)
            )
        return moment

    def any_time(self, day: date) -> datetime:
        """A moment at which people pick up their phones."""
        return self.moment(day, self.chance.triangular(6.5, 23.4, 20))

    # --- the programme --------------------------------------------------------------------------
    def at(self, moment: datetime, action: Action, *args: Any, **kwargs: Any) -> None:
        """Do this then, if then is not in the future."""
        if moment <= self.now:
            heapq.heappush(self._programme, (moment, next(self._order), action, args, kwargs))

    def run(self) -> int:
        """Live through the programme; how many things happened."""
        done, month = 0, ""
        with Clock() as clock:
            while self._programme:
                moment, _order, action, args, kwargs = heapq.heappop(self._programme)
                month = self._tell_month(month, moment)
                clock.set(moment)
                action(*args, **kwargs)
                done += 1
        return done

    def _tell_month(self, told: str, moment: datetime) -> str:
        half = f"{moment.year} 年{'上' if moment.month <= 6 else '下'}半年"
        if half != told:
            self.say(f"   {half}…")
        return half


def _date(day: date | datetime) -> date:
    return timezone.localdate(day) if isinstance(day, datetime) else day


@contextmanager
def put_aside(module: Any, name: str, stand_in: Any) -> Iterator[None]:
    """Put something else in the place of `module.name` for a while."""
    kept = getattr(module, name)
    setattr(module, name, stand_in)
    try:
        yield
    finally:
        setattr(module, name, kept)
