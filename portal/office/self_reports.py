"""部门自报: who has handed in and who has not, with dates, and one press to remind the rest."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_ui import Action, Cell, act, admin_page, office_view
from config.export import csv_response
from portal import permissions
from portal.models import Campaign
from portal.self_reports import Quota, departments, remind

ICON = "group"


def _campaign(request: HttpRequest) -> Campaign | None:
    year = request.GET.get("year", "")
    if year.isdecimal():
        return Campaign.objects.public().filter(year=int(year[:4])).first()
    return Campaign.objects.current()


@office_view(permissions.READ)
def quotas(request: HttpRequest) -> HttpResponse:
    campaign = _campaign(request)
    rows = departments(campaign) if campaign else []
    owing = [one for one in rows if one.missing]
    actions = []
    if campaign:
        actions.append(Action(_("导出表格"), reverse("self_reports:csv") + f"?year={campaign.year}"))
        if owing and campaign.is_collecting() and permissions.can_record(request.user):
            text = _("提醒还没报的 %d 个单位") % len(owing)
            actions.append(Action(text, reverse("self_reports:remind"), "primary", post=True))
    lead = ""
    if campaign:
        lead = _("%(title)s：每个市直部门自报 %(least)d 至 %(most)d 条，%(day)s 前由负责人签发报送。") % {
            "title": campaign.title, "least": campaign.proposals_min, "most": campaign.proposals_max,
            "day": f"{campaign.proposals_by:%Y-%m-%d}"}  # fmt: skip
    return admin_page(
        request, "portal/admin/self_reports.html", title=_("部门自报"), icon=ICON, lead=lead, actions=actions,
        done=len(rows) - len(owing), total=len(rows), columns=[_("单位"), _("进度"), _("已报送"), _("起草中、待签发")],
        rows=[{"cells": _cells(one)} for one in rows], empty={"title": _("还没有征集")},
        years=[(one.year, one == campaign) for one in Campaign.objects.public()],
    )  # fmt: skip


def _cells(one: Quota) -> list[Cell]:
    state, words = one.light
    first = one.signed[0].suggestion if one.signed else None
    more = _("共 %d 条") % len(one.signed) if len(one.signed) > 1 else ""
    handed = Cell("")
    if first:
        day = f"{timezone.localtime(first.received_at):%Y-%m-%d}"
        sub = " · ".join(part for part in (first.number, day, more) if part)
        handed = Cell(first.public_title, reverse("office:suggestion", args=[first.number]), sub=sub)
    under_way = "、".join(row.get_status_display() for row in one.under_way)
    return [Cell(one.unit, sub=one.unit.name), Cell("", light=state, light_text=words), handed, Cell(under_way)]


@office_view(permissions.READ)
def table(request: HttpRequest) -> HttpResponseBase:
    campaign = _campaign(request)
    if campaign is None:
        raise Http404
    header = [_("单位"), _("截止"), _("应报"), _("已报"), _("还差"), _("状态"), _("报送日期"), _("受理编号"), _("标题")]
    return csv_response(_("部门自报-%s.csv") % campaign.year, header, (_line(one) for one in departments(campaign)))


def _line(one: Quota) -> list[Any]:
    sent = [row.suggestion for row in one.signed if row.suggestion]
    return [
        one.unit.name, f"{one.due_on:%Y-%m-%d}", one.campaign.proposals_min, len(sent), one.missing, one.light[1],
        "；".join(f"{timezone.localtime(row.received_at):%Y-%m-%d}" for row in sent),
        "；".join(row.number for row in sent), "；".join(row.public_title for row in sent),
    ]  # fmt: skip


@office_view(permissions.RECORD)
def remind_all(request: HttpRequest) -> HttpResponse:
    campaign = Campaign.objects.collecting()
    if campaign is None:
        raise Http404
    sentence = _("已提醒还没报的单位，站内信和短信各一次；同一天再按不会重发。")
    return act(request, lambda: remind(campaign), sentence, reverse("self_reports:list"))
