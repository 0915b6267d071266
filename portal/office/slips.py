"""The slip that a person takes home from the front desk: number, code, QR code, and what happens next."""

from __future__ import annotations

from typing import Any, NamedTuple

import segno
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import admin_page, office_view
from config.privacy import decrypt, encrypt
from portal import permissions
from portal.models import Suggestion

SLIPS, SLIP_SECONDS, KEPT = "office_slips", 15 * 60, 5


class Slip(NamedTuple):
    """The two secrets of a receipt."""

    code: str
    token: str


def keep(session: SessionBase, one: Suggestion, code: str, token: str) -> None:
    """The secrets of the receipt, encrypted, until they are printed."""
    row = {"number": one.number, "code": encrypt(code), "token": encrypt(token), "at": timezone.now().timestamp()}
    session[SLIPS] = [row, *_fresh(session)][:KEPT]


def _fresh(session: SessionBase) -> list[dict[str, Any]]:
    oldest = timezone.now().timestamp() - SLIP_SECONDS
    return [row for row in session.get(SLIPS, []) if row["at"] > oldest]


def kept(session: SessionBase, number: str) -> Slip | None:
    """The secrets of a slip that this session may still print."""
    session[SLIPS] = rows = _fresh(session)
    found = next((row for row in rows if row["number"] == number), None)
    return Slip(decrypt(found["code"]), decrypt(found["token"])) if found else None


@office_view(permissions.RECORD)
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt on paper: for a quarter of an hour after entering, since the code is stored nowhere in the clear."""
    secrets = kept(request.session, number)
    if secrets is None:
        messages.warning(request, _("回执只在登记后 15 分钟内能打印，查询码不在系统里明文保存。"))
        return redirect("office:suggestion", number=number)
    one = Suggestion.objects.select_related("recording__same_as").get(number=number)
    address = settings.PUBLIC_URL + track_path(secrets.token)
    today = timezone.localdate()
    return admin_page(
        request, "portal/admin/slip.html", title=_("回执 %s") % number, icon="doc-full", one=one, code=secrets.code,
        qr=segno.make(address, error="m").svg_data_uri(scale=4, border=2), track=settings.PUBLIC_URL + "/track/",
        screen_by=one.screen_by if one.screen_by and one.screen_by >= today else None,
        decide_by=one.decide_by if one.decide_by and one.decide_by >= today else None,
        crumbs=[(_("建议办理"), reverse("office:queue")), (_("登记建议"), reverse("office:record"))],
    )  # fmt: skip


def track_path(token: str) -> str:
    """The address in the QR code, which opens the suggestion's life line for whoever holds the slip."""
    try:
        return reverse("portal:track_link", args=[token])
    except NoReverseMatch:
        return "/track/"
