"""现场观摩: plan, announce, sign-in code, hold, summarise, publish, call off."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_ui import Action, Cell, act, admin_page, ask, office_view
from monitors import permissions as may
from monitors.models import Visit, VisitNote
from monitors.office.forms import ReasonForm, SummaryForm, VisitForm

ICON = "site"


def _list_url() -> str:
    return reverse("monitor_office:visits")


def _url(visit: Visit) -> str:
    return reverse("monitor_office:visit", args=[visit.pk])


@office_view(may.READ_VISITS)
def visits(request: HttpRequest) -> HttpResponse:
    """Every visit, the latest first."""
    actions = []
    if may.can_plan_visits(request.user):
        actions = [Action(_("安排观摩"), reverse("monitor_office:visit_new"), "primary")]
    rows = Visit.objects.prefetch_related("projects", "attendances")
    return admin_page(
        request, "monitors/office/list.html", title=_("现场观摩"), icon=ICON, actions=actions,
        columns=[_("观摩"), _("状态"), _("时间"), _("项目"), {"label": _("到场"), "numeric": True}],
        rows=[{"pk": one.pk, "cells": _cells(one)} for one in rows], empty={"title": _("还没有安排过观摩")},
    )  # fmt: skip


def _cells(one: Visit) -> list[Any]:
    return [
        Cell(one.title, href=_url(one), sub=one.place),
        Cell(one.get_status_display(), tag=True),
        timezone.localtime(one.starts_at).strftime("%Y-%m-%d %H:%M"),
        "、".join(project.title for project in one.projects.all()),
        Cell(len(one.attendances.all()), numeric=True),
    ]


@office_view(may.PLAN_VISITS)
def visit_new(request: HttpRequest) -> HttpResponseBase:
    """Plan a visit; it stays inside the office until it is announced."""

    def do(data: dict[str, Any]) -> None:
        Visit.objects.plan(by=request.user, projects=data.pop("projects"), **data)

    return ask(
        request, title=_("安排观摩"), verb=_("存好"), do=do, success=_("已存好，公告后监督员会收到通知。"),
        back=_list_url(), icon=ICON, crumbs=[(_("现场观摩"), _list_url())],
        form=lambda data, files: VisitForm(data),
    )  # fmt: skip


@office_view(may.RUN_VISITS)
def visit_edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change where, when and what, until it is over."""
    one = get_object_or_404(Visit, pk=pk)
    if one.is_over:
        return redirect(_url(one))
    form = VisitForm(request.POST or None, instance=one)
    return ask(
        request, title=_("修改观摩"), verb=_("保存"), do=lambda data: form.save(), success=_("已保存。"),
        form=lambda data, files: form, **_around(one),
    )  # fmt: skip


