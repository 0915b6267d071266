"""SMS: one interface, the city's HTTP gateway or the demo's own page behind it."""

from __future__ import annotations

import json
import urllib.request
from typing import Protocol

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

DEMO_KEY, DEMO_KEPT, DEMO_SECONDS = "demo:sms", 200, 24 * 3600


class Gateway(Protocol):
    def send(self, phone: str, text: str, *, key: str) -> None:
        """Hand over one message; raises when the gateway did not take it. The same key is sent once at most."""


class HttpGateway:
    """A gateway that takes JSON by POST: {phone, text, key}, with a bearer token. Any 2xx answer is acceptance."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        if not settings.SMS_GATEWAY_URL.startswith("https://"):
            raise RuntimeError("SMS_GATEWAY_URL 没有设置，或不是 https 地址。")
        request = urllib.request.Request(  # noqa: S310 — the scheme is checked above
            settings.SMS_GATEWAY_URL,
            data=json.dumps({"phone": phone, "text": text, "key": key}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            pass


class DemoGateway:
    """Keeps the last messages in the cache, for the page `/demo/` to show."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        messages = [message for message in cache.get(DEMO_KEY, []) if message["key"] != key]
        messages.insert(0, {"phone": phone, "text": text, "key": key, "at": timezone.now()})
        cache.set(DEMO_KEY, messages[:DEMO_KEPT], DEMO_SECONDS)


def gateway() -> Gateway:
    """The gateway that the settings name."""
    chosen: Gateway = import_string(settings.SMS_BACKEND)()
    return chosen
