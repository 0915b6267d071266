"""Append-only tables: the database itself refuses to change or remove a row, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION weitai_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % refused on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def guard_statements(vendor: str, table: str) -> list[str]:
    """The SQL that puts the guard on one table. Table names come from models, never from a request."""
    if vendor == "postgresql":
        return [
            _POSTGRES_FUNCTION,
            f'CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION weitai_refuse_change()",
            f'CREATE TRIGGER append_only_all BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION weitai_refuse_change()",
        ]
    return [
        f'CREATE TRIGGER "append_only_{verb.lower()}_{table}" BEFORE {verb} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} refused on {table}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def unguard_statements(vendor: str, table: str) -> list[str]:
    """The SQL that takes the guard off, for reversing a migration."""
    if vendor == "postgresql":
        return [f'DROP TRIGGER IF EXISTS {name} ON "{table}"' for name in ("append_only_row", "append_only_all")]
    return [f'DROP TRIGGER IF EXISTS "append_only_{verb}_{table}"' for verb in ("update", "delete")]


class AppendOnly(Operation):
    """Migration operation: make the table of `model_name` append-only. On SQLite it must run again after any
    later change of that table, since SQLite rebuilds tables and loses triggers."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _run(self, statements: Any, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for sql in statements(schema_editor.connection.vendor, model._meta.db_table):
                schema_editor.execute(sql, params=None)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(guard_statements, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(unguard_statements, app_label, schema_editor, from_state)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"


def guarded_tables() -> list[str]:
    """The tables that migrations say are append-only."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    names = [
        (app_label, operation.model_name)
        for (app_label, _name), migration in loader.disk_migrations.items()
        for operation in migration.operations
        if isinstance(operation, AppendOnly)
    ]
    return sorted({apps.get_model(*name)._meta.db_table for name in names})


def unguarded_tables(connection: Any) -> list[str]:
    """Append-only tables that exist without their triggers; nothing before the first migration."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE tgname LIKE 'append\\_only\\_%' AND tgenabled <> 'D'"
            )
        else:
            cursor.execute(
                "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
            )
        found = Counter(table for table, _trigger in cursor.fetchall())
    return [table for table in guarded_tables() if table in existing and found[table] < 2]
