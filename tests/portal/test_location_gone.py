"""Where a photo was taken leaves it by every way that the public and the front desk have in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal import intake
from portal.models import Attachment
from tests.factories import CampaignFactory

CANARY = b"CANARY-HOME-37.7"
GPS = 0x8825
pytestmark = pytest.mark.django_db


def photo(kind: str) -> bytes:
    """A photo with a place in EXIF, in XMP and in a comment."""
    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = CANARY.decode(), CANARY.decode()
    exif[GPS] = {1: "N", 2: (37.0, 44.0, 9.0), 3: "E", 4: (115.0, 40.0, 12.0), 29: CANARY.decode()}
    extra: dict[str, Any] = {"exif": exif.tobytes(), "xmp": b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"}
    if kind == "JPEG":
        extra["comment"] = CANARY
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, kind, **extra)
    return buffer.getvalue()


def by_form(data: bytes) -> None:
    Client().post("/suggestions/new/", {"photos": SimpleUploadedFile("a.jpg", data)})


def one_by_one(data: bytes) -> None:
    Client().post("/suggestions/photos/", {"file": SimpleUploadedFile("a.jpg", data)})


def in_pieces(data: bytes) -> None:
    client, told = Client(), {"tus-resumable": "1.0.0"}
    url = client.post("/suggestions/uploads/", headers=told | {"upload-length": str(len(data))})["Location"]
    for start in range(0, len(data), 500):
        headers = told | {"upload-offset": str(start)}
        piece = data[start : start + 500]
        client.patch(url, piece, content_type="application/offset+octet-stream", headers=headers)


def at_the_desk(data: bytes) -> None:
    intake.take_in(SimpleUploadedFile("a.jpg", data), kinds=intake.FROM_OFFICE)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("way", [by_form, one_by_one, in_pieces, at_the_desk])
def test_no_place_stays_in_what_is_stored(way: Callable[[bytes], None], kind: str, settings: Any) -> None:
    CampaignFactory()
    data = photo(kind)
    assert CANARY in data, "the photo sent in says where it was taken"
    before = set(Path(settings.PRIVATE_ROOT).rglob("*"))
    way(data)
    one = Attachment.objects.get()
    stored = {path for path in set(Path(settings.PRIVATE_ROOT).rglob("*")) - before if path.is_file()}
    assert stored == {Path(field.path) for field in one.files()}, "and nothing else of it"
    for path in stored:
        kept = Image.open(path)
        assert CANARY not in path.read_bytes()
        assert not kept.getexif() and not {"exif", "xmp", "comment", "icc_profile"} & set(kept.info)
