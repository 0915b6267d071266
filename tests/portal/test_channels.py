"""The ways out, against local servers that check what the real ones check."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.cache import cache

from portal.channels import aliyun, wechat, wire
from portal.channels.base import Message, PermanentTrouble, Reason, TemporaryTrouble
from portal.channels.mail import Mail
from portal.channels.sms import HttpGateway
from tests import providers
from tests.providers import world as world

PHONE = "13812345678"
OWN = Message(
    "您的建议 WJ2026-000001：已答复。", "own", {"number": "WJ2026-000001", "state": "已答复"}, "/suggestions/x/"
)


def flipped(secret: str) -> str:
    return secret[:-1] + chr(ord(secret[-1]) ^ 1)


# --- Aliyun -------------------------------------------------------------------------------------
def test_the_signature_is_the_one_that_the_provider_publishes_as_its_example() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-content-sha256": aliyun.EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }  # fmt: skip
    query = aliyun.query_string(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    signed = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", headers, query)
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_an_approved_template_is_sent_with_its_variables(world: Any) -> None:
    long = Message("…", "own", {"number": "WJ2026-000001", "state": "分" * 50})
    for key, message in (("notice-1", OWN), ("notice-2", long)):
        aliyun.AliyunGateway().send(PHONE, message, key=key)
    first, second = world.sms
    assert (first["PhoneNumbers"], first["TemplateCode"], first["OutId"]) == (PHONE, "SMS_OWN", "notice-1")
    assert first["facts"] == {"number": "WJ2026-000001", "state": "已答复"}
    assert len(second["facts"]["state"]) == 35
    assert not world.refused


@pytest.mark.parametrize("name", ["ALIYUN_KEY_SECRET", "ALIYUN_KEY_ID"])
def test_a_flipped_bit_in_the_key_is_refused_and_said_to_be_the_account(world: Any, settings: Any, name: str) -> None:
    setattr(settings, name, flipped(getattr(settings, name)))
    with pytest.raises(PermanentTrouble) as trouble:
        aliyun.AliyunGateway().send(PHONE, OWN, key="notice-1")
    assert trouble.value.reason == Reason.ACCOUNT and world.refused and not world.sms


def test_what_was_signed_cannot_be_sent_again_nor_much_later_nor_changed(world: Any, monkeypatch: Any) -> None:
    gateway = aliyun.AliyunGateway()
    world.ahead = timedelta(minutes=16)
    with pytest.raises(PermanentTrouble, match="InvalidTimeStamp"):
        gateway.send(PHONE, OWN, key="notice-1")
    world.ahead = timedelta()
    monkeypatch.setattr(aliyun.secrets, "token_hex", lambda n: "the same again")
    gateway.send(PHONE, OWN, key="notice-1")
    with pytest.raises(TemporaryTrouble, match="SignatureNonceUsed"):
        gateway.send(PHONE, OWN, key="notice-2")
    monkeypatch.undo()
    plain = wire.request
    monkeypatch.setattr(wire, "request", lambda url, **rest: plain(url.replace(PHONE, "13900000000"), **rest))
    monkeypatch.setattr(wire, "SECONDS", 0.3)
    with pytest.raises(PermanentTrouble):
        gateway.send(PHONE, OWN, key="notice-3")
    assert len(world.sms) == 1 and "SignatureDoesNotMatch" in world.refused


def test_a_second_attempt_after_an_answer_that_never_came_sends_nothing_twice(world: Any) -> None:
    gateway = aliyun.AliyunGateway()
    world.misbehave = ["lost"]
    with pytest.raises(TemporaryTrouble):
        gateway.send(PHONE, OWN, key="notice-1")
    gateway.send(PHONE, OWN, key="notice-1", again=True)
    gateway.send(PHONE, OWN, key="notice-2", again=True)
    assert [row["OutId"] for row in world.sms] == ["notice-1", "notice-2"]


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", TemporaryTrouble, Reason.LIMIT),
        ("isp.SYSTEM_ERROR", TemporaryTrouble, Reason.GATEWAY),
        ("isv.AMOUNT_NOT_ENOUGH", PermanentTrouble, Reason.ACCOUNT),
        ("isv.MOBILE_NUMBER_ILLEGAL", PermanentTrouble, Reason.ADDRESS),
        ("isv.SMS_TEMPLATE_ILLEGAL", PermanentTrouble, Reason.TEMPLATE),
        ("isv.SOMETHING_NEW", PermanentTrouble, Reason.OTHER),
    ],
)
def test_each_refusal_is_told_apart_and_never_repeats_the_phone(
    world: Any, code: str, kind: type[Exception], reason: str
) -> None:
    world.sms_code = code
    with pytest.raises(kind) as trouble:
        aliyun.AliyunGateway().send(PHONE, OWN, key="notice-1")
    assert trouble.value.reason == reason and PHONE not in str(trouble.value) and code in str(trouble.value)


# --- every provider -----------------------------------------------------------------------------
@pytest.mark.parametrize("channel", [HttpGateway(), aliyun.AliyunGateway(), wechat.OfficialAccount()])
@pytest.mark.parametrize("fault", [429, 500, 503, "hang", "lost", "garbage"])
def test_a_provider_that_is_busy_broken_slow_or_babbling_is_tried_again(world: Any, channel: Any, fault: Any) -> None:
    if fault == "garbage" and isinstance(channel, HttpGateway):
        pytest.skip("any 2xx answer of this gateway is acceptance")
    world.misbehave = [fault]
    with pytest.raises(TemporaryTrouble) as trouble:
        channel.send(PHONE, OWN, key="notice-1")
    assert trouble.value.reason == (Reason.LIMIT if fault == 429 else Reason.GATEWAY)
    assert PHONE not in str(trouble.value)
    channel.send(PHONE, OWN, key="notice-1", again=True)


def test_the_citys_own_gateway_is_spoken_to_with_its_token_and_over_tls_alone(world: Any, settings: Any) -> None:
    HttpGateway().send(PHONE, OWN, key="notice-1")
    assert world.http == {"notice-1": 1}
    settings.SMS_GATEWAY_TOKEN = flipped(providers.BEARER)
    with pytest.raises(PermanentTrouble, match="令牌"):
        HttpGateway().send(PHONE, OWN, key="notice-2")
    for url in ("http://gateway.example/", "ftp://127.0.0.1/", "file:///etc/passwd", ""):
        settings.SMS_GATEWAY_URL = url
        with pytest.raises(PermanentTrouble, match="https"):
            HttpGateway().send(PHONE, OWN, key="notice-3")


# --- WeChat -------------------------------------------------------------------------------------
def test_a_template_message_is_sent_once_per_key_and_fits_its_fields(world: Any) -> None:
    account = wechat.OfficialAccount()
    for _ in range(2):
        account.send(
            "openid-1", Message("…", "own", {"number": "WJ2026-000001", "state": "长" * 40}, "/x/"), key="notice-1"
        )
    (sent,) = world.wechat.values()
    assert sent["data"]["thing2"]["value"] == "长" * 19 + "…" and sent["url"].endswith("/x/")
    assert world.tokens_given == 1


def test_a_token_that_wechat_no_longer_takes_is_renewed_once_and_the_message_goes_out(world: Any) -> None:
    account = wechat.OfficialAccount()
    account.send("openid-1", OWN, key="notice-1")
    world.token = "taken back by somebody"
    account.send("openid-1", OWN, key="notice-2")
    assert len(world.wechat) == 2 and world.tokens_given == 2
    world.answer_with = 42001
    with pytest.raises(TemporaryTrouble):
        account.send("openid-1", OWN, key="notice-3")
    assert world.calls.count("/cgi-bin/message/template/send") == 5
    assert "token-" not in cache.get(wechat.TOKEN)


def test_many_workers_fetch_one_token(world: Any) -> None:
    threads = [threading.Thread(target=wechat.access_token) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.calls.count("/cgi-bin/stable_token") == 1


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (43004, PermanentTrouble, Reason.REFUSED),
        (43101, PermanentTrouble, Reason.REFUSED),
        (45009, TemporaryTrouble, Reason.LIMIT),
        (-1, TemporaryTrouble, Reason.GATEWAY),
        (40003, PermanentTrouble, Reason.ADDRESS),
        (47003, PermanentTrouble, Reason.TEMPLATE),
    ],
)
def test_wechats_refusals_are_told_apart(world: Any, code: int, kind: type[Exception], reason: str) -> None:
    world.answer_with = code
    with pytest.raises(kind) as trouble:
        wechat.OfficialAccount().send("openid-1", OWN, key="notice-1")
    assert trouble.value.reason == reason and "openid-1" not in str(trouble.value)


def test_a_wrong_app_secret_gets_no_token(world: Any, settings: Any) -> None:
    settings.WECHAT_APP_SECRET = flipped(providers.APP_SECRET)
    with pytest.raises(PermanentTrouble) as trouble:
        wechat.OfficialAccount().send("openid-1", OWN, key="notice-1")
    assert trouble.value.reason == Reason.ACCOUNT


# --- e-mail -------------------------------------------------------------------------------------
def test_an_email_says_where_to_look_and_how_to_stop_and_cannot_grow_headers(settings: Any) -> None:
    settings.PUBLIC_URL = "https://city.example"
    text = "您的建议：已答复\r\nBcc: all@city.example"
    Mail().send(
        "citizen@mail.example", Message(text, "own", {"stop": "/accounts/reach/stop/abc/"}, "/x/"), key="notice-7"
    )
    (sent,) = outbox.outbox
    assert sent.to == ["citizen@mail.example"] and not sent.bcc and sent.recipients() == ["citizen@mail.example"]
    raw = sent.message()
    assert raw["Message-ID"] == "<notice-7@city.example>"
    assert raw["List-Unsubscribe"] == "<https://city.example/accounts/reach/stop/abc/>"
    assert raw["Bcc"] is None and "\n" not in sent.subject
    assert "https://city.example/x/" in sent.body and "https://city.example/accounts/reach/stop/abc/" in sent.body


def test_an_address_with_a_line_break_is_refused(settings: Any) -> None:
    with pytest.raises(PermanentTrouble):
        Mail().send("a@mail.example\r\nBcc: b@mail.example", OWN, key="notice-8")
    assert not outbox.outbox
