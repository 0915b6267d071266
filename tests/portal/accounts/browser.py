"""How tests sign in, by phone and by password, and what they look at."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from portal.channels.demo import DEMO_KEY
from portal.models import User
from tests.cast import PASSWORD

PHONE = "13712345678"
LOGIN, CODE, AGAIN, WORD = "/accounts/login/", "/accounts/code/", "/accounts/code/again/", "/accounts/password/"


def messages_sent() -> list[dict[str, Any]]:
    return cache.get(DEMO_KEY, [])


def last_code() -> str:
    found = re.search(r"验证码 (\d{6})", messages_sent()[0]["text"])
    assert found
    return found[1]


def ask(client: Client, phone: str = PHONE, **extra: Any) -> Any:
    return client.post(LOGIN, {"phone": phone, "next": extra.pop("next", "")}, **extra)


def enter(client: Client, phone: str = PHONE, **extra: Any) -> Any:
    """The whole way in by phone; the answer to the right code."""
    assert ask(client, phone, **extra).status_code == 302
    return client.post(CODE, {"code": last_code()})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def password(client: Client, name: str, word: str = PASSWORD, **extra: Any) -> Any:
    return client.post(WORD, {"login": name, "password": word, "next": extra.pop("next", "")}, **extra)


def hour_later() -> None:
    """The windows of all limits have ended."""
    cache.clear()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def shape(response: Any) -> tuple[Any, ...]:
    """What a stranger can measure of an answer."""
    body = re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
    headers = {name: value for name, value in response.headers.items() if name not in ("Content-Length",)}
    return response.status_code, len(body), headers, sorted(response.cookies)


def authenticator(user: User) -> str:
    """Give the account an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
