"""How well and how fast similar suggestions are found, on real messages among generated ones.

    python bench/similar.py DIR [--filler 200000] [--keep]

DIR holds `messages-with-votes.xlsx` and `duplicate-clusters.json`; other spreadsheets there are loaded too. Works in a
test database of its own on whatever DATABASE_URL names, SQLite unless told; figures are ratios to a plain baseline of
the same run: reading one suggestion by its number. Nothing is left behind, except with --keep.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import batched, islice
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
ASKED = 400


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--filler", type=int, default=0)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    import django

    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=options.keep)
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET statement_timeout = 0")
    try:
        run(options.folder, options.filler)
    finally:
        if not options.keep:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def run(folder: Path, filler: int) -> None:
    from django.db import connection

    from portal.models import Suggestion

    clusters: dict[str, list[str]] = json.loads((folder / "duplicate-clusters.json").read_text())
    if not Suggestion.objects.exists():
        load(folder, {ref for members in clusters.values() for ref in members}, filler)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    print(f"{connection.vendor}, {Suggestion.objects.count():,} suggestions")
    siblings(clusters)
    speed()
    adding()


def load(folder: Path, kept_apart: set[str], filler: int) -> None:
    """The real messages, and then made-up ones of sentences of those that are in no cluster."""
    from portal.importing import Table
    from portal.models import Incoming, bring_in

    campaign = new_campaign()
    real: dict[str, list[Incoming]] = {}
    for path in sorted(folder.glob("messages-*.xlsx")):
        real[path.stem] = [row for row, _faults in Table(path).rows() if row]
    plain = [row for rows in real.values() for row in rows if row.reference not in kept_apart]
    made = made_up(plain, filler)
    fill(campaign, islice(made, filler // 2))
    for source, rows in real.items():
        for some in batched(rows, 500):
            bring_in(some, campaign=campaign, source=source)
    fill(campaign, made)


def fill(campaign: Any, rows: Iterator[Any]) -> None:
    """Filler without its history and moves, which nothing here reads; indexed in batches."""
    from portal import similar
    from portal.models import Suggestion

    spent = done = 0.0
    for some in batched(rows, 2000):
        made = Suggestion.objects.bulk_create(
            Suggestion(number=row.reference, campaign=campaign, source="filler", reference=row.reference, title=row.title,
                       body=row.body, received_at=row.received_at, status="open")
            for row in some
        )  # fmt: skip
        began = time.process_time()
        similar.keep([one.pk for one in made])
        spent, done = spent + time.process_time() - began, done + len(made)
        print(f"\r{done:,.0f}", end="", file=sys.stderr, flush=True)
    if done:
        print(f"indexed {done:,.0f} made-up ones, {1000 * spent / done:.2f} ms of processor time each", flush=True)


def new_campaign() -> Any:
    from datetime import date, timedelta

    from portal.models import Campaign

    names = ("opens_on", "closes_on", "list_on", "work_from", "scoring_from", "ends_on")
    days = {name: date(2026, 1, 1) + timedelta(days=30 * n) for n, name in enumerate(names)}
    return Campaign.objects.create(year=2026, title="2026", **days)


def made_up(real: list[Any], number: int) -> Iterator[Any]:
    from portal.models import Incoming

    chance = random.Random(20260101)
    sentences = [text.strip() for row in real for text in SENTENCE.findall(row.body) if len(text.strip()) > 7]
    for n in range(number):
        one, two = chance.choice(real), chance.choice(real)
        cut = chance.randint(3, 9)
        body = "".join(chance.choices(sentences, k=chance.randint(2, 9)))
        yield Incoming(
            reference=f"F{n}", title=one.title[:cut] + two.title[cut:], body=body, received_at=one.received_at
        )


def siblings(clusters: dict[str, list[str]]) -> None:
    from portal import similar
    from portal.models import Suggestion

    found = total = 0
    for name, members in clusters.items():
        rows = Suggestion.objects.filter(source="messages-with-votes", reference__in=members)
        hits = sum(any(like.suggestion.reference in members for like in similar.similar_to(one, 5)) for one in rows)
        print(f"  {name}: {hits} of {len(rows)} have a sibling among the first five")
        found, total = found + hits, total + len(rows)
    print(f"members with a sibling among the first five: {found / total:.1%} of {total}")


class Took(NamedTuple):
    """Milliseconds: on the clock, and of processor time here and in the database."""

    clock: float
    busy: float


def timed(call: Callable[[], Any]) -> Took:
    clock, busy = time.perf_counter(), processor_time()
    call()
    return Took((time.perf_counter() - clock) * 1000, processor_time() - busy)


def processor_time() -> float:
    """Of this process and of PostgreSQL's for this connection, when it runs on this machine."""
    served = Path(f"/proc/{backend()}/schedstat")
    return time.process_time() * 1000 + (int(served.read_text().split()[0]) / 1e6 if served.exists() else 0)


