"""Which suggestions may say the same as one: the code of the screens, for measuring."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from portal import similar
from portal.models import Suggestion


class Command(BaseCommand):
    help = "列出与一条建议内容相近的建议，越相近越靠前。与办理页面用的是同一个算法。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", help="受理编号，或导入时的原编号")
        parser.add_argument("--limit", type=int, default=10, help="最多几条，默认 10")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON")

    def handle(self, *, ref: str, limit: int, as_json: bool, **options: Any) -> None:
        if limit < 1:
            raise CommandError("--limit 要写成 1 以上的整数。", returncode=2)
        one = self._find(ref.strip())
        if missing := Suggestion.objects.filter(similar_text=None).count():
            self.stderr.write(f"还有 {missing:,} 条没有编入索引，请运行 manage.py index_similar。")
        rows = [self._row(found) for found in similar.similar_to(one, limit)]
        if as_json:
            asked = {
                "ref": ref,
                "number": one.number,
                "reference": one.reference,
                "title": one.public_title,
                "similar": rows,
            }
            self.stdout.write(json.dumps(asked, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{one.number} {one.public_title}")
        for row in rows:
            self.stdout.write(f"  {row['score']:.3f}  {row['number']}  {row['reference'] or ''}  {row['title']}")
        if not rows:
            self.stdout.write("  没有相近的。")

    def _find(self, ref: str) -> Suggestion:
        found = Suggestion.objects.filter(Q(number=ref.upper()) | Q(reference=ref)).order_by("pk")[:2]
        if not found:
            raise CommandError(f"没有编号或原编号是“{ref}”的建议。", returncode=2)
        if len(found) > 1:
            self.stderr.write(f"原编号 {ref} 有不止一条，取最早导入的 {found[0].number}。")
        return found[0]

    def _row(self, found: similar.Likeness) -> dict[str, Any]:
        one = found.suggestion
        return {
            "number": one.number,
            "reference": one.reference,
            "title": one.public_title,
            "status": one.status,
            "score": round(found.score, 4),
        }
