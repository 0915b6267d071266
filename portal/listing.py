"""Pages of a list by keys: the last page costs what the first one does, and rows that arrive meanwhile shift nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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
    is_counted: bool
    """Whether `count` is exact; otherwise there are more."""

    @property
    def floor(self) -> int:
        """There are more than that many: the count without its last digits."""
        step = 1000 if self.count > 1000 else 10 if self.count > 10 else 1
        return self.count // step * step


class Section(Protocol):
    """Rows of one model in a fixed order; a list may be made of several."""

    def holds(self, anchor: dict[str, Any]) -> bool:
        """Whether the row of these values is one of them."""

    def beyond(self, anchor: dict[str, Any] | None, number: int, *, backwards: bool) -> list[Any]:
        """Up to `number` rows that follow the anchor; backwards those before it, the nearest first."""


@dataclass(frozen=True)
class Keyed:
    """Rows in descending order of `fields`, of which the last one makes them unique."""

    rows: QuerySet[Any]
    fields: tuple[str, ...]

    def holds(self, anchor: dict[str, Any]) -> bool:
        return self.rows.filter(pk=anchor["pk"]).exists()

    def beyond(self, anchor: dict[str, Any] | None, number: int, *, backwards: bool) -> list[Any]:
        ordered = self.rows.order_by(*(name if backwards else f"-{name}" for name in self.fields))
        if anchor:
            ordered = ordered.filter(_beyond(anchor, self.fields, "gt" if backwards else "lt"))
        return list(ordered[:number])


@dataclass(frozen=True)
class Listed:
    """Rows whose order is known already."""

    rows: QuerySet[Any]
    pks: list[int]

    def holds(self, anchor: dict[str, Any]) -> bool:
        return anchor["pk"] in self.pks

    def beyond(self, anchor: dict[str, Any] | None, number: int, *, backwards: bool) -> list[Any]:
        pks = self.pks[::-1] if backwards else self.pks
        begin = pks.index(anchor["pk"]) + 1 if anchor and anchor["pk"] in pks else 0
        chosen = pks[begin : begin + number]
        found = self.rows.order_by().in_bulk(chosen) if chosen else {}
        return [found[pk] for pk in chosen if pk in found]


def page_of(request: HttpRequest, rows: QuerySet[Any], fields: tuple[str, ...], size: int = PAGE_SIZE) -> Page:
    """The page that `?after=` or `?before=` (the number of a row) asks for, in descending order of `fields`.

    The last field makes rows unique. A number that does not exist gives the first page.
    """
    count = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return page_through(request, [Keyed(rows, fields)], fields, count, is_counted=count <= COUNTED_UP_TO, size=size)


def page_through(
    request: HttpRequest,
    sections: Sequence[Section],
    fields: tuple[str, ...],
    count: int,
    *,
    is_counted: bool,
    size: int = PAGE_SIZE,
) -> Page:
    """The same of sections that follow each other."""
    mark, backwards = request.GET.get("after", ""), False
    if before := request.GET.get("before", ""):
        mark, backwards = before, True
    anchor = _anchor(sections, fields, mark)
    place = _place(sections, anchor)
    if place is None:
        anchor, place = None, 0
    found = _gather(sections, place, anchor, size + 1, backwards=backwards and anchor is not None)
    if anchor and not found:  # nothing beyond that row: begin again
        anchor, found = None, _gather(sections, 0, None, size + 1, backwards=False)
    backwards = backwards and anchor is not None
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = more if backwards else anchor is not None
    has_next = True if backwards else more
    return Page(
        found,
        _address(request, before=found[0].number) if found and has_previous else "",
        _address(request, after=found[-1].number) if found and has_next else "",
        count,
        is_counted,
    )


def _anchor(sections: Sequence[Any], fields: tuple[str, ...], mark: str) -> dict[str, Any] | None:
    if not mark:
        return None
    rows = sections[0].rows.model._default_manager.filter(number=mark)
    return rows.values("pk", *fields).first()  # type: ignore[no-any-return]


def _place(sections: Sequence[Section], anchor: dict[str, Any] | None) -> int | None:
    """Which section the anchor stands in. Of a single one by keys it need not be part any more."""
    if anchor is None:
        return 0
    if len(sections) == 1 and isinstance(sections[0], Keyed):
        return 0
    return next((place for place, section in enumerate(sections) if section.holds(anchor)), None)


def _gather(
    sections: Sequence[Section], place: int, anchor: dict[str, Any] | None, number: int, *, backwards: bool
) -> list[Any]:
    found: list[Any] = []
    for section in sections[place::-1] if backwards else sections[place:]:
        found += section.beyond(anchor, number - len(found), backwards=backwards)
        anchor = None
        if len(found) >= number:
            break
    return found


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
