"""Groups of accepted suggestions that very probably say the same: merged, or told apart for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import similar
from portal.models import NotSame, Suggestion
from portal.office import clusters
from tests.factories import SuggestionFactory
from tests.factories.portal import propose
from tests.portal.test_screening import page_of
from tests.portal.test_work_screen import OTHER, SAME

pytestmark = pytest.mark.django_db
CLUSTERS = reverse("office:clusters")
Status = Suggestion.Status


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def three_alike() -> list[Suggestion]:
    """Three that say the same, and others that do not."""
    start = timezone.now() - timedelta(days=1)
    rows = [SuggestionFactory(open=True, received_at=start + timedelta(minutes=n), **SAME) for n in range(3)]
    SuggestionFactory(open=True, **OTHER)
    SuggestionFactory(**SAME)  # not accepted yet
    similar.catch_up()
    return rows


def shown(client: Client) -> list[list[str]]:
    return [group.numbers for group in client.get(CLUSTERS).context["groups"]]


def send(client: Client, rows: list[Suggestion], ticked: list[Suggestion], **data: Any) -> None:
    numbers = {"group": [one.number for one in rows], "pick": [one.number for one in ticked], "lead": rows[0].number}
    client.post(CLUSTERS, numbers | data)


def test_a_group_is_shown_once_with_its_oldest_as_lead(office: Client) -> None:
    rows = three_alike()
    assert shown(office) == [[one.number for one in rows]]


def test_the_ticked_are_merged_and_the_unticked_stay_apart_for_good(office: Client, officer: Any) -> None:
    rows = three_alike()
    send(office, rows, rows[:2])
    for one in rows:
        one.refresh_from_db()
    assert [one.status for one in rows] == [Status.OPEN, Status.MERGED, Status.OPEN]
    pair = NotSame.objects.get()
    assert (pair.first, pair.second, pair.by) == (rows[0], rows[2], officer)
    assert shown(office) == []
    assert office.get(page_of(rows[2])).context["likely"] is None, "nor on the screen of the one"


def test_all_can_be_told_apart(office: Client) -> None:
    rows = three_alike()
    for _twice in range(2):
        send(office, rows, rows, apart="1")
    assert NotSame.objects.count() == 3
    assert shown(office) == []
    assert Suggestion.objects.filter(status=Status.MERGED).count() == 0


def test_one_that_was_decided_meanwhile_stops_the_whole_group(office: Client) -> None:
    rows = three_alike()
    propose(rows[1], "adopt")
    send(office, rows, rows)
    assert Suggestion.objects.filter(status=Status.MERGED).count() == 0


def test_pages_go_on_where_the_last_one_ended(office: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(clusters, "SEEDS", 1)
    rows = three_alike()
    first = office.get(CLUSTERS)
    assert [group.numbers[0] for group in first.context["groups"]] == [rows[0].number]
    second = office.get(first.context["following"])
    assert second.context["groups"] == [] and second.context["following"]
