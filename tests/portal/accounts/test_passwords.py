"""Staff sign in with a password, a limited number of times."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.models import User
from tests.cast import PASSWORD
from tests.portal.accounts.browser import (
    LOGIN,
    PHONE,
    enter,
    is_in,
    password,
)

pytestmark = pytest.mark.django_db


def test_a_member_of_staff_without_a_phone_gets_in(client: Client, officer: User):
    assert not officer.phone
    response = password(client, "officer", next="/admin/")
    assert client.get(response["Location"])["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_disabled_account_is_refused_and_its_old_cookie_dies(client: Client, officer: User):
    password(client, "officer")
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert client.get("/admin/")["Location"].startswith(LOGIN)
    assert "用户名或密码不对" in password(Client(), "officer").content.decode()


def test_five_wrong_passwords_close_the_account_for_five_minutes_from_anywhere(officer: User, time_machine: Any):
    time_machine.move_to("2026-06-01T10:00:00+08:00", tick=False)
    for n in range(5):
        assert "不对" in password(Client(REMOTE_ADDR=f"198.51.100.{n}"), "officer", "wrong").content.decode()
    refused = password(Client(REMOTE_ADDR="198.51.100.77"), "officer")
    assert "五分钟后" in refused.content.decode()
    assert "五分钟后" in password(Client(), "OFFICER ").content.decode()
    time_machine.move_to("2026-06-01T10:05:01+08:00", tick=False)
    assert password(Client(), "officer").status_code == 302


def test_the_account_limit_says_the_same_of_unknown_names():
    for _ in range(5):
        password(Client(), "nobody", "wrong")
    assert "五分钟后" in password(Client(), "nobody", "wrong").content.decode()


def test_a_host_name_of_the_clients_choice_opens_no_second_bucket(officer: User):
    for n in range(5):
        password(Client(SERVER_NAME=f"h{n}.example"), "officer", "wrong")
    assert "五分钟后" in password(Client(), "officer").content.decode()


def test_a_success_takes_back_no_failure_of_others(officer: User):
    for _ in range(4):
        password(Client(), "officer", "wrong")
    assert password(Client(), "officer").status_code == 302
    assert "不对" in password(Client(), "officer", "wrong").content.decode()
    assert "五分钟后" in password(Client(), "officer").content.decode()


def test_ten_tries_a_minute_per_address_and_a_claimed_address_does_not_help(officer: User):
    answers = [
        password(Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"), f"name{n}", "wrong").status_code for n in range(12)
    ]
    assert answers == [200] * 10 + [429] * 2
    refused = password(Client(), "officer")
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert password(Client(REMOTE_ADDR="198.51.100.2"), "officer").status_code == 302


def test_a_phone_never_opens_a_staff_account(client: Client, officer: User):
    officer.set_phone(PHONE)
    officer.save()
    response = enter(client, next="/admin/")
    assert response["Location"] == "/accounts/password/?next=%2Fadmin%2F"
    assert not is_in(client)


def test_a_unit_worker_may_use_phone_or_password(clerk: User):
    by_phone, by_password = Client(), Client()
    enter(by_phone, clerk.phone)
    password(by_password, "clerk")
    assert is_in(by_phone)
    assert is_in(by_password)
    assert by_phone.get("/accounts/after/")["Location"] == "/desk/"


def test_changing_the_password_signs_other_browsers_out(sign_in: Any, officer: User):
    here, there = sign_in(officer), sign_in(officer)
    new = "an-even-longer-password"
    response = here.post(
        "/accounts/password/change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert response.status_code == 302
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize("new", ["short", "password1234", ""])
def test_weak_passwords_are_refused(sign_in: Any, officer: User, new: str):
    sign_in(officer).post(
        "/accounts/password/change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_a_citizen_has_no_password_to_change(sign_in: Any, citizen: User):
    assert sign_in(citizen).get("/accounts/password/change/").status_code == 404


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/set/", "login/code/", "confirm-email/", "phone/change/"]
)
def test_pages_of_allauth_that_are_not_offered_do_not_exist(client: Client, path: str):
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}").status_code == 404
