"""The one way in for every file that comes with a suggestion: form, resumable upload, front desk, mailbox."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

import filetype
from django.core.files.base import File
from django.utils.translation import gettext as _

from config import media
from config.uploads import DECODERS, MAX_BYTES, SNIFFED_BYTES, Refused, flush, store_picture
from portal import recordings
from portal.models import Attachment, Suggestion

Kind, State = Attachment.Kind, Attachment.State
FROM_PUBLIC = (Kind.PHOTO, Kind.VOICE, Kind.VIDEO)
FROM_OFFICE = (*FROM_PUBLIC, Kind.DOCUMENT)
# How many of a kind one suggestion holds, and how large each may be.
MOST: dict[str, int] = {Kind.PHOTO: 9, Kind.VOICE: 3, Kind.VIDEO: 1, Kind.DOCUMENT: 9}
LARGEST: dict[str, int] = {
    Kind.PHOTO: MAX_BYTES, Kind.VOICE: media.VOICE_BYTES, Kind.VIDEO: media.VIDEO_BYTES, Kind.DOCUMENT: MAX_BYTES,
}  # fmt: skip
ENDINGS = {
    "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/ogg": ".ogg", "audio/x-wav": ".wav",
    "audio/amr": ".amr", "audio/aac": ".aac", "audio/x-flac": ".flac", "video/mp4": ".mp4", "video/x-m4v": ".m4v",
    "video/quicktime": ".mov", "video/webm": ".webm", "video/x-matroska": ".mkv", "video/3gpp": ".3gp",
    "video/x-msvideo": ".avi",
}  # fmt: skip


def kind_of(file: File[Any]) -> tuple[str, str]:
    """(kind, media type) by content, whatever the name says; ("", "") for what is none of ours. Recorders' files may
    pass for video here; the worker sees what they are."""
    file.seek(0)
    head = file.read(SNIFFED_BYTES)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return Kind.DOCUMENT, "application/pdf"
    found = filetype.guess(head)
    mime = found.mime if found else _iso_media(head)
    if mime in DECODERS:
        return Kind.PHOTO, mime
    if mime in ENDINGS:
        return (Kind.VOICE if mime.startswith("audio/") else Kind.VIDEO), mime
    return "", ""


def _iso_media(head: bytes) -> str:
    """Containers of phones that name a brand which the sniffer does not know: .3gp, fragmented MP4."""
    if head[4:8] != b"ftyp":
        return ""
    return "video/3gpp" if head[8:10] == b"3g" else "video/mp4"


def take_in(
    file: File[Any],
    *,
    suggestion: Suggestion | None = None,
    by: Any = None,
    kinds: Collection[str] = FROM_PUBLIC,
    as_voice: bool = False,
    **facts: Any,
) -> Attachment:
    """Keep one file as an attachment, of a suggestion or pending without one.

    `file`: any Django file; its name is never used. `kinds`: what may be taken here, `FROM_OFFICE` for staff, whose
    scanned letters (PDF) stay private for ever. `as_voice`: what sounds like a recording, whatever its container.
    A photo is made anew at once; sound and video come back in state RECEIVED and are made playable by the worker,
    which may yet reject them. Raises `Refused`, whose `str()` is a sentence for the sender, and leaves nothing behind.
    Files are on disk before the row that names them; call it inside the transaction that needs it.
    """
    if not file.size:
        raise Refused(_("这个文件是空的，请重新选一个。"))
    kind, mime = kind_of(file)
    if kind not in kinds or (kind in (Kind.VOICE, Kind.VIDEO) and not media.is_offered()):
        raise Refused(_unwanted(kinds))
    if as_voice and kind == Kind.VIDEO:
        kind = Kind.VOICE
    if file.size > LARGEST[kind]:
        size = {"kind": Kind(kind).label, "size": LARGEST[kind] // 1024 // 1024}
        raise Refused(_("%(kind)s超过 %(size)d MB，请压缩或截短后再传。") % size)
    if kind == Kind.PHOTO:
        photo: Attachment = store_picture(Attachment, file, suggestion=suggestion, added_by=by, **facts)
        return photo
    one = Attachment(kind=kind, suggestion=suggestion, added_by=by, **facts)
    if kind == Kind.DOCUMENT:
        return _store(one, "media", file, ".pdf")
    one.state = State.RECEIVED
    _store(one, "original", file, ENDINGS[mime])
    recordings.wake(one)
    return one


def _unwanted(kinds: Collection[str]) -> str:
    names = [_("JPG、PNG、WebP、HEIC 照片")]
    if media.is_offered():
        names += [_("录音"), _("视频")]
    if Kind.DOCUMENT in kinds:
        names.append(_("PDF 文件"))
    return _("这里只收%s，这个文件不是。") % "、".join(names)


def _store(one: Attachment, field: str, file: File[Any], ending: str) -> Attachment:
    stored = getattr(one, field)
    stored.save(f"file{ending}", file, save=False)
    try:
        flush(stored)
        one.save()
    except BaseException:
        drop(one)
        raise
    return one


def drop(one: Attachment) -> None:
    """Remove the files of an attachment from storage; the row is the caller's business."""
    for stored in one.files():
        with suppress(OSError):
            stored.storage.delete(stored.name)
