"""The cast: the same people in every test. Each fixture is a saved user; the same call gives the same person.

clerk and unit_leader work for the health commission, which also leads every project that a factory makes;
other_leader works for education. recused_monitor is employed by the health commission, monitor by nobody.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from config import roles

OWN_UNIT, OTHER_UNIT = "health", "education"
PASSWORD = "a-long-test-password"

# username: name on screens, phone, group, (unit, role there)
PEOPLE: dict[str, tuple[str, str, str, tuple[str, str] | None]] = {
    "citizen": ("陈市民", "13800000001", "", None),
    "stranger": ("路人甲", "13800000002", "", None),
    "clerk": ("周经办", "13800000003", "", (OWN_UNIT, "clerk")),
    "unit_leader": ("吴主任", "13800000004", "", (OWN_UNIT, "leader")),
    "other_leader": ("郑局长", "13800000005", "", (OTHER_UNIT, "leader")),
    "officer": ("王经办", "", roles.OFFICER, None),
    "second_officer": ("冯经办", "", roles.OFFICER, None),
    "office_leader": ("褚负责人", "", roles.OFFICE_LEADER, None),
    "monitor": ("卫监督员", "13800000006", "", None),
    "recused_monitor": ("蒋监督员", "13800000007", "", None),
    "editor": ("沈编辑", "", roles.EDITOR, None),
    "auditor": ("韩监督", "", roles.AUDITOR, None),
    "sysadmin": ("杨管理", "", roles.SYSADMIN, None),
}


def person(name: str) -> Any:
    """The member of the cast with this name, made on the first call of a test."""
    from portal.models import User

    found = User.objects.filter(username=name).first()
    if found:
        return found
    display_name, phone, group, works_for = PEOPLE[name]
    user = User(username=name, display_name=display_name, phone_verified=bool(phone))
    user.set_phone(phone)
    if phone and not works_for:
        user.set_unusable_password()
    else:
        user.set_password(PASSWORD)
    user.save()
    if group:
        user.groups.add(Group.objects.get(name=group))
    if works_for:
        _join(user, *works_for)
    return user


def _join(user: Any, slug: str, role: str) -> None:
    from portal.models import Membership, Unit

    Membership.objects.create(user=user, unit=Unit.objects.get(slug=slug), role=role)


def worker_of(unit: Any, role: str) -> Any:
    """Somebody who acts for the unit in that role ("clerk" or "leader"): a member of the cast if one does."""
    from portal.models import Membership, User

    cast = {(where, what): name for name, (*_, works) in PEOPLE.items() if works for where, what in [works]}
    if name := cast.get((unit.slug, role)):
        return person(name)
    user, created = User.objects.get_or_create(
        username=f"{unit.slug}-{role}", defaults={"display_name": f"{unit.short_name}人员", "password": "!"}
    )
    if created:
        Membership.objects.create(user=user, unit=unit, role=role)
    return user


def monitor_person(name: str, **facts: Any) -> Any:
    """A member of the cast who is appointed as monitor for two years around now."""
    from monitors.models import Monitor

    user = person(name)
    if not Monitor.objects.filter(user=user).exists():
        today = timezone.localdate()
        facts = {
            "field": "退休教师",
            "term_from": today - timedelta(days=365),
            "term_to": today + timedelta(days=365),
        } | facts
        Monitor.objects.appoint(user, by=person("officer"), **facts)
    return user


def own_unit() -> Any:
    from portal.models import Unit

    return Unit.objects.get(slug=OWN_UNIT)


@pytest.fixture
def citizen(db: None) -> Any:
    return person("citizen")


@pytest.fixture
def stranger(db: None) -> Any:
    return person("stranger")


@pytest.fixture
def clerk(db: None) -> Any:
    return person("clerk")


@pytest.fixture
def unit_leader(db: None) -> Any:
    return person("unit_leader")


@pytest.fixture
def other_leader(db: None) -> Any:
    return person("other_leader")


@pytest.fixture
def officer(db: None) -> Any:
    return person("officer")


@pytest.fixture
def second_officer(db: None) -> Any:
    return person("second_officer")


@pytest.fixture
def office_leader(db: None) -> Any:
    return person("office_leader")


@pytest.fixture
def monitor(db: None) -> Any:
    return monitor_person("monitor")


@pytest.fixture
def recused_monitor(db: None) -> Any:
    """Employed by the unit that leads the factories' projects."""
    return monitor_person("recused_monitor", employer=own_unit())


@pytest.fixture
def editor(db: None) -> Any:
    return person("editor")


@pytest.fixture
def auditor(db: None) -> Any:
    return person("auditor")


@pytest.fixture
def sysadmin(db: None) -> Any:
    return person("sysadmin")


ROLE_NAMES = tuple(name for name in PEOPLE if name not in {"stranger", "second_officer"})
