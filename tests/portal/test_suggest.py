"""Suggesting: nothing typed is lost, nothing is taken twice, and the receipt reaches its author alone."""

from __future__ import annotations

import io
import re
import threading
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from config.privacy import decrypt
from portal import receipts
from portal.forms import opened_now
from portal.models import Attachment, Campaign, Suggestion
from portal.views import suggest
from tests.factories import CampaignFactory

URL, RECEIPT = "/suggestions/new/", "/suggestions/receipt/"
BODY = "送老人看急诊，医院停车场满了，只好停到一公里外。"
WISH = "晚上八点以后开放路边车位。"
CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
TOKENS = re.compile(r'type="hidden" name="photo_tokens" value="([^"]+)"')

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None) -> Campaign:
    return CampaignFactory()


def photo(name: str = "a.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(buffer, kind)
    return SimpleUploadedFile(name, buffer.getvalue())


def opened(seconds_ago: int = 60) -> str:
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds_ago), tick=False):
        return opened_now()


def filled(**changes: Any) -> dict[str, Any]:
    """What a person's browser sends; a value of None leaves the field out."""
    values = {
        "submission_key": str(uuid.uuid4()), "opened": opened(), "channel": "", "homepage": "", "topic": "transport",
        "county": "131102000000", "township": "131102001000", "place": "人民医院东门", "title": "医院门口晚上没处停车",
        "body": BODY, "wish": WISH, "shown_as": "surname", "name": "王小明", "phone": "138 0000 1111", "is_public": "on", "reviewed": "1",
    } | changes  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def text(response: Any) -> str:
    return response.content.decode()


def uploaded(client: Client) -> dict[str, str]:
    return client.post("/suggestions/photos/", {"file": photo()}).json()


def test_a_suggestion_arrives_with_all_that_was_said(client: Client, campaign: Campaign) -> None:
    response = client.post(URL, filled())
    assert response.status_code == 302 and response["Location"] == RECEIPT
    one = Suggestion.objects.get()
    assert (one.title, one.body, one.wish, one.place) == ("医院门口晚上没处停车", BODY, WISH, "人民医院东门")
    assert (one.topic.slug, one.area.code, one.channel, one.campaign) == ("transport", "131102001000", "web", campaign)
    assert (one.name, one.phone, one.author_shown, one.is_public) == ("王小明", "13800001111", "王**", True)
    assert one.status == Suggestion.Status.RECEIVED
    assert one.moves.get().new == Suggestion.Status.RECEIVED


def test_only_county_title_and_body_are_asked_for(client: Client, campaign: Campaign) -> None:
    least = filled(topic="", township="", place="", wish="", shown_as="anonymous", name="", phone="", is_public=None)
    assert client.post(URL, least).status_code == 302
    one = Suggestion.objects.get()
    assert (one.area.code, one.topic, one.phone, one.is_public) == ("131102000000", None, "", False)


def test_the_receipt_shows_number_code_and_qr_and_the_database_keeps_no_code(
    client: Client, campaign: Campaign
) -> None:
    client.post(URL, filled())
    page = client.get(RECEIPT)
    one = Suggestion.objects.get()
    code = CODE.search(text(page)).group()
    assert one.number in text(page)
    assert Suggestion.objects.by_receipt(one.number, code) == one
    assert 'src="data:image/svg+xml' in text(page)
    assert "no-store" in page["Cache-Control"]
    stored = client.session[receipts.RECEIPTS][0]
    assert code.replace("-", "") not in str(stored) and decrypt(stored["code"]) == code.replace("-", "")
    assert code.replace("-", "") not in str(Suggestion.objects.values().get())


def test_the_receipt_can_be_seen_again_for_half_an_hour_and_then_no_more(client: Client, campaign: Campaign) -> None:
    client.post(URL, filled())
    first = CODE.search(text(client.get(RECEIPT))).group()
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert first in text(client.get(RECEIPT))
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        late = client.get(RECEIPT)
        assert late.status_code == 404 and first not in text(late)


