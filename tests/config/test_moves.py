"""The one door for status: every table sound, illegal moves refused, races lost politely."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models.base import ModelBase

from config.moves import BIRTH, MoveRefused, Moving, SomebodyWasFaster
from portal.models import Suggestion, SuggestionMove
from tests.factories import SuggestionFactory

LIVING = [model for model in apps.get_models() if issubclass(model, Moving)]
THREADS = 8


def test_every_record_with_a_life_is_looked_at() -> None:
    assert {"Suggestion", "Assignment", "Campaign", "Project", "Round"} <= {model.__name__ for model in LIVING}


@pytest.mark.parametrize("model", LIVING, ids=lambda model: model.__name__)
def test_every_status_can_be_reached_from_the_first(model: Any) -> None:
    reached = {str(model._meta.get_field("status").default)}
    while more := {row.target for row in model.MOVES.values() if row.sources & reached} - reached:
        reached |= more
    assert reached == set(model.Status.values)


@pytest.mark.parametrize("model", LIVING, ids=lambda model: model.__name__)
def test_no_verb_works_from_a_state_outside_its_table(model: Any, django_assert_num_queries: Any, db: None) -> None:
    for name, row in model.MOVES.items():
        for state in set(model.Status.values) - row.sources:
            record = model(pk=1, status=state)
            assert not record.can(name)
            with pytest.raises(MoveRefused) as refused:
                record._move(name)
            assert not isinstance(refused.value, SomebodyWasFaster)
            assert str(row.label) in str(refused.value)


@pytest.mark.parametrize("model", LIVING, ids=lambda model: model.__name__)
def test_status_is_in_no_form(model: Any) -> None:
    assert not model._meta.get_field("status").editable


def test_a_table_with_an_unknown_state_fails_the_system_check(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Suggestion.MOVES["accept"]._replace(target="nowhere")
    monkeypatch.setattr(Suggestion, "MOVES", Suggestion.MOVES | {"accept": row})
    assert [error.id for error in Suggestion.check()] == ["moves.E001"]


def test_a_life_begins_with_a_row_of_its_own(db: None) -> None:
    birth = SuggestionFactory().moves.get()
    assert (birth.verb, birth.old, birth.new) == (BIRTH, "", "received")


def test_whoever_read_an_older_status_is_told_so_and_writes_nothing(officer: Any) -> None:
    first = SuggestionFactory()
    second = Suggestion.objects.get(pk=first.pk)
    first.accept(officer)
    with pytest.raises(SomebodyWasFaster):
        second.refuse(officer, Suggestion.Refusal.UNCLEAR)
    second.refresh_from_db()
    assert second.status == Suggestion.Status.OPEN
    assert [move.verb for move in second.moves.all()] == [BIRTH, "accept"]


def test_a_save_from_an_open_form_does_not_undo_a_move(officer: Any) -> None:
    one = SuggestionFactory()
    opened = Suggestion.objects.get(pk=one.pk)
    one.accept(officer)
    opened.title = "改过的标题"
    opened.save()
    opened.refresh_from_db()
    assert (opened.title, opened.status) == ("改过的标题", Suggestion.Status.OPEN)


def test_naming_the_status_in_a_save_is_an_error(db: None) -> None:
    with pytest.raises(ValueError, match="moves only"):
        SuggestionFactory().save(update_fields=["status"])


@pytest.mark.parametrize("change", [lambda rows: rows.update(public_note="改"), lambda rows: rows.delete()])
def test_move_rows_cannot_be_changed_or_removed(change: Callable[[Any], Any], db: None) -> None:
    rows = SuggestionMove.objects.filter(pk=SuggestionFactory().moves.get().pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(rows)
    assert rows.get().public_note == ""


# --- races --------------------------------------------------------------------------------------
class Unguarded:
    """A manager whose compare-and-set compares nothing."""

    def __init__(self, manager: Any) -> None:
        self.manager = manager

    def filter(self, *, pk: int, status: str) -> Any:
        return self.manager.filter(pk=pk)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.manager, name)


def race(pk: int, officer: Any) -> list[str]:
    """Eight people who all read the same suggestion accept it at the same moment; what each was told."""
    together = threading.Barrier(THREADS)
    answers: list[str] = []

    def accept() -> None:
        try:
            one = Suggestion.objects.get(pk=pk)
            together.wait(timeout=20)
            one.accept(officer)
            answers.append("moved")
        except SomebodyWasFaster:
            answers.append("late")
        except Exception as trouble:
            answers.append(repr(trouble))
        finally:
            connection.close()

    threads = [threading.Thread(target=accept) for _n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers)


needs_postgres = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
    pytest.mark.django_db(transaction=True),
]


class TestEightAtOnce:
    pytestmark = needs_postgres

    def test_exactly_one_moves(self, officer: Any) -> None:
        one = SuggestionFactory()
        assert race(one.pk, officer) == ["late"] * (THREADS - 1) + ["moved"]
        assert one.moves.filter(verb="accept").count() == 1

    def test_without_the_guard_more_than_one_would(self, officer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        guarded: Any = ModelBase.__dict__["_base_manager"]

        def unguarded(cls: type[models.Model]) -> Any:
            manager = guarded.fget(cls)
            return Unguarded(manager) if cls is Suggestion else manager

        monkeypatch.setattr(ModelBase, "_base_manager", property(unguarded))
        one = SuggestionFactory()
        assert race(one.pk, officer).count("moved") > 1
        assert one.moves.filter(verb="accept").count() > 1
