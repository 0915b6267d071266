"""Which suggestions may say the same: shared pairs of characters in title and body."""

from __future__ import annotations

import re
from typing import NamedTuple

from portal.models import Suggestion

WINDOW = 2000  # the newest of the campaign
BODY_READ = 300  # characters
SHOWN = 6
FLOOR = 0.12
_NOISE = re.compile(r"[\W_]+")


class Likeness(NamedTuple):
    suggestion: Suggestion
    score: float  # 0 to 1

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def may_lead(self) -> bool:
        """Whether others can be merged into it."""
        return self.suggestion.status not in (*Suggestion.HIDDEN, Suggestion.Status.MERGED)


def pairs(title: str, body: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a suggestion; the title counts as part of the text."""
    text = _NOISE.sub("", f"{title}{body[:BODY_READ]}".lower())
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: twice the pairs in common by all pairs of both."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0


def similar_to(suggestion: Suggestion, limit: int = SHOWN) -> list[Likeness]:
    """The most alike of the same campaign that were not refused, best first. Two queries."""
    own = pairs(suggestion.title, suggestion.body)
    rows = Suggestion.objects.filter(campaign=suggestion.campaign_id).exclude(pk=suggestion.pk)
    rows = rows.standing().exclude(status=Suggestion.Status.NOT_ACCEPTED).order_by("-received_at")
    scored = (
        (likeness(own, pairs(title, body)), pk) for pk, title, body in rows.values_list("pk", "title", "body")[:WINDOW]
    )
    best = sorted((pair for pair in scored if pair[0] >= FLOOR), reverse=True)[:limit]
    found = (
        Suggestion.objects.select_related("area", "topic").defer("name", "phone").in_bulk([pk for _score, pk in best])
    )
    return [Likeness(found[pk], score) for score, pk in best]
