"""延期审批: what units ask for, the most urgent first; the office agrees, or says why not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_ui import Action, Cell, act, admin_page, ask, office_view
from portal import permissions
from portal.models import Extension
from portal.models.extension import spoken
from portal.office.forms import ReasonField

ICON = "time"
DECIDED_SHOWN = 30


class ReasonForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("不同意的理由"), help_text=gettext_lazy("责任单位会看到，并收到短信。"))


def _rows() -> Any:
    """With what the screens show, and without the personal fields of the suggestions."""
    related = ("assignment__unit", "assignment__suggestion")
    sealed = ("assignment__suggestion__name", "assignment__suggestion__phone")
    return Extension.objects.select_related(*related).defer(*sealed)


@office_view(permissions.READ_EXTENSIONS)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the office; below it, the latest that were decided."""
    decided = _rows().filter(status__in=(Extension.Status.APPROVED, Extension.Status.REFUSED)).order_by("-pk")
    return admin_page(
        request, "portal/admin/extensions.html", title=_("延期审批"), icon=ICON,
        lead=_("原定期限前批才有效，批下来以前原定期限照算。期限最近的排在前面。"), columns=_columns(),
        rows=[_line(one) for one in _rows().waiting()], decided=[_line(one) for one in decided[:DECIDED_SHOWN]],
        empty={"title": _("没有等着审批的延期申请"), "text": _("责任单位的负责人送来的申请会出现在这里。")},
    )  # fmt: skip


def _columns() -> list[str]:
    return [_("建议"), _("状态"), _("申请延到"), _("理由")]


def _line(one: Extension) -> dict[str, Any]:
    held = one.assignment
    state = Cell("", light=held.light().value, light_text=held.light_text())
    return {
        "pk": one.pk,
        "cells": [
            Cell(held.suggestion.public_title, _page_of(one), sub=f"{held.suggestion.number} · {held.unit.short_name}"),
            state if one.can("approve") else Cell(one.get_status_display(), tag=True),
            Cell(f"{one.due_asked:%Y-%m-%d}", sub=_("原定 %s") % f"{one.due_before:%Y-%m-%d}", nowrap=True),
            one.reason if len(one.reason) <= 60 else f"{one.reason[:60]}…",
        ],
    }


def _page_of(one: Extension) -> str:
    return reverse("office:extension", args=[one.pk])


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("延期审批"), reverse("office:extensions"))]


@office_view(permissions.READ_EXTENSIONS)
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: from which date to which, why, and how far the answer is."""
    one = get_object_or_404(_rows(), pk=pk)
    held, may = one.assignment, permissions.can_decide_extension(request.user, one)
    actions = [
        Action(_("同意延期"), reverse("office:extension_approve", args=[pk]), "primary", post=True),
        Action(_("不同意"), reverse("office:extension_refuse", args=[pk])),
    ]
    facts = [
        {
            "label": _("建议"),
            "value": held.suggestion,
            "href": reverse("office:suggestion", args=[held.suggestion.number]),
        },
        {"label": _("责任单位"), "value": held.unit.name},
        {"label": _("原定期限"), "value": spoken(one.due_before)},
        {"label": _("申请延到"), "value": spoken(one.due_asked)},
        {"label": _("答复办到哪一步"), "value": held.get_status_display()},
    ]
    return admin_page(
        request, "portal/admin/extension.html", title=_("延期申请"), icon=ICON, crumbs=_crumbs(), one=one, facts=facts,
        actions=actions if may else [], light={"state": held.light().value, "text": held.light_text()}, moves=_moves(one),
    )  # fmt: skip


def _moves(one: Extension) -> list[dict[str, Any]]:
    rows = one.moves.select_related("by").order_by("-at", "-pk")
    return [
        {"state": move.new_label, "title": move.verb_label if move.old else _("写了申请"), "when": move.at,
         "who": str(move.by) if move.by else "", "internal": move.internal_note, "latest": n == 0}
        for n, move in enumerate(rows)
    ]  # fmt: skip


@office_view(permissions.DECIDE_EXTENSION)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree: the due date moves, the unit and the author are told."""
    one = get_object_or_404(_rows(), pk=pk)
    done = _("已同意延期到%s，已告诉责任单位和提出人。") % spoken(one.due_asked)
    return act(request, lambda: one.approve(request.user), done, reverse("office:extensions"))


@office_view(permissions.DECIDE_EXTENSION)
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Not agreed, with the reason."""
    one = get_object_or_404(_rows(), pk=pk)
    return ask(
        request, title=_("不同意延期"), verb=_("不同意并说明"), form=ReasonForm, back=_page_of(one), icon=ICON,
        crumbs=[*_crumbs(), (_("延期申请"), _page_of(one))], then=reverse("office:extensions"),
        text=_("%(unit)s申请延到%(day)s。期限仍按原定的算。") % {"unit": one.assignment.unit.name, "day": spoken(one.due_asked)},
        do=lambda data: one.refuse(request.user, data["reason"]), success=_("已告诉责任单位不同意延期。"),
    )  # fmt: skip
