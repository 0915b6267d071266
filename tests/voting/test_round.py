"""Rounds: what may be scored, by whom, until when, and what comes of the sheets."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from config.moves import MoveRefused
from portal.models import Notice
from projects.models import Project
from tests.cast import person
from tests.factories import (
    CitizenFactory,
    MonitorFactory,
    ProjectFactory,
    RoundFactory,
    SheetFactory,
    SuggestionFactory,
)
from voting.models import Round, Sheet
from voting.models.round import RoundQuerySet
from voting.standings import progress, ranked, standings
from voting.tasks import close_due_rounds

pytestmark = pytest.mark.django_db


def draft(projects: Any, **facts: Any) -> Round:
    now = timezone.now()
    dates = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(days=1)}
    return Round.objects.draft(by=person("officer"), projects=projects, title="结题打分", year=2026, **dates | facts)


def scored(*figures: int, more: int = 0) -> Any:
    """The entry of an open round with one sheet per figure, and `more` monitors who hand in none."""
    entry = RoundFactory(open=True).entries.get()
    for figure in figures:
        SheetFactory(entry=entry, points=figure)
    MonitorFactory.create_batch(more)
    return entry


def closed(entry: Any) -> Any:
    """The result after closing."""
    entry.round.close(at=entry.round.closes_at)
    entry.refresh_from_db()
    return entry.latest_result


# --- preparing ----------------------------------------------------------------------------------
def test_a_new_round_has_the_usual_criteria_and_an_address_of_its_own() -> None:
    first, second = draft([ProjectFactory(concluded=True)]), draft([])
    assert [(c.name, c.weight) for c in first.criteria.all()] == [
        ("办成了没有", 40), ("群众方便了没有", 40), ("能不能长久", 20)
    ]  # fmt: skip
    assert (first.slug, second.slug) == ("2026", "2026-2")
    assert not Round.objects.public().exists()


def test_only_concluded_projects_that_are_in_no_other_running_round_are_scored() -> None:
    project = ProjectFactory(concluded=True)
    with pytest.raises(MoveRefused, match="还没有结题"):
        draft([ProjectFactory(active=True)])
    draft([project])
    with pytest.raises(MoveRefused, match="已经在另一轮"):
        draft([project])


def test_projects_are_fixed_once_scoring_has_begun() -> None:
    one = RoundFactory(open=True)
    with pytest.raises(MoveRefused, match="项目不能再变"):
        one.set_projects([])
    assert one.entries.count() == 1


def test_a_round_does_not_open_without_projects_or_with_weights_that_do_not_add_up_or_too_late() -> None:
    with pytest.raises(MoveRefused, match="至少一个已结题的项目"):
        draft([]).open(person("officer"))
    one = draft([ProjectFactory(concluded=True)])
    one.criteria.filter(position=0).update(weight=39)
    with pytest.raises(MoveRefused, match="等于 100"):
        one.open(person("officer"))
    one.criteria.filter(position=0).update(weight=40)
    with pytest.raises(MoveRefused, match="截止时间已经过了"):
        one.open(person("officer"), at=one.closes_at)


def test_opening_tells_the_monitors_who_may_score() -> None:
    may, ends_before = MonitorFactory(), MonitorFactory(term_to=timezone.localdate())
    one = RoundFactory(open=True)
    told = set(Notice.objects.filter(text__contains=one.title).values_list("user", flat=True))
    assert may.user_id in told and ends_before.user_id not in told


# --- the window ---------------------------------------------------------------------------------
def points(entry: Any, figure: int = 80) -> dict[int, int]:
    return {criterion.pk: figure for criterion in entry.round.criteria.all()}


@pytest.mark.parametrize("days", [-3, 3])
def test_the_databases_clock_decides_and_not_the_web_servers(days: int) -> None:
    """A web server whose clock is three days off neither shuts a monitor out, nor lets one in, nor closes early."""
    entry, monitor = RoundFactory(open=True).entries.get(), MonitorFactory()
    past, future = RoundFactory(open=True).entries.get(), RoundFactory(open=True).entries.get()
    now = timezone.now()
    Round.objects.filter(pk=past.round_id).update(closes_at=now - timedelta(seconds=5))
    Round.objects.filter(pk=future.round_id).update(opens_at=now + timedelta(hours=5))
    with time_machine.travel(now + timedelta(days=days)):
        entry.submit(monitor, points(entry))
        for shut in (past, future):
            with pytest.raises(MoveRefused, match="不在开放时间内"):
                shut.submit(monitor, points(shut))
        with pytest.raises(MoveRefused, match="还没有到截止时间"):
            entry.round.close()
        assert close_due_rounds() == 1
    past.round.refresh_from_db()
    assert past.round.status == Round.Status.CLOSED


@pytest.mark.parametrize("state", ["drafted", "closed", "published"])
def test_a_round_that_is_not_open_takes_no_sheet(state: str) -> None:
    entry = RoundFactory(**{state: True}).entries.get()
    with pytest.raises(MoveRefused, match="不在开放时间内"):
        entry.submit(MonitorFactory(), points(entry))


def test_who_is_not_serving_when_the_round_closes_does_not_score() -> None:
    entry = RoundFactory(open=True).entries.get()
    for monitor in (MonitorFactory(ended=True), MonitorFactory(term_to=timezone.localdate())):
        with pytest.raises(MoveRefused, match="任期"):
            entry.submit(monitor, points(entry))


def test_who_has_an_interest_does_not_score(reference: Any) -> None:
    entry = RoundFactory(open=True).entries.get()
    with pytest.raises(MoveRefused, match="按规定回避"):
        entry.submit(MonitorFactory(employer=entry.project.lead_unit), points(entry))


def test_half_a_sheet_is_refused_and_leaves_nothing() -> None:
    entry = RoundFactory(open=True).entries.get()
    half = dict(list(points(entry).items())[:2])
    with pytest.raises(MoveRefused, match="全部打完"):
        entry.submit(MonitorFactory(), half)
    assert not Sheet.objects.exists()


def test_a_sheet_can_be_replaced_until_the_end_and_the_last_one_counts() -> None:
    entry = scored(80, 80, 80, 80)
    monitor = MonitorFactory()
    for figure in (0, 100, 80):
        entry.submit(monitor, points(entry, figure))
    assert list(entry.sheets.filter(monitor=monitor).values_list("version", flat=True)) == [1, 2, 3]
    result = closed(entry)
    assert (result.n, result.score, result.tiers()) == (
        5, Decimal("80.00"), [("优秀", 0), ("良好", 5), ("一般", 0), ("较差", 0)]
    )  # fmt: skip


# --- the result ---------------------------------------------------------------------------------
def test_five_of_eight_are_rated_and_five_of_nine_are_not() -> None:
    rated, missed = closed(scored(60, 70, 80, 90, 100, more=3)), None
    assert (rated.score, rated.tier, rated.n, rated.eligible, rated.trimmed) == (
        Decimal("80.00"), "good", 5, 8, 1
    )  # fmt: skip
    MonitorFactory()
    missed = closed(_another_round(5))
    assert missed.score is None and not missed.tier and missed.tiers() == []
    assert "不到应打分 9 人的 60%" in missed.why_not_rated() and missed.summary().startswith("未评级")


def _another_round(sheets: int) -> Any:
    """A second round in which some of the monitors there are score."""
    from monitors.models import Monitor

    entry = RoundFactory(open=True).entries.get()
    for monitor in Monitor.objects.serving()[:sheets]:
        SheetFactory(entry=entry, monitor=monitor)
    return entry


def test_four_sheets_are_never_a_score_and_nothing_of_them_is_kept_in_the_result() -> None:
    result = closed(scored(95, 95, 95, 95))
    assert result.score is None and not result.criteria.exists() and result.excellent == 0
    assert "不足 5 张" in result.why_not_rated()


def test_a_recused_monitors_sheet_counts_neither_in_the_score_nor_in_the_quorum() -> None:
    entry = scored(70, 80, 80, 80, 90)
    interested = MonitorFactory()
    entry.submit(interested, points(entry, 0))
    interested.declare_recusal(entry.project, "施工单位是亲属开的", by=interested.user)
    result = closed(entry)
    assert (result.n, result.eligible, result.score) == (5, 5, Decimal("80.00"))


def test_all_ways_of_having_an_interest_lower_the_quorum_alike() -> None:
    entry = scored(80, 80, 80, 80, 80)
    author = CitizenFactory()
    entry.project.sources.add(SuggestionFactory(open=True, author=author))
    MonitorFactory(user=author)
    MonitorFactory(employer=entry.project.lead_unit)
    MonitorFactory(ended=True)
    assert closed(entry).eligible == 5


def test_computing_again_gives_the_stored_values_beside_the_first() -> None:
    entry = scored(61, 72, 83, 94, 55, 66)
    first = closed(entry)
    again = entry.compute()
    assert again.version == first.version + 1
    for name in ("score", "tier", "n", "eligible", "trimmed", "excellent", "good", "fair", "poor", "formula"):
        assert getattr(again, name) == getattr(first, name)
    assert list(again.criteria.values_list("criterion", "mean")) == list(
        first.criteria.values_list("criterion", "mean")
    )


def test_publishing_completes_the_projects_with_their_score() -> None:
    entry = scored(80, 80, 80, 80, 80)
    closed(entry)
    entry.round.publish(person("office_leader"))
    project = Project.objects.get(pk=entry.project_id)
    assert project.status == Project.Status.COMPLETED
    assert "得分 80.00，良好（有效打分 5 张）" in project.moves.latest("at").public_note


def test_closing_costs_no_more_per_project_when_there_are_many_monitors(
    django_assert_max_num_queries: Any,
) -> None:
    one = RoundFactory(open=True, sheets=6, projects=ProjectFactory.create_batch(2, concluded=True))
    with django_assert_max_num_queries(40):
        one.close(at=one.closes_at)


# --- standings ----------------------------------------------------------------------------------
def test_ties_share_a_rank_the_next_is_left_out_and_the_unrated_have_none() -> None:
    class Fake:
        def __init__(self, number: str, score: str | None) -> None:
            self.project, self.score = self, None if score is None else Decimal(score)
            self.number, self.is_rated = number, score is not None

    rows = [
        Fake("1", "80.00"),
        Fake("2", None),
        Fake("3", "91.00"),
        Fake("4", "80.00"),
        Fake("5", "79.99"),
        Fake("6", None),
    ]
    places = ranked((row, row) for row in rows)  # type: ignore[misc]
    assert [(place.entry.number, place.rank) for place in places] == [
        ("3", 1), ("1", 2), ("4", 2), ("5", 4), ("2", None), ("6", None)
    ]  # fmt: skip


def test_progress_counts_heads_and_neither_versions_nor_those_who_stand_aside() -> None:
    entry = scored(80, more=2)
    monitor = MonitorFactory()
    for figure in (70, 90):
        entry.submit(monitor, points(entry, figure))
    aside = MonitorFactory()
    entry.submit(aside, points(entry))
    aside.declare_recusal(entry.project, "亲属在施工单位", by=aside.user)
    assert [(row.handed_in, row.eligible) for row in progress(entry.round)] == [(2, 4)]


def test_the_ranking_costs_the_same_queries_for_one_project_and_for_three(django_assert_num_queries: Any) -> None:
    one = RoundFactory(published=True, sheets=5)
    three = RoundFactory(published=True, sheets=12, projects=ProjectFactory.create_batch(3, concluded=True))
    for round_, n in ((one, 1), (three, 3)):
        with django_assert_num_queries(4):
            assert len(standings(round_)) == n


# --- the last second ----------------------------------------------------------------------------
def counted_of_last_second() -> tuple[Any, int]:
    """Four sheets in good time; a fifth whose transaction begins in time and commits a second after closing. The entry
    and how many sheets its result counts."""
    entry, monitors = RoundFactory(open=True).entries.get(), MonitorFactory.create_batch(5)
    for monitor in monitors[:4]:
        entry.submit(monitor, points(entry))
    Round.objects.filter(pk=entry.round_id).update(closes_at=timezone.now() + timedelta(seconds=1))
    handed_in = threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                entry.submit(monitors[4], points(entry))
                handed_in.set()
                time.sleep(2)
        finally:
            connection.close()

    writer = threading.Thread(target=late)
    writer.start()
    handed_in.wait(5)
    while not close_due_rounds():
        time.sleep(0.1)
    counted = entry.latest_result.n
    writer.join()
    return entry, counted


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs writers that run at the same time")
@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "control without it"])
def test_a_sheet_handed_in_at_the_last_second_is_in_the_result(guarded: bool, monkeypatch: Any) -> None:
    """Closing waits for a sheet that was in time. Without the lock it would be accepted and not counted."""
    if not guarded:
        monkeypatch.setattr(RoundQuerySet, "select_for_update", lambda self: self.all())
    entry, counted = counted_of_last_second()
    assert entry.sheets.count() == 5
    assert counted == (5 if guarded else 4)
