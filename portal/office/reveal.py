"""查看原因: name and phone of an author, shown once to one person for a reason that stays on record; and that record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django_filters
from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from config.admin_ui import Action, Cell, admin_page, office_view
from config.export import csv_response
from config.forms import DateInput
from config.limits import client_address
from portal import permissions
from portal.models import Reveal
from portal.office import screen
from portal.office.forms import RevealForm
from portal.office.queue import Queue

ROWS_SHOWN = 50


def _signed_in_strongly(request: HttpRequest) -> bool:
    """Whether staff have a second factor here, and so can be asked to prove themselves again."""
    return bool(settings.WEITAI_STAFF_MFA)


@office_view(permissions.REVEAL)
@reauthentication_required(allow_get=True, enabled=_signed_in_strongly, app="portal")
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show name and phone once, on the answer to this very request; who, when and why stay on record.

    Its address carries no query, so that the request can go on by itself after the password was asked for.
    """
    if request.method != "POST":
        return redirect("office:suggestion", number=number)
    one, queue = screen.load(number), Queue(request, request.POST)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return screen.draw(request, one, queue, reveal=form)
    Reveal.objects.record(one, by=request.user, address=client_address(request), **form.cleaned_data)
    return screen.draw(request, one, queue, person={"name": one.name, "phone": one.phone})


class RevealFilter(django_filters.FilterSet):
    """By whom, why, which suggestion and when; dates are days here."""

    number = django_filters.CharFilter(
        "suggestion__number", label=gettext_lazy("受理编号"), lookup_expr="iexact",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    who = django_filters.CharFilter("by__display_name", label=gettext_lazy("查看人"), lookup_expr="icontains")
    why = django_filters.ChoiceFilter(
        label=gettext_lazy("事由类别"), choices=Reveal.Why.choices, empty_label=gettext_lazy("全部")
    )
    since = django_filters.DateFilter("at", label=gettext_lazy("从"), lookup_expr="date__gte", widget=DateInput)
    until = django_filters.DateFilter("at", label=gettext_lazy("到"), lookup_expr="date__lte", widget=DateInput)

    class Meta:
        model = Reveal
        fields: list[str] = []


def _narrowed(request: HttpRequest) -> tuple[Any, Any]:
    rows = Reveal.objects.select_related("by", "suggestion").defer("suggestion__name", "suggestion__phone")
    found = RevealFilter(request.GET, rows.order_by("-pk"))
    return found, found.qs if found.is_valid() else rows.none()


@require_safe
@office_view(permissions.READ_REVEALS)
def reveals(request: HttpRequest) -> HttpResponse:
    """For the auditor: who was shown whom, and why. Never the names themselves."""
    found, rows = _narrowed(request)
    page = Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    export = Action(_("下载表格"), f"{reverse('office:reveals_csv')}?{query.urlencode()}")
    turn = f"?{query.urlencode()}&p="
    return admin_page(
        request, "portal/admin/reveals.html", title=_("查看身份记录"), icon="view", form=found.form, actions=[export],
        prev=f"{turn}{page.previous_page_number()}" if page.has_previous() else "",
        next=f"{turn}{page.next_page_number()}" if page.has_next() else "",
        rows=[_line(row) for row in page], busy=_busy(),
        columns=[_("时间"), _("查看人"), _("建议"), _("事由"), _("看了什么"), _("来自网络")],
        lead=_("谁在什么时候、为什么看了提出人的姓名和电话。这里不显示姓名和电话本身，记录不能改、不能删。"),
        empty={"title": _("没有查看记录"), "text": _("有人查看提出人身份时，这里会留下一行。")},
    )  # fmt: skip


def _line(row: Reveal) -> dict[str, Any]:
    at = timezone.localtime(row.at)
    return {
        "pk": row.pk,
        "cells": [
            Cell(f"{at:%Y-%m-%d %H:%M}", nowrap=True),
            Cell(str(row.by), sub=row.role),
            Cell(row.suggestion.number, reverse("office:suggestion", args=[row.suggestion.number]), nowrap=True),
            Cell(row.get_why_display(), sub=row.reason),
            row.fields_shown,
            row.address,
        ],
    }


def _busy() -> list[str]:
    """Who looked at most people in the last thirty days, with how many."""
    since = timezone.now() - timedelta(days=30)
    rows = Reveal.objects.filter(at__gte=since).order_by().values("by__display_name").annotate(n=Count("pk"))
    return [_("%(who)s %(n)d 次") % {"who": row["by__display_name"], "n": row["n"]} for row in rows.order_by("-n")[:5]]


@require_safe
@office_view(permissions.READ_REVEALS)
def reveals_csv(request: HttpRequest) -> HttpResponseBase:
    """The same rows as a table."""
    _found, rows = _narrowed(request)
    header = [_("时间"), _("查看人"), _("角色"), _("建议"), _("事由类别"), _("事由"), _("看了什么"), _("来自网络")]
    return csv_response(_("查看身份记录-%s.csv") % f"{timezone.localdate():%Y%m%d}", header, _table(rows))


def _table(rows: Any) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        at = f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"
        yield [at, str(row.by), row.role, row.suggestion.number, row.get_why_display(), row.reason, row.fields_shown,
               row.address]  # fmt: skip
