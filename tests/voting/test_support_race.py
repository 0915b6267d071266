"""Eight clients at the same moment: as many rows as people, and controls that show what each guard is for."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.utils import OperationalError

from config.append_only import guard_statements
from config.moves import MoveRefused
from portal.models import Notice, Suggestion
from tests.cast import person
from tests.factories import CitizenFactory, SuggestionFactory
from tests.ground import lifted_guards
from voting.models import Support
from voting.models.support import SupportManager
from voting.tasks import recount, recount_all

CLIENTS = 8
POSTGRES = connection.vendor == "postgresql"
VOTERS = 60 if POSTGRES else 12  # SQLite lets one writer in at a time
ONCE = next(one for one in Support._meta.constraints if one.name == "support_once")

pytestmark = [pytest.mark.django_db(transaction=True)]


def released_together(act: Callable[[int, Any], Any], rounds: list[Any]) -> list[Any]:
    """Every client acts in every round; in each all of them are let go at once. The answers."""
    gate, answers, lock = threading.Barrier(CLIENTS, timeout=120), [], threading.Lock()

    def client(number: int) -> None:
        try:
            for each in rounds:
                gate.wait()
                try:
                    answer = act(number, each)
                except MoveRefused:
                    answer = "refused"
                except OperationalError as error:
                    answer = error
                with lock:
                    answers.append(answer)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@contextmanager
def unguarded() -> Iterator[None]:
    """The table of supports without its constraint; put back, with its guard, when the rows are gone."""
    kept = Support._meta.constraints
    Support._meta.constraints = [one for one in kept if one is not ONCE]  # SQLite builds the table anew from these
    with connection.schema_editor() as editor:
        editor.remove_constraint(Support, ONCE)
    try:
        yield
    finally:
        Support._meta.constraints = kept
        with transaction.atomic(), _lifted(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM voting_support")
        with connection.schema_editor() as editor:
            editor.add_constraint(Support, ONCE)
        if not POSTGRES:  # SQLite has built the table anew, without its triggers
            with connection.cursor() as cursor:
                for sql in guard_statements("sqlite", "voting_support"):
                    cursor.execute(sql)


@contextmanager
def _lifted() -> Iterator[None]:
    if POSTGRES:
        with lifted_guards():
            yield
    else:  # lost with the table that was rebuilt
        yield


@pytest.fixture
def all_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst moment: nobody writes before everybody has seen that the person is not counted yet."""
    gate, look = threading.Barrier(CLIENTS, timeout=120), SupportManager.standpoint

    def looked(self: SupportManager, suggestion: Suggestion, user: Any) -> Any:
        seen = look(self, suggestion, user)
        gate.wait()
        return seen

    monkeypatch.setattr(SupportManager, "standpoint", looked)


@pytest.mark.usefixtures("all_look_first")
def test_every_voter_is_counted_exactly_once() -> None:
    suggestion, voters = SuggestionFactory(open=True), CitizenFactory.create_batch(VOTERS)
    answers = released_together(lambda _client, voter: Support.objects.give(suggestion, voter), voters)
    assert len(answers) == CLIENTS * VOTERS
    assert answers.count(True) == VOTERS and answers.count(False) == (CLIENTS - 1) * VOTERS
    assert Support.objects.values("person_tag").distinct().count() == Support.objects.count() == VOTERS
    assert recount(suggestion.pk) == VOTERS


@pytest.mark.usefixtures("all_look_first")
def test_without_the_constraint_some_are_counted_twice() -> None:
    """The control: the same race, the same code, and only the constraint missing."""
    suggestion, voters = SuggestionFactory(open=True), CitizenFactory.create_batch(VOTERS)
    with unguarded():
        released_together(lambda _client, voter: Support.objects.give(suggestion, voter), voters)
        rows, people = Support.objects.count(), Support.objects.values("person_tag").distinct().count()
    assert people == VOTERS
    assert rows > people


def test_supports_and_merges_at_once_count_each_person_once_and_lose_nothing() -> None:
    """People support whichever of four they come across, while the office merges and separates them."""
    officer, voters = person("officer"), CitizenFactory.create_batch(VOTERS // 2)
    made = [SuggestionFactory(open=True, phone=f"1370000000{n}") for n in range(4)]
    receipts = [(one.number, one.code, one.phone) for one in made]
    lead, *members = [one.pk for one in made]
    chance = [random.Random(client) for client in range(CLIENTS)]

    def act(client: int, voter: Any) -> Any:
        if client == 0:  # the office
            one = Suggestion.objects.get(pk=chance[0].choice(members))
            if one.lead_id:
                return one.unmerge(officer).verb
            return one.merge_into(Suggestion.objects.get(pk=lead), officer).verb
        one = Suggestion.objects.select_related("lead").get(pk=chance[client].choice([lead, *members]))
        return Support.objects.give(one, voter)

    answers = released_together(act, voters)
    assert not [one for one in answers if isinstance(one, Exception)]
    for one in Suggestion.objects.filter(pk__in=members, lead=None):
        one.merge_into(Suggestion.objects.get(pk=lead), officer)
    recount_all()
    assert Suggestion.objects.get(pk=lead).support_count == Support.objects.count_for(lead) == len(voters)
    rows = Support.objects.values("suggestion", "person_tag")
    assert rows.distinct().count() == rows.count()
    for number, code, phone in receipts:
        found = Suggestion.objects.by_receipt(number, code)
        assert found is not None and found.phone == phone
        moves = found.moves.filter(verb__in=("merge", "unmerge"))
        told = Notice.objects.filter(text__contains=number).count()
        assert told >= moves.count(), number  # each move of each author's is told
    for one in Suggestion.objects.filter(lead=lead):
        one.unmerge(officer)
    recount_all()
    for one in Suggestion.objects.filter(pk__in=[lead, *members]):
        assert one.support_count == one.supports.values("person_tag").distinct().count()


def one_of_many(client: int, group: list[int]) -> Any:
    """Client n merges the n-th of the group into the next one: a ring, if all had their way."""
    own, lead = group[client % len(group)], group[(client + 1) % len(group)]
    return Suggestion.objects.get(pk=own).merge_into(Suggestion.objects.get(pk=lead), None).verb


def chains() -> int:
    """Suggestions whose lead is itself merged into another."""
    return Suggestion.objects.filter(lead__lead__isnull=False).count()


def test_merging_in_a_ring_leaves_no_chain_and_nobody_waits_for_ever() -> None:
    rounds = [[SuggestionFactory(open=True).pk for _n in range(4)] for _round in range(6)]
    answers = released_together(one_of_many, rounds)
    assert not [one for one in answers if isinstance(one, Exception)]
    assert chains() == 0
    assert Suggestion.objects.exclude(lead=None).count() == answers.count("merge") >= len(rounds)


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES, reason="SQLite lets one writer in at a time, lock or no lock")
def test_without_the_lock_merges_make_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    rounds = [[SuggestionFactory(open=True).pk for _n in range(8)] for _round in range(12)]
    released_together(one_of_many, rounds)
    assert chains() > 0
