"""The admin opens on two factors, proved in the session that wants in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from portal.models import User
from tests.cast import PASSWORD
from tests.portal.accounts.browser import (
    LOGIN,
    authenticator,
    is_in,
    password,
    totp,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(settings: Any) -> Any:
    settings.WEITAI_STAFF_MFA = True
    return settings


def test_a_password_alone_does_not_open_the_admin(client: Client, strict: Any, officer: User):
    password(client, "officer", next="/admin/")
    assert client.get("/admin/")["Location"] == "/accounts/mfa/totp/activate/"
    assert client.get("/admin/account/")["Location"] == "/accounts/mfa/totp/activate/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admins_own_sign_in_does_not_exist(strict: Any, officer: User, method: str):
    authenticator(officer)
    browser = Client()
    response = getattr(browser, method)(
        "/admin/login/?next=/admin/pages/", {"username": "officer", "password": PASSWORD}
    )
    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)
    if method == "post":
        assert response["Location"] == f"{LOGIN}?next=/admin/pages/"
    assert not is_in(browser)
    assert browser.get("/admin/")["Location"].startswith(LOGIN)


def test_an_account_with_an_authenticator_is_asked_for_its_code(client: Client, strict: Any, officer: User):
    secret = authenticator(officer)
    response = password(client, "officer", next="/admin/")
    assert response["Location"] == "/accounts/mfa/authenticate/"
    assert not is_in(client)
    assert client.get("/admin/")["Location"].startswith(LOGIN)
    refused = client.post("/accounts/mfa/authenticate/", {"code": "000000"})
    assert "验证码不对" in refused.content.decode()
    response = client.post("/accounts/mfa/authenticate/", {"code": totp(secret)})
    assert client.get(response["Location"])["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_of_the_app_is_good_once(strict: Any, officer: User):
    secret = authenticator(officer)
    code = totp(secret)
    for expected in (True, False):
        browser = Client()
        password(browser, "officer")
        browser.post("/accounts/mfa/authenticate/", {"code": code})
        assert is_in(browser) is expected


def test_guessing_the_apps_code_is_limited(client: Client, strict: Any, officer: User):
    secret = authenticator(officer)
    password(client, "officer")
    for _ in range(5):
        client.post("/accounts/mfa/authenticate/", {"code": "000000"})
    client.post("/accounts/mfa/authenticate/", {"code": totp(secret)})
    assert not is_in(client)


def test_a_session_from_before_the_second_factor_is_asked_for_it(sign_in: Any, strict: Any, officer: User):
    old = sign_in(officer)
    secret = authenticator(officer)
    response = old.get("/admin/?x=1")
    assert response["Location"] == "/accounts/mfa/reauthenticate/?next=%2Fadmin%2F%3Fx%3D1"
    response = old.post(response["Location"], {"code": totp(secret), "next": "/admin/"})
    assert response["Location"].startswith("/admin/")
    assert old.get("/admin/").status_code == 200


def test_setting_up_an_authenticator_opens_the_admin_at_once(client: Client, strict: Any, officer: User):
    password(client, "officer")
    client.get("/admin/")
    page = client.get("/accounts/mfa/totp/activate/")
    secret = re.search(r'account-secret">([A-Z2-7]+)<', page.content.decode())[1]
    response = client.post("/accounts/mfa/totp/activate/", {"code": totp(secret)})
    assert response["Location"] == "/accounts/mfa/recovery-codes/"
    shown = re.findall(r'class="code">(\d+)<', client.get(response["Location"]).content.decode())
    assert len(shown) == 10
    assert not re.findall(r'class="code">(\d+)<', client.get(response["Location"]).content.decode()), "shown once"
    assert client.get("/admin/").status_code == 200
    again = Client()
    password(again, "officer")
    again.post("/accounts/mfa/authenticate/", {"code": shown[0]})
    assert is_in(again)


def test_the_apps_secret_is_ciphertext_in_the_database(officer: User):
    secret = authenticator(officer)
    assert secret not in str(Authenticator.objects.get(user=officer).data)


def test_later_on_changing_the_second_factor_asks_for_the_password_again(
    sign_in: Any, strict: Any, officer: User, time_machine: Any
):
    time_machine.move_to("2026-06-01T10:00:00+08:00", tick=False)
    browser = sign_in(officer)
    browser.get("/admin/")
    assert browser.get("/accounts/mfa/totp/activate/").status_code == 200
    time_machine.move_to("2026-06-01T10:06:00+08:00", tick=False)
    response = browser.get("/accounts/mfa/totp/activate/")
    assert response["Location"].startswith("/accounts/reauthenticate/")
    page = browser.get(response["Location"])
    assert page.status_code == 200
    response = browser.post(response["Location"], {"password": PASSWORD, "next": "/accounts/mfa/totp/activate/"})
    assert browser.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "totp/activate/", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"]
)
def test_pages_of_the_second_factor_are_ours_and_strict(sign_in: Any, officer: User, path: str):
    if path != "totp/activate/":
        authenticator(officer)
    browser = sign_in(officer)
    browser.get("/admin/")
    response = browser.get(f"/accounts/mfa/{path}", follow=True)
    page = response.content.decode()
    if path != "recovery-codes/":
        assert response.status_code == 200
        assert "微台" in page
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page)
        assert "unsafe" not in response["Content-Security-Policy"]
