"""来信: the mails of the office's mailbox; a clerk turns each into a suggestion or sets it aside with a reason."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from config.admin_ui import Cell, act, admin_page, ask, office_view
from config.moves import MoveRefused
from portal import mail_text, permissions
from portal.models import Letter, Suggestion
from portal.office import recording
from portal.office.forms import ReasonField
from portal.office.record_forms import RecordForm

ICON = "mail"
SHOWN = 100
_KEYS = uuid.UUID("6f0b7c1e-9a4d-4f63-8a51-0f5e2d6b9c11")  # letter → submission key, so that one becomes one


class SetAsideForm(forms.Form):
    reason = ReasonField(
        label=gettext_lazy("为什么搁置"), min_length=2, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("例如：广告；与建议无关；已另行登记。信还留着，可以重新处理。"),
    )  # fmt: skip


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("来信"), reverse("office:letters"))]


@office_view(permissions.RECORD)
def queue(request: HttpRequest) -> HttpResponse:
    """The letters that wait, the first to arrive first; below a tab each, what became of the others."""
    chosen = request.GET.get("tab") if request.GET.get("tab") in Letter.Status.values else Letter.Status.NEW
    rows = Letter.objects.waiting() if chosen == Letter.Status.NEW else Letter.objects.filter(status=chosen)
    tabs = [
        {"label": label, "href": f"?tab={value}", "current": value == chosen,
         "count": Letter.objects.filter(status=value).count()}
        for value, label in Letter.Status.choices
    ]  # fmt: skip
    return admin_page(
        request, "portal/admin/letters.html", title=_("来信"), icon=ICON,
        lead=_("征集邮箱里的来信，每封自动取一次。转为建议，或者写明理由搁置。"),
        columns=[_("主题"), _("收到时间"), _("正文")], rows=[_line(one) for one in rows.select_related("suggestion")[:SHOWN]],
        tabs=tabs, empty={"title": _("没有这样的来信"), "text": _("新的来信每 5 分钟取一次。")},
    )  # fmt: skip


def _line(one: Letter) -> dict[str, Any]:
    said = one.suggestion.number if one.suggestion else ""
    return {
        "pk": one.pk,
        "cells": [
            Cell(str(one), reverse("office:letter", args=[one.pk]), sub=said),
            Cell(f"{timezone.localtime(one.received_at):%Y-%m-%d %H:%M}", nowrap=True),
            one.text[:60],
        ],
    }


@office_view(permissions.RECORD)
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail on the left, the front desk's form on the right; POST makes a suggestion of it."""
    one = get_object_or_404(Letter.objects.select_related("suggestion"), pk=pk)
    if one.status == Letter.Status.USED and one.suggestion:
        messages.info(request, _("这封信已经转为建议 %s。") % one.suggestion.number)
        return redirect("office:suggestion", number=one.suggestion.number)
    if request.method != "POST":
        return _page(request, one, RecordForm(initial=_initial(one)))
    data = request.POST.copy()
    data["channel"], data["submission_key"] = Suggestion.Channel.EMAIL, _key(one)
    form = RecordForm(data, request.FILES)
    scans = recording.gather(request, form)
    if not form.is_valid():
        return _page(request, one, form, scans)
    try:
        return recording.enter(request, form, scans, letter=one)
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return _page(request, get_object_or_404(Letter, pk=pk), form, scans, status=409)


def _key(one: Letter) -> str:
    return str(uuid.uuid5(_KEYS, f"letter:{one.pk}"))


def _initial(one: Letter) -> dict[str, Any]:
    return {
        "channel": Suggestion.Channel.EMAIL, "received_on": timezone.localdate(one.received_at), "submission_key": _key(one),
        "title": mail_text.title(one.subject)[:120], "body": one.text, "name": one.sender_name,
    }  # fmt: skip


def _page(request: HttpRequest, one: Letter, form: RecordForm, scans: Any = None, *, status: int = 0) -> HttpResponse:
    moves = [move for move in one.moves.select_related("by") if move.internal_note]
    return recording.page(
        request, form, scans, template="portal/admin/letter.html", title=str(one), crumbs=_crumbs(), letter=one,
        lead=_("原信在左，登记在右。收到日期按来信时间算。"), set_aside=moves[-1] if moves else None, status=status,
        files=list(one.attachments.all()),
    )  # fmt: skip


@office_view(permissions.RECORD)
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Not a suggestion; kept with the reason."""
    one = get_object_or_404(Letter, pk=pk)
    return ask(
        request, title=_("搁置来信"), verb=_("搁置"), form=SetAsideForm, icon=ICON, crumbs=_crumbs(),
        facts=[{"label": _("主题"), "value": str(one)}], back=reverse("office:letter", args=[pk]),
        then=reverse("office:letters"), success=_("已搁置。"), do=lambda data: one.set_aside(request.user, data["reason"]),
    )  # fmt: skip


@office_view(permissions.RECORD)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Out of those set aside."""
    one = get_object_or_404(Letter, pk=pk)
    return act(request, lambda: one.take_up(request.user), _("已放回待处理。"), reverse("office:letter", args=[pk]))
