"""manage.py load_demo: the demo city, into an empty database; doing it twice does it once."""

from __future__ import annotations

import logging
import time
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from home.demo import city
from portal.models import Campaign


class Command(BaseCommand):
    help = "装载演示城市：三年征集、三百多条建议、四十个项目。只用于演示，不会装进已有数据的库。"

    def handle(self, **options: Any) -> None:
        if not settings.WEITAI_DEMO:
            raise CommandError("演示城市只在演示模式（WEITAI_DEMO）下装载。", returncode=2)
        if city.is_loaded():
            self.stdout.write("演示城市已装载")
            return
        if Campaign.objects.exists():
            raise CommandError("库里已经有征集记录，演示城市只装进空库。运行 make reset 可以清空演示库。", returncode=2)
        began = time.monotonic()
        # One line per page and revision is for a living site's log.
        logging.getLogger("wagtail").setLevel(logging.WARNING)
        for command in ("load_reference", "setup_roles", "setup_site"):
            call_command(command, stdout=StringIO())
        city.load(self._say)
        self.stdout.write(f"   演示城市装好了，用时 {time.monotonic() - began:.0f} 秒")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
