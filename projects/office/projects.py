"""Projects as the office sees them: a list with lights, one project with everything on it, edits and interruptions."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from config.admin_ui import Action, Cell, admin_page, ask, attempt, office_view, refuse
from config.moves import SomebodyWasFaster
from projects import permissions
from projects.forms.office import EditForm, ProjectFilter, ReasonForm
from projects.ledger import as_row
from projects.models import Project

PAGE_SIZE = 50
ICON = "clipboard-list"


def load(number: str) -> Project:
    """The project of a number, public or not."""
    rows = Project.objects.with_ledger().select_related("topic", "area__parent", "lead_unit", "annual_list")
    return get_object_or_404(rows, number=number)


def home_of(project: Project) -> str:
    return reverse("project_office:project", args=[project.number])


def crumbs(project: Project | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("全部项目"), reverse("project_office:projects"))]
    return [*trail, (project.number, home_of(project))] if project else trail


@office_view(permissions.READ_PROJECTS)
def project_list(request: HttpRequest) -> HttpResponse:
    """Every project with its light and progress; the filters survive the pages."""
    form = ProjectFilter(request.GET)
    rows = Project.objects.with_ledger().select_related("topic", "lead_unit", "area__parent", "annual_list")
    page = Paginator(form.apply(rows.prefetch_related("steps")), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return admin_page(
        request, "projects/admin/projects.html", title=_("全部项目"), icon=ICON, form=form,
        columns=[_("项目"), _("责任单位"), _("领域"), _("阶段"), _("灯"), {"label": _("进度"), "numeric": True}],
        rows=[{"pk": one.pk, "cells": _cells(one)} for one in page],
        empty={"title": _("没有这样的项目"), "text": _("放宽条件再找。")}, count=page.paginator.count,
        prev=address(page.previous_page_number()) if page.has_previous() else "",
        next=address(page.next_page_number()) if page.has_next() else "",
    )  # fmt: skip


def _cells(project: Project) -> list[Any]:
    row = as_row(project)
    done = "—" if row["progress"] is None else f"{row['progress']}%"
    light = Cell("", light=row["light_state"], light_text=row["light_text"]) if row["light_state"] != "none" else "—"
    return [
        Cell(row["title"], href=home_of(project), sub="　".join([row["number"], *row["badges"]])),
        row["unit"], row["topic_name"], Cell(row["stage"], tag=True), light, Cell(done, numeric=True),
    ]  # fmt: skip


@office_view(permissions.READ_PROJECTS)
def project(request: HttpRequest, number: str) -> HttpResponse:
    """One project: what it is, its plan, reports, orders, and every turn with its internal notes."""
    found = load(number)
    reports = found.reports.binding()
    context: dict[str, Any] = {
        "project": found,
        "light": found.light(),
        "progress": found.progress(),
        "planned": found.planned_progress(),
        "facts": _facts(found),
        "steps": found.steps.all(),
        "indicators": found.indicators.all(),
        "sources": found.sources.defer("name", "phone"),
        "reports": reports.order_by("-due_on"),
        "orders": found.orders.all(),
        "moves": timeline(found),
        "can_read_reports": request.user.has_perm(permissions.READ_REPORTS),  # type: ignore[union-attr]
    }
    return admin_page(
        request, "projects/admin/project.html", title=found.title, icon=ICON, lead=found.number, crumbs=crumbs(),
        actions=_actions(request.user, found), **context,
    )  # fmt: skip


def _facts(project: Project) -> list[dict[str, Any]]:
    period = (
        f"{project.plan_from:%Y-%m-%d} — {project.plan_to:%Y-%m-%d}" if project.plan_from and project.plan_to else ""
    )
    listed = project.annual_list
    return [
        {"label": _("年度"), "value": project.year},
        {"label": _("清单"), "value": listed.title, "href": reverse("project_office:list", args=[listed.year])}
        if listed
        else {"label": _("清单"), "value": _("还没有选入")},
        {"label": _("领域"), "value": project.topic.name},
        {"label": _("区划"), "value": project.area.full_name if project.area else _("全市")},
        {"label": _("责任单位"), "value": project.lead_unit.name},
        {"label": _("配合单位"), "value": "、".join(unit.short_name for unit in project.co_units.all())},
        {"label": _("主管领导"), "value": project.chief},
        {"label": _("责任人"), "value": project.owner},
        {"label": _("计划"), "value": period},
        {"label": _("目标"), "value": project.goal},
        {"label": _("预期效果"), "value": project.effect},
        {"label": _("群众反映的问题"), "value": project.pain_point},
        {"label": _("年度工作要点"), "value": _("是") if project.is_key else ""},
    ]


def _actions(user: Any, project: Project) -> list[Action]:
    actions = [Action(_("看公开页"), project.get_absolute_url())] if project.is_published else []
    if permissions.can_manage_pool(user) and project.status not in Project.ENDED:
        actions.append(Action(_("编辑"), reverse("project_office:edit", args=[project.number])))
    if permissions.can_issue_order(user, project):
        actions.append(Action(_("挂牌督办"), reverse("project_office:supervise", args=[project.number])))
    for verb in Project.INTERRUPTIONS:
        if permissions.can_interrupt(user, project, verb):
            kind = "danger" if verb == "cancel" else "plain"
            href = reverse(f"project_office:{verb}", args=[project.number])
            label = _("取消项目") if verb == "cancel" else Project.MOVES[verb].label
            actions.append(Action(label, href, kind))
    return actions


def timeline(record: Any) -> list[dict[str, Any]]:
    """Every move of a record, the newest first, with what only the office reads."""
    moves = list(record.moves.select_related("by"))
    for move in moves:
        move.subject = record
    return [
        {"state": move.new_label, "title": move.verb_label, "when": move.at, "who": str(move.by or ""),
         "text": move.public_note, "internal": move.internal_note, "latest": move is moves[-1]}
        for move in reversed(moves)
    ]  # fmt: skip


def last_move(record: Any) -> int:
    """What a page has seen of a record: its last move, to be handed back when somebody acts on it."""
    return int(record.moves.latest("pk").pk)


def if_seen(request: HttpRequest, record: Any) -> None:
    """Raises `SomebodyWasFaster` when the record moved on since the page that acts was drawn: it was returned and came
    again with other words, and those were not read."""
    seen = request.GET.get("seen", "")
    if seen and seen != str(last_move(record)):
        raise SomebodyWasFaster(_("这一份在您打开以后又有变化，请重新看一遍再办。"))


@office_view(permissions.MANAGE_POOL)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Edit what the office keeps of a project. Once it is public every edit has a reason, and the old values stay."""
    found = load(number)
    if found.status in Project.ENDED:
        return refuse(request, _("%s 已经结束，不能再编辑。") % found.number)
    before = found.lead_unit
    form = EditForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: _save(request, form, before)):
        messages.success(request, _("已保存。"))
        return redirect(home_of(found))
    return admin_page(
        request, "config/admin/confirm.html", title=_("编辑项目"), icon=ICON, lead=str(found), crumbs=crumbs(found),
        form=form, verb=_("保存"), back=home_of(found),
    )  # fmt: skip


