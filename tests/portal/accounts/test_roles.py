"""Groups are what the table of roles says."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from config.roles import AUDITOR, OFFICE_LEADER, OFFICER, ROLES
from portal.accounts.roles import UnknownPermission, match_groups
from portal.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_setup_roles_adds_what_is_missing_and_takes_away_what_is_too_much(officer: User, capsys: Any):
    from django.contrib.auth.models import Permission

    group = Group.objects.get(name=OFFICER)
    lost, gained = group.permissions.first(), Permission.objects.get(codename="delete_user")
    group.permissions.remove(lost)
    group.permissions.add(gained)
    call_command("setup_roles")
    assert "新增 1 项权限，去掉 1 项" in capsys.readouterr().out
    assert set(group.permissions.all()) >= {lost}
    assert gained not in group.permissions.all()
    assert all(change.added == change.removed == 0 for change in match_groups())


def test_a_permission_that_does_not_exist_stops_it():
    with pytest.raises(UnknownPermission, match=r"portal\.fly"):
        match_groups({OFFICER: ["portal.fly"]})


def test_the_auditor_and_the_editor_may_change_no_record():
    for name in (AUDITOR,):
        verbs = {permission.split(".")[1].split("_")[0] for permission in ROLES[name]}
        assert verbs == {"access", "view"}


def test_nobody_but_the_leader_may_reveal_or_approve():
    for permission in ("portal.reveal_person", "portal.approve_decision", "voting.publish_round"):
        assert [name for name, having in ROLES.items() if permission in having] == ["改革办负责人"]


# --- nobody raises themselves ---
def edit_person(browser: Client, user: User, **fields: Any) -> Any:
    data = {"username": user.username, "display_name": user.display_name or "某人", "is_active": "on"} | fields
    return browser.post(f"/admin/users/edit/{user.pk}/", data)


def test_the_administrator_gives_roles_to_others_and_never_to_themselves(sign_in: Any, sysadmin: User):
    browser, other, leader = sign_in(sysadmin), UserFactory(), Group.objects.get(name=OFFICE_LEADER)
    edit_person(browser, other, groups=[leader.pk])
    assert list(other.groups.all()) == [leader], "the request is one that works"
    edit_person(browser, sysadmin, groups=[leader.pk])
    assert leader not in sysadmin.groups.all()
    browser.post(f"/admin/bulk/portal/user/assign_role/?id={sysadmin.pk}&next=/admin/users/", {"role": leader.pk})
    assert leader not in sysadmin.groups.all()


def test_nobody_becomes_a_superuser_through_a_form(sign_in: Any, sysadmin: User):
    browser, other = sign_in(sysadmin), UserFactory()
    for user in (other, sysadmin):
        edit_person(browser, user, is_superuser="on")
        user.refresh_from_db()
        assert not user.is_superuser


def test_a_break_glass_account_is_not_touched(sign_in: Any, sysadmin: User):
    root = UserFactory(username="root", is_superuser=True)
    edit_person(
        sign_in(sysadmin), root, display_name="taken", password1="a-new-long-password", password2="a-new-long-password"
    )
    root.refresh_from_db()
    assert root.display_name != "taken"
    assert not root.check_password("a-new-long-password")
