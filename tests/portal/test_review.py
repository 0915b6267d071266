"""Before sending: the person sees who handles it, what everybody will read and what only staff see, and by when."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from portal.models import Attachment, Campaign, Suggestion
from tests.factories import CampaignFactory, SuggestionFactory
from tests.portal.test_suggest import TOKENS, URL, filled, photo, text, uploaded

REVIEW, AGAIN = "/suggestions/review/", "/suggestions/photos/again/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None) -> Campaign:
    return CampaignFactory()


def personal(**changes: Any) -> dict[str, Any]:
    body = "我叫王小明，家住幸福小区3号楼2单元501，请打13800001111。路灯坏了一个月。"
    return filled(body=body, **changes)


def test_the_review_shows_what_the_server_publishes_and_says_what_it_hid(client: Client, campaign: Campaign) -> None:
    data = personal()
    seen = text(client.post(REVIEW, data | {"photo_tokens": uploaded(client)["token"]}))
    client.post(URL, data)
    one = Suggestion.objects.get()
    everybody, staff = seen.split("只有工作人员看得到</h3>")
    assert one.public_body in everybody and data["body"] not in seen
    assert "替您遮住了姓名、门牌、手机号" in everybody and "王**" in everybody and "1 个" in everybody
    assert "王小明" not in everybody and "13800001111" not in everybody
    assert "王小明" in staff and "13800001111" in staff
    assert "市交通运输局" in everybody and f"{one.screen_by.month}月{one.screen_by.day}日前告诉您是否受理" in staff


def test_what_is_not_for_the_public_says_so_in_the_review(client: Client, campaign: Campaign) -> None:
    seen = text(client.post(REVIEW, filled(is_public=None)))
    assert "您选了不公开" in seen and "署名" not in seen


def test_the_review_of_a_faulty_form_names_each_field_and_records_nothing(client: Client, campaign: Campaign) -> None:
    answer = client.post(REVIEW, filled(title="", phone="12"))
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "title": "请用一句话写明是什么事。",
        "phone": "请填 11 位手机号；不想留就空着。",
    }
    client.post(REVIEW, filled())
    assert not Suggestion.objects.exists()


def test_without_scripts_the_review_is_a_page_that_carries_everything_on_and_back(
    client: Client, campaign: Campaign
) -> None:
    data = personal(reviewed="", photos=[photo()])
    page = client.post(URL, data)
    assert page.status_code == 200 and "还没有提交" in text(page) and not Suggestion.objects.exists()
    token = TOKENS.findall(text(page))
    back = client.post(URL, data | {"photos": [], "photo_tokens": token, "edit": "1"})
    assert back.status_code == 200 and "<textarea" in text(back) and data["body"] in text(back)
    assert TOKENS.findall(text(back))
    sent = client.post(URL, data | {"photos": [], "photo_tokens": token, "reviewed": "1"})
    assert sent.status_code == 302 and Suggestion.objects.get().attachments.count() == 1


def test_a_draft_that_comes_back_gets_the_thumbnails_of_its_own_session_alone(
    client: Client, campaign: Campaign
) -> None:
    client.get(URL)
    mine = [uploaded(client) for _ in range(2)]
    tokens = [one["token"] for one in mine]
    found = client.post(AGAIN, {"photo_tokens": [*tokens, "made-up"]}).json()["uploads"]
    assert [one["token"] for one in found] == tokens
    assert client.get(found[0]["thumb"]).status_code == 200
    stranger = Client()
    stranger.get(URL)
    assert stranger.post(AGAIN, {"photo_tokens": tokens}).json()["uploads"] == []
    client.post(URL, filled(photo_tokens=tokens[:1]))
    assert [one["token"] for one in client.post(AGAIN, {"photo_tokens": tokens}).json()["uploads"]] == tokens[1:]
    assert Attachment.objects.count() == 2


def test_a_draft_finds_its_photos_after_signing_in_and_not_after_signing_out(
    client: Client, campaign: Campaign, citizen: Any
) -> None:
    client.get(URL)
    token = uploaded(client)["token"]
    client.force_login(citizen)
    assert client.post(AGAIN, {"photo_tokens": token}).json()["uploads"]
    client.logout()
    assert not client.post(AGAIN, {"photo_tokens": token}).json()["uploads"]


@pytest.fixture
def known_one(campaign: Campaign) -> Suggestion:
    return SuggestionFactory(open=True)


def test_me_too_in_place_of_writing_counts_once_and_says_what_comes_next(
    known_one: Suggestion, sign_in: Any, citizen: Any
) -> None:
    as_citizen = sign_in(citizen)
    joined = f"/suggestions/{known_one.number}/joined/"
    answer = as_citizen.post(f"/suggestions/{known_one.number}/support/", {"from": "suggest", "follow": "1"})
    assert answer["Location"] == joined
    page = text(as_citizen.get(joined))
    assert "已附议并关注，不用再写一遍" in page and 'data-draft-clear="suggest"' in page and known_one.title in page
    assert "data-draft-clear" not in text(as_citizen.get(joined)), "the next draft is not this one"
    assert (
        as_citizen.post(f"/suggestions/{known_one.number}/support/", {"from": "suggest", "follow": "1"})["Location"]
        == joined
    )
    assert known_one.supports.count() == known_one.follows.count() == 1


def test_somebody_who_has_to_sign_in_first_comes_back_to_the_button_and_loses_nothing(
    client: Client, known_one: Suggestion, citizen: Any
) -> None:
    joined = f"/suggestions/{known_one.number}/joined/"
    answer = client.post(f"/suggestions/{known_one.number}/support/", {"from": "suggest", "follow": "1"})
    assert "/accounts/login/" in answer["Location"] and "joined" in answer["Location"]
    client.force_login(citizen)
    page = text(client.get(joined))
    assert "还差一步：附议" in page and "data-draft-clear" not in page
    assert not known_one.supports.exists()


def test_a_key_that_is_known_goes_to_its_receipt_before_any_review(client: Client, campaign: Campaign) -> None:
    data = filled(submission_key=str(uuid.uuid4()))
    client.post(URL, data)
    assert client.post(URL, data | {"reviewed": ""})["Location"] == "/suggestions/receipt/"
    assert Suggestion.objects.count() == 1
