"""Append-only tables: the database refuses, whoever asks and however. The list is read from the migrations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from config.append_only import AppendOnly
from config.moves import Move
from tests.ground import lifted_guards


def guarded_tables() -> Iterator[tuple[str, str]]:
    """(app, model) of every table that a migration of ours makes append-only."""
    for (app, _name), migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()):
        for operation in migration.operations:
            if isinstance(operation, AppendOnly):
                yield app, operation.model_name


GUARDED = list(guarded_tables())
MODELS = pytest.mark.parametrize("model", [apps.get_model(*one) for one in GUARDED], ids=lambda model: model.__name__)
SAMPLES: dict[type, Any] = {
    models.CharField: "x", models.TextField: "x", models.BooleanField: False, models.IntegerField: 1,
    models.DecimalField: Decimal(1), models.DateTimeField: datetime(2026, 1, 1, tzinfo=UTC),
    models.DateField: date(2026, 1, 1), models.ForeignKey: 1, models.JSONField: {}, models.UUIDField: "0" * 32,
}  # fmt: skip


def sample(field: models.Field[Any, Any]) -> Any:
    return next(SAMPLES[kind] for kind in type(field).__mro__ if kind in SAMPLES)


@pytest.fixture
def row(model: Any, db: None) -> Iterator[Any]:
    """One row of the table. Its references lead nowhere, so it is rolled back before they are checked."""
    with transaction.atomic():
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        made = model(**{field.attname: sample(field) for field in fields})
        model._base_manager.bulk_create([made])
        yield made
        transaction.set_rollback(True)


def refused(sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_every_record_of_what_happened_is_on_the_list() -> None:
    """A move table, a vote, a sheet or a result that somebody forgot to guard is found here."""
    listed = {apps.get_model(*one) for one in GUARDED}
    moves = {model for model in apps.get_models() if issubclass(model, Move)}
    named = {("voting", name) for name in ("Support", "Sheet", "Mark", "Result", "ResultCriterion")}
    named |= {("monitors", "Recusal"), ("monitors", "Attendance")}
    assert moves | {apps.get_model(*one) for one in named} <= listed
    assert {app for app, _name in GUARDED} >= {"portal", "projects", "monitors", "voting"}


@MODELS
def test_a_row_cannot_be_changed(model: Any, row: Any) -> None:
    """Every single column is refused, and so is the ORM's way."""
    table = model._meta.db_table
    for field in model._meta.concrete_fields:
        refused(f'UPDATE "{table}" SET "{field.column}" = "{field.column}"')
    field = next(field for field in model._meta.concrete_fields if not field.primary_key)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.update(**{field.attname: sample(field)})


@MODELS
def test_a_row_cannot_be_removed(model: Any, row: Any) -> None:
    refused(f'DELETE FROM "{model._meta.db_table}"')
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model._base_manager.filter(pk=row.pk)._raw_delete(using="default")
    assert model._base_manager.filter(pk=row.pk).exists()


@MODELS
@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_the_table_cannot_be_emptied_at_once(model: Any) -> None:
    refused(f'TRUNCATE "{model._meta.db_table}" CASCADE')


@MODELS
def test_without_the_guard_the_same_statements_go_through(model: Any, row: Any) -> None:
    """The control: what refuses above is the guard, and nothing else."""
    with lifted_guards(), connection.cursor() as cursor:
        field = next(field for field in model._meta.concrete_fields if not field.primary_key)
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET "{field.column}" = "{field.column}"')
        assert cursor.rowcount == 1
