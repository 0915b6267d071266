"""manage.py setup_site: standing pages, who may write and publish, the workflow; doing it twice does it once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from home.roles import MissingGroup, match_site
from home.standing import ensure_pages, match_address


class Command(BaseCommand):
    help = "Make the site's standing pages, page permissions and workflow what home/roles.py says."

    def handle(self, **options: Any) -> None:
        try:
            with transaction.atomic():
                made = ensure_pages()
                match_address()
                changes = match_site()
        except MissingGroup as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(_("常设页面：新建 %(count)s 个") % {"count": made})
        for change in changes:
            numbers = {"name": change.what, "added": change.added, "removed": change.removed}
            self.stdout.write(_("%(name)s：新增 %(added)s 项，去掉 %(removed)s 项") % numbers)