def test_the_draft_on_the_phone_is_dropped_once_and_not_the_next_one(client: Client, campaign: Campaign) -> None:
    """Whoever looks at the receipt again may have begun another suggestion meanwhile."""
    client.post(URL, filled())
    assert 'data-draft-clear="suggest"' in text(client.get(RECEIPT))
    assert "data-draft-clear" not in text(client.get(RECEIPT))


def test_nobody_else_sees_the_receipt(client: Client, campaign: Campaign) -> None:
    client.post(URL, filled())
    assert Suggestion.objects.get().number not in text(Client().get(RECEIPT))


def test_pressing_twice_is_one_suggestion_with_one_receipt(client: Client, campaign: Campaign) -> None:
    data = filled()
    client.post(URL, data)
    first = text(client.get(RECEIPT))
    again = client.post(URL, data)
    assert again["Location"] == RECEIPT
    assert CODE.search(text(client.get(RECEIPT))).group() == CODE.search(first).group()
    assert Suggestion.objects.count() == 1


def test_the_same_form_from_another_browser_is_told_that_it_arrived_but_not_the_code(
    client: Client, campaign: Campaign
) -> None:
    data = filled()
    client.post(URL, data)
    other = Client().post(URL, data)
    assert other.status_code == 200
    assert Suggestion.objects.get().number in text(other)
    assert not CODE.search(text(other))


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_suggestion_and_both_lead_to_the_receipt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both presses are past the question whether the form is known before either is recorded."""
    CampaignFactory()
    client = Client()
    client.get(URL)
    data, answers = filled(), []
    together = threading.Barrier(2)
    monkeypatch.setattr(suggest, "filled_too_fast", lambda opened: together.wait(timeout=20) > 9)

    def press() -> None:
        browser = Client()
        browser.cookies = client.cookies
        try:
            answers.append(browser.post(URL, data).headers.get("Location"))
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert answers == [RECEIPT, RECEIPT]
    assert Suggestion.objects.count() == 1
    assert Suggestion.objects.get().number in text(client.get(RECEIPT))


def test_when_the_answer_got_lost_opening_the_form_again_leads_to_the_receipt(
    client: Client, campaign: Campaign
) -> None:
    client.get(URL)
    client.post(URL, filled())  # the connection breaks here
    assert client.get(URL)["Location"] == RECEIPT
    client.get(RECEIPT)
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "请用一句话写明是什么事。"),
        ({"body": " "}, "请写一写遇到了什么不方便。"),
        ({"county": ""}, "请选一个县（市、区）。"),
        ({"phone": "12345"}, "请填 11 位手机号；不想留就空着。"),
        ({"name": ""}, "您选了署名，请填姓名；不想填就改选“匿名”。"),
        ({"township": "131121100000"}, "这个乡镇、街道不在您选的县（市、区），请重新选一个。"),
        ({"topic": "no-such-topic"}, "请从列出的类别里选一个。"),
    ],
)
def test_an_error_says_what_to_do_and_keeps_everything_typed(
    client: Client, campaign: Campaign, wrong: dict[str, str], sentence: str
) -> None:
    data = filled(**wrong)
    response = client.post(URL, data)
    page = text(response)
    assert response.status_code == 422
    assert sentence in page
    for name in ("title", "body", "wish", "place", "name", "phone", "submission_key", "opened"):
        assert data[name].strip() in page
    assert 'value="131102000000" selected' in page or wrong == {"county": ""}
    assert re.search(r'value="surname"[^>]*checked', page)
    assert not Suggestion.objects.exists()


def test_personal_data_in_the_text_is_told_gently_and_hidden_and_nothing_is_refused(
    client: Client, campaign: Campaign
) -> None:
    told = "手机号、门牌，公开时会遮住"
    data = filled(title="路灯坏了打13800001111", place="幸福小区3号楼2单元501")
    faulty = client.post(URL, data | {"county": ""})
    assert told in text(faulty) and data["title"] in text(faulty) and "可以照样提交" in text(faulty)
    receipt = client.post(URL, data, follow=True)
    one = Suggestion.objects.get()
    assert told in text(receipt)
    assert (one.title, one.public_title) == (data["title"], "路灯坏了打138****1111")
    assert one.public_place == "幸福小区***"


def test_photos_sent_with_a_faulty_form_stay_with_it_and_arrive_with_the_mended_one(
    client: Client, campaign: Campaign
) -> None:
    data = filled(title="")
    page = text(client.post(URL, data | {"photos": [photo("一.jpg"), photo("二.png", "PNG")]}))
    tokens = TOKENS.findall(page)
    assert len(tokens) == 2
    thumbs = re.findall(r'<img src="(/suggestions/photos/[^"]+)"', page)
    assert [client.get(thumb).status_code for thumb in thumbs] == [200, 200]
    assert client.post(URL, data | {"title": "补上标题", "photo_tokens": tokens}).status_code == 302
    assert Suggestion.objects.get().attachments.count() == 2
    assert not Suggestion.objects.get().attachments.filter(is_released=True).exists()


def test_photos_uploaded_one_by_one_and_photos_sent_with_the_form_both_arrive(
    client: Client, campaign: Campaign
) -> None:
    tokens = [uploaded(client)["token"] for _ in range(2)]
    client.post(URL, filled(photo_tokens=tokens, photos=[photo()]))
    assert Suggestion.objects.get().attachments.count() == 3


def test_a_bad_photo_is_named_and_the_good_ones_are_kept(client: Client, campaign: Campaign) -> None:
    data = filled(photos=[photo(), SimpleUploadedFile("cv.pdf", b"%PDF-1.7"), photo()])
    response = client.post(URL, data)
    page = text(response)
    assert response.status_code == 422
    assert "第 2 个没有收下：这里只收JPG、PNG、WebP、HEIC 照片" in page
    tokens = TOKENS.findall(page)
    client.post(URL, filled(submission_key=data["submission_key"], photo_tokens=tokens))
    assert Suggestion.objects.get().attachments.count() == 2


def test_the_tenth_photo_is_declined_politely_and_nine_are_kept(client: Client, campaign: Campaign) -> None:
    response = client.post(URL, filled(photos=[photo() for _ in range(10)]))
    assert response.status_code == 422
    assert "照片最多 9 个，多出的 1 个没有收下。" in text(response)
    tokens = TOKENS.findall(text(response))
    assert len(tokens) == 9
    client.post(URL, filled(photo_tokens=tokens))
    assert Suggestion.objects.get().attachments.count() == 9


def test_a_photo_can_be_claimed_once_and_only_with_its_token(client: Client, campaign: Campaign) -> None:
    mine = uploaded(client)
    client.post(URL, filled(photo_tokens=[mine["token"]]))
    number = Attachment.objects.get().token
    for token in (mine["token"], number.hex, f"{number.hex}:x:y", mine["thumb"].split("/")[-2]):
        other = Client().post(URL, filled(photo_tokens=[token]))
        assert other.status_code == 422
        assert "有文件放得太久，已经清掉了，请重新选一次。" in text(other)
    assert Suggestion.objects.count() == 1


def test_a_form_left_open_for_two_days_loses_its_photos_but_no_words(client: Client, campaign: Campaign) -> None:
    token, data = uploaded(client)["token"], filled()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        response = client.post(URL, data | {"photo_tokens": [token]})
        assert response.status_code == 422
        assert "请重新选一次" in text(response) and BODY in text(response)
        assert client.post(URL, data).status_code == 302


@pytest.mark.parametrize(
    ("trap", "sentence"),
    [({"homepage": "https://spam.example"}, "有一格本该空着"), ({"opened": "forged"}, "提交得太快")],
)
def test_a_trap_gives_a_sentence_loses_nothing_and_lets_a_person_through_the_second_time(
    client: Client, campaign: Campaign, trap: dict[str, str], sentence: str
) -> None:
    data = filled(**trap)
    response = client.post(URL, data | {"photos": [photo()]})
    page = text(response)
    assert response.status_code == 422
    assert sentence in page and BODY in page and WISH in page
    assert "spam.example" not in page
    assert len(TOKENS.findall(page)) == 1
    assert not Suggestion.objects.exists()
    assert client.post(URL, data | {"homepage": "", "opened": opened()}).status_code == 302


def test_a_form_that_comes_back_at_once_is_not_taken(client: Client, campaign: Campaign) -> None:
    data = filled(opened=opened(seconds_ago=1))
    assert client.post(URL, data).status_code == 422
    assert not Suggestion.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        assert client.post(URL, data).status_code == 302


def test_a_network_that_sends_too_much_is_asked_to_wait_and_loses_nothing(
    client: Client, campaign: Campaign, settings: Any
) -> None:
    settings.WEITAI_SUBMITS_PER_HOUR = 3
    for _ in range(3):
        assert client.post(URL, filled()).status_code == 302
        client.get(RECEIPT)
    response = client.post(URL, filled(photos=[photo()]))
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert "这个网络提交得太多了" in text(response) and BODY in text(response)
    assert len(TOKENS.findall(text(response))) == 1
    assert Suggestion.objects.count() == 3
    assert Client(REMOTE_ADDR="203.0.113.9").post(URL, filled()).status_code == 302


def test_a_forged_forwarding_header_opens_no_second_account_of_tries(client: Client, campaign: Campaign) -> None:
    for number in range(5):
        client.post(URL, filled(), headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert client.post(URL, filled(), headers={"X-Forwarded-For": "203.0.113.99"}).status_code == 422


def test_pressing_again_after_an_error_or_a_retry_costs_no_try(client: Client, campaign: Campaign) -> None:
    data = filled()
    for _ in range(8):
        client.post(URL, filled(title=""))
        client.post(URL, data)
    assert client.post(URL, filled()).status_code == 302


def test_a_day_has_its_own_limit(client: Client, campaign: Campaign, settings: Any) -> None:
    settings.WEITAI_SUBMITS_PER_HOUR, settings.WEITAI_SUBMITS_PER_DAY = 100, 3
    answers = [client.post(URL, filled()).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]


@pytest.mark.parametrize(("opens", "sentence"), [(10, "开始征集"), (-90, "这一年的征集已经截止")])
def test_outside_the_window_the_page_says_when(client: Client, opens: int, sentence: str) -> None:
    campaign = CampaignFactory(opens_on=timezone.localdate() + timedelta(days=opens))
    page = client.get(URL)
    assert page.status_code == 200
    assert sentence in text(page) and "<textarea" not in text(page)
    day = campaign.opens_on if opens > 0 else campaign.closes_on
    assert f"{day.year}年{day.month}月{day.day}日" in text(page)
    assert 'href="/track/"' in text(page)


def test_without_any_campaign_the_page_still_answers(client: Client) -> None:
    assert "现在没有征集" in text(client.get(URL))


def test_what_was_typed_over_the_closing_hour_is_shown_to_be_kept(client: Client, campaign: Campaign) -> None:
    closing = datetime.combine(campaign.closes_on + timedelta(days=1), datetime.min.time(), ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(closing - timedelta(minutes=1), tick=False):
        assert client.get(URL).status_code == 200
        data = filled()
    with time_machine.travel(closing + timedelta(seconds=1), tick=False):
        response = client.post(URL, data)
    assert response.status_code == 409
    assert BODY in text(response) and WISH in text(response) and "这一条没有交上" in text(response)
    assert not Suggestion.objects.exists()


def test_a_campaign_that_is_not_announced_takes_nothing(client: Client) -> None:
    CampaignFactory(preparing=True)
    assert client.post(URL, filled()).status_code == 409


def test_the_promise_names_real_working_days(client: Client) -> None:
    """Before the National Day of 2026: 2 working days after 30 September lie behind the holiday."""
    CampaignFactory(year=2026, opens_on=date(2026, 9, 1))
    with time_machine.travel(datetime(2026, 9, 30, 10, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False):
        page = text(client.get(URL))
    assert "2026年10月9日前告诉您是否受理" in page
    assert "2026年10月27日前定下去向" in page


def test_a_qr_code_fills_in_place_and_channel(client: Client, campaign: Campaign) -> None:
    page = client.get(URL, {"area": "131102001000", "place": "东门社区公示栏", "channel": "qr", "topic": "housing"})
    assert 'value="131102000000" selected' in text(page) and 'value="131102001000" selected' in text(page)
    assert "东门社区公示栏" in text(page)
    assert re.search(r'value="housing"[^>]*checked', text(page))
    client.post(URL, filled(channel="qr"))
    assert Suggestion.objects.get().channel == Suggestion.Channel.QR


@pytest.mark.parametrize("channel", ["import", "phone", "x" * 200])
def test_no_other_channel_can_be_pretended(client: Client, campaign: Campaign, channel: str) -> None:
    client.post(URL, filled(channel=channel))
    assert Suggestion.objects.get().channel == Suggestion.Channel.WEB


def test_an_unknown_area_in_the_address_is_no_error(client: Client, campaign: Campaign) -> None:
    assert client.get(URL, {"area": "999999999999", "topic": "nonsense"}).status_code == 200


def test_the_whole_form_works_without_scripts(client: Client, campaign: Campaign) -> None:
    page = text(client.get(URL))
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input type="file" name="photos"[^>]*multiple', page)
    assert '<optgroup label="桃城区">' in page
    assert "onclick" not in page and not re.search(r"<script(?![^>]*\bsrc=)", page) and " style=" not in page
    values = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        data = filled(submission_key=values["submission_key"], opened=values["opened"], reviewed="", photos=[photo()])
        assert values["reviewed"] == ""
        review = client.post(URL, data)
        carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text(review)))
        assert carried.pop("title") == data["title"] and "提交建议" in text(review)
        assert client.post(URL, carried | {"title": data["title"], "reviewed": "1"}).status_code == 302
    assert Suggestion.objects.get().attachments.count() == 1


def test_a_signed_in_citizen_owns_the_suggestion_at_once(sign_in: Any, citizen: Any, campaign: Campaign) -> None:
    sign_in(citizen).post(URL, filled())
    assert Suggestion.objects.get().author == citizen


def test_the_form_makes_the_same_queries_whatever_is_in_the_database(
    client: Client, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    client.get(URL)
    with django_assert_max_num_queries(8):
        client.get(URL)


def test_names_and_phones_are_ciphertext_in_the_database(client: Client, campaign: Campaign) -> None:
    client.post(URL, filled())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM portal_suggestion")
        assert not {"王小明", "13800001111"} & set(cursor.fetchone())


@pytest.mark.parametrize(
    "evil",
    ["<script>alert(1)</script>", "{{7*7}}", "𠮷㛃䶮 \u200d 👨\u200d👩\u200d👧 e\u0301", "''; DROP TABLE--", "%s%n"],
)
def test_odd_text_is_kept_as_it_is_and_shown_as_text(client: Client, campaign: Campaign, evil: str) -> None:
    client.post(URL, filled(title=evil, body=evil, wish=evil, place=evil, name=evil))
    one = Suggestion.objects.get()
    assert (one.title, one.body, one.name) == (evil, evil, evil)
    page = text(client.get(f"/track/{one.number}/"))
    assert "<script>alert" not in page


def test_a_nul_byte_is_an_ordinary_error(client: Client, campaign: Campaign) -> None:
    assert client.post(URL, filled(body="a\0b")).status_code == 422
