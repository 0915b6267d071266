"""What the portal adds to the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from config.admin_ui import register_office_item
from portal import permissions
from portal.accounts.admin_links import password_link, second_factor_link
from portal.office import campaigns
from portal.office.home import OfficePanel
from portal.office.people import AssignRole, SetActive
from portal.viewsets import VIEWSETS

campaign_moves = [
    path("<int:year>/announce/", campaigns.announce, name="announce"),
    path("<int:year>/close/", campaigns.close, name="close"),
]


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern | URLResolver]:
    return [
        path("suggestions/", include("portal.office.urls")),
        path("paper/", include("portal.office.paper_urls")),
        path("proposals/", include("portal.office.self_report_urls")),
        path("posters/", include("portal.office.poster_urls")),
        path("campaign-moves/", include((campaign_moves, "campaign_moves"))),
    ]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [viewset() for viewset in VIEWSETS]


@hooks.register("construct_homepage_panels")
def office_panel(request: HttpRequest, panels: list[Any]) -> None:
    if permissions.can_read(request.user):
        panels.insert(0, OfficePanel(request))


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("portal.photos", _("调整照片公开范围"), _("调整了照片的公开范围"))
    actions.register_action("portal.transcript", _("填写录音、视频的文字说明"), _("填写了录音、视频的文字说明"))
    actions.register_action("portal.public_text", _("确认公开文字"), _("确认了公开文字"))


register_office_item(_("建议办理"), "office:queue", "tasks", permissions.READ, order=10)
register_office_item(_("延期审批"), "office:extensions", "time", permissions.READ_EXTENSIONS, order=15)
register_office_item(_("单位退回"), "office:handed_back", "undo", permissions.READ, order=16)
register_office_item(_("登记建议"), "office:record", "plus", permissions.RECORD, order=20)
register_office_item(_("查看身份记录"), "office:reveals", "view", permissions.READ_REVEALS, order=95)
register_office_item(_("来信"), "office:letters", "mail", permissions.RECORD, order=25)
register_office_item(_("导入留言"), "office:imports:list", "upload", permissions.READ, order=30)
register_office_item(_("纸质问卷"), "paper:list", "form", permissions.READ, order=35)
register_office_item(_("部门自报"), "self_reports:list", "group", permissions.READ, order=45)
register_office_item(_("没有送达的通知"), "office:stuck", "warning", permissions.READ_NOTICES, order=92)
register_office_item(_("扫码海报"), "posters:list", "snippet", permissions.READ_POSTERS, order=40)

# After Wagtail's own, which let people give roles to themselves.
hooks.register("register_bulk_action", AssignRole, order=10)
hooks.register("register_bulk_action", SetActive, order=10)
hooks.register("register_account_menu_item", password_link)
hooks.register("register_account_menu_item", second_factor_link)
