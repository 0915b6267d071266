"""One way in for every photo, and one way out.

In: size → kind by content, not by name → decode within limits → upright → re-encode. What is kept is a new JPEG made of
pixels alone: no location, no camera, no comment, no second file hidden behind the first. Out: `serve_picture`.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, NamedTuple

import filetype
from django.core.files.base import ContentFile, File
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _

from config import jail, pictures

MAX_BYTES = 20 * 1024 * 1024
CHILD_SECONDS, CHILD_MEGABYTES = 20, 512  # of the child that decodes
# What the content may be, and which decoders may then touch it. MPO is what some phones call a JPEG with a preview.
DECODERS = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/heic": ("HEIF",),
}
SNIFFED_BYTES = 8192


class Refused(Exception):
    """The file cannot be taken; `str()` of it is a sentence for the person who sent it."""


class Cleaned(NamedTuple):
    """A photo made anew, and its thumbnail. Both are JPEG without metadata."""

    image: ContentFile[bytes]
    thumb: ContentFile[bytes]


def clean_picture(file: File[Any]) -> Cleaned:
    """The photo re-encoded, with its thumbnail. Raises `Refused` for whatever is not a whole, sensible photo."""
    if not file.size:
        raise Refused(_("这个文件是空的，请重新选一张照片。"))
    if file.size > MAX_BYTES:
        raise Refused(_("照片超过 %d MB，请压缩后再传。") % (MAX_BYTES // 1024 // 1024))
    decoders = DECODERS.get(_sniff(file))
    if decoders is None:
        raise Refused(_("只收 JPG、PNG、WebP、HEIC 格式的照片，这个文件不是。"))
    image, thumb = _made_anew(file.read(), decoders)
    return Cleaned(ContentFile(image, name="photo.jpg"), ContentFile(thumb, name="photo.jpg"))


def _made_anew(data: bytes, decoders: tuple[str, ...]) -> tuple[bytes, bytes]:
    """The photo and its thumbnail, decoded and encoded by `config.pictures` in a child."""
    command = [sys.executable, "-I", pictures.__file__, *decoders]
    try:
        out = jail.run(command, seconds=CHILD_SECONDS, megabytes=CHILD_MEGABYTES, stdin=data)
    except jail.Failed as failed:
        if failed.code == pictures.TOO_LARGE:
            raise Refused(_("照片尺寸太大，请压缩到 4000 万像素以内再传。")) from None
        raise Refused(_("照片打不开，可能没有传完整。请重新选一次，或换一张。")) from None
    end = 8 + int(out[:8], 16)
    return out[8:end], out[end:]


def _sniff(file: File[Any]) -> str:
    """The kind by the first bytes, "" when unknown."""
    file.seek(0)
    kind = filetype.guess(file.read(SNIFFED_BYTES))
    file.seek(0)
    return kind.mime if kind else ""


def store_picture(model_class: Any, file: File[Any], **fields: Any) -> Any:
    """Clean a photo and save it as a row of `model_class`, any subclass of `portal.models.Picture`.

    The files are on disk before the row that names them. Raises `Refused` and leaves nothing behind.
    """
    cleaned = clean_picture(file)
    picture = model_class(**fields)
    picture.image.save("photo.jpg", cleaned.image, save=False)
    picture.thumb.save("photo.jpg", cleaned.thumb, save=False)
    try:
        flush(picture.image)
        flush(picture.thumb)
        picture.save()
    except BaseException:
        drop_files(picture)
        raise
    return picture


def drop_files(picture: Any) -> None:
    """Remove the files of a picture from storage; the row is the caller's business."""
    for field in (picture.image, picture.thumb):
        if field:
            with suppress(OSError):
                field.storage.delete(field.name)


def flush(stored: Any) -> None:
    """Make sure that a stored file survives a crash. Storages without paths see to that themselves."""
    try:
        path = stored.path
    except NotImplementedError:
        return
    for name in (path, os.path.dirname(path)):
        handle = os.open(name, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def serve_picture(picture: Any, which: str = "image", *, public: bool) -> FileResponse:
    """Answer with the photo (`which="image"`) or its thumbnail (`"thumb"`). Whether the person may see it has been
    asked before. Only a public one may be kept by caches, for an hour, since it can be withdrawn."""
    stored = picture.thumb if which == "thumb" else picture.image
    try:
        handle = stored.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    response = FileResponse(handle, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return response
