"""A unit's answer while it is being written: kept as typed, never over somebody else's words, signed as it was read."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.moves import Move, SomebodyWasFaster
from portal.models import Assignment

WRITABLE = (Assignment.Status.DUE, Assignment.Status.RETURNED)


def version_of(text: str) -> str:
    """A short mark of a text; forms carry it to say which text they began from."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


def keep(assignment: Assignment, text: str, seen: str) -> str:
    """Keep what was typed as a draft and return its mark.

    Raises `SomebodyWasFaster` when the text is no longer the one that `seen` marks, or is with the leader already.
    """
    text = text.replace("\r\n", "\n")
    if version_of(text) == version_of(assignment.answer):
        return version_of(text)
    if version_of(assignment.answer) != seen:
        raise SomebodyWasFaster(_("同一单位的另一个人刚改过这份答复。请对照后再保存。"))
    rows = Assignment.objects.filter(pk=assignment.pk, status__in=WRITABLE, answer=assignment.answer)
    if not rows.update(answer=text):
        raise SomebodyWasFaster(_("这份答复已经送领导，或刚被别人改过，没有保存。"))
    assignment.answer = text
    return version_of(text)


@transaction.atomic
def submit(assignment: Assignment, text: str, seen: str, by: Any) -> Move:
    """Keep the text, write it into the record's history, and give it to the leader."""
    keep(assignment, text, seen)
    move = assignment.submit(by)
    assignment.save(update_fields=["answer"])
    return move


@transaction.atomic
def sign(assignment: Assignment, seen: str, by: Any) -> Move:
    """Sign the text that was read and no other."""
    if version_of(assignment.answer) != seen:
        raise SomebodyWasFaster(_("您打开之后答复改过了，请看过新的内容再签发。"))
    return assignment.sign(by)
