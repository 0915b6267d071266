"""Resumable uploads: tus 1.0 core with creation, termination and expiration (https://tus.io/protocols/resumable-upload).

An upload belongs to the session that began it; any other session gets the answer of one that does not exist.
"""

from __future__ import annotations

import base64
import binascii
import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import cache_control

from portal import intake, pending, resumable
from portal.models import Attachment, Campaign, Upload

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
private = method_decorator(cache_control(private=True, no_store=True), name="dispatch")


def _told(response: HttpResponse, upload: Upload | None = None) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    if upload is not None:
        response["Upload-Offset"] = str(upload.offset)
        response["Upload-Length"] = str(upload.size)
        response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def _refusal(error: str, status: int) -> HttpResponse:
    response = _told(JsonResponse({"error": error}, status=status))
    if status == 429:
        response["Retry-After"] = "3600"
    return response


def _wrong_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    response = _told(HttpResponse(status=412))
    response["Tus-Version"] = VERSION
    return response


def _metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: pairs of a key and its value in base64. What cannot be read is left out."""
    pairs = {}
    for pair in header[:2000].split(","):
        key, _space, value = pair.strip().partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return pairs


def _number(text: str) -> int:
    """A number of bytes; -1 for whatever is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else -1


@private
class Uploads(View):
    http_method_names = ["post", "options"]

    def options(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = _told(HttpResponse(status=204))
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = "creation,termination,expiration"
        response["Tus-Max-Size"] = str(intake.LARGEST[Attachment.Kind.VIDEO])
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin: 201 with the address of the upload."""
        if wrong := _wrong_version(request):
            return wrong
        if Campaign.objects.collecting() is None and not request.session.get("tracked"):
            return _refusal(_("现在不在征集时间内，文件没有收下。"), 409)
        size = _number(request.headers.get("Upload-Length", ""))
        if size > intake.LARGEST[Attachment.Kind.VIDEO]:
            return _refusal(
                _("文件超过 %d MB，请压缩或截短后再传。") % (intake.LARGEST[Attachment.Kind.VIDEO] // 1024 // 1024), 413
            )
        as_voice = _metadata(request.headers.get("Upload-Metadata", "")).get("kind") == "voice"
        try:
            upload = resumable.begin(request, size, as_voice=as_voice)
        except pending.TooMany as refused:
            return _refusal(str(refused), 429)
        except resumable.NoRoom as refused:
            return _refusal(str(refused), 507)
        except intake.Refused as refused:
            return _refusal(str(refused), 400)
        response = _told(HttpResponse(status=201), upload)
        response["Location"] = reverse("portal:resumable", args=[upload.token])
        return response


@private
class Resumable(View):
    http_method_names = ["get", "head", "patch", "delete"]

    def _own(self, request: HttpRequest, token: uuid.UUID) -> Upload:
        known = pending.OWNER in request.session
        rows = Upload.objects.alive().filter(token=token, owner=resumable.owner_of(request)) if known else None
        upload = rows.first() if rows is not None else None
        if upload is None:
            raise Http404
        return upload

    def head(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """How much has arrived."""
        upload = self._own(request, token)
        return _wrong_version(request) or _told(HttpResponse(), upload)

    def get(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """What became of it, for the form: {offset, size}, with {token, thumb, kind} or {error} at the end."""
        return _told(_outcome(request, self._own(request, token)))

    def patch(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        """The next piece; 409 when it does not begin where the file ends. The last one, or an empty one after it, makes
        the file an attachment."""
        upload = self._own(request, token)
        if wrong := _wrong_version(request):
            return wrong
        length = _number(request.META.get("CONTENT_LENGTH") or "0")
        if length and request.content_type != PIECE_TYPE:
            return _refusal(_("传来的不是文件的一段，请刷新页面再试。"), 415)
        offset = _number(request.headers.get("Upload-Offset", ""))
        try:
            resumable.receive(upload, offset, request, length if length >= 0 else upload.size - upload.offset)  # type: ignore[arg-type]
        except (resumable.OffsetTaken, Upload.DoesNotExist):
            return _told(HttpResponse(status=409))
        except OSError:  # the disk is full: what was counted is there, the rest can come later
            return _refusal(_("现在收不下文件，请过几小时再接着传。"), 507)
        resumable.finish(upload, request.user if request.user.is_authenticated else None)
        return _told(HttpResponse(status=204), upload)

    def delete(self, request: HttpRequest, token: uuid.UUID) -> HttpResponse:
        resumable.cancel(self._own(request, token))
        return _told(HttpResponse(status=204))


def _outcome(request: HttpRequest, upload: Upload) -> JsonResponse:
    answer: dict[str, object] = {"offset": upload.offset, "size": upload.size}
    made = upload.attachment
    if made and made.suggestion_id is None and made.state != Attachment.State.REJECTED:
        answer |= pending.as_upload(request, made) | {"state": made.state}
    elif made or upload.trouble:
        answer["error"] = upload.trouble or (made.trouble if made else "") or _("这个文件已经交上了。")
    return JsonResponse(answer)
