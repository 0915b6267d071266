"""`/desk/…/photos/`: one photo at a time, for a form that is being filled in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.uploads import Refused
from portal.desk import desk_view
from projects import permissions
from projects.desk.own import own_order, own_report
from projects.forms.photos import add_photo, as_upload


@desk_view
@require_POST
def report_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a photo to a report that is being filled in."""
    report = own_report(request.user, pk)
    return _take(request, report, permissions.can_fill_report(request.user, report))


@desk_view
@require_POST
def order_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a photo to the reply to a supervision order."""
    order = own_order(request.user, pk)
    return _take(request, order, permissions.can_reply_order(request.user, order))


def _take(request: HttpRequest, owner: Any, is_open: bool) -> JsonResponse:
    """{token, thumb}, or {error} with a sentence. The photo stays outside until the form that names it is saved."""
    if not is_open:
        return JsonResponse({"error": _("已经上报，不能再加照片。")}, status=409)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("没有收到照片，请重新选一次。")}, status=400)
    try:
        photo = add_photo(owner, file, request.user, is_kept=False)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=422)
    return JsonResponse(as_upload(photo), status=201)
