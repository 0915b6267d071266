"""Eight clients at the same moment: as many rows as voters, and a control that shows what the constraint is for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.factories import CitizenFactory, SuggestionFactory
from voting.models import Support
from voting.tasks import recount

CLIENTS, VOTERS = 8, 200

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs writers that run at the same time"),
]


def released_together(vote: Callable[[Any], Any], voters: list[Any]) -> list[Any]:
    """Every client votes for every voter; for each voter all of them are let go at once. The answers."""
    gate, answers, lock = threading.Barrier(CLIENTS), [], threading.Lock()

    def client() -> None:
        try:
            for voter in voters:
                gate.wait()
                answer = vote(voter)
                with lock:
                    answers.append(answer)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_every_voter_is_counted_exactly_once() -> None:
    suggestion, voters = SuggestionFactory(open=True), CitizenFactory.create_batch(VOTERS)
    answers = released_together(lambda voter: Support.objects.give(suggestion, voter), voters)
    assert len(answers) == CLIENTS * VOTERS
    assert answers.count(True) == VOTERS
    assert Support.objects.values("person_tag").distinct().count() == Support.objects.count() == VOTERS
    assert recount(suggestion.pk) == VOTERS


def test_looking_before_inserting_counts_some_of_them_twice() -> None:
    """The control: the same race on a table without the constraint."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE scratch_vote (voter integer NOT NULL)")
    try:
        released_together(_look_then_insert, list(range(VOTERS)))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT voter) FROM scratch_vote")
            rows, distinct = cursor.fetchone()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE scratch_vote")
    assert distinct == VOTERS
    assert rows > VOTERS


def _look_then_insert(voter: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM scratch_vote WHERE voter = %s", [voter])
        if cursor.fetchone() is None:
            cursor.execute("INSERT INTO scratch_vote VALUES (%s)", [voter])
