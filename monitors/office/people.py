"""监督员: appoint, edit, end a term, begin a new one; and who stands aside from what."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_ui import Action, Cell, admin_page, ask, office_view
from config.privacy import mask_phone
from monitors import permissions as may
from monitors.models import Monitor, Recusal
from monitors.office.forms import AppointForm, FindRecusalForm, MonitorForm, ReasonForm, TermForm

ICON = "group"


def _list_url() -> str:
    return reverse("monitor_office:people")


@office_view(may.READ_MONITORS)
def people(request: HttpRequest) -> HttpResponse:
    """The serving monitors, or those whose term is over."""
    past = request.GET.get("tab") == "past"
    everybody = Monitor.objects.select_related("user", "employer").prefetch_related("topics")
    today = timezone.localdate()
    over = Q(status=Monitor.Status.ENDED) | Q(term_to__lt=today)
    shown = everybody.filter(over) if past else everybody.exclude(over)
    tabs = [
        {"label": _("在聘"), "href": "?", "current": not past, "count": Monitor.objects.exclude(over).count()},
        {"label": _("任期已结束"), "href": "?tab=past", "current": past, "count": Monitor.objects.filter(over).count()},
    ]
    actions = (
        [Action(_("聘任监督员"), reverse("monitor_office:appoint"), "primary")] if may.can_appoint(request.user) else []
    )
    columns = [_("编号"), _("姓名"), _("身份、行业"), _("关注领域"), _("工作单位"), _("任期")]
    return admin_page(
        request, "monitors/office/list.html", title=_("群众监督员"), icon=ICON, actions=actions, tabs=tabs,
        columns=columns, rows=[{"pk": one.pk, "cells": _cells(one)} for one in shown],
        empty={"title": _("没有监督员")},
    )  # fmt: skip


def _cells(one: Monitor) -> list[Any]:
    topics = "、".join(topic.name for topic in one.topics.all()) or _("全部")
    return [
        Cell(one.number, href=reverse("monitor_office:person", args=[one.pk])),
        Cell(str(one.user), sub=mask_phone(one.user.phone)),
        one.field,
        topics,
        one.employer or "",
        f"{one.term_from:%Y-%m-%d} – {one.term_to:%Y-%m-%d}",
    ]


@office_view(may.READ_MONITORS)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One monitor: facts, recusals, what was moved, and what may be done."""
    one = get_object_or_404(Monitor.objects.select_related("user", "employer", "area"), pk=pk)
    facts = [
        {"label": _("编号"), "value": one.number},
        {"label": _("姓名"), "value": str(one.user)},
        {"label": _("手机号"), "value": mask_phone(one.user.phone)},
        {"label": _("身份、行业"), "value": one.field},
        {"label": _("关注领域"), "value": "、".join(topic.name for topic in one.topics.all()) or _("全部")},
        {"label": _("所在区划"), "value": one.area},
        {"label": _("工作单位"), "value": one.employer},
        {"label": _("任期"), "value": f"{one.term_from:%Y-%m-%d} – {one.term_to:%Y-%m-%d}"},
        {"label": _("到场观摩"), "value": _("%d 次") % one.attendances.count()},
        {"label": _("反映问题"), "value": _("%d 个") % one.problems.count()},
    ]
    entries = [
        {
            "state": move.new_label,
            "when": move.at,
            "who": move.by,
            "title": move.verb_label,
            "internal": move.internal_note,
        }
        for move in one.moves.select_related("by")
    ]
    return admin_page(
        request, "monitors/office/person.html", title=str(one.user), icon=ICON, crumbs=[(_("群众监督员"), _list_url())],
        actions=_person_actions(request, one), monitor=one, facts=facts, entries=entries,
        recusals=one.recusals.select_related("project", "declared_by"),
    )  # fmt: skip


def _person_actions(request: HttpRequest, one: Monitor) -> list[Action]:
    if not may.can_manage_monitors(request.user):
        return []
    actions = [
        Action(_("修改"), reverse("monitor_office:edit", args=[one.pk])),
        Action(_("续聘"), reverse("monitor_office:reappoint", args=[one.pk])),
    ]
    if one.can("end"):
        actions.append(Action(_("解聘"), reverse("monitor_office:end", args=[one.pk]), "danger"))
    return actions