@transaction.atomic
def _save(request: HttpRequest, form: EditForm, before: Any) -> None:
    project = form.instance
    project.explain(form.reason_given)
    if project.lead_unit != before:
        project.hand_to(project.lead_unit, form.reason_given, request.user)
    form.save()


@office_view(permissions.MANAGE_POOL)
def interrupt(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Suspend, resume, cancel or carry over, with the reason that everybody reads."""
    found = load(number)
    label = Project.MOVES[verb].label
    if not permissions.can_interrupt(request.user, found, verb):
        messages.error(
            request, _("“%(state)s”的项目不能%(verb)s。") % {"state": found.get_status_display(), "verb": label}
        )
        return redirect(home_of(found))
    return ask(
        request, title=f"{label}：{found.title}", verb=label, form=ReasonForm, back=home_of(found), icon=ICON,
        crumbs=crumbs(found), danger=verb == "cancel", text=CONSEQUENCES[verb],
        do=lambda data: found.interrupt(verb, request.user, data["reason"]), success=_("已办理，责任单位会收到通知。"),
    )  # fmt: skip


CONSEQUENCES = {
    "suspend": gettext_lazy("暂停期间不再要求上报；恢复以后接着报。"),
    "resume": gettext_lazy("从今天起重新要求按期上报。"),
    "cancel": gettext_lazy("取消后不能恢复；它的建议可以重新立项。"),
    "carry_over": gettext_lazy("本年度到此为止；同名项目连同来源建议进入下一年度的项目库。"),
}
