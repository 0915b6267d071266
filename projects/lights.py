"""The light of a project: the worst of what its unit owes on it now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.duties import Light

NONE = "none"


class Owed(NamedTuple):
    """One duty that is owed: when it is due, and from when it warns."""

    due_on: date
    warn_on: date


class ProjectLight(NamedTuple):
    """The colour ("green", "yellow", "red", or "none" when nothing can be late) and the words beside it."""

    state: str
    text: str


def worst(owed: Iterable[Owed], today: date) -> ProjectLight:
    """The light of the duty that is due first; green when nothing is owed."""
    first = min(owed, default=None)
    if first is None or today < first.warn_on:
        return ProjectLight(Light.GREEN, _("按期"))
    days = (first.due_on - today).days
    if days < 0:
        return ProjectLight(Light.RED, _("逾期 %d 天") % -days)
    return ProjectLight(Light.YELLOW, _("今天到期") if days == 0 else _("还有 %d 天") % days)
