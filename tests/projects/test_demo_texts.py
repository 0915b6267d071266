"""The demo texts are data that a loader trusts: these tests keep their shape, their sums and their references."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS_FILE = ROOT / "projects" / "data" / "demo" / "projects.json"
HOME_DEMO = ROOT / "home" / "data" / "demo"
REFERENCE = ROOT / "portal" / "data"

Record = dict[str, Any]
PARTS = ("work", "problems", "next")
OPTIONAL = ("suspend_reason", "cancel_reason", "carry_reason")


def read_json(path: Path) -> list[Record]:
    return json.loads(path.read_text(encoding="utf-8"))


def read_column(name: str, column: str) -> set[str]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as rows:
        return {row[column] for row in csv.DictReader(rows)}


PROJECTS = read_json(PROJECTS_FILE)
each_project = pytest.mark.parametrize(
    "project", PROJECTS, ids=[f"{place:02}" for place in range(1, len(PROJECTS) + 1)]
)


def strings_in(value: Any) -> Iterator[str]:
    """Every string anywhere inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)


def assert_length(text: str, low: int, high: int) -> None:
    assert low <= len(text) <= high, f"{len(text)} characters: {text}"


def test_forty_projects_cover_the_twelve_topics() -> None:
    per_topic = Counter(project["topic"] for project in PROJECTS)
    assert len(PROJECTS) == 40
    assert set(per_topic) == read_column("topics.csv", "slug")
    assert min(per_topic.values()) >= 3


def test_titles_are_unique() -> None:
    titles = [project["title"] for project in PROJECTS]
    assert len(set(titles)) == len(titles)


def test_units_and_counties_are_in_the_reference_data() -> None:
    units = read_column("units.csv", "slug")
    areas = read_column("areas.csv", "name") | {""}
    for project in PROJECTS:
        assert {project["unit"], *project["co_units"]} <= units, project["title"]
        assert project["unit"] not in project["co_units"], project["title"]
        assert project["county"] in areas, project["title"]


def test_troubled_projects_are_as_many_as_the_demo_shows() -> None:
    counts = {key: sum(key in project for project in PROJECTS) for key in ("supervision", *OPTIONAL)}
    assert counts == {"supervision": 4, "suspend_reason": 3, "cancel_reason": 2, "carry_reason": 3}
    for project in PROJECTS:
        assert sum(key in project for key in OPTIONAL) <= 1, project["title"]
        assert set(project.get("supervision", {})) in (set(), {"reason", "demand", "reply", "discharge"})


def test_base_scores_reach_from_weak_to_excellent() -> None:
    scores = [project["base_score"] for project in PROJECTS]
    assert all(62 <= score <= 96 for score in scores)
    assert min(scores) < 75 and max(scores) >= 90


@each_project
def test_step_weights_total_one_hundred(project: Record) -> None:
    steps = project["steps"]
    assert 4 <= len(steps) <= 6
    assert sum(step["weight"] for step in steps) == 100
    assert all(step["weight"] > 0 for step in steps)
    for step in steps:
        assert_length(step["title"], 3, 22)
        start, end = step["months"]
        assert 0 <= start <= end <= 9


@each_project
def test_head_texts_fit_their_places(project: Record) -> None:
    assert_length(project["title"], 4, 26)
    assert_length(project["pain_point"], 60, 160)
    assert_length(project["goal"], 30, 90)
    assert_length(project["effect"], 30, 90)
    assert any(character.isdigit() for character in project["goal"]), "a goal is measurable"
    assert project["chief"] and project["owner"]
    assert isinstance(project["is_key"], bool)


@each_project
def test_indicators_have_a_target_and_a_present_value(project: Record) -> None:
    assert 1 <= len(project["indicators"]) <= 2
    for indicator in project["indicators"]:
        assert set(indicator) == {"name", "unit", "before", "target", "now"}
        assert indicator["target"] is not None and indicator["now"] is not None


