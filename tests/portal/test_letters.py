"""The mailbox: each mail becomes a letter once, odd ones too; a clerk makes a suggestion of it or sets it aside."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from portal import mailbox
from portal.models import Attachment, Letter, LetterMove, Suggestion
from portal.tasks import drop_unclaimed_uploads, fetch_letters
from tests.factories import CampaignFactory, jpeg
from tests.portal.imap_server import Mailbox

NOW = timezone.now


@pytest.fixture
def server(settings: Any) -> Iterator[Mailbox]:
    one = Mailbox()
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_TLS = "127.0.0.1", one.port, False
    settings.IMAP_USER = settings.IMAP_PASSWORD = "office"
    yield one
    one.shutdown()
    one.server_close()


def mail(
    subject: str = "和平路路灯不亮", body: str = "晚上看不清路。", *, key: str = "", files: Any = (), **headers: str
) -> bytes:
    one = EmailMessage()
    facts = {"From": "赵大爷 <zhao@example.com>", "To": "office@example.com", "Subject": subject,
             "Date": NOW().strftime("%a, %d %b %Y %H:%M:%S +0000"), "Message-ID": key or f"<{hash((subject, body))}@x>"}  # fmt: skip
    for name, value in (facts | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        one[name] = value
    one.set_content(body)
    for name, content, kind in files:
        one.add_attachment(content, *kind.split("/"), filename=name)
    return one.as_bytes()


# --- taken once -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_mail_is_taken_once_and_marked_after_it_is_kept(server: Mailbox) -> None:
    uid = server.put(mail())
    assert (fetch_letters(), fetch_letters()) == (1, 0)
    one = Letter.objects.get()
    assert (one.subject, one.text, one.sender_name, one.sender) == (
        "和平路路灯不亮",
        "晚上看不清路。",
        "赵大爷",
        "zhao@example.com",
    )
    assert server.seen == {uid}
    assert not [line for line in server.commands if "EXPUNGE" in line or "DELETE" in line.upper()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sender, sender_name FROM portal_letter")
        assert "zhao" not in str(cursor.fetchone())


@pytest.mark.django_db
def test_a_server_that_numbers_anew_brings_nothing_twice(server: Mailbox) -> None:
    server.put(mail(key="<a@example.com>"))
    server.put(b"Subject: no id\n\nA mail without a Message-ID.")
    fetch_letters()
    server.number_anew()
    assert fetch_letters() == 0 and Letter.objects.count() == 2
    server.commands.clear()
    assert fetch_letters() == 0
    assert not [line for line in server.commands if "FETCH" in line.upper()]


@pytest.mark.django_db
def test_a_line_that_breaks_in_the_middle_loses_nothing(server: Mailbox) -> None:
    first, second = mail("第一封", key="<1@x>"), mail("第二封", key="<2@x>")
    server.put(first)
    server.put(second)
    server.break_after = len(first) + 40
    assert fetch_letters() == 0  # it went dead, and said so in the log alone
    assert list(Letter.objects.values_list("subject", flat=True)) == ["第一封"]
    assert fetch_letters() == 1
    assert Letter.objects.count() == 2 and LetterMove.objects.count() == 2


@pytest.mark.django_db
def test_a_worker_that_dies_between_letter_and_files_leaves_neither(
    server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(mail(files=[("a.jpg", jpeg().read(), "image/jpeg")]))

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("portal.mailbox.intake.take_in", die)
        fetch_letters()
    assert not Letter.objects.exists() and not server.seen
    assert fetch_letters() == 1
    assert Attachment.objects.get().letter == Letter.objects.get()


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_each_mail_once(server: Mailbox) -> None:
    for n in range(6):
        server.put(mail(f"第{n}封", key=f"<{n}@x>", files=[("a.jpg", jpeg().read(), "image/jpeg")]))
    taken: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        taken.append(fetch_letters())
        connection.close()

    threads = [threading.Thread(target=work) for _n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    fetch_letters()
    assert (Letter.objects.count(), Attachment.objects.count(), LetterMove.objects.count()) == (6, 6, 6)
    assert sum(taken) <= 6


def test_without_a_mailbox_nothing_is_asked(settings: Any) -> None:
    settings.IMAP_HOST = ""
    assert fetch_letters() == 0


# --- odd ones -------------------------------------------------------------------------------------
def raw(body: bytes, charset: str, subject: bytes = b"s") -> bytes:
    return (
        b"From: a@example.com\r\nMessage-ID: <odd@x>\r\nSubject: " + subject + b"\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (raw("镕基路口的堃记饭馆".encode("gb18030"), "gb2312"), "镕基路口的堃记饭馆"),
        (raw("晚上看不清路".encode("gbk"), "us-ascii"), "晚上看不清路"),
        (raw("晚上看不清路".encode(), "gibberish-9"), "晚上看不清路"),
        (raw(b"\xff\xfe\x00ok\x00", "utf-8"), "ok"),
        (raw("标题也没说".encode(), "utf-8", "路灯不亮".encode("gbk")), "标题也没说"),
        (b"", ""),
        (b"\x00\x01\xff not a mail", ""),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/mixed; boundary=x\n\n--x", ""),
        (b"Content-Type: text/html\n\n<p>one<script>alert(1)</script><br>two &amp; three", "two & three"),
        (b"Subject: =?gb2312?B?broken\nDate: yesterday\nContent-Transfer-Encoding: base64\n\n!!!", ""),
    ],
)
def test_odd_mails_become_letters_too(given: bytes, words: str) -> None:
    assert mailbox.keep(given, 1, 1)
    one = Letter.objects.get()
    assert words in one.text and "alert" not in one.text
    assert one.received_at <= NOW()


@pytest.mark.django_db
def test_a_forwarded_mail_keeps_its_words_and_its_files() -> None:
    inner = EmailMessage()
    inner["Subject"] = "里面的信"
    inner.set_content("里面的话。")
    inner.add_attachment(jpeg().read(), "image", "jpeg", filename="灯.jpg")
    outer = EmailMessage()
    outer["Subject"] = "转发：里面的信"
    outer.set_content("请看。")
    outer.add_attachment(inner)
    mailbox.keep(outer.as_bytes(), 1, 1)
    one = Letter.objects.get()
    assert "请看。" in one.text and "里面的话。" in one.text
    assert one.attachments.count() == 1


@pytest.mark.django_db
def test_files_come_through_the_one_way_in_and_what_is_not_taken_is_named() -> None:
    photo = Image.new("RGB", (40, 30), "teal")
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif)
    files = [("现场.jpg", out.getvalue(), "image/jpeg"), ("winmail.dat", b"\x78\x9f\x3e\x22", "application/ms-tnef")]
    mailbox.keep(mail(files=files + [(f"{n}.jpg", jpeg().read(), "image/jpeg") for n in range(10)]), 1, 1)
    one = Letter.objects.get()
    assert "winmail.dat" in one.trouble and "超过 9 个" in one.trouble
    kept = one.attachments.order_by("pk")
    assert kept.count() == 9
    with Image.open(kept[0].image) as clean:
        assert not clean.getexif().get_ifd(0x8825)
    Attachment.objects.update(added_at=NOW() - timedelta(days=3))
    assert drop_unclaimed_uploads() == 0  # they wait for the clerk as long as their letter does


@pytest.mark.django_db
def test_a_mail_of_fifty_megabytes_is_told_of_and_not_fetched(server: Mailbox) -> None:
    server.put(mail("很大的一封"), size=50 * 1024 * 1024)
    assert fetch_letters() == 1
    one = Letter.objects.get()
    assert one.subject == "很大的一封" and "50 MB" in one.trouble and not one.text
    assert not [line for line in server.commands if "BODY.PEEK[]" in line]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "自动回复"),
        ({"subject": "自动回复：您的来信已收到"}, "自动回复"),
        ({"Return_Path": "<>"}, "退信"),
        ({"From": "Mail Delivery <MAILER-DAEMON@example.com>"}, "退信"),
        ({"Auto_Submitted": "no"}, ""),
    ],
)
def test_machines_answers_are_set_aside_and_not_dropped(headers: dict[str, str], why: str) -> None:
    mailbox.keep(mail(**headers), 1, 1)
    one = Letter.objects.get()
    assert one.status == ("set_aside" if why else "new")
    assert not why or why in one.moves.get(verb="set_aside").internal_note


# --- the clerk ------------------------------------------------------------------------------------
@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    CampaignFactory()
    return sign_in(officer)


@pytest.fixture
def letter(db: None) -> Letter:
    mailbox.keep(mail("回复: 和平路路灯不亮", files=[("灯.jpg", jpeg().read(), "image/jpeg")]), 1, 1)
    return Letter.objects.get()


def sent(form: Any, **changes: Any) -> dict[str, Any]:
    values = {name: form[name].value() for name in form.fields if name != "scans"}
    return {name: "" if value is None else value for name, value in values.items()} | {"consent": "paper"} | changes


def test_a_letter_becomes_a_suggestion_with_its_date_and_files(office: Client, letter: Letter) -> None:
    address = reverse("office:letter", args=[letter.pk])
    assert "和平路路灯不亮" in office.get(reverse("office:letters")).content.decode()
    form = office.get(address).context["form"]
    assert (form["title"].value(), form["body"].value(), form["name"].value()) == (
        "和平路路灯不亮",
        "晚上看不清路。",
        "赵大爷",
    )
    response = office.post(address, sent(form))
    one = Suggestion.objects.get()
    assert response["Location"] == reverse("office:slip", args=[one.number])
    letter.refresh_from_db()
    assert (letter.status, letter.suggestion, one.channel, one.received_at) == (
        "used",
        one,
        "email",
        letter.received_at,
    )
    assert one.attachments.count() == 1 and not one.attachments.get().is_released
    office.post(address, sent(form, title="再来一次"))
    assert Suggestion.objects.count() == 1


def test_two_clerks_make_one_suggestion_of_a_letter(
    office: Client, letter: Letter, sign_in: Any, second_officer: Any
) -> None:
    address = reverse("office:letter", args=[letter.pk])
    form = office.get(address).context["form"]
    letter.set_aside(second_officer, "另行登记了。")
    answer = office.post(address, sent(form))
    assert answer.status_code == 409 and "晚上看不清路。" in answer.content.decode()
    assert not Suggestion.objects.exists()


def test_a_letter_is_set_aside_with_a_reason_and_taken_up_again(office: Client, letter: Letter) -> None:
    office.post(reverse("office:letter_set_aside", args=[letter.pk]), {"reason": "广告"})
    letter.refresh_from_db()
    assert letter.status == "set_aside"
    page = office.get(reverse("office:letter", args=[letter.pk])).content.decode()
    assert "广告" in page and "重新处理" in page
    office.post(reverse("office:letter_take_up", args=[letter.pk]))
    assert list(Letter.objects.waiting()) == [letter]
