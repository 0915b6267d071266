"""Five figures, counted by hand beside the code: what counts, what does not, and what happens at the edges of a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from home import metrics
from home.metrics import Year
from portal.models import Assignment, Campaign, Incoming, Suggestion, Verdict, bring_in
from tests.factories import AssignmentFactory, CampaignFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(year=2026, opens_on=date(2026, 11, 2))


@pytest.fixture
def year(campaign: Campaign) -> Year:
    found = Year.current(at=NOW)
    assert found is not None
    return found


def suggestion(campaign: Campaign, **facts: Any) -> Suggestion:
    return SuggestionFactory(campaign=campaign, **facts)


def assignment(due_on: date, done: datetime | None = None) -> Assignment:
    """An assignment with these dates, whatever its history."""
    one = AssignmentFactory(at=NOW - timedelta(days=15))
    facts = {"due_on": due_on, "done_at": done, "done_on": done and timezone.localdate(done)}
    Assignment.objects.filter(pk=one.pk).update(**facts)
    return one


def verdict(level: str, at: datetime, result: str = "") -> Suggestion:
    # Given on the record itself: what is tested is the count, not the way to a verdict.
    one = AssignmentFactory(answered=True)
    Verdict.objects.create(assignment=one, level=level, result=result, at=at)
    return one.suggestion


def second_verdict(one: Suggestion, level: str, at: datetime, result: str = "") -> None:
    again = Assignment.objects.hand_over(one, one.assignments.get().unit, by=None, again=True)
    Verdict.objects.create(assignment=again, level=level, result=result, at=at)


def evening(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


# --- the year -------------------------------------------------------------------------------------
def test_the_year_begins_when_the_campaign_opens_and_ends_today(year):
    assert (year.campaign.year, year.first, year.last) == (2026, date(2026, 11, 2), TODAY)


def test_a_year_ends_the_day_before_the_next_campaign_opens(campaign):
    CampaignFactory(year=2027, opens_on=date(2027, 11, 1))
    one = Year.of(campaign, Campaign.objects.public(), evening(date(2027, 11, 5), 9))
    assert one.last == date(2027, 10, 31)


def test_before_the_next_campaign_opens_the_figures_are_still_those_of_the_last_one(campaign):
    CampaignFactory(year=2027, opens_on=date(2027, 11, 1))
    assert Campaign.objects.current(evening(date(2027, 10, 20), 9)).year == 2027
    assert Year.current(at=evening(date(2027, 10, 20), 9)).campaign == campaign


def test_without_a_campaign_that_has_opened_there_is_no_year():
    CampaignFactory(year=2026, opens_on=date(2026, 12, 1))
    assert Year.current(at=NOW) is None


# --- 收到建议 -------------------------------------------------------------------------------------
def test_every_suggestion_of_the_campaign_is_received_whatever_became_of_it(campaign, year):
    suggestion(campaign)
    suggestion(campaign, not_accepted=True)
    suggestion(campaign, is_public=False)
    suggestion(campaign, merged=True)  # and the one it was merged into
    suggestion(CampaignFactory(year=2025, opens_on=date(2025, 11, 2)))
    figure = metrics.received(year)
    assert (figure.value, figure.detail) == (5, "")
    assert "2026年度" in figure.how and "导入的也算" in figure.how


def test_imported_suggestions_are_received_and_the_figure_says_how_many(campaign, year):
    suggestion(campaign)
    rows = [
        Incoming(reference=str(n), title="路灯不亮", body="半个月了", received_at=evening(date(2019, 3, 1), 9))
        for n in range(3)
    ]
    bring_in(rows, campaign=campaign, source="老平台")
    figure = metrics.received(year)
    assert figure.value == 4
    assert figure.detail == "其中导入 3 条"


# --- 已公开答复 -----------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["adopted", "referred", "deferred", "declined", "answered", "closed"])
def test_a_public_end_counts_as_answered(campaign, year, state):
    suggestion(campaign, **{state: True})
    assert metrics.answered(year).value == 1


@pytest.mark.parametrize("state", ["received", "not_accepted", "open", "proposed", "assigned", "reopened"])
def test_what_has_no_public_end_is_not_answered(campaign, year, state):
    suggestion(campaign, **{state: True})
    assert metrics.answered(year).value == 0


def test_a_merged_suggestion_is_answered_when_its_lead_is(campaign, year):
    one = suggestion(campaign, merged=True)
    assert metrics.answered(year).value == 0
    Suggestion.objects.filter(pk=one.lead.pk).update(status=Suggestion.Status.DECLINED)
    assert metrics.answered(year).value == 2


def test_answers_of_an_older_platform_do_not_count_and_are_told_apart(campaign, year):
    row = Incoming(
        reference="1", title="路灯不亮", body="半个月了", received_at=evening(date(2019, 3, 1), 9), reply="已修好。",
        replied_at=evening(date(2019, 3, 4), 9),
    )  # fmt: skip
    bring_in([row], campaign=campaign, source="老平台")
    figure = metrics.answered(year)
    assert figure.value == 0
    assert figure.detail == "另有 1 条带着原平台的答复"
    assert metrics.on_time_answers(year).value is None


# --- 按时答复率 -----------------------------------------------------------------------------------
def test_nothing_due_is_no_data_and_neither_nought_nor_a_hundred(year):
    figure = metrics.on_time_answers(year)
    assert (figure.value, figure.numerator, figure.denominator, figure.detail) == (None, 0, 0, "")


def test_an_answer_on_the_due_date_is_on_time_and_one_a_day_later_is_not(year):
    due = date(2026, 11, 16)
    assignment(due, evening(due, 23, 59))
    assignment(due, evening(due + timedelta(days=1), 0, 1))
    assignment(due)
    figure = metrics.on_time_answers(year)
    assert (figure.numerator, figure.denominator, figure.value) == (1, 3, Decimal("33.3"))
    assert figure.detail == "1 / 3 件"


def test_what_is_due_today_counts_from_tomorrow_on(year, campaign):
    assignment(TODAY)
    assert metrics.on_time_answers(year).denominator == 0
    tomorrow = Year.of(campaign, [campaign], NOW + timedelta(days=1))
    assert metrics.on_time_answers(tomorrow).denominator == 1


def test_only_what_falls_due_within_the_year_counts(year):
    assignment(date(2026, 11, 1), evening(date(2026, 11, 1), 9))
    assignment(date(2026, 11, 2), evening(date(2026, 11, 2), 9))
    assignment(date(2026, 11, 19), evening(date(2026, 11, 19), 9))
    assignment(date(2026, 11, 25), evening(date(2026, 11, 18), 9))
    assert metrics.on_time_answers(year).denominator == 2


# --- 满意率 ---------------------------------------------------------------------------------------
def test_no_verdict_is_no_data(year):
    assert metrics.satisfaction(year).value is None


def test_basically_satisfied_counts_as_satisfied(year):
    for level in ("satisfied", "basically", "dissatisfied"):
        verdict(level, NOW)
    figure = metrics.satisfaction(year)
    assert (figure.numerator, figure.denominator, figure.value) == (2, 3, Decimal("66.7"))


def test_of_a_suggestion_that_was_reopened_the_last_verdict_counts_once(year):
    one = verdict("dissatisfied", evening(date(2026, 11, 5), 9), "unsolved")
    verdict("basically", NOW, "partly")
    second_verdict(one, "satisfied", NOW, "solved")
    figure = metrics.satisfaction(year)
    assert (figure.numerator, figure.denominator, figure.value) == (2, 2, Decimal("100.0"))
    assert figure.detail == "2 / 2 件；已解决 1，部分解决 1，未解决 0"
    assert "只算最后一次评价" in figure.how


def test_a_verdict_after_the_year_does_not_change_the_year(campaign, year):
    one = verdict("dissatisfied", NOW, "unsolved")
    second_verdict(one, "satisfied", evening(TODAY + timedelta(days=3), 9), "solved")
    figure = metrics.satisfaction(year)
    assert (figure.numerator, figure.denominator) == (0, 1)


def test_the_day_of_a_verdict_is_a_day_in_shanghai(year):
    """Half past midnight on the first day is still the day before in UTC."""
    verdict("satisfied", evening(date(2026, 11, 2), 0, 30))
    verdict("satisfied", evening(date(2026, 11, 1), 23, 59))
    verdict("satisfied", evening(TODAY, 23, 59))
    verdict("satisfied", evening(TODAY + timedelta(days=1), 0, 0))
    assert metrics.satisfaction(year).denominator == 2


# --- 还没有回音 -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "waits"),
    [("received", 0), ("not_accepted", 0), ("open", 1), ("proposed", 1), ("assigned", 1), ("answered", 0), ("reopened", 1),
     ("closed", 0), ("adopted", 0), ("declined", 0)],
)  # fmt: skip
def test_accepted_and_without_an_end_is_unanswered(campaign, year, state, waits):
    suggestion(campaign, **{state: True})
    assert metrics.unanswered(year).value == waits


def test_the_oldest_is_counted_in_calendar_days_of_shanghai_and_in_every_year(campaign, year):
    old = CampaignFactory(year=2025, opens_on=date(2025, 11, 2))
    suggestion(campaign, open=True, received_at=NOW - timedelta(days=3))
    suggestion(old, open=True, received_at=evening(TODAY - timedelta(days=40), 0, 30))
    figure = metrics.unanswered(year)
    assert figure.value == 2
    assert figure.detail == "最久的一条 40 天"


def test_nobody_waiting_is_nought_without_an_age(year):
    figure = metrics.unanswered(year)
    assert (figure.value, figure.detail) == (0, "")


# --- all of them ----------------------------------------------------------------------------------
def test_all_five_figures_cost_one_query_and_agree_with_each_alone(campaign, year, django_assert_num_queries):
    for state in ("open", "adopted", "closed", "assigned"):
        suggestion(campaign, **{state: True})
    assignment(date(2026, 11, 16), evening(date(2026, 11, 16), 9))
    with django_assert_num_queries(1):
        together = metrics.figures(year)
    alone = [
        metrics.received(year), metrics.answered(year), metrics.on_time_answers(year), metrics.satisfaction(year),
        metrics.unanswered(year),
    ]  # fmt: skip
    assert together == alone
    assert [figure.label for figure in together] == ["收到建议", "已公开答复", "按时答复率", "满意率", "还没有回音"]


def test_each_figure_alone_costs_one_query(year, django_assert_num_queries):
    for function in (
        metrics.received,
        metrics.answered,
        metrics.on_time_answers,
        metrics.satisfaction,
        metrics.unanswered,
    ):
        with django_assert_num_queries(1):
            function(year)


def test_every_figure_says_how_it_is_counted(year):
    for figure in metrics.figures(year):
        assert len(figure.how) > 20
        assert ("÷" in figure.how) == (figure.unit == "%")


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 0, None),
        (0, 7, "0.0"),
        (7, 7, "100.0"),
        (1, 8, "12.5"),
        (1, 2000, "0.1"),
        (1999, 2000, "99.9"),
        (628, 664, "94.6"),
    ],
)
def test_a_rate_is_never_rounded_to_none_or_all(part, whole, percent):
    assert metrics._percent(part, whole) == (None if percent is None else Decimal(percent))
