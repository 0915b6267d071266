"""The queue's page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.admin_ui import Action, Cell, admin_page, office_view
from portal import permissions
from portal.models import Suggestion
from portal.office.bulk import offered
from portal.office.lights import office_light
from portal.office.queue import Queue
from portal.office.saved import SaveForm, chips
from portal.office.undoing import last_deed
from portal.workdays import WorkCalendar


@office_view(permissions.READ)
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the office, the oldest first, with the office's own lights."""
    work = Queue(request)
    rows, previous, following = work.page()
    calendar, today = WorkCalendar.current(), timezone.localdate()
    may_screen = permissions.can_screen(request.user)
    return admin_page(
        request,
        "portal/admin/queue.html",
        title=_("建议办理"),
        icon="tasks",
        actions=_actions(request, work),
        queue=work,
        done=last_deed(request),
        tabs=work.tabs(),
        filter=work.filter,
        chips=chips(work, request.user),
        save_form=SaveForm() if may_screen and work.is_filtered else None,
        reset_href=reverse("office:queue") + f"?tab={work.tab.key}" if work.is_filtered else "",
        columns=_columns(),
        rows=[line(row, work.query(), calendar, today) for row in rows],
        select="pick" if may_screen and work.tab.key in ("received", "open", "returned", "mine") else "",
        deeds=offered(work, request.user),
        empty={"title": work.tab.empty, "text": _("换个条件试试。") if work.is_filtered else ""},
        previous=previous,
        following=following,
    )


def _actions(request: HttpRequest, work: Queue) -> list[Action]:
    actions = []
    if permissions.can_screen(request.user):
        actions.append(Action(_("成组看相近的"), reverse("office:clusters")))
        actions.append(Action(_("分派给经办人"), reverse("office:deal") + work.query()))
    if permissions.can_record(request.user):
        actions.append(Action(_("登记建议"), reverse("office:record"), "primary"))
    return actions


def _columns() -> list[str]:
    return [_("建议"), _("时限"), _("领域"), _("所在区划"), _("来源"), _("经办人"), _("收到")]


def line(row: Suggestion, query: str, calendar: WorkCalendar, today: date) -> dict[str, Any]:
    """One suggestion as a row of the queue's table."""
    light = office_light(row, calendar, today)
    lit = Cell("", light=light.state, light_text=light.text)
    received = timezone.localtime(row.received_at)
    return {
        "pk": row.number,
        "cells": [
            Cell(row.public_title, reverse("office:suggestion", args=[row.number]) + query, sub=_about(row)),
            lit if light.state else Cell(row.get_status_display(), tag=True),
            Cell(row.topic or "", nowrap=True),
            Cell(row.area.full_name if row.area else ""),
            Cell(row.get_channel_display(), nowrap=True),
            Cell(row.handler or "", nowrap=True),
            Cell(f"{received:%Y-%m-%d}", nowrap=True),
        ],
    }


def _about(row: Any) -> str:
    """The number, and what else an officer wants to know before opening it."""
    parts = [row.number, row.public_place]
    if row.photo_count:
        parts.append(ngettext("%d 张照片", "%d 张照片", row.photo_count) % row.photo_count)
    if row.member_count:
        parts.append(ngettext("已并入 %d 条", "已并入 %d 条", row.member_count) % row.member_count)
    if not row.is_hidden and row.text_checked_at is None:
        parts.append(_("公开文字未经人工确认"))
    if not row.is_public:
        parts.append(_("不公开"))
    return " · ".join(part for part in parts if part)
