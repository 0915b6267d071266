"""年度项目清单: put together from the pool, reviewed, issued with its document number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, act, admin_page, ask, attempt, office_view
from config.moves import MoveRefused
from portal.models import Topic
from projects import permissions
from projects.forms.office import IssueForm, ListForm, NoteForm
from projects.models import AnnualList, Project
from projects.office.projects import home_of, timeline

ICON = "list-ol"


def load(year: int) -> AnnualList:
    return get_object_or_404(AnnualList, year=year)


def page_of(one: AnnualList) -> str:
    return reverse("project_office:list", args=[one.year])


def _crumbs(one: AnnualList | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("年度清单"), reverse("project_office:lists"))]
    return [*trail, (one.title, page_of(one))] if one else trail


@office_view(permissions.READ_LISTS)
def annual_lists(request: HttpRequest) -> HttpResponse:
    """The lists of all years."""
    lists = AnnualList.objects.prefetch_related("projects")
    rows = [
        {
            "pk": one.pk,
            "cells": [
                Cell(one.title, href=page_of(one), sub=one.doc_number), Cell(one.get_status_display(), tag=True),
                one.issued_on and f"{one.issued_on:%Y-%m-%d}", Cell(str(len(one.projects.all())), numeric=True),
            ],
        }
        for one in lists
    ]  # fmt: skip
    may = permissions.can_draft_list(request.user)
    return admin_page(
        request, "projects/admin/lists.html", title=_("年度清单"), icon=ICON, rows=rows,
        columns=[_("清单"), _("状态"), _("印发日期"), {"label": _("项目"), "numeric": True}],
        empty={"title": _("还没有清单"), "text": _("先拟一份年度清单，再从项目库选入项目。")},
        actions=[Action(_("拟一份清单"), reverse("project_office:draft_list"), "primary")] if may else [],
    )  # fmt: skip


@office_view(permissions.DRAFT_LIST)
def draft(request: HttpRequest) -> HttpResponse:
    """Start the list of a year."""
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        year, title = form.cleaned_data["year"], form.cleaned_data["title"]
        if attempt(
            request, lambda: AnnualList.objects.draft(year, title, by=request.user), _("清单已拟好，请选入项目。")
        ):
            return redirect("project_office:list", year)
    return admin_page(
        request, "config/admin/confirm.html", title=_("拟一份清单"), icon=ICON, crumbs=_crumbs(), form=form, verb=_("开始拟"),
        back=reverse("project_office:lists"),
    )  # fmt: skip


@office_view(permissions.READ_LISTS)
def annual_list(request: HttpRequest, year: int) -> HttpResponse:
    """One list: its projects, how they spread over topics and units, and the pooled ones that could join."""
    one = load(year)
    chosen = list(one.projects.select_related("topic", "lead_unit").order_by("topic__position", "number"))
    may_compose = permissions.can_compose_list(request.user, one)
    pooled = Project.objects.filter(status=Project.Status.POOLED, year=year, annual_list=None)
    context: dict[str, Any] = {
        "list": one,
        "chosen_columns": [_("项目"), _("领域"), _("责任单位"), _("阶段")],
        "chosen_rows": [_row(project) for project in chosen],
        "pool_rows": [_row(project) for project in pooled.select_related("topic", "lead_unit")] if may_compose else [],
        "spread": spread(chosen),
        "can_compose": may_compose,
        "moves": timeline(one),
    }
    return admin_page(
        request, "projects/admin/list.html", title=one.title, icon=ICON, crumbs=_crumbs(),
        lead=" · ".join(filter(None, [one.get_status_display(), one.doc_number])),
        actions=_actions(request.user, one), **context,
    )  # fmt: skip


def _row(project: Project) -> dict[str, Any]:
    cells = [
        Cell(project.title, href=home_of(project), sub=project.number), project.topic.name, project.lead_unit.short_name,
        Cell(project.get_status_display(), tag=True),
    ]  # fmt: skip
    return {"pk": project.pk, "cells": cells}


def spread(projects: list[Project]) -> dict[str, Any]:
    """Units by topics: how many projects stand in each cell, with totals, as columns and rows of a table."""
    topics = [topic for topic in Topic.objects.all() if any(p.topic_id == topic.pk for p in projects)]
    units = sorted({p.lead_unit for p in projects}, key=lambda unit: (unit.kind, unit.pk))
    counts = Counter((p.lead_unit_id, p.topic_id) for p in projects)

    def line(name: str, unit: int | None) -> list[Any]:
        found = [sum(n for (u, t), n in counts.items() if t == topic.pk and unit in (None, u)) for topic in topics]
        return [Cell(name), *(Cell(str(n) if n else "", numeric=True) for n in (*found, sum(found)))]

    rows = [{"pk": unit.pk, "cells": line(unit.short_name, unit.pk)} for unit in units]
    columns = [_("责任单位"), *({"label": topic.name, "numeric": True} for topic in topics)]
    total = [{"pk": 0, "cells": line(_("合计"), None)}] if rows else []
    return {"columns": [*columns, {"label": _("合计"), "numeric": True}], "rows": rows + total}


def _actions(user: Any, one: AnnualList) -> list[Action]:
    if not permissions.can_issue_list(user):
        return []
    address: Callable[[str], str] = lambda verb: reverse(f"project_office:list_{verb}", args=[one.year])  # noqa: E731
    actions = []
    if one.can("review"):
        actions.append(Action(_("审核通过"), address("review"), "primary", post=True))
    if one.can("issue"):
        actions += [Action(_("印发"), address("issue"), "primary"), Action(_("退回修改"), address("redraft"))]
    return actions


# --- acting -------------------------------------------------------------------------------------
@office_view(permissions.COMPOSE_LIST)
def add(request: HttpRequest, year: int) -> HttpResponse:
    """Put the ticked projects on the list."""
    return _compose(request, load(year), AnnualList.add, _("已选入 %d 个项目。"))


@office_view(permissions.COMPOSE_LIST)
def remove(request: HttpRequest, year: int) -> HttpResponse:
    """Take the ticked projects off the list."""
    return _compose(request, load(year), AnnualList.remove, _("已退回项目库 %d 个项目。"))


def _compose(
    request: HttpRequest, one: AnnualList, do: Callable[[AnnualList, Project], None], said: str
) -> HttpResponse:
    ticked = [pk for pk in request.POST.getlist("pick") if pk.isdigit()]
    projects = list(Project.objects.filter(pk__in=ticked))

    def move() -> None:
        if not projects:
            raise MoveRefused(_("请先勾选项目。"))
        for project in projects:
            do(one, project)

    return act(request, move, said % len(projects), page_of(one))


@office_view(permissions.ISSUE_LIST)
def review(request: HttpRequest, year: int) -> HttpResponse:
    one = load(year)
    return act(request, lambda: one.review(request.user), _("已审核，可以印发。"), page_of(one))


@office_view(permissions.ISSUE_LIST)
def redraft(request: HttpRequest, year: int) -> HttpResponse:
    """Back to drafting."""
    one = load(year)
    return ask(
        request, title=_("退回修改"), verb=_("退回修改"), form=NoteForm, back=page_of(one), icon=ICON, crumbs=_crumbs(one),
        do=lambda data: one.redraft(request.user, data["reason"]), success=_("已退回，可以增减项目。"),
    )  # fmt: skip


@office_view(permissions.ISSUE_LIST)
def issue(request: HttpRequest, year: int) -> HttpResponse:
    """Publish the list. Asks first, because nothing of it can be taken back."""
    one = load(year)
    if not one.can("issue"):
        messages.error(request, _("清单%s，现在不能印发。") % one.get_status_display())
        return redirect(page_of(one))
    count = one.projects.count()
    return ask(
        request, title=_("印发清单"), verb=_("确认印发"), form=IssueForm, back=page_of(one), icon=ICON, crumbs=_crumbs(one),
        text=_("印发后 %d 个项目公开，各责任单位从印发日起 15 个工作日内上报实施方案，不能撤回。") % count,
        facts=[{"label": _("清单"), "value": one.title}, {"label": _("项目"), "value": _("%d 个") % count}],
        do=lambda data: one.issue(request.user, data["doc_number"], data["issued_on"]), success=_("清单已印发，项目已公开。"),
    )  # fmt: skip
