"""Reading spreadsheets of citizens' messages as an office receives them: what is in the cells, and what is wrong there.

Nothing here writes to the database. A file is read twice, once to find every fault and once to hand over the rows, so
that memory does not grow with the number of rows.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineWorkbook

from portal.models import Incoming, Topic

MAX_FILE = 50 * 1024 * 1024  # bytes on disk
MAX_OPENED = 600 * 1024 * 1024  # bytes of all parts together
MAX_RATIO = 150  # opened ÷ packed; a spreadsheet of text has 5 to 20
MAX_TITLE, MAX_BODY = 120, 20_000  # characters
EARLIEST = date(2000, 1, 1)
SAMPLES, SAMPLE_LENGTH = 3, 60

# Field → the column heads that mean it, on the platforms seen so far.
HEADS: dict[str, tuple[str, ...]] = {
    "reference": ("留言编号", "编号", "工单编号", "信件编号"),
    "name": ("留言用户", "姓名", "来电人", "提出人"),
    "title": ("留言主题", "标题", "主题"),
    "received_at": ("留言时间", "时间", "来电时间", "提交时间"),
    "body": ("留言详情", "内容", "详情", "建议内容"),
    "votes_for": ("点赞数",),
    "votes_against": ("反对数",),
    "reply": ("答复意见", "答复", "回复内容"),
    "replied_at": ("答复时间", "回复时间"),
    "label": ("一级分类", "分类", "领域"),
}
NEEDED = ("reference", "title", "received_at", "body")
FIELD_NAMES = {
    "reference": _("编号"), "name": _("姓名"), "title": _("标题"), "received_at": _("时间"), "body": _("内容"),
    "votes_for": _("点赞数"), "votes_against": _("反对数"), "reply": _("答复"), "replied_at": _("答复时间"),
    "label": _("分类"),
}  # fmt: skip
# The complaint taxonomy's first level → our topics, where the two plainly meet; the screener may always change it.
LABELS = {
    "环境保护": "ecology", "交通运输": "transport", "教育文体": "education", "劳动和社会保障": "security",
    "卫生计生": "medical", "城乡建设": "housing",
}  # fmt: skip
DATE_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d",
              "%Y年%m月%d日")  # fmt: skip


class BadFile(Exception):
    """The file as a whole cannot be used; `str()` of it is one sentence that says what to do."""


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be used. `row` counts as the spreadsheet does, the head being row 1."""

    row: int
    column: str
    value: str
    reason: str


def clean_text(value: Any) -> str:
    """Cell text without the wrapping of web pages: tabs, ideographic spaces and empty lines gone, in NFC."""
    text = unicodedata.normalize("NFC", _plain(value))
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\ufeff]", "", text)
    lines = (re.sub(r"[ \t\u3000\xa0]+", " ", line).strip() for line in re.split(r"[\r\n]+|\u2028", text))
    return "\n".join(line for line in lines if line)


def clean_line(value: Any) -> str:
    """The same on a single line, for titles and numbers."""
    return clean_text(value).replace("\n", " ")


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def read_moment(value: Any) -> datetime:
    """A moment in Asia/Shanghai from a date cell or any of the text forms. Raises `ValueError` with the reason."""
    if isinstance(value, datetime):
        naive = value
    elif isinstance(value, date):
        naive = datetime.combine(value, time())
    else:
        naive = _parse(clean_line(value))
    if naive.date() < EARLIEST:
        raise ValueError(_("日期太早，请核对年份"))
    if naive.date() > timezone.localdate() + timedelta(days=1):
        raise ValueError(_("日期在将来，请核对年份"))
    return timezone.make_aware(naive) if timezone.is_naive(naive) else naive


def _parse(text: str) -> datetime:
    for form in DATE_FORMS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(_("不是能看懂的日期，请写成 2026-11-21 09:30 这样"))


def read_count(value: Any) -> int | None:
    """A whole number of votes, or None for an empty cell. Raises `ValueError` with the reason."""
    text = clean_line(value)
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(_("不是整数"))
    return int(text)


