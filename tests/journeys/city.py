"""The stage of a journey: a travelled clock, and the cast at browsers of their own, signed in through the real pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from home.real.browser import Browser, Page, Refused
from home.real.people import Person
from portal.tasks import light_duties
from portal.workdays import WorkCalendar
from projects.tasks import start_due
from tests import cast

STAFF = {"officer", "second_officer", "office_leader", "editor", "auditor", "sysadmin"}


class City:
    """Days are counted from `today`, the real one, on which the journey ends."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.calendar = WorkCalendar.current()
        self._began = False
        self._people: dict[str, Person] = {}
        self._travel = time_machine.travel(timezone.now(), tick=True)
        self._clock = self._travel.start()

    def leave(self) -> None:
        """Back to real time, for whoever comes next."""
        self._travel.stop()

    def on(self, day: int, hour: int = 9, minute: int = 0) -> date:
        """Travel to a day so many days from today, or the next working day; never back. What happens every night
        happens."""
        day_then = self.calendar.next_workday(self.today + timedelta(days=day))
        moment = timezone.make_aware(datetime.combine(day_then, time(hour, minute)))
        if moment > timezone.now() or not self._began:
            self._clock.move_to(moment)
        self._began = True
        light_duties()
        start_due()
        return day_then

    def now(self) -> None:
        """Travel to the real present, where the database's clock is."""
        self._clock.move_to(
            datetime.fromtimestamp(time_machine.escape_hatch.time.time(), tz=timezone.get_current_timezone())
        )

    def wait(self, seconds: float) -> None:
        self._clock.shift(seconds)

    def person(self, name: str, phone: str = "") -> Person:
        """A member of the cast at a browser; with `phone` somebody whom the city does not know yet."""
        if name not in self._people:
            address = f"10.9.0.{len(self._people) + 1}"
            if name in STAFF:
                cast.person(name)
                made = Person(name, address, username=name, password=cast.PASSWORD)
            elif phone:
                made = Person(name, address, phone=phone)
            else:
                made = Person(name, address, phone=cast.person(name).phone)
            self._people[name] = made
        return self._people[name]

    @staticmethod
    def stranger() -> Browser:
        """Somebody passing by: no account, no cookies."""
        return Browser("10.9.1.1")


def refusal(who: Person | Browser, *args: Any, **kwargs: Any) -> Page:
    """Submit something that has to be refused, and give the page that says why."""
    with pytest.raises(Refused) as refused:
        who.submit(*args, **kwargs)
    assert refused.value.page.errors, f"refused without a word: {refused.value.page.url}"
    return refused.value.page
