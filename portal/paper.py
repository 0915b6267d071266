"""The form on paper: the questions of the public form, read from it so that the two never differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.context_processors import footer
from config.documents import qr_svg
from portal.forms import SHOWN_AS_HINTS, SuggestForm
from portal.models import Area, Campaign, Suggestion, Topic

TEMPLATE = Path(__file__).parent / "documents" / "paper.typ"
FIELDS = SuggestForm.base_fields
ASKED = ("title", "body", "wish", "county", "place", "topic", "shown_as", "name", "phone", "is_public")


def numbered_counties() -> list[tuple[int, Area]]:
    """The counties, and the city as a whole, with the numbers that stand before them on paper and on the screen for keying."""
    counties = Area.objects.filter(level=Area.Level.COUNTY).order_by("code")
    return list(enumerate([*counties, *Area.objects.filter(level=Area.Level.CITY)], 1))


def numbered(n: int, area: Area) -> str:
    return f"{n} {_('全市') if area.level == Area.Level.CITY else area.name}"


def numbered_topics() -> list[tuple[int, Topic]]:
    return list(enumerate(Topic.objects.all(), 1))


def form_data(request: HttpRequest, campaign: Campaign, serials: list[str]) -> dict[str, Any]:
    """The document's data: one form, two pages, for each number."""
    said, last = footer(request), campaign.closes_on
    questions: dict[str, dict[str, Any]] = {
        name: {"label": str(FIELDS[name].label), "hint": str(FIELDS[name].help_text)} for name in ASKED
    }
    questions["county"]["choices"] = [numbered(n, area) for n, area in numbered_counties()]
    questions["topic"]["choices"] = [f"{n} {topic.name}" for n, topic in numbered_topics()]
    questions["topic"]["hint"] = _("说不准就不勾。")
    questions["shown_as"]["choices"] = [
        f"{n} {label}：{SHOWN_AS_HINTS[value]}" for n, (value, label) in enumerate(Suggestion.ShownAs.choices, 1)
    ]
    questions["phone"]["hint"] = _("留了手机号，有进展会发短信告诉您。不公开，也不给责任单位。")
    questions["is_public"]["choices"] = [_("同意公开"), _("不同意，只给工作人员看")]
    questions["is_public"]["hint"] = _("公开后大家可以看到、可以附议。")
    address = settings.PUBLIC_URL + reverse("portal:suggest")
    organizer, phone = said.get("organizer", ""), said.get("phone", "")
    return {
        "title": _("意见建议纸质问卷"),
        "campaign": campaign.title,
        "lead": _("身边哪里不方便，请写在这里。不会写字的，可以请人代写。"),
        "until": _("请在%(year)d年%(month)d月%(day)d日前交回") % {
            "year": last.year, "month": last.month, "day": last.day},
        "required": _("必填"), "questions": questions, "must": ["title", "body", "county"],
        "privacy": _(
            "姓名和手机号加密保存，只用来回复您。文字里的电话、证件号、门牌会在公开前遮住。想撤回公开、改掉或删掉手机号，"
            "打电话或到网站上都行。"
        ),
        "web": _("有手机的，扫码在网上填更快："), "qr": qr_svg(address), "alt": _("二维码：%s") % address,
        "address": address.split("//", 1)[-1].rstrip("/"),
        "phone": _("有不明白的，请打电话 %s。") % phone if phone else "",
        "organizer": _("主办：%s") % organizer if organizer else "",
        "serial": _("表号"), "front": _("正面"), "back": _("背面，请翻过来接着填"), "clerk": _("录入人填写：受理编号"),
        "serials": serials,
    }  # fmt: skip
