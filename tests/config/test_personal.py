"""Personal data in text is found, masked and nothing else is; measured on sentences as people write them.

`python -m tests.config.test_personal` prints precision and recall of the committed sentences.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.names import looks_like_a_name
from config.personal import (
    Kind,
    MaskPersonal,
    Span,
    find,
    find_words,
    id_check_digit,
    is_id_number,
    joined,
    luhn,
    mask,
    mask_strict,
)

CORPUS = Path(__file__).parent / "data" / "personal.txt"
_MARK = re.compile(r"\{(\w+):([^}]*)\}")
Found = set[tuple[int, int, str]]


def sentences() -> list[tuple[str, Found]]:
    """(sentence, what is personal in it) of the committed file."""
    rows = []
    for line in CORPUS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        text, spans, end = "", set(), 0
        for mark in _MARK.finditer(line):
            text += line[end : mark.start()]
            spans.add((len(text), len(text) + len(mark[2]), mark[1]))
            text, end = text + mark[2], mark.end()
        rows.append((text + line[end:], spans))
    return rows


def measure() -> tuple[Counter[str], Counter[str], Counter[str], list[str]]:
    """(right, wrong, missed) per kind, and the sentences that were not read right."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    lines = []
    for text, expected in sentences():
        found = {(span.start, span.end, span.kind.value) for span in find(text)}
        right.update(kind for _a, _b, kind in found & expected)
        wrong.update(kind for _a, _b, kind in found - expected)
        missed.update(kind for _a, _b, kind in expected - found)
        if found != expected:
            lines.append(f"{text}  多：{sorted(found - expected)}  少：{sorted(expected - found)}")
    return right, wrong, missed, lines


def report() -> str:
    right, wrong, missed, lines = measure()
    rows = [f"{len(sentences())} sentences"]
    for kind in [*Kind, None]:
        if kind is Kind.WORD:
            continue
        r, w, m = (sum(c.values()) if kind is None else c[kind.value] for c in (right, wrong, missed))
        rows.append(
            f"{kind or 'all':9} precision {r / (r + w):.3f}  recall {r / (r + m):.3f}  ({r} right, {w} wrong, {m} missed)"
        )
    return "\n".join(rows + lines)


def test_the_committed_sentences_are_read_well_enough() -> None:
    """Below these figures somebody's number or name gets out, or readers stumble over stars."""
    right, wrong, missed, lines = measure()
    assert len(sentences()) >= 170
    for kind in (Kind.PHONE, Kind.LANDLINE, Kind.ID, Kind.CARD, Kind.PLATE, Kind.EMAIL, Kind.ACCOUNT):
        assert (wrong[kind], missed[kind]) == (0, 0), lines
    total = sum(right.values())
    assert total / (total + sum(wrong.values())) >= 0.97, lines
    assert total / (total + sum(missed.values())) >= 0.92, lines


def test_nothing_is_found_in_sentences_without_personal_data() -> None:
    assert not [text for text, expected in sentences() if not expected and find(text)]


# --- numbers --------------------------------------------------------------------------------------
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WORDS = st.text(alphabet="路灯坏了请修一修，。！ 停车难abc\n", max_size=12)
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


def written(phone: str, way: int) -> str:
    """A number as people write it."""
    dashed = f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    ways = [phone, dashed, dashed.replace("-", " "), dashed.replace("-", "\u3000"), phone.translate(WIDE),
            dashed.translate(WIDE), phone.translate(SPOKEN), f"+86 {phone}", f"86{phone}", f"{phone[:3]} {phone[3:]}"]  # fmt: skip
    return ways[way % len(ways)]


@given(WORDS, PHONES, st.integers(0, 9), WORDS)
def test_a_mobile_number_is_masked_however_it_is_written(before: str, phone: str, way: int, after: str) -> None:
    shown = mask_strict(f"{before}找我{written(phone, way)}，{after}")
    assert written(phone, way) not in shown and phone not in shown
    assert f"{phone[:3]}****{phone[7:]}" in shown


