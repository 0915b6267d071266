"""Sound and video on their way from what a phone sent to what people can play: the work of a worker, from rows."""

from __future__ import annotations

import logging
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from config import media
from config.uploads import Refused, clean_picture, flush
from portal.models import Attachment
from portal.models.attachment import MAX_ATTEMPTS

log = logging.getLogger(__name__)
Kind, State = Attachment.Kind, Attachment.State


def wake(attachment: Attachment) -> None:
    """Tell the worker after commit. A lost hint costs a minute: the sweep finds the row."""
    from portal.tasks import work_on_recording

    transaction.on_commit(lambda: work_on_recording.delay(attachment.pk))


def work_on(pk: int) -> bool:
    """Make one received recording playable, or reject it with a reason; False when there is nothing to do. The
    original goes in either case."""
    one = Attachment.objects.filter(pk=pk).first()
    if one is None or not one.claim():
        return False
    original = one.original.name
    try:
        if one.attempts > MAX_ATTEMPTS:
            raise Refused(_("这个文件试了几次都没有处理成，请换一种格式或重新录一次。"))
        with tempfile.TemporaryDirectory(prefix="weitai-") as folder:
            _make_playable(one, Path(folder))
    except Refused as refused:
        one.finish(State.REJECTED, trouble=str(refused))
    with suppress(OSError):
        one.original.storage.delete(str(original))
    return True


def _make_playable(one: Attachment, folder: Path) -> None:
    source = folder / "source"
    with one.original.open("rb") as sent, source.open("wb") as copy:
        for piece in sent.chunks():
            copy.write(piece)
    # What it is, its content says: a recorder's file is called a video by many phones.
    if media.probe(source).has_picture:
        _keep_video(one, source, folder)
    else:
        target = folder / "voice.m4a"
        seconds = media.clean_voice(source, target)
        one.media.save(target.name, ContentFile(target.read_bytes()), save=False)
        _keep(one, Kind.VOICE, seconds)


def _keep_video(one: Attachment, source: Path, folder: Path) -> None:
    target, poster = folder / "video.mp4", folder / "poster.jpg"
    seconds = media.clean_video(source, target, poster)
    picture = clean_picture(ContentFile(poster.read_bytes()))
    one.media.save(target.name, ContentFile(target.read_bytes()), save=False)
    one.image.save("poster.jpg", picture.image, save=False)
    one.thumb.save("poster.jpg", picture.thumb, save=False)
    _keep(one, Kind.VIDEO, seconds)


def _keep(one: Attachment, kind: str, seconds: float) -> None:
    """The files are on disk before the row that names them."""
    made = [field for field in (one.media, one.image, one.thumb) if field]
    for field in made:
        flush(field)
    facts = {"kind": kind, "seconds": round(seconds), "media": one.media.name, "image": one.image.name,
             "thumb": one.thumb.name, "width": one.width, "height": one.height}  # fmt: skip
    if not one.finish(State.READY, **facts):
        for field in made:
            field.storage.delete(str(field.name))
