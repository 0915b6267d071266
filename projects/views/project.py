"""`/projects/<number>/`: one project on one page, to read from top to bottom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.changes import changes_of
from projects.ledger import badges, progress_shown
from projects.life import life_of, newest_photo, public_sources
from projects.models import Project

CHANGES_SHOWN = 3
LIFE_SHOWN = 8


def public_project(number: str) -> Project:
    """The project of a number, if everybody may read it. Raises `Http404` otherwise."""
    projects = Project.objects.public().with_ledger()
    projects = projects.select_related("topic", "area__parent", "lead_unit", "annual_list", "predecessor__annual_list")
    return get_object_or_404(projects.prefetch_related("steps", "indicators", "co_units"), number=number)


@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Plan and progress, ledger, visits and problems, score, sources, and what was changed."""
    project = public_project(number)
    has_plan = project.plan_is_published
    steps = list(project.steps.all()) if has_plan else []
    indicators = list(project.indicators.all()) if has_plan else []
    done, planned = progress_shown(project)
    sources, source_count, taken_back = public_sources(project)
    entries, changes = life_of(project, steps, indicators), changes_of(project)
    context = {
        "project": project,
        "crumbs": crumbs_of(project),
        "light": project.light(),
        "badges": badges(project),
        "steps": steps,
        "indicators": indicators,
        "progress": done,
        "planned": planned,
        "facts": facts_of(project),
        "entries": entries[:LIFE_SHOWN],
        "older": entries[LIFE_SHOWN:],
        "photo": newest_photo(project),
        "sources": sources,
        "source_count": source_count,
        "taken_back": range(taken_back),
        "hidden_sources": source_count - len(sources) - taken_back,
        "changes": changes[:CHANGES_SHOWN],
        "change_count": len(changes),
        "successor": _successor(project),
    }
    return render(request, "projects/detail.html", context)


def crumbs_of(project: Project) -> list[dict[str, str]]:
    ledger = reverse("projects:list")
    return [
        {"text": _("项目台账"), "href": ledger},
        {"text": _("%d 年清单") % project.year, "href": f"{ledger}?year={project.year}"},
        {"text": project.number},
    ]


def facts_of(project: Project) -> list[dict[str, Any]]:
    """Who is responsible, when, and for what. The plan's part appears once the plan is agreed."""
    issued = project.annual_list
    facts: list[dict[str, Any]] = [
        {"label": _("阶段"), "value": project.get_status_display()},
        {"label": _("责任单位"), "value": project.lead_unit.name},
        {"label": _("配合单位"), "value": "、".join(unit.short_name for unit in project.co_units.all())},
        {"label": _("区划"), "value": project.area.full_name if project.area else ""},
        {"label": _("清单文号"), "value": issued.doc_number if issued else ""},
    ]
    if project.plan_is_published:
        facts[2:2] = [
            {"label": _("主管领导"), "value": project.chief},
            {"label": _("责任人"), "value": project.owner},
        ]
        facts.append({"label": _("计划"), "value": _period(project)})
    return facts


def _period(project: Project) -> str:
    start, end = project.plan_from, project.plan_to
    if start is None or end is None:
        return ""
    last = _("%(m)d月") % {"m": end.month}
    if end.year != start.year:
        last = _("%(y)d年%(m)d月") % {"y": end.year, "m": end.month}
    return _("%(y)d年%(m)d月—%(end)s") % {"y": start.year, "m": start.month, "end": last}


def _successor(project: Project) -> Project | None:
    """The project that goes on with this one next year, once it is public."""
    if project.status != Project.Status.CARRIED_OVER:
        return None
    return Project.objects.public().filter(predecessor=project).first()