@cache
def backend() -> int:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def middle(times: list[Took]) -> float:
    return statistics.median(one.clock for one in times)


def describe(label: str, times: list[Took], plain: float) -> None:
    for name, values in (("on the clock", [one.clock for one in times]), ("processor", [one.busy for one in times])):
        p50, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        ratio = f"; {p50 / plain:.1f} and {p95 / plain:.1f} × the baseline" if name == "on the clock" else ""
        print(f"{label}, {name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms{ratio}")


def resident() -> float:
    """MB now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def speed() -> None:
    from portal import similar
    from portal.models import Suggestion

    print(f"memory since start: {resident():.0f} MB, loading included")
    chance = random.Random(7)
    pks = chance.sample(list(Suggestion.objects.values_list("pk", flat=True)), min(ASKED, Suggestion.objects.count()))
    asked = [Suggestion.objects.get(pk=pk) for pk in pks]
    plain = middle([timed(lambda one=one: Suggestion.objects.get(number=one.number)) for one in asked])
    before = resident()
    like = [timed(lambda one=one: similar.similar_to(one, 5)) for one in asked]
    public = [timed(lambda one=one: similar.similar_in_public(one.title, "")) for one in asked]
    print(f"baseline, reading one by number: p50 {plain:.2f} ms")
    describe("look-up with title and body", like, plain)
    describe("look-up by title alone, public", public, plain)
    print(f"memory: {resident() - before:.1f} MB above {before:.0f} MB before the first look-up")


def adding() -> None:
    """Adding one, changing and removing it, against writing the suggestion itself."""
    from portal import similar
    from portal.models import Campaign, Suggestion

    campaign = Campaign.objects.get(year=2026)
    some = list(Suggestion.objects.order_by("-pk").values_list("title", "body")[:60])
    written, indexed, changed, removed = [], [], [], []
    for title, body in some:
        made: list[Any] = []
        facts = {"campaign": campaign, "title": title, "body": body}
        keep_later, similar.keep_later = similar.keep_later, lambda pks: None
        written.append(timed(lambda made=made, facts=facts: made.append(Suggestion.objects.receive(**facts)[0])))
        similar.keep_later = keep_later
        pk = made[0].pk
        indexed.append(timed(lambda pk=pk: similar.keep([pk])))
        Suggestion.objects.filter(pk=pk).update(body=body + "又及：昨天还是这样。", title=title + "（补充）")
        changed.append(timed(lambda pk=pk: similar.keep([pk])))
        removed.append(timed(lambda pk=pk: similar.forget(pk)))
    plain = middle(written)
    print(f"baseline, recording a suggestion: p50 {plain:.1f} ms")
    for label, times in (("adding one", indexed), ("changing one", changed), ("removing one", removed)):
        p50 = middle(times)
        print(f"{label} in the index: p50 {p50:.1f} ms, {p50 / plain:.2f} × recording it")


if __name__ == "__main__":
    main()
