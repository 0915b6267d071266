"""Working days 工作日 by the State Council's yearly notice: holidays and make-up workdays 调休, as data.

Knows no time zone: days are plain `datetime.date`, as they stand on the city's wall calendar.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Self

FIRST_YEAR = 2017
ONE_DAY = timedelta(days=1)
SATURDAY = 5

# The notice's own names; the package shortens some of them.
HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, corrected by exceptions (True: a workday, False: a day off).

    `years` are the years whose notice is out; in every other year only the plain week is known.
    Build it once per request or sweep and ask it many times: it never goes to the database by itself.
    """

    exceptions: Mapping[date, bool] = field(hash=False)
    years: frozenset[int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    @classmethod
    def from_days(cls, days: Iterable[tuple[date, bool]]) -> Self:
        """A calendar from (day, is a workday) pairs; finds out by itself which years are announced."""
        exceptions = dict(days)
        return cls(exceptions, announced_years(exceptions))

    @classmethod
    def current(cls) -> Self:
        """The calendar as the office keeps it: one query."""
        from portal.models import Workday  # the models import this module

        return cls.from_days(Workday.objects.values_list("date", "is_workday"))

    def is_workday(self, day: date) -> bool:
        if isinstance(day, datetime):  # would miss every exception without a word
            raise TypeError("a working day is a date, not a datetime")
        exception = self.exceptions.get(day)
        return day.weekday() < SATURDAY if exception is None else exception

    def next_workday(self, day: date) -> date:
        """`day` itself when it is a workday, else the first one after it."""
        return day if self.is_workday(day) else next(self._workdays(day, ONE_DAY))

    def previous_workday(self, day: date) -> date:
        """`day` itself when it is a workday, else the last one before it."""
        return day if self.is_workday(day) else next(self._workdays(day, -ONE_DAY))

    def add(self, day: date, n: int) -> date:
        """The n-th workday after `day`, itself not counted; n = 0 gives `next_workday(day)`."""
        return self._step(day, n, ONE_DAY) if n else self.next_workday(day)

    def subtract(self, day: date, n: int) -> date:
        """The n-th workday before `day`, itself not counted; n = 0 gives `previous_workday(day)`."""
        return self._step(day, n, -ONE_DAY) if n else self.previous_workday(day)

    def count(self, start: date, end: date) -> int:
        """Workdays after `start`, up to and including `end`; negative when `end` is the earlier one."""
        if end < start:
            return -self.count(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def warn_on(self, due: date, days: int = 3) -> date:
        """The day on which a duty due on `due` turns yellow: the third workday before it."""
        return self.subtract(due, days)

    def is_provisional(self, *days: date) -> bool:
        """True when any of the days lies in a year whose holidays are not announced yet."""
        return any(day.year not in self.years for day in days)

    def _step(self, day: date, n: int, step: timedelta) -> date:
        if n < 0:
            raise ValueError("a number of working days is never negative")
        workdays = self._workdays(day, step)
        for _ in range(n - 1):
            next(workdays)
        return next(workdays)

    def _workdays(self, day: date, step: timedelta) -> Iterator[date]:
        while True:
            day += step
            if self.is_workday(day):
                yield day


def announced_years(exceptions: Mapping[date, bool]) -> frozenset[int]:
    """Years with a complete notice: 元旦 opens each one, 国庆节 closes it, and both dates are fixed by law.

    One of them alone is not enough: a notice may name a day of the year before or after its own.
    """
    years = {day.year for day in exceptions}
    ends = ((1, 1), (10, 1))
    return frozenset(y for y in years if all(exceptions.get(date(y, *end)) is False for end in ends))


def official_days() -> Iterator[tuple[date, bool, str]]:
    """(day, is a workday, name) for each holiday and make-up workday that `chinesecalendar` knows, in order.

    From 2017 on. Ordinary days are left out; a holiday on a weekend is in, since the notice names it.
    """
    from chinese_calendar.constants import holidays, workdays

    days = [(day, False, holiday_name(english)) for day, english in holidays.items()]
    days += [(day, True, holiday_name(english) + "调休") for day, english in workdays.items()]
    yield from sorted(row for row in days if row[0].year >= FIRST_YEAR)


def holiday_name(english: str) -> str:
    """The notice's Chinese name; an extraordinary holiday keeps the name that the package gives it."""
    from chinese_calendar.constants import Holiday

    return HOLIDAY_NAMES.get(english) or Holiday(english).chinese
