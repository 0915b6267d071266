"""Where a person works, and so where they go after signing in. Packages further down register their own doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.urls import reverse

ADMIN_ACCESS = "wagtailadmin.access_admin"


class Door(NamedTuple):
    """One workspace. The first door, by `order`, that opens for a person is theirs."""

    order: int
    address: str
    opens_for: Callable[[Any], bool]


def is_staff(user: Any) -> bool:
    """Works in the admin: the office, editors, the auditor, the system administrator."""
    return bool(user.has_perm(ADMIN_ACCESS))


def is_unit_worker(user: Any) -> bool:
    """Acts for a unit."""
    return bool(user.units_as().exists())


_doors = [Door(10, "/admin/", is_staff), Door(20, "/desk/", is_unit_worker)]


def register(order: int, address: str, opens_for: Callable[[Any], bool]) -> None:
    """Add a workspace; once per address."""
    if all(door.address != address for door in _doors):
        _doors.append(Door(order, address, opens_for))
        _doors.sort(key=lambda door: door.order)


def own_door(user: Any) -> str:
    """The address of this person's workspace; a citizen's own page when they have none."""
    return workspace(user) or reverse("portal:mine")


def workspace(user: Any) -> str:
    """The address of this person's workspace, "" for citizens."""
    return next((door.address for door in _doors if door.opens_for(user)), "")
