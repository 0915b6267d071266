"""Spreadsheets as other platforms give them out, made for the tests that bring them in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from portal import importing_run
from portal.models import Campaign, ImportBatch
from portal.office.import_forms import ColumnsForm
from tests.cast import person

HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级分类"]
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def lines(count: int, first: int = 1) -> list[list[str]]:
    """So many plausible rows, numbered from `first`."""
    return [
        [
            f"T{n}",
            "李某",
            f"第{n}号路口的路灯不亮",
            "2026/3/1 8:00:00",
            f"第{n}号路口的路灯坏了两个月，晚上看不清路。",
            "",
        ]
        for n in range(first, first + count)
    ]


def xlsx(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> bytes:
    """The rows below the head, as the bytes of a spreadsheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    for number, cells in enumerate([head, *rows]):
        for column, value in enumerate(cells):
            page.write(number, column, value)
    book.close()
    return out.getvalue()


def upload(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, name: str = "留言.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, xlsx(rows, head), KIND)


def batch(
    campaign: Campaign,
    rows: Sequence[Sequence[Any]] = (),
    *,
    stage: str = "done",
    source: str = "市长信箱",
    head: Sequence[str] = HEAD,
) -> Any:
    """A batch that an officer has taken as far as `stage`, by the moves of the real ones."""
    officer = person("officer")
    file = ContentFile(xlsx(rows or lines(3), head), name="留言.xlsx")
    one = importing_run.take_in(file, campaign=campaign, source=source, by=officer)
    stages = ["preparing", "checking", "checked", "running", "done", "undoing", "undone"]
    for reached in stages[1 : stages.index(stage) + 1]:
        match reached:
            case "checking":
                glance = importing_run.look(one)
                form = ColumnsForm(glance=glance, chosen=glance.guess({}))
                one.choose(officer, {line["field"].name: line["head"] for line in form.lines()})
            case "running":
                one.start(officer)
            case "undoing":
                one.undo(officer)
            case _:
                importing_run.work_on(one.pk)
        one = ImportBatch.objects.get(pk=one.pk)
    assert one.status == stage
    return one
