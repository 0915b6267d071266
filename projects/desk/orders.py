"""`/desk/orders/<pk>/`: a unit reads a supervision order and says what was put right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.moves import MoveRefused
from portal.desk import desk_page, desk_view
from projects import permissions
from projects.desk.own import own_order
from projects.forms.order import ReplyForm
from projects.forms.photos import MAX_PHOTOS, PhotosForm, arrange_photos, photo_rows, receive_photos
from projects.life import as_photo, order_entries
from projects.models import SupervisionOrder


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """The order, what happened since, and the reply while one is owed."""
    found = own_order(request.user, pk)
    may_reply = permissions.can_reply_order(request.user, found)
    if request.method != "POST":
        return _page(request, found, ReplyForm(initial={"answer": found.answer}) if may_reply else None)
    if not may_reply:
        raise PermissionDenied(_("这份督办已经回复或销号，不用再回复。"))
    form = ReplyForm(request.POST)
    received, errors = receive_photos(request, found)
    for error in errors:
        messages.error(request, error)
    arrange_photos(request, found, received)
    if form.is_valid() and _reply(request, found, form):
        messages.success(request, _("已回复，等改革办核实销号。"))
        return redirect(found.get_desk_url())
    return _page(request, found, form, status=422)


def _reply(request: HttpRequest, found: SupervisionOrder, form: ReplyForm) -> bool:
    try:
        found.reply(request.user, form.cleaned_data["answer"])
    except MoveRefused as refused:
        form.add_error("answer", str(refused))
        return False
    return True


def _page(request: HttpRequest, found: SupervisionOrder, form: ReplyForm | None, *, status: int = 200) -> HttpResponse:
    moves = found.moves.count()
    context: dict[str, Any] = {
        "order": found,
        "project": found.project,
        "light_state": str(found.light()),
        "light_text": found.light_text(),
        "entries": order_entries(found),
        "form": form,
        "photos": photo_rows(found) if form else [],
        "shown_photos": [as_photo(photo) for photo in found.photos.kept()] if not form else [],
        "photo_form": PhotosForm(),
        "max_photos": MAX_PHOTOS,
        "draft": f"order-{found.pk}-{moves}",
        "sent_draft": f"order-{found.pk}-{moves - 1}",
    }
    return desk_page(request, "projects/desk/order.html", context, status=status)
