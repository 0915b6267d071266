"""The demo's outbox: the last messages of every channel, kept in the cache for the page `/demo/`."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone

from portal.channels.base import Message

DEMO_KEY, DEMO_KEPT, DEMO_SECONDS = "demo:sms", 200, 24 * 3600


def show(channel: str, address: str, message: Message, key: str) -> None:
    """Keep one message; the same key once."""
    kept = [one for one in cache.get(DEMO_KEY, []) if one["key"] != key]
    new = {"channel": channel, "phone": address, "text": message.text, "key": key, "at": timezone.now()}
    cache.set(DEMO_KEY, [new, *kept][:DEMO_KEPT], DEMO_SECONDS)
