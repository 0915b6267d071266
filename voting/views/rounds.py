"""Rounds as everybody reads them: while scoring goes on, and the published results."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.export import csv_response
from voting import permissions, tally
from voting.models import Round
from voting.standings import Standing, progress, standings


@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """Every round, the latest first."""
    rounds = Round.objects.public().prefetch_related("entries")
    return render(request, "voting/round_list.html", {"rounds": rounds})


@require_safe
def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One round: what is asked of the monitors; after publication the ranking with everything behind it."""
    one = get_object_or_404(Round.objects.public(), slug=slug)
    context: dict[str, Any] = {"round": one, "criteria": one.criteria.all()}
    if permissions.can_read_results(request.user, one):
        return render(request, "voting/round_published.html", context | _results(request, one))
    rows = progress(one)
    context |= {
        "entries": one.entries.select_related("project__lead_unit", "project__topic"),
        "handed_in": sum(row.handed_in for row in rows),
        "eligible": sum(row.eligible for row in rows),
        "formula": tally.IN_WORDS[tally.FORMULA],
    }
    return render(request, "voting/round_running.html", context)


def _results(request: HttpRequest, one: Round) -> dict[str, Any]:
    """The ranking as one list, or in groups by topic, and what was not rated."""
    places = standings(one)
    rated = [place for place in places if place.result.is_rated]
    by_topic = request.GET.get("by") == "topic"
    groups = list(_by_topic(rated)) if by_topic else [("", rated)]
    version = places[0].result.formula if places else tally.FORMULA
    return {
        "by_topic": by_topic,
        "groups": groups,
        "rated": rated,
        "unrated": [place for place in places if not place.result.is_rated],
        "formula": tally.IN_WORDS.get(version, ""),
        "version": version,
    }


def _by_topic(rated: list[Standing]) -> Iterator[tuple[str, list[Standing]]]:
    ordered = sorted(rated, key=lambda place: (place.entry.project.topic.position, place.entry.project.topic_id))
    for topic, places in groupby(ordered, key=lambda place: place.entry.project.topic):
        yield topic.name, list(places)


@require_safe
def round_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The published results as a table, one row per project."""
    one = get_object_or_404(Round.objects.public(), slug=slug)
    if not permissions.can_read_results(request.user, one):
        raise Http404
    criteria = list(one.criteria.all())
    header = [
        _("名次"), _("项目编号"), _("项目名称"), _("领域"), _("责任单位"), _("得分"), _("等次"), _("有效打分"),
        _("应打分"), _("两端各去掉"), *(str(tier.label) for tier in tally.Tier),
        *(f"{c.name}（{c.weight}%）" for c in criteria), _("未评级原因"), _("算法版本"),
    ]  # fmt: skip
    rows = (_row(place, [c.pk for c in criteria]) for place in standings(one))
    return csv_response(f"{one.title}.csv", header, rows)


def _row(place: Standing, criteria: list[int]) -> list[Any]:
    project, result = place.entry.project, place.result
    means = {row.criterion_id: row.mean for row in result.criteria.all()}
    tiers: list[int | None] = [count for _label, count in result.tiers()] or [None] * len(tally.Tier)
    return [
        place.rank, project.number, project.title, project.topic.name, project.lead_unit.name,
        result.score, result.get_tier_display(), result.n, result.eligible, result.trimmed if result.is_rated else None,
        *tiers, *(means.get(pk) for pk in criteria), result.why_not_rated(), result.formula,
    ]  # fmt: skip
