"""Rate limits count the right client, and only as far as they should."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from config.limits import client_address, is_blocked, over_limit


def address(remote: str, forwarded: str = "") -> str:
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=remote, **extra))


def test_without_a_proxy_a_claimed_address_counts_for_nothing(settings: Any):
    settings.WEITAI_PROXY_DEPTH = 0
    assert address("203.0.113.7", "198.51.100.1") == "203.0.113.7"


@pytest.mark.parametrize("claimed", ["", "1.1.1.1", "1.1.1.1, 2.2.2.2", "unknown, 10.0.0.1", "<script>"])
def test_behind_one_proxy_only_its_own_entry_counts(settings: Any, claimed: str):
    settings.WEITAI_PROXY_DEPTH = 1
    forwarded = f"{claimed}, 203.0.113.7" if claimed else "203.0.113.7"
    assert address("127.0.0.1", forwarded) == "203.0.113.7"


def test_behind_two_proxies_the_second_from_the_right_counts(settings: Any):
    settings.WEITAI_PROXY_DEPTH = 2
    assert address("127.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2") == "203.0.113.7"


def test_a_household_is_one_ipv6_network():
    assert address("2001:db8:1:2::1") == address("2001:db8:1:2:ffff::9")
    assert address("2001:db8:1:2::1") != address("2001:db8:1:3::1")


def test_ipv4_written_as_ipv6_is_still_one_address():
    assert address("::ffff:203.0.113.7") == "203.0.113.7"
    assert address("::ffff:203.0.113.8") != address("::ffff:203.0.113.7")


def test_what_is_no_address_gets_one_bucket():
    assert address("a:b") == "unknown"


def test_the_limit_holds_and_the_window_ends(monkeypatch: Any):
    assert [over_limit("thing", "me", 2, 60) for _ in range(4)] == [False, False, True, True]
    assert is_blocked("thing", "me", 2)
    assert not over_limit("thing", "you", 2, 60)
    assert not over_limit("other", "me", 2, 60)
    cache.clear()  # what the end of the window does
    assert not is_blocked("thing", "me", 2)
    assert not over_limit("thing", "me", 2, 60)


def test_a_limit_of_nothing_refuses_the_first():
    assert over_limit("thing", "me", 0, 60)


def test_asking_does_not_count():
    for _ in range(5):
        is_blocked("thing", "me", 2)
    assert not over_limit("thing", "me", 1, 60)


def test_the_bucket_does_not_name_the_person(clocked_cache):
    over_limit("sms-minute", "13800001234", 1, 60)
    keys = list(cache._cache)
    assert keys
    assert not any("13800001234" in str(key) for key in keys)
