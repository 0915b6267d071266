"""What everybody may read: the list, one suggestion, the list as a table to download."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.export import csv_response
from config.limits import client_address, over_limit
from config.views import too_many
from portal import receipts
from portal.filters import FilterForm
from portal.listing import Page, page_of, page_through
from portal.models import Suggestion
from portal.searching import Search

ORDERS = {
    "best": ("received_at", "id"),
    "newest": ("received_at", "id"),
    "supported": ("support_count", "received_at", "id"),
}
DOWNLOADS_PER_HOUR = 30
MEMBERS_SHOWN = 30


def _narrowed(request: HttpRequest) -> tuple[FilterForm, Any]:
    """The filter form, and the public rows that the filters leave, words aside; None when a value is unknown."""
    form = FilterForm(request.GET)
    rows = Suggestion.objects.public().select_related("topic", "area__parent", "proposed_by_unit")
    return form, form.narrow(rows) if form.is_valid() else None


@require_safe
def suggestion_list(request: HttpRequest) -> HttpResponse:
    """Search and filters over all public suggestions, page by page. A whole number leads straight to its record."""
    form, rows = _narrowed(request)
    if rows is None:
        return _unknown_filter(request, form)
    search = Search(form.cleaned_data["q"]) if form.cleaned_data["q"] else None
    number = search.words.record if search else ""
    if number and Suggestion.objects.public().filter(number=number).exists():
        return redirect("portal:suggestion", number=number)
    context = {
        "form": form,
        "page": _page(request, form, rows, search),
        "words": search.words.all if search else (),
        "number": number,
        "is_numbers": bool(search and search.words.numbers and not number),
        "query": _kept(request),
        "wider": _kept(request, but=[name for name in form.fields if name not in ("q", "sort")]),
    }
    return render(request, "portal/suggestion_list.html", context)


def _page(request: HttpRequest, form: FilterForm, rows: Any, search: Search | None) -> Page:
    fields = ORDERS[form.order]
    if search is None:
        return page_of(request, rows, fields)
    hits = search.hits(rows, fields, best_first=form.order == form.BEST)
    return page_through(request, hits.sections, fields, hits.number, is_counted=hits.is_all)


def _kept(request: HttpRequest, but: list[str] | None = None) -> str:
    """The query of this page without its place in the list, and without these fields."""
    query = request.GET.copy()
    for name in ("after", "before", *(but or [])):
        query.pop(name, None)
    return query.urlencode()


def _unknown_filter(request: HttpRequest, form: FilterForm) -> HttpResponse:
    names = "、".join(str(form.fields[name].label) for name in form.errors if name in form.fields)
    return render(request, "portal/unknown_filter.html", {"names": names}, status=400)


@require_safe
def suggestion_csv(request: HttpRequest) -> HttpResponseBase:
    """The same rows as a table; only what the pages show."""
    if over_limit("suggestions-csv", client_address(request), DOWNLOADS_PER_HOUR, 3600):
        return too_many(request, _("这个网络下载得太多了，请过一小时再下载。"), 3600)
    form, rows = _narrowed(request)
    if rows is None:
        return _unknown_filter(request, form)
    rows = rows.containing(form.cleaned_data["q"]) if form.cleaned_data["q"] else rows
    rows = rows.select_related("campaign", "lead").order_by(*(f"-{name}" for name in ORDERS[form.order]))
    filename = _("意见建议-%s.csv") % f"{timezone.localdate():%Y%m%d}"
    header = [
        _("受理编号"), _("年度"), _("标题"), _("遇到了什么不方便"), _("怎样会更好"), _("领域"), _("区划"), _("具体地点"), _("来源渠道"),
        _("署名"), _("收到日期"), _("状态"), _("并入"), _("附议人数"), _("原平台点赞数（不计入附议）"), _("原编号"),
    ]  # fmt: skip
    return csv_response(filename, header, _table(rows.iterator(chunk_size=500)))


def _table(rows: Iterator[Suggestion]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.number, row.campaign.year, row.public_title, row.public_body, row.public_wish,
            row.topic.name if row.topic else "", row.area.full_name if row.area else "", row.public_place,
            row.get_channel_display(), row.author_shown, f"{timezone.localtime(row.received_at):%Y-%m-%d}",
            row.get_status_display(), row.lead.number if row.lead and not row.lead.is_hidden else "",
            row.support_count, row.imported_for, row.reference,
        ]  # fmt: skip


@require_safe
def suggestion(request: HttpRequest, number: str) -> HttpResponse:
    """One suggestion with its whole life."""
    related = ("topic", "area__parent", "campaign", "lead__campaign", "proposed_by_unit", "deputy_paper")
    rows = Suggestion.objects.select_related(*related)
    # Public ones are asked for first, without touching the session.
    one = rows.public().filter(number=number).first() or rows.visible_to(request.user).filter(number=number).first()
    if one is None:
        raise Http404
    members = list(one.members.public().only("number", "public_title").order_by("pk")[: MEMBERS_SHOWN + 1])
    context = {
        "suggestion": one,
        "attachments": list(one.attachments.released()),
        "members": members[:MEMBERS_SHOWN],
        "more_members": len(members) > MEMBERS_SHOWN,
        "is_own": receipts.may_follow(request, one),
    }
    return render(request, "portal/suggestion.html", context)
