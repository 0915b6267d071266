"""Photos, voice and video of a form that has not been sent yet: kept for a day, claimed by the form that carries their
tokens.

A token is the attachment's number and a mark of the session that sent it under a signature, so it cannot be made up.
Whoever holds it may claim it, in whatever session; only the session that sent it is shown it again. The token that shows
a thumbnail cannot claim it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core import signing
from django.core.files.base import File
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.limits import client_address, over_limit
from config.uploads import Refused
from portal import intake
from portal.models import Attachment
from portal.models.attachment import UNCLAIMED_FOR

OWNER = "uploader"
MAX_PHOTOS = intake.MOST[Attachment.Kind.PHOTO]
UPLOADS_PER_HOUR = 120  # per address: one household, or one phone mast in front of many
_CLAIM = signing.TimestampSigner(salt="portal.photo.claim")
_THUMB = signing.TimestampSigner(salt="portal.photo.thumb")


class TooMany(Refused):
    """The address has sent too many photos for now."""


def owner(request: HttpRequest) -> str:
    """A mark of this session, the same through signing in and gone with signing out."""
    secret: str = request.session.setdefault(OWNER, secrets.token_hex(16))
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def _unsigned(signer: signing.TimestampSigner, token: str) -> list[str]:
    """[number, mark of the session], or nothing when the token is not ours or too old."""
    try:
        return signer.unsign(token, max_age=UNCLAIMED_FOR).split("-")
    except signing.BadSignature:
        return []


def _number(signer: signing.TimestampSigner, token: str) -> str | None:
    return next(iter(_unsigned(signer, token)), None)


def as_upload(request: HttpRequest, one: Attachment) -> dict[str, str]:
    """An attachment as the form and its scripts know it: the token that claims it, the address that shows it."""
    shown = reverse("portal:pending_thumb", args=[_THUMB.sign(one.token.hex)]) if one.thumb else ""
    return {"token": _CLAIM.sign(f"{one.token.hex}-{owner(request)}"), "thumb": shown, "kind": one.kind}


def own_uploads(request: HttpRequest, tokens: Iterable[str]) -> list[dict[str, str]]:
    """Of these tokens the ones that this session was given and that still can be claimed, as `as_upload` says them: for
    a draft that comes back. The tokens stay the same, so that a draft is no way to keep a file for ever."""
    mine = [token for token in dict.fromkeys(tokens) if owner(request) in _unsigned(_CLAIM, token)[1:]]
    known = {_number(_CLAIM, token): token for token in mine}
    return [as_upload(request, one) | {"token": known[one.token.hex]} for one in by_claim_tokens(mine)]


def by_thumb_token(token: str) -> Attachment | None:
    """The pending photo that a thumbnail's address names."""
    number = _number(_THUMB, token)
    return Attachment.objects.pending().filter(token=number).first() if number else None


def by_claim_tokens(tokens: Iterable[str]) -> list[Attachment]:
    """The photos that a form may claim, in the form's order; forged, expired and used tokens are left out."""
    numbers = [number for token in tokens if (number := _number(_CLAIM, token))]
    found = {photo.token.hex: photo for photo in Attachment.objects.pending().filter(token__in=numbers)}
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def keep(request: HttpRequest, file: File[Any], *, as_voice: bool = False) -> Attachment:
    """Take a file in and keep it as pending. Raises `Refused` with a sentence, also when the address sends too many."""
    if over_limit("photo", client_address(request), UPLOADS_PER_HOUR, 3600):
        raise TooMany(_("这个网络一小时内传的文件太多了，请过一会儿再传。文字可以先提交。"))
    user = request.user if request.user.is_authenticated else None
    return intake.take_in(file, by=user, as_voice=as_voice)


class Gathered(NamedTuple):
    """What came with a form, and a sentence for each that did not make it."""

    photos: list[Attachment]
    errors: list[str]


def gather(
    request: HttpRequest, files: Iterable[File[Any]], tokens: list[str], *, held: Iterable[str] = ()
) -> Gathered:
    """What was uploaded before by its tokens, then what was sent with the form itself (`photos`, and recordings in a
    field of that name), as many as one suggestion holds of each kind. `held`: the kinds that it holds already."""
    counts = Counter(held)
    errors: list[str] = []
    kept: list[Attachment] = []
    claimed = by_claim_tokens(tokens[: 2 * sum(intake.MOST.values())])
    if len(claimed) < len(set(tokens)):
        errors.append(_("有文件放得太久，已经清掉了，请重新选一次。"))
    for one in claimed:
        if one.state == Attachment.State.REJECTED:
            errors.append(_("%(kind)s没有收下：%(why)s") % {"kind": one.get_kind_display(), "why": one.trouble})
        else:
            _count_in(one, kept, counts)
    for number, file in enumerate([*files, *request.FILES.getlist("recordings")], 1):
        try:
            kind, _mime = intake.kind_of(file)
            if counts[kind] < intake.MOST.get(kind, 1):
                _count_in(keep(request, file), kept, counts)
            else:
                counts[kind] += 1
        except Refused as refused:
            errors.append(_("第 %(n)d 个没有收下：%(why)s") % {"n": number, "why": refused})
    return Gathered(kept, errors + _too_many(counts))


def _count_in(one: Attachment, kept: list[Attachment], counts: Counter[str]) -> None:
    counts[one.kind] += 1
    if counts[one.kind] <= intake.MOST[one.kind]:
        kept.append(one)


def _too_many(counts: Counter[str]) -> list[str]:
    """A sentence for each kind of which more was sent than is held."""
    over = [(Attachment.Kind(kind).label, most, counts[kind] - most) for kind, most in intake.MOST.items()]
    said = _("%(kind)s最多 %(max)d 个，多出的 %(n)d 个没有收下。")
    return [said % {"kind": kind, "max": most, "n": left} for kind, most, left in over if left > 0]
