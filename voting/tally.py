"""How a result is computed from score sheets: weighted totals, quorum, trimmed mean, tiers. Pure; no database.

Rules (formula 2026.1): points 0…100 per criterion, weights in percent; a sheet's total is the weighted sum.
Quorum: at least 5 valid sheets and at least 60 % of the monitors who may score. With 5 to 9 sheets the highest and
the lowest total are left out, from 10 on a tenth (rounded down) at each end. Means are rounded half up, two places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

FORMULA = "2026.1"
MIN_SHEETS = 5
MIN_SHARE = Decimal("0.6")
CENT = Decimal("0.01")


class Tier(models.TextChoices):
    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    FAIR = "fair", _("一般")
    POOR = "poor", _("较差")


# What each version of the formula does, for the public. A version's words never change once results carry it.
IN_WORDS = {
    "2026.1": _(
        "每张打分表按各项标准的权重加总，得 0 到 100 分。有效打分至少 5 张，并且不少于应打分人数的 60%，才评级；"
        "不够的列为未评级，不算 0 分。5 到 9 张，去掉一个最高、一个最低；10 张起，两端各去掉一成，不满一张的不去。"
        "其余求平均，四舍五入到两位小数。90 分起为优秀，75 分起为良好，60 分起为一般，以下为较差。"
        "回避的监督员不打分，也不算进应打分人数。各项标准的平均分按全部有效打分计算。"
    )
}


TIER_FROM = {Tier.EXCELLENT: 90, Tier.GOOD: 75, Tier.FAIR: 60, Tier.POOR: 0}


def tier_of(points: Decimal | int) -> Tier:
    """The tier of a score of 0…100."""
    return next(tier for tier, least in TIER_FROM.items() if points >= least)


def tier_ranges() -> list[tuple[Tier, int, int]]:
    """Each tier with its lowest and highest whole point, best first."""
    ranges, high = [], 100
    for tier, low in TIER_FROM.items():
        ranges.append((tier, low, high))
        high = low - 1
    return ranges


def sheet_total(marks: Mapping[int, int], weights: Mapping[int, int]) -> Decimal:
    """The weighted total of one sheet, 0…100, exact to two places."""
    return sum((Decimal(points) * weights[pk] for pk, points in marks.items()), Decimal(0)) / 100


def trim_count(n: int) -> int:
    """How many totals are left out at each end."""
    return n // 10 if n >= 10 else 1


def _mean(values: Sequence[Decimal]) -> Decimal:
    return (sum(values, Decimal(0)) / len(values)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Outcome:
    """`score` and `tier` are None when the quorum was missed: not rated, which is not zero."""

    n: int
    eligible: int
    trimmed: int
    score: Decimal | None
    tier: Tier | None
    means: dict[int, Decimal]
    tiers: dict[str, int]


def has_quorum(n: int, eligible: int) -> bool:
    return n >= MIN_SHEETS and n >= MIN_SHARE * eligible


def tally(sheets: Sequence[Mapping[int, int]], weights: Mapping[int, int], eligible: int) -> Outcome:
    """The outcome of one project. `sheets`: one mapping of criterion key → points per monitor; `eligible`: how many
    monitors might have scored it."""
    n = len(sheets)
    totals = sorted(sheet_total(marks, weights) for marks in sheets)
    if not has_quorum(n, eligible):
        return Outcome(n, eligible, 0, None, None, {}, {})
    cut = trim_count(n)
    score = _mean(totals[cut : n - cut])
    means = {pk: _mean([Decimal(marks[pk]) for marks in sheets]) for pk in weights}
    tiers = {tier.value: sum(1 for total in totals if tier_of(total) is tier) for tier in Tier}
    return Outcome(n, eligible, cut, score, tier_of(score), means, tiers)
