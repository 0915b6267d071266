"""单位退回: what units gave back as not theirs; the office leaves it with them, releases them or names another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_ui import Cell, admin_page, ask, office_view
from portal import permissions
from portal.models import Assignment, Unit
from portal.office.forms import ReasonField

ICON = "undo"


class KeepForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("为什么仍由它办理"), help_text=gettext_lazy("责任单位会看到，并收到短信。"))


class ReleaseForm(forms.Form):
    other = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True), label=gettext_lazy("改由哪个单位办理"), required=False,
        empty_label=gettext_lazy("不另定，由其余单位办理"), help_text=gettext_lazy("另定的单位从今天起重新计算 7 个工作日。"),
    )  # fmt: skip
    reason = ReasonField(label=gettext_lazy("理由"), help_text=gettext_lazy("留在办理记录里，改革办和该单位看得到。"))


def _rows() -> Any:
    rows = Assignment.objects.select_related("unit", "suggestion")
    return rows.defer("suggestion__name", "suggestion__phone")


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("单位退回"), reverse("office:handed_back"))]


@office_view(permissions.READ)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for the office, the most urgent first, each with the unit's reason."""
    may = request.user.has_perm(permissions.APPROVE)
    rows = list(_rows().handed_back().prefetch_related("moves"))
    return admin_page(
        request, "portal/admin/handed_back.html", title=_("单位退回"), icon=ICON,
        lead=_("责任单位认为不归自己办的。同办的其他单位照常办理，原定期限照算。"),
        columns=[_("建议"), _("单位"), _("退回的理由"), _("期限"), *([_("办理"), ""] if may else [])],
        rows=[_line(one, may) for one in rows],
        empty={"title": _("没有退回的转办件"), "text": _("责任单位负责人退回的会出现在这里。")},
    )  # fmt: skip


def _line(one: Assignment, may: bool) -> dict[str, Any]:
    said = [move.internal_note for move in one.moves.all() if move.verb == "hand_back"]
    suggestion, pk = one.suggestion, one.pk
    cells = [
        Cell(suggestion.public_title, reverse("office:suggestion", args=[suggestion.number]), sub=suggestion.number),
        Cell(one.unit.short_name, sub=_("牵头") if one.is_lead else _("配合")),
        said[-1] if said else "",
        Cell("", light=one.light().value, light_text=one.light_text()),
    ]
    if may:
        cells.append(Cell(_("改派或不再办理"), reverse("office:handed_back_release", args=[pk]), nowrap=True))
        cells.append(Cell(_("仍由它办理"), reverse("office:handed_back_keep", args=[pk]), nowrap=True))
    return {"pk": pk, "cells": cells}


def _page(request: HttpRequest, pk: int, **options: Any) -> HttpResponse:
    """A page that asks about one of them."""
    one = get_object_or_404(_rows(), pk=pk)
    said = one.moves.filter(verb="hand_back").last()
    facts = [
        {
            "label": _("建议"),
            "value": one.suggestion,
            "href": reverse("office:suggestion", args=[one.suggestion.number]),
        },
        {"label": _("退回的单位"), "value": one.unit.name},
        {"label": _("退回的理由"), "value": said.internal_note if said else ""},
        {"label": _("同办单位"), "value": "、".join(row.unit.name for row in one.round() if row.pk != one.pk)},
    ]
    do = options.pop("do")
    return ask(
        request, facts=facts, crumbs=_crumbs(), icon=ICON, back=reverse("office:handed_back"),
        do=lambda data: do(one, data), **options,
    )  # fmt: skip


@office_view(permissions.APPROVE)
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """It is theirs after all."""
    return _page(
        request, pk, title=_("仍由原单位办理"), verb=_("退还给该单位办理"), form=KeepForm, success=_("已告诉该单位继续办理。"),
        do=lambda one, data: one.keep(request.user, data["reason"]),
    )  # fmt: skip


@office_view(permissions.APPROVE)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Another unit, or the others alone."""
    return _page(
        request, pk, title=_("改派或不再办理"), verb=_("确定"), form=ReleaseForm, success=_("已办好，有关单位会收到通知。"),
        do=lambda one, data: one.release(request.user, data["reason"], other=data["other"]),
    )  # fmt: skip
