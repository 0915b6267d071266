"""Photos of a form that has not been sent yet: kept for a day, claimed by the form that carries their tokens.

A token is the photo's number under a signature, so it cannot be made up, and the one that shows a thumbnail cannot
claim the photo.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core import signing
from django.core.files.base import File
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.limits import client_address, over_limit
from config.uploads import Refused, store_picture
from portal.models import Attachment
from portal.models.attachment import UNCLAIMED_FOR

MAX_PHOTOS = 9
UPLOADS_PER_HOUR = 120  # per address: one household, or one phone mast in front of many
_CLAIM = signing.TimestampSigner(salt="portal.photo.claim")
_THUMB = signing.TimestampSigner(salt="portal.photo.thumb")


class TooMany(Refused):
    """The address has sent too many photos for now."""


def _token(signer: signing.TimestampSigner, photo: Attachment) -> str:
    return signer.sign(photo.token.hex)


def _number(signer: signing.TimestampSigner, token: str) -> str | None:
    try:
        return signer.unsign(token, max_age=UNCLAIMED_FOR)
    except signing.BadSignature:
        return None


def as_upload(photo: Attachment) -> dict[str, str]:
    """The photo as the form and `photos.js` know it: the token that claims it, the address that shows it."""
    shown = reverse("portal:pending_thumb", args=[_token(_THUMB, photo)])
    return {"token": _token(_CLAIM, photo), "thumb": shown}


def by_thumb_token(token: str) -> Attachment | None:
    """The pending photo that a thumbnail's address names."""
    number = _number(_THUMB, token)
    return Attachment.objects.pending().filter(token=number).first() if number else None


def by_claim_tokens(tokens: Iterable[str]) -> list[Attachment]:
    """The photos that a form may claim, in the form's order; forged, expired and used tokens are left out."""
    numbers = [number for token in tokens if (number := _number(_CLAIM, token))]
    found = {photo.token.hex: photo for photo in Attachment.objects.pending().filter(token__in=numbers)}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def keep(request: HttpRequest, file: File[Any]) -> Attachment:
    """Clean a photo and keep it as pending. Raises `Refused` with a sentence, also when the address sends too many."""
    if over_limit("photo", client_address(request), UPLOADS_PER_HOUR, 3600):
        raise TooMany(_("这个网络一小时内传的照片太多了，请过一会儿再传。文字可以先提交。"))
    user = request.user if request.user.is_authenticated else None
    photo: Attachment = store_picture(Attachment, file, added_by=user)
    return photo


class Gathered(NamedTuple):
    """The photos that came with a form, and a sentence for each that did not make it."""

    photos: list[Attachment]
    errors: list[str]


def gather(request: HttpRequest, files: Iterable[File[Any]], tokens: list[str]) -> Gathered:
    """Photos uploaded before by their tokens, then those sent with the form itself, nine at most."""
    photos = by_claim_tokens(tokens[: 2 * MAX_PHOTOS])
    errors: list[str] = []
    if len(photos) < len(set(tokens)):
        errors.append(_("有照片放得太久，已经清掉了，请重新选一次。"))
    left_over = len(photos[MAX_PHOTOS:])
    photos = photos[:MAX_PHOTOS]
    for number, file in enumerate(files, 1):
        if len(photos) >= MAX_PHOTOS:
            left_over += 1
            continue
        try:
            photos.append(keep(request, file))
        except Refused as refused:
            errors.append(_("第 %(n)d 张没有收下：%(why)s") % {"n": number, "why": refused})
    if left_over:
        errors.append(_("最多 %(max)d 张照片，多出的 %(n)d 张没有收下。") % {"max": MAX_PHOTOS, "n": left_over})
    return Gathered(photos, errors)
