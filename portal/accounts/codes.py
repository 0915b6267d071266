"""验证码: six digits by SMS that prove a phone. Sent at once, kept as a keyed digest in the browser's session.

Ten minutes, five tries. One message a minute and five a day per phone, twenty an hour per address. Nothing here asks
whether the phone has an account, so nothing can tell.
"""

from __future__ import annotations

import logging
import secrets
import time
from hmac import compare_digest
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.limits import client_address, over_limit
from config.privacy import decrypt, encrypt, keyed_index
from portal.channels.base import Message
from portal.channels.sms import gateway
from portal.models.people import phone_index

log = logging.getLogger(__name__)

# What a code is for: one is never good for the other.
SIGNING_IN, SUGGESTING, PROVING, NEW_PHONE = "sign_in_code", "suggest_code", "prove_code", "new_phone_code"
USES = (SIGNING_IN, SUGGESTING, PROVING, NEW_PHONE)
DIGITS, LIFE_SECONDS, TRIES = 6, 600, 5
MINUTE, HOUR, DAY = 60, 3600, 86400
PER_PHONE_MINUTE, PER_PHONE_DAY, PER_ADDRESS_HOUR = 1, 5, 20


class NotSent(Exception):
    """No message went out; `str()` is a sentence for the person, `seconds` when to try again, 0 when unknown."""

    def __init__(self, sentence: str, seconds: int = 0) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class WrongCode(Exception):
    """The digits do not fit; `str()` is a sentence for the person. `is_void`: only a new message helps."""

    def __init__(self, sentence: str, *, is_void: bool = False) -> None:
        super().__init__(sentence)
        self.is_void = is_void


def send(request: HttpRequest, phone: str, use: str = SIGNING_IN) -> None:
    """Send a new code to a normal phone number and remember its digest in this session. Raises `NotSent`."""
    _spend(client_address(request), phone)
    code, nonce = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}", secrets.token_urlsafe(12)
    text = _("【微台】验证码 %(code)s，%(minutes)d 分钟内有效，用于登录。请不要告诉别人。")
    match use:
        case "suggest_code":
            text = _("【微台】验证码 %(code)s，%(minutes)d 分钟内有效，用于提交建议。请不要告诉别人。")
        case "prove_code":
            text = _("【微台】验证码 %(code)s，%(minutes)d 分钟内有效，用于确认是您本人。请不要告诉别人。")
        case "new_phone_code":
            text = _("【微台】验证码 %(code)s，%(minutes)d 分钟内有效，用于换绑手机号。请不要告诉别人。")
    try:
        message = Message(text % {"code": code, "minutes": LIFE_SECONDS // 60}, "code", {"code": code})
        gateway().send(phone, message, key=f"code-{nonce}")
    except Exception as trouble:
        # The class only: a gateway's message may repeat the text, and with it the code.
        log.warning("Sign-in code not sent: %s", type(trouble).__name__)
        raise NotSent(_("短信没有发出去，请稍后再试。")) from None
    request.session[use] = {
        "phone": encrypt(phone), "nonce": nonce, "digest": _digest(code, nonce), "sent_at": int(time.time()), "tries": 0
    }  # fmt: skip


def _spend(address: str, phone: str) -> None:
    who = phone_index(phone)
    if over_limit("sms-address", address, PER_ADDRESS_HOUR, HOUR):
        raise NotSent(_("这个网络一小时内要的验证码太多了，请一小时后再试。"), HOUR)
    if over_limit("sms-minute", who, PER_PHONE_MINUTE, MINUTE):
        raise NotSent(_("验证码刚刚发过，请一分钟后再要。"), MINUTE)
    if over_limit("sms-day", who, PER_PHONE_DAY, DAY):
        raise NotSent(_("这个手机号今天要的验证码太多了，请明天再试。"), DAY)


def _digest(code: str, nonce: str) -> str:
    return keyed_index(f"{nonce}\x1f{code}", "sign-in-code")


def pending_phone(request: HttpRequest, use: str = SIGNING_IN) -> str:
    """The phone to which this session had a code sent; "" when there is none."""
    waiting: dict[str, Any] | None = request.session.get(use)
    return decrypt(waiting["phone"]) if waiting else ""


def redeem(request: HttpRequest, code: str, use: str = SIGNING_IN) -> str:
    """The proven phone; the code is used up. Raises `WrongCode`."""
    waiting: dict[str, Any] | None = request.session.get(use)
    if not waiting or time.time() - waiting["sent_at"] > LIFE_SECONDS:
        forget(request, use)
        raise WrongCode(_("验证码已过期，请重新获取。"), is_void=True)
    waiting["tries"] += 1
    request.session[use] = waiting
    # Counted twice: parallel guesses in one session overwrite each other's count there, and never in the cache; a
    # cache that is emptied forgets, and the session does not.
    if over_limit("code-tries", waiting["nonce"], TRIES, LIFE_SECONDS) or waiting["tries"] > TRIES:
        forget(request, use)
        raise WrongCode(_("验证码输错次数太多，请重新获取。"), is_void=True)
    if not compare_digest(_digest(code, waiting["nonce"]), waiting["digest"]):
        raise WrongCode(_("验证码不对，请看看是不是最新的一条短信。"))
    forget(request, use)
    return decrypt(waiting["phone"])


def forget(request: HttpRequest, use: str = SIGNING_IN) -> None:
    request.session.pop(use, None)
