"""`manage.py retention [--dry-run]`: remove what is over its term, or print what would go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal import retention


class Command(BaseCommand):
    help = "按保存期限清理个人信息；--dry-run 只列出会清理多少"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数，不删")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = retention.over_term() if options["dry_run"] else retention.apply_rules()
        word = "会清理" if options["dry_run"] else "已清理"
        for rule in retention.RULES:
            self.stdout.write(f"{rule.what}：{word} {counts[rule.key]} 条")
