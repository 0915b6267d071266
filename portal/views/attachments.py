"""Photos, voice and video of suggestions: in through one door, out only to those who may see them."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from config.media import serve_media
from config.uploads import Refused, serve_picture
from portal import pending, receipts
from portal.models import Attachment, Campaign

MEDIA_TYPES: dict[str, str] = {
    Attachment.Kind.VOICE: "audio/mp4",
    Attachment.Kind.VIDEO: "video/mp4",
    Attachment.Kind.DOCUMENT: "application/pdf",
}


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One photo of a form that is being filled in: {token, thumb}, or {error} with a sentence."""
    if Campaign.objects.collecting() is None:
        return _refusal(_("现在不在征集时间内，照片没有收下。"), 409)
    file = request.FILES.get("file")
    if file is None:
        return _refusal(_("没有收到照片，请重新选一次。"), 400)
    try:
        return JsonResponse(pending.as_upload(request, pending.keep(request, file)), status=201)
    except pending.TooMany as refused:
        return _refusal(str(refused), 429)
    except Refused as refused:
        return _refusal(str(refused), 422)


@cache_control(private=True, no_store=True)
@require_POST
def uploads_again(request: HttpRequest) -> JsonResponse:
    """For a draft that comes back: which of its `photo_tokens` this session may still send, with their thumbnails."""
    tokens = request.POST.getlist("photo_tokens")[: 2 * pending.MAX_PHOTOS]
    return JsonResponse({"uploads": pending.own_uploads(request, tokens)})


def _refusal(error: str, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)


@cache_control(private=True, no_store=True)
@require_safe
def pending_thumb(request: HttpRequest, signed: str) -> FileResponse:
    """The thumbnail of a photo that is not sent yet, for whoever has its signed address."""
    photo = pending.by_thumb_token(signed)
    if photo is None:
        raise Http404
    return serve_picture(photo, "thumb", public=False)


@require_safe
def attachment(request: HttpRequest, token: uuid.UUID, which: str = "image") -> HttpResponseBase:
    """A suggestion's photo (`which`: "image", "thumb"), sound, video or document ("media").

    Whoever may not see it gets the same answer as for one that does not exist."""
    # Asked first, without touching the session, so that public ones stay cacheable.
    if one := Attachment.objects.public().filter(token=token).first():
        return _serve(request, one, which, public=True)
    if one := Attachment.objects.visible_to(request.user).filter(token=token).first():
        return _serve(request, one, which, public=False)
    own = Attachment.objects.filter(token=token, suggestion__isnull=False).exclude(kind=Attachment.Kind.DOCUMENT)
    one = own.select_related("suggestion").first()
    if one and one.suggestion and receipts.may_follow(request, one.suggestion):
        return _serve(request, one, which, public=False)
    raise Http404


def _serve(request: HttpRequest, one: Attachment, which: str, *, public: bool) -> HttpResponseBase:
    if which == "media":
        return serve_media(request, one.media, MEDIA_TYPES.get(one.kind, "application/octet-stream"), public=public)
    return serve_picture(one, which, public=public)
