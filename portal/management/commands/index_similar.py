"""Builds the index of similar suggestions: what is missing, or all of it from nothing."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import similar


class Command(BaseCommand):
    help = "补齐相近建议的索引。中断后再运行接着做；--anew 先清空，从头建。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anew", action="store_true", help="清空后从头建")

    def handle(self, *, anew: bool, **options: Any) -> None:
        began = time.monotonic()
        if anew:
            similar.clear()
        done = similar.catch_up(self._tell)
        if self.stdout.isatty() and done:
            self.stdout.write("")
        self.stdout.write(f"编入 {done:,} 条，用时 {time.monotonic() - began:.1f} 秒。")

    def _tell(self, done: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r   {done:,}", ending="")
            self.stdout.flush()
