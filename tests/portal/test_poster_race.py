"""Eight phones at one poster in the same moment: every scan counts, and a control shows what would be lost."""

from __future__ import annotations

import threading

import pytest
from django.utils import timezone

from portal.models import Poster, PosterDay
from tests.factories import PosterFactory
from tests.voting.test_support_race import CLIENTS, released_together

pytestmark = [pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def test_every_scan_counts_however_many_come_at_once() -> None:
    one, today = PosterFactory(), timezone.localdate()
    answers = released_together(lambda _n, _round: Poster.objects.get(pk=one.pk).count_scan(today), list(range(ROUNDS)))
    assert answers == [None] * (CLIENTS * ROUNDS)
    assert PosterDay.objects.get().scans == CLIENTS * ROUNDS


def test_adding_up_in_python_would_lose_most_of_them() -> None:
    one, today = PosterFactory(), timezone.localdate()
    PosterDay.objects.create(poster=one, day=today)
    all_have_read = threading.Barrier(CLIENTS, timeout=60)

    def add_up(_n: int, _round: int) -> None:
        row = PosterDay.objects.get()
        all_have_read.wait()
        row.scans += 1
        row.save()

    released_together(add_up, [0])
    assert PosterDay.objects.get().scans == 1
