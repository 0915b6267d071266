"""What everybody may read: visits, the roster, released photos."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from config.uploads import serve_picture
from monitors.models import Monitor, Visit, VisitMove, VisitNote, VisitPhoto

PAGE_SIZE = 20


@require_safe
def visit_list(request: HttpRequest) -> HttpResponse:
    """Coming visits, then past ones, the latest first."""
    coming = Visit.objects.public().coming().prefetch_related("projects")
    past = Visit.objects.public().exclude(pk__in=coming.values("pk")).prefetch_related("projects")
    rows = past.annotate(came=Count("attendances")).order_by("-starts_at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "monitors/visit_list.html", {"coming": coming, "page": page})


@require_safe
def visit(request: HttpRequest, slug: str) -> HttpResponse:
    """One visit; once its summary is out, also who came and what they noted, without names."""
    found = get_object_or_404(Visit.objects.public(), slug=slug)
    published = found.status == Visit.Status.PUBLISHED
    notes = VisitNote.objects.public().filter(visit=found).prefetch_related("photos")
    projects = found.projects.select_related("lead_unit", "topic").order_by("number")
    context = {
        "visit": found,
        "projects": projects.prefetch_related(Prefetch("visit_notes", notes, to_attr="public_notes")),
        "attendances": found.attendances.select_related("monitor") if published else [],
        "why_cancelled": VisitMove.objects.filter(subject=found, verb="cancel").first(),
    }
    return render(request, "monitors/visit.html", context)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """The serving monitors by number and field. Names are not published."""
    monitors = Monitor.objects.serving().select_related("area").prefetch_related("topics")
    return render(request, "monitors/roster.html", {"monitors": monitors})


@require_safe
def visit_photo(request: HttpRequest, token: uuid.UUID, which: str = "image") -> HttpResponseBase:
    """A photo of a visit, for whoever may see it."""
    photo = get_object_or_404(VisitPhoto.objects.visible_to(request.user).select_related("note__visit"), token=token)
    public = bool(photo.note and photo.note.is_public and photo.note.visit.status == Visit.Status.PUBLISHED)
    return serve_picture(photo, which, public=public)
