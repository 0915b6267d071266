"""Reference data: complete, consistent, and harmless to load again over the office's own edits."""

import csv
import re
import shutil
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal import reference
from portal.models import Area, Topic, Unit, Workday
from portal.workdays import WorkCalendar, official_days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    """The loaders start from nothing, whatever a data migration or a session fixture has put there."""
    Topic.objects.all().delete()
    Unit.objects.update(parent=None)
    Unit.objects.all().delete()
    Area.objects.update(parent=None)
    Area.objects.all().delete()
    Workday.objects.all().delete()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files that a test may spoil."""
    return Path(shutil.copytree(reference.DATA, tmp_path / "data"))


def load_all(folder: Path = reference.DATA) -> list[tuple[int, int]]:
    loaded = [reference.load_areas(folder), reference.load_units(folder), reference.load_topics(folder)]
    return [tuple(one) for one in [*loaded, reference.load_workdays()]]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is in the files


def test_the_city_has_its_counties_and_townships():
    reference.load_areas()
    assert Counter(Area.objects.values_list("level", flat=True)) == {"city": 1, "county": 13, "township": 129}
    city = Area.objects.get(level="city")
    assert (city.code, city.name, city.parent) == ("131100000000", "衡水市", None)
    counties = set(Area.objects.filter(level="county", parent=city).values_list("name", flat=True))
    assert {"桃城区", "冀州区", "深州市", "滨湖新区", "高新区"} <= counties
    assert len(counties) == 13


def test_every_area_stands_under_the_area_whose_code_it_begins_with():
    reference.load_areas()
    for area in Area.objects.exclude(level="city").select_related("parent"):
        digits = {"county": 4, "township": 6}[area.level]
        assert re.fullmatch(r"\d{12}", area.code)
        assert area.parent.code == area.code[:digits].ljust(12, "0")
    assert not Area.objects.filter(level="county", children=None).exists()


def test_units_cover_the_departments_and_every_county():
    reference.load_areas()
    reference.load_units()
    kinds = Counter(Unit.objects.values_list("kind", flat=True))
    assert kinds["department"] >= 30
    assert kinds["mass_org"] >= 4
    assert kinds["enterprise"] >= 1
    governed = Unit.objects.filter(kind="county").values_list("area__name", flat=True)
    assert sorted(governed) == sorted(Area.objects.filter(level="county").values_list("name", flat=True))
    assert Unit.objects.get(slug="traffic-police").parent.slug == "public-security"


def test_names_of_units_are_not_confused():
    reference.load_areas()
    reference.load_units()
    for field in ("name", "short_name"):
        names = list(Unit.objects.values_list(field, flat=True))
        assert len(names) == len(set(names))
    chiefs = Unit.objects.values_list("chief", flat=True)
    assert all(chief.startswith("分管") for chief in chiefs)  # a post, never somebody's name


def test_twelve_topics_in_order_each_with_a_unit_and_keywords():
    load_all()
    topics = list(Topic.objects.select_related("default_unit"))
    names = " ".join(topic.name for topic in topics)
    assert names == "微教育 微医疗 微交通 微养老 微生态 微保障 微文化 微体育 微安全 微居住 微政务 微城管"
    for topic in topics:
        assert topic.default_unit.is_active
        assert topic.description
        assert 10 <= len(set(topic.keywords.split())) <= 20


def test_no_keyword_points_to_two_topics():
    with (reference.DATA / "topics.csv").open(encoding="utf-8", newline="") as file:
        words = [word for row in csv.DictReader(file) for word in row["keywords"].split()]
    assert [word for word, times in Counter(words).items() if times > 1] == []


def test_the_work_calendar_in_the_database_equals_its_source(django_assert_num_queries):
    reference.load_workdays()
    with django_assert_num_queries(1):
        calendar = WorkCalendar.current()
    assert calendar == WorkCalendar.from_days((day, is_workday) for day, is_workday, _ in official_days())
    assert calendar.add(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert set(range(2017, 2027)) <= calendar.years
    make_up = Workday.objects.get(date=date(2026, 10, 10))
    assert make_up.is_workday
    assert "国务院" in make_up.source


# Loading again


def test_loading_twice_adds_nothing():
    first = load_all()
    assert all(created > 0 and updated == 0 for created, updated in first)
    before = [list(model.objects.order_by("pk").values()) for model in (Area, Unit, Topic, Workday)]
    assert load_all() == [(0, 0)] * 4
    assert [list(model.objects.order_by("pk").values()) for model in (Area, Unit, Topic, Workday)] == before


def test_what_the_office_changed_stays():
    load_all()
    Unit.objects.filter(slug="education").update(short_name="市教体局", chief="副市长", is_active=False)
    Topic.objects.filter(slug="safety").update(name="微平安", default_unit=None, position=99)
    Workday.objects.filter(date=date(2026, 10, 10)).update(is_workday=False, name="本市放假")
    load_all()
    unit = Unit.objects.get(slug="education")
    assert (unit.short_name, unit.chief, unit.is_active) == ("市教体局", "副市长", False)
    topic = Topic.objects.get(slug="safety")
    assert (topic.name, topic.default_unit, topic.position) == ("微平安", None, 99)
    assert not WorkCalendar.current().is_workday(date(2026, 10, 10))


def test_what_is_missing_comes_back():
    load_all()
    Topic.objects.filter(slug="sports").delete()
    Unit.objects.filter(slug="sports").delete()
    Workday.objects.filter(date=date(2026, 10, 10)).delete()
    assert load_all() == [(0, 0), (1, 0), (1, 0), (1, 0)]
    assert Topic.objects.get(slug="sports").default_unit.slug == "sports"


def test_a_renamed_or_moved_area_follows_the_file(folder: Path):
    reference.load_areas()
    keys = dict(Area.objects.values_list("code", "pk"))
    replace(folder / "areas.csv", "131102001000,河西街道", "131102001000,滏阳街道")
    replace(folder / "areas.csv", "131171402000,苏正办事处,township,131171000000",
            "131171402000,苏正办事处,township,131102000000")  # fmt: skip
    assert tuple(reference.load_areas(folder)) == (0, 2)
    assert Area.objects.get(code="131102001000").name == "滏阳街道"
    assert Area.objects.get(code="131171402000").parent.name == "桃城区"
    assert dict(Area.objects.values_list("code", "pk")) == keys


def test_a_new_unit_has_the_first_line_of_its_history():
    reference.load_areas()
    reference.load_units()
    assert Unit.objects.get(slug="education").history.count() == 1


# Files that cannot be used


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("areas.csv", "冀州区,county,131100000000", "冀州区,county,139900000000", "areas.csv 第 4 行.*1399"),
        ("areas.csv", "冀州区,county", "冀州区,kingdom", "areas.csv 第 4 行.*level"),
        ("areas.csv", "131103000000,冀州区", "13110300000000,冀州区", "areas.csv 第 4 行.*code"),
        ("units.csv", "131100000000,public-security", "131100000000,police", "units.csv 第 8 行.*police"),
        ("units.csv", "市教育局,department,1311", "市教育局,department,9911", "units.csv 第 4 行.*9911"),
        ("units.csv", "education,衡水市教育局", "education,", "units.csv 第 4 行.*name"),
        ("topics.csv", "slug,name,description", "slug,title,description", "topics.csv 第 2 行.*name"),
        ("topics.csv", ",education\n", ",schools\n", "topics.csv 第 2 行.*schools"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_written(folder: Path, name: str, old: str, new: str, reason: str):
    replace(folder / name, old, new)
    with pytest.raises(CommandError, match=reason) as refused:
        call_command("load_reference", data=folder, stdout=StringIO())
    assert refused.value.returncode == 2
    assert not Area.objects.exists()
    assert not Workday.objects.exists()


def test_a_missing_or_unreadable_file_is_named(folder: Path):
    (folder / "units.csv").write_bytes("slug,name\neducation,市教育局".encode("gbk"))
    with pytest.raises(CommandError, match=r"units\.csv"):
        call_command("load_reference", data=folder, stdout=StringIO())
    (folder / "areas.csv").unlink()
    with pytest.raises(CommandError, match=r"areas\.csv"):
        call_command("load_reference", data=folder, stdout=StringIO())


# The command


def test_the_command_tells_what_it_did():
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert "区划：新增 143 条，更新 0 条" in out.getvalue()
    assert re.search(r"责任单位：新增 \d+ 条", out.getvalue())
    assert "领域：新增 12 条" in out.getvalue()
    assert re.search(r"节假日安排已录入至 20\d\d 年", out.getvalue())
    call_command("load_reference", stdout=out)
    assert "区划：新增 0 条，更新 0 条" in out.getvalue()
