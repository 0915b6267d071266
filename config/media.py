"""One way in for sound and video, and one way out: the sibling of `config.uploads`, for a worker and never for a page.

In: probe → limits → decode and encode anew with Debian's ffmpeg, in a child with limits and without a network. What is
kept is one picture track and one sound track: no place, no device, no time, no chapters, no data tracks. Sound becomes
AAC in MP4 and video H.264 with AAC at most 1280 pixels long, which every phone plays. Out: `serve_media`, by ranges.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from config import jail
from config.uploads import Refused

VOICE_SECONDS, VIDEO_SECONDS = 180, 60
VOICE_BYTES, VIDEO_BYTES = 30 * 1024 * 1024, 100 * 1024 * 1024
SLACK_SECONDS = 2  # recorders stop a little late
MAX_SIDE, MAX_AREA = 1280, 9_000_000  # of the video kept; of a picture in the video sent, pixels
PROBE, VOICE, VIDEO = (10, 512), (60, 512), (240, 512)  # seconds of processor and megabytes of each step
# By content; what is not named here no decoder touches. Playlists and the like, which name other files, are not.
DEMUXERS = "mov,matroska,ogg,mp3,wav,amr,aac,flac,caf,avi"
READ = ["-protocol_whitelist", "file", "-format_whitelist", DEMUXERS]
# One thread: each takes memory of its own, and the machine has other work.
START = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-threads", "1", "-filter_threads", "1", *READ]
BARE = ["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-sn", "-dn",
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart"]  # fmt: skip
SMALLER = (
    f"scale=w='min({MAX_SIDE},iw)':h='min({MAX_SIDE},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
)
RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})$")
UNREADABLE = _("这个文件打不开，可能没有传完整。请重新录一次，或换一个文件。")


class Probe(NamedTuple):
    """What a file says of itself, which is not to be believed without decoding."""

    seconds: float  # 0 when it does not say, as with what browsers record
    has_sound: bool
    has_picture: bool
    area: int  # pixels of one picture


def is_offered() -> bool:
    """Whether this machine can take in sound and video."""
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def probe(path: Path) -> Probe:
    """Raises `Refused` for whatever is neither sound nor video."""
    command = ["ffprobe", "-v", "error", *READ, "-show_format", "-show_streams", "-of", "json", str(path)]
    try:
        found = json.loads(jail.run(command, seconds=PROBE[0], megabytes=PROBE[1]))
    except (jail.Failed, ValueError):
        raise Refused(UNREADABLE) from None
    streams = [one for one in found.get("streams", []) if not one.get("disposition", {}).get("attached_pic")]
    pictures = [one for one in streams if one.get("codec_type") == "video"]
    sizes = [int(one.get("width") or 0) * int(one.get("height") or 0) for one in pictures]
    seconds = found.get("format", {}).get("duration", "0")
    return Probe(
        seconds=float(seconds) if re.fullmatch(r"\d+(\.\d+)?", seconds) else 0.0,
        has_sound=any(one.get("codec_type") == "audio" for one in streams),
        has_picture=bool(pictures),
        area=max(sizes, default=0),
    )


def clean_voice(source: Path, target: Path) -> float:
    """Write the sound anew to `target` (.m4a); its length in seconds. Raises `Refused`."""
    told = probe(source)
    if not told.has_sound:
        raise Refused(_("这个文件里没有声音，请重新录一次。"))
    _check_length(told.seconds, VOICE_SECONDS)
    options = ["-map", "0:a:0", "-vn", "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "44100"]
    _encode(source, target, options, VOICE_SECONDS, VOICE)
    return _check_length(probe(target).seconds, VOICE_SECONDS)


def clean_video(source: Path, target: Path, poster: Path) -> float:
    """Write the video anew to `target` (.mp4), upright, and a picture of it to `poster` (.jpg); its length in seconds.
    Raises `Refused`."""
    told = probe(source)
    _check_length(told.seconds, VIDEO_SECONDS)
    if not 0 < told.area <= MAX_AREA:
        raise Refused(_("视频的画面太大，请用手机的普通清晰度重新拍。"))
    options = ["-map", "0:V:0", "-map", "0:a:0?", "-vf", SMALLER, "-fpsmax", "30", "-c:v", "libx264",
               "-preset", "veryfast", "-crf", "26", "-maxrate", "2M", "-bufsize", "4M", "-pix_fmt", "yuv420p",
               "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "44100"]  # fmt: skip
    _encode(source, target, options, VIDEO_SECONDS, VIDEO)
    seconds = _check_length(probe(target).seconds, VIDEO_SECONDS)
    picture = ["-ss", str(min(1.0, seconds / 2)), "-i", str(target), "-frames:v", "1", "-threads", "1", str(poster)]
    _run([*START, *picture], PROBE)
    return seconds


def _check_length(seconds: float, most: int) -> float:
    if seconds > most + SLACK_SECONDS:
        if most == VIDEO_SECONDS:
            raise Refused(_("视频超过 %d 秒，请截短后再传。") % most)
        raise Refused(_("录音超过 %d 分钟，请截短或分成几段再传。") % (most // 60))
    return seconds


def _encode(source: Path, target: Path, options: list[str], most: int, bounds: tuple[int, int]) -> None:
    """Whatever the file says of its length, only a little more than is allowed gets decoded."""
    length = ["-t", str(most + 2 * SLACK_SECONDS)]
    _run([*START, *length, "-i", str(source), *options, "-threads", "1", *BARE, *length, str(target)], bounds)


def _run(command: list[str], bounds: tuple[int, int]) -> None:
    try:
        jail.run(command, seconds=bounds[0], megabytes=bounds[1])
    except jail.Failed:
        raise Refused(UNREADABLE) from None


def serve_media(request: HttpRequest, stored: Any, content_type: str, *, public: bool) -> HttpResponseBase:
    """Answer with sound or video, whole or the one range that a player asks for. Whether the person may have it has
    been asked before. Anything but sound and video goes out as a download that no browser opens in our name."""
    try:
        handle = stored.open("rb")
        size = stored.size
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    wanted = _range(request.headers.get("Range", ""), size)
    response: HttpResponseBase
    if wanted is None:
        response = FileResponse(handle, content_type=content_type)
    elif not wanted:
        handle.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        handle.seek(wanted.start)
        response = FileResponse(_Part(handle, len(wanted)), status=206, content_type=content_type)
        response["Content-Length"] = str(len(wanted))
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = "inline" if content_type.startswith(("audio/", "video/")) else "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return response


def _range(header: str, size: int) -> range | None:
    """The bytes asked for; None for all of them, empty for a range that is not there."""
    match = RANGE.match(header)
    if not match or not any(match.groups()):  # several ranges at once are answered with everything
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1 if last else size))


class _Part:
    """So many bytes of a file that is open, from where it stands."""

    def __init__(self, handle: Any, length: int) -> None:
        self.handle, self.left = handle, length

    def read(self, most: int = -1) -> bytes:
        data: bytes = self.handle.read(self.left if most < 0 else min(most, self.left))
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.handle.close()
