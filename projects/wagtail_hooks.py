"""What the projects add to the admin."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from config.admin_ui import register_office_item
from projects import permissions
from projects.viewsets import VIEWSETS


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern | URLResolver]:
    return [path("ledger/", include("projects.office.urls"))]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [viewset() for viewset in VIEWSETS]


def _item(label: Any, page: str, icon: str, permission: str, order: int) -> None:
    register_office_item(label, f"project_office:{page}", icon, permission, order=order, group="ledger")


_item(_("项目库"), "pool", "folder-open-inverse", permissions.READ_PROJECTS, 10)
_item(_("年度清单"), "lists", "list-ol", permissions.READ_LISTS, 20)
_item(_("全部项目"), "projects", "clipboard-list", permissions.READ_PROJECTS, 30)
_item(_("待审报告"), "reports", "tasks", permissions.READ_REPORTS, 40)
_item(_("挂牌督办"), "orders", "warning", permissions.READ_ORDERS, 50)
