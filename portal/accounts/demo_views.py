"""`/demo/`: step into a role with one tap, and read the SMS that were "sent". Routed in demo mode only."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.demo import DEMO_ROLES
from portal.accounts.doors import own_door
from portal.channels.demo import DEMO_KEY
from portal.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
SHOWN = 30


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The nine roles, and the newest messages."""
    known = set(User.objects.filter(username__startswith="demo-", is_active=True).values_list("username", flat=True))
    context = {
        "roles": [(role, role.username in known) for role in DEMO_ROLES],
        "is_loaded": all(role.username in known for role in DEMO_ROLES),
        "messages_sent": [_with_code(message) for message in cache.get(DEMO_KEY, [])[:SHOWN]],
    }
    return render(request, "portal/accounts/demo.html", context)


def _with_code(message: dict[str, Any]) -> dict[str, Any]:
    found = re.search(r"验证码 (\d{6})", message["text"])
    return message | {"code": found[1] if found else ""}


@never_cache
@require_POST
def step_into(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demo person of a role. Anybody may, so it must never be possible beside real data."""
    if not settings.WEITAI_DEMO or role not in {one.key for one in DEMO_ROLES}:
        raise Http404
    user = get_object_or_404(User, username=f"demo-{role}", is_active=True)
    login(request, user, backend=BACKEND)
    return redirect(own_door(user))
