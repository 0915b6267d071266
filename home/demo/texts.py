"""The texts of the demo city, as they lie in the packages' `data/demo` folders."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Row = dict[str, Any]


def read(*path: str) -> Any:
    return json.loads(ROOT.joinpath(*path).read_text(encoding="utf-8"))


class Texts:
    """Every text, read when it is first asked for."""

    @cached_property
    def suggestions(self) -> list[Row]:
        rows: list[Row] = read("portal", "data", "demo", "suggestions.json")
        return rows

    @cached_property
    def people(self) -> dict[str, list[Row]]:
        people: dict[str, list[Row]] = read("portal", "data", "demo", "people.json")
        return people

    @cached_property
    def projects(self) -> list[Row]:
        rows: list[Row] = read("projects", "data", "demo", "projects.json")
        return rows

    @cached_property
    def visits(self) -> list[Row]:
        rows: list[Row] = read("home", "data", "demo", "visits.json")
        return rows

    @cached_property
    def news(self) -> list[Row]:
        rows: list[Row] = read("home", "data", "demo", "news.json")
        return rows

    @cached_property
    def pages(self) -> list[Row]:
        rows: list[Row] = read("home", "data", "demo", "pages.json")
        return rows


def likeness(one: str, two: str) -> float:
    """How much two texts have in common, 0 to 1, by their pairs of characters."""
    a, b = _pairs(one), _pairs(two)
    return len(a & b) / len(a | b) if a and b else 0.0


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}