@each_project
def test_ledger_and_reports_are_complete(project: Record) -> None:
    assert len(project["month_notes"]) == 9
    for note in project["month_notes"]:
        assert_length(note, 40, 120)
        assert any(character.isdigit() for character in note), "a ledger entry carries a figure"
    assert len(project["quarters"]) == 3
    for report in project["quarters"]:
        assert_length(report["work"], 80, 200)
    assert_length(project["half"]["work"], 40, 200)
    assert_length(project["concluding"]["work"], 120, 260)
    for report in (*project["quarters"], project["half"], project["concluding"]):
        assert set(report) == set(PARTS)
        assert_length(report["problems"], 10, 100)
        assert_length(report["next"], 14, 100)


@each_project
def test_voices_of_the_monitors_are_there(project: Record) -> None:
    assert 4 <= len(project["visit_notes"]) <= 6
    for note in project["visit_notes"]:
        assert_length(note, 15, 120)
    assert 1 <= len(project["problems"]) <= 3
    for problem in project["problems"]:
        assert problem["kind"] in {"first", "middle", "last", "other"}
        assert_length(problem["text"], 15, 100)
        assert_length(problem["answer"], 25, 140)
        assert isinstance(problem["dispute"], str)
    assert len(project["score_comments"]) == 8
    assert len(set(project["score_comments"])) == 8
    assert project["return_reason"]


def test_no_text_is_used_for_two_projects() -> None:
    owners: dict[str, set[str]] = {}
    for project in PROJECTS:
        for text in strings_in(project):
            if len(text) >= 16 and not text.isascii():
                owners.setdefault(text, set()).add(project["title"])
    assert {text: titles for text, titles in owners.items() if len(titles) > 1} == {}


@pytest.mark.parametrize("path", [PROJECTS_FILE, *sorted(HOME_DEMO.glob("*.json"))], ids=lambda path: path.name)
def test_nobody_shouts_and_nothing_is_blank(path: Path) -> None:
    for text in strings_in(read_json(path)):
        assert "!" not in text and "！" not in text, text
        assert text == text.strip(), text


def test_news_has_eight_items_with_a_body() -> None:
    news = read_json(HOME_DEMO / "news.json")
    assert len({item["title"] for item in news}) == len(news) == 8
    for item in news:
        assert item["intro"] and len(item["body"]) >= 2
        assert item["days_ago"] >= 0


def test_plain_pages_are_all_there() -> None:
    pages = read_json(HOME_DEMO / "pages.json")
    assert [page["slug"] for page in pages] == [
        "about",
        "how-to-suggest",
        "process",
        "monitors",
        "scoring-rules",
        "privacy",
        "accessibility",
    ]
    for page in pages:
        assert page["title"] and page["intro"] and len(page["sections"]) >= 3
        assert all(section["heading"] and section["paragraphs"] for section in page["sections"])


def test_the_scoring_page_states_the_rules_in_force() -> None:
    page = next(page for page in read_json(HOME_DEMO / "pages.json") if page["slug"] == "scoring-rules")
    text = "".join(strings_in(page))
    for rule in ("占 40%", "占 20%", "至少要有 5 张", "60%", "未评定", "90 分", "75 分", "60 分", "小数点后两位"):
        assert rule in text, rule
    scores = [60, 78, 80, 82, 84, 85, 86, 88, 90, 91, 92, 98]
    cut = len(scores) // 10
    kept = scores[cut:-cut]
    assert "、".join(map(str, scores)) in text
    assert f"{sum(kept) / len(kept):.2f} 分" in text


def test_visits_go_to_projects_that_exist() -> None:
    titles = {project["title"] for project in PROJECTS}
    visits = read_json(HOME_DEMO / "visits.json")
    assert len({visit["title"] for visit in visits}) == len(visits) == 10
    for visit in visits:
        assert visit["place"]
        assert_length(visit["summary"], 80, 160)
        assert visit["project_titles"] and set(visit["project_titles"]) <= titles
