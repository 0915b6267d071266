"""From results to a ranking: who stands where, who was not rated and why, and how far the sheets have come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from voting.models import Entry, Result, Round, Sheet


class Standing(NamedTuple):
    """One project's place. `rank` counts from 1; equal scores share a rank, and the next rank is left out; None: not
    rated."""

    rank: int | None
    entry: Entry
    result: Result


def ranked(pairs: Iterable[tuple[Entry, Result]]) -> list[Standing]:
    """Rated projects by score, the best first, then the unrated ones; equal ones by project number."""
    ordered = sorted(
        pairs, key=lambda pair: (-(pair[1].score if pair[1].score is not None else -1), pair[0].project.number)
    )
    places: list[Standing] = []
    for place, (entry, result) in enumerate(ordered, start=1):
        tied = bool(places) and places[-1].result.score == result.score
        rank = places[-1].rank if tied else place
        places.append(Standing(rank if result.is_rated else None, entry, result))
    return places


def standings(one: Round) -> list[Standing]:
    """The ranking of a round whose results are computed. Five queries, however many projects."""
    entries = one.entries.select_related("project__topic", "project__lead_unit")
    entries = entries.prefetch_related("results__criteria__criterion")
    return ranked((entry, entry.latest_result) for entry in entries)


class Progress(NamedTuple):
    """How many sheets have come in on one project, of how many that may; never what is on them."""

    entry: Entry
    handed_in: int
    eligible: int


def progress(one: Round) -> list[Progress]:
    """Per project, how many monitors who may score it have handed in a sheet."""
    eligible = one.eligible()
    pairs = set(Sheet.objects.filter(entry__round=one).values_list("entry__project", "monitor"))
    rows = []
    for entry in one.entries.select_related("project__lead_unit"):
        may = eligible[entry.project_id]
        done = sum((entry.project_id, monitor) in pairs for monitor in may)
        rows.append(Progress(entry, done, len(may)))
    return rows
