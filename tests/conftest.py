"""What every test may use: the cast, the ground of reference data, signing in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, TransactionTestCase

from tests import ground
from tests.cast import *  # noqa: F403 — fixtures are found by name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """The test database with reference data and roles in it, which it keeps through tests that commit."""
    from portal.models import User

    with django_db_blocker.unblock():
        if User.objects.exists():
            pytest.exit("The test database holds rows of a broken run; start again with --create-db.", returncode=4)
        ground.load()
        rows = ground.take()
    emptied = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: ground.put_back(rows)
    yield
    TransactionTestCase._fixture_teardown = emptied


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Rate limits and sent messages of one test are nothing to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clocked_cache(settings: Any) -> None:
    """A cache whose windows follow the clock of the test; Redis keeps a clock of its own."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "clocked"}}


@pytest.fixture
def reference(db: None) -> SimpleNamespace:
    """Records of the reference data that tests like to name: city, county, township, health, education, topic."""
    from portal.models import Area, Topic, Unit

    return SimpleNamespace(
        city=Area.objects.get(code="131100000000"),
        county=Area.objects.get(code="131102000000"),
        township=Area.objects.filter(parent__code="131102000000").earliest("code"),
        health=Unit.objects.get(slug="health"),
        education=Unit.objects.get(slug="education"),
        topic=Topic.objects.earliest("position"),
    )


@pytest.fixture
def sign_in(db: None) -> Callable[[Any], Client]:
    """`sign_in(officer)` is a browser in which that person has signed in."""

    def signed_in(user: Any, **extra: Any) -> Client:
        client = Client(**extra)
        client.force_login(user)
        return client

    return signed_in
