"""Reference data: areas, units, topics and working days. Loading again only adds what is missing.

Any city's files of the form of `portal/data/` will do; a row that cannot be used stops the load and is named.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.models import Area, Topic, Unit, Workday
from portal.workdays import official_days

DATA = Path(__file__).resolve().parent / "data"
NOTICE = "国务院办公厅节假日安排通知"  # stored with each day, so in the language of the records


class Loaded(NamedTuple):
    created: int
    updated: int = 0


class BadReference(ValueError):
    """A reference file or a row of it that cannot be used; the message names the file and the line."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}：{reason}")


@dataclass(frozen=True)
class Row:
    """One line of a reference file, and where it stands."""

    where: str
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        try:
            return self.values[column].strip()
        except (KeyError, AttributeError):  # no such column, or a line that ends too early
            raise BadReference(self.where, _("缺少 %(column)s") % {"column": column}) from None

    def refer[Record](self, column: str, known: Mapping[str, Record]) -> Record | None:
        """The record named in `column`, None when the cell is empty; BadReference when nobody knows it."""
        key = self[column]
        if key and key not in known:
            raise BadReference(self.where, _("找不到“%(key)s”") % {"key": key})
        return known.get(key)

    def check(self, record: models.Model) -> None:
        """Refuse values that the record's own fields refuse; references are checked by `refer`."""
        references = {field.name for field in record._meta.fields if field.is_relation}
        try:
            record.clean_fields(exclude=references)
        except ValidationError as error:
            reasons = "；".join(f"{name}：{' '.join(texts)}" for name, texts in error.message_dict.items())
            raise BadReference(self.where, reasons) from error


def read(path: Path) -> Iterator[Row]:
    """The rows of a CSV file with a header, UTF-8 with or without a byte order mark."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for values in reader:
                where = _("%(file)s 第 %(line)s 行") % {"file": path.name, "line": reader.line_num}
                yield Row(where, values)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadReference(path.name, _("无法读取")) from error


@transaction.atomic
def load_areas(folder: Path = DATA) -> Loaded:
    """Create missing areas, bring changed ones back to the file; parents stand above their children in it."""
    known = {area.code: area for area in Area.objects.all()}
    created = updated = 0
    for _level, rows in groupby(read(folder / "areas.csv"), key=lambda row: row["level"]):
        new, changed = _compare([_area(row, known) for row in rows], known)
        known |= {area.code: area for area in Area.objects.bulk_create(new, batch_size=500)}
        Area.objects.bulk_update(changed, ["name", "level", "parent"], batch_size=500)
        created, updated = created + len(new), updated + len(changed)
    return Loaded(created, updated)


def _area(row: Row, known: Mapping[str, Area]) -> Area:
    area = Area(code=row["code"], name=row["name"], level=row["level"])
    area.parent = row.refer("parent_code", known)
    row.check(area)
    return area


def _compare(wanted: list[Area], known: Mapping[str, Area]) -> tuple[list[Area], list[Area]]:
    """The areas to create, and those to change with their key filled in."""
    new, changed = [], []
    for area in wanted:
        old = known.get(area.code)
        if old is None:
            new.append(area)
        elif (old.name, old.level, old.parent_id) != (area.name, area.level, area.parent_id):
            area.pk = old.pk
            changed.append(area)
    return new, changed


@transaction.atomic
def load_units(folder: Path = DATA) -> Loaded:
    """Create missing units; what the office has changed in the others stays."""
    areas = {area.code: area for area in Area.objects.all()}
    known = {unit.slug: unit for unit in Unit.objects.all()}
    created = 0
    for row in read(folder / "units.csv"):
        if row["slug"] in known:
            continue
        unit = _unit(row, areas, known)
        unit.save()  # one by one, so that each has the first line of its history
        known[unit.slug] = unit
        created += 1
    return Loaded(created)


def _unit(row: Row, areas: Mapping[str, Area], known: Mapping[str, Unit]) -> Unit:
    unit = Unit(parent=row.refer("parent_slug", known))
    area = row.refer("area_code", areas)
    if area is None:
        raise BadReference(row.where, _("缺少 %(column)s") % {"column": "area_code"})
    unit.area = area
    for name in ("slug", "name", "short_name", "kind", "chief"):
        setattr(unit, name, row[name])
    row.check(unit)
    return unit


@transaction.atomic
def load_topics(folder: Path = DATA) -> Loaded:
    """Create missing topics in the order of the file; what the office has changed in the others stays."""
    units = {unit.slug: unit for unit in Unit.objects.all()}
    known = set(Topic.objects.values_list("slug", flat=True))
    new = []
    for position, row in enumerate(read(folder / "topics.csv"), start=1):
        topic = Topic(position=position, default_unit=row.refer("unit_slug", units))
        for name in ("slug", "name", "description", "keywords"):
            setattr(topic, name, row[name])
        row.check(topic)
        if topic.slug not in known:
            new.append(topic)
    return Loaded(len(Topic.objects.bulk_create(new)))


@transaction.atomic
def load_workdays() -> Loaded:
    """Create missing holidays and make-up workdays; a day that the office has entered or changed stays."""
    source = f"{NOTICE}（chinesecalendar {version('chinesecalendar')}）"
    known = set(Workday.objects.values_list("date", flat=True))
    new = [
        Workday(date=day, is_workday=is_workday, name=name, source=source)
        for day, is_workday, name in official_days()
        if day not in known
    ]
    return Loaded(len(Workday.objects.bulk_create(new)))
