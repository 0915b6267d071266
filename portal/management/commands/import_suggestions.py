"""Brings in a spreadsheet of citizens' messages: all of it or nothing, and never twice."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import importing_run as run
from portal.importing import BadFile, Table
from portal.models import Campaign, ImportBatch
from portal.models.batch import LeaseLost

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
            chosen = Table(file, dict(self._pair(text) for text in options["map"])).chosen
            batch = self._batch(file, chosen, campaign, source)
        except BadFile as reason:
            raise CommandError(str(reason), returncode=2) from None
        self._refuse_trouble(batch)
        self._refuse_faults(batch, errors)
        read, added = self._write(batch)
        self._refuse_trouble(batch)
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

    def _batch(self, file: Path, chosen: dict[str, str], campaign: Campaign, source: str) -> ImportBatch:
        """The batch of this file that broke off, else a new one, checked."""
        with file.open("rb") as opened:
            spreadsheet = File(opened, name=file.name)
            sha256 = run.digest(spreadsheet)
            batch = run.broken_off(sha256, chosen, campaign=campaign, source=source)
            if batch is not None:
                if batch.can("retry"):
                    batch.retry(None)
                return batch
            batch = run.take_in(spreadsheet, campaign=campaign, source=source)
        batch.choose(None, chosen)
        batch.claim(by_force=True)
        run.check(batch)
        return batch

    def _refuse_trouble(self, batch: ImportBatch) -> None:
        """What the background worker would show on the batch's page."""
        if batch.trouble:
            raise CommandError(batch.trouble, returncode=2)

    def _refuse_faults(self, batch: ImportBatch, errors: Path) -> None:
        """Every fault of every row into the error file; with any fault nothing is written."""
        if not batch.faults:
            return
        faults = batch.findings["faults"]
        with errors.open("w", newline="", encoding="utf-8-sig") as out:
            writer = csv.writer(out)
            writer.writerow(["行", "列", "内容", "原因"])
            writer.writerows([row, column, "'" + value, reason] for row, column, value, reason in faults)
        for row, column, value, reason in faults[:SHOWN_FAULTS]:
            self.stderr.write(f"第 {row} 行“{column}”：{reason}（{value}）")
        batch.drop(None)
        raise CommandError(
            f"有 {batch.faults:,} 处不能导入，一条也没有写入。全部列在 {errors.name}，改好后再导。", returncode=2
        )

    def _write(self, batch: ImportBatch) -> run.Brought:
        """The second reading. Interrupted, the batch waits for the next run, or for a button in the admin."""
        if batch.can("start"):
            batch.start(None)
        batch.claim(by_force=True)
        try:
            return run.bring(batch, self._tell if self.stdout.isatty() else None)
        except LeaseLost:
            raise CommandError("另一个进程接手了这份表格，进度见管理后台“导入留言”。", returncode=2) from None
        except BaseException:
            batch.fail("运行中断了。再运行一次，或在管理后台接着导入。")
            raise
        finally:
            if self.stdout.isatty():
                self.stdout.write("\r" + " " * 40 + "\r", ending="")

    def _tell(self, read: int, rows: int) -> None:
        self.stdout.write(f"\r   {read:,} / {rows:,}", ending="")
        self.stdout.flush()
