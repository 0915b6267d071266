"""The ground every test stands on: reference data and roles, loaded once, and put back after a test that commits.

Tests that run in a transaction never touch it. A test that commits (`transactional_db`, `live_server`) leaves rows
behind; Django empties every table after it, and append-only tables refuse that. Here the guards are lifted for the
sweep, and what was there at the start is written back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core.management.color import no_style
from django.db import connection, transaction

KEPT = {"django_migrations"}


class Table(NamedTuple):
    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def load() -> None:
    """Areas, units, topics, working days, and the groups of every role. Doing it twice does it once."""
    from portal import reference
    from portal.accounts.roles import match_groups

    reference.load_areas()
    reference.load_units()
    reference.load_topics()
    reference.load_workdays()
    match_groups()


def take() -> list[Table]:
    """Every row that is in the database now."""
    taken = []
    with connection.cursor() as cursor:
        for name in _tables(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            columns = [column[0] for column in cursor.description]
            if rows := cursor.fetchall():
                taken.append(Table(name, columns, rows))
    return taken


def put_back(ground: list[Table]) -> None:
    """Empty the database and write the rows of `ground`."""
    with transaction.atomic(), lifted_guards(), connection.cursor() as cursor:
        tables = _tables(cursor)
        for sql in connection.ops.sql_flush(no_style(), tables, reset_sequences=False, allow_cascade=False):
            cursor.execute(sql)
        for table in ground:
            columns = ", ".join(f'"{column}"' for column in table.columns)
            holes = ", ".join(["%s"] * len(table.columns))
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({holes})', table.rows)


def _tables(cursor: Any) -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(names) - KEPT)


@contextmanager
def lifted_guards() -> Iterator[None]:
    """Let append-only tables be emptied. Only a test's own sweep, or a test of a tampering operator, may do this."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'")
        guards = cursor.fetchall()
        for name, _sql in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in guards:
            cursor.execute(sql)
