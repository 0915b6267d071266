"""The figures of sorting, measured: `make bench` prints each beside its target.

    python bench/run.py DIR [--filler N] [--quick] [--keep]

DIR holds the real messages (`messages-*.xlsx`, `duplicate-clusters.json`). Works in a database of its own on whatever
DATABASE_URL names, SQLite unless told. Filler is made of real sentences: 200,000 on PostgreSQL, 20,000 on SQLite, 1,000
with --quick. Times are given on the clock and, in brackets, of processor time of this process and the database's together:
the second is what a busy machine does not change.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

import city
import merges
import search
import similar

FULL = {"postgresql": 200_000, "sqlite": 20_000}


class Figure(NamedTuple):
    name: str
    value: str
    target: str = ""
    is_reached: bool | None = None  # None: nothing was promised


class Size(NamedTuple):
    """How much is measured."""

    filler: int
    asked: int  # questions of each kind
    checked: int  # of these, how many against reading every text
    seeds: int


QUICK = Size(1_000, 40, 4, 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--filler", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    city.begin()
    from django.db import connection

    filler = FULL[connection.vendor] if options.filler is None else options.filler
    size = QUICK if options.quick else Size(filler, 300, 8, 5)
    with city.own_database(keep=options.keep):
        missed = show(figures(options.folder, size))
    sys.exit(1 if missed else 0)


def show(found: Iterator[Figure]) -> int:
    """Print them as they come; how many targets were missed."""
    missed = 0
    for one in found:
        said = {None: "", True: "yes", False: "NO"}[one.is_reached]
        print(f"{one.name:<58} {one.value:<40} {one.target:<12} {said}", flush=True)
        missed += one.is_reached is False
    return missed


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    """Everything, cheap things first; the database grows on the way."""
    from portal.models import Suggestion

    yield from topics(folder, size.seeds)
    real = city.real_messages(folder)
    clusters: dict[str, list[str]] = json.loads((folder / "duplicate-clusters.json").read_text())
    if not Suggestion.objects.exists():
        # The pairs were drawn while the messages with votes were there alone: others would change who is alike.
        campaign = city.new_campaign()
        with_votes = {source: rows for source, rows in real.items() if source == merges.SOURCE}
        yield bring_in(with_votes, campaign)
        yield from merging()
        bring_in({source: rows for source, rows in real.items() if source != merges.SOURCE}, campaign)
        yield from likeness(clusters, "")
        fill(real, {ref for members in clusters.values() for ref in members}, size.filler)
    city.settle()
    yield Figure("suggestions from here on", f"{Suggestion.objects.count():,}")
    yield from likeness(clusters, ", among the filler")
    yield from speed_of_likeness(size.asked)
    yield from speed_of_search(size)


def topics(folder: Path, seeds: int) -> Iterator[Figure]:
    from portal.classify import cross_validate
    from portal.labelled import class_words, read_examples
    from portal.labelled import figures as told

    examples = read_examples(folder / "messages-labelled.xlsx", {})
    folds = min(5, len(examples))
    rounds = [cross_validate(examples, class_words(), folds, seed) for seed in range(seeds)]
    pooled = told([one for each in rounds for one in each])
    first, two = pooled["accuracy"], pooled["top2"]
    yield Figure(f"topic: right one first ({folds} folds, {seeds} seeds)", f"{first:.1%}", "≥ 78 %", first >= 0.78)
    yield Figure("topic: among the first two", f"{two:.1%}", "≥ 92 %", two >= 0.92)
    for row in pooled["classes"]:
        yield Figure(f"topic: recall of {row['label']}", f"{row['recall']:.0%} of {row['rows'] // seeds}")


def bring_in(real: dict[str, list[Any]], campaign: Any) -> Figure:
    """As the import does it: rows, first moves, histories, both indexes."""
    from portal.models import bring_in
    from portal.similar import catch_up

    rows = sum(map(len, real.values()))
    clock, busy = time.perf_counter(), city.processor_time()
    for source, own in real.items():
        for some in batched(own, 500):
            bring_in(some, campaign=campaign, source=source)
    catch_up()
    clock, busy = rows / (time.perf_counter() - clock), rows / (city.processor_time() - busy) * 1000
    return Figure("import: rows a second", f"{clock:,.0f} ({busy:,.0f})", "≥ 333", clock >= 333)


def merging() -> Iterator[Figure]:
    found = merges.check()
    share = found.right / found.still if found.still else 0.0
    text = f"{share:.0%} of {found.still}, {found.offered} offered"
    yield Figure("one tap to merge: right by the list of pairs", text, "≥ 95 %", share >= 0.95)
    yield Figure("one tap to merge: drawing again gives that list", "yes" if found.is_same_draw else "no")


def likeness(clusters: dict[str, list[str]], among: str) -> Iterator[Figure]:
    share = similar.siblings(clusters)
    target = 0.95 if among else 1.0
    yield Figure(f"similar: a sibling among the first five{among}", f"{share:.1%}", f"≥ {target:.0%}", share >= target)


def fill(real: dict[str, list[Any]], apart: set[str], number: int) -> None:
    from portal import searching
    from portal import similar as likeness_of
    from portal.models import Campaign

    plain = [row for rows in real.values() for row in rows if row.reference not in apart]

    def keep(pks: list[int]) -> None:
        likeness_of.keep(pks)
        searching.keep(pks)

    city.fill(Campaign.objects.get(year=2026), city.made_up(plain, number), keep)


def speed_of_likeness(asked: int) -> Iterator[Figure]:
    found = similar.speed(asked)
    for name, own in (("with title and body", found.whole), ("by title alone", found.title)):
        yield _time(f"similar: look-up {name}", own, 20, found.plain)
    yield Figure("similar: memory that stays", f"{found.memory:.0f} MB", "≤ 150 MB", found.memory <= 150)
    ratio, busy = similar.adding(min(40, asked))
    yield Figure("indexing one more", f"{ratio:.2f} × recording it ({busy:.1f} ms)")


def speed_of_search(size: Size) -> Iterator[Figure]:
    for one in search.speed(size.asked):
        yield _time(f"search: {one.length} characters (slowest {one.slowest})", one.took, 30, one.plain)
    asked, missed, extra = search.check(size.checked)
    text = f"{missed} missed, {extra} too many of {asked}"
    yield Figure("search: hits against reading every text", text, "0", missed + extra == 0)


def _time(name: str, own: city.Spread, most: float, plain: float) -> Figure:
    text = f"p95 {own.clock95:.1f} ms ({own.busy95:.1f}), {own.clock50 / plain:.0f} × plain"
    return Figure(name, text, f"≤ {most} ms", own.clock95 <= most)


if __name__ == "__main__":
    main()
