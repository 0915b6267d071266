"""Decode one photo and write it anew: the part of `config.uploads` that touches a stranger's bytes.

Run as a program by `config.uploads` in a child: photo on standard input; on standard output the length of the first
JPEG as eight digits of hexadecimal, the photo and its thumbnail. Ends with `BROKEN` or `TOO_LARGE`. Imports no Django,
so that it starts quickly.
"""

from __future__ import annotations

import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

MAX_PIXELS = 40_000_000
IMAGE_SIDE, THUMB_SIDE = 1600, 480  # longest side, pixels
QUALITY = 82
BROKEN, TOO_LARGE = 3, 4
ORIENTATION = 0x0112

register_heif_opener()
# Pillow only warns between one and two times its limit; a bomb of that size must not be decoded either.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class TooLarge(Exception):
    """More pixels than anybody's camera has."""


def decode(file: BytesIO, decoders: list[str]) -> Image.Image:
    """The first frame, upright, small, in plain RGB, nothing but pixels."""
    with Image.open(file, formats=decoders) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise TooLarge
        opened.draft("RGB", (IMAGE_SIDE, IMAGE_SIDE))  # lets a JPEG decode at a half or a quarter of its size
        turn = opened.getexif().get(ORIENTATION, 1)
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        image: Image.Image = opened if opened.mode == mode else opened.convert(mode)  # a copy costs up to 160 MB
        image.thumbnail((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS)
        return _upright(flat(image), turn)


def _upright(image: Image.Image, turn: int) -> Image.Image:
    """Turned as the camera was held, by the number that EXIF gives for it."""
    image.getexif()[ORIENTATION] = turn
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    upright.getexif().clear()
    return upright


def flat(image: Image.Image) -> Image.Image:
    """The pixels on white, in a new image, so that comments and profiles of the old one stay behind."""
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return clean


def encode(image: Image.Image, side: int) -> bytes:
    """A JPEG of at most `side` pixels in length and width."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def main(decoders: list[str]) -> int:
    try:
        image = decode(BytesIO(sys.stdin.buffer.read()), decoders)
    except (TooLarge, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_LARGE
    except Exception:  # decoders fail in many ways on broken files, and each of them means the same to the sender
        return BROKEN
    first = encode(image, IMAGE_SIDE)
    sys.stdout.buffer.write(b"%08x" % len(first) + first + encode(image, THUMB_SIDE))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
