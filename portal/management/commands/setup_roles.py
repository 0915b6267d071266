"""manage.py setup_roles: the groups become what `config/roles.py` says; doing it twice does it once."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.roles import UnknownPermission, match_groups


class Command(BaseCommand):
    help = "Make the groups match config/roles.py: missing permissions are added, surplus ones taken away."

    def handle(self, **options: object) -> None:
        try:
            with transaction.atomic():
                changes = match_groups()
        except UnknownPermission as error:
            raise CommandError(str(error), returncode=2) from error
        for change in changes:
            numbers = {"name": change.group, "added": change.added, "removed": change.removed}
            self.stdout.write(_("%(name)s：新增 %(added)s 项权限，去掉 %(removed)s 项") % numbers)
