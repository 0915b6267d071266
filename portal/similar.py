"""Which suggestions may say the same: cosine of TF-IDF over neighbouring characters, in pairs and, in titles, triples.

A look-up has two steps. The inverted index (`SimilarPosting`: of each suggestion the grams that weigh most in it) gives
some hundred candidates for the heaviest grams of the text in hand; how many rows are read is capped. Then the best of
them are compared in full. Everything lies in the database, so processes hold nothing and both databases work alike. Compared are the public
wordings: whoever types a telephone number must not be shown the suggestion in which it was masked.

One suggestion more or less touches the rows of its own grams and no others. A gram's weight is computed from its count
when it is needed; only the length of a text's vector is stored, and `catch_up` computes it anew now and then.
"""

from __future__ import annotations

import logging
import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched, pairwise
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction

from portal.models import Suggestion
from portal.models.similar import SimilarGram, SimilarPosting, SimilarText

log = logging.getLogger(__name__)

TITLE_COUNTS = 3  # times as much as the body
TITLE_READ, BODY_READ = 120, 300  # characters that are not noise
POSTED, POSTED_WHILE_FEW, FEW = 40, 160, 5_000  # grams of a text in the index; more while there are few texts
PROBED, ROWS_READ, NEWEST_OF_COMMON, COMMON_READ = 64, 5_000, 800, 3  # of one look-up
CANDIDATES, ASKED_FOR, COMPARED = 400, 80, 24
FLOOR = 0.05  # below it two texts have chance in common
WORTH_SHOWING = 0.12  # to somebody who screens
LIKELY = 0.45  # from here on they very probably say the same
OUTDATED = 4
BATCH = 500
TEXTS = 0  # the gram whose row counts the texts
_NOISE = re.compile(r"[\W_]+")

Counts = Counter[int]


class Likeness(NamedTuple):
    suggestion: Suggestion
    score: float  # 0 to 1

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY

    @property
    def may_lead(self) -> bool:
        """Whether others can be merged into it."""
        return self.suggestion.status not in (*Suggestion.HIDDEN, Suggestion.Status.MERGED)


# --- text ---------------------------------------------------------------------------------------
def cleaned(title: str, body: str) -> tuple[str, str]:
    """Title and the beginning of the body as they are compared: small letters, digits and characters alone."""
    return _NOISE.sub("", title.lower())[:TITLE_READ], _NOISE.sub("", body[: 2 * BODY_READ].lower())[:BODY_READ]


def pairs(text: str) -> list[int]:
    """Every two neighbours as a number: their UTF-16 code units in a row."""
    units = _units(text)
    return [a << 16 | b for a, b in pairwise(units)]


def triples(text: str) -> list[int]:
    """The same of every three."""
    return [pair << 16 | c for pair, c in zip(pairs(text), _units(text)[2:], strict=False)]


def _units(text: str) -> array[int]:
    return array("H", text.encode("utf-16-le"))


def counts(title: str, body: str) -> Counts:
    """How often each gram occurs in cleaned texts. The title counts more, and its triples count too."""
    found = Counter(pairs(body))
    for gram in (*pairs(title), *triples(title)):
        found[gram] += TITLE_COUNTS
    return found


def _often(count: int) -> float:
    return 1 + math.log(count)


def _rarity(texts: int, total: int) -> float:
    """Inverse document frequency, smoothed."""
    return math.log((total + 1) / (texts + 1)) + 1


# --- keeping it fresh -----------------------------------------------------------------------------
def keep_later(pks: Sequence[int]) -> None:
    """Whoever has written texts of suggestions says so here. Done after the transaction, so that nobody's suggestion
    waits for it or is lost with it; what goes wrong or is missed `catch_up` finds."""
    transaction.on_commit(lambda: _keep_or_mark(pks), robust=True)


def _keep_or_mark(pks: Sequence[int]) -> None:
    try:
        keep(pks)
    except DatabaseError:
        log.exception("Similar suggestions not kept for %d, left to the nightly run", len(pks))
        SimilarText.objects.filter(pk__in=pks).update(among=0)


@transaction.atomic
def keep(pks: Sequence[int], *, anew: bool = False) -> int:
    """Bring these suggestions up to date, gone ones included; the number written. `anew`: unchanged ones too."""
    rows = Suggestion.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)
    texts = {pk: cleaned(title, body) for pk, title, body in rows.values_list("pk", "public_title", "public_body")}
    known = {one.pk: one for one in SimilarText.objects.filter(pk__in=pks)}
    current = set() if anew else {pk for pk, one in known.items() if texts.get(pk) == (one.title, one.body)}
    gone = _take_out([one for pk, one in known.items() if pk not in current])
    fresh = {pk: counts(*text) for pk, text in texts.items() if pk not in current}
    found: Counts = Counter({TEXTS: len(fresh)})
    for own in fresh.values():
        found.update(own.keys())
    # Once for both: two who write at the same time then never wait for each other in a ring.
    numbers = _count({gram: found[gram] - gone[gram] for gram in found.keys() | gone.keys()})
    if fresh:
        _put_in(fresh, texts, numbers)
    return len(fresh)


