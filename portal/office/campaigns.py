"""Announcing and closing a campaign: pages that ask first and say what will follow."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from config.admin_ui import ask, office_view
from portal.models import Campaign

CHANGE = "portal.change_campaign"


@office_view(CHANGE)
def announce(request: HttpRequest, year: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, year=year)
    return ask(
        request, title=_("发布《%s》的公告") % campaign, verb=_("发布公告"), icon="calendar-check",
        text=_("发布后，首页显示这次征集；开始那天起可以提建议，截止那天 24 点后不再收。"), facts=_dates(campaign),
        do=lambda _data: campaign.announce(request.user), success=_("《%s》已公告。") % campaign, **_ways(),
    )  # fmt: skip


@office_view(CHANGE)
def close(request: HttpRequest, year: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, year=year)
    return ask(
        request, title=_("归档《%s》") % campaign, verb=_("归档"), icon="folder-inverse", danger=True,
        text=_("归档后不能再收建议，已有的建议和项目照常办理、照常公开。归档不能撤回。"), facts=_dates(campaign),
        do=lambda _data: campaign.close(request.user), success=_("《%s》已归档。") % campaign, **_ways(),
    )  # fmt: skip


def _ways() -> dict[str, Any]:
    back = reverse("campaigns:index")
    return {"back": back, "crumbs": [(_("年度征集"), back)]}


def _dates(campaign: Campaign) -> list[dict[str, str]]:
    names = ("opens_on", "closes_on", "list_on", "work_from", "scoring_from", "ends_on")
    fields = [(Campaign._meta.get_field(name).verbose_name, getattr(campaign, name)) for name in names]
    return [{"label": str(label), "value": f"{day:%Y-%m-%d}"} for label, day in fields]
