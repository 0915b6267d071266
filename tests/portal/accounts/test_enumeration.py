"""Answers to strangers: an account that exists answers like one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.models import User
from tests.cast import PASSWORD
from tests.factories import UserFactory
from tests.portal.accounts.browser import (
    CODE,
    ask,
    last_code,
    messages_sent,
    password,
    shape,
    wrong,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", ["ask", "page", "wrong"])
def test_a_phone_with_an_account_answers_like_one_without(stage: str, officer: User, time_machine: Any):
    time_machine.move_to("2026-06-01T10:00:00+08:00", tick=False)
    officer.set_phone("13700000002")
    officer.save()
    User.objects.create_citizen("13700000001")
    disabled = User.objects.create_citizen("13700000003")
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    shapes = []
    for phone in ("13700000000", "13700000001", "13700000002", "13700000003"):
        browser = Client()
        response = ask(browser, phone)
        if stage == "page":
            response = browser.get(CODE)
        if stage == "wrong":
            response = browser.post(CODE, {"code": wrong(last_code())})
        shapes.append(shape(response))
    assert all(one == shapes[0] for one in shapes)
    assert len(messages_sent()) == 4


def test_a_user_name_that_exists_answers_like_one_that_does_not(officer: User, time_machine: Any):
    """Names of one length, since the page shows the typed name again; the disabled one even with its password."""
    time_machine.move_to("2026-06-01T10:00:00+08:00", tick=False)
    disabled = UserFactory(username="retired", is_active=False)
    disabled.set_password(PASSWORD)
    disabled.save()
    tries = (("officer", "wrong"), ("0fficer", "wrong"), ("retired", PASSWORD))
    shapes = [shape(password(Client(), name, word)) for name, word in tries]
    assert shapes[0] == shapes[1] == shapes[2]


def test_an_unknown_user_name_takes_as_much_hashing_as_a_known_one(officer: User, monkeypatch: Any):
    from django.contrib.auth import hashers

    hashed: list[int] = []
    hasher = hashers.get_hasher()
    real = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda self, *args: hashed.append(1) or real(self, *args))
    counts = []
    for name in ("officer", "nobody"):
        hashed.clear()
        password(Client(), name, "wrong password")
        counts.append(len(hashed))
    assert counts[0] == counts[1] >= 1
