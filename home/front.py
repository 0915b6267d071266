"""What the front page draws from the records: where the year stands, five figures, newest results, open problems.

Seven queries, however many records there are; the page itself is the eighth.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from home.metrics import Year, figures
from home.models import NewsPage
from monitors.models import Problem
from portal.models import Campaign, Phase
from portal.models.campaign import pick_current
from projects.ledger import as_row, photo_date, public_ledger
from projects.models import Photo, Project, Report
from voting.models import Result, Round

PROJECTS, PROBLEMS, RESULTS, NEWS = 3, 4, 5, 3
SCORED = (Project.Status.CONCLUDED, Project.Status.COMPLETED)


def front_page(at: datetime | None = None) -> dict[str, Any]:
    """The context of the front page."""
    campaigns = list(Campaign.objects.public())
    campaign = pick_current(campaigns, timezone.localdate(at))
    year = Year.current(campaigns, at)
    return {
        "campaign": campaign,
        "phases": phase_bar(campaign, timezone.localdate(at)) if campaign else [],
        "year": year,
        "figures": figures(year) if year else [],
        "projects": newest_projects(),
        "problems": open_problems(at),
        "results": top_results(),
        "news": newest_news(),
    }


# --- where the year stands ------------------------------------------------------------------------
def phase_bar(campaign: Campaign, today: date) -> list[dict[str, Any]]:
    """The five stretches for `components/phases.html`: today's with the days left, the next with its first day."""
    bar, waits = [], True
    for phase in campaign.phases():
        state = phase.state(today)
        item = {"name": phase.name, "state": "later" if state == "next" else state, "dates": _dates(phase, today)}
        if state == "now":
            item["note"] = _left((phase.ends - today).days + 1)
        elif state == "next" and waits:
            item["note"] = _starts_in((phase.starts - today).days)
            waits = False
        bar.append(item)
    return bar


def _left(days: int) -> str:
    return _("今天是最后一天") if days == 1 else _("还剩 %(days)s 天") % {"days": days}


def _starts_in(days: int) -> str:
    return _("明天开始") if days == 1 else _("%(days)s 天后开始") % {"days": days}


def _dates(phase: Phase, today: date) -> str:
    first = _day(phase.starts, today.year)
    return first if phase.starts == phase.ends else f"{first}—{_day(phase.ends, phase.starts.year)}"


def _day(day: date, year: int) -> str:
    """The year is said only when it is not the one that the reader has in mind."""
    numbers = {"year": day.year, "month": day.month, "day": day.day}
    return (_("%(month)s月%(day)s日") if day.year == year else _("%(year)s年%(month)s月%(day)s日")) % numbers


# --- newest results -------------------------------------------------------------------------------
def newest_projects() -> list[dict[str, Any]]:
    """Cards of the projects that go on or were brought to an end and whose reports were made public last, each with
    its newest photo. Two queries."""
    reports = Report.objects.public().filter(project__status__in=Project.RUNNING + SCORED)
    latest = reports.order_by().values("project").annotate(last=Max("accepted_at")).order_by("-last").values("project")
    shown = public_ledger().filter(pk__in=Subquery(latest[:PROJECTS]))
    rows = sorted(_with_newest(shown), key=lambda project: project.report_at, reverse=True)
    return [as_row(project) | {"note": _report_note(project)} | _newest_photo(project) for project in rows]


def _with_newest(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Each with the facts of its newest report and photo."""
    report = Report.objects.public().filter(project=OuterRef("pk")).order_by("-accepted_at")
    photo = Photo.objects.public().filter(project=OuterRef("pk")).newest_first()
    return projects.annotate(
        report_at=Subquery(report.values("accepted_at")[:1]),
        report_kind=Subquery(report.values("kind")[:1]),
        report_from=Subquery(report.values("period_from")[:1]),
        photo_token=Subquery(photo.values("token")[:1]),
        photo_caption=Subquery(photo.values("caption")[:1]),
        photo_taken_on=Subquery(photo.values("taken_on")[:1]),
        photo_added_at=Subquery(photo.values("added_at")[:1]),
    )


def _report_note(project: Any) -> str:
    return _("%(report)s已公开") % {"report": Report(kind=project.report_kind, period_from=project.report_from).name}


def _newest_photo(project: Any) -> dict[str, Any]:
    if project.photo_token is None:
        return {}
    photo = Photo(token=project.photo_token, taken_on=project.photo_taken_on, added_at=project.photo_added_at)
    return {
        "photo": photo.get_thumb_url(),
        "photo_alt": project.photo_caption,
        "photo_caption": _("%(day)s 现场") % {"day": photo_date(photo)},
    }


# --- problems, scores, news -----------------------------------------------------------------------
def open_problems(at: datetime | None = None) -> list[dict[str, Any]]:
    """What monitors found and have not confirmed as put right: those that wait for an answer first, oldest first."""
    rows = Problem.objects.public().filter(project__in=Project.objects.public())
    rows = rows.exclude(status=Problem.Status.CONFIRMED).select_related("project", "unit")
    rows = rows.order_by(F("done_at").asc(nulls_first=True), "due_on", "pk")[:PROBLEMS]
    return [_problem(problem, at) for problem in rows]


def _problem(problem: Any, at: datetime | None) -> dict[str, Any]:
    return {
        "text": problem.text,
        "kind": problem.get_kind_display(),
        "project": problem.project.title,
        "href": problem.project.get_absolute_url(),
        "unit": problem.unit.short_name,
        "state": problem.get_status_display(),
        "light_state": str(problem.light(at)),
        "light_text": problem.light_text(at),
        "waits": problem.done_at is None,
    }


class Scores(NamedTuple):
    """The round that was published last, and its best rated projects."""

    round: Round
    rows: list[Result]


def top_results() -> Scores | None:
    last = Round.objects.filter(status=Round.Status.PUBLISHED).order_by("-closes_at").values("pk")[:1]
    newer = Result.objects.filter(entry=OuterRef("entry"), version__gt=OuterRef("version"))
    rows = Result.objects.filter(~Exists(newer), entry__round=Subquery(last), score__isnull=False)
    best = list(rows.select_related("entry__round", "entry__project__lead_unit").order_by("-score", "entry")[:RESULTS])
    return Scores(best[0].entry.round, best) if best else None


def newest_news() -> list[dict[str, Any]]:
    rows = NewsPage.objects.live().newest_first()[:NEWS]
    return [{"title": page.title, "date": page.date, "intro": page.intro, "href": address(page)} for page in rows]


def address(page: Any) -> str:
    """The address of a page below the front page, without asking for the site."""
    return reverse("wagtail_serve", args=[page.url_path.split("/", 2)[2]])
