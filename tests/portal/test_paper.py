"""Paper questionnaires: the same questions in print, every sheet keyed once, the count settled at the end."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
from django.test import Client

from config.moves import MoveRefused
from portal.forms import SuggestForm
from portal.models import Area, Consent, Notice, PaperBatch, PaperSheet, Suggestion, Topic
from portal.models.paper import read_serial, take_serials
from portal.office.paper_forms import SheetForm
from portal.paper import ASKED
from tests.factories import CampaignFactory, PaperBatchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)  # type: ignore[no-any-return]


def typed(**changes: Any) -> dict[str, Any]:
    county = Area.objects.get(name="桃城区").code
    return {
        "serial": "1", "title": "小区没有晾衣杆", "body": "被子只能晾在绿化带上。", "wish": "", "county": county,
        "place": "和平小区", "topic": Topic.objects.get(name="微居住").pk, "shown_as": "surname", "name": "刘桂兰",
        "phone": "13700001234", "is_public": "on",
    } | changes  # fmt: skip


@pytest.fixture
def batch() -> PaperBatch:
    one = PaperBatchFactory()
    take_serials(one.campaign.year, 40)
    return one


def page(response: Any) -> str:
    return response.content.decode()


# --- in print -------------------------------------------------------------------------------------
def test_the_printed_questions_are_those_of_the_public_form_two_sides_each(office: Client):
    campaign = CampaignFactory()
    response = office.post("/admin/paper/print/", {"campaign": campaign.pk, "count": 2})
    assert response["Content-Type"] == "application/pdf"
    pages = subprocess.run(["pdftotext", "-raw", "-", "-"], input=response.content, capture_output=True, check=True)
    sides = pages.stdout.decode().replace(" ", "").split("\f")[:-1]
    assert len(sides) == 4
    for name in ASKED:
        assert str(SuggestForm.base_fields[name].label).replace(" ", "") in sides[0] + sides[1], name
    first = f"BD{campaign.year}-00001"
    assert first in sides[0] and first in sides[1] and f"BD{campaign.year}-00002" in sides[2]
    assert office.post("/admin/paper/print/", {"campaign": campaign.pk, "count": 1})["Content-Disposition"].count(
        "00003"
    )


def test_nothing_that_the_public_is_asked_is_missing_on_paper_or_screen():
    hidden = {name for name, field in SuggestForm.base_fields.items() if field.widget.is_hidden}
    only_online = {"photos", "township"}  # a photo goes with the sheet; the place says the township
    assert set(SuggestForm.base_fields) - hidden - only_online == set(ASKED) <= set(SheetForm.base_fields)


def test_without_fonts_the_questions_come_as_a_page(office: Client, settings: Any):
    settings.WEITAI_SYSTEM_FONTS = False
    text = page(office.post("/admin/paper/print/", {"campaign": CampaignFactory().pk, "count": 1}))
    assert "遇到了什么不方便" in text and "-00001" in text and "fonts-noto-cjk" in text


# --- keyed ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "serial"), [
    ("7", "BD2026-00007"), ("00007", "BD2026-00007"), ("bd2026-00007", "BD2026-00007"), ("7-2", "BD2026-00007-2"),
    ("41", ""), ("0", ""), ("BD2025-00007", ""), ("七", ""), ("7-1", ""), ("", ""), ("7; drop", ""),
])  # fmt: skip
def test_a_number_is_read_as_typed_and_only_if_it_was_printed(text: str, serial: str):
    take_serials(2026, 40)
    assert read_serial(text, 2026) == serial


def test_a_sheet_becomes_a_suggestion_with_consent_clerk_and_a_message(office: Client, batch: PaperBatch):
    response = office.post(f"/admin/paper/{batch.pk}/key/", typed(), follow=True)
    one = Suggestion.objects.get()
    assert (one.channel, one.recorded_by.display_name, one.area.name) == ("form", "王经办", "桃城区")
    assert (one.name, one.phone, one.shown_as, one.place) == ("刘桂兰", "13700001234", "surname", "和平小区")
    assert {row.purpose: (row.how, row.given) for row in Consent.objects.all()} == {
        "publish": ("paper", True), "contact": ("paper", True), "name": ("paper", True)}  # fmt: skip
    notice = Notice.objects.get()
    assert one.number in notice.text and notice.channel == "sms"
    assert "已录 1 张，共收到 3 张" in page(response) and f"/admin/suggestions/{one.number}/slip/" in page(response)
    assert 'name="serial" value="2"' in page(response)  # the next one is proposed


def test_who_did_not_tick_is_not_published_and_that_is_on_record(office: Client, batch: PaperBatch):
    office.post(f"/admin/paper/{batch.pk}/key/", typed(is_public="", phone="", shown_as="anonymous", name=""))
    assert not Suggestion.objects.get().is_public
    assert [(row.purpose, row.given) for row in Consent.objects.all()] == [("publish", False)]
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"serial": "41"}, "没有印过表号 41"), ({"title": ""}, "请用一句话写明是什么事"), ({"name": ""}, "请把署名改成“匿名”"),
    ({"phone": "12"}, "请填 11 位手机号"),
])  # fmt: skip
def test_a_fault_is_said_and_nothing_typed_is_lost(
    office: Client, batch: PaperBatch, changes: dict[str, str], sentence: str
):
    text = page(office.post(f"/admin/paper/{batch.pk}/key/", typed(**changes)))
    assert sentence in text and "被子只能晾在绿化带上。" in text
    assert not Suggestion.objects.exists()


def test_the_same_sheet_twice_is_told_where_it_is_and_a_photocopy_gets_in(office: Client, batch: PaperBatch):
    office.post(f"/admin/paper/{batch.pk}/key/", typed())
    again = page(office.post(f"/admin/paper/{batch.pk}/key/", typed(title="又敲一遍")))
    assert Suggestion.objects.get().number in again and "已经录过" in again
    office.post(f"/admin/paper/{batch.pk}/key/", typed(serial="1-2"))
    assert Suggestion.objects.count() == 2


def test_two_clerks_with_one_sheet_in_the_same_moment_make_one_suggestion(batch: PaperBatch, officer: Any):
    """Both passed the form's check; the constraint lets one in, and takes everything of the other back."""
    facts = {"title": "路灯不亮", "body": "晚上看不见。", "area": Area.objects.get(name="桃城区")}
    serial = read_serial("5", batch.campaign.year)
    batch.key_in(serial, by=officer, **facts)
    with pytest.raises(MoveRefused, match="已经录过"):
        batch.key_in(serial, by=officer, **facts)
    assert (Suggestion.objects.count(), PaperSheet.objects.count(), Consent.objects.count()) == (1, 1, 1)


