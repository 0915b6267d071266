"""The working-day calendar, against the State Council's notices read by hand and against the source."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.workdays import WorkCalendar, announced_years, holiday_name, official_days

DAYS = list(official_days())
CALENDAR = WorkCalendar.from_days((day, is_workday) for day, is_workday, _ in DAYS)
FIRST, LAST = date(2017, 1, 1), date(2026, 12, 31)

dates = st.dates(date(2017, 3, 1), date(2026, 10, 31))  # room for 40 working days on both sides
counts = st.integers(0, 40)
many = settings(max_examples=2000, deadline=None)


def every_day(first: date = FIRST, last: date = LAST) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# The source


def test_every_day_of_ten_years_agrees_with_the_source():
    wrong = [day for day in every_day() if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


def test_official_days_come_once_each_in_order_from_2017_on():
    days = [day for day, _, _ in DAYS]
    assert days == sorted(set(days))
    assert days[0] == date(2017, 1, 1)
    assert {day.year for day in days} >= set(range(2017, 2027))


def test_official_days_hold_only_what_a_notice_says():
    for day, is_workday, _ in DAYS:
        if is_workday:
            assert day.weekday() >= 5, f"{day} is a workday anyway"


def test_a_holiday_on_a_weekend_is_listed_too():
    assert (date(2026, 10, 3), False, "国庆节") in DAYS  # a Saturday


def test_names_are_those_of_the_notice():
    names = {day: name for day, _, name in DAYS}
    assert names[date(2026, 1, 1)] == "元旦"
    assert names[date(2026, 4, 5)] == "清明节"
    assert names[date(2026, 6, 19)] == "端午节"
    assert names[date(2026, 9, 25)] == "中秋节"
    assert names[date(2026, 10, 10)] == "国庆节调休"
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in names.values())


def test_an_extraordinary_holiday_keeps_its_own_name():
    assert holiday_name("Anti-Fascist 70th Day").startswith("中国人民抗日战争")


# Single days, by hand


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
        date(2020, 1, 19),
        date(2023, 1, 28),
        date(2024, 2, 4),
    ],
)
def test_make_up_days_on_a_weekend_are_workdays(day: date):
    assert day.weekday() >= 5
    assert CALENDAR.is_workday(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 2),  # 元旦, a Friday
        date(2026, 2, 16),  # 除夕, a Monday
        date(2026, 2, 23),  # last day of 春节, a Monday
        date(2026, 4, 6),  # 清明, a Monday
        date(2026, 5, 5),  # 劳动节, a Tuesday
        date(2026, 6, 19),  # 端午, a Friday
        date(2026, 9, 25),  # 中秋, a Friday
        date(2026, 10, 7),  # 国庆, a Wednesday
        date(2020, 1, 31),  # 春节 2020, extended after the first notice
    ],
)
def test_holidays_on_a_weekday_are_days_off(day: date):
    assert day.weekday() < 5
    assert not CALENDAR.is_workday(day)


def test_an_ordinary_week():
    monday = date(2026, 11, 16)
    assert [CALENDAR.is_workday(monday + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


# 国庆: 1 to 7 October 2026 off, Saturday the 10th and Sunday 20 September worked


def test_the_working_day_after_30_september_is_8_october():
    assert CALENDAR.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CALENDAR.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)


def test_counting_across_national_day_takes_the_worked_saturday_in():
    # 8, 9, 10 (Saturday, worked), 12, 13, 14, 15 October
    assert CALENDAR.add(date(2026, 9, 30), 7) == date(2026, 10, 15)
    assert CALENDAR.count(date(2026, 9, 30), date(2026, 10, 15)) == 7


def test_counting_back_across_national_day():
    assert CALENDAR.subtract(date(2026, 10, 8), 1) == date(2026, 9, 30)
    assert CALENDAR.previous_workday(date(2026, 10, 7)) == date(2026, 9, 30)


def test_two_holidays_in_one_autumn():
    # 24 Sep (Thu) → 28, 29, 30 Sep, 8 Oct: 中秋 25–27 Sep and 国庆 lie between
    assert CALENDAR.add(date(2026, 9, 24), 4) == date(2026, 10, 8)


def test_national_day_of_other_years():
    assert CALENDAR.add(date(2025, 9, 30), 1) == date(2025, 10, 9)  # off: 1 to 8 October
    assert CALENDAR.add(date(2023, 9, 28), 1) == date(2023, 10, 7)  # off: 29 September to 6
    assert CALENDAR.add(date(2024, 9, 30), 1) == date(2024, 10, 8)


# 春节: 15 to 23 February 2026 off, Saturdays the 14th and 28th worked


def test_seven_working_days_handed_over_before_spring_festival():
    # 13 Feb (Fri) → 14 (Sat, worked), 24, 25, 26, 27, 28 (Sat, worked), 2 March
    assert CALENDAR.add(date(2026, 2, 13), 7) == date(2026, 3, 2)


def test_fifteen_working_days_over_spring_festival():
    # 11 Feb → 12, 13, 14, 24–28 (8 days), 2–6 March (13), 9, 10 March
    assert CALENDAR.add(date(2026, 2, 11), 15) == date(2026, 3, 10)


def test_handed_over_during_the_holiday_counts_from_its_end():
    assert CALENDAR.add(date(2026, 2, 18), 1) == date(2026, 2, 24)


# Yellow


def test_yellow_begins_on_the_third_working_day_before_the_due_date():
    assert CALENDAR.warn_on(date(2026, 11, 20)) == date(2026, 11, 17)  # Friday: Tuesday
    assert CALENDAR.warn_on(date(2026, 11, 16)) == date(2026, 11, 11)  # Monday: Wednesday before


def test_yellow_over_a_holiday_begins_before_it():
    # before 9 October: 8 October, 30 and 29 September
    assert CALENDAR.warn_on(date(2026, 10, 9)) == date(2026, 9, 29)


def test_yellow_leaves_three_working_days_and_the_due_date():
    for due in every_day(date(2025, 6, 1), date(2026, 6, 1)):
        if CALENDAR.is_workday(due):
            assert CALENDAR.count(CALENDAR.warn_on(due), due) == 3


# Nothing, negatives, wrong types


def test_zero_days_moves_off_a_rest_day_only():
    workday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert CALENDAR.add(workday, 0) == CALENDAR.subtract(workday, 0) == workday
    assert CALENDAR.add(saturday, 0) == date(2026, 11, 23)
    assert CALENDAR.subtract(saturday, 0) == workday


@pytest.mark.parametrize("method", ["add", "subtract"])
def test_a_negative_number_of_days_is_refused(method: str):
    with pytest.raises(ValueError, match="negative"):
        getattr(CALENDAR, method)(date(2026, 11, 20), -1)


def test_a_moment_is_refused_rather_than_read_as_an_ordinary_day():
    with pytest.raises(TypeError, match="datetime"):
        CALENDAR.is_workday(datetime(2026, 10, 1, 9, 0))


def test_count_of_the_same_day_is_zero_and_of_a_rest_week_too():
    assert CALENDAR.count(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert CALENDAR.count(date(2026, 9, 30), date(2026, 10, 7)) == 0


def test_count_of_an_overdue_day_is_negative():
    assert CALENDAR.count(date(2026, 10, 9), date(2026, 9, 30)) == -2


def test_the_working_days_of_a_whole_year():
    # 261 weekdays less 18 weekdays of holiday, plus 5 make-up days
    assert CALENDAR.count(date(2024, 12, 31), date(2025, 12, 31)) == 248


# Promises for all days


@many
@given(dates, counts)
def test_no_deadline_lands_on_a_rest_day(day: date, n: int):
    assert CALENDAR.is_workday(CALENDAR.add(day, n))
    assert CALENDAR.is_workday(CALENDAR.subtract(day, n))


@many
@given(dates, counts)
def test_adding_and_taking_away_meet_again(day: date, n: int):
    workday = CALENDAR.next_workday(day)
    assert CALENDAR.subtract(CALENDAR.add(workday, n), n) == workday
    assert CALENDAR.add(CALENDAR.subtract(workday, n), n) == workday


@many
@given(dates, dates, counts)
def test_a_later_start_never_gives_an_earlier_deadline(one: date, other: date, n: int):
    early, late = sorted((one, other))
    assert CALENDAR.add(early, n) <= CALENDAR.add(late, n)
    assert CALENDAR.subtract(early, n) <= CALENDAR.subtract(late, n)


@many
@given(dates, st.integers(1, 40))
def test_one_more_day_is_always_later(day: date, n: int):
    deadlines = [CALENDAR.add(day, k) for k in range(1, n + 1)]
    assert day < deadlines[0]
    assert all(earlier < later for earlier, later in pairwise(deadlines))


@many
@given(dates, st.integers(1, 40))
def test_counting_agrees_with_adding(day: date, n: int):
    due = CALENDAR.add(day, n)
    assert CALENDAR.count(day, due) == n
    assert CALENDAR.count(due, day) == -n


@settings(max_examples=300, deadline=None)
@given(dates, dates, dates)
def test_stretches_add_up(a: date, b: date, c: date):
    assert CALENDAR.count(a, b) + CALENDAR.count(b, c) == CALENDAR.count(a, c)


# Years that nobody has announced


def test_a_year_without_data_is_provisional():
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(max(CALENDAR.years) + 1, 1, 4))
    assert CALENDAR.is_provisional(date(2016, 12, 31))


def test_a_deadline_that_crosses_into_an_unknown_year_is_provisional():
    last = max(CALENDAR.years)
    received = date(last, 12, 28)
    due = CALENDAR.add(received, 15)
    assert due.year == last + 1
    assert CALENDAR.is_provisional(received, due)


def test_an_unknown_year_still_knows_its_weekends():
    calendar = WorkCalendar.from_days([])
    assert calendar.years == frozenset()
    assert calendar.add(date(2030, 9, 30), 1) == date(2030, 10, 1)  # not announced, so not known
    assert calendar.add(date(2030, 9, 27), 1) == date(2030, 9, 30)  # Friday to Monday
    assert calendar.is_provisional(date(2030, 10, 1))


def test_the_announced_years_run_without_a_gap():
    assert sorted(CALENDAR.years) == list(range(2017, max(CALENDAR.years) + 1))


def test_half_a_notice_does_not_announce_a_year():
    new_year, national_day = date(2027, 1, 1), date(2027, 10, 1)
    assert announced_years({new_year: False}) == frozenset()
    assert announced_years({new_year: False, national_day: True}) == frozenset()
    assert announced_years({new_year: False, national_day: False}) == {2027}


def test_a_new_notice_moves_a_deadline():
    provisional = CALENDAR.add(date(2026, 12, 31), 1)
    assert provisional == date(2027, 1, 1)
    notice = {**CALENDAR.exceptions, date(2027, 1, 1): False, date(2027, 10, 1): False}
    announced = WorkCalendar.from_days(notice.items())
    assert announced.add(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert not announced.is_provisional(date(2027, 1, 4))


# A calendar is a value


def test_a_calendar_does_not_change_under_its_reader():
    days = {date(2026, 11, 20): False}
    calendar = WorkCalendar(days, frozenset({2026}))
    days[date(2026, 11, 19)] = False
    assert calendar.is_workday(date(2026, 11, 19))
    with pytest.raises(TypeError):
        calendar.exceptions[date(2026, 11, 20)] = True  # type: ignore[index]
    assert calendar == WorkCalendar({date(2026, 11, 20): False}, frozenset({2026}))
    assert hash(calendar) == hash(WorkCalendar({date(2026, 11, 20): False}, frozenset({2026})))
