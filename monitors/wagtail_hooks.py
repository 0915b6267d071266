"""The office's pages about monitors, in the admin's menu."""

from typing import Any

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from config.admin_ui import register_office_item
from monitors import permissions as may


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [path("monitors/", include("monitors.office.urls"))]


register_office_item(_("监督员问题"), "monitor_office:problems", "warning", may.READ_PROBLEMS, 10, "monitor")
register_office_item(_("现场观摩"), "monitor_office:visits", "site", may.READ_VISITS, 20, "monitor")
register_office_item(_("群众监督员"), "monitor_office:people", "group", may.READ_MONITORS, 40, "monitor")
register_office_item(_("回避"), "monitor_office:recusals", "no-view", may.READ_RECUSALS, 50, "monitor")
