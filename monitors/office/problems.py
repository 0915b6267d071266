"""监督员问题: what monitors raised, checked before a unit hears of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_ui import Action, Cell, act, admin_page, ask, office_view
from monitors import permissions as may
from monitors.models import Problem
from monitors.office.forms import ReasonForm

ICON = "warning"
Status = Problem.Status
TABS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "raised": (gettext_lazy("待核"), (Status.RAISED,)),
    "owed": (gettext_lazy("等单位答复"), (Status.HANDED, Status.DISPUTED)),
    "answered": (gettext_lazy("等监督员确认"), (Status.ANSWERED,)),
    "ended": (gettext_lazy("已了结"), (Status.CONFIRMED, Status.DROPPED)),
}
SHOWN = 200


def _list_url() -> str:
    return reverse("monitor_office:problems")


@office_view(may.READ_PROBLEMS)
def problems(request: HttpRequest) -> HttpResponse:
    """The queue: what is to be checked first, the oldest on top."""
    chosen = request.GET.get("tab", "raised")
    chosen = chosen if chosen in TABS else "raised"
    rows = Problem.objects.filter(status__in=TABS[chosen][1]).select_related("project", "unit")
    tabs = [
        {"label": label, "href": f"?tab={key}", "current": key == chosen,
         "count": Problem.objects.filter(status__in=states).count()}
        for key, (label, states) in TABS.items()
    ]  # fmt: skip
    ordered = rows.order_by("-pk" if chosen == "ended" else "pk")[:SHOWN]
    return admin_page(
        request, "monitors/office/list.html", title=_("监督员问题"), icon=ICON, tabs=tabs,
        columns=[_("项目"), _("卡在哪里"), _("问题"), _("责任单位"), _("状态"), _("期限")],
        rows=[{"pk": one.pk, "cells": _cells(one)} for one in ordered], empty={"title": _("这一栏没有问题")},
    )  # fmt: skip


def _cells(one: Problem) -> list[Any]:
    light = Cell("", light=one.light(), light_text=one.light_text()) if one.can("answer") else ""
    return [
        Cell(one.project.title, href=reverse("monitor_office:problem", args=[one.pk]), sub=one.project.number),
        one.get_kind_display(),
        one.text[:60],
        one.unit,
        Cell(one.get_status_display(), tag=True),
        light,
    ]


@office_view(may.READ_PROBLEMS)
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem, who raised it, and what became of it."""
    one = get_object_or_404(Problem.objects.select_related("project", "unit", "monitor__user", "visit"), pk=pk)
    facts = [
        {"label": _("项目"), "value": one.project, "href": one.project.get_absolute_url()},
        {"label": _("责任单位"), "value": one.unit},
        {"label": _("卡在哪里"), "value": one.get_kind_display()},
        {"label": _("谁反映的"), "value": one.monitor, "href": reverse("monitor_office:person", args=[one.monitor_id])},
        {"label": _("在哪次观摩发现"), "value": one.visit},
        {"label": _("状态"), "value": one.get_status_display()},
        {"label": _("应于"), "value": f"{one.due_on:%Y-%m-%d}" if one.can("answer") else ""},
    ]
    entries = [
        {"state": move.new_label, "when": timezone.localtime(move.at), "who": move.by, "title": move.verb_label,
         "text": move.public_note, "internal": move.internal_note}
        for move in one.moves.select_related("by")
    ]  # fmt: skip
    actions = []
    if may.can_check(request.user, one):
        actions = [
            Action(_("属实，交责任单位"), reverse("monitor_office:problem_hand_over", args=[pk]), "primary", post=True),
            Action(_("不采用"), reverse("monitor_office:problem_drop", args=[pk]), "danger"),
        ]
    return admin_page(
        request, "monitors/office/problem.html", title=one.project.title, icon=ICON, actions=actions,
        crumbs=[(_("监督员问题"), _list_url())], problem=one, facts=facts, entries=entries,
    )  # fmt: skip


@office_view(may.CHECK_PROBLEMS)
def hand_over(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Checked: the unit owes an answer from today."""
    one = get_object_or_404(Problem, pk=pk)
    return act(request, lambda: one.hand_over(request.user), _("已交责任单位，限 7 个工作日答复。"), _list_url())


@office_view(may.CHECK_PROBLEMS)
def drop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Not taken up, with the reason that the monitor reads."""
    one = get_object_or_404(Problem, pk=pk)
    back = reverse("monitor_office:problem", args=[pk])
    return ask(
        request, title=_("不采用这个问题"), verb=_("不采用"), danger=True, form=ReasonForm, success=_("已告知监督员。"),
        text=_("监督员会看到理由，责任单位看不到这个问题。"), back=back, then=_list_url(), icon=ICON,
        crumbs=[(_("监督员问题"), _list_url()), (one.project.title, back)],
        do=lambda data: one.drop(request.user, data["reason"]),
    )  # fmt: skip
