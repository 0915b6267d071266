"""消息怎么收: wishes, confirmed e-mail, bound WeChat, receipts without an account, and claiming by phone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal.channels.demo import DEMO_KEY
from portal.models import Notice, Reach, Subscription, Suggestion
from tests import providers
from tests.cast import person
from tests.factories import CitizenFactory, SuggestionFactory
from tests.providers import world as world

URL = "/accounts/reach/"
MAIL = "citizen@mail.example"
pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def letter() -> str:
    """The path in the last e-mail that was sent."""
    sent = next(one for one in cache.get(DEMO_KEY, []) if one["channel"] == "邮件")
    return re.search(r"打开看看：https?://[^/]+(/\S+)", sent["text"])[1]


# --- wishes -------------------------------------------------------------------------------------
def test_wishes_are_kept_and_followed(sign_in: Any, citizen: Any) -> None:
    client = sign_in(citizen)
    typed = {
        "own": ["in_app"],
        "followed": ["in_app", "sms"],
        "quiet": "on",
        "quiet_from": "22:00",
        "quiet_until": "07:30",
    }
    assert "已保存" in text(client.post(URL, typed, follow=True))
    reach = Reach.objects.get(user=citizen)
    assert (reach.ways("own"), reach.ways("followed")) == ({"in_app"}, {"in_app", "sms"})
    citizen = type(citizen).objects.get(pk=citizen.pk)
    Notice.objects.tell("own", "a", user=citizen)
    Notice.objects.tell("followed", "b", user=citizen, kind="followed")
    assert list(Notice.objects.filter(channel="sms").values_list("event", flat=True)) == ["followed"]


def test_bad_hours_are_explained_and_nothing_typed_is_lost(sign_in: Any, citizen: Any) -> None:
    page = sign_in(citizen).post(URL, {"followed": ["sms"], "quiet_from": "25:00", "quiet_until": "08:00"})
    assert page.status_code == 422 and "请填时间" in text(page) and "25:00" in text(page)
    assert not Reach.objects.exists()


def test_duties_are_asked_of_who_has_them_and_their_inbox_cannot_be_left(
    sign_in: Any, citizen: Any, clerk: Any
) -> None:
    assert "要我办的事" not in text(sign_in(citizen).get(URL))
    client = sign_in(clerk)
    assert "不能关" in text(client.get(URL))
    client.post(URL, {"quiet_from": "21:00", "quiet_until": "08:00"})
    assert Reach.objects.get(user=clerk).ways("duty") == {"in_app"}


# --- e-mail -------------------------------------------------------------------------------------
def test_an_address_counts_only_after_its_letter_was_opened_and_the_button_pressed(sign_in: Any, citizen: Any) -> None:
    client = sign_in(citizen)
    client.post(URL + "mail/", {"mail": MAIL})
    path = letter()
    asked = Client().get(path)
    assert "确认这个邮箱" in text(asked) and citizen.phone not in text(asked)
    assert not Reach.objects.filter(mail_confirmed_at__isnull=False).exists(), "looking confirms nothing"
    assert "邮箱已确认" in text(Client().post(path))
    reach = Reach.objects.get(user=citizen)
    assert reach.mail == MAIL and "mail" in reach.ways("own")
    assert "已确认" in text(client.get(URL))
    client.post(URL + "mail/drop/")
    assert Reach.objects.get().mail == "" and "mail" not in Reach.objects.get().ways("own")


def test_a_letter_is_good_for_a_day_and_a_changed_address_in_it_for_nothing(sign_in: Any, citizen: Any) -> None:
    sign_in(citizen).post(URL + "mail/", {"mail": MAIL})
    path = letter()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert Client().post(path).status_code == 410
    assert Client().post(path[:-5] + "AAAA/").status_code == 410
    assert not Reach.objects.exclude(mail="").exists()


def test_nobody_can_be_flooded_with_letters(sign_in: Any, citizen: Any) -> None:
    client = sign_in(citizen)
    answers = [client.post(URL + "mail/", {"mail": MAIL}).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 429, 429]
    assert client.post(URL + "mail/", {"mail": f"{MAIL}\r\nBcc: a@b.example"}).status_code in (422, 429)


def test_the_last_line_of_an_email_leads_to_a_page_that_asks_and_then_stops_them(citizen: Any) -> None:
    Reach.objects.ready(citizen).confirm_mail(MAIL)
    citizen = type(citizen).objects.get(pk=citizen.pk)
    Notice.objects.tell("e", "有进展", user=citizen)
    from portal.delivery import deliver_batch

    deliver_batch()
    sent = next(one for one in cache.get(DEMO_KEY) if one["channel"] == "邮件")
    path = re.search(r"不想再收这样的邮件：https?://[^/]+(/\S+)", sent["text"])[1]
    assert "不再收邮件" in text(Client().get(path))
    assert Reach.objects.get().mail == MAIL
    Client().post(path)
    assert Reach.objects.get().mail == ""


# --- WeChat -------------------------------------------------------------------------------------
@pytest.fixture
def real_wechat(world: Any, settings: Any) -> Any:
    settings.WECHAT_BACKEND = "portal.channels.wechat.OfficialAccount"
    return world


def state_of(client: Client) -> str:
    return re.search(r"state=([^&#\"]+)", text(client.get(URL)))[1].replace("%3A", ":")


def test_wechat_is_bound_by_a_button_after_the_way_through_wechat_and_unbound(
    real_wechat: Any, sign_in: Any, citizen: Any
) -> None:
    client = sign_in(citizen)
    page = text(client.get(URL))
    assert "scope=snsapi_base" in page and "#wechat_redirect" in page and providers.APP_SECRET not in page
    back = {"code": "good-code", "state": state_of(client)}
    assert "绑定微信" in text(client.get(URL + "wechat/", back)) and not Reach.objects.exclude(openid="").exists()
    client.post(URL + "wechat/", back)
    reach = Reach.objects.get(user=citizen)
    assert reach.openid == "openid-of-citizen" and "wechat" in reach.ways("followed")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT openid FROM portal_reach")
        assert "openid-of-citizen" not in cursor.fetchone()[0]
    client.post(URL + "wechat/drop/")
    assert Reach.objects.get().openid == "" and Reach.objects.get().openid_key is None


def test_nobody_is_led_to_bind_a_wechat_that_is_not_theirs(real_wechat: Any, sign_in: Any, citizen: Any) -> None:
    attacker, victim = sign_in(person("stranger")), sign_in(citizen)
    state = state_of(attacker)
    for wrong in ({"code": "good-code", "state": state}, {"code": "good-code", "state": "x"}, {"code": "good-code"}):
        assert victim.post(URL + "wechat/", wrong).status_code == 410
    assert not Reach.objects.exclude(openid="").exists()
    attacker.post(URL + "wechat/", {"code": "wrong-code", "state": state})
    assert not Reach.objects.exclude(openid="").exists()


def test_one_wechat_belongs_to_one_account(real_wechat: Any, sign_in: Any, citizen: Any) -> None:
    Reach.objects.ready(person("stranger")).bind("openid-of-citizen")
    client = sign_in(citizen)
    page = text(client.post(URL + "wechat/", {"code": "good-code", "state": state_of(client)}, follow=True))
    assert "已绑定另一个账号" in page and not Reach.objects.filter(user=citizen).exclude(openid="").exists()


# --- a receipt without an account ---------------------------------------------------------------
def with_receipt(one: Any) -> Client:
    client = Client()
    client.get(f"/track/q/{one.token}/")
    return client


def told(one: Any, officer: Any) -> set[str]:
    Suggestion.objects.get(pk=one.pk).accept(officer)
    return set(Notice.objects.values_list("channel", flat=True))


def test_a_receipt_may_choose_the_page_alone_and_no_sms_comes(officer: Any) -> None:
    one = SuggestionFactory()
    client = with_receipt(one)
    assert "有进展怎么告诉您" in text(client.get(f"/track/{one.number}/"))
    client.post(f"/track/{one.number}/hear/", {"hear-by": "page"})
    assert told(one, officer) == set()


def test_a_receipt_may_choose_an_email_and_until_it_is_confirmed_sms_goes_on(officer: Any) -> None:
    one, other = SuggestionFactory(), SuggestionFactory()
    client = with_receipt(one)
    refused = client.post(f"/track/{one.number}/hear/", {"hear-by": "mail", "hear-mail": "not an address"})
    assert refused.status_code == 422 and "not an address" in text(refused)
    client.post(f"/track/{one.number}/hear/", {"hear-by": "mail", "hear-mail": MAIL})
    assert Subscription.objects.get().by == "sms"
    Client().post(letter())
    assert told(one, officer) == {"mail"}
    assert told(other, officer) == {"mail", "sms"}


def test_without_the_receipt_nothing_of_it_can_be_changed(client: Client) -> None:
    one = SuggestionFactory()
    for path in ("hear", "feed"):
        assert client.post(f"/track/{one.number}/{path}/", {"hear-by": "page"})["Location"].startswith("/track/?")
    assert not Subscription.objects.exists()


def test_a_feed_tells_public_steps_alone_and_its_old_address_ends_with_a_new_one(officer: Any, client: Client) -> None:
    one = SuggestionFactory(open=True, name="赵铁柱", body="我叫赵铁柱，电话 13912345678。")
    owner = with_receipt(one)
    owner.post(f"/track/{one.number}/feed/")
    path = f"/track/feed/{Subscription.objects.get().feed_token}/"
    assert path in text(owner.get(f"/track/{one.number}/"))
    answer = client.get(path)
    root = ElementTree.fromstring(answer.content)
    titles = [entry.findtext("{*}title") for entry in root.iterfind("{*}entry")]
    assert titles == ["已受理", "已收到"] and answer["Content-Type"].startswith("application/atom+xml")
    assert "赵铁柱" not in text(answer) and "13912345678" not in text(answer) and one.phone not in text(answer)
    one.is_public = False
    one.save()
    assert one.public_title not in text(client.get(path))
    owner.post(f"/track/{one.number}/feed/")
    assert client.get(path).status_code == 404
    owner.post(f"/track/{one.number}/feed/", {"off": "1"})
    assert Subscription.objects.get().feed_digest == "" and client.get("/track/feed/x/").status_code == 404


# --- claiming by phone --------------------------------------------------------------------------
def test_what_was_left_with_ones_own_proven_phone_is_offered_and_claimed_at_once(sign_in: Any) -> None:
    citizen = CitizenFactory()
    left = [SuggestionFactory(phone=citizen.phone) for _ in range(3)]
    foreign = SuggestionFactory()
    client = sign_in(citizen)
    page = text(client.get("/accounts/mine/"))
    assert all(one.number in page for one in left) and foreign.number not in page
    ticked = [left[0].number, left[1].number, foreign.number]
    assert "已认领 2 条" in text(client.post("/accounts/mine/claim/", {"number": ticked}, follow=True))
    assert set(Suggestion.objects.filter(author=citizen).values_list("number", flat=True)) == set(ticked[:2])
    unproven = CitizenFactory(phone_verified=False)
    SuggestionFactory(phone=unproven.phone)
    assert not Suggestion.objects.left_with_phone_of(unproven).exists()


def test_a_receipt_is_claimed_on_the_way_back_from_signing_in(sign_in: Any, client: Client, citizen: Any) -> None:
    one = SuggestionFactory(phone=citizen.phone)
    client.get(f"/track/q/{one.token}/")
    page = text(client.get(f"/track/{one.number}/"))
    assert f"/accounts/login/?next=/track/{one.number}/" in page
    client.force_login(citizen)
    client.get(f"/track/q/{one.token}/")
    assert "认领到我的账号" in text(client.get(f"/track/{one.number}/"))
    client.post(f"/track/{one.number}/claim/")
    one.refresh_from_db()
    assert one.author == citizen
