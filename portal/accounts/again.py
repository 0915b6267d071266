"""再验证: what touches the whole of somebody's data asks for a code, or a password, of the last five minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.privacy import mask_phone
from portal.accounts import codes
from portal.accounts.adapter import REAUTHENTICATE_AFTER
from portal.accounts.forms import CodeForm
from portal.accounts.views import safe_next

View = Callable[..., HttpResponse]


def is_proved(request: HttpRequest) -> bool:
    """Whether this person proved themselves in this session within the last five minutes."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] <= REAUTHENTICATE_AFTER for record in records)


def proved(view: View) -> View:
    """For signed-in people who have just proved themselves; others are asked to, and come back."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_proved(request):
            return view(request, *args, **kwargs)
        ask = "account_reauthenticate" if request.user.has_usable_password() else "portal:prove"  # type: ignore[union-attr]
        back = request.path if request.method == "GET" else reverse("portal:my_data")
        return redirect(f"{reverse(ask)}?{urlencode({'next': back})}")

    return login_required(checked)


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Send a code to the account's own phone and ask for it."""
    user: Any = request.user
    target = safe_next(request, request.POST.get("next") or request.GET.get("next", "")) or reverse("portal:my_data")
    if not user.phone:
        messages.error(request, _("您的账号没有手机号，请用密码登录后再来，或联系改革办。"))
        return redirect("portal:my_data")
    waiting = codes.pending_phone(request, codes.PROVING) == user.phone
    form, status = CodeForm(request.POST if waiting and "code" in request.POST else None), 200
    if "send" in request.POST:
        try:
            codes.send(request, user.phone, codes.PROVING)
            waiting = True
        except codes.NotSent as refusal:
            messages.error(request, str(refusal))
            status = 429 if refusal.seconds else 503
    elif form.is_valid():
        try:
            codes.redeem(request, form.cleaned_data["code"], codes.PROVING)
        except codes.WrongCode as refusal:
            waiting = not refusal.is_void
            form.add_error("code", str(refusal))
        else:
            record_authentication(request, user, method="code")
            return redirect(target)
    context = {"form": form, "phone": mask_phone(user.phone), "waiting": waiting, "next": target}
    return render(request, "account/prove.html", context, status=status)
