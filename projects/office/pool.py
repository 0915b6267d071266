"""项目库: adopted suggestions that wait for a project, and projects that wait for a list."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, admin_page, ask, attempt, office_view
from portal.models import Suggestion
from projects import permissions
from projects.forms.office import AttachForm, ProjectForm, start_from
from projects.models import Project

SHOWN = 200


def waiting() -> QuerySet[Suggestion]:
    """Adopted suggestions without a project that goes on, oldest first."""
    taken = Project.objects.exclude(status__in=Project.DROPPED).filter(sources__isnull=False).values("sources")
    rows = Suggestion.objects.filter(status=Suggestion.Status.ADOPTED).exclude(pk__in=taken)
    return rows.select_related("topic", "area", "campaign").defer("name", "phone").order_by("received_at", "pk")


def picked(request: HttpRequest) -> list[Suggestion]:
    """The suggestions that were ticked, in the order of the queue."""
    numbers = request.GET.getlist("pick") or request.POST.getlist("pick")
    return list(waiting().filter(number__in=numbers)) if numbers else []


@office_view(permissions.READ_PROJECTS)
def pool(request: HttpRequest) -> HttpResponse:
    """Two tabs: suggestions to open projects from, and pooled projects."""
    may = permissions.can_manage_pool(request.user)
    in_pool = Project.objects.filter(status=Project.Status.POOLED).select_related("topic", "lead_unit", "annual_list")
    is_pool = request.GET.get("tab") == "projects"
    suggestions = waiting()
    here = reverse("project_office:pool")
    tabs = [
        {"label": _("待立项的建议"), "href": here, "count": suggestions.count(), "current": not is_pool},
        {"label": _("在库项目"), "href": f"{here}?tab=projects", "count": in_pool.count(), "current": is_pool},
    ]
    table = _pool_table(in_pool) if is_pool else _waiting_table(suggestions)
    own = [Action(_("单位自定举措立项"), reverse("project_office:open"))] if may else []
    return admin_page(
        request, "projects/admin/pool.html", title=_("项目库"), icon="folder-open-inverse", actions=own, tabs=tabs,
        lead=_("采纳的建议在这里立项，选一条或几条合成一个项目；立项后选入年度清单。"),
        can_open=may and not is_pool, **table,
    )  # fmt: skip


def _waiting_table(suggestions: QuerySet[Suggestion]) -> dict[str, Any]:
    rows = [
        {
            "pk": one.number,
            "cells": [
                Cell(one.public_title, href=reverse("office:suggestion", args=[one.number]), sub=one.number),
                one.topic.name if one.topic else "",
                one.area.name if one.area else _("全市"),
                Cell(f"{one.support_count:,}", numeric=True),
            ],
        }
        for one in suggestions[:SHOWN]
    ]
    return {
        "columns": [_("建议"), _("领域"), _("区划"), {"label": _("附议"), "numeric": True}],
        "rows": rows,
        "select": "pick",
        "empty": {"title": _("采纳的建议都立项了"), "text": _("审定为“采纳”的建议会出现在这里。")},
    }


def _pool_table(projects: QuerySet[Project]) -> dict[str, Any]:
    rows = [
        {
            "pk": one.pk,
            "cells": [
                Cell(one.title, href=reverse("project_office:project", args=[one.number]), sub=one.number),
                one.topic.name,
                one.lead_unit.short_name,
                Cell(str(one.year), numeric=True),
                Cell(one.annual_list.title, href=reverse("project_office:list", args=[one.annual_list.year]))
                if one.annual_list
                else Cell(_("还没有选入清单")),
            ],
        }
        for one in projects[:SHOWN]
    ]
    columns = [_("项目"), _("领域"), _("责任单位"), {"label": _("年度"), "numeric": True}, _("年度清单")]
    empty = {"title": _("库里没有项目"), "text": _("立项的项目在列入清单之前留在库里。")}
    return {"columns": columns, "rows": rows, "select": "", "empty": empty}


@office_view(permissions.MANAGE_POOL)
def open_project(request: HttpRequest) -> HttpResponse:
    """立项: a new project, prefilled from the suggestions that were ticked."""
    sources = picked(request)
    if request.GET.get("into") == "existing":
        return redirect(f"{reverse('project_office:attach')}?{request.GET.urlencode()}")
    form = ProjectForm(request.POST) if request.method == "POST" else ProjectForm(initial=start_from(sources))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        made: list[Project] = []

        def make() -> None:
            made.append(Project.objects.pool(by=request.user, sources=sources, **facts))

        if attempt(request, make):
            messages.success(request, _("%s 已立项入库。") % made[0].number)
            return redirect("project_office:project", made[0].number)
    return admin_page(
        request, "projects/admin/open.html", title=_("立项"), icon="folder-open-inverse", form=form, sources=sources,
        crumbs=[(_("项目库"), reverse("project_office:pool"))], back=reverse("project_office:pool"),
    )  # fmt: skip


@office_view(permissions.MANAGE_POOL)
def attach(request: HttpRequest) -> HttpResponse:
    """Let an existing project answer the suggestions that were ticked."""
    sources = picked(request)
    back = reverse("project_office:pool")
    if not sources:
        messages.warning(request, _("请先勾选建议。"))
        return redirect(back)
    return ask(
        request, title=_("加入已有项目"), verb=_("加入"), form=AttachForm, back=back, icon="folder-open-inverse",
        facts=[{"label": one.number, "value": one.public_title} for one in sources], crumbs=[(_("项目库"), back)],
        do=lambda data: data["project"].add_sources(sources), success=_("已加入，项目页会列出这些来源。"),
    )  # fmt: skip
