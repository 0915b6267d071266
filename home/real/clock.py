"""A clock that can be put back, so that scripted people live through a year in minutes.

Inside `with Clock() as clock` this process lives at the moment last given to `clock.set`, and time runs on from there
at its own pace: `timezone.now()` and `time.time()` agree, and with them move rows, due dates, sessions, rate limits and
signed moments. The cache is this process's own meanwhile, since a shared one ends its windows by real time. Three
things keep real time and the script is written around them: the database's own clock (which closes rounds, so rounds
are held in the present), defaults of fields that took hold of `timezone.now` when the model was made, and every other
process. For one process without threads, never for a web server.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from django.test import override_settings
from django.utils import timezone

OWN_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clock"}}
_REAL_TIME, _REAL_NOW = time.time, timezone.now


def _replace(module: object, name: str, value: object) -> None:
    setattr(module, name, value)


class Clock:
    """See the module. `ahead` is the distance from real time in seconds, negative in the past."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._cache = override_settings(CACHES=OWN_CACHE)

    def time(self) -> float:
        return _REAL_TIME() + self.ahead

    @staticmethod
    def real_time() -> float:
        """Seconds since the epoch, as everybody else counts them."""
        return _REAL_TIME()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), tz=UTC)

    def set(self, moment: datetime) -> None:
        """Go on from this moment, which has to be aware. Backwards is allowed; people who are signed in may not like
        it."""
        self.ahead = moment.timestamp() - _REAL_TIME()

    def pass_seconds(self, seconds: float) -> None:
        """Let some time go by, as it does while somebody types."""
        self.ahead += seconds

    def back_to_the_present(self) -> None:
        self.ahead = 0.0

    def __enter__(self) -> Self:
        self._cache.enable()
        _replace(time, "time", self.time)
        _replace(timezone, "now", self.now)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _replace(time, "time", _REAL_TIME)
        _replace(timezone, "now", _REAL_NOW)
        self._cache.disable()
