"""Personal data in running text: where it stands, of what kind, and the text without it.

Pure functions. Precise before complete: what is masked wrongly makes a suggestion unreadable, and a person looks at
every text before it is published (`portal/office/screen.py`). Every pattern starts at a boundary and has bounded parts,
so that its time grows with the length of the text and no faster.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from config.names import NAME, is_name
from config.privacy import mask_phone, surname_only


class Kind(StrEnum):
    PHONE = "phone"
    LANDLINE = "landline"
    ID = "id"
    CARD = "card"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"
    NAME = "name"
    DOOR = "door"
    WORD = "word"  # marked by hand


# Numbers that lead to one person wherever they stand, in official words and log lines too.
STRICT = frozenset({Kind.PHONE, Kind.ID, Kind.CARD})


class Span(NamedTuple):
    start: int
    end: int
    kind: Kind

    def of(self, text: str) -> str:
        return text[self.start : self.end]


# --- the same length, in signs that patterns read ---------------------------------------------------
_FULL = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SIGNS = {ord(sign): "-" for sign in "－–—―‐‑﹣−"} | {ord("＠"): "@", ord("．"): ".", ord("＿"): "_", ord("＋"): "+"}
_BLANKS = {ord(sign): " " for sign in "\u00a0\u3000\u2002\u2003\t"}
_PLAIN = _FULL | _SIGNS | _BLANKS
_SPOKEN = {
    ord(sign): digit
    for sign, digit in zip("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892", strict=True)
}


def plain(text: str) -> str:
    """Full-width digits, letters and signs as narrow ones; every sign stays at its place."""
    return text.translate(_PLAIN)


# --- numbers ----------------------------------------------------------------------------------------
_S = "[ .·-]{1,2}"
_WRITTEN = (
    rf"1[3-9]\d(?:\d{{8}}|{_S}\d{{4}}{_S}\d{{4}}|{_S}\d{{8}}|{_S}\d{{3}}{_S}\d{{5}}|(?:{_S}\d\d){{4}}|{_S}\d{{3}}{_S}\d{{3}}{_S}\d\d)",
    rf"1[3-9]\d\d(?:{_S}\d{{3}}{_S}\d{{4}}|{_S}\d{{4}}{_S}\d{{3}}|\d{{3}}{_S}\d{{4}})",
    r"1[ -][3-9](?:[ -]\d){9}",
)
_PHONE = re.compile(rf"(?<!\d)(?:\+?86[ -]?)?(?:{'|'.join(_WRITTEN)})(?!\d)")
_SPOKEN_PHONE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_AREA = r"(?:010|02\d|0[3-9]\d\d)"
_LANDLINE = re.compile(
    rf"(?<![\d-])(?:\+?86[ -]?)?(?:\({_AREA}\)|（{_AREA}）|{_AREA})[ -]{{0,2}}"
    rf"(?:[2-9]\d{{6,7}}|[2-9]\d{{2,3}}[ -]\d{{4}})(?:[ -]\d{{1,4}})?(?![\d-])"
)
_LOCAL = re.compile(r"(?:电话|座机|固话|致电|拨打|联系)(?:号码?)?(?:是|为)?[:： ]{0,2}([2-9]\d{6,7})(?![\d.年月元])")
_ID = re.compile(r"(?<![\dA-Za-z])[1-9]\d{5}[ -]?(?:18|19|20)\d\d[ -]?\d{4}[ -]?\d{3}[\dXx](?![\dA-Za-z])")
_OLD_ID = re.compile(r"身份证(?:号码?)?(?:是|为)?[:： ]{0,2}([1-9]\d{14})(?!\d)")
_CARD = re.compile(r"(?<![\dA-Za-z.])(?=62|4|5[1-5]|3[57])\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?![\dA-Za-z])")
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()  # noqa: SIM905
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_check_digit(digits: str) -> str:
    """The last sign of a resident ID number, from its first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def is_id_number(number: str, *, named: bool = False) -> bool:
    """A resident ID number: province, a real day of birth and the check digit; `named`: mistyped ones count too."""
    if number[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= 1900 and (named or id_check_digit(number[:17]) == number[17].upper())


def luhn(digits: str) -> bool:
    """Whether the check digit of a bank card fits (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _digits(text: str) -> str:
    return re.sub(r"[ -]", "", text)


def _ids(text: str) -> Iterator[Span]:
    for found in _ID.finditer(text):
        named = "身份证" in text[max(0, found.start() - 12) : found.start()]
        if is_id_number(_digits(found[0]), named=named):
            yield Span(*found.span(), Kind.ID)
    for found in _OLD_ID.finditer(text):
        yield Span(*found.span(1), Kind.ID)


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        digits = _digits(found[0])
        if 15 <= len(digits) <= 19 and luhn(digits) and len(set(digits)) > 2:
            yield Span(*found.span(), Kind.CARD)


def _phones(text: str) -> Iterator[Span]:
    for found in _PHONE.finditer(text):
        yield Span(*found.span(), Kind.PHONE)
    spoken = text.translate(_SPOKEN)
    if spoken != text:
        for found in _SPOKEN_PHONE.finditer(spoken):
            if found[0] != text[found.start() : found.end()]:
                yield Span(*found.span(), Kind.PHONE)


def _landlines(text: str) -> Iterator[Span]:
    for found in _LANDLINE.finditer(text):
        yield Span(*found.span(), Kind.LANDLINE)
    for found in _LOCAL.finditer(text):
        yield Span(*found.span(1), Kind.LANDLINE)


# --- plates, mail, accounts -------------------------------------------------------------------------
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z] ?[·•.・-]? ?"
    r"(?=[A-Za-z]{0,3}\d)[A-Za-z\d]{4,5}[A-Za-z\d挂学警港澳](?![A-Za-z\d])"
)
_BARE_PLATE = re.compile(
    r"车牌(?:号码?)?(?:是|为|尾号)?[:： ]{0,2}([A-Za-z] ?[·•.-]?(?=[A-Za-z]{0,3}\d)[A-Za-z\d]{5,6})(?![A-Za-z\d])"
)
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_CHAT = r"(?:微信|薇信|威信|weixin|wechat|vx|v信|wx|qq|扣扣|企鹅)"
_ACCOUNT = re.compile(
    rf"(?<![A-Za-z]){_CHAT}(?P<said>(?:账号|帐号|号码?|名)?[ ]?(?:是|为)?[:： ]{{0,2}})"
    r"(?P<id>[A-Za-z][A-Za-z\d_-]{5,19}|[1-9]\d{4,11})(?![A-Za-z\d_-])",
    re.IGNORECASE,
)


def _plates(text: str) -> Iterator[Span]:
    for found in _PLATE.finditer(text):
        if sum(sign.isdigit() for sign in found[0]) >= 2:
            yield Span(*found.span(), Kind.PLATE)
    for found in _BARE_PLATE.finditer(text):
        if sum(sign.isdigit() for sign in found[1]) >= 2:
            yield Span(*found.span(1), Kind.PLATE)


def _emails(text: str) -> Iterator[Span]:
    """Addresses of authorities are public, and stay."""
    for found in _EMAIL.finditer(text):
        if not found[0].lower().endswith(".gov.cn"):
            yield Span(*found.span(), Kind.EMAIL)


def _accounts(text: str) -> Iterator[Span]:
    for found in _ACCOUNT.finditer(text):
        name = found["id"]
        told = bool(found["said"].strip())
        amount = text[found.end() : found.end() + 1] in ("元", "块", "年", "步", "人", "万", "多")
        if not amount and (told or any(sign.isdigit() or sign == "_" for sign in name)):
            yield Span(*found.span("id"), Kind.ACCOUNT)


# --- names ------------------------------------------------------------------------------------------
# What may follow a name: a stop, or a word that begins the next statement about the person.
_AFTER = (
    r"(?=$|[\s，,。.;；、：:！!？?（(）)\]】」”\"'/]|\d|电话|手机|联系|家住|住|是|现住|现年|今年|年龄|性别|男|女|身份证|来自|系|户籍|微信|"
    r"的(?:电话|手机|身份证)|先生|女士|同志|QQ|在此|本人|反映|一名)"
)
_TOLD = re.compile(
    rf"(?:我叫做?|我的名字(?:叫做?|是)|本人(?:姓名|名叫|叫)(?:是|为)?|名叫|姓名(?:是|为)?|联系人(?:姓名)?(?:是|为)?|(?:申请|投诉|反映|举报|来信|报案|留言|建议)人(?:姓名)?(?:是|为)?[:：])"
    rf"[:： ]{{0,3}}({NAME}){_AFTER}"
)
_SAID = re.compile(rf"(?:(?<![\u4e00-\u9fff和跟给对告诉])|(?<=[您你们们好]))(?:我是|本人是?)[:： ]?({NAME}){_AFTER}")
_STYLED = re.compile(
    rf"(?<![某姓])(?<!书记|市长|县长|区长|局长|镇长|乡长|校长|院长|部长|主席|主任)({NAME})(?=先生|女士|同志)"
)


def _names(text: str) -> Iterator[Span]:
    for pattern, weak in ((_TOLD, False), (_SAID, True), (_STYLED, True)):
        for found in pattern.finditer(text):
            if is_name(found[1], weak=weak):
                yield Span(*found.span(1), Kind.NAME)


# --- doors ------------------------------------------------------------------------------------------
_N = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z]\d{0,2})"
_ROOM = r"(?:\d{3,4}|[一二三四五六七八九零〇]{3,4})"
_HOUSE = r"(?:[#＃]?号?住?楼|栋|幢|座|号院)"
_NOT_ROOM = r"(?![\d.mM]|[米元人户平㎡年多余块个辆万级分层套吨克斤瓦路次])"
_J = r"[ ,，-]?"
_DOOR = re.compile(
    rf"(?<![\dA-Za-z一二三四五六七八九十])(?:{_N}(?:号院|区|期|组团){_J})?"
    rf"(?:{_N}{_HOUSE}{_J}(?:{_N}(?:单元|门|梯){_J})?(?:\d{{1,2}}(?:层|楼){_J})?{_ROOM}(?:室|号房?|户|房)?{_NOT_ROOM}"
    rf"|{_N}单元{_J}(?:\d{{1,2}}(?:层|楼){_J})?{_ROOM}(?:室|号房?|户|房)?{_NOT_ROOM}"
    rf"|{_N}(?:{_HOUSE}|单元){_J}{_N}(?:单元)?{_J}(?:东户|西户|中户|{_ROOM}室)"
    rf"|{_N}号{_J}{_ROOM}(?:室|房|户)"
    rf"|\d{{1,3}}-\d{{1,2}}-\d{{3,4}}(?:室|号|户)?(?![\d-]))"
)
_DASHED = re.compile(r"\d{1,3}-\d{1,2}-\d{3,4}")
_ESTATE = re.compile(r"(?:小区|家园|花园|公寓|家属院|新村|社区|苑|园|府|城|湾|庭|居|里|院|区|期|郡|邸)[ ,，的]?$")
_VILLAGE_DOOR = re.compile(
    r"(?<=[村庄屯营])(?:\d{1,2}[组队]|第?\d{1,2}排)?第?\d{1,4}号(?=$|[\s，,。.；;、）)]|住|门|院|的)"
)
_PUBLIC_BUILDING = re.compile(
    r"(?:政务|行政|大厅|医院|学校|小学|中学|大学|局|中心|门诊|教学|办公|病房|酒店|宾馆|商场|机关|委员会|政府|法院|派出所|展馆|写字)[^，。；,;\s]{0,6}$"
)


def _doors(text: str) -> Iterator[Span]:
    for found in _DOOR.finditer(text):
        before = text[max(0, found.start() - 12) : found.start()]
        if _PUBLIC_BUILDING.search(before):
            continue
        if _DASHED.match(found[0]) and not (_ESTATE.search(before) or found[0][-1] in "室号户"):
            continue
        yield Span(*found.span(), Kind.DOOR)
    for found in _VILLAGE_DOOR.finditer(text):
        yield Span(*found.span(), Kind.DOOR)


# --- all together -----------------------------------------------------------------------------------
_FINDERS: dict[Kind, Callable[[str], Iterator[Span]]] = {
    Kind.ID: _ids, Kind.CARD: _cards, Kind.PHONE: _phones, Kind.EMAIL: _emails, Kind.ACCOUNT: _accounts,
    Kind.LANDLINE: _landlines, Kind.PLATE: _plates, Kind.DOOR: _doors, Kind.NAME: _names,
}  # fmt: skip


def find(text: str, kinds: Iterable[Kind] = frozenset(_FINDERS)) -> list[Span]:
    """Where personal data stands, in order and without overlaps; where two kinds meet, the first of the list wins."""
    readable, taken = plain(text), [False] * len(text)
    spans: list[Span] = []
    wanted = set(kinds)
    for kind, finder in _FINDERS.items():
        for span in finder(readable) if kind in wanted else ():
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = [True] * (span.end - span.start)
                spans.append(span)
    return sorted(spans)


def find_words(text: str, words: Iterable[str]) -> list[Span]:
    """Where words that a person named stand, the longest first where they overlap."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return []
    pattern = re.compile("|".join(map(re.escape, wanted)))
    return [Span(*found.span(), Kind.WORD) for found in pattern.finditer(text)]


def joined(*groups: list[Span]) -> list[Span]:
    """Spans of several searches in order; where they overlap, one span over both, of the earlier group's kind."""
    order = {span: n for n, group in enumerate(groups) for span in reversed(group)}
    merged: list[Span] = []
    for span in sorted(order):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            kind = min(last, span, key=lambda one: order.get(one, 0)).kind
            span = Span(last.start, max(last.end, span.end), kind)
            order.setdefault(span, 0)
        merged.append(span)
    return merged


def mask_one(piece: str, kind: Kind) -> str:
    """What is shown instead: enough to see what stood there, not enough to use it."""
    narrow = plain(piece)
    match kind:
        case Kind.PHONE:
            return mask_phone(re.sub(r"\D", "", narrow.translate(_SPOKEN))[-11:])
        case Kind.LANDLINE:
            area = re.match(rf"(?:\+?86[ -]?)?[(（]?({_AREA})[)） -]?(?=.{{7}})", narrow)
            return f"{area[1]}-****" if area else "****"
        case Kind.PLATE:
            return f"{piece[0]}*****"
        case Kind.EMAIL:
            return "***@" + narrow.rpartition("@")[2]
        case Kind.NAME:
            return surname_only(piece)
        case Kind.DOOR | Kind.WORD:
            return "***"
    return "*" * 6


def mask(text: str, spans: Iterable[Span]) -> str:
    """The text with every span masked; spans in order and without overlaps, as `find` gives them."""
    parts, end = [], 0
    for span in spans:
        parts += [text[end : span.start], mask_one(span.of(text), span.kind)]
        end = span.end
    return "".join([*parts, text[end:]])


def mask_strict(text: str) -> str:
    """Text without phone, ID and card numbers. For words of the office and of units, whose names, addresses and
    hotlines are public on purpose, and for everything else that passes by."""
    return mask(text, find(text, STRICT))


class MaskPersonal(logging.Filter):
    """Keeps phone, ID and card numbers out of every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = mask_strict(message)
        if masked != message:
            record.msg, record.args = masked, None
        return True
