"""附议: one tap, once per person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.limits import over_limit
from config.moves import MoveRefused
from config.views import too_many
from portal.models import Follow, Suggestion
from voting.models import Support

PER_MINUTE = 30
INSTEAD = "supported_instead"  # in the session: supported from the form, in place of writing the same again


@require_POST
def support(request: HttpRequest, number: str) -> HttpResponse:
    """Count this person for the suggestion, and let them follow it with `follow=1`. A second time is an ordinary
    answer, not an error."""
    suggestion = get_object_or_404(Suggestion.objects.public().select_related("lead"), number=number)
    if not request.user.is_authenticated:
        return _sign_in_first(request, suggestion)
    if over_limit("support", str(request.user.pk), PER_MINUTE, 60):
        return _too_often(request)
    try:
        first = Support.objects.give(suggestion, request.user)
    except MoveRefused as refused:
        return _answer(request, suggestion, "refused", _("没有附议成功"), str(refused), status=409)
    if request.POST.get("follow") == "1":
        Follow.objects.keep(suggestion, request.user)
    if _from_form(request):
        request.session[INSTEAD] = suggestion.number
        return redirect("voting:joined", suggestion.number)
    if not first:
        return _answer(request, suggestion, "already", _("您已附议过"), _("一人只算一次，您的那一票早就在里面了。"))
    given = _("已附议并关注") if request.POST.get("follow") == "1" else _("已附议")
    if _wants_json(request):
        return JsonResponse({"state": "given", "message": given})
    messages.success(request, given + "。")
    return redirect(suggestion)


def _from_form(request: HttpRequest) -> bool:
    """Whether the button stood beside the form for suggestions."""
    return request.POST.get("from") == "suggest"


@never_cache
@require_safe
def joined(request: HttpRequest, number: str) -> HttpResponse:
    """After 我也遇到 beside the form: what happens next; to somebody who has just signed in for it, the button again."""
    suggestion = get_object_or_404(
        Suggestion.objects.public().select_related("lead", "area__parent", "topic"), number=number
    )
    context = {
        "suggestion": suggestion,
        "target": suggestion.lead_or_self,
        "mine": Support.objects.standpoint(suggestion, request.user),
        "follows": request.user.is_authenticated
        and Follow.objects.about(suggestion).filter(user=request.user).exists(),
        "drop_draft": request.session.pop(INSTEAD, "") == number,
    }
    return render(request, "voting/joined.html", context)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _answer(
    request: HttpRequest, suggestion: Suggestion, state: str, title: str, text: str, status: int = 200
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"state": state, "message": text if state == "refused" else title}, status=status)
    context: dict[str, Any] = {"suggestion": suggestion, "title": title, "text": text, "from_form": _from_form(request)}
    return render(request, "voting/support_answer.html", context, status=status)


def _sign_in_first(request: HttpRequest, suggestion: Suggestion) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"state": "sign_in", "message": _("登录后可附议")}, status=401)
    back = reverse("voting:joined", args=[suggestion.number]) if _from_form(request) else suggestion.get_absolute_url()
    return redirect_to_login(back, resolve_url("account_login"))


def _too_often(request: HttpRequest) -> HttpResponse:
    text = _("附议太频繁，请过一分钟再试。")
    if _wants_json(request):
        return JsonResponse({"state": "limited", "message": text}, status=429, headers={"Retry-After": "60"})
    return too_many(request, text, 60)
