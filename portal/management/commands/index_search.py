"""Builds the index of words for searching: what is missing, or all of it anew."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import searching


class Command(BaseCommand):
    help = "补齐站内查找的索引。中断后再运行接着做；--anew 全部重编。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anew", action="store_true", help="已编入的也重编")

    def handle(self, *, anew: bool, **options: Any) -> None:
        began = time.monotonic()
        done = searching.catch_up(anew=anew)
        self.stdout.write(f"编入 {done:,} 条，用时 {time.monotonic() - began:.1f} 秒。")
