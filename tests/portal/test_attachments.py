"""Photos of suggestions: one door in, and each goes out to those who may see it and to nobody else."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from config.uploads import MAX_BYTES
from portal import pending
from portal.models import Attachment
from portal.tasks import drop_unclaimed_uploads
from tests.factories import AttachmentFactory, CampaignFactory, SuggestionFactory

UPLOAD = "/suggestions/photos/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None) -> Any:
    return CampaignFactory()


def send(client: Client, data: bytes | None = None, name: str = "IMG_1.jpg") -> Any:
    if data is None:
        buffer = io.BytesIO()
        Image.new("RGB", (900, 600), "teal").save(buffer, "JPEG")
        data = buffer.getvalue()
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, data)})


def sees(client: Client, photo: Attachment) -> bool:
    answers = {client.get(url).status_code for url in (photo.get_absolute_url(), photo.get_thumb_url())}
    assert answers in ({200}, {404}), "photo and thumbnail have the same rule, and a refusal is a plain 404"
    return answers == {200}


def test_an_upload_answers_with_a_token_and_a_thumbnail(client: Client, campaign: Any) -> None:
    answer = send(client)
    assert answer.status_code == 201 and set(answer.json()) == {"token", "thumb", "kind"}
    thumb = client.get(answer.json()["thumb"])
    assert Image.open(io.BytesIO(b"".join(thumb.streaming_content))).size == (480, 320)
    assert "no-store" in thumb["Cache-Control"] and thumb["X-Content-Type-Options"] == "nosniff"
    assert not Attachment.objects.get().is_released


@pytest.mark.parametrize("data", [b"", b"<html><script>alert(1)</script>", b"%PDF-1.7", b"\xff\xd8\xff\xe0 cut off"])
def test_a_refused_upload_says_why_and_keeps_nothing(client: Client, campaign: Any, data: bytes) -> None:
    answer = send(client, data)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"].endswith("。")
    assert not Attachment.objects.exists()


def test_more_than_twenty_megabytes_are_refused(client: Client, campaign: Any) -> None:
    answer = send(client, b"\xff\xd8\xff" + b"\0" * MAX_BYTES)
    assert answer.status_code == 422 and "20 MB" in answer.json()["error"]


def test_uploads_need_the_forms_own_token(campaign: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert send(client).status_code == 403
    assert client.get(UPLOAD).status_code == 405


def test_an_address_may_send_only_so_many(client: Client, campaign: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "UPLOADS_PER_HOUR", 3)
    assert [send(client).status_code for _ in range(4)] == [201, 201, 201, 429]
    assert "传的文件太多了" in send(client).json()["error"]
    assert send(Client(REMOTE_ADDR="203.0.113.7")).status_code == 201


def test_nothing_is_taken_in_outside_the_campaign(client: Client) -> None:
    assert send(client).status_code == 409
    assert not Attachment.objects.exists()


def test_a_pending_photo_is_seen_only_at_its_signed_address(
    client: Client, campaign: Any, sign_in: Any, officer: Any
) -> None:
    answer = send(client).json()
    photo = Attachment.objects.get()
    for visitor in (client, sign_in(officer)):
        assert not sees(visitor, photo)
    for forged in (photo.token.hex, f"{photo.token.hex}:1:x", answer["token"]):
        assert client.get(f"{UPLOAD}{forged}/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert client.get(answer["thumb"]).status_code == 404


def test_a_claimed_photo_leaves_its_signed_address(client: Client, campaign: Any) -> None:
    answer = send(client).json()
    Attachment.objects.update(suggestion=SuggestionFactory())
    assert client.get(answer["thumb"]).status_code == 404


def test_photos_of_forms_never_sent_are_removed_with_their_files(client: Client, campaign: Any) -> None:
    send(client)
    photo = Attachment.objects.get()
    assert drop_unclaimed_uploads() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert drop_unclaimed_uploads() == 1
    assert not photo.image.storage.exists(photo.image.name) and not photo.thumb.storage.exists(photo.thumb.name)


def test_a_released_photo_of_a_public_suggestion_is_everybodys(client: Client) -> None:
    photo = AttachmentFactory(released=True)
    response = client.get(photo.get_absolute_url())
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Content-Disposition"] == "inline" and response["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "facts", [{}, {"released": True, "stage": "received"}, {"released": True, "stage": "not_accepted"},
              {"released": True, "stage": "open", "is_public": False}]
)  # fmt: skip
def test_every_other_photo_is_for_the_author_and_the_office(
    client: Client, sign_in: Any, stranger: Any, citizen: Any, officer: Any, auditor: Any, other_leader: Any,
    editor: Any, facts: dict[str, Any],
) -> None:  # fmt: skip
    released = facts.pop("released", False)
    one = SuggestionFactory(author=citizen, **({"stage": "open"} | facts))
    photo = AttachmentFactory(suggestion=one, is_released=released)
    seen = {
        "nobody": sees(client, photo),
        **{
            user.username: sees(sign_in(user), photo)
            for user in (stranger, other_leader, editor, citizen, officer, auditor)
        },
    }
    assert seen == {
        "nobody": False, "stranger": False, "other_leader": False, "editor": False,
        "citizen": True, "officer": True, "auditor": True,
    }  # fmt: skip
    assert "no-store" in sign_in(officer).get(photo.get_absolute_url())["Cache-Control"]


def test_the_unit_that_answers_sees_the_photo(sign_in: Any, clerk: Any) -> None:
    photo = AttachmentFactory(suggestion=SuggestionFactory(assigned=True))
    assert sees(sign_in(clerk), photo)


def test_the_receipt_opens_own_photos_and_no_others(client: Client) -> None:
    mine, other = AttachmentFactory(suggestion=SuggestionFactory()), AttachmentFactory(suggestion=SuggestionFactory())
    assert not sees(client, mine)
    client.get(f"/track/q/{mine.suggestion.token}/")
    assert sees(client, mine) and not sees(client, other)


def test_an_unknown_number_is_not_found(client: Client) -> None:
    assert client.get("/photos/6a8f3c0e-0000-4000-8000-000000000000/").status_code == 404
