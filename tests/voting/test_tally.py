"""The formula of the score: its promises as properties, its edges by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting import tally
from voting.tally import Tier

WEIGHTS = {1: 40, 2: 40, 3: 20}
points = st.integers(0, 100)
sheet = st.fixed_dictionaries({key: points for key in WEIGHTS})
sheets = st.lists(sheet, max_size=30)
quorate = st.lists(sheet, min_size=5, max_size=30)
CENT = Decimal("0.01")


def even(*totals: int) -> list[dict[int, int]]:
    """Sheets with the same points on every criterion, so that the total is that number."""
    return [dict.fromkeys(WEIGHTS, total) for total in totals]


def score_of(rows: list[dict[int, int]]) -> Decimal:
    score = tally.tally(rows, WEIGHTS, len(rows)).score
    assert score is not None
    return score


def totals_of(rows: list[dict[int, int]]) -> list[Decimal]:
    return sorted(tally.sheet_total(row, WEIGHTS) for row in rows)


# --- properties ---------------------------------------------------------------------------------
@given(st.data(), sheets, st.integers(0, 40))
def test_the_order_of_sheets_does_not_matter(data: st.DataObject, rows: list[dict[int, int]], more: int) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert tally.tally(shuffled, WEIGHTS, len(rows) + more) == tally.tally(rows, WEIGHTS, len(rows) + more)


@given(quorate)
def test_the_score_lies_among_the_sheets_that_were_kept(rows: list[dict[int, int]]) -> None:
    cut = tally.trim_count(len(rows))
    kept = totals_of(rows)[cut : len(rows) - cut]
    assert kept[0] <= score_of(rows) <= kept[-1]


@given(quorate, sheet, st.data())
def test_one_replaced_sheet_moves_the_score_no_further_than_the_others_allow(
    rows: list[dict[int, int]], hostile: dict[int, int], data: st.DataObject
) -> None:
    """Whatever one monitor does, the score stays where the other sheets that can be kept hold it."""
    at = data.draw(st.integers(0, len(rows) - 1))
    others = rows[:at] + rows[at + 1 :]
    n, cut = len(rows), tally.trim_count(len(rows))
    rest = totals_of(others)
    reach = rest[n - cut - 1] - rest[cut - 1]
    moved = abs(score_of([*others, hostile]) - score_of(rows))
    assert moved <= reach / (n - 2 * cut) + CENT  # two roundings of half a cent each


@given(quorate, st.data())
def test_raising_a_mark_never_lowers_the_score(rows: list[dict[int, int]], data: st.DataObject) -> None:
    at, key = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(sorted(WEIGHTS)))
    raised = [dict(row) for row in rows]
    raised[at][key] = data.draw(st.integers(rows[at][key], 100))
    before, after = tally.tally(rows, WEIGHTS, len(rows)), tally.tally(raised, WEIGHTS, len(rows))
    assert after.score is not None and before.score is not None
    assert after.score >= before.score
    assert all(after.means[key] >= before.means[key] for key in WEIGHTS)


@given(sheets, st.integers(0, 40))
def test_below_the_quorum_there_is_no_score_and_nothing_to_infer_sheets_from(
    rows: list[dict[int, int]], more: int
) -> None:
    eligible = len(rows) + more
    outcome = tally.tally(rows, WEIGHTS, eligible)
    enough = len(rows) >= 5 and 10 * len(rows) >= 6 * eligible
    assert (outcome.score is not None) is enough
    assert (outcome.n, outcome.eligible) == (len(rows), eligible)
    if not enough:
        assert (outcome.tier, outcome.means, outcome.tiers, outcome.trimmed) == (None, {}, {}, 0)


@given(quorate)
def test_every_sheet_is_in_one_tier(rows: list[dict[int, int]]) -> None:
    outcome = tally.tally(rows, WEIGHTS, len(rows))
    assert sum(outcome.tiers.values()) == len(rows)
    assert set(outcome.tiers) == {tier.value for tier in Tier}


@given(st.lists(st.integers(0, 100), min_size=5, max_size=40))
def test_it_agrees_with_fractions_worked_out_the_long_way(figures: list[int]) -> None:
    """The same rule written again without any of its code: integers until the last step."""
    kept = sorted(figures)
    for _ in range(1 if len(kept) < 10 else len(figures) // 10):
        kept = kept[1:-1]
    hundredths, rest = divmod(100 * sum(kept), len(kept))
    hundredths += 2 * rest >= len(kept)
    assert score_of(even(*figures)) == Decimal(hundredths) / 100


# --- by hand ------------------------------------------------------------------------------------
@pytest.mark.parametrize("n", [0, 1, 4])
def test_fewer_than_five_sheets_are_never_rated(n: int) -> None:
    assert tally.tally(even(*[95] * n), WEIGHTS, n).score is None


@pytest.mark.parametrize(
    ("n", "eligible", "rated"),
    [(5, 5, True), (5, 8, True), (5, 9, False), (6, 10, True), (6, 11, False), (9, 15, True), (9, 16, False)],
)
def test_sixty_per_cent_of_those_who_may_score_is_enough_and_less_is_not(n: int, eligible: int, rated: bool) -> None:
    assert (tally.tally(even(*[80] * n), WEIGHTS, eligible).score is not None) is rated


@pytest.mark.parametrize(("n", "cut"), [(5, 1), (9, 1), (10, 1), (19, 1), (20, 2), (29, 2), (30, 3), (100, 10)])
def test_how_many_sheets_are_left_out_at_each_end(n: int, cut: int) -> None:
    assert tally.trim_count(n) == cut


def test_five_sheets_drop_the_highest_and_the_lowest() -> None:
    outcome = tally.tally(even(0, 70, 80, 90, 100), WEIGHTS, 5)
    assert (outcome.score, outcome.tier, outcome.trimmed) == (Decimal("80.00"), Tier.GOOD, 1)


def test_nine_sheets_still_drop_only_one_each() -> None:
    assert score_of(even(0, 0, 60, 70, 80, 90, 100, 100, 100)) == Decimal("71.43")  # 500 over 7


def test_twenty_sheets_drop_two_each() -> None:
    assert score_of(even(*[0] * 2, *[80] * 16, *[100] * 2)) == Decimal("80.00")


def test_a_half_is_rounded_up_and_not_to_even() -> None:
    """641 over 8 is 80.125, which banker's rounding would make 80.12."""
    assert score_of(even(0, *[80] * 7, 81, 100)) == Decimal("80.13")


