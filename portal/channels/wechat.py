"""微信公众号: template messages, and the web sign-in (snsapi_base) that tells which openid opened a page."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from config.privacy import decrypt, encrypt
from portal.channels import wire
from portal.channels.base import Channel, Message, PermanentTrouble, Reason, TemporaryTrouble
from portal.channels.demo import show

TOKEN, LOCK = "wechat:token", "wechat:token:lock"
MARGIN, LOCK_SECONDS, WAIT_SECONDS = 300, 20, 5.0
# How many characters a field of a template holds, by the beginning of its name.
LONGEST = {"thing": 20, "phrase": 5, "character_string": 32, "const": 20, "time": 30, "number": 32, "short_thing": 5}

TOKEN_CODES = {40001, 40014, 42001}
REFUSED = {43004, 43101, 50005}  # not followed, would not take it, no subscriber
BUSY = {-1, 45009, 45011, 45047}
MEANINGS = {
    40003: Reason.ADDRESS, 40013: Reason.ACCOUNT, 40037: Reason.TEMPLATE, 40125: Reason.ACCOUNT, 40164: Reason.ACCOUNT,
    41001: Reason.ACCOUNT, 43116: Reason.TEMPLATE, 45009: Reason.LIMIT, 45011: Reason.LIMIT, 45047: Reason.LIMIT,
    47003: Reason.TEMPLATE, 48001: Reason.ACCOUNT,
}  # fmt: skip


class Account(Channel, Protocol):
    def authorize_url(self, state: str, back: str) -> str:
        """Where WeChat asks for consent; it leads to `back` with a code and the state."""

    def openid_of(self, code: str) -> str:
        """Who opened the page. Raises a trouble when the code is wrong, used or too old."""


class OfficialAccount:
    """The city's official account."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        """A key is sent once within the ten minutes in which WeChat remembers it (client_msg_id)."""
        template = settings.WECHAT_TEMPLATES.get(message.template)
        if not template:
            raise PermanentTrouble(f"没有配置微信模板“{message.template}”（WECHAT_TEMPLATES）。", Reason.TEMPLATE)
        facts = dict(message.facts) | {"text": message.text, "time": f"{timezone.localtime():%Y-%m-%d %H:%M}"}
        body = {
            "touser": address,
            "template_id": template["id"],
            "url": settings.PUBLIC_URL + message.path,
            "client_msg_id": key[:32],
            "data": {
                field: {"value": _fitting(field, facts.get(name, ""))} for field, name in template["data"].items()
            },
        }
        self._with_token("/cgi-bin/message/template/send", body)

    def authorize_url(self, state: str, back: str) -> str:
        asked = {
            "appid": settings.WECHAT_APP_ID, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
            "state": state,
        }  # fmt: skip
        return f"{settings.WECHAT_AUTHORIZE_URL}?{urlencode(asked)}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        asked = {
            "appid": settings.WECHAT_APP_ID, "secret": settings.WECHAT_APP_SECRET, "code": code,
            "grant_type": "authorization_code",
        }  # fmt: skip
        _status, body = wire.request(f"{settings.WECHAT_URL}/sns/oauth2/access_token?{urlencode(asked)}")
        answer = wire.as_object(body)
        if not answer.get("openid"):
            raise _trouble(_code_of(answer))
        return str(answer["openid"])

    def _with_token(self, path: str, body: Mapping[str, Any]) -> None:
        """Call with the token; once more with a fresh one when WeChat says that it is out of date."""
        token = access_token()
        code = self._call(path, token, body)
        if code in TOKEN_CODES:
            token = access_token(instead_of=token)
            code = self._call(path, token, body)
        if code:
            raise _trouble(code)

    def _call(self, path: str, token: str, body: Mapping[str, Any]) -> int:
        """The errcode of the answer, 0 for success."""
        data = json.dumps(body, ensure_ascii=False).encode()
        url = f"{settings.WECHAT_URL}{path}?{urlencode({'access_token': token})}"
        _status, answer = wire.request(url, body=data, headers={"Content-Type": "application/json"})
        return _code_of(wire.as_object(answer))


def _fitting(field: str, value: str) -> str:
    longest = LONGEST.get(field.rstrip("0123456789"), 200)
    return value if len(value) <= longest else value[: longest - 1] + "…"


def _code_of(answer: Mapping[str, Any]) -> int:
    code = answer.get("errcode")
    if not isinstance(code, int):
        raise TemporaryTrouble("微信的回答里没有结果。", Reason.GATEWAY)
    return code


def _trouble(code: int) -> Exception:
    """WeChat's code as a trouble of ours. A daily quota that is used up is over tomorrow."""
    if code in REFUSED:
        return PermanentTrouble(f"微信没有送达：对方没有关注公众号，或已拒收（{code}）。", Reason.REFUSED)
    if code in BUSY or code in TOKEN_CODES:
        return TemporaryTrouble(f"微信暂时不收（{code}）。", MEANINGS.get(code, Reason.GATEWAY))
    return PermanentTrouble(f"微信没有收下（{code}）。", MEANINGS.get(code, Reason.OTHER))


def access_token(*, instead_of: str = "") -> str:
    """The account's token, fetched once for all processes; `instead_of` is one that WeChat no longer takes.

    Raises `TemporaryTrouble` when another process is fetching it for too long.
    """
    until = time.monotonic() + WAIT_SECONDS
    while True:
        kept = cache.get(TOKEN)
        if kept and (token := decrypt(kept)) != instead_of:
            return token
        if cache.add(LOCK, 1, LOCK_SECONDS):
            try:
                return _fetch_token(refresh=bool(instead_of))
            finally:
                cache.delete(LOCK)
        if time.monotonic() > until:
            raise TemporaryTrouble("微信的令牌正在由另一个进程更换。", Reason.GATEWAY)
        time.sleep(0.05)


def _fetch_token(*, refresh: bool) -> str:
    asked = {
        "grant_type": "client_credential", "appid": settings.WECHAT_APP_ID, "secret": settings.WECHAT_APP_SECRET,
        "force_refresh": refresh,
    }  # fmt: skip
    headers = {"Content-Type": "application/json"}
    url = f"{settings.WECHAT_URL}/cgi-bin/stable_token"
    _status, body = wire.request(url, body=json.dumps(asked).encode(), headers=headers)
    answer = wire.as_object(body)
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not isinstance(seconds, int):
        raise _trouble(_code_of(answer))
    cache.set(TOKEN, encrypt(token), max(60, seconds - MARGIN))
    return token


class DemoAccount:
    """Plays WeChat: consent is one press, messages show on the page `/demo/`."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        show("微信", "", message, key)

    def authorize_url(self, state: str, back: str) -> str:
        return f"{reverse('portal:reach_wechat_back')}?{urlencode({'code': 'demo', 'state': state})}"

    def openid_of(self, code: str) -> str:
        return f"demo-{timezone.now():%H%M%S%f}"


def account() -> Account | None:
    """The official account that the settings name; None when the city has none."""
    if not settings.WECHAT_BACKEND:
        return None
    chosen: Account = import_string(settings.WECHAT_BACKEND)()
    return chosen
