"""Listings of the projects' records in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from config.admin_ui import menu_hook
from config.viewsets import RecordViewSet
from projects.models import Report


def _page(report: Report) -> str:
    return reverse("project_office:report", args=[report.pk])


class ReportViewSet(RecordViewSet):
    """Every report that was ever owed, to look up and count; reviewing has pages of its own."""

    model = Report
    name = "reports"
    icon = "doc-full"
    menu_label = _("全部报告")
    read_only = True
    inspect_view_enabled = False
    menu_hook = menu_hook("ledger")
    menu_order = 60
    ordering = ["-due_on", "pk"]
    list_display = [
        TitleColumn("name", label=_("报告"), get_url=_page),
        Column("project", label=_("项目")),
        Column("unit", label=_("责任单位")),
        Column("status", label=_("状态"), accessor="get_status_display"),
        DateColumn("due_on", label=_("应于")),
        DateColumn("done_on", label=_("上报")),
        DateColumn("yellow_on", label=_("亮黄灯日")),
        DateColumn("red_on", label=_("亮红灯日")),
    ]
    list_filter = ["kind", "status", "unit"]
    search_fields = ["project__number", "project__title", "unit__name"]
    inspect_view_fields: list[str] = []


VIEWSETS: list[Any] = [ReportViewSet]