def test_a_total_is_the_weighted_sum() -> None:
    assert tally.sheet_total({1: 84, 2: 91, 3: 67}, WEIGHTS) == Decimal("83.4")


def test_means_per_criterion_use_every_sheet_and_trimming_is_by_totals() -> None:
    rows = [{1: 100, 2: 0, 3: 0}, {1: 0, 2: 100, 3: 0}, *even(50, 50, 50)]
    outcome = tally.tally(rows, WEIGHTS, 5)
    assert outcome.means == {1: Decimal("50.00"), 2: Decimal("50.00"), 3: Decimal("30.00")}
    assert outcome.score == Decimal("46.67")  # of 40, 40, 50, 50, 50 one at each end is left out


@pytest.mark.parametrize(
    ("figure", "tier"),
    [("100", Tier.EXCELLENT), ("90", Tier.EXCELLENT), ("89.99", Tier.GOOD), ("75", Tier.GOOD), ("74.99", Tier.FAIR),
     ("60", Tier.FAIR), ("59.99", Tier.POOR), ("0", Tier.POOR)],
)  # fmt: skip
def test_tiers_begin_where_the_rules_say(figure: str, tier: Tier) -> None:
    assert tally.tier_of(Decimal(figure)) is tier


def test_the_ranges_on_the_score_sheet_meet_without_a_gap() -> None:
    covered = [point for _tier, low, high in tally.tier_ranges() for point in range(low, high + 1)]
    assert sorted(covered) == list(range(101))
    assert all(tally.tier_of(low) is tally.tier_of(high) is tier for tier, low, high in tally.tier_ranges())


def test_the_published_words_of_the_present_formula_state_its_figures() -> None:
    words = str(tally.IN_WORDS[tally.FORMULA])
    assert f"{tally.MIN_SHEETS} 张" in words and f"{int(tally.MIN_SHARE * 100)}%" in words
    assert all(f"{low} 分起为{tier.label}" in words for tier, low in tally.TIER_FROM.items() if low)