def forget(pk: int) -> None:
    """Take a suggestion out of the index."""
    with transaction.atomic():
        gone = _take_out(list(SimilarText.objects.filter(pk=pk)))
        _count({gram: -number for gram, number in gone.items()})


def _take_out(old: list[SimilarText]) -> Counts:
    """Drop what is kept of these; how often each gram is gone."""
    gone: Counts = Counter({TEXTS: len(old)})
    with connection.cursor() as cursor:
        for one in old:
            own = sorted(counts(one.title, one.body))
            gone.update(own)
            for some in batched(own, BATCH):
                sql = f"DELETE FROM {_POSTING} WHERE suggestion_id = %s AND gram IN ({_numbers(some)})"  # noqa: S608
                cursor.execute(sql, [one.pk])
    SimilarText.objects.filter(pk__in=[one.pk for one in old]).delete()
    return gone


def _put_in(fresh: dict[int, Counts], texts: dict[int, tuple[str, str]], numbers: dict[int, int]) -> None:
    """Write vectors' lengths and postings. `numbers`: how many texts have each gram, these included."""
    total = numbers[TEXTS]
    most = POSTED_WHILE_FEW if total < FEW else POSTED
    rarity = {gram: _rarity(number, total) for gram, number in numbers.items()}
    rows, postings = [], []
    for pk, own in fresh.items():
        weights = {gram: _often(count) * rarity[gram] for gram, count in own.items()}
        title, body = texts[pk]
        length = _length(weights.values())
        rows.append(SimilarText(suggestion_id=pk, title=title, body=body, length=length, among=total))
        heaviest = sorted(weights, key=weights.__getitem__, reverse=True)[:most]
        postings += [(gram, pk) for gram in heaviest]
    SimilarText.objects.bulk_create(rows)
    sql = f"INSERT INTO {_POSTING} (gram, suggestion_id) VALUES {{}} ON CONFLICT DO NOTHING"  # noqa: S608
    _insert(sql, sorted(postings))


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights)) or 1.0


_POSTING, _GRAM = SimilarPosting._meta.db_table, SimilarGram._meta.db_table


def _numbers(values: Iterable[int]) -> str:
    """Whole numbers as SQL. Written out, since thousands of parameters would take longer than the work itself."""
    return ", ".join([f"{value:d}" for value in values])


