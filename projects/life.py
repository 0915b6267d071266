"""The life line of a project: accepted reports, supervision and the turns of its life; what is owed next on top.

Entries are what `components/lifeline.html` draws. Nothing is shown of a report before it is accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from config.moves import BIRTH, Move
from portal.models import Suggestion
from projects.ledger import photo_date
from projects.models import Indicator, Photo, Project, Reading, Report, Step, StepClaim, SupervisionOrder
from projects.models.plan import plain_number

Entry = dict[str, Any]
OPEN_SHOWN = 3
# Turns that other entries tell already, or that are nobody's business: the pool, and reports' own comings and goings.
SILENT = frozenset({BIRTH, "conclude"})


def life_of(project: Project, steps: list[Step], indicators: list[Indicator]) -> list[Entry]:
    """Everything public that happened or is owed, the newest first."""
    reports = list(project.reports.binding())
    happened = _reports(project, [r for r in reports if _is_shown(r)], steps, indicators)
    happened += _turns(project) + _orders(project)
    happened.sort(key=lambda entry: entry["when"], reverse=True)
    for entry in happened:
        entry["when"] = timezone.localdate(entry["when"])
    if happened:
        happened[0] |= {"latest": True}
    return _owed(project, reports) + happened


def _is_shown(report: Report) -> bool:
    return report.status == Report.Status.ACCEPTED and report.kind != Report.Kind.PLAN


# --- what is owed -------------------------------------------------------------------------------
def _owed(project: Project, reports: list[Report]) -> list[Entry]:
    """Reports handed in and under review, those owed now, or else the next one to come."""
    if project.status not in project.RUNNING:
        return []
    waiting = [r for r in reports if r.status == Report.Status.SUBMITTED]
    to_come = sorted((r for r in reports if r.is_editable), key=lambda r: (r.due_on, r.pk))
    owed = [r for r in to_come if r.light() != "green"] or to_come[:1]
    entries = [{"state": _("审核中"), "when": r.done_on, "title": r.name, "open": True} for r in waiting]
    return [_due(r) for r in owed[:OPEN_SHOWN]] + entries


def _due(report: Report) -> Entry:
    day = {"month": report.due_on.month, "day": report.due_on.day}
    return {
        "state": report.Status.DUE.label,
        "when": _("%(month)s月%(day)s日前") % day,
        "title": report.name,
        "open": True,
        "light_state": str(report.light()),
        "light_text": report.light_text(),
    }


# --- what happened ------------------------------------------------------------------------------
def _reports(project: Project, reports: list[Report], steps: list[Step], indicators: list[Indicator]) -> list[Entry]:
    pks = [report.pk for report in reports]
    photos, claims, readings = defaultdict(list), defaultdict(list), defaultdict(list)
    for photo in Photo.objects.public().filter(report__in=pks):
        photos[photo.report_id].append(as_photo(photo))
    for claim in StepClaim.objects.filter(report__in=pks, done_on__isnull=False):
        claims[claim.report_id].append(claim)
    for reading in Reading.objects.filter(report__in=pks):
        readings[reading.report_id].append(reading)
    titles = {step.pk: step.title for step in steps}
    measured = {indicator.pk: indicator for indicator in indicators}
    return [
        {
            "state": report.get_status_display(),
            "when": report.accepted_at,
            "title": report.name,
            "text": _text(report, _done(claims[report.pk], titles), _reached(readings[report.pk], measured)),
            "photos": photos[report.pk],
            "id": f"report-{report.pk}",
        }
        for report in reports
    ]


def _text(report: Report, *more: str) -> str:
    parts = [report.work, *more]
    parts += [_("问题：%s") % report.problems] if report.problems else []
    parts += [_("下一步：%s") % report.next] if report.next else []
    return "\n".join(part for part in parts if part)


def _done(claims: list[StepClaim], titles: dict[int, str]) -> str:
    said = [
        _("“%(step)s”%(month)s月%(day)s日完成：%(note)s")
        % {"step": titles[c.step_id], "month": c.done_on.month, "day": c.done_on.day, "note": c.note}
        for c in claims
        if c.step_id in titles
    ]
    return "\n".join(said)


def _reached(readings: list[Reading], measured: dict[int, Indicator]) -> str:
    said = [
        f"{measured[r.indicator_id].name} {plain_number(r.value):,} {measured[r.indicator_id].measure}"
        for r in readings
        if r.indicator_id in measured
    ]
    return _("指标：%s") % "，".join(said) if said else ""


def as_photo(photo: Photo) -> dict[str, Any]:
    """A photo for `components/photo_grid.html`, with its date and caption."""
    day = photo_date(photo)
    return {
        "src": photo.get_absolute_url(),
        "thumb": photo.get_thumb_url(),
        "alt": photo.caption or _("%s 现场照片") % day,
        "caption": f"{day}　{photo.caption}" if photo.caption else day,
    }


def _turns(project: Project) -> list[Entry]:
    """The turns of its life since it was listed, in the words that were published."""
    moves = list(project.moves.exclude(verb__in=SILENT))
    for move in moves:
        move.subject = project
    told = [move for move in moves if project.is_published]
    return [
        {"state": move.new_label, "when": move.at, "title": move.verb_label, "text": move.public_note} for move in told
    ]


def _orders(project: Project) -> list[Entry]:
    orders = list(project.orders.prefetch_related("moves"))
    photos: dict[int | None, list[Any]] = defaultdict(list)
    for photo in Photo.objects.public().filter(order__in=orders) if orders else ():
        photos[photo.order_id].append(as_photo(photo))
    return [entry for order in orders for entry in order_entries(order, photos[order.pk])]


def order_entries(order: SupervisionOrder, photos: Iterable[dict[str, Any]] = ()) -> list[Entry]:
    """What happened with a supervision order, oldest first; the photos stand with its discharge."""
    return [_order_entry(order, move, photos) for move in order.moves.all()]


def _order_entry(order: SupervisionOrder, move: Move, photos: Iterable[dict[str, Any]]) -> Entry:
    move.subject = order  # type: ignore[attr-defined]
    entry: Entry = {
        "state": move.new_label,
        "when": move.at,
        "title": _("挂牌督办 %s") % order.number,
        "text": move.public_note,
        "photos": list(photos) if move.verb == "discharge" else [],
    }
    if move.verb == BIRTH:
        demand = _("要求：%(demand)s（%(day)s前）") % {"demand": order.demand, "day": _day(order.due_on)}
        entry |= {"text": f"{move.public_note}\n{demand}", "id": f"order-{order.pk}"}
    return entry


def _day(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def newest_photo(project: Project) -> dict[str, Any] | None:
    """The newest photo that everybody may see."""
    photo = Photo.objects.public().filter(project=project).newest_first().first()
    return as_photo(photo) if photo else None


def public_sources(project: Project) -> tuple[list[Suggestion], int, int]:
    """The suggestions behind it that everybody may read, how many there are in all, with those merged into them, and
    of how many the author took the publication back."""
    every = Suggestion.objects.filter(Q(projects=project) | Q(lead__projects=project)).distinct()
    sources = project.sources.public().only("number", "public_title", "status", "received_at")
    return list(sources), every.count(), project.sources.taken_back().count()
