"""什么改过: what was changed after publication, field by field, when, by which office or unit, and why.

Only the fields named here are shown, and never who the person was. A record is public from the mark that its
publication leaves in its history; what happened before the mark was a draft and stays unseen. Records that appear
after their project's plan was agreed have no mark, and are shown by the reason that such an edit needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

from django.utils.translation import gettext as _

from portal.models import Area, Membership, Topic, Unit
from projects.models import Indicator, Project, Report, Step
from projects.models.marks import ACCEPTED, LISTED, MARKS, PLANNED
from projects.models.plan import plain_number

LISTED_FIELDS = ("title", "topic_id", "area_id", "lead_unit_id", "pain_point", "is_key")
PLAN_FIELDS = ("chief", "owner", "goal", "effect", "plan_from", "plan_to")
STEP_FIELDS = ("title", "weight", "planned_from", "planned_to")
# The first value of these is progress, told in the ledger; only putting it right is a change.
STEP_FACTS = ("started_on", "done_on", "done_note")
INDICATOR_FIELDS = ("name", "measure", "before", "target")
REPORT_FIELDS = ("work", "problems", "next")
LINKED = {"topic_id": Topic, "area_id": Area, "lead_unit_id": Unit}


@dataclass(frozen=True)
class Change:
    """One field of one record. `record` says of what ("" for the project itself); `who` is an office or a unit."""

    at: datetime
    record: str
    field: str
    old: str
    new: str
    reason: str
    who: str


def changes_of(project: Project) -> list[Change]:
    """Every published change of a project, the newest first; a fixed number of queries."""
    found = list(_project_changes(project))
    found += _plan_changes(project, Step, STEP_FIELDS, STEP_FACTS, _("步骤“%s”"))
    found += _plan_changes(project, Indicator, INDICATOR_FIELDS, (), _("指标“%s”"))
    found += _report_changes(project)
    return _told(sorted(found, key=lambda raw: raw.row.history_date, reverse=True), project)


@dataclass(frozen=True)
class _Raw:
    """A change whose values are not words yet."""

    row: Any
    record: str
    model: type
    field: str
    old: Any
    new: Any


def _after(rows: list[Any], mark: str) -> list[Any]:
    """The marked row and those after it; nothing when the mark is missing."""
    places = [place for place, row in enumerate(rows) if row.history_change_reason == mark]
    return rows[places[0] :] if places else []


def _diff(
    rows: Iterable[Any], model: type, fields: Iterable[str], record: str, facts: Iterable[str] = ()
) -> Iterator[_Raw]:
    """Field by field, each row against the one before it."""
    for before, row in pairwise(rows):
        for name in (*fields, *facts):
            old, new = getattr(before, name), getattr(row, name)
            if old != new and not (name in facts and old in (None, "")):
                yield _Raw(row, record, model, name, old, new)


def _project_changes(project: Project) -> Iterator[_Raw]:
    rows = list(project.history.order_by("history_id"))
    listed = _after(rows, LISTED)
    yield from _diff(listed, Project, LISTED_FIELDS, "")
    yield from _diff(_after(rows, PLANNED), Project, PLAN_FIELDS, "")
    units = _co_units([row.pk for row in listed])
    for before, row in pairwise(listed):
        if units[before.pk] != units[row.pk]:
            yield _Raw(row, "", Project, "co_units", units[before.pk], units[row.pk])


def _co_units(rows: list[int]) -> dict[int, frozenset[int]]:
    """History row → the co-units that it names."""
    through = Project.history.model.co_units.model  # type: ignore[attr-defined]
    found: dict[int, set[int]] = defaultdict(set)
    for row, unit in through.objects.filter(history__in=rows).values_list("history_id", "unit_id"):
        found[row].add(unit)
    return {row: frozenset(found[row]) for row in rows}


def _plan_changes(
    project: Project, model: Any, fields: Iterable[str], facts: Iterable[str], name: str
) -> Iterator[_Raw]:
    """Steps or indicators: what was changed, added and taken away since the plan was agreed."""
    rows = model.history.filter(project_id=project.pk).order_by("id", "history_id")
    for _pk, group in groupby(rows, key=lambda row: row.id):
        of_one = list(group)
        published = _after(of_one, PLANNED) or [row for row in of_one if row.history_change_reason]
        label = name % str(of_one[-1].instance)
        yield from _diff((row for row in published if row.history_type != "-"), model, fields, label, facts)
        for row in published:
            if row.history_type != "~":
                yield _Raw(row, label, model, "", *(("", row) if row.history_type == "+" else (row, "")))


def _report_changes(project: Project) -> Iterator[_Raw]:
    names = {report.pk: report.name for report in project.reports.exclude(kind=Report.Kind.PLAN)}
    rows = Report.history.filter(id__in=list(names)).order_by("id", "history_id")
    for pk, group in groupby(rows, key=lambda row: row.id):
        yield from _diff(_after(list(group), ACCEPTED), Report, REPORT_FIELDS, names[pk])


# --- in words -----------------------------------------------------------------------------------
def _told(found: list[_Raw], project: Project) -> list[Change]:
    names = _names(found)
    who = _offices({raw.row.history_user_id for raw in found}, project)
    return [
        Change(
            at=raw.row.history_date,
            record=raw.record,
            field=_label(raw),
            old=_words(raw.field, raw.old, names),
            new=_words(raw.field, raw.new, names),
            reason="" if raw.row.history_change_reason in MARKS else raw.row.history_change_reason or "",
            who=who[raw.row.history_user_id],
        )
        for raw in found
    ]


def _label(raw: _Raw) -> str:
    if raw.field:
        return str(raw.model._meta.get_field(raw.field).verbose_name)  # type: ignore[attr-defined]
    return _("新增") if raw.row.history_type == "+" else _("删去")


def _names(found: list[_Raw]) -> dict[tuple[str, int], str]:
    """The names of linked records, by field and key."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for raw in found:
        if raw.field in LINKED:
            wanted[raw.field] |= {pk for pk in (raw.old, raw.new) if pk}
        elif raw.field == "co_units":
            wanted[raw.field] |= raw.old | raw.new
    return {
        (field, pk): str(record)
        for field, pks in wanted.items()
        for pk, record in LINKED.get(field, Unit)._default_manager.in_bulk(pks).items()  # type: ignore[attr-defined]
    }


