"""Chinese text as it is looked for: one form for every way of writing the same, its grams, and what was hit in a text.

`normal` treats every character by itself, so whatever stands in a text stands in its normal form too: full-width letters
and digits as ordinary ones, traditional characters as simplified ones, small letters, no blanks beside Chinese.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import cache
from itertools import pairwise
from typing import NamedTuple

MOST_WORDS = 8  # of one query
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
CHINESE = rf"{HAN}\u3001-\u3011\u2018-\u201d"
_BLANKS = re.compile(rf"(?<=[{CHINESE}])\s+|\s+(?=[{CHINESE}])|\s+")
_INVISIBLE = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0]
# What people put between words and around them. `*` stands for what is masked and is never looked for.
_BETWEEN = re.compile(r"[\s,!?;:()\"'<>\[\]{}*。、《》〈〉“”‘’…—·「」『』【】]+")
_HAN = re.compile(f"[{HAN}]")
_DIGITS = re.compile(r"\d{3}")
_NUMBER = re.compile(r"(wj(?=.{10,})|xm)-?(\d{4})-?(\d{6}|\d{3})")


@cache
def _table() -> dict[int, str | None]:
    """Traditional characters to simplified ones, one by one: never by phrase, or a hit would depend on its neighbours."""
    from opencc import OpenCC

    blocks = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
    every = [chr(code) for first, end in blocks for code in range(first, end)]
    simple = OpenCC("t2s").convert("\n".join(every)).split("\n")
    return {**{ord(a): b for a, b in zip(every, simple, strict=True) if a != b}, **dict.fromkeys(_INVISIBLE)}


def plain(text: str) -> str:
    """Ordinary, simplified, small letters; blanks stay as they are."""
    return unicodedata.normalize("NFKC", text).translate(_table()).lower()


def normal(text: str) -> str:
    """The form in which texts are kept for searching and compared."""
    return _BLANKS.sub(lambda found: "" if _beside_chinese(found) else " ", plain(text)).strip()


def _beside_chinese(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return bool(re.match(f"[{CHINESE}]", before) or re.match(f"[{CHINESE}]", after))


class Words(NamedTuple):
    """What somebody looks for, in normal form.

    `texts` are to stand in the text, all of them; `numbers` in a record's number. `phrases` are the same texts with
    single characters that were typed apart (停 车 难) put together: what has these is what was meant.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    phrases: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.texts, *self.numbers)

    @property
    def record(self) -> str:
        """The number of one record (WJ2026-000123), when one was typed; else ""."""
        return self.numbers[0].upper() if self.numbers and _NUMBER.fullmatch(self.numbers[0]) else ""


def words_of(query: str) -> Words:
    """The words of what was typed.

    A row of three digits, also one that was typed apart, is looked for in numbers alone: of a masked phone number the
    first and last digits are shown, and nobody shall find people by them.
    """
    typed = plain(query)
    if record := _NUMBER.fullmatch("".join(typed.split())):
        return Words((), (f"{record[1]}{record[2]}-{record[3]}",), ())
    found = list(dict.fromkeys(word for word in _BETWEEN.split(typed) if word))[:MOST_WORDS]
    in_number = bool(_DIGITS.search("".join(found)))
    numbers = tuple(word for word in found if in_number and re.search(r"\d", word))
    texts = tuple(word for word in found if word not in numbers)
    return Words(texts, numbers, _together(texts))


def _together(words: tuple[str, ...]) -> tuple[str, ...]:
    """Single Chinese characters next to each other as one word."""
    joined: list[str] = []
    single = False
    for word in words:
        is_single = len(word) == 1 and bool(_HAN.match(word))
        if single and is_single:
            joined[-1] += word
        else:
            joined.append(word)
        single = is_single
    return tuple(joined)


# --- grams ----------------------------------------------------------------------------------------
def units(text: str) -> array[int]:
    """The text's UTF-16 code units."""
    return array("H", text.encode("utf-16-le", "surrogatepass"))


def grams(text: str) -> set[int]:
    """Every character and every two neighbours of a text in normal form, as numbers below 2³²."""
    own = units(text)
    return {*own, *(a << 16 | b for a, b in pairwise(own))}


def needed(word: str) -> set[int]:
    """The grams that a text which holds the word has for certain, as few as tell the most."""
    own = units(word)
    return {a << 16 | b for a, b in pairwise(own)} or set(own)


# --- what was hit ---------------------------------------------------------------------------------
class Part(NamedTuple):
    text: str
    is_hit: bool


def parts(text: str, words: tuple[str, ...]) -> list[Part]:
    """A text in order, cut where one of the words (in normal form) begins and ends."""
    hit = _hits(text, words)
    found: list[Part] = []
    for letter, is_hit in zip(text, hit, strict=True):
        if found and found[-1].is_hit == is_hit:
            found[-1] = Part(found[-1].text + letter, is_hit)
        else:
            found.append(Part(letter, is_hit))
    return found


def excerpt(text: str, words: tuple[str, ...], length: int, lead: int = 18) -> str:
    """At most `length` characters of a text around its first hit, … where something was left out."""
    text = " ".join(text.split())
    hit = _hits(text[:5000], words)
    start = max(0, hit.index(True) - lead) if True in hit and hit.index(True) > length - 2 * lead else 0
    piece = text[start : start + length]
    return ("…" if start else "") + piece + ("…" if start + length < len(text) else "")


def _hits(text: str, words: tuple[str, ...]) -> list[bool]:
    """For each character whether it belongs to a hit; blanks between the characters of a hit do."""
    flat, places = "", []
    for place, letter in enumerate(text):
        piece = plain(letter)
        if piece.isspace():
            continue
        flat += piece
        places += [place] * len(piece)
    hit = [False] * len(text)
    for word in words:
        at = flat.find(word) if word else -1
        while at >= 0:
            first, last = places[at], places[at + len(word) - 1]
            hit[first : last + 1] = [True] * (last + 1 - first)
            at = flat.find(word, at + len(word))
    return hit
