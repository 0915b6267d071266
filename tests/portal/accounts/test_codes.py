"""Signing in by phone: who gets in, what a code is good for, how many go out."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from portal.accounts import codes
from portal.accounts.views import safe_next
from portal.models import Membership, User
from tests.factories import UserFactory
from tests.portal.accounts.browser import (
    AGAIN,
    CODE,
    LOGIN,
    PHONE,
    WORD,
    ask,
    enter,
    hour_later,
    is_in,
    last_code,
    messages_sent,
    wrong,
)

pytestmark = pytest.mark.django_db


# --- a citizen's phone ---
def test_a_first_code_makes_the_account(client: Client):
    response = enter(client)
    assert response["Location"] == "/accounts/after/"
    user = User.objects.by_phone(PHONE)
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.identity_level == 1
    assert not user.has_usable_password()


def test_the_same_phone_is_the_same_account_however_it_is_typed(client: Client):
    first = User.objects.create_citizen(PHONE)
    for typed in ("137 1234 5678", "+86-137-1234-5678", "１３７１２３４５６７８"):
        hour_later()
        browser = Client()
        enter(browser, typed)
        assert browser.session["_auth_user_id"] == str(first.pk)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "typed", ["", "123", "0318-2222222", "23712345678", "137123456789", "abcdefghijk", "137\x0012345678"]
)
def test_what_is_no_mobile_number_gets_no_message(client: Client, typed: str):
    response = ask(client, typed)
    assert response.status_code == 200
    assert not messages_sent()
    assert "aria-invalid" in response.content.decode()


def test_the_way_goes_on_to_where_the_person_was_going(client: Client):
    response = enter(client, next="/suggestions/?topic=edu")
    assert client.get(response["Location"])["Location"] == "/suggestions/?topic=edu"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        LOGIN,
        "/accounts/after/?next=/",
    ],
)
def test_a_foreign_or_circular_address_is_forgotten(client: Client, target: str, rf: Any):
    assert safe_next(rf.get("/"), target) == ""
    response = client.get(enter(client, next=target)["Location"])
    assert response["Location"] == reverse("portal:mine")


def test_the_session_is_a_new_one_after_signing_in(client: Client):
    ask(client)
    before = client.session.session_key
    client.post(CODE, {"code": last_code()})
    assert client.session.session_key != before


def test_a_signed_in_person_is_led_on_from_the_sign_in_pages(sign_in: Any, citizen: User):
    browser = sign_in(citizen)
    assert browser.get(LOGIN)["Location"] == "/accounts/after/"
    assert browser.get(WORD)["Location"] == "/accounts/after/"
    assert browser.get("/accounts/after/")["Location"] == reverse("portal:mine")


def test_signing_out_takes_a_post(sign_in: Any, citizen: User):
    browser = sign_in(citizen)
    assert browser.get("/accounts/logout/").status_code == 200
    assert is_in(browser)
    assert browser.post("/accounts/logout/")["Location"] == "/"
    assert not is_in(browser)


# --- the code ---


def test_a_code_is_good_once(client: Client):
    ask(client)
    code = last_code()
    client.post(CODE, {"code": code})
    client.post("/accounts/logout/")
    assert client.post(CODE, {"code": code})["Location"] == LOGIN
    assert not is_in(client)


def test_a_code_may_be_typed_with_spaces_and_full_width_digits(client: Client):
    ask(client)
    code = last_code()
    typed = f"{code[:3]} {code[3:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert client.post(CODE, {"code": typed}).status_code == 302
    assert is_in(client)


def test_a_code_belongs_to_the_browser_that_asked(client: Client):
    ask(client)
    other = Client()
    assert other.post(CODE, {"code": last_code()})["Location"] == LOGIN
    assert not is_in(other)


def test_after_five_wrong_codes_the_right_one_is_void(client: Client):
    ask(client)
    code = last_code()
    for _ in range(5):
        response = client.post(CODE, {"code": wrong(code)})
        assert response.status_code == 200
        assert "验证码不对" in response.content.decode()
    response = client.post(CODE, {"code": code}, follow=True)
    assert "输错次数太多" in response.content.decode()
    assert not is_in(client)


def test_tries_are_counted_even_when_the_cache_is_emptied(client: Client):
    ask(client)
    code = last_code()
    for _ in range(5):
        cache.clear()
        client.post(CODE, {"code": wrong(code)})
    cache.clear()
    client.post(CODE, {"code": code})
    assert not is_in(client)


def test_parallel_guesses_share_the_five_tries(client: Client):
    """Requests that read the same session at once each see no try in it; the cache counts them all the same."""
    ask(client)
    code, waiting = last_code(), dict(client.session[codes.SIGNING_IN])
    answers = []
    for _ in range(8):
        session = client.session
        session[codes.SIGNING_IN] = dict(waiting)  # what a parallel request would have read
        session.save()
        answers.append(client.post(CODE, {"code": wrong(code)}).status_code)
    assert answers == [200] * 5 + [302] * 3


def test_a_code_dies_after_ten_minutes(client: Client, time_machine: Any):
    time_machine.move_to("2026-06-01T10:00:00+08:00")
    ask(client)
    code = last_code()
    time_machine.move_to("2026-06-01T10:09:59+08:00")
    assert client.get(CODE).status_code == 200
    time_machine.move_to("2026-06-01T10:10:01+08:00")
    response = client.post(CODE, {"code": code}, follow=True)
    assert "已过期" in response.content.decode()
    assert not is_in(client)


def test_a_second_message_replaces_the_first(client: Client):
    ask(client)
    first = last_code()
    while last_code() == first:  # one time in a million the second is the same
        hour_later()
        client.post(AGAIN)
    assert client.post(CODE, {"code": first}).status_code == 200
    assert client.post(CODE, {"code": last_code()}).status_code == 302
    assert is_in(client)


def test_neither_code_nor_phone_lies_readable_in_the_session_or_in_a_log(client: Client, caplog: Any):
    caplog.set_level(logging.DEBUG)
    ask(client)
    code = last_code()
    client.post(CODE, {"code": wrong(code)})
    kept = repr(dict(client.session))
    assert PHONE not in kept
    assert code not in kept
    assert code not in caplog.text
    assert PHONE not in caplog.text


def test_when_the_gateway_is_down_the_person_is_told_and_nothing_is_logged(client: Client, settings: Any, caplog: Any):
    settings.SMS_BACKEND = "tests.portal.accounts.test_codes.BrokenGateway"
    response = ask(client)
    assert response.status_code == 503
    assert "没有发出去" in response.content.decode()
    assert not client.session.get(codes.SIGNING_IN)
    assert "Sign-in code not sent" in caplog.text
    assert "验证码" not in caplog.text
    assert PHONE not in caplog.text


class BrokenGateway:
    def send(self, address: str, message: Any, *, key: str, again: bool = False) -> None:
        raise RuntimeError(f"cannot send {message.text} to {address}")


# --- limits on messages ---
def test_one_message_a_minute_per_phone_whoever_asks(client: Client):
    assert ask(client).status_code == 302
    refused = ask(Client(REMOTE_ADDR="198.51.100.2"))
    assert refused.status_code == 429
    assert "一分钟后" in refused.content.decode()
    assert len(messages_sent()) == 1
    assert ask(Client(), "13712345679").status_code == 302


def test_five_messages_a_day_per_phone(client: Client, clocked_cache: None, time_machine: Any):
    for n in range(7):
        time_machine.move_to(f"2026-06-01T10:{n * 2:02d}:00+08:00", tick=False)
        ask(Client(REMOTE_ADDR=f"198.51.100.{n}"))
    assert len(messages_sent()) == 5
    time_machine.move_to("2026-06-02T10:00:01+08:00", tick=False)
    assert ask(Client()).status_code == 302


def test_twenty_messages_an_hour_per_address_and_a_claimed_address_does_not_help():
    sent = [
        ask(Client(REMOTE_ADDR="198.51.100.9", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"), f"1371234{n:04d}").status_code
        for n in range(23)
    ]
    assert sent == [302] * 20 + [429] * 3
    assert len(messages_sent()) == 20


def test_asking_again_has_the_same_limit(client: Client):
    ask(client)
    for _ in range(3):
        response = client.post(AGAIN, follow=True)
    assert "一分钟后" in response.content.decode()
    assert len(messages_sent()) == 1


# --- two windows at once ---
@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_of_one_phone_make_one_account():
    """The same person in two windows at the same moment: the unique phone decides, and both get in."""
    from portal.accounts.views import citizen_of

    def sign_in_once(_: int) -> int:
        try:
            return int(citizen_of(PHONE).pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        accounts = set(pool.map(sign_in_once, range(4)))
    assert len(accounts) == 1
    assert User.objects.filter(phone_key__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_tests_that_commit_find_the_reference_data_again():
    assert connection.in_atomic_block is False
    UserFactory()
    assert User.objects.count() == 1
    assert Membership.objects.count() == 0
