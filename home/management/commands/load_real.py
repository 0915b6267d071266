"""manage.py load_real DIR: real messages from spreadsheets, carried through a year by scripted people.

On a freshly migrated database, in a demo only. See `home/real/`.
"""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from config.celery import app
from home.real.browser import NotOnPage, Refused
from home.real.clock import Clock
from home.real.people import MONITORS
from home.real.source import Folder, read_folder
from home.real.story import Size, Story
from portal.accounts.demo import DEMO_ROLES, ensure_demo_people
from portal.models import Campaign, Suggestion
from voting.models import Result, Round

LEAST_MONITORS = 6  # five sheets make a quorum, and one monitor stands aside from one project


class Command(BaseCommand):
    help = "导入文件夹里的真实留言，由模拟人员走完一年的办理，直到公布打分。重复运行不会重做。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="放着 xlsx 表格的文件夹")
        parser.add_argument("--projects", type=int, default=Size.projects, help="走完一年的项目个数")
        parser.add_argument("--monitors", type=int, default=Size.monitors, help="监督员人数，6 到 12 人")
        parser.add_argument("--pages", type=int, default=Size.further_pages, help="另外受理待初审队列的前几页")

    def handle(self, *, folder: Path, projects: int, monitors: int, pages: int, **options: Any) -> None:
        began = time.perf_counter()
        if not settings.WEITAI_DEMO:
            raise CommandError(_("真实留言的演练只能在演示环境里运行，不能与正式数据放在一起。"), returncode=2)
        if not LEAST_MONITORS <= monitors <= len(MONITORS):
            raise CommandError(_("监督员要 %d 到 %d 人。") % (LEAST_MONITORS, len(MONITORS)), returncode=2)
        if Round.objects.filter(status=Round.Status.PUBLISHED).exists():
            self.stdout.write(_("已装载：%s。") % self._counts())
            return
        if Campaign.objects.exists():
            raise CommandError(_("数据库里已有内容，上一次没有走完。请先运行 make reset，再来一次。"), returncode=2)
        source = self._source(folder)
        self._prepare()
        with Clock() as clock:
            story = Story(source, Size(projects, monitors, pages), clock, self._say)
            try:
                story.play()
                self._add_demo_people(story)
            except (Refused, NotOnPage) as stuck:
                raise CommandError(_("走不下去了：%s") % stuck) from stuck
        self._say(_("装载完成：%(counts)s。用时 %(seconds)d 秒。") % {
            "counts": self._counts(), "seconds": time.perf_counter() - began})  # fmt: skip

    def _source(self, folder: Path) -> Folder:
        try:
            return read_folder(folder)
        except FileNotFoundError:
            raise CommandError(_("文件夹 %s 里没有留言表格（xlsx）。") % folder.name, returncode=2) from None

    def _say(self, line: str) -> None:
        self.stdout.write(f"   {line}")
        self.stdout.flush()

    def _prepare(self) -> None:
        """Reference data, roles, the site; page files; and tasks run where they are asked for, since the clock of this
        process is put back and a worker's is not."""
        app.conf.task_always_eager = True
        manifest = getattr(staticfiles_storage, "manifest_name", "")
        if manifest and not staticfiles_storage.exists(manifest):
            self._say(_("整理页面文件…"))
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_reference", verbosity=0, stdout=StringIO())
        call_command("setup_roles", stdout=StringIO())
        if "setup_site" in get_commands():
            call_command("setup_site", stdout=StringIO())

    def _add_demo_people(self, story: Story) -> None:
        """The one-tap people of the demo, so that a visitor can look behind the scenes of this city too. Their monitor
        is appointed after the scores are out, and counts in none."""
        ensure_demo_people()
        phone = next(role.phone for role in DEMO_ROLES if role.key == "monitor")
        officer = story.stage.people.officer
        officer.open("/admin/monitors/people/new/")
        officer.submit({"phone": phone, "field": _("演示账号")})

    @staticmethod
    def _counts() -> str:
        rated = Result.objects.filter(score__isnull=False).values("entry__project").distinct().count()
        return _("留言 %(messages)s 条，有得分的项目 %(rated)d 个") % {
            "messages": f"{Suggestion.objects.count():,}",
            "rated": rated,
        }
