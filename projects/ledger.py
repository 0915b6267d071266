"""The ledger as rows: what its table, its photo wall and its CSV show of each project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import Photo, Project

CHUNK = 200
CSV_HEADER = (
    gettext_lazy("项目编号"), gettext_lazy("年度"), gettext_lazy("项目名称"), gettext_lazy("领域"),
    gettext_lazy("责任单位"), gettext_lazy("配合单位"), gettext_lazy("区划"), gettext_lazy("阶段"),
    gettext_lazy("灯"), gettext_lazy("灯的说明"), gettext_lazy("进度（%）"), gettext_lazy("计划此时（%）"),
    gettext_lazy("计划开始"), gettext_lazy("计划完成"), gettext_lazy("目标"), gettext_lazy("挂牌督办"),
    gettext_lazy("年度工作要点"), gettext_lazy("来自建议（条）"), gettext_lazy("网址"),
)  # fmt: skip


def public_ledger() -> QuerySet[Project]:
    """Public projects with everything a row asks for, in a number of queries that does not grow with the rows."""
    rows = Project.objects.public().with_ledger().select_related("topic", "lead_unit", "area__parent")
    return rows.prefetch_related("steps")  # type: ignore[no-any-return]


def progress_shown(project: Project) -> tuple[int | None, int | None]:
    """Progress and planned progress in percent; None before the plan is agreed. Planned only while it is under way."""
    if not project.plan_is_published:
        return None, None
    running = project.status in (Project.Status.PLANNED, Project.Status.ACTIVE, Project.Status.CONCLUDING)
    return project.progress(), project.planned_progress() if running else None


def as_row(project: Project) -> dict[str, Any]:
    """One project for the table and for `components/card_project.html`."""
    light = project.light()
    done, planned = progress_shown(project)
    return {
        "href": project.get_absolute_url(),
        "title": project.title,
        "number": project.number,
        "year": project.year,
        "unit": project.lead_unit.short_name,
        "area": project.area.full_name if project.area else "",
        "topic_slug": project.topic.slug,
        "topic_name": project.topic.name,
        "stage": project.get_status_display(),
        "light_state": light.state,
        "light_text": light.text,
        "progress": done,
        "planned": planned,
        "badges": badges(project),
    }


def badges(project: Project) -> list[str]:
    """The words that a project wears: supervision, key project."""
    worn = ((project.is_supervised, _("挂牌督办中")), (project.is_key, _("年度工作要点")))
    return [text for is_worn, text in worn if is_worn]


def with_photos(projects: Iterable[Project]) -> list[dict[str, Any]]:
    """Rows with the newest public photo of each project."""
    projects = list(projects)
    newest = Photo.objects.public().filter(project=OuterRef("pk")).newest_first().values("pk")[:1]
    wanted = Project.objects.filter(pk__in=[project.pk for project in projects]).values(photo=Subquery(newest))
    photos = {photo.project_id: photo for photo in Photo.objects.filter(pk__in=wanted)}
    return [as_row(project) | _photo(photos.get(project.pk)) for project in projects]


def _photo(photo: Photo | None) -> dict[str, Any]:
    if photo is None:
        return {"photo": ""}
    return {"photo": photo.get_thumb_url(), "photo_alt": photo.caption, "photo_caption": photo_date(photo)}


def photo_date(photo: Photo) -> str:
    """The day it was taken, else the day it came in."""
    day = photo.taken_on or timezone.localdate(photo.added_at)
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def csv_rows(projects: QuerySet[Project], base: str) -> Iterator[list[Any]]:
    """The lines of the CSV. `base` is the site's own address, in front of each project's path."""
    full = projects.prefetch_related("co_units", "sources")
    for project in full.iterator(chunk_size=CHUNK):
        row = as_row(project)
        planned = project.plan_is_published
        yield [
            row["number"], row["year"], row["title"], row["topic_name"], project.lead_unit.name,
            "、".join(unit.short_name for unit in project.co_units.all()), row["area"], row["stage"],
            row["light_state"], row["light_text"], row["progress"], row["planned"],
            project.plan_from if planned else None, project.plan_to if planned else None, project.published_goal,
            _("是") if project.is_supervised else _("否"), _("是") if project.is_key else _("否"),
            len(project.sources.all()), base + row["href"],
        ]  # fmt: skip
