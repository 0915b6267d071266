"""Words in suggestions: every one whose public text holds what was typed, on both databases the same.

Of each text all characters and all pairs of neighbours are indexed. The pairs of a word narrow the texts down, then the
word itself is looked for in what is left, since pairs may stand apart. The rows are written in the transaction of the text.

A word is rare or common. Of a rare one all hits are read and put in order here. Of a common one nobody reads all: the
list is walked in its own order and each row is asked whether it holds the word, until a page is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import batched
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from config.wording import grams, needed, normal, words_of
from portal.listing import Keyed, Listed, Section
from portal.models import Suggestion
from portal.models.search import SearchText

RARE = 1_000  # hits; a word that has more is common
BATCH = 200
TITLE, NUMBER = 1 << 32, 2 << 32  # added to the grams of titles and of numbers
_TEXT = SearchText._meta.db_table
_GRAM = "portal_searchgram"  # on SQLite
_FIELDS = ("pk", "public_title", "public_place", "public_body", "public_wish", "number", "reference")


# --- keeping it fresh -----------------------------------------------------------------------------
@transaction.atomic
def keep(pks: Sequence[int]) -> int:
    """Bring the words of these suggestions up to date; the number written. In the transaction that writes the texts."""
    done = 0
    for some in batched(pks, BATCH):
        rows = [_row(*facts) for facts in Suggestion.objects.filter(pk__in=some).values_list(*_FIELDS)]
        if rows:
            _write(rows)
        done += len(rows)
    return done


class _Row(NamedTuple):
    pk: int
    title: str
    words: str
    number: str
    grams: list[int]


def _row(pk: int, title: str, place: str, body: str, wish: str, number: str, reference: str | None) -> _Row:
    title = normal(title)
    texts = [title, *(normal(text) for text in (place, body, wish))]
    numbers = [normal(text) for text in (number, reference or "")]
    found = {gram for text in texts for gram in grams(text)}
    found |= {TITLE + gram for gram in grams(title)} | {NUMBER + gram for text in numbers for gram in grams(text)}
    return _Row(pk, title, _lines(texts), _lines(numbers), sorted(found))


def _lines(texts: Iterable[str]) -> str:
    """One text to a line; no word that is looked for holds the end of a line."""
    return "\n".join(text for text in texts if text)


def _write(rows: list[_Row]) -> None:
    columns = ["suggestion_id", "title", "words", "number"]
    postgres = connection.vendor == "postgresql"
    if postgres:
        columns.append("grams")
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    lines = ", ".join([f"({', '.join(['%s'] * 4)}{', %s::bigint[]' if postgres else ''})"] * len(rows))
    sql = f"INSERT INTO {_TEXT} ({', '.join(columns)}) VALUES {lines} ON CONFLICT (suggestion_id) DO UPDATE SET {sets}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row[: len(columns)]])
        if not postgres:
            cursor.executemany(f"DELETE FROM {_GRAM} WHERE rowid = %s", [(row.pk,) for row in rows])  # noqa: S608
            words = [(row.pk, _as_words(row.grams)) for row in rows]
            cursor.executemany(f"INSERT INTO {_GRAM} (rowid, grams) VALUES (%s, %s)", words)  # noqa: S608


def _as_words(found: Iterable[int]) -> str:
    """Grams for SQLite, which indexes words alone."""
    return " ".join(f"{gram:x}" for gram in found)


def catch_up(tell: Callable[[int], None] = lambda done: None, *, anew: bool = False) -> int:
    """Everything that is missing, or all of it; how many. Broken off and begun again, it goes on where it was."""
    rows = Suggestion.objects.all() if anew else Suggestion.objects.filter(search_text=None)
    last = done = 0
    while pks := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done, last = done + keep(pks), pks[-1]
        tell(done)
    return done


# --- looking --------------------------------------------------------------------------------------
class Tier(NamedTuple):
    """Words of which all stand in the title, and words of which all stand anywhere in the text."""

    title: tuple[str, ...]
    text: tuple[str, ...]


class Hits(NamedTuple):
    """The rows found, in sections that follow each other, and how many there are; `is_all`: else there are more."""

    sections: list[Section]
    number: int
    is_all: bool


class Search:
    """What was typed, ready to be looked for."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text)

    @cached_property
    def tiers(self) -> list[Tier]:
        """From the best to the widest, which holds all the others: in the title, in the text, scattered in it."""
        texts, phrases = self.words.texts, self.words.phrases
        tiers = [Tier(phrases, ()), Tier((), phrases), Tier((), texts)] if texts else [Tier((), ())]
        return tiers[:-1] if texts and texts == phrases else tiers

    def among(self, rows: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
        """Those of the rows that hold every word, in no order."""
        found = self._hits(self.tiers[-1]) if self.words.all else []
        if len(found) > RARE:
            return self._asked(rows).filter(search_tier__lt=len(self.tiers))
        return rows.filter(pk__in=[pk for pk, _tier in found])

    def hits(self, rows: QuerySet[Suggestion], fields: tuple[str, ...], *, best_first: bool) -> Hits:
        """The same in descending order of `fields`; with `best_first` tier by tier."""
        found = self._hits(self.tiers[-1]) if self.words.all else []
        if len(found) > RARE:
            few = rows.filter(pk__in=[pk for pk, _tier in found]).order_by().count()
            return Hits(self._walks(rows, fields, best_first), few, is_all=False)
        listed = self._listed(rows, fields, found, best_first)
        return Hits([listed], len(listed.pks), is_all=True)

    def _walks(self, rows: QuerySet[Suggestion], fields: tuple[str, ...], best_first: bool) -> list[Section]:
        asked = self._asked(rows)
        if not best_first:
            return [Keyed(asked.filter(search_tier__lt=len(self.tiers)), fields)]
        sections: list[Section] = []
        for number, tier in enumerate(self.tiers):
            found = self._hits(tier) if tier != self.tiers[-1] else []
            if tier == self.tiers[-1] or len(found) > RARE:
                sections.append(Keyed(asked.filter(search_tier=number), fields))
            else:
                own = [one for one in found if one[1] == number]
                sections.append(self._listed(rows, fields, own, best_first))
        return sections

    def _listed(
        self, rows: QuerySet[Suggestion], fields: tuple[str, ...], found: list[tuple[int, int]], best_first: bool
    ) -> Listed:
        """Hits in their order. Sorted here: a database that guesses wrong how many there are would walk the whole list."""
        tiers = dict(found)
        keys = list(rows.filter(pk__in=list(tiers)).order_by().values_list("pk", *fields)) if tiers else []
        keys.sort(key=lambda key: key[1:], reverse=True)
        if best_first:
            keys.sort(key=lambda key: tiers[key[0]])
        return Listed(rows, [key[0] for key in keys])

    def _asked(self, rows: QuerySet[Suggestion]) -> Any:
        """The rows with their tier, which is computed row by row as they are read."""
        numbers = _all_in("number", self.words.numbers)
        cases = [
            When(_all_in("title", tier.title) & _all_in("words", tier.text) & numbers, then=Value(place))
            for place, tier in enumerate(self.tiers)
        ]
        tier = Case(*cases, default=Value(len(self.tiers)), output_field=IntegerField())
        own = SearchText.objects.filter(pk=OuterRef("pk")).annotate(tier=tier).values("tier")
        return rows.alias(search_tier=Subquery(own))

    def _hits(self, tier: Tier) -> list[tuple[int, int]]:
        """(suggestion, place of its best tier) of everything in the index that has the tier's words; no more than one
        beyond `RARE`."""
        asked = {gram for word in tier.text for gram in needed(word)}
        asked |= {TITLE + gram for word in tier.title for gram in needed(word)}
        asked |= {NUMBER + gram for word in self.words.numbers for gram in needed(word)}
        best, best_values = self._case()
        where, values = self._holds(tier)
        if connection.vendor == "postgresql":
            source, first = f"{_TEXT} t WHERE t.grams @> %s::bigint[]", sorted(asked)
        else:
            source = f"{_GRAM} CROSS JOIN {_TEXT} t ON t.suggestion_id = {_GRAM}.rowid WHERE {_GRAM} MATCH %s"
            first = _as_words(sorted(asked))  # type: ignore[assignment]
        sql = f"SELECT t.suggestion_id, {best} FROM {source} AND {where} LIMIT {RARE + 1}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [*best_values, first, *values])
            return cursor.fetchall()  # type: ignore[no-any-return]

    def _case(self) -> tuple[str, list[str]]:
        """The place of the best tier of a row, as SQL."""
        parts, values = [], []
        for place, tier in enumerate(self.tiers[:-1]):
            sql, own = self._holds(tier)
            parts.append(f"WHEN {sql} THEN {place}")
            values += own
        last = len(self.tiers) - 1
        return (f"CASE {' '.join(parts)} ELSE {last} END", values) if parts else ("0", [])

    def _holds(self, tier: Tier) -> tuple[str, list[str]]:
        """Whether a row of the index has all the words, as SQL."""
        asked = (("title", tier.title), ("words", tier.text), ("number", self.words.numbers))
        pairs = [(column, word) for column, words in asked for word in words]
        at = "strpos" if connection.vendor == "postgresql" else "instr"
        return " AND ".join(f"{at}(t.{column}, %s) > 0" for column, _word in pairs), [word for _column, word in pairs]


def _all_in(column: str, words: Iterable[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(GreaterThan(StrIndex(column, Value(word)), 0))
    return found
