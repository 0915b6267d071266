"""How long a sign-in lasts, and who passes the admin's door."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.middleware import ADMIN_PREFIX
from portal.accounts.doors import is_staff, workspace

Handler = Callable[[HttpRequest], HttpResponseBase]

STARTED, SEEN, AGES = "signed_in_at", "seen_at", "session_ages"
NOTED_EVERY = 60  # seconds; a session is not written on every request
EXEMPT = (f"{ADMIN_PREFIX}login/", f"{ADMIN_PREFIX}logout/")


class Ages(NamedTuple):
    """Seconds without a request, and seconds since signing in, after which a person is signed out; 0 is never."""

    idle: int
    absolute: int


HALF_HOUR, EIGHT_HOURS, TWELVE_HOURS, WEEK = 1800, 8 * 3600, 12 * 3600, 7 * 86400
STAFF, WORKER, CITIZEN = Ages(HALF_HOUR, EIGHT_HOURS), Ages(HALF_HOUR, TWELVE_HOURS), Ages(0, WEEK)


def ages_of(user: Any) -> Ages:
    """How long this person may stay signed in."""
    if is_staff(user):
        return STAFF
    return WORKER if workspace(user) else CITIZEN


class SessionAgeMiddleware:
    """Signs people out who were away too long or stayed too long. The clock starts with the first request."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Without the cookie there is nobody to sign out, and the session is not touched: the page stays cacheable.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    @staticmethod
    def _check(request: HttpRequest) -> None:
        session, now = request.session, int(time.time())
        if STARTED not in session:
            session[STARTED] = session[SEEN] = now
            session[AGES] = list(ages_of(request.user))
            return
        ages = Ages(*session[AGES])
        idle = 0 if settings.WEITAI_DEMO else ages.idle  # whoever looks at a demo wanders off and comes back
        if (idle and now - session[SEEN] > idle) or now - session[STARTED] > ages.absolute:
            logout(request)
            messages.info(request, _("为保护账号，离开太久会自动退出。请重新登录。"))
        elif ages.idle and now - session[SEEN] >= NOTED_EVERY:
            session[SEEN] = now


class AdminDoorMiddleware:
    """Tells signed-in people without access to the admin so, instead of asking them to sign in once more."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        inside = request.path.startswith(ADMIN_PREFIX) and request.path not in EXEMPT
        if inside and request.user.is_authenticated and not is_staff(request.user):
            return render(request, "portal/accounts/not_staff.html", status=403)
        return self.get_response(request)
