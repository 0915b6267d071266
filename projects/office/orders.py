"""挂牌督办: put a stuck project under supervision, judge the reply, take it off again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, admin_page, ask, office_view
from projects import permissions
from projects.forms.office import DischargeForm, OrderForm, ReasonForm
from projects.models import SupervisionOrder
from projects.office.projects import crumbs, home_of, if_seen, last_move, timeline
from projects.office.projects import load as load_project

ICON = "warning"
SHOWN = 200


def load(pk: int) -> SupervisionOrder:
    return get_object_or_404(SupervisionOrder.objects.select_related("project", "unit"), pk=pk)


def page_of(order: SupervisionOrder) -> str:
    return reverse("project_office:order", args=[order.pk])


def _crumbs(order: SupervisionOrder | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("挂牌督办"), reverse("project_office:orders"))]
    return [*trail, (order.number, page_of(order))] if order else trail


@office_view(permissions.READ_ORDERS)
def order_list(request: HttpRequest) -> HttpResponse:
    """Standing orders, those with a reply first; then the discharged ones."""
    ended = request.GET.get("tab") == "discharged"
    status = SupervisionOrder.Status
    standing = SupervisionOrder.objects.standing().order_by("-status", "due_on")
    discharged = SupervisionOrder.objects.filter(status=status.DISCHARGED)
    here = reverse("project_office:orders")
    tabs = [
        {"label": _("督办中"), "href": here, "count": standing.count(), "current": not ended},
        {"label": _("已销号"), "href": f"{here}?tab=discharged", "count": discharged.count(), "current": ended},
    ]
    shown = (discharged if ended else standing).select_related("project", "unit")[:SHOWN]
    return admin_page(
        request, "projects/admin/orders.html", title=_("挂牌督办"), icon=ICON, tabs=tabs,
        columns=[_("督办"), _("项目"), _("责任单位"), _("状态"), _("期限"), _("灯")],
        rows=[{"pk": one.pk, "cells": _cells(one)} for one in shown],
        empty={"title": _("没有督办"), "text": _("在项目页上可以挂牌督办。")},
    )  # fmt: skip


def _cells(one: SupervisionOrder) -> list[Any]:
    return [
        Cell(one.number, href=page_of(one)), one.project.title, one.unit.short_name,
        Cell(one.get_status_display(), tag=True), f"{one.due_on:%Y-%m-%d}",
        Cell("", light=str(one.light()), light_text=one.light_text()),
    ]  # fmt: skip


@office_view(permissions.READ_ORDERS)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One order, the reply with its photos, and what may be done now."""
    found = load(pk)
    replied = found.status != SupervisionOrder.Status.ISSUED
    issued_it = found.can("discharge") and found.was_issued_by(request.user)
    facts = [
        {"label": _("项目"), "value": str(found.project), "href": home_of(found.project)},
        {"label": _("责任单位"), "value": found.unit.name},
        {"label": _("督办原因"), "value": found.reason},
        {"label": _("整改要求"), "value": found.demand},
        {"label": _("整改期限"), "value": f"{found.due_on:%Y-%m-%d}"},
        {"label": _("整改情况"), "value": found.answer if replied else ""},
    ]
    return admin_page(
        request, "projects/admin/order.html", title=found.number, icon=ICON, crumbs=_crumbs(), facts=facts, order=found,
        light_state=str(found.light()), light_text=found.light_text(), moves=timeline(found),
        photos=found.photos.kept() if replied else [],
        why_not=_("下达督办的同志不能自己销号，请另一位同志核实。") if issued_it else "",
        actions=_actions(request.user, found),
    )  # fmt: skip


def _actions(user: Any, found: SupervisionOrder) -> list[Action]:
    actions = []
    if permissions.can_discharge_order(user, found):
        href = f"{reverse('project_office:discharge_order', args=[found.pk])}?seen={last_move(found)}"
        actions.append(Action(_("核实销号"), href, "primary"))
    if permissions.can_return_order(user, found):
        actions.append(Action(_("整改不到位，退回"), reverse("project_office:return_order", args=[found.pk])))
    return actions


# --- acting -------------------------------------------------------------------------------------
@office_view(permissions.ISSUE_ORDER)
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """Put a project under listed supervision."""
    project = load_project(number)
    if not permissions.can_issue_order(request.user, project):
        messages.error(request, _("“%s”的项目不在推进中，不能挂牌督办。") % project.get_status_display())
        return redirect(home_of(project))
    return ask(
        request, title=_("挂牌督办：%s") % project.title, verb=_("挂牌督办"), form=OrderForm, back=home_of(project), icon=ICON,
        crumbs=crumbs(project), text=_("督办原因和要求会公开，项目页挂出“挂牌督办中”，直到另一位同志核实销号。"),
        do=lambda data: SupervisionOrder.objects.issue(project, by=request.user, **data),
        success=_("已挂牌督办，单位经办人和负责人会收到通知。"),
    )  # fmt: skip


@office_view(permissions.ISSUE_ORDER)
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    """Not put right: the order stands."""
    found = load(pk)
    return ask(
        request, title=_("退回整改：%s") % found.number, verb=_("退回整改"), form=ReasonForm, back=page_of(found), icon=ICON,
        crumbs=_crumbs(found), do=lambda data: found.return_(request.user, data["reason"]), success=_("已退回，单位会收到通知。"),
    )  # fmt: skip


@office_view(permissions.ISSUE_ORDER)
def discharge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the project off the list of supervision. Whoever issued the order is refused."""
    found = load(pk)

    def do(data: dict[str, Any]) -> None:
        if_seen(request, found)
        found.discharge(request.user, data["note"])

    return ask(
        request, title=_("销号：%s") % found.number, verb=_("核实无误，销号"), form=DischargeForm, back=page_of(found),
        icon=ICON, crumbs=_crumbs(found), do=do,
        success=_("已销号。"),
    )  # fmt: skip
