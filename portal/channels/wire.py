"""One HTTP request to a provider: TLS always, no redirects, a time limit, and troubles told apart."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from portal.channels.base import PermanentTrouble, Reason, TemporaryTrouble

SECONDS, MOST_BYTES = 10.0, 256 * 1024
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy from the environment either: what is signed goes where the settings say.
_opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def request(
    url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None, seconds: float | None = None
) -> tuple[int, bytes]:
    """Status and body of the answer, also of a refusal (4xx). Raises `TemporaryTrouble` when nobody answers, when the
    provider is busy (429) or broken (5xx), and `PermanentTrouble` for an address without TLS."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise PermanentTrouble("网关地址没有设置，或不是 https 地址。", Reason.ACCOUNT)
    asked = urllib.request.Request(url, data=body, headers=dict(headers or {}))  # noqa: S310 — the scheme is checked above
    try:
        with _opener.open(asked, timeout=seconds or SECONDS) as answer:
            return answer.status, answer.read(MOST_BYTES)
    except urllib.error.HTTPError as refusal:
        if refusal.code == 429:
            raise TemporaryTrouble("网关说发得太快（429）。", Reason.LIMIT) from None
        if refusal.code >= 500:
            raise TemporaryTrouble(f"网关出错（{refusal.code}）。", Reason.GATEWAY) from None
        return refusal.code, refusal.read(MOST_BYTES)
    except (OSError, HTTPException) as broken:
        # The class only: an error's words may repeat the address, and with it keys and phones.
        raise TemporaryTrouble(f"网关没有应答（{type(broken).__name__}）。", Reason.GATEWAY) from None


def as_object(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer. Raises `TemporaryTrouble` for anything else: something between us and the provider
    answered in its place, and whether the message was taken is unknown."""
    try:
        found = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise TemporaryTrouble("网关的回答看不懂。", Reason.GATEWAY)
    return found
