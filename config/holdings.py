"""What the software holds about a person, table by table: one list for looking, for taking along and for erasing.

Each app registers its own in a module that its `AppConfig.ready` imports. A test walks all models: one that may hold
somebody's data and is in none of the three lists fails the build.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Rows = list[dict[str, Any]]


def _nothing(user: Any) -> Rows:
    return []


def _nobody(user: Any) -> str:
    return ""


@dataclass(frozen=True)
class Holding:
    """One kind of data about a person. `show` gives its rows as label → value in plain words, `erase` takes the person
    out of it and may run twice, `why_not` is a sentence when the person has to hand something over first."""

    key: str
    title: Any
    purpose: Any  # what it is for
    kept: Any  # for how long, and what stays after the account is gone
    models: Sequence[str]  # the tables it answers for
    show: Callable[[Any], Rows] = _nothing
    erase: Callable[[Any], None] | None = None
    why_not: Callable[[Any], str] = _nobody


HOLDINGS: list[Holding] = []
# Tables that say who of the staff did something: label of the model → its fields. They stay, as a record of the work.
DEEDS: dict[str, tuple[str, ...]] = {}
# Tables whose field names look personal and are not: label → why.
NOT_PERSONAL: dict[str, str] = {}


def hold(holding: Holding) -> None:
    """Register one kind of data; once per key."""
    if all(one.key != holding.key for one in HOLDINGS):
        HOLDINGS.append(holding)


def why_not_erase(user: Any) -> list[str]:
    """What has to be handed over before this person's account can go; empty when nothing."""
    return [why for one in HOLDINGS if (why := one.why_not(user))]


def erase_everywhere(user: Any) -> None:
    """Take the person out of every table; the caller's transaction holds it together."""
    for one in HOLDINGS:
        if one.erase is not None:
            one.erase(user)
