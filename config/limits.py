"""Rate limits: fixed windows on the shared cache."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address, trusting only as many X-Forwarded-For entries as we have proxies of our own.

    An IPv6 client counts by its /64, which is what one household gets.
    """
    address = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 — a bucket name, nothing is bound
    depth = settings.WEITAI_PROXY_DEPTH
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if depth and len(forwarded) >= depth:
        address = forwarded[-depth]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:  # all of IPv4 would share one /64
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return str(parsed)


def _key(name: str, who: str) -> str:
    return f"limit:{name}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"


def counted(name: str, who: str, seconds: int) -> int:
    """Count one use of `name` by `who`: how many there were in the window of `seconds`, with this one."""
    key = _key(name, who)
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two calls
        cache.add(key, 1, seconds)
        return 1


def over_limit(name: str, who: str, limit: int, seconds: int) -> bool:
    """Count one use of `name` by `who`; True when it is more than `limit` in the window of `seconds`."""
    return counted(name, who, seconds) > limit


def is_blocked(name: str, who: str, limit: int) -> bool:
    """Whether `who` has used up the window, without counting another use."""
    return int(cache.get(_key(name, who), 0)) >= limit
