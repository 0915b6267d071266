"""Files that come in pieces: what is on disk, whose it is, how much anybody may send.

A piece is written and flushed before the row counts it, under a lock of the row, so that an offset that was told is
never taken back, and of two pieces for the same place one is refused.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.limits import client_address, over_limit
from config.privacy import keyed_index
from config.uploads import Refused
from portal import intake, media_limits, pending
from portal.models import Attachment, Upload

PIECE = 1024 * 1024  # bytes written and counted at once, whatever a client sends in one request


class OffsetTaken(Exception):
    """The piece does not begin where the file ends."""


class NoRoom(Refused):
    """The disk is nearly full."""


def owner_of(request: HttpRequest) -> str:
    """Who uploads, known by the session even when it gets another key."""
    return keyed_index(pending.owner(request), "uploader")


def begin(request: HttpRequest, size: int, *, as_voice: bool) -> Upload:
    """A new upload of `size` bytes. Raises `pending.TooMany`, `NoRoom`, or `Refused` for what is too large."""
    if not 0 < size <= intake.LARGEST[Attachment.Kind.VIDEO]:
        raise Refused(
            _("文件是空的，或超过 %d MB，请压缩或截短后再传。") % (intake.LARGEST[Attachment.Kind.VIDEO] // PIECE)
        )
    address = client_address(request)
    owner, network = owner_of(request), keyed_index(address, "network")
    alive = Upload.objects.alive()
    full = (
        alive.filter(owner=owner).bytes() + size > media_limits.bytes_of_one()
        or alive.filter(network=network).bytes() + size > media_limits.bytes_of_network()
    )
    if full or over_limit("upload", address, pending.UPLOADS_PER_HOUR, 3600):
        raise pending.TooMany(_("这个网络一天内传的文件太多了，请明天再传，或先不带文件提交。"))
    upload = Upload(owner=owner, network=network, size=size, as_voice=as_voice)
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(upload.path.parent).free < size * 2 + media_limits.bytes_kept_free():
        raise NoRoom(_("现在收不下文件，请过几小时再传，或先不带文件提交。"))
    upload.path.touch()
    upload.save()
    return upload


def receive(upload: Upload, offset: int, source: BinaryIO, length: int) -> int:
    """Write what comes from `source`, at most `length` bytes, from `offset` on; the new offset. A line that breaks
    keeps what has come. Raises `OffsetTaken`."""
    if offset != upload.offset or offset + length > upload.size:
        raise OffsetTaken
    while length > 0:
        try:
            piece = source.read(min(PIECE, length))
        except OSError:  # the line broke
            break
        if not piece:
            break
        offset = _append(upload.pk, offset, piece)
        length -= len(piece)
    upload.offset = offset
    return offset


@transaction.atomic
def _append(pk: int, offset: int, piece: bytes) -> int:
    row = Upload.objects.select_for_update().get(pk=pk)
    if row.offset != offset or offset + len(piece) > row.size:
        raise OffsetTaken
    handle = os.open(row.path, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        _write_at(handle, piece, offset)
        os.fsync(handle)
    finally:
        os.close(handle)
    Upload.objects.filter(pk=pk).update(offset=offset + len(piece))
    return offset + len(piece)


def _write_at(handle: int, piece: bytes, offset: int) -> None:
    view = memoryview(piece)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written


def finish(upload: Upload, by: Any) -> None:
    """Make a complete upload an attachment, once; what is refused keeps the reason. Safe to repeat."""
    if not upload.is_complete or upload.attachment_id or upload.trouble:
        return
    rows = Upload.objects.filter(pk=upload.pk, attachment=None, trouble="")
    try:
        with upload.path.open("rb") as handle:
            made = intake.take_in(File(handle), by=by, as_voice=upload.as_voice)
        if not rows.update(attachment=made):  # another request has just finished it, or the sender took it back
            _remove(made)
    except FileNotFoundError:
        rows.update(trouble=_("文件没有传完整，请重新传一次。"))
    except Refused as refused:
        rows.update(trouble=str(refused))
    upload.path.unlink(missing_ok=True)


def _remove(made: Attachment) -> None:
    intake.drop(made)
    made.delete()


def cancel(upload: Upload) -> None:
    """The sender takes it back: the file goes, and what was made of it unless a suggestion has it by now."""
    made = upload.attachment if upload.attachment and upload.attachment.suggestion_id is None else None
    upload.delete()
    if made:
        _remove(made)


def sweep(at: Any = None) -> int:
    """Remove uploads that were given up, and files whose row is gone; the number of uploads removed."""
    rows = list(Upload.objects.over(at)[:500])
    for row in rows:
        row.delete()
    folder = Path(settings.PRIVATE_ROOT) / "incoming"
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    known = {token.hex for token in Upload.objects.filter(token__in=names).values_list("token", flat=True)}
    for name in set(names) - known:
        _unlink_old(folder / name)
    return len(rows)


def _unlink_old(path: Path) -> None:
    """A file is there a moment before its row."""
    try:
        if path.stat().st_mtime < time.time() - 3600:
            path.unlink(missing_ok=True)
    except FileNotFoundError:
        return
