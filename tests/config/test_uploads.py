"""Photos: what comes in is made anew, and nothing of the sender's file but its pixels is kept."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import filetype
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from PIL import Image

from config import uploads
from config.uploads import Refused, clean_picture, serve_picture, store_picture
from portal.models import Attachment
from tests.factories import AttachmentFactory

WIDE = (400, 200)
GPS, ORIENTATION, CAMERA = 0x8825, 0x0112, 0x010F
SCRIPT = b"<script>alert(document.domain)</script>"


def encoded(
    kind: str, size: tuple[int, int] = WIDE, colour: Any = (200, 30, 30), mode: str = "RGB", **extra: Any
) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind, **extra)
    return buffer.getvalue()


def sent(data: bytes, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def opened(content: ContentFile) -> Image.Image:
    content.seek(0)
    return Image.open(io.BytesIO(content.read()))


def exif_with_place() -> bytes:
    exif = Image.Exif()
    exif[CAMERA], exif[ORIENTATION] = "PhoneMaker", 6
    exif[GPS] = {1: "N", 2: (37.0, 44.0, 9.0), 3: "E", 4: (115.0, 40.0, 12.0)}
    return exif.tobytes()


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp"), ("HEIF", "a.heic"), ("JPEG", "a.txt")]
)
def test_it_accepts_photos_of_every_phone_by_content(kind: str, name: str) -> None:
    cleaned = clean_picture(sent(encoded(kind), name))
    for part in cleaned:
        assert opened(part).format == "JPEG"
    assert opened(cleaned.image).size == WIDE
    red, green, _blue = opened(cleaned.image).getpixel((200, 100))
    assert red > 150 > 80 > green


def test_location_camera_and_comment_are_gone_and_the_photo_is_upright() -> None:
    data = encoded("JPEG", exif=exif_with_place(), comment=b"home address")
    assert dict(Image.open(io.BytesIO(data)).getexif().get_ifd(GPS)), "the photo sent in has a location"
    for part in clean_picture(sent(data)):
        image = opened(part)
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    assert opened(clean_picture(sent(data)).image).size == (200, 400), (
        "turned by its orientation before that was dropped"
    )


def test_location_in_heic_is_gone() -> None:
    data = encoded("HEIF", exif=exif_with_place())
    assert dict(Image.open(io.BytesIO(data)).getexif().get_ifd(GPS)), "the photo sent in has a location"
    for part in clean_picture(sent(data, "IMG_1.HEIC")):
        assert not opened(part).getexif()


def test_large_photos_are_made_smaller() -> None:
    cleaned = clean_picture(sent(encoded("JPEG", (4000, 3000))))
    assert opened(cleaned.image).size == (1600, 1200)
    assert opened(cleaned.thumb).size == (480, 360)


def test_transparent_pictures_stand_on_white() -> None:
    data = encoded("PNG", colour=(0, 0, 0, 0), mode="RGBA")
    assert opened(clean_picture(sent(data)).image).getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_that_is_also_a_page_keeps_its_pixels_only() -> None:
    data = encoded("PNG") + SCRIPT
    assert SCRIPT in data
    for part in clean_picture(sent(data, "x.html")):
        part.seek(0)
        assert SCRIPT not in part.read()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"%PDF-1.7 not a photo", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        SCRIPT, b"GIF89a" + b"\0" * 300, b"\xff\xd8\xff\xe0" + b"\0" * 50, b"MZ" + b"\0" * 400,
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match=r"。$"):
        clean_picture(sent(data, "photo.jpg"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_off_anywhere_is_refused_or_whole(kind: str) -> None:
    data = encoded(kind, (640, 480))
    for tenth in range(1, 10):
        try:
            cleaned = clean_picture(sent(data[: len(data) * tenth // 10]))
        except Refused as refused:
            assert str(refused).endswith("。")
        else:
            assert opened(cleaned.image).size == (640, 480)


def test_too_many_bytes_are_refused_before_anything_is_read() -> None:
    class Huge(ContentFile):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("read")

    with pytest.raises(Refused, match="20 MB"):
        huge = Huge(b"x")
        huge.size = uploads.MAX_BYTES + 1
        clean_picture(huge)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [7000, 10_000, 14_000])
def test_bombs_are_refused_without_being_decoded(side: int) -> None:
    """49, 100 and 196 million pixels: beyond our limit, beyond one and beyond two of Pillow's."""
    data = encoded("PNG", (side, side), 0, "1")
    assert len(data) < 50_000
    started = time.monotonic()
    with pytest.raises(Refused, match="4000 万像素"):
        clean_picture(sent(data))
    assert time.monotonic() - started < 5


def test_names_of_files_never_reach_the_disk(db: None, settings: Any) -> None:
    photo = store_picture(Attachment, sent(encoded("JPEG"), "../../张三家门口.php"), caption="路口")
    assert photo.caption == "路口"
    assert (photo.width, photo.height) == WIDE
    for stored in (photo.image, photo.thumb):
        path = Path(stored.path)
        assert path.is_relative_to(settings.PRIVATE_ROOT)
        assert path.suffix == ".jpg" and "张三" not in str(path)
        assert filetype.guess(str(path)).mime == "image/jpeg"


def test_a_row_that_cannot_be_saved_leaves_no_file(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    before = set(Path(settings.PRIVATE_ROOT).rglob("*.jpg"))
    monkeypatch.setattr(Attachment, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        store_picture(Attachment, sent(encoded("JPEG")))
    assert set(Path(settings.PRIVATE_ROOT).rglob("*.jpg")) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("public", "cached"), [(True, "public, max-age=3600"), (False, "private, no-store")])
def test_serving_says_who_may_keep_it(public: bool, cached: str) -> None:
    response = serve_picture(AttachmentFactory(), "thumb", public=public)
    assert response["Cache-Control"] == cached
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "inline"
    response.close()


def test_a_lost_file_is_not_found_rather_than_an_error(db: None) -> None:
    photo = AttachmentFactory()
    photo.image.storage.delete(photo.image.name)
    with pytest.raises(Http404):
        serve_picture(photo, public=True)