@office_view(may.APPOINT)
def appoint(request: HttpRequest) -> HttpResponseBase:
    """Appoint a person by phone; somebody without an account gets one."""
    today = timezone.localdate()
    initial = {"term_from": today, "term_to": today.replace(year=today.year + 2, day=min(today.day, 28))}

    def do(data: dict[str, Any]) -> None:
        phone, name = data.pop("phone"), data.pop("name")
        Monitor.objects.appoint_person(phone, name, by=request.user, **data)

    return ask(
        request, title=_("聘任监督员"), verb=_("聘任"), do=do, success=_("已聘任，短信通知已发出。"), back=_list_url(),
        icon=ICON, crumbs=[(_("群众监督员"), _list_url())],
        form=lambda data, files: AppointForm(data, initial=initial),
    )  # fmt: skip


@office_view(may.MANAGE_MONITORS)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the roster shows of a monitor, and where they work."""
    one = get_object_or_404(Monitor, pk=pk)
    form = MonitorForm(request.POST or None, instance=one)
    return ask(
        request, title=_("修改监督员"), verb=_("保存"), do=lambda data: form.save(), success=_("已保存。"),
        form=lambda data, files: form, **_around(one),
    )  # fmt: skip


@office_view(may.MANAGE_MONITORS)
def end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """End a term before its last day, with a reason that stays inside the office."""
    one = get_object_or_404(Monitor, pk=pk)
    return ask(
        request, title=_("解聘监督员"), verb=_("解聘"), danger=True, form=ReasonForm, success=_("已解聘。"),
        text=_("解聘后不能再进监督员工作台，开放中的轮次里打过的分不再计入。"),
        do=lambda data: one.end(request.user, data["reason"]), **_around(one),
    )  # fmt: skip


@office_view(may.MANAGE_MONITORS)
def reappoint(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A new term under the same number."""
    one = get_object_or_404(Monitor, pk=pk)
    return ask(
        request, title=_("续聘监督员"), verb=_("续聘"), success=_("已续聘。"),
        form=lambda data, files: TermForm(data, initial={"term_from": one.term_from, "term_to": one.term_to}),
        do=lambda data: one.reappoint(request.user, data["term_from"], data["term_to"]), **_around(one),
    )  # fmt: skip


def _around(one: Monitor) -> dict[str, Any]:
    """Where a page about one monitor stands, and where it goes back to."""
    back = reverse("monitor_office:person", args=[one.pk])
    crumbs = [(_("群众监督员"), _list_url()), (str(one.user), back)]
    return {"back": back, "crumbs": crumbs, "icon": ICON}


# --- recusals -----------------------------------------------------------------------------------
@office_view(may.READ_RECUSALS)
def recusals(request: HttpRequest) -> HttpResponse:
    """Who stands aside from which project by word; employers and authors are found by the records themselves."""
    rows = Recusal.objects.select_related("monitor__user", "project", "declared_by").order_by("-declared_at")
    actions = []
    if may.can_find_recusal(request.user):
        actions = [Action(_("登记回避"), reverse("monitor_office:recusal_new"), "primary")]
    return admin_page(
        request, "monitors/office/list.html", title=_("回避"), icon="no-view", actions=actions,
        lead=_("监督员本人申明的和改革办认定的。在责任单位工作、项目来自本人建议的，系统自动回避，不用登记。"),
        columns=[_("监督员"), _("项目"), _("理由"), _("谁登记的"), _("时间")],
        rows=[{"pk": row.pk, "cells": _recusal_cells(row)} for row in rows], empty={"title": _("没有登记的回避")},
    )  # fmt: skip


def _recusal_cells(row: Recusal) -> list[Any]:
    own = row.declared_by_id == row.monitor.user_id
    return [
        Cell(str(row.monitor), href=reverse("monitor_office:person", args=[row.monitor_id])),
        Cell(row.project.title, sub=row.project.number),
        row.reason,
        _("本人申明") if own else row.declared_by,
        timezone.localtime(row.declared_at).strftime("%Y-%m-%d %H:%M"),
    ]


@office_view(may.FIND_RECUSALS)
def recusal_new(request: HttpRequest) -> HttpResponseBase:
    """Enter that a monitor has an interest in a project."""
    return ask(
        request, title=_("登记回避"), verb=_("登记"), form=FindRecusalForm, success=_("已登记回避。"),
        back=reverse("monitor_office:recusals"), icon="no-view",
        do=lambda data: data["monitor"].declare_recusal(data["project"], data["reason"], by=request.user),
    )  # fmt: skip
