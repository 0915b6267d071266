"""Pages of a list by keys: the last page costs what the first one does, and rows that arrive meanwhile shift nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 20
COUNTED_UP_TO = 1000  # beyond it the exact number costs more than it tells


@dataclass(frozen=True)
class Page:
    """One page of rows, the addresses of its neighbours ("" when there is none), and how many rows there are."""

    rows: list[Any]
    previous: str
    next: str
    count: int

    @property
    def is_counted(self) -> bool:
        """Whether `count` is exact; otherwise there are more."""
        return self.count <= COUNTED_UP_TO


def page_of(request: HttpRequest, rows: QuerySet[Any], fields: tuple[str, ...], size: int = PAGE_SIZE) -> Page:
    """The page that `?after=` or `?before=` (the number of a row) asks for, in descending order of `fields`.

    The last field makes rows unique. A number that does not exist gives the first page.
    """
    mark, backwards = request.GET.get("after", ""), False
    if before := request.GET.get("before", ""):
        mark, backwards = before, True
    anchor = rows.model._default_manager.filter(number=mark).values(*fields).first() if mark else None
    found, more = _slice(rows, fields, size, anchor, backwards)
    if anchor and not found:  # nothing beyond that row: begin again
        anchor, backwards = None, False
        found, more = _slice(rows, fields, size, anchor, backwards)
    has_previous = more if backwards else anchor is not None
    has_next = True if backwards else more
    return Page(
        found,
        _address(request, before=found[0].number) if found and has_previous else "",
        _address(request, after=found[-1].number) if found and has_next else "",
        rows.order_by()[: COUNTED_UP_TO + 1].count(),
    )


def _slice(
    rows: QuerySet[Any], fields: tuple[str, ...], size: int, anchor: dict[str, Any] | None, backwards: bool
) -> tuple[list[Any], bool]:
    """Up to `size` rows beyond the anchor in reading order, and whether there are more that way."""
    backwards = backwards and anchor is not None
    ordered = rows.order_by(*(name if backwards else f"-{name}" for name in fields))
    if anchor:
        ordered = ordered.filter(_beyond(anchor, fields, "gt" if backwards else "lt"))
    found = list(ordered[: size + 1])
    kept = found[:size]
    return (kept[::-1] if backwards else kept), len(found) > size


def _beyond(anchor: dict[str, Any], fields: tuple[str, ...], way: str) -> Q:
    """Rows strictly after the anchor. The outer bound on the first field is what an index can use."""
    first, *rest = fields
    if not rest:
        return Q(**{f"{first}__{way}": anchor[first]})
    tied = Q(**{first: anchor[first]}) & _beyond(anchor, tuple(rest), way)
    return Q(**{f"{first}__{way}e": anchor[first]}) & (Q(**{f"{first}__{way}": anchor[first]}) | tied)


def _address(request: HttpRequest, **mark: str) -> str:
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query.update(mark)
    return f"?{query.urlencode()}"
