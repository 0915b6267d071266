"""Middleware that knows no app: the admin's own content policy, no caching of personal pages, second factor."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

Handler = Callable[[HttpRequest], HttpResponseBase]

ADMIN_PREFIX = "/admin/"


class AdminPolicyMiddleware:
    """Gives `/admin/` the looser measured policy; every other page keeps the strict one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(ADMIN_PREFIX) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.WEITAI_ADMIN_CSP  # type: ignore[attr-defined]
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response


class PrivateResponseMiddleware:
    """Marks every response to a signed-in person, or that sets a cookie, as not to be stored anywhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        session = getattr(request, "session", None)
        personal = response.cookies or (session is not None and (session.accessed and session.session_key))
        if personal:
            patch_cache_control(response, private=True, no_store=True)
        return response


class StaffSecondFactorMiddleware:
    """Nobody works in the admin on a password alone: the way leads to setting up a second factor, or to proving it.

    What counts is that this session proved it, not that the account has one: a session that began before the second
    factor was set up, or in a way that does not ask for it, is asked now.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.WEITAI_STAFF_MFA and request.path.startswith(ADMIN_PREFIX) and request.user.is_authenticated:
            from allauth.account.internal.flows.login import get_authentication_records
            from allauth.mfa.utils import is_mfa_enabled

            if not is_mfa_enabled(request.user):
                return redirect("mfa_activate_totp")
            if all(record["method"] != "mfa" for record in get_authentication_records(request, request.user)):
                target = request.get_full_path() if request.method in ("GET", "HEAD") else ADMIN_PREFIX
                return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': target})}")
        return self.get_response(request)
