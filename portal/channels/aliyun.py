"""Aliyun SMS (Dysmsapi 2017-05-25): SendSms and QuerySendDetails, signed with ACS3-HMAC-SHA256.

The provider has no idempotency: the same request twice is two messages. So each message carries its key as OutId, and
before a second attempt the provider is asked whether the first one reached it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone

from portal.channels import wire
from portal.channels.base import Message, PermanentTrouble, Reason, TemporaryTrouble

ALGORITHM, VERSION = "ACS3-HMAC-SHA256", "2017-05-25"
EMPTY = hashlib.sha256(b"").hexdigest()
LONGEST_FACT = 35  # characters in one variable of a template

# What the provider's codes mean to us; every other code is a refusal.
BUSY = ("Throttling", "ServiceUnavailable", "InternalError", "isp.", "SignatureNonceUsed", "isv.BUSINESS_LIMIT_CONTROL")
LIMITS = ("Throttling", "isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL")
ACCOUNT = (
    "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.ACCOUNT_", "isv.PRODUCT_UN_SUBSCR", "SignatureDoesNotMatch",
    "InvalidAccessKeyId", "InvalidTimeStamp", "Forbidden", "isp.RAM_PERMISSION_DENY", "IncompleteSignature",
)  # fmt: skip
ADDRESSES = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.BLACK_KEY_CONTROL_LIMIT")
WORDS = ("isv.SMS_TEMPLATE", "isv.SMS_SIGN", "isv.TEMPLATE", "isv.INVALID_PARAMETERS", "isv.PARAM_", "isv.INVALID_JSON")


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")


def query_string(parameters: Mapping[str, str]) -> str:
    """Parameters by name, escaped as RFC 3986 says."""
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(parameters.items()))


def authorization(key_id: str, secret: str, headers: Mapping[str, str], query: str, *, method: str = "POST") -> str:
    """The Authorization header of a request without a body to "/". `headers` are signed, all of them; by the provider's
    rules they are `host`, `content-type` and those that begin with `x-acs-`."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical = "\n".join([method, "/", query, lines, ";".join(names), headers["x-acs-content-sha256"]])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={';'.join(names)},Signature={signature}"


class AliyunGateway:
    """Sends approved templates: `SMS_TEMPLATES` names the provider's code for each of ours."""

    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        code = settings.SMS_TEMPLATES.get(message.template)
        if not code:
            raise PermanentTrouble(f"没有配置短信模板“{message.template}”（SMS_TEMPLATES）。", Reason.TEMPLATE)
        if again and self._was_taken(address, key):
            return
        facts = {name: str(value)[:LONGEST_FACT] for name, value in message.facts.items()}
        self._call(
            "SendSms",
            {"PhoneNumbers": address, "SignName": settings.SMS_SIGN_NAME, "TemplateCode": code,
             "TemplateParam": json.dumps(facts, ensure_ascii=False, sort_keys=True), "OutId": key},
        )  # fmt: skip

    def _was_taken(self, address: str, key: str) -> bool:
        """Whether the provider has a message with this key to this phone, yesterday's included."""
        today = timezone.localdate()
        for day in (today, today - timedelta(days=1)):
            asked = {"PhoneNumber": address, "SendDate": f"{day:%Y%m%d}", "PageSize": "50", "CurrentPage": "1"}
            found = self._call("QuerySendDetails", asked).get("SmsSendDetailDTOs") or {}
            if any(row.get("OutId") == key for row in found.get("SmsSendDetailDTO", [])):
                return True
        return False

    def _call(self, action: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The provider's answer. Raises a trouble when it is anything but OK."""
        query = query_string(parameters)
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "host": urlsplit(settings.ALIYUN_SMS_URL).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": EMPTY,
            "x-acs-date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-version": VERSION,
        }
        signed = authorization(settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET, headers, query)
        url = f"{settings.ALIYUN_SMS_URL.rstrip('/')}/?{query}"
        _status, body = wire.request(url, body=b"", headers=headers | {"Authorization": signed})
        answer = wire.as_object(body)
        if answer.get("Code") != "OK":
            raise _trouble(str(answer.get("Code") or ""))
        return answer


def _trouble(code: str) -> Exception:
    """The provider's code as a trouble of ours. Its message is left out: it may repeat what was sent."""
    groups = ((LIMITS, Reason.LIMIT), (ACCOUNT, Reason.ACCOUNT), (ADDRESSES, Reason.ADDRESS), (WORDS, Reason.TEMPLATE))
    reason = next((reason for codes, reason in groups if code.startswith(codes)), Reason.OTHER)
    if not code:
        return TemporaryTrouble("阿里云短信的回答里没有结果。", Reason.GATEWAY)
    kind = TemporaryTrouble if code.startswith(BUSY) and reason != Reason.ACCOUNT else PermanentTrouble
    return kind(
        f"阿里云短信没有收下：{code}", Reason.GATEWAY if kind is TemporaryTrouble and reason == Reason.OTHER else reason
    )
