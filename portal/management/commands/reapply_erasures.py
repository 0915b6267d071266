"""`manage.py reapply_erasures [--list FILE]`: after a backup was restored, erase again whom it brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal import erasing


class Command(BaseCommand):
    help = "恢复备份后，按注销名单（只有摘要，没有姓名号码）重新删除"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--list", type=Path, default=None, help="注销名单文件，缺省取 WEITAI_ERASURES")

    def handle(self, *args: Any, **options: Any) -> None:
        users, suggestions = erasing.reapply(options["list"])
        self.stdout.write(f"重新删除：账号 {users} 个，建议 {suggestions} 条")
