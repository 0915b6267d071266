"""How well similar suggestions are found, how fast, and what one more costs."""

from __future__ import annotations

import random
import statistics
from typing import Any, NamedTuple

import city


def siblings(clusters: dict[str, list[str]]) -> float:
    """The share of members that have another member of their cluster among the first five."""
    from portal import similar
    from portal.models import Suggestion

    found = total = 0
    for members in clusters.values():
        rows = Suggestion.objects.filter(source="messages-with-votes", reference__in=members)
        found += sum(any(like.suggestion.reference in members for like in similar.similar_to(one, 5)) for one in rows)
        total += len(rows)
    return found / total


class Speed(NamedTuple):
    whole: city.Spread  # with title and body
    title: city.Spread  # by title alone, what the public's form asks
    memory: float  # megabytes that stay
    plain: float  # milliseconds of reading one suggestion by its number, on the clock


def speed(asked_for: int) -> Speed:
    """Of looking up suggestions drawn by a fixed seed."""
    from portal import similar
    from portal.models import Suggestion

    chance = random.Random(7)
    pks = list(Suggestion.objects.values_list("pk", flat=True))
    asked = [Suggestion.objects.get(pk=pk) for pk in chance.sample(pks, min(asked_for, len(pks)))]
    before = city.resident()
    plain = city.spread([city.timed(lambda one=one: Suggestion.objects.get(number=one.number)) for one in asked])
    whole = city.spread([city.timed(lambda one=one: similar.similar_to(one, 5)) for one in asked])
    title = city.spread([city.timed(lambda one=one: similar.similar_in_public(one.title, "")) for one in asked])
    return Speed(whole, title, max(0.0, city.resident() - before), plain.clock50)


def adding(number: int) -> tuple[float, float]:
    """What keeping one more for searching and for likeness costs: ÷ recording it, and milliseconds of processor time."""
    from portal import searching, similar
    from portal.models import Campaign, Suggestion

    campaign = Campaign.objects.get(year=2026)
    written, indexed = [], []
    for title, body in list(Suggestion.objects.order_by("-pk").values_list("title", "body")[:number]):
        made: list[Any] = []
        facts = {"campaign": campaign, "title": title, "body": body}
        kept = similar.keep_later, searching.keep
        similar.keep_later, searching.keep = lambda pks: None, lambda pks: 0
        written.append(city.timed(lambda made=made, facts=facts: made.append(Suggestion.objects.receive(**facts)[0])))
        similar.keep_later, searching.keep = kept
        pk = made[0].pk
        indexed.append(city.timed(lambda pk=pk: (similar.keep([pk]), searching.keep([pk]))))
    ratio = statistics.median(one.clock for one in indexed) / statistics.median(one.clock for one in written)
    return ratio, statistics.median(one.busy for one in indexed)
