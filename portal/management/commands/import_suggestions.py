"""Brings in a spreadsheet of citizens' messages: all of it or nothing, and never twice."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from wagtail.search.backends import get_search_backend

from portal.importing import BadFile, Fault, Table
from portal.models import Campaign, Incoming, Suggestion, bring_in

BATCH = 500
SHOWN_FAULTS = 5


class Command(BaseCommand):
    help = "导入 xlsx 表格里的群众留言。重复运行不会重复导入；中断后再运行接着导。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="xlsx 文件")
        parser.add_argument("--campaign", type=int, help="归入哪一年的征集，默认是当前一年")
        parser.add_argument("--map", action="append", default=[], metavar="列名=字段", help="列名不同时指明")
        parser.add_argument("--source", help="来源平台的名称，默认是文件名；与原编号一起识别重复")
        parser.add_argument("--errors", type=Path, help="错误清单写到哪里，默认在表格旁边")

    def handle(self, *, file: Path, **options: Any) -> None:
        began = time.monotonic()
        campaign = self._campaign(options["campaign"])
        source = options["source"] or file.stem
        errors = options["errors"] or file.with_name(f"{file.stem}-错误.csv")
        try:
            table = Table(file, dict(self._pair(text) for text in options["map"]))
        except BadFile as reason:
            raise CommandError(str(reason), returncode=2) from None
        self._refuse_faults(table, errors)
        before = Suggestion.objects.filter(source=source).count()
        read = self._write(table, campaign, source)
        added = Suggestion.objects.filter(source=source).count() - before
        self.stdout.write(
            f"《{file.name}》共 {read:,} 行：新增 {added:,} 条，已有 {read - added:,} 条。"
            f"归入 {campaign.title}，用时 {time.monotonic() - began:.1f} 秒。"
        )

    def _campaign(self, year: int | None) -> Campaign:
        found = Campaign.objects.filter(year=year).first() if year else Campaign.objects.current()
        if found is None:
            raise CommandError(f"没有{year or '任何'}年度征集，请先在管理后台建立。", returncode=2)
        return found

    def _pair(self, text: str) -> tuple[str, str]:
        column, sign, field = text.partition("=")
        if not sign:
            raise CommandError(f"--map 要写成“列名=字段”，收到的是“{text}”。", returncode=2)
        return column.strip(), field.strip()

    def _refuse_faults(self, table: Table, errors: Path) -> None:
        """The first reading: every fault of every row into the error file; with any fault nothing is written."""
        count = 0
        faults: list[Fault] = []
        for _row, found in table.rows():
            count += len(found)
            faults += found[: max(0, 10_000 - len(faults))]
        if not count:
            return
        with errors.open("w", newline="", encoding="utf-8-sig") as out:
            writer = csv.writer(out)
            writer.writerow(["行", "列", "内容", "原因"])
            writer.writerows([fault.row, fault.column, "'" + fault.value, fault.reason] for fault in faults)
        for fault in faults[:SHOWN_FAULTS]:
            self.stderr.write(f"第 {fault.row} 行“{fault.column}”：{fault.reason}（{fault.value}）")
        raise CommandError(
            f"有 {count:,} 处不能导入，一条也没有写入。全部列在 {errors.name}，改好后再导。", returncode=2
        )

    def _write(self, table: Table, campaign: Campaign, source: str) -> int:
        """The second reading: in batches that each stand by themselves, so that a broken run goes on where it was."""
        backend, read = get_search_backend(), 0
        for batch in batched(self._rows(table), BATCH):
            bring_in(batch, campaign=campaign, source=source)
            references = [row.reference for row in batch]
            backend.add_bulk(Suggestion, Suggestion.objects.filter(source=source, reference__in=references))
            read += len(batch)
            if self.stdout.isatty():
                self.stdout.write(f"\r   {read:,} / {len(table):,}", ending="")
                self.stdout.flush()
        if self.stdout.isatty():
            self.stdout.write("\r" + " " * 40 + "\r", ending="")
        return read

    def _rows(self, table: Table) -> Iterator[Incoming]:
        return (row for row, _faults in table.rows() if row is not None)