@given(st.dates(date(1930, 1, 1), date(2025, 1, 1)), st.integers(0, 999))
def test_an_identity_number_is_found_by_its_check_digit(born: date, order: int) -> None:
    start = f"131102{born:%Y%m%d}{order:03d}"
    right = start + id_check_digit(start)
    assert [span.of(f"证件{right}丢了") for span in find(f"证件{right}丢了", [Kind.ID])] == [right]
    mistyped = start + ("1" if right[-1] != "1" else "2")
    assert not find(f"编号{mistyped}查不到", [Kind.ID])
    assert find(f"身份证{mistyped}查不到", [Kind.ID])


@pytest.mark.parametrize("number", ["991102198506151231", "131102198513151231", "131102189906151231"])
def test_what_is_no_identity_number_is_none(number: str) -> None:
    assert not is_id_number(number, named=True)


def test_bank_cards_are_told_by_their_check_digit() -> None:
    assert luhn("6222021001123456789") and not luhn("6222021001123456788")
    assert find("卡号6222021001123456789", [Kind.CARD]) and not find("单号6222021001123456788", [Kind.CARD])


@given(st.text(max_size=300))
def test_spans_are_in_order_apart_and_inside_the_text(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(
    st.lists(
        st.sampled_from(["我叫李强，", "电话13912345678", "冀T12345", "3号楼2单元501", "路灯坏了", "\n", "我是"]),
        max_size=12,
    )
)
def test_masked_text_has_nothing_left_to_mask(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert not find(mask(text, find(text)))


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_words_named_by_hand_are_gone(text: str, words: list[str]) -> None:
    spans = joined(find(text), find_words(text, words))
    assert all(one.end <= other.start for one, other in pairwise(spans))
    left = "".join(
        text[a:b] for a, b in zip([0, *(s.end for s in spans)], [*(s.start for s in spans), len(text)], strict=True)
    )
    for start in range(len(text)):
        for word in words:
            if text.startswith(word, start):
                covered = any(span.start < start + len(word) and start < span.end for span in spans)
                assert covered, (word, left)


@pytest.mark.parametrize(
    "hostile",
    ["1" * 60000, "a" * 60000, "1-" * 30000, "我是王" * 20000, "微信" * 30000, "1号楼" * 20000, "冀A1" * 20000, "138 " * 9999, "a@" * 30000,
     "(0318)" * 10000, "村1排" * 20000],
)  # fmt: skip
def test_no_text_takes_long(hostile: str) -> None:
    begun = time.perf_counter()
    find(hostile)
    assert time.perf_counter() - begun < 2


# --- what is shown instead ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("打13812345678找我，工单2019123456789012", "打138****5678找我，工单2019123456789012"),
        ("座机0318-2123456", "座机0318-****"),
        ("我叫欧阳建国，", "我叫欧阳**，"),
        ("冀T12345占道", "冀*****占道"),
        ("发到zhang@qq.com", "发到***@qq.com"),
        ("住幸福小区3号楼2单元501，", "住幸福小区***，"),
    ],
)
def test_what_is_shown_says_what_stood_there(text: str, shown: str) -> None:
    assert mask(text, find(text)) == shown


def test_words_of_the_office_keep_names_doors_and_hotlines() -> None:
    text = "联系人：王建国，电话0318-2123456，人民路12号501室。"
    assert mask_strict(text) == text
    assert "13812345678" not in mask_strict("回拨13812345678")


def test_overlapping_finds_become_one() -> None:
    text = "住3号楼2单元501室"
    door = find(text)
    assert joined(door, find_words(text, ["2单元"])) == door
    assert joined(door, find_words(text, ["住3号"])) == [Span(0, len(text), Kind.DOOR)]


@pytest.mark.parametrize(
    ("text", "is_one"), [("王小明", True), ("欧阳锋", True), ("市民", False), ("UU0082", False), ("高中生", False)]
)
def test_nicknames_are_no_names(text: str, is_one: bool) -> None:
    assert looks_like_a_name(text) is is_one


def test_no_phone_or_identity_number_reaches_a_log_line() -> None:
    record = logging.LogRecord(
        "x", logging.INFO, "", 0, "sent to %s by %s", ("13812345678", "131102198506151231"), None
    )
    assert MaskPersonal().filter(record)
    assert record.getMessage() == "sent to 138****5678 by ******"


if __name__ == "__main__":
    print(report())
