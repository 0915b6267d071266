"""manage.py load_reference: areas, units, topics and working days; doing it twice does it once."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from portal import reference
from portal.workdays import WorkCalendar


class Command(BaseCommand):
    help = "Load areas, units, topics and working days; only what is missing is added."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data",
            type=Path,
            default=reference.DATA,
            metavar="DIR",
            help="folder with areas.csv, units.csv and topics.csv; default: the city that is shipped",
        )

    def handle(self, *, data: Path, **options: object) -> None:
        try:
            with transaction.atomic():
                loaded = {
                    _("区划"): reference.load_areas(data),
                    _("责任单位"): reference.load_units(data),
                    _("领域"): reference.load_topics(data),
                    _("工作日历"): reference.load_workdays(),
                }
        except reference.BadReference as error:
            raise CommandError(str(error), returncode=2) from error
        for name, (created, updated) in loaded.items():
            numbers = {"name": name, "created": created, "updated": updated}
            self.stdout.write(_("%(name)s：新增 %(created)s 条，更新 %(updated)s 条") % numbers)
        years = WorkCalendar.current().years
        if years:
            self.stdout.write(_("节假日安排已录入至 %(year)s 年") % {"year": max(years)})
