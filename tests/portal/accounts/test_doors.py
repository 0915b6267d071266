"""Who goes where after signing in, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.cache import get_max_age

from portal.accounts import doors
from portal.accounts.middleware import EIGHT_HOURS, HALF_HOUR, TWELVE_HOURS, WEEK
from portal.models import User
from tests.factories import MembershipFactory, MonitorFactory
from tests.portal.accounts.browser import (
    is_in,
)

pytestmark = pytest.mark.django_db


# --- who goes where ---
@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("officer", "/admin/"), ("office_leader", "/admin/"), ("editor", "/admin/"), ("auditor", "/admin/"),
        ("sysadmin", "/admin/"), ("clerk", "/desk/"), ("unit_leader", "/desk/"), ("monitor", "/monitor/"),
        ("citizen", "/accounts/mine/"),
    ],
)  # fmt: skip
def test_everybody_is_led_to_their_own_workspace(request: Any, sign_in: Any, role: str, address: str):
    browser = sign_in(request.getfixturevalue(role))
    assert browser.get("/accounts/after/")["Location"] == address
    assert browser.get("/accounts/after/?next=/suggestions/")["Location"] == "/suggestions/"


def test_a_former_worker_or_monitor_goes_to_their_own_page(sign_in: Any):
    worker = MembershipFactory(is_active=False).user
    former = MonitorFactory(ended=True).user
    for user in (worker, former):
        assert sign_in(user).get("/accounts/after/")["Location"] == "/accounts/mine/"


@pytest.mark.parametrize("role", ["citizen", "clerk", "unit_leader", "monitor"])
def test_the_admin_tells_a_signed_in_stranger_why_not(request: Any, sign_in: Any, role: str):
    user = request.getfixturevalue(role)
    browser = sign_in(user)
    for path in ("/admin/", "/admin/pages/", "/admin/reports/"):
        response = browser.get(path)
        assert response.status_code == 403
        assert "没有后台权限" in response.content.decode()
        assert str(user) in response.content.decode()
    assert browser.get("/admin/login/?next=/admin/", follow=True).redirect_chain[-1][0] == "/admin/"


def test_a_stranger_is_asked_to_sign_in_with_the_way_back(client: Client):
    assert client.get("/admin/pages/")["Location"] == "/accounts/login/?next=/admin/pages/"
    page = client.get("/accounts/login/?next=/admin/pages/").content.decode()
    assert 'href="/accounts/password/?next=%2Fadmin%2Fpages%2F"' in page


def test_doors_are_registered_once():
    before = list(doors._doors)
    doors.register(1, "/desk/", lambda user: True)
    assert doors._doors == before


# --- how long it lasts ---
START = 1780279200  # 2026-06-01 10:00 in Asia/Shanghai


def stays(browser: Client, time_machine: Any, *moments: int) -> bool:
    """Whether the person is still in after requests at these seconds."""
    for moment in moments:
        time_machine.move_to(START + moment, tick=False)
        browser.get("/accounts/after/")
    return is_in(browser)


@pytest.mark.parametrize(
    ("role", "absolute"), [("officer", EIGHT_HOURS), ("clerk", TWELVE_HOURS), ("monitor", TWELVE_HOURS)]
)
def test_workers_are_signed_out_after_their_hours(
    request: Any, sign_in: Any, settings: Any, time_machine: Any, role: str, absolute: int
):
    settings.WEITAI_DEMO = False
    time_machine.move_to(START, tick=False)
    user = request.getfixturevalue(role)
    busy = range(0, absolute + 1, HALF_HOUR)
    assert stays(sign_in(user), time_machine, *busy)
    assert not stays(sign_in(user), time_machine, *busy, absolute + 1)
    assert stays(sign_in(user), time_machine, 0, HALF_HOUR)
    assert not stays(sign_in(user), time_machine, 0, HALF_HOUR + 1)


def test_a_citizen_stays_for_a_week(sign_in: Any, citizen: User, settings: Any, time_machine: Any):
    settings.WEITAI_DEMO = False
    time_machine.move_to(START, tick=False)
    assert stays(sign_in(citizen), time_machine, 0, WEEK - 1)
    assert not stays(sign_in(citizen), time_machine, 0, WEEK + 1)


def test_who_is_signed_out_is_told(sign_in: Any, officer: User, settings: Any, time_machine: Any):
    settings.WEITAI_DEMO = False
    time_machine.move_to(START, tick=False)
    browser = sign_in(officer)
    browser.get("/admin/")
    time_machine.move_to(START + HALF_HOUR + 1, tick=False)
    response = browser.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"
    assert "离开太久" in response.content.decode()


def test_roles_that_are_taken_away_are_gone_on_the_next_request(sign_in: Any, officer: User):
    browser = sign_in(officer)
    assert browser.get("/admin/").status_code == 200
    officer.groups.clear()
    assert browser.get("/admin/").status_code == 403


def test_nothing_of_a_signed_in_person_is_kept_by_a_cache(sign_in: Any, citizen: User, officer: User):
    for user, path in ((citizen, "/accounts/logout/"), (officer, "/admin/")):
        response = sign_in(user).get(path)
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert not get_max_age(response)


# --- one's own account in the admin ---
def test_staff_find_password_and_second_factor_on_their_account_page(sign_in: Any, officer: User):
    page = sign_in(officer).get("/admin/account/").content.decode()
    assert 'href="/accounts/password/change/"' in page
    assert 'href="/accounts/mfa/"' in page
