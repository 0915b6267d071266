"""`/projects/<number>/history/`: what was changed after publication, and the turns of the project's life."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects.changes import changes_of
from projects.life import SILENT
from projects.views.project import crumbs_of, public_project


@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Field by field: old, new, when, why, and which office or unit did it. Never a person's name."""
    project = public_project(number)
    moves = list(project.moves.exclude(verb__in=SILENT))
    for move in moves:
        move.subject = project
    crumbs = [
        *crumbs_of(project)[:-1],
        {"text": project.number, "href": project.get_absolute_url()},
        {"text": _("变更记录")},
    ]
    context = {"project": project, "crumbs": crumbs, "changes": changes_of(project), "moves": moves[::-1]}
    return render(request, "projects/history.html", context)
