"""What a poster's QR code opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.models import Campaign, Poster
from portal.posters import is_a_scan


@cache_control(private=True, no_store=True)
@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Count the scan and go on to the form, which knows the place. A poster that no longer holds says what to do."""
    poster = Poster.objects.of_code(code)
    if poster is None:
        return render(request, "portal/poster_gone.html", status=404)
    running = Campaign.objects.collecting()
    if poster.status == Poster.Status.RETIRED or (running and running != poster.campaign):
        return render(request, "portal/poster_gone.html", {"poster": poster, "running": running}, status=410)
    if is_a_scan(request, poster):
        poster.count_scan(timezone.localdate())
    return redirect(f"{reverse('portal:suggest')}?poster={poster.code}")