@office_view(may.READ_VISITS)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit with everything about it, and the buttons that its state allows."""
    one = get_object_or_404(Visit, pk=pk)
    local = timezone.localtime(one.starts_at)
    facts = [
        {"label": _("状态"), "value": one.get_status_display()},
        {"label": _("时间"), "value": local.strftime("%Y-%m-%d %H:%M")},
        {"label": _("集合地点"), "value": one.place},
        {"label": _("名额"), "value": one.seats},
        {"label": _("安排"), "value": one.agenda},
    ]
    entries = [
        {"state": move.new_label, "when": move.at, "who": move.by, "title": move.verb_label, "text": move.public_note}
        for move in one.moves.select_related("by")
    ]
    return admin_page(
        request, "monitors/office/visit.html", title=one.title, icon=ICON, crumbs=[(_("现场观摩"), _list_url())],
        actions=_actions(request, one), visit=one, facts=facts, entries=entries,
        projects=one.projects.select_related("lead_unit"), may_run=may.can_run_visits(request.user),
        attendances=one.attendances.select_related("monitor__user"),
        notes=one.notes.select_related("project", "monitor__user").prefetch_related("photos"),
    )  # fmt: skip


def _actions(request: HttpRequest, one: Visit) -> list[Action]:
    if not may.can_run_visits(request.user):
        return []

    def to(name: str) -> str:
        return reverse(f"monitor_office:visit_{name}", args=[one.pk])

    actions = []
    if one.can("announce"):
        actions.append(Action(_("公告，通知监督员"), to("announce"), "primary", post=True))
    if one.can("hold"):
        actions.append(Action(_("签到二维码"), to("code"), "primary"))
        actions.append(Action(_("观摩结束"), to("hold"), post=True))
    if one.can("publish"):
        actions.append(Action(_("写小结"), to("summary"), "plain" if one.summary else "primary"))
        if one.summary:
            actions.append(Action(_("公布小结"), to("publish"), "primary", post=True))
    if not one.is_over:
        actions.append(Action(_("修改"), to("edit")))
        actions.append(Action(_("取消观摩"), to("cancel"), "danger"))
    return actions


def _mover(name: str, success: Any) -> Callable[..., HttpResponseBase]:
    """A view that calls one verb of a visit on POST."""

    @office_view(may.RUN_VISITS)
    def view(request: HttpRequest, pk: int) -> HttpResponseBase:
        one = get_object_or_404(Visit, pk=pk)
        return act(request, lambda: getattr(one, name)(request.user), str(success), _url(one))

    return view


announce = _mover("announce", gettext_lazy("已公告，已通知在聘的监督员。"))
hold = _mover("hold", gettext_lazy("签到已结束。收齐观摩记录后写小结。"))
publish = _mover("publish", gettext_lazy("小结已公布。"))


@office_view(may.RUN_VISITS)
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Call a visit off, with the reason that the public reads."""
    one = get_object_or_404(Visit, pk=pk)
    return ask(
        request, title=_("取消观摩"), verb=_("取消观摩"), danger=True, form=ReasonForm, success=_("已取消。"),
        text=_("理由会公开，并通知监督员。") if one.status == Visit.Status.ANNOUNCED else "",
        do=lambda data: one.cancel(request.user, data["reason"]), **_around(one),
    )  # fmt: skip


@office_view(may.RUN_VISITS)
def summary(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write what was seen; it is published by a button of its own."""
    one = get_object_or_404(Visit, pk=pk)
    if not one.can("publish"):
        return redirect(_url(one))

    def do(data: dict[str, Any]) -> None:
        one.summary = data["summary"]
        one.save(update_fields=["summary"])

    return ask(
        request, title=_("写小结"), verb=_("存好"), do=do, success=_("小结已存好，核对后公布。"),
        form=lambda data, files: SummaryForm(data, initial={"summary": one.summary}), **_around(one),
    )  # fmt: skip


@office_view(may.RUN_VISITS)
def note_release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hold a note back from the public, or release it again; before the summary is published."""
    note = get_object_or_404(VisitNote.objects.select_related("visit"), pk=pk)

    public = request.POST.get("public") == "1"
    said = _("这条记录随小结公开。") if public else _("这条记录不公开。")
    return act(request, lambda: note.set_public(public), said, _url(note.visit))


def _around(one: Visit) -> dict[str, Any]:
    return {"back": _url(one), "crumbs": [(_("现场观摩"), _list_url()), (one.title, _url(one))], "icon": ICON}


# --- sign-in ------------------------------------------------------------------------------------
def sign_in_address(visit: Visit) -> str:
    """The whole address behind the QR code."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("monitors:sign_in", args=[visit.sign_in_code])


@office_view(may.RUN_VISITS)
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code to hold up or to print at the meeting point, and who has come so far, by number."""
    one = get_object_or_404(Visit, pk=pk)
    came = one.attendances.select_related("monitor")
    context = {"visit": one, "address": sign_in_address(one), "attendances": came, "back": _url(one)}
    return render(request, "monitors/office/sign_in_code.html", context)


@office_view(may.RUN_VISITS)
def code_image(request: HttpRequest, pk: int) -> HttpResponse:
    """The code as SVG, dark on white in every theme, sized by the page."""
    out = BytesIO()
    qr = segno.make(sign_in_address(get_object_or_404(Visit, pk=pk)), error="m")
    qr.save(out, kind="svg", omitsize=True, border=2, dark="#000", light="#fff")
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")
