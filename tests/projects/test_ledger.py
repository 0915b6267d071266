"""The public ledger: what is on it, its lights, its filters, its CSV, and how many queries it takes."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.models import Project, Report
from tests.factories import PhotoFactory, ProjectFactory, ReportFactory, SupervisionOrderFactory

pytestmark = pytest.mark.django_db
PAGES = ("/projects/", "/projects/?view=photos", "/projects/export.csv")


def read(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return b"".join(answer).decode("utf-8-sig")


def rows_of(client: Any, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(read(client, f"/projects/export.csv{query}").splitlines()))


def overdue(project: Project) -> None:
    """Make the project's first report three days late."""
    day = timezone.localdate() - timedelta(days=3)
    late = Report.objects.filter(pk=ReportFactory(project=project).pk)
    late.update(due_on=day, warn_on=day - timedelta(days=3), period_to=day - timedelta(days=5))


def test_what_is_in_the_pool_is_not_on_the_ledger(client: Any) -> None:
    pooled: Any = ProjectFactory()
    listed: Any = ProjectFactory(listed=True)
    for page in PAGES:
        shown = read(client, page)
        assert listed.number in shown and pooled.number not in shown
    assert client.get(pooled.get_absolute_url()).status_code == 404


def test_a_light_is_the_worst_of_what_is_owed() -> None:
    project: Any = ProjectFactory(active=True)
    assert project.light().state == "green"
    order: Any = SupervisionOrderFactory(project=project, due_on=timezone.localdate())
    assert Project.objects.get().light() == (
        "yellow",
        "今天到期" if order.due_on == timezone.localdate() else order.light_text(),
    )
    overdue(project)
    assert Project.objects.get().light() == ("red", "逾期 3 天")


@pytest.mark.parametrize("stage", ["concluded", "suspended", "cancelled"])
def test_nothing_is_late_on_a_project_that_stands_still(stage: str) -> None:
    project: Any = ProjectFactory(**{stage: True})
    assert project.light() == ("none", project.get_status_display())


def test_a_light_asked_of_one_project_is_the_light_of_the_list() -> None:
    for stage in ("listed", "active", "suspended", "completed"):
        ProjectFactory(**{stage: True})
    overdue(Project.objects.filter(status="active").first())
    for project in Project.objects.public().with_ledger():
        assert Project.objects.get(pk=project.pk).light() == project.light()
        assert project in Project.objects.lit(project.light().state)


def test_filters_narrow_the_ledger(client: Any, reference: Any) -> None:
    plain: Any = ProjectFactory(active=True)
    late: Any = ProjectFactory(
        active=True, title="村口公交站加座椅", lead_unit=reference.education, area=reference.township
    )
    overdue(late)
    SupervisionOrderFactory(project=late)
    queries = {
        "q": "公交站", "unit": "education", "county": reference.county.code, "light": "red", "supervised": "on",
    }  # fmt: skip
    for key, value in queries.items():
        found = [row["项目编号"] for row in rows_of(client, f"?{key}={value}")]
        assert found == [late.number], key
    assert [row["项目编号"] for row in rows_of(client, "?light=green")] == [plain.number]
    assert len(rows_of(client, f"?year={plain.year}&stage=active&topic={plain.topic.slug}")) == 2


def test_words_are_found_inside_of_words(client: Any) -> None:
    project: Any = ProjectFactory(listed=True, title="老旧小区停车难问题")
    assert [row["项目编号"] for row in rows_of(client, "?q=停车")] == [project.number]


@pytest.mark.parametrize("typed", ["停 车 难", "停車難", "老旧 停车", "车", "停车難！", "％", "(停|车)"])
def test_scripts_and_blanks_make_no_difference(typed: str, client: Any) -> None:
    project: Any = ProjectFactory(listed=True, title="老旧小区停车难问题")
    ProjectFactory(listed=True, title="社区卫生站错时门诊")
    found = [row["项目编号"] for row in rows_of(client, f"?q={quote(typed)}")]
    assert found == ([] if typed in ("％", "(停|车)") else [project.number])


def test_titles_come_first_hits_are_marked_and_a_number_leads_to_its_project(client: Any) -> None:
    inside: Any = ProjectFactory(listed=True, title="社区卫生站", pain_point="门口停车难。")
    headed: Any = ProjectFactory(listed=True, title="<i>停车难</i>")
    page = read(client, "/projects/?q=停车难")
    assert page.index(headed.number) < page.index(inside.number)
    assert "&lt;i&gt;<mark>停车难</mark>&lt;/i&gt;" in page
    assert client.get("/projects/", {"q": headed.number.lower()})["Location"] == headed.get_absolute_url()


@pytest.mark.parametrize(
    "query", ["?year=abc", "?light=purple", "?unit=nobody", "?county=1'--", "?page=99999", "?stage=pooled"]
)
def test_a_filter_that_means_nothing_is_left_out(query: str, client: Any) -> None:
    project: Any = ProjectFactory(listed=True)
    assert project.number in read(client, f"/projects/{query}")


def test_the_goal_of_a_draft_plan_cannot_be_searched_for(client: Any) -> None:
    ProjectFactory(listed=True, goal="草稿里的目标词")
    assert rows_of(client, "?q=目标词") == []


def test_formulas_in_a_title_stay_text_in_the_csv(client: Any) -> None:
    ProjectFactory(listed=True, title='=HYPERLINK("x")')
    ProjectFactory(listed=True, title="＋1 公里")
    titles = {row["项目名称"] for row in rows_of(client)}
    assert titles == {'\'=HYPERLINK("x")', "'＋1 公里"}


def test_the_csv_shows_no_plan_before_it_is_agreed(client: Any) -> None:
    ProjectFactory(listed=True, goal="草稿目标")
    (row,) = rows_of(client)
    assert (row["目标"], row["计划开始"], row["进度（%）"]) == ("", "", "")


@pytest.mark.parametrize("page", PAGES)
def test_thirty_projects_take_as_many_queries_as_one(page: str, client: Any) -> None:
    PhotoFactory(project=ProjectFactory(active=True))
    with CaptureQueriesContext(
        connection,
    ) as one:
        read(client, page)
    for number in range(29):
        stage = ("active", "listed", "cancelled", "concluded")[number % 4]
        project: Any = ProjectFactory(**{stage: True})
        if stage == "active":
            PhotoFactory(project=project)
            SupervisionOrderFactory(project=project)
    with CaptureQueriesContext(connection) as thirty:
        read(client, page)
    assert len(thirty) == len(one)
    assert len(thirty) <= 9


def test_the_wall_shows_the_newest_public_photo(client: Any) -> None:
    project: Any = ProjectFactory(active=True)
    today = timezone.localdate()
    old = PhotoFactory(project=project, taken_on=today - timedelta(days=30))
    new = PhotoFactory(project=project, taken_on=today - timedelta(days=2))
    hidden = PhotoFactory(project=project, taken_on=today, report=ReportFactory(project=project))
    shown = read(client, "/projects/?view=photos")
    assert str(new.token) in shown
    assert str(old.token) not in shown and str(hidden.token) not in shown


def test_pages_follow_each_other_and_keep_the_filters(client: Any) -> None:
    for _number in range(31):
        ProjectFactory(listed=True)
    year = timezone.localdate().year
    first = client.get(f"/projects/?year={year}")
    assert first.context["next"] == f"?year={year}&page=2"
    second = client.get(f"/projects/?year={year}&page=2")
    assert len(second.context["rows"]) == 1 and second.context["next"] == ""
