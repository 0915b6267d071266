"""The front desk: what came by phone, letter, mail, at a stall or on a visit is entered once, with its slip."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import similar
from portal.models import Attachment, DeskDraft, Notice, Recording, Suggestion
from portal.retention import apply_rules
from tests.factories import CampaignFactory, SuggestionFactory, jpeg

RECORD, DRAFT, SIMILAR = (reverse(f"office:{name}") for name in ("record", "record_draft", "record_similar"))


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def entry(**changes: Any) -> dict[str, Any]:
    campaign = CampaignFactory()
    return {
        "submission_key": str(uuid.uuid4()), "campaign": campaign.pk, "channel": "phone",
        "received_on": timezone.localdate().isoformat(), "called_at": "", "title": "和平路东头路灯不亮",
        "place": "和平路与东环路口", "body": "晚上看不清路，老人摔过跤。", "wish": "", "name": "赵大爷",
        "phone": "13712345678", "shown_as": "surname", "consent": "desk",
    } | changes  # fmt: skip


def photo(name: str = "信.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg().read(), "image/jpeg")


# --- one entry, one slip ------------------------------------------------------------------------
def test_a_call_is_entered_and_gives_a_slip_whose_code_works(office: Client, officer: Any) -> None:
    response = office.post(RECORD, entry())
    one = Suggestion.objects.get()
    assert response["Location"] == reverse("office:slip", args=[one.number])
    assert (one.recorded_by, one.channel, one.status, one.phone) == (officer, "phone", "received", "13712345678")
    slip = office.get(response["Location"])
    page = slip.content.decode()
    assert one.number in page and "data:image/svg" in page
    assert Suggestion.objects.by_receipt(one.number, slip.context["code"]) == one
    assert slip.context["code"] not in str(dict(office.session))


def test_a_slip_is_shown_to_nobody_else_and_not_for_long(
    office: Client, sign_in: Any, second_officer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = office.post(RECORD, entry())["Location"]
    assert sign_in(second_officer).get(address).status_code == 302
    assert office.get(address).status_code == 200
    monkeypatch.setattr("portal.office.slips.SLIP_SECONDS", 0)
    assert office.get(address).status_code == 302


def test_the_slip_of_the_last_but_one_can_still_be_printed(office: Client) -> None:
    first = office.post(RECORD, entry())["Location"]
    office.post(RECORD, entry(title="公园没有长椅", phone="13712340000"))
    assert office.get(first).status_code == 200


def test_the_author_is_told_the_number_and_never_the_code(office: Client) -> None:
    address = office.post(RECORD, entry())["Location"]
    code = office.get(address).context["code"]
    notice = Notice.objects.get()
    one = Suggestion.objects.get()
    assert (notice.channel, notice.phone) == ("sms", "13712345678")
    assert one.number in notice.text and f"{one.screen_by:%Y-%m-%d}" in notice.text
    assert code not in notice.text and one.title not in notice.text


def test_a_button_pressed_twice_enters_once(office: Client) -> None:
    data = entry()
    first, second = office.post(RECORD, data), office.post(RECORD, data)
    assert first["Location"] == second["Location"]
    assert (Suggestion.objects.count(), Recording.objects.count(), Notice.objects.count()) == (1, 1, 1)


# --- channels -----------------------------------------------------------------------------------
def test_a_call_counts_from_the_time_of_the_call(office: Client) -> None:
    with time_machine.travel(datetime(2026, 11, 18, 16, 30, tzinfo=timezone.get_current_timezone()), tick=False):
        CampaignFactory()
        office.post(RECORD, entry(called_at="14:05", caller="0318-2024321", phone=""))
    one = Suggestion.objects.get()
    assert f"{timezone.localtime(one.received_at):%m-%d %H:%M}" == "11-18 14:05"
    assert one.recording.caller == "0318-2024321"
    assert not Notice.objects.exists()


def test_a_letter_counts_from_the_day_it_came(office: Client) -> None:
    day = timezone.localdate() - timedelta(days=9)
    written = (day - timedelta(days=3)).isoformat()
    page = office.post(RECORD, entry(channel="letter", received_on=day.isoformat(), dated_on=written), follow=True)
    one = Suggestion.objects.get()
    assert timezone.localdate(one.received_at) == day
    assert one.screen_by < timezone.localdate()
    assert one.recording.dated_on.isoformat() == written
    assert f"{one.screen_by:%Y}年" not in page.content.decode().split("接下来")[1].split("</li>")[0]


@pytest.mark.parametrize(
    ("channel", "facts"),
    [
        ("stall", {"stall": "人民公园南门"}),
        ("visit", {"team": "桃城区第三组", "households": 12}),
        ("email", {}),
        ("form", {}),
    ],
)
def test_what_a_channel_knows_is_kept_and_shown_to_the_office(
    channel: str, facts: dict[str, Any], office: Client
) -> None:
    others = {"stall": "别的地方", "team": "别的组", "caller": "0318-1"}
    office.post(RECORD, entry(channel=channel, **(others | facts)))
    one = Suggestion.objects.get()
    kept = {name: getattr(one.recording, name) for name in ("stall", "team", "households", "caller")}
    assert {name: value for name, value in kept.items() if value} == facts
    page = office.get(reverse("office:suggestion", args=[one.number])).content.decode()
    for value in facts.values():
        assert f"<dd>{value}</dd>" in page


@pytest.mark.parametrize(
    ("consent", "public", "words"),
    [("desk", True, "同意公开这条建议"), ("paper", True, "同意公开这条建议"), ("no", False, "撤回公开这条建议")],
)
def test_only_with_consent_can_it_become_public(
    consent: str, public: bool, words: str, office: Client, officer: Any
) -> None:
    office.post(RECORD, entry(consent=consent))
    one = Suggestion.objects.get()
    assert one.is_public is public
    said = one.consents.get(purpose="publish")
    assert (said.given, said.by, str(said)) == (public, officer, words)
    assert said.how == ("paper" if consent == "paper" else "desk")
    assert abs(said.at - timezone.now()) < timedelta(minutes=1)
    assert one.consents.filter(purpose="contact", given=True).exists()


# --- nothing typed is lost ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"consent": ""}, "必需字段"),
        ({"phone": "2024321"}, "请填 11 位手机号"),
        ({"received_on": "2001-01-01"}, "这次征集只收"),
        ({"received_on": "2101-01-01"}, "不能晚于今天"),
        ({"called_at": "23:59"}, "不能晚于现在"),
        ({"channel": "letter", "dated_on": "2101-01-01"}, "不能晚于收到日期"),
        ({"channel": "stall"}, "请填写现场地点"),
        ({"channel": "visit"}, "请填写走访小组"),
        ({"channel": "web"}, "web"),
        ({"title": ""}, "必需字段"),
    ],
)
def test_an_entry_that_cannot_be_comes_back(changes: dict[str, Any], sentence: str, office: Client) -> None:
    noon = timezone.localtime().replace(hour=12, minute=0)
    with time_machine.travel(noon, tick=False):
        page = office.post(RECORD, entry(**changes)).content.decode()
    assert sentence in page
    assert "晚上看不清路，老人摔过跤。" in page
    assert not Suggestion.objects.exists()


def test_scans_come_in_cleaned_and_stay_private(office: Client, officer: Any) -> None:
    office.post(RECORD, entry(channel="letter", scans=[photo()]))
    scan = Suggestion.objects.get().attachments.get()
    assert (scan.is_released, scan.added_by) == (False, officer)


def test_a_file_that_is_no_photo_is_refused_and_the_good_ones_need_no_second_choosing(office: Client) -> None:
    data = entry(channel="letter", scans=[photo(), SimpleUploadedFile("信.doc", b"%!PS old")])
    answer = office.post(RECORD, data)
    assert "第 2 个没有收下" in answer.content.decode()
    assert not Suggestion.objects.exists()
    tokens = [scan["token"] for scan in answer.context["scans"]]
    office.post(RECORD, data | {"scans": [], "scan_tokens": tokens})
    assert Suggestion.objects.get().attachments.count() == Attachment.objects.count() == 1


def test_what_is_typed_is_kept_and_taken_up_again(office: Client) -> None:
    data = entry(title="说到一半")
    assert set(office.post(DRAFT, data).json()) == {"saved"}
    assert "说到一半" in office.get(RECORD).content.decode()
    form = office.get(RECORD, {"draft": data["submission_key"]}).context["form"]
    assert (form["title"].value(), form["phone"].value()) == ("说到一半", "13712345678")
    assert str(form["submission_key"].value()) == data["submission_key"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT typed FROM portal_deskdraft")
        assert "13712345678" not in cursor.fetchone()[0]
    office.post(RECORD, data)
    assert not DeskDraft.objects.exists()


def test_a_draft_is_for_its_clerk_alone(office: Client, sign_in: Any, second_officer: Any) -> None:
    data = entry(title="说到一半")
    office.post(DRAFT, data)
    other = sign_in(second_officer)
    assert "说到一半" not in other.get(RECORD, {"draft": data["submission_key"]}).content.decode()
    drop = reverse("office:record_drop_draft", args=[data["submission_key"]])
    assert other.post(drop).status_code == 404
    office.post(drop)
    assert not DeskDraft.objects.exists()


def test_an_emptied_form_and_old_drafts_are_forgotten(office: Client) -> None:
    data = entry()
    office.post(DRAFT, data)
    office.post(DRAFT, data | {"title": "", "body": "", "name": "", "phone": ""})
    assert not DeskDraft.objects.exists()
    office.post(DRAFT, data)
    DeskDraft.objects.update(saved_at=timezone.now() - timedelta(days=15))
    assert apply_rules()["drafts"] == 1


def test_what_repeats_stays_for_the_next_of_the_pile(office: Client) -> None:
    day = (timezone.localdate() - timedelta(days=2)).isoformat()
    office.post(RECORD, entry(channel="stall", stall="人民公园南门", received_on=day))
    form = office.get(RECORD).context["form"]
    assert [form[name].value() for name in ("channel", "stall", "received_on")] == ["stall", "人民公园南门", day]
    assert not form["title"].value() and not form["phone"].value() and not form["consent"].value()


# --- said before --------------------------------------------------------------------------------
def test_the_same_telephone_saying_nearly_the_same_today_is_asked_about(office: Client) -> None:
    office.post(RECORD, entry())
    answer = office.post(RECORD, data := entry(title="和平路东头的路灯不亮了"))
    assert "今天已经登记过" in answer.content.decode()
    assert Suggestion.objects.count() == 1
    office.post(RECORD, data | {"not_same": "1"})
    assert Suggestion.objects.count() == 2


@pytest.mark.parametrize("changes", [{"title": "公园没有长椅"}, {"phone": "13700001111"}, {"phone": ""}])
def test_another_matter_or_another_person_is_not_asked_about(changes: dict[str, Any], office: Client) -> None:
    office.post(RECORD, entry())
    assert office.post(RECORD, entry(**changes)).status_code == 302


def test_similar_ones_are_shown_while_typing_and_the_merge_is_proposed(office: Client) -> None:
    older = SuggestionFactory(open=True, title="和平路东头路灯不亮", body="晚上看不清路。")
    SuggestionFactory(open=True, title="游泳馆周末不开门", body="孩子没处游泳。")
    similar.catch_up()
    cards = office.post(SIMILAR, {"title": "和平路东头路灯坏了", "body": ""}).content.decode()
    assert older.number in cards and "游泳馆" not in cards
    assert office.post(SIMILAR, {"title": "路"}).status_code == 204
    office.post(RECORD, entry(same_as=older.number))
    one = Suggestion.objects.exclude(pk=older.pk).get(title="和平路东头路灯不亮")
    older.refresh_from_db()
    assert (one.recording.same_as, older.support_count, one.status) == (older, 0, "received")
    page = office.get(reverse("office:suggestion", args=[one.number])).content.decode()
    assert f"pick={older.number}" in page


@pytest.mark.parametrize("role", ["auditor", "editor", "sysadmin", "clerk", "citizen"])
def test_who_may_not_enter_suggestions(role: str, sign_in: Any, request: Any) -> None:
    client = sign_in(request.getfixturevalue(role))
    for address in (RECORD, DRAFT, SIMILAR):
        client.post(address, entry())
    assert not Suggestion.objects.exists() and not DeskDraft.objects.exists()