def _words(field: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    """A value as people read it; "空" for none."""
    match value:
        case None | "":
            return _("空") if field else ""
        case bool():
            return _("是") if value else _("否")
        case frozenset():
            return "、".join(sorted(names[field, pk] for pk in value)) or _("空")
        case date():
            return _("%(year)s年%(month)s月%(day)s日") % {"year": value.year, "month": value.month, "day": value.day}
        case Decimal():
            return f"{plain_number(value):,}"
        case int() if field in LINKED:
            return names.get((field, value), _("空"))
        case int() | str():
            return f"{value}%" if field == "weight" else str(value)
    return _whole(value)


def _whole(row: Any) -> str:
    """An added or removed step or indicator in one line."""
    if hasattr(row, "weight"):
        dates = f"{_words('', row.planned_from, {})}—{_words('', row.planned_to, {})}"
        return _("权重 %(weight)d%%，%(dates)s") % {"weight": row.weight, "dates": dates}
    return _("目标 %(target)s %(measure)s") % {"target": plain_number(row.target), "measure": row.measure}


def _offices(users: set[int | None], project: Project) -> dict[int | None, str]:
    """User → the unit they act for (the project's own one first), else the office; never a person's name."""
    shown: dict[int | None, str] = {user: _("改革办") for user in users if user}
    shown[None] = ""
    members = Membership.objects.filter(user__in=[user for user in users if user]).select_related("unit")
    for member in sorted(members, key=lambda one: one.unit_id == project.lead_unit_id):
        shown[member.user_id] = member.unit.short_name
    return shown