def check_package(path: Path) -> None:
    """Refuse what is no spreadsheet, what would not fit in memory, and what holds formulas. Raises `BadFile`."""
    if not path.is_file():
        raise BadFile(_("找不到文件 %s。") % path.name)
    if path.stat().st_size > MAX_FILE:
        raise BadFile(_("文件超过 50 MB，请拆成几个再导入。"))
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            opened = sum(part.file_size for part in parts)
            packed = max(1, sum(part.compress_size for part in parts))
            if opened > MAX_OPENED or (opened > MAX_FILE // 5 and opened / packed > MAX_RATIO):
                raise BadFile(_("文件展开后太大，不像正常的表格，没有导入。请另存为新的 xlsx 再试。"))
            sheets = [part for part in parts if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename)]
            if not sheets:
                raise BadFile(_("这不是 xlsx 表格。请在表格软件里另存为 .xlsx 再导入。"))
            for part in sheets:
                _refuse_formulas(package, part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise BadFile(_("这不是 xlsx 表格。请在表格软件里另存为 .xlsx 再导入。")) from None


def _refuse_formulas(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A formula shows one thing and holds another; such cells must be pasted as values first."""
    tail = b""
    with package.open(part) as stream:
        while chunk := stream.read(1 << 20):
            window = tail + chunk
            if found := re.search(rb"<f[ >/]", window):
                cell = re.findall(rb'<c r="([A-Z]+\d+)"', window[: found.start()])
                where = cell[-1].decode() if cell else ""
                raise BadFile(_("单元格 %s 里是公式。请全选后“粘贴为数值”，保存再导入。") % where)
            tail = window[-4000:]


class Glance(NamedTuple):
    """What a person sees of a spreadsheet before choosing columns: the heads, and the first rows cut short."""

    head: list[str]
    samples: list[list[str]]

    def guess(self, remembered: Mapping[str, str]) -> dict[str, str]:
        """Field → head: as this source had it the last time, else by the heads that are known."""
        chosen = {}
        for field, names in HEADS.items():
            before = remembered.get(field)
            known = next((name for name in self.head if name in names), "")
            chosen[field] = before if before is not None and before in ("", *self.head) else known
        return chosen


def glance(path: Path) -> Glance:
    """The head and the first rows. Raises `BadFile`."""
    sheet, head = _open(path)
    rows = ([clean_line(cell)[:SAMPLE_LENGTH] for cell in cells] for cells in islice(sheet.iter_rows(), 1, None))
    return Glance(head, list(islice((row for row in rows if any(row)), SAMPLES)))


def _open(path: Path) -> tuple[Any, list[str]]:
    """The first sheet and its head."""
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except Exception as error:  # calamine raises a different class per kind of damage
        raise BadFile(_("表格损坏，读不出来。请在表格软件里打开、另存为 .xlsx 再导入。")) from error
    head = next(iter(sheet.iter_rows()), None)
    if not head or sheet.height < 2:
        raise BadFile(_("表格是空的：第一行要有列名，第二行起是留言。"))
    return sheet, [clean_line(cell) for cell in head]


class Table:
    """One spreadsheet, its head understood. `mapping` names further heads: column head → field. `chosen` names every
    column instead, field → head, of a file that was checked before; then nothing is guessed.

    Raises `BadFile` when the file, or its head, cannot be used, or lacks one of the `needed` fields.
    """

    def __init__(
        self,
        path: Path,
        mapping: Mapping[str, str] | None = None,
        *,
        chosen: Mapping[str, str] | None = None,
        needed: Sequence[str] = NEEDED,
    ) -> None:
        self._needed = needed
        if chosen is None:
            check_package(path)
        self._sheet, self._head = _open(path)
        self.columns = self._understand(self._head, mapping or {}) if chosen is None else self._take(chosen)

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """Topics by slug and by name."""
        by_slug = {topic.slug: topic for topic in Topic.objects.all()}
        return by_slug | {topic.name: topic for topic in by_slug.values()}

    @property
    def chosen(self) -> dict[str, str]:
        """Field → head of the column that is read for it."""
        return {field: self._head[position] for field, position in self.columns.items()}

    def __len__(self) -> int:
        return int(self._sheet.height) - 1

    def _understand(self, head: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
        """Field → position of its column."""
        for column, field in mapping.items():
            if field not in HEADS:
                raise BadFile(_("--map 里没有“%(f)s”这个字段，可用：%(all)s。") % {"f": field, "all": "、".join(HEADS)})
            if column not in head:
                raise BadFile(_("表里没有“%(c)s”这一列，现有：%(all)s。") % {"c": column, "all": "、".join(head)})
        fields = {name: field for field, names in HEADS.items() for name in names} | dict(mapping)
        columns: dict[str, int] = {}
        for position, name in enumerate(head):
            if name in fields:
                columns.setdefault(fields[name], position)
        if missing := [str(FIELD_NAMES[field]) for field in self._needed if field not in columns]:
            text = _("表里缺少列：%(missing)s。现有的列：%(all)s。列名不同时用 --map 列名=字段 指明。")
            raise BadFile(text % {"missing": "、".join(missing), "all": "、".join(head)})
        return columns

    def _take(self, chosen: Mapping[str, str]) -> dict[str, int]:
        if gone := [head for head in chosen.values() if head and head not in self._head]:
            raise BadFile(_("表里没有“%s”这一列，请重新选列。") % gone[0])
        return {field: self._head.index(head) for field, head in chosen.items() if head}

    def rows(self) -> Iterator[tuple[Incoming | None, list[Fault]]]:
        """Each row, or what is wrong with it. Empty rows are passed over."""
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            if number == 1 or not any(clean_line(cell) for cell in cells):
                continue
            yield self._row(number, cells)

    def texts(self, *fields: str) -> Iterator[list[str]]:
        """The cleaned text of some fields of each row, whatever the other cells hold. Empty rows are passed over."""
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            if number > 1 and any(clean_line(cell) for cell in cells):
                yield [clean_text(cells[self.columns[field]]) if field in self.columns else "" for field in fields]

    def _row(self, number: int, cells: Sequence[Any]) -> tuple[Incoming | None, list[Fault]]:
        faults: list[Fault] = []

        def take(field: str, read: Any) -> Any:
            if field not in self.columns:
                return None
            value = cells[self.columns[field]]
            try:
                return read(value)
            except ValueError as reason:
                head = self._head[self.columns[field]]
                faults.append(Fault(number, head, clean_line(value)[:100], str(reason)))
                return None

        reply = take("reply", clean_text) or ""
        values = {
            "reference": take("reference", _reference),
            "title": take("title", clean_line),
            "body": take("body", _body),
            "received_at": take("received_at", read_moment),
            "name": (take("name", clean_line) or "")[:40],
            "topic": self.topics.get(LABELS.get(label := take("label", clean_line) or "", label)),
            "votes_for": take("votes_for", read_count),
            "votes_against": take("votes_against", read_count),
            "reply": reply,
            "replied_at": take("replied_at", read_moment) if reply else None,
        }
        if faults:
            return None, faults
        # An empty cell is no reason to lose a message: the other one stands in.
        values["title"] = (values["title"] or values["body"].split("\n")[0])[:MAX_TITLE]
        values["body"] = values["body"] or values["title"]
        if not values["body"]:
            return None, [Fault(number, self._head[self.columns["body"]], "", str(_("标题和内容都是空的")))]
        return Incoming(**values, row=number), []


def _reference(value: Any) -> str:
    text = clean_line(value)
    if not text:
        raise ValueError(_("编号是空的，请补上原来的编号"))
    if len(text) > 40:
        raise ValueError(_("编号超过 40 个字"))
    return text


def _body(value: Any) -> str:
    text = clean_text(value)
    if len(text) > MAX_BODY:
        raise ValueError(_("内容超过 20,000 字，请核对是否粘贴了多份"))
    return text
