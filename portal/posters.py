"""What stands on a poster, and whether a look at its address counts as a scan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from config.context_processors import footer
from config.documents import qr_svg
from config.limits import client_address, over_limit
from portal.models import Poster
from portal.models.suggestion import DECISION_DAYS, SCREENING_DAYS

TEMPLATE = Path(__file__).parent / "documents" / "poster.typ"
PER_SHEET = {"A3": 1, "A4": 1, "A5": 2, "A6": 4}
MOST_AT_ONCE = 200
SCANS_PER_HOUR = 600  # of one address, which may be a hospital's
_MACHINES = re.compile(r"(?<!cu)bot|spider|crawl|slurp|preview|curl|wget|python|java/|headless|monitor", re.I)


def is_a_scan(request: HttpRequest, poster: Poster) -> bool:
    """Whether to count this visit: a browser's own GET, once per browser and day, and no machine."""
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    if request.method != "GET" or not agent or _MACHINES.search(agent) or "prefetch" in ahead:
        return False
    if over_limit("scan-address", client_address(request), SCANS_PER_HOUR, 3600):
        return False
    if not request.session.session_key:
        request.session.create()
    once = f"{request.session.session_key}:{poster.pk}:{timezone.localdate()}"
    return not over_limit("scan", once, 1, 24 * 3600)


def poster_data(request: HttpRequest, posters: Sequence[Poster]) -> dict[str, Any]:
    """The document's data. Cards stand several on a sheet; a single card is repeated until its sheet is full."""
    ordered = sorted(posters, key=lambda one: (one.size, one.pk))
    groups = []
    for size, some in groupby(ordered, key=lambda one: one.size):
        faces = [_face(one) for one in some]
        groups.append({"size": size, "faces": faces * PER_SHEET[size] if len(posters) == 1 else faces})
    said, campaign = footer(request), ordered[0].campaign
    last, phone, organizer = campaign.closes_on, said.get("phone", ""), said.get("organizer", "")
    return {
        "title": _("扫码提建议海报"),
        "groups": groups,
        "campaign": campaign.title,
        "until": _("征集到%(year)d年%(month)d月%(day)d日") % {"year": last.year, "month": last.month, "day": last.day},
        "headline": _("身边哪里不方便，\n您说一声"),
        "why": _("看病、停车、办事、上学，再小的事也算数。每条建议都有编号、有去向、有回音，办得怎么样大家都看得到。"),
        "scan": _("微信扫一扫，写下来就行"),
        "type_in": _("或输入网址"),
        "steps": [
            _("扫码写清什么事、在哪里，不用注册"),
            _("马上拿到受理编号和查询码，随时查进度"),
            _("%(screen)d 个工作日内说是否受理，%(decide)d 个工作日内定去向")
            % {"screen": SCREENING_DAYS, "decide": DECISION_DAYS},
        ],
        "phone": _("不方便上网，请打电话 %s，我们替您记。") % phone if phone else "",
        "organizer": _("主办：%s") % organizer if organizer else "",
    }


def _face(one: Poster) -> dict[str, str]:
    address = urlsplit(one.address)
    return {
        "code": one.code,
        "qr": qr_svg(one.address),
        "alt": _("二维码：%s") % one.address,
        "address": f"{address.netloc}{address.path.rstrip('/')}",
        "place": one.full_place,
        "number": _("编号 %s") % f"{one.code[:3]} {one.code[3:]}",
    }
