"""“4 项已填 3 项”: what a form asks for, what is filled, and where the rest is."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """One thing to fill in; `href` leads to its field. What is not `needed` may stay empty."""

    label: str
    href: str
    is_filled: bool
    needed: bool = True


class Checklist(NamedTuple):
    """The state of a form in words."""

    total: int
    filled: int
    missing: list[Item]
    optional: list[Item]

    @property
    def is_complete(self) -> bool:
        return not self.missing


def checklist(items: list[Item]) -> Checklist:
    """Count them, and sort out what is still needed from what would be welcome."""
    empty = [item for item in items if not item.is_filled]
    return Checklist(
        len(items),
        len(items) - len(empty),
        [item for item in empty if item.needed],
        [item for item in empty if not item.needed],
    )
