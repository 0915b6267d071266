"""保存期限: each kind of data goes at the end of its term and not a day before, history included."""

from __future__ import annotations

import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils import timezone

from portal import retention
from portal.accounts import codes
from portal.models import Attachment, Letter, Notice, Recording, Suggestion
from tests import spreadsheets
from tests.factories import AttachmentFactory, CampaignFactory, NoticeFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
NAME, PHONE = "钟离霜桐", "13766554433"


def days(n: float) -> Any:
    return timezone.now() + timedelta(days=n)


def test_name_and_phone_stay_for_two_years_after_the_end_and_then_go_from_history_too(caplog: Any):
    caplog.set_level(logging.INFO)
    over = SuggestionFactory(declined=True, name=NAME, phone=PHONE, body=f"{PHONE}找我，{NAME}")
    running = SuggestionFactory(open=True, name=NAME, phone=PHONE)
    assert retention.apply_rules(days(729))["people"] == 0
    assert retention.apply_rules(days(731))["people"] == 1
    over = Suggestion.objects.get(pk=over.pk)
    assert (over.name, over.phone, over.phone_key) == ("", "", "")
    texts = [over.body, *over.history.values_list("body", flat=True), *over.history.values_list("name", flat=True)]
    assert not [text for text in texts if NAME in text or PHONE in text]
    assert Suggestion.objects.get(pk=running.pk).phone == PHONE
    assert retention.apply_rules(days(731))["people"] == 0  # once
    assert "people 1" in caplog.text and NAME not in caplog.text and PHONE not in caplog.text


def test_a_merged_one_waits_for_the_one_it_was_merged_into():
    merged = SuggestionFactory(merged=True, name=NAME)
    assert retention.over_term(days(800))["people"] == 0  # the lead is still open
    assert merged.lead is not None
    merged.lead.__class__.objects.filter(pk=merged.lead_id).update(status="declined")
    assert retention.over_term(days(800))["people"] == 2


def test_private_photos_go_after_a_year_and_public_ones_stay():
    one = SuggestionFactory(declined=True)
    private, public = AttachmentFactory(suggestion=one), AttachmentFactory(suggestion=one, released=True)
    assert retention.apply_rules(days(364))["originals"] == 0
    assert retention.apply_rules(days(366))["originals"] == 1
    assert list(Attachment.objects.all()) == [public] and not private.image.storage.exists(private.image.name)


def test_messages_lose_number_and_text_after_half_a_year():
    sent: Any = NoticeFactory(sent=True, phone=PHONE)
    assert retention.apply_rules(days(179))["messages"] == 0
    assert retention.apply_rules(days(181))["messages"] == 1
    row = Notice.objects.get(pk=sent.pk)
    assert row.phone == "" and PHONE not in row.text and row.recipient_key == f"forgotten:{row.pk}"
    assert not Notice.objects.stuck().exists()
    assert retention.apply_rules(days(181))["messages"] == 0


def test_a_spreadsheet_that_was_left_lying_goes_after_thirty_days():
    batch = spreadsheets.batch(CampaignFactory(), stage="checked")
    path, storage = batch.file.name, batch.file.storage
    assert retention.apply_rules(days(29))["sheets"] == 0 and storage.exists(path)
    assert retention.apply_rules(days(31))["sheets"] == 1 and not storage.exists(path)
    batch.refresh_from_db()
    assert not batch.file and not batch.findings


def test_a_code_that_nobody_typed_leaves_the_session_after_ten_minutes():
    session = SessionStore()
    session[codes.SIGNING_IN] = {"phone": "x", "sent_at": int(timezone.now().timestamp()), "tries": 0}
    session["other"] = 1
    session.save()
    assert retention.apply_rules(days(0))["codes"] == 0
    with time_machine.travel(days(0.01), tick=False):
        assert retention.apply_rules()["codes"] == 1
    kept = SessionStore(session.session_key)
    assert codes.SIGNING_IN not in kept and kept["other"] == 1


def test_the_dry_run_counts_and_removes_nothing():
    SuggestionFactory(declined=True, name=NAME, phone=PHONE)
    out = StringIO()
    with time_machine.travel(days(731), tick=False):
        call_command("retention", "--dry-run", stdout=out)
    assert "姓名、手机号和原文中的个人信息：会清理 1 条" in out.getvalue()
    assert Suggestion.objects.get().phone == PHONE


def test_one_record_that_cannot_go_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch):
    first, second = (SuggestionFactory(declined=True, name=NAME) for _n in range(2))
    plain = retention.forget_person

    def stumble(one: Any, *args: Any, **facts: Any) -> None:
        if one.pk == first.pk:
            raise OSError("disk")
        plain(one, *args, **facts)

    monkeypatch.setattr(retention, "forget_person", stumble)
    assert retention.apply_rules(days(731))["people"] == 1
    assert Suggestion.objects.get(pk=second.pk).name == ""


def test_a_letter_set_aside_is_emptied_after_a_year_and_not_fetched_again():
    facts = {"validity": 1, "sender": "closet99@qq.com", "text": NAME, "received_at": timezone.now()}
    aside = Letter.objects.create(status="set_aside", message_key="a", uid=1, **facts)
    waiting = Letter.objects.create(message_key="b", uid=2, **facts)
    assert retention.apply_rules(days(364))["letters"] == 0
    assert retention.apply_rules(days(366))["letters"] == 1
    aside.refresh_from_db()
    waiting.refresh_from_db()
    assert (aside.sender, aside.text, aside.message_key) == ("", "", "a") and waiting.text == NAME


def test_the_number_of_a_caller_without_a_name_goes_too(office_leader: Any):
    over: Any = SuggestionFactory(declined=True, name="", phone="")
    Recording.objects.create(suggestion=over, by=office_leader, at=timezone.now(), caller=PHONE)
    assert retention.apply_rules(days(731))["people"] == 1
    assert Recording.objects.get().caller == ""
    assert retention.apply_rules(days(731))["people"] == 0
