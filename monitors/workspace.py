"""The monitors' workspace: who may enter, and why others may not. Pages extend `monitor_base.html`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from monitors.models import Monitor

View = Callable[..., HttpResponseBase]
SENT_DRAFT = "monitor-sent-draft"


def monitor_view(view: View) -> View:
    """For serving monitors: calls `view(request, monitor, …)`. Others sign in, or read why not."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        monitor = Monitor.objects.of(request.user)
        if monitor is None:
            raise PermissionDenied(why_not(request.user))
        return view(request, monitor, *args, **kwargs)

    return wraps(view)(login_required(checked))


def why_not(user: Any) -> str:
    """Why a signed-in person may not work as a monitor, as a sentence."""
    past = Monitor.objects.filter(user=user).first()
    if past is None:
        return _("这里给在聘的群众监督员使用，您的账号没有聘任记录。想当监督员，请留意招募公告。")
    if past.status == Monitor.Status.ENDED:
        return _("您的监督员聘任已结束，感谢您的付出。有疑问请联系改革办。")
    return _("您的监督员任期是 %(start)s 至 %(end)s，现在不在任期内。") % {
        "start": f"{past.term_from:%Y-%m-%d}",
        "end": f"{past.term_to:%Y-%m-%d}",
    }


def monitor_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw a page of the workspace. The draft of a form that was stored just before is forgotten on the device."""
    sent = request.session.pop(SENT_DRAFT, "") if request.method == "GET" else ""
    return render(request, template, {"sent_draft": sent} | (context or {}), status=status)


def forget_draft(request: HttpRequest, key: str) -> None:
    """What was typed under this key is stored; the next page tells the device to drop its copy."""
    request.session[SENT_DRAFT] = key
