"""The office's own deadlines, lit like anybody's: two working days to screen, fifteen to decide."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.duties import WARNING_DAYS, Light
from portal.models import Suggestion
from portal.workdays import WorkCalendar


class OfficeLight(NamedTuple):
    """`state` is one of `Light`, or "" when the office owes nothing; `text` says how late or how long is left."""

    state: str
    text: str
    due_on: date | None


def due_on(suggestion: Suggestion) -> date | None:
    """The day by which the office owes the next step."""
    match suggestion.status:
        case Suggestion.Status.RECEIVED:
            return suggestion.screen_by
        case Suggestion.Status.OPEN | Suggestion.Status.PROPOSED:
            return suggestion.decide_by
    return None


def office_light(suggestion: Suggestion, calendar: WorkCalendar, today: date) -> OfficeLight:
    """The light of a suggestion that waits for the office."""
    due = due_on(suggestion)
    if due is None:
        return OfficeLight("", "", None)
    days = (due - today).days
    if days < 0:
        return OfficeLight(Light.RED, _("逾期 %d 天") % -days, due)
    text = _("还有 %d 天") % days if days else _("今天到期")
    return OfficeLight(Light.YELLOW if today >= calendar.warn_on(due, WARNING_DAYS) else Light.GREEN, text, due)
