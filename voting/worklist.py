"""A monitor's own view of a round: what to score, what is done, what they stand aside from."""

from __future__ import annotations

from typing import NamedTuple

from monitors.models import Monitor
from voting.models import Entry, Round, Sheet


class Line(NamedTuple):
    """One project on a monitor's list: why they stand aside ("" when they may score), and their last sheet."""

    entry: Entry
    aside: str
    sheet: Sheet | None


def lines_of(one: Round, monitor: Monitor) -> list[Line]:
    """The projects of a round as this monitor sees them. Six queries, however many projects."""
    entries = list(one.entries.select_related("project__lead_unit"))
    asides = Monitor.objects.filter(pk=monitor.pk).stand_asides(entry.project for entry in entries)
    mine = Sheet.objects.filter(entry__round=one, monitor=monitor).prefetch_related("marks").order_by("version")
    last = {sheet.entry_id: sheet for sheet in mine}
    return [Line(entry, asides.get((monitor.pk, entry.project_id), ""), last.get(entry.pk)) for entry in entries]