# --- mended, taken back, settled --------------------------------------------------------------------
def test_keying_can_be_mended_until_somebody_screens_it(office: Client, batch: PaperBatch, officer: Any):
    office.post(f"/admin/paper/{batch.pk}/key/", typed())
    sheet = PaperSheet.objects.get()
    address = f"/admin/paper/{batch.pk}/sheets/{sheet.pk}/"
    assert "刘桂兰" in page(office.get(address))
    office.post(address, typed(title="小区缺晾衣杆", is_public="", phone=""))
    one = Suggestion.objects.get()
    assert (one.title, one.public_title, one.is_public, one.phone, one.phone_key) == (
        "小区缺晾衣杆", "小区缺晾衣杆", False, "", "")  # fmt: skip
    last = Consent.objects.standing(one)
    assert not last["publish"].given and not last["contact"].given and last["name"].given
    assert one.history.first().history_change_reason == "更正纸质问卷的录入"
    one.accept(officer)
    assert "已经初审" in page(office.post(address, typed(title="迟了"), follow=True))
    one.refresh_from_db()
    assert one.title == "小区缺晾衣杆"


def test_taken_back_it_counts_nowhere_and_the_number_is_free(office: Client, batch: PaperBatch):
    office.post(f"/admin/paper/{batch.pk}/key/", typed())
    sheet = PaperSheet.objects.get()
    office.post(f"/admin/paper/{batch.pk}/sheets/{sheet.pk}/undo/")
    assert not Suggestion.objects.standing().exists() and batch.standing().count() == 0
    office.post(f"/admin/paper/{batch.pk}/key/", typed())
    assert Suggestion.objects.standing().count() == 1


def test_closing_compares_names_the_gaps_and_wants_a_reason_when_the_count_differs(office: Client, batch: PaperBatch):
    for n in (3, 5):
        office.post(f"/admin/paper/{batch.pk}/key/", typed(serial=str(n)))
    address = f"/admin/paper/{batch.pk}/close/"
    text = page(office.get(address))
    assert "少录 1 张" in text and f"BD{batch.campaign.year}-00004" in text
    assert "请写明原因" in page(office.post(address, {"note": ""}))
    office.post(address, {"note": "4 号是空白的"})
    batch.refresh_from_db()
    assert batch.status == "closed" and batch.moves.last().internal_note == "4 号是空白的"
    with pytest.raises(MoveRefused, match="已经结清"):
        batch.key_in(read_serial("6", batch.campaign.year), by=batch.opened_by, title="x", body="y")
    office.post(f"/admin/paper/{batch.pk}/reopen/")
    assert "接着录入" in page(office.get(f"/admin/paper/{batch.pk}/"))


def test_only_what_is_on_paper_or_was_imported_can_be_void(officer: Any):
    from tests.factories import SuggestionFactory

    with pytest.raises(MoveRefused):
        SuggestionFactory().void(officer)


def test_the_list_shows_how_far_each_pile_is_with_the_same_number_of_questions(
    office: Client, django_assert_max_num_queries: Any
):
    PaperBatchFactory(sheets=1)
    assert re.search(r"1 / 3", page(office.get("/admin/paper/")))
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/paper/")
    PaperBatchFactory.create_batch(2, sheets=1)
    with django_assert_max_num_queries(len(few.captured_queries)):
        office.get("/admin/paper/")
