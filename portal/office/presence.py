"""Who else has a suggestion open just now. A hint and no lock: the record itself refuses the slower of two."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

SECONDS = 300


def _key(pk: int) -> str:
    return f"office-looking:{pk}"


def look(pk: int, user: Any) -> list[str]:
    """Remember that this person opened it; sentences about the others who did in the last minutes."""
    now = timezone.now().timestamp()
    seen: dict[int, tuple[str, float]] = cache.get(_key(pk)) or {}
    others = {who: entry for who, entry in seen.items() if who != user.pk and now - entry[1] < SECONDS}
    cache.set(_key(pk), others | {user.pk: (str(user), now)}, SECONDS)
    return [_sentence(name, now - at) for name, at in others.values()]


def leave(pk: int, user: Any) -> None:
    """This person is done with it."""
    seen: dict[int, tuple[str, float]] = cache.get(_key(pk)) or {}
    if seen.pop(user.pk, None):
        cache.set(_key(pk), seen, SECONDS)


def _sentence(name: str, age: float) -> str:
    minutes = int(age // 60)
    if not minutes:
        return _("%s正在看这一条") % name
    return _("%(name)s %(n)d 分钟前打开了这一条，可能还在看") % {"name": name, "n": minutes}
