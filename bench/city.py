"""What the measurements share: a database of their own, real messages among made-up ones, and clocks."""

from __future__ import annotations

import os
import random
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")


def begin() -> None:
    """Django with the settings of tests; on the database that DATABASE_URL names, SQLite unless told."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()


@contextmanager
def own_database(*, keep: bool = False) -> Iterator[None]:
    """An empty database beside the one that is named; nothing is left behind unless `keep`."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET statement_timeout = 0")
    try:
        yield
    finally:
        if not keep:
            connection.creation.destroy_test_db(name, verbosity=0)


def real_messages(folder: Path) -> dict[str, list[Any]]:
    """The rows of every spreadsheet of messages in the folder, by its name."""
    from portal.importing import Table

    return {
        path.stem: [row for row, _faults in Table(path).rows() if row]
        for path in sorted(folder.glob("messages-*.xlsx"))
    }


def made_up(real: list[Any], number: int) -> Iterator[Any]:
    """Messages put together from sentences of real ones."""
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


def fill(campaign: Any, rows: Iterator[Any], keep: Callable[[list[int]], Any]) -> float:
    """Filler without its history and moves, which nothing here reads; `keep` indexes each batch. Milliseconds of
    processor time that it took for one."""
    from portal.models import Suggestion

    spent = done = 0.0
    for some in batched(rows, 2000):
        made = Suggestion.objects.bulk_create(
            Suggestion(number=row.reference, campaign=campaign, source="filler", reference=row.reference, title=row.title,
                       body=row.body, received_at=row.received_at, status="open")
            for row in some
        )  # fmt: skip
        began = time.process_time()
        keep([one.pk for one in made])
        spent, done = spent + time.process_time() - began, done + len(made)
        print(f"\r{done:,.0f}", end="", file=sys.stderr, flush=True)
    return 1000 * spent / done if done else 0.0


def new_campaign() -> Any:
    from portal.models import Campaign

    names = ("opens_on", "closes_on", "list_on", "work_from", "scoring_from", "ends_on")
    days = {name: date(2026, 1, 1) + timedelta(days=30 * n) for n, name in enumerate(names)}
    return Campaign.objects.create(year=2026, title="2026", **days)


def settle() -> None:
    """What a database does by night."""
    from django.db import connection

    with connection.cursor() as cursor:
        vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")


# --- clocks ---------------------------------------------------------------------------------------
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


class Spread(NamedTuple):
    """p50 and p95 in milliseconds, on the clock and of processor time."""

    clock50: float
    clock95: float
    busy50: float
    busy95: float


def spread(times: list[Took]) -> Spread:
    values = []
    for one in ([took.clock for took in times], [took.busy for took in times]):
        values += [statistics.median(one), statistics.quantiles(one, n=20)[-1]]
    return Spread(*values)


def resident() -> float:
    """Megabytes now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
