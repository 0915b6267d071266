"""What a record's history is told: why it changed, and from which row on everybody may read it."""

from __future__ import annotations

from typing import Any

# Written by the moves that publish; never shown.
LISTED = "mark:listed"
PLANNED = "mark:planned"
ACCEPTED = "mark:accepted"
MARKS = frozenset({LISTED, PLANNED, ACCEPTED})


def save_because(record: Any, reason: str | None, by: Any = None) -> None:
    """Save with a reason in the history. The reason is used once: a later save needs its own."""
    record._change_reason = reason or None
    if by is not None:
        record._history_user = by
    record.save()
    record._change_reason = None
