"""The demo: nine people, one tap each, and never beside real data."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from config.roles import AUDITOR
from portal.accounts.demo import DEMO_ROLES, DEMO_UNIT, ensure_demo_people
from portal.models import Membership, Unit, User
from tests.factories import MonitorFactory, UserFactory
from tests.portal.accounts.browser import (
    ask,
    is_in,
    last_code,
)

pytestmark = pytest.mark.django_db


def test_demo_people_are_made_once_and_put_right_again(reference: Any):
    people = ensure_demo_people()
    assert sorted(people) == sorted(role.key for role in DEMO_ROLES)
    people["auditor"].groups.clear()
    Membership.objects.filter(user=people["clerk"]).update(is_active=False)
    User.objects.filter(pk=people["citizen"].pk).update(is_active=False, phone_verified=False)
    again = ensure_demo_people()
    assert {key: user.pk for key, user in again.items()} == {key: user.pk for key, user in people.items()}
    assert [group.name for group in again["auditor"].groups.all()] == [AUDITOR]
    assert again["clerk"].units_as("clerk").count() == 1
    assert again["leader"].units_as("leader").get()["unit"] == Unit.objects.get(slug=DEMO_UNIT).pk
    assert again["citizen"].is_active
    assert again["citizen"].identity_level == 1
    assert Membership.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "address"),
    [("citizen", "/accounts/mine/"), ("clerk", "/desk/"), ("leader", "/desk/"), ("officer", "/admin/"),
     ("office_leader", "/admin/"), ("monitor", "/monitor/"), ("editor", "/admin/"), ("auditor", "/admin/"),
     ("sysadmin", "/admin/")],
)  # fmt: skip
def test_one_tap_steps_into_a_role(client: Client, role: str, address: str):
    people = ensure_demo_people()
    MonitorFactory(user=people["monitor"])
    assert client.get(f"/demo/{role}/").status_code == 405
    response = client.post(f"/demo/{role}/")
    assert response["Location"] == address
    assert client.session["_auth_user_id"] == str(people[role].pk)


def test_the_demo_page_shows_roles_and_messages_newest_first(client: Client):
    ensure_demo_people()
    ask(Client(), "13700000001")
    ask(Client(), "13700000002")
    page = client.get("/demo/").content.decode()
    assert page.count('action="/demo/') == 9
    assert page.index("13700000002") < page.index("13700000001")
    assert last_code() in page


def test_without_demo_data_the_page_says_so(client: Client):
    page = client.get("/demo/").content.decode()
    assert "请先运行演示数据装载" in page
    assert 'action="/demo/' not in page
    assert client.post("/demo/citizen/").status_code == 404


def test_only_the_nine_people_can_be_stepped_into(client: Client):
    UserFactory(username="demo-root", is_superuser=True)
    assert client.post("/demo/root/").status_code == 404
    assert not is_in(client)


def test_a_demo_view_is_dead_outside_a_demo(client: Client, settings: Any):
    ensure_demo_people()
    settings.WEITAI_DEMO = False
    assert client.post("/demo/citizen/").status_code == 404


def test_stepping_into_a_role_needs_the_forms_token():
    ensure_demo_people()
    assert Client(enforce_csrf_checks=True).post("/demo/officer/").status_code == 403
