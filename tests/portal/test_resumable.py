"""Files over a bad line: nothing that was counted is lost, nobody touches another's, and what stays is bounded."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from config.uploads import store_picture
from portal import intake, resumable
from portal.models import Attachment, Upload
from portal.tasks import drop_unclaimed_uploads
from tests.factories import CampaignFactory

UPLOADS = "/suggestions/uploads/"
TUS = {"tus-resumable": "1.0.0"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def campaign(db: None) -> Any:
    return CampaignFactory()


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def begin(client: Client, size: int, **headers: str) -> Any:
    return client.post(UPLOADS, headers=TUS | {"upload-length": str(size)} | headers)


def send(client: Client, url: str, offset: int, data: bytes, **headers: str) -> Any:
    told = TUS | {"upload-offset": str(offset)} | headers
    return client.patch(url, data, content_type="application/offset+octet-stream", headers=told)


def where(client: Client, url: str) -> int:
    return int(client.head(url, headers=TUS)["Upload-Offset"])


def test_a_photo_in_three_pieces_is_byte_exact_and_becomes_one_attachment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = []

    def seen(model: Any, file: Any, **facts: Any) -> Any:
        arrived.append(file.read())
        return store_picture(model, file, **facts)

    monkeypatch.setattr(intake, "store_picture", seen)
    data = photo()
    answer = begin(client, len(data))
    url = answer["Location"]
    assert (answer.status_code, answer["Tus-Resumable"], answer["Upload-Offset"]) == (201, "1.0.0", "0")
    third = len(data) // 3
    for start in (0, third, 2 * third):
        end = start + third if start < 2 * third else len(data)
        answer = send(client, url, start, data[start:end])
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(end))
    made = client.get(url).json()
    assert made["kind"] == "photo" and client.get(made["thumb"]).status_code == 200
    assert arrived == [data]
    assert Attachment.objects.count() == 1
    assert send(client, url, len(data), b"").status_code == 204 and Attachment.objects.count() == 1
    assert not Upload.objects.get().path.exists(), "the file as sent is gone"


def test_after_the_line_broke_the_browser_asks_where_it_was(client: Client) -> None:
    data = photo()
    url = begin(client, len(data))["Location"]

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 1000:
                raise OSError("reset by peer")
            return super().read(min(size or 0, 1000) if size and size > 0 else 1000)

    upload = Upload.objects.get()
    resumable.receive(upload, 0, Broken(data), len(data))
    assert where(client, url) == 1000 == upload.path.stat().st_size
    assert send(client, url, 1000, data[1000:]).status_code == 204
    assert "token" in client.get(url).json()


def test_what_was_counted_was_on_disk_before(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, update = resumable.os.fsync, type(Upload.objects.all()).update
    monkeypatch.setattr(resumable.os, "fsync", lambda handle: (order.append("disk"), fsync(handle))[1])
    monkeypatch.setattr(
        type(Upload.objects.all()), "update", lambda self, **facts: (order.append("row"), update(self, **facts))[1]
    )
    url = begin(client, 100)["Location"]
    send(client, url, 0, b"x" * 10)
    assert order[:2] == ["disk", "row"]


@pytest.mark.parametrize("offset", ["5", "-1", "", "1e3", "٣", "99999999999999999999"])
def test_a_piece_for_another_place_is_refused(client: Client, offset: str) -> None:
    url = begin(client, 100)["Location"]
    assert send(client, url, 0, b"x" * 10, **{"upload-offset": offset}).status_code == 409
    assert where(client, url) == 0


def test_more_than_was_announced_is_refused(client: Client) -> None:
    url = begin(client, 10)["Location"]
    assert send(client, url, 0, b"x" * 11).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_of_parallel_pieces_for_one_place_one_is_taken_whole(client: Client) -> None:
    url = begin(client, 64 * 1024)["Location"]
    pk = Upload.objects.get().pk
    barrier, outcomes = threading.Barrier(4), []

    def piece(letter: bytes) -> None:
        barrier.wait(10)
        try:
            resumable._append(pk, 0, letter * 1024)
            outcomes.append(letter)
        except resumable.OffsetTaken:
            outcomes.append(b"")
        finally:
            connection.close()

    threads = [threading.Thread(target=piece, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    (winner,) = [letter for letter in outcomes if letter]
    assert len(outcomes) == 4
    assert Upload.objects.get().path.read_bytes() == winner * 1024 and where(client, url) == 1024


def test_another_session_finds_nothing(client: Client) -> None:
    url = begin(client, 100)["Location"]
    other = Client()
    begin(other, 50)
    for stranger in (other, Client()):
        assert send(stranger, url, 0, b"x").status_code == 404
        assert stranger.get(url).status_code == stranger.head(url, headers=TUS).status_code == 404
        assert stranger.delete(url).status_code == 404
    assert where(client, url) == 0


def test_an_upload_survives_signing_in(client: Client, citizen: Any) -> None:
    url = begin(client, 100)["Location"]
    client.force_login(citizen)
    assert send(client, url, 0, b"x" * 10).status_code == 204


def test_the_forms_own_token_is_needed() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert begin(strict, 100).status_code == 403


def test_a_removed_upload_leaves_nothing(client: Client) -> None:
    data = photo()
    url = begin(client, len(data))["Location"]
    path = Upload.objects.get().path
    send(client, url, 0, data)
    files = [Path(field.path) for field in Attachment.objects.get().files()]
    assert client.delete(url).status_code == 204
    assert not Attachment.objects.exists() and not Upload.objects.exists()
    assert not path.exists() and not any(file.exists() for file in files)
    assert client.get(url).status_code == 404


def test_a_refused_file_says_why(client: Client) -> None:
    url = begin(client, 20)["Location"]
    assert send(client, url, 0, b"<html>" + b" " * 14).status_code == 204
    assert client.get(url).json()["error"].endswith("这个文件不是。")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("size", ["0", "-5", "", "abc", str(10**9)])
def test_sizes_that_cannot_be_are_refused_with_a_sentence(client: Client, size: str) -> None:
    answer = begin(client, 0, **{"upload-length": size})
    assert answer.status_code in (400, 413) and answer.json()["error"].endswith("。")
    assert not Upload.objects.exists()


def test_one_session_and_one_network_may_keep_only_so_much(client: Client, settings: Any) -> None:
    settings.WEITAI_UPLOAD_BYTES_SESSION = 1000
    assert [begin(client, 400).status_code for _ in range(3)] == [201, 201, 429]
    settings.WEITAI_UPLOAD_BYTES_NETWORK = 1000
    assert begin(Client(), 400).status_code == 429
    answer = begin(Client(REMOTE_ADDR="203.0.113.9"), 400)
    assert answer.status_code == 201
    row = Upload.objects.latest("pk")
    assert "203.0.113.9" not in f"{row.owner}{row.network}"


def test_a_full_disk_is_said_before_anything_is_sent(client: Client, settings: Any) -> None:
    settings.WEITAI_UPLOAD_BYTES_FREE = 10**15
    answer = begin(client, 100)
    assert answer.status_code == 507 and "先不带文件提交" in answer.json()["error"]


def test_uploads_that_were_given_up_are_swept_with_their_files(client: Client) -> None:
    begin(client, 100)
    upload = Upload.objects.get()
    drop_unclaimed_uploads()
    assert upload.path.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        drop_unclaimed_uploads()
    assert not upload.path.exists() and not Upload.objects.exists()


def test_outside_the_campaign_nothing_begins(client: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        assert begin(client, 100).status_code == 409


def test_the_protocol_is_told_and_another_version_refused(client: Client) -> None:
    told = client.options(UPLOADS)
    assert (told["Tus-Version"], told["Tus-Extension"]) == ("1.0.0", "creation,termination,expiration")
    answer = client.post(UPLOADS, headers={"upload-length": "5"})
    assert answer.status_code == 412 and answer["Tus-Version"] == "1.0.0"
