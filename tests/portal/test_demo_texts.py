"""The texts of the demo city: complete, consistent with the reference data, distinct, and free of private data."""

import csv
import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2] / "portal" / "data"
CHANNELS = {
    "web", "qr", "phone", "letter", "email", "stall", "form", "visit", "deputy", "self_report", "import",
}  # fmt: skip
LENGTHS = {"place": (2, 40), "title": (4, 30), "body": (40, 260), "wish": (15, 120), "reply": (80, 220)}
ENDS = ("reply", "adopt_reason", "decline_reason", "refer_reason", "defer_reason", "not_accepted_reason")
AT_LEAST = {
    "reply": 70, "adopt_reason": 70, "decline_reason": 15, "refer_reason": 15, "defer_reason": 15,
    "not_accepted_reason": 12, "reopen_reason": 5, "verdict": 40,
}  # fmt: skip
KEYS = {
    "topic", "county", "place", "title", "body", "wish", "channel", "unit", "theme",
    "verdict", "verdict_text", "reopen_reason", "phase", *ENDS,
}  # fmt: skip

Row = dict[str, Any]


@cache
def suggestions() -> list[Row]:
    return json.loads((DATA / "demo" / "suggestions.json").read_text("utf-8"))


@cache
def people() -> dict[str, list[Row]]:
    return json.loads((DATA / "demo" / "people.json").read_text("utf-8"))


@cache
def reference(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slugs(name: str) -> set[str]:
    return {row["slug"] for row in reference(name)}


def shared(one: set[str], two: set[str]) -> float:
    """Jaccard similarity, 0 to 1, of two sets of character pairs."""
    return len(one & two) / len(one | two)


def pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def test_there_are_enough_suggestions_for_every_topic_county_and_channel() -> None:
    rows = suggestions()
    counties = {row["name"] for row in reference("areas.csv") if row["level"] == "county"}
    topics = Counter(row["topic"] for row in rows)
    assert len(rows) >= 320
    assert set(topics) == slugs("topics.csv") and min(topics.values()) >= 25
    assert {row["county"] for row in rows} == counties
    assert {row["channel"] for row in rows} == CHANNELS
    assert min(Counter(row["channel"] for row in rows).values()) >= 10
    assert 0.35 <= sum(row["county"] == "桃城区" for row in rows) / len(rows) <= 0.45


def test_every_suggestion_is_complete_and_names_a_known_unit() -> None:
    units = slugs("units.csv")
    for row in suggestions():
        assert row.keys() <= KEYS, row["title"]
        assert all(value == value.strip() and value for value in row.values()), row["title"]
        assert row["unit"] in units, row["title"]
        for key, (low, high) in LENGTHS.items():
            if key in row or key != "reply":
                assert low <= len(row[key]) <= high, (key, len(row[key]), row["title"])


def test_a_place_lies_in_its_county() -> None:
    county_of = {row["code"]: row["name"] for row in reference("areas.csv") if row["level"] == "county"}
    townships: dict[str, set[str]] = {name: set() for name in county_of.values()}
    for row in reference("areas.csv"):
        if row["level"] == "township":
            townships[county_of[row["parent_code"]]].add(row["name"])
    for row in suggestions():
        named = re.match(row["county"] + r"(\w{1,5}?(?:镇|乡|街道))(?!镇)", row["place"])
        assert not named or named[1] in townships[row["county"]], row["place"]
        others = {name for name in townships if name != row["county"] and row["place"].startswith(name)}
        assert not others, (row["place"], row["county"])


def test_every_end_of_a_suggestion_is_covered_and_none_has_two() -> None:
    rows = suggestions()
    for key, least in AT_LEAST.items():
        assert sum(key in row for row in rows) >= least, key
    for row in rows:
        assert sum(key in row for key in ENDS) <= 1, row["title"]
        assert ("phase" in row) == ("defer_reason" in row), row["title"]
        assert row.get("phase") in {None, "一期", "二期"}, row["title"]
        assert ("verdict" in row) == ("verdict_text" in row), row["title"]
        assert "reply" in row or "verdict" not in row, row["title"]
        assert row.get("verdict") == "dissatisfied" or "reopen_reason" not in row, row["title"]
    assert {row.get("verdict") for row in rows} == {None, "satisfied", "basically", "dissatisfied"}


def test_at_least_twelve_matters_were_raised_by_several_people() -> None:
    themes = Counter(row["theme"] for row in suggestions())
    clusters = {theme: count for theme, count in themes.items() if count > 1}
    assert len(clusters) >= 12
    assert all(3 <= count <= 6 for count in clusters.values()), clusters
    for theme in clusters:
        topics = {row["topic"] for row in suggestions() if row["theme"] == theme}
        assert len(topics) == 1, theme


def test_no_two_suggestions_are_the_same_text() -> None:
    rows = suggestions()
    for key in ("title", "body", "wish"):
        assert len({row[key] for row in rows}) == len(rows), key
    grams = [(row["title"], row["theme"], pairs(row["body"])) for row in rows]
    for (title, theme, one), (other_title, other_theme, two) in combinations(grams, 2):
        assert shared(one, two) <= 0.6 or theme == other_theme, (title, other_title)


@pytest.mark.parametrize("name", ["suggestions.json", "people.json"])
def test_nothing_looks_like_a_phone_or_identity_number_or_an_address_on_the_net(name: str) -> None:
    text = (DATA / "demo" / name).read_text("utf-8")
    assert not re.findall(r"\d{5,}|\d{3,4}[- ]\d{3,}|@|https?:|www\.", text)


def test_the_people_fill_every_role_once_named() -> None:
    cast = people()
    assert {key: len(rows) for key, rows in cast.items()} == {
        "citizens": 60, "monitors": 30, "staff": 26, "office": 6,
    }  # fmt: skip
    names = [row["name"] for rows in cast.values() for row in rows]
    assert len(set(names)) == len(names)
    assert {row["gender"] for row in cast["citizens"]} == {"男", "女"}
    assert {row["role"] for row in cast["office"]} == {"officer", "office_leader", "editor", "auditor"}


def test_monitors_cover_all_topics_and_units_have_a_clerk_and_a_leader() -> None:
    covered = Counter(topic for row in people()["monitors"] for topic in row["topics"])
    assert set(covered) == slugs("topics.csv") and min(covered.values()) >= 3
    units = Counter(row["unit"] for row in people()["staff"])
    assert set(units) <= slugs("units.csv") and len(units) == 13 and set(units.values()) == {2}
    assert len({(row["unit"], row["role"]) for row in people()["staff"]}) == 26
