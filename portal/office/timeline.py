"""A suggestion's life as the office reads it: every move with its notes, every edit of its fields with its reason."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from config.personal import mask_strict
from config.privacy import mask_phone, surname_only
from portal.models import ExtensionMove, Suggestion
from portal.models.extension import spoken
from portal.models.public_text import TEXTS

PERSONAL = {"name": surname_only, "phone": mask_phone}
# Written by moves and by claiming, which have entries of their own or none.
UNSEEN = {
    "phone_key",
    "author",
    "lead",
    "refusal",
    "shown_words",
    "hidden_words",
    *(f"public_{name}" for name in TEXTS),
}


def timeline(suggestion: Suggestion) -> list[dict[str, Any]]:
    """Entries for `config/admin/lifeline.html`, the newest first."""
    entries = [*_moves(suggestion), *_extensions(suggestion), *_edits(suggestion)]
    entries.sort(key=lambda entry: entry["when"], reverse=True)
    if entries:
        entries[0]["latest"] = True
    return entries


def happened_since(suggestion: Suggestion, opened: float | None) -> list[dict[str, Any]]:
    """What others did after a page was drawn, the newest first; `opened` in seconds since 1970."""
    return [entry for entry in timeline(suggestion) if opened and entry["when"].timestamp() > opened]


def _moves(suggestion: Suggestion) -> list[dict[str, Any]]:
    return [
        {
            "state": move.new_label,
            "title": move.verb_label,
            "when": move.at,
            "who": str(move.by) if move.by else "",
            "text": move.public_note,
            "internal": move.internal_note,
        }
        for move in suggestion.moves.select_related("by", "subject").order_by("at", "pk")
    ]


def _extensions(suggestion: Suggestion) -> list[dict[str, Any]]:
    """Every request of a unit for more time, and what became of it."""
    rows = ExtensionMove.objects.filter(subject__assignment__suggestion=suggestion)
    return [
        {
            "state": move.new_label,
            "title": _("申请延到%(new)s，原定%(old)s")
            % {"new": spoken(move.subject.due_asked), "old": spoken(move.subject.due_before)},
            "when": move.at,
            "who": str(move.by) if move.by else "",
            "internal": move.internal_note or ("" if move.old else move.subject.reason),
        }
        for move in rows.select_related("by", "subject")
    ]


def _edits(suggestion: Suggestion) -> list[dict[str, Any]]:
    rows = list(suggestion.history.select_related("history_user").order_by("history_date", "history_id"))
    entries = []
    for old, new in pairwise(rows):
        delta = new.diff_against(old, foreign_keys_are_objs=True)
        changes = [_line(change) for change in delta.changes if change.field not in UNSEEN]
        if changes:
            confirmed = any(change.field == "text_checked_at" and change.new for change in delta.changes)
            entries.append(
                {
                    "state": _("确认公开文字") if confirmed else _("更正"),
                    "title": new.history_change_reason or "",
                    "when": new.history_date,
                    "who": str(new.history_user) if new.history_user else "",
                    "internal": "\n".join(changes),
                }
            )
    return entries


def _line(change: Any) -> str:
    """What a field was and what it is; personal fields masked, long texts cut."""
    mask = PERSONAL.get(change.field, mask_strict)
    values = ("" if getattr(value, "pk", value) in (None, "") else str(value) for value in (change.old, change.new))
    old, new = (_short(mask(value) if value else "") for value in values)
    label = Suggestion._meta.get_field(change.field).verbose_name
    return _("%(field)s：%(old)s → %(new)s") % {"field": label, "old": old, "new": new}


def _short(text: str, limit: int = 60) -> str:
    return (text[:limit] + "…" if len(text) > limit else text) or _("（空）")
