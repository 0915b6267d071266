"""Sound and video: made anew by a worker, without a trace of where and on what they were recorded."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from config import jail, media
from config.uploads import Refused
from portal import intake, recordings
from portal.models import Attachment
from portal.tasks import drop_unclaimed_uploads, work_on_recordings
from tests.factories import AttachmentFactory, CampaignFactory, SuggestionFactory

CANARY = b"CANARY-HOME-37.7"
State, Kind = Attachment.State, Attachment.Kind
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not media.is_offered(), reason="ffmpeg is not installed"),
]


def record(folder: Path, name: str, *options: str) -> bytes:
    """A tiny file as a recorder writes it, with a place in it."""
    path = folder / name
    told = [
        word for key in ("location", "title", "comment", "artist") for word in ("-metadata", f"{key}={CANARY.decode()}")
    ]
    command = ["ffmpeg", "-v", "error", "-y", "-bitexact", *options, *told, str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


TONE = ("-f", "lavfi", "-i", "sine=duration=1")
FILM = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1")


@pytest.fixture(scope="session")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("recordings")
    (folder / "turned").mkdir()
    turned = record(folder, "plain.mp4", *FILM, *TONE, "-pix_fmt", "yuv420p")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(folder / "plain.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=90",
         str(folder / "turned.mp4")], check=True,
    )  # fmt: skip
    return {
        "mp3": record(folder, "a.mp3", *TONE),
        "m4a": record(folder, "a.m4a", *TONE),
        "ogg": record(folder, "a.ogg", *TONE),
        "wav": record(folder, "a.wav", *TONE),
        "webm": record(folder, "a.webm", *TONE, "-c:a", "libopus"),
        "mp4": turned,
        "turned": (folder / "turned.mp4").read_bytes(),
        "mov": record(folder, "a.mov", *FILM, *TONE),
        "long": record(folder, "long.mp3", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:duration=190", "-b:a", "8k"),
        "long film": record(folder, "long.mp4", "-f", "lavfi", "-i", "color=size=32x32:rate=1:duration=70"),
    }  # fmt: skip


def taken(data: bytes, name: str = "x", **facts: Any) -> Attachment:
    one = intake.take_in(SimpleUploadedFile(name, data), **facts)
    recordings.work_on(one.pk)
    one.refresh_from_db()
    return one


def shown(path: str) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", path]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "wav", "webm"])
def test_sound_of_every_recorder_becomes_what_every_phone_plays(sent: dict[str, bytes], kind: str) -> None:
    one = taken(sent[kind])
    assert (one.kind, one.state, one.seconds) == (Kind.VOICE, State.READY, 1)
    (stream,) = shown(one.media.path)["streams"]
    assert stream["codec_name"] == "aac" and one.media.name.endswith(".m4a")


@pytest.mark.parametrize(("kind", "size"), [("mp4", (64, 48)), ("turned", (48, 64)), ("mov", (64, 48))])
def test_video_stands_upright_in_what_every_phone_plays(sent: dict[str, bytes], kind: str, size: Any) -> None:
    one = taken(sent[kind])
    assert (one.kind, one.state) == (Kind.VIDEO, State.READY)
    streams = {stream["codec_type"]: stream for stream in shown(one.media.path)["streams"]}
    assert streams["video"]["codec_name"] == "h264"
    assert (streams["video"]["width"], streams["video"]["height"]) == size == (one.width, one.height)
    assert Image.open(one.image.path).size == size, "a picture of it, for before it is played"


@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg", "wav", "webm", "mp4", "mov"])
def test_place_and_device_are_gone_and_so_is_the_original(sent: dict[str, bytes], kind: str, settings: Any) -> None:
    assert CANARY in sent[kind], "what was sent has a place in it"
    before = set(Path(settings.PRIVATE_ROOT).rglob("*.*"))
    one = taken(sent[kind])
    stored = set(Path(settings.PRIVATE_ROOT).rglob("*.*")) - before
    assert stored == {Path(field.path) for field in one.files()} and not one.original
    for path in stored:
        assert CANARY not in path.read_bytes()
    told = shown(one.media.path)
    assert not told["chapters"] and not {"location", "title", "comment", "artist"} & set(told["format"].get("tags", {}))


@pytest.mark.parametrize(("kind", "why"), [("long", "超过 3 分钟"), ("long film", "超过 60 秒")])
def test_what_is_too_long_is_rejected_with_a_reason(sent: dict[str, bytes], kind: str, why: str) -> None:
    one = taken(sent[kind])
    assert one.state == State.REJECTED and why in one.trouble and one.trouble.endswith("。")
    assert not one.files(), "nothing of it stays"


@pytest.mark.parametrize("at", [20, 200, 2000])
def test_a_broken_recording_is_rejected_with_a_reason(sent: dict[str, bytes], at: int) -> None:
    one = taken(sent["m4a"][:at])
    assert one.state == State.REJECTED and one.trouble.endswith("。")


def test_a_playlist_in_disguise_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.mp3").write_bytes(b"x")
    source = tmp_path / "list.mp4"
    source.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/secret.mp3\n")
    with pytest.raises(Refused):
        media.probe(source)


def test_a_recording_is_worked_on_once_and_again_when_its_worker_died(sent: dict[str, bytes]) -> None:
    one = intake.take_in(SimpleUploadedFile("x", sent["mp3"]))
    assert one.state == State.RECEIVED
    assert one.claim() and not Attachment.objects.get(pk=one.pk).claim(), "somebody has it in hand"
    assert work_on_recordings() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        assert work_on_recordings() == 1
    fresh = Attachment.objects.get(pk=one.pk)
    assert fresh.state == State.READY
    assert not one.finish(State.REJECTED, trouble="late"), "the worker that was thought dead changes nothing"
    assert work_on_recordings() == 0


def test_what_kills_its_worker_three_times_is_given_up(sent: dict[str, bytes]) -> None:
    one = intake.take_in(SimpleUploadedFile("x", sent["mp3"]))
    Attachment.objects.filter(pk=one.pk).update(attempts=3)
    recordings.work_on(one.pk)
    one.refresh_from_db()
    assert one.state == State.REJECTED and "几次" in one.trouble


def test_a_hint_wakes_the_worker_after_commit(sent: dict[str, bytes], django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        one = intake.take_in(SimpleUploadedFile("x", sent["mp3"]))
    one.refresh_from_db()
    assert one.state == State.READY


def test_without_ffmpeg_nothing_but_photos_is_taken(
    sent: dict[str, bytes], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "is_offered", lambda: False)
    with pytest.raises(Refused, match=r"^这里只收JPG、PNG、WebP、HEIC 照片，"):
        intake.take_in(SimpleUploadedFile("x", sent["mp3"]))


def test_letters_are_for_the_office_alone_and_never_public() -> None:
    pdf = SimpleUploadedFile("x", b"%PDF-1.7 letter")
    with pytest.raises(Refused):
        intake.take_in(pdf)
    letter = intake.take_in(pdf, kinds=intake.FROM_OFFICE, suggestion=SuggestionFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=letter.pk).update(is_released=True)


def test_a_letter_goes_out_as_a_download(sign_in: Any, officer: Any) -> None:
    letter = AttachmentFactory(document=True)
    answer = sign_in(officer).get(letter.get_absolute_url())
    assert answer["Content-Disposition"] == "attachment" and answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [("", 200, slice(0, None)), ("bytes=0-", 206, slice(0, None)), ("bytes=10-19", 206, slice(10, 20)),
     ("bytes=-5", 206, slice(-5, None)), ("bytes=5000-", 416, slice(0, 0)), ("bytes=0-1,4-5", 200, slice(0, None))],
)  # fmt: skip
def test_a_player_gets_the_part_that_it_asks_for(client: Client, asked: str, status: int, got: slice) -> None:
    voice = AttachmentFactory(voice=True, released=True)
    whole = Path(voice.media.path).read_bytes()
    answer = client.get(voice.get_absolute_url(), headers={"range": asked} if asked else {})
    assert (answer.status_code, answer.getvalue()) == (status, whole[got])
    assert answer["Accept-Ranges"] == "bytes" and answer["Cache-Control"] == "public, max-age=3600"


def test_recordings_reach_the_public_page_when_released_with_their_words(
    client: Client, sign_in: Any, officer: Any
) -> None:
    one = SuggestionFactory(open=True)
    heard, kept = (AttachmentFactory(voice=True, suggestion=one, released=released) for released in (True, False))
    words = {"transcript": "路灯不亮，请打 13812345678。"}
    sign_in(officer).post(f"/admin/suggestions/{one.number}/media/{heard.token}/transcript/", words)
    page = client.get(one.get_absolute_url()).content.decode()
    assert heard.get_absolute_url() in page and "路灯不亮" in page and "13812345678" not in page
    assert kept.get_absolute_url() not in page
    assert "autoplay" not in page


def test_voices_are_ticked_for_the_public_by_a_person(sign_in: Any, officer: Any) -> None:
    one = SuggestionFactory()
    photo, voice = AttachmentFactory(suggestion=one), AttachmentFactory(voice=True, suggestion=one)
    page = sign_in(officer).get(f"/admin/suggestions/{one.number}/").content.decode()
    assert f'value="{photo.pk}" checked' in page and f'value="{voice.pk}" checked' not in page
    assert voice.get_absolute_url() in page


def test_sound_without_scripts_comes_with_the_form(client: Client, sent: dict[str, bytes]) -> None:
    CampaignFactory()
    answer = client.post("/suggestions/new/", {"recordings": SimpleUploadedFile("x.mp3", sent["mp3"])})
    assert answer.status_code == 422 and Attachment.objects.get().kind == Kind.VOICE


def test_recordings_never_claimed_go_with_all_their_files(sent: dict[str, bytes]) -> None:
    one = taken(sent["mp4"])
    paths = [Path(field.path) for field in one.files()]
    assert len(paths) == 3
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert drop_unclaimed_uploads() == 1
    assert not any(path.exists() for path in paths)


def test_a_child_that_runs_wild_ends(tmp_path: Path) -> None:
    started = time.monotonic()
    for code in ("while True: pass", "x = bytearray(900_000_000)", "import time; time.sleep(60)"):
        with pytest.raises(jail.Failed):
            jail.run(["python3", "-c", code], seconds=1, megabytes=256)
    assert time.monotonic() - started < 20
