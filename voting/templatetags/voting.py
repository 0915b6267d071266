"""Tags that other packages' templates show votes and scores with. Downstream is looked at through these only."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Prefetch
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.http import urlencode

from monitors.models import Monitor
from portal.models import Suggestion
from projects.models import Project
from voting import tally
from voting.models import Entry, Result, Round, Support
from voting.models.support import tag_of, why_closed
from voting.worklist import lines_of

register = template.Library()


@register.inclusion_tag("voting/_support.html", takes_context=True)
def support_button(context: RequestContext, suggestion: Suggestion) -> dict[str, Any]:
    """How many support a suggestion, and the button to join them, or why there is none.

    Visitors who have not signed in get a link and no CSRF token, so that the page around it can be cached for all.
    """
    request = context["request"]
    target = suggestion.lead_or_self
    shared = {"request": request, "suggestion": suggestion, "count": target.support_count, "given": False, "login": ""}
    if not request.user.is_authenticated:
        login = f"{reverse('account_login')}?{urlencode({'next': suggestion.get_absolute_url()})}"
        closed = why_closed(target)
        return shared | {"why_not": closed, "login": "" if closed else login}
    mine = Support.objects.standpoint(suggestion, request.user)
    # An inclusion tag's own context holds no token unless it is handed over.
    return shared | {"given": mine.given, "why_not": mine.why_not, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def supported_among(context: RequestContext, suggestions: list[Suggestion]) -> set[int]:
    """`{% supported_among rows as supported %}`: which of these the person who is signed in supports, or the one they
    were merged into. One query; of others who support what cannot be asked."""
    user = context["request"].user
    tags = {one.pk: {tag_of(user.pk, one.pk), tag_of(user.pk, one.lead_id or one.pk)} for one in suggestions}
    every = {tag for several in tags.values() for tag in several}
    found = set(Support.objects.filter(person_tag__in=every).values_list("person_tag", flat=True))
    return {pk for pk, several in tags.items() if several & found}


@register.inclusion_tag("voting/_project_score.html")
def project_score(project: Project) -> dict[str, Any]:
    """The monitors' score of a project with what stands behind it, or how far scoring has come; nothing before."""
    results = Prefetch("results", Result.objects.prefetch_related("criteria__criterion"))
    entries = Entry.objects.filter(project=project).exclude(round__status=Round.Status.DRAFTED)
    latest = entries.select_related("round").prefetch_related(results).order_by("-round__closes_at").first()
    if latest is None:
        return {"round": None}
    result = latest.latest_result if latest.round.is_published else None
    return {
        "round": latest.round,
        "state": latest.round.state_text(),
        "result": result,
        "formula": tally.IN_WORDS.get(result.formula, "") if result else "",
    }


@register.inclusion_tag("voting/_result.html")
def result_detail(result: Result) -> dict[str, Any]:
    """Distribution and means per criterion of a rated result, five sheets or more behind each figure."""
    return {"result": result, "tiers": [{"label": label, "count": count} for label, count in result.tiers()]}


@register.inclusion_tag("voting/_my_rounds.html")
def my_rounds(monitor: Monitor) -> dict[str, list[dict[str, Any]]]:
    """The rounds that a monitor can score in now, and how far they have come."""
    rows = []
    for one in Round.objects.accepting().order_by("closes_at"):
        if one.monitors().filter(pk=monitor.pk).exists():
            lines = lines_of(one, monitor)
            mine = [line for line in lines if not line.aside]
            rows.append(
                {
                    "title": one.title,
                    "closes_at": one.closes_at,
                    "href": reverse("voting:score_list", args=[one.slug]),
                    "done": sum(line.sheet is not None for line in mine),
                    "total": len(mine),
                    "recused": len(lines) - len(mine),
                }
            )
    return {"rounds": rows}