def _insert(sql: str, rows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Many rows of two numbers by statements of a bounded size; what they return."""
    returned: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for some in batched(rows, BATCH):
            cursor.execute(sql.format(", ".join([f"({one:d}, {two:d})" for one, two in some])))
            if "RETURNING" in sql:
                returned += cursor.fetchall()
    return returned


def _count(changes: dict[int, int]) -> dict[int, int]:
    """Add to the counts of grams; the new counts. In one order for everybody."""
    sql = (
        f"INSERT INTO {_GRAM} (gram, texts) VALUES {{}} ON CONFLICT (gram) "  # noqa: S608
        f"DO UPDATE SET texts = {_GRAM}.texts + excluded.texts RETURNING gram, texts"
    )
    return dict(_insert(sql, sorted(changes.items())))


def catch_up(tell: Callable[[int], None] = lambda done: None, most_anew: int | None = None) -> int:
    """Everything that is missing, then what was measured among fewer than a quarter of today's texts, of these no more
    than `most_anew`; how many. Each batch stands by itself: broken off and begun again, it goes on where it was."""
    done = 0
    for pks in _batches(Suggestion.objects.filter(similar_text=None)):
        done += keep(pks)
        tell(done)
    total = _known([TEXTS]).get(TEXTS, 0)
    outdated = Suggestion.objects.filter(similar_text__among__lt=total // OUTDATED)
    for pks in _batches(outdated):
        if most_anew is not None and most_anew <= 0:
            break
        done += keep(pks[:most_anew], anew=True)
        most_anew = None if most_anew is None else most_anew - len(pks)
        tell(done)
    return done


def _batches(rows: Any) -> Iterator[list[int]]:
    last = 0
    while pks := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield pks
        last = pks[-1]


def clear() -> None:
    """Empty the index; `catch_up` builds it from nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (SimilarPosting, SimilarGram, SimilarText):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


# --- looking up -----------------------------------------------------------------------------------
def similar_to(suggestion: Suggestion, limit: int = 6, floor: float = FLOOR) -> list[Likeness]:
    """For staff: the most alike that were not refused, best first."""
    rows = Suggestion.objects.standing().exclude(pk=suggestion.pk).exclude(status=Suggestion.Status.NOT_ACCEPTED)
    rows = rows.select_related("area__parent", "topic").defer("name", "phone")
    return look_up(suggestion.public_title, suggestion.public_body, rows, limit, floor)


def similar_in_public(title: str, body: str, limit: int = 3, floor: float = FLOOR) -> list[Likeness]:
    """For everybody: the most alike public ones. Of merged ones the suggestion that is worked on stands for all."""
    found: dict[int, Likeness] = {}
    rows = Suggestion.objects.public().select_related("area__parent", "topic", "lead__area__parent", "lead__topic")
    for one in look_up(title, body, rows, 2 * limit, floor):
        shown = one.suggestion.lead_or_self
        if not shown.is_hidden:
            found.setdefault(shown.pk, Likeness(shown, one.score))
    return list(found.values())[:limit]


def look_up(title: str, body: str, rows: Any, limit: int, floor: float = FLOOR) -> list[Likeness]:
    """The suggestions among `rows` most like a text, best first; five queries."""
    own = counts(*cleaned(title, body))
    known = _known([TEXTS, *own])
    total = known.pop(TEXTS, 0)
    if not total or not own:
        return []
    rarity = {gram: _rarity(texts, total) for gram, texts in known.items()}
    weights = {gram: _often(count) * rarity.get(gram, _rarity(0, total)) for gram, count in own.items()}
    near = _allowed(_candidates({gram: weights[gram] for gram in known}, known), rows)
    best = _compare(weights, rarity, total, near)
    best = [(score, pk) for score, pk in best if score >= floor][:limit]
    found = rows.in_bulk([pk for _score, pk in best])
    return [Likeness(found[pk], score) for score, pk in best if pk in found]


def _known(asked: Sequence[int]) -> dict[int, int]:
    """How many texts have each of these grams; those that none has are left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT gram, texts FROM {_GRAM} WHERE gram IN ({_numbers(asked)}) AND texts > 0")  # noqa: S608
        return dict(cursor.fetchall())


def _allowed(near: list[int], rows: Any) -> list[int]:
    """The first of these that are among `rows`."""
    found: list[int] = []
    for some in batched(near, ASKED_FOR):
        allowed = set(rows.filter(pk__in=some).order_by().values_list("pk", flat=True))
        found += [pk for pk in some if pk in allowed]
        if len(found) >= COMPARED:
            break
    return found[:COMPARED]


def _candidates(weights: dict[int, float], texts: dict[int, int]) -> list[int]:
    """Suggestions in whose heaviest grams the heaviest of these occur, by their sum.

    Of grams that very many have only the newest are read, and only when the others leave room.
    """
    rare: list[int] = []
    common: list[int] = []
    room = ROWS_READ
    for gram in sorted(weights, key=weights.__getitem__, reverse=True)[:PROBED]:
        if texts[gram] <= room:
            rare.append(gram)
            room -= texts[gram]
        elif len(common) < COMMON_READ:
            common.append(gram)
    parts: list[str] = []
    values: list[float] = []
    if rare:
        lines = ", ".join(["(%s, %s)"] * len(rare))
        lines = lines.replace("(%s, %s)", "(CAST(%s AS bigint), CAST(%s AS double precision))", 1)
        parts.append(
            f"SELECT p.suggestion_id, q.weight FROM (SELECT column1 AS gram, column2 AS weight FROM (VALUES {lines}) v) q "  # noqa: S608
            f"CROSS JOIN {_POSTING} p WHERE p.gram = q.gram"
        )
        values += [value for gram in rare for value in (gram, weights[gram])]
    for gram in common:
        parts.append(
            f"SELECT * FROM (SELECT suggestion_id, CAST(%s AS double precision) AS weight FROM {_POSTING} "  # noqa: S608
            f"WHERE gram = %s ORDER BY suggestion_id DESC LIMIT {NEWEST_OF_COMMON}) newest"
        )
        values += [weights[gram], gram]
    if not parts:
        return []
    sql = (
        f"SELECT suggestion_id FROM ({' UNION ALL '.join(parts)}) hits "  # noqa: S608
        f"GROUP BY suggestion_id ORDER BY SUM(weight) DESC, suggestion_id DESC LIMIT {CANDIDATES}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]


def _compare(
    weights: dict[int, float], rarity: dict[int, float], total: int, pks: list[int]
) -> list[tuple[float, int]]:
    """(cosine, suggestion), best first."""
    factors = {gram: weights[gram] * rare for gram, rare in rarity.items()}
    length, rarest = _length(weights.values()), _rarity(1, total)
    scored = []
    rows = SimilarText.objects.filter(pk__in=pks).values_list("pk", "title", "body", "length", "among")
    for pk, title, body, stored, among in rows:
        other = counts(title, body)
        shared = {gram: other[gram] for gram in other.keys() & factors.keys()}
        product = sum(factors[gram] * _often(count) for gram, count in shared.items())
        since = rarest / _rarity(1, among)  # weights have grown with the number of texts
        scored.append((min(1.0, product / (length * stored * since)), pk))
    return sorted(scored, reverse=True)
