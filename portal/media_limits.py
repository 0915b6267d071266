"""How many bytes may wait here at once. Settings of the same name with WEITAI_ win."""

from __future__ import annotations

from django.conf import settings

UPLOAD_BYTES_SESSION = 400 * 1024 * 1024  # nine photos, three voices and a video of the largest size, and some tries
UPLOAD_BYTES_NETWORK = 3 * 1024 * 1024 * 1024  # a mast or an office building in a day
UPLOAD_BYTES_FREE = 1024 * 1024 * 1024  # left on the disk for everything else


def bytes_of_one() -> int:
    return int(getattr(settings, "WEITAI_UPLOAD_BYTES_SESSION", UPLOAD_BYTES_SESSION))


def bytes_of_network() -> int:
    return int(getattr(settings, "WEITAI_UPLOAD_BYTES_NETWORK", UPLOAD_BYTES_NETWORK))


def bytes_kept_free() -> int:
    return int(getattr(settings, "WEITAI_UPLOAD_BYTES_FREE", UPLOAD_BYTES_FREE))
