"""关注: hear what becomes of somebody else's suggestion; stopped as easily."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.limits import over_limit
from config.views import too_many
from portal.accounts.views import safe_next
from portal.models import Follow, Suggestion

PER_MINUTE = 30


@require_POST
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Follow; with `on=0` stop. Asked twice it is done once, so that a second press undoes nothing. `next` names the
    page of ours to go back to."""
    stop = request.POST.get("on") == "0"
    suggestion = get_object_or_404(_in_reach(request, stop), number=number)
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if not request.user.is_authenticated:
        if wants_json:
            return JsonResponse({"state": "sign_in", "message": _("登录后可关注")}, status=401)
        return redirect_to_login(suggestion.get_absolute_url(), resolve_url("account_login"))
    if over_limit("follow", str(request.user.pk), PER_MINUTE, 60):
        return too_many(request, _("关注太频繁，请过一分钟再试。"), 60)
    if stop:
        Follow.objects.drop(suggestion, request.user)
    else:
        Follow.objects.keep(suggestion, request.user)
    said = _("已取消关注。") if stop else _("已关注，有进展会告诉您。")
    if wants_json:
        return JsonResponse({"state": "stopped" if stop else "followed", "message": said})
    messages.success(request, said)
    return redirect(safe_next(request, request.POST.get("next", "")) or suggestion)


def _in_reach(request: HttpRequest, stop: bool) -> Any:
    """The public ones; to stop also those that were followed before they were taken out of public view."""
    public = Suggestion.objects.public()
    if stop and request.user.is_authenticated:
        return (public | Suggestion.objects.filter(follows__user=request.user)).distinct()
    return public
