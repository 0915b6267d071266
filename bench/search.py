"""How fast words are found among many suggestions, and whether every hit is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import city

LENGTHS = {
    1: "的路水车学",
    2: ("小区", "希望", "路灯", "停车", "业主"),
    3: ("停车难", "公交车"),
    4: ("路灯不亮",),
    6: (),
}


class Speed(NamedTuple):
    length: int
    took: city.Spread
    plain: float  # milliseconds of an empty query on the same connection
    slowest: str


def questions(length: int, number: int) -> list[str]:
    """Words that people type, and pieces of public texts, drawn as they occur: common ones more often."""
    from config.wording import words_of
    from portal.models import Suggestion

    chance = random.Random(length)
    pks = list(Suggestion.objects.values_list("pk", flat=True))
    asked = list(LENGTHS[length])[:number]
    while len(asked) < number:
        one = Suggestion.objects.only("public_title", "public_body").get(pk=chance.choice(pks))
        text = one.public_title + one.public_body
        at = chance.randrange(max(1, len(text) - length))
        piece = text[at : at + length]
        if words_of(piece).texts == (piece,):
            asked.append(piece)
    return asked


def look(question: str) -> Any:
    """What the list page asks of the database for it: hits, their order, one page of rows."""
    from django.test import RequestFactory

    from portal.listing import page_through
    from portal.models import Suggestion
    from portal.searching import Search
    from portal.views.public import ORDERS

    rows = Suggestion.objects.public().select_related("topic", "area__parent")
    hits = Search(question).hits(rows, ORDERS["best"], best_first=True)
    request = RequestFactory().get("/suggestions/", {"q": question})
    return page_through(request, hits.sections, ORDERS["best"], hits.number, is_counted=hits.is_all)


def speed(asked_for: int) -> Iterator[Speed]:
    """For words of each length."""
    from django.db import connection

    def nothing() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    plain = city.spread([city.timed(nothing) for _n in range(100)]).clock50
    for length in LENGTHS:
        asked = questions(length, asked_for)
        look(asked[-1])
        took = [city.timed(lambda one=one: look(one)) for one in asked]
        slowest = asked[max(range(len(asked)), key=lambda n: took[n].busy)]
        yield Speed(length, city.spread(took), plain, slowest)


def check(asked_for: int) -> tuple[int, int, int]:
    """Questions asked, hits that reading every public text finds and the search does not, and the other way round."""
    from config.wording import normal, words_of
    from portal.models import Suggestion

    asked = [one for length in LENGTHS for one in questions(length, asked_for)]
    words = [words_of(one).texts for one in asked]
    wanted: list[set[int]] = [set() for _one in asked]
    rows = Suggestion.objects.public().values_list("pk", "public_title", "public_place", "public_body", "public_wish")
    for pk, *texts in rows.iterator(chunk_size=2000):
        text = "\n".join(normal(text) for text in texts)
        for place, own in enumerate(words):
            if all(word in text for word in own):
                wanted[place].add(pk)
    found = [set(Suggestion.objects.public().containing(one).values_list("pk", flat=True)) for one in asked]
    pairs = list(zip(wanted, found, strict=True))
    return len(asked), sum(len(a - b) for a, b in pairs), sum(len(b - a) for a, b in pairs)
