"""`/projects/`: the ledger as a table, as a wall of photos, and as CSV."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.export import csv_response
from config.wording import parts, words_of
from projects.forms.ledger import LedgerFilter
from projects.ledger import CSV_HEADER, as_row, csv_rows, public_ledger, with_photos
from projects.models import Project

PAGE_SIZE = 30


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Every project on an issued list, with its light and progress; filters and pages are links that can be kept."""
    form = LedgerFilter(request.GET)
    number = words_of(form.understood.get("q", "")).record
    if number and Project.objects.public().filter(number=number).exists():
        return redirect("projects:detail", number=number)
    wall = request.GET.get("view") == "photos"
    page = Paginator(form.apply(public_ledger()), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = with_photos(page) if wall else [as_row(project) for project in page]
    if words := form.words:
        rows = [row | {"title_parts": parts(row["title"], words)} for row in rows]
    context = {
        "form": form,
        "is_filtered": bool(form.understood),
        "wall": wall,
        "rows": rows,
        "prev": _address(request, page, -1),
        "next": _address(request, page, 1),
        "count": page.paginator.count,
        "count_text": _("共 %d 个项目") % page.paginator.count,
    }
    return render(request, "projects/list.html", context)


def _address(request: HttpRequest, page: Page[Any], step: int) -> str:
    has = page.has_next() if step > 0 else page.has_previous()
    if not has:
        return ""
    query = request.GET.copy()
    query["page"] = str(page.number + step)
    return f"?{query.urlencode()}"


@require_safe
def project_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same rows, all of them, as CSV."""
    projects = LedgerFilter(request.GET).apply(public_ledger())
    return csv_response("projects.csv", CSV_HEADER, csv_rows(projects, request.build_absolute_uri("/")[:-1]))
