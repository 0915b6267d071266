"""Groups as `config/roles.py` describes them."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib.auth.models import Group, Permission
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from config.roles import ROLES


class Change(NamedTuple):
    """What was done to one group."""

    group: str
    added: int
    removed: int


class UnknownPermission(LookupError):
    """`config/roles.py` names a permission that no model has; the message names it."""


def known_permissions() -> dict[str, int]:
    """Every permission of the house as "app.codename" → primary key."""
    from django.db.models import Value

    name = Concat("content_type__app_label", Value("."), "codename")
    return dict(Permission.objects.annotate(full=name).values_list("full", "pk"))


def match_groups(roles: dict[str, list[str]] = ROLES) -> list[Change]:
    """Create missing groups and make each one's permissions exactly those of the table.

    Permissions on Wagtail's pages and collections are rows of their own kind and stay untouched. Raises
    `UnknownPermission` before anything of that group is changed.
    """
    known = known_permissions()
    changes = []
    for name, wanted in roles.items():
        if missing := sorted(set(wanted) - known.keys()):
            raise UnknownPermission(_("没有这样的权限：%s") % "、".join(missing))
        group, _created = Group.objects.get_or_create(name=name)
        before = set(group.permissions.values_list("pk", flat=True))
        after = {known[one] for one in wanted}
        group.permissions.set(after)
        changes.append(Change(name, len(after - before), len(before - after)))
    return changes
