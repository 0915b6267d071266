"""A few records of each kind, and the list of pages that show them, for the tests that look at pages in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.cast import monitor_person, person
from tests.factories import (
    AssignmentFactory,
    AttachmentFactory,
    AttendanceFactory,
    CampaignFactory,
    ExtensionFactory,
    IndicatorFactory,
    PaperBatchFactory,
    PhotoFactory,
    PosterFactory,
    ProblemFactory,
    ProjectFactory,
    ReportFactory,
    RoundFactory,
    SelfReportFactory,
    SuggestionFactory,
    SupervisionOrderFactory,
    SupportFactory,
    VerdictFactory,
    VisitFactory,
    VisitNoteFactory,
    VisitPhotoFactory,
)
from tests.spreadsheets import batch, lines

LONG_TITLE = "学校门口、医院门口、菜市场门口早晚高峰临时停车和电动自行车乱停乱放影响老人孩子过马路的问题"


@dataclass(frozen=True)
class Stop:
    """One page as one person sees it; `who` is a member of the cast, or empty for somebody without an account."""

    who: str
    path: str


def build() -> list[Stop]:
    """Make the records and say which pages to look at. The records are made by the verbs of the real ones."""
    for name in ("citizen", "clerk", "unit_leader", "other_leader", "office_leader"):
        person(name)
    monitor_person("monitor")
    CampaignFactory()
    parts = (_plain, _suggestions, _desk_of_portal, _projects, _monitors, _rounds, _people)
    return [stop for part in parts for stop in part()]


def admin() -> list[Stop]:
    """Our own pages in the admin, as the office's leader opens them. After `build`."""
    from monitors.models import Monitor, Problem, Visit
    from portal.models import Campaign, Extension, Suggestion
    from voting.models import Round

    campaign = Campaign.objects.earliest("pk")
    uploaded, running, done = (batch(campaign, stage=stage, source=stage) for stage in ("preparing", "running", "done"))
    faulty = batch(campaign, [*lines(2), ["", "", LONG_TITLE, "昨天", "正文", ""]], stage="checked")
    asked = Extension.objects.waiting().earliest("pk").pk
    paper = PaperBatchFactory(sheets=2)
    numbers = [Suggestion.objects.filter(status=status).earliest("pk").number for status in ("received", "open")]
    return [Stop("office_leader", f"/admin/{path}") for path in [
        "", "suggestions/", "suggestions/record/", "suggestions/imports/", "suggestions/imports/new/",
        *(f"suggestions/imports/{one.pk}/" for one in (faulty, running, done)),
        f"suggestions/imports/{uploaded.pk}/columns/", f"suggestions/imports/{done.pk}/undo/",
        *(f"suggestions/{number}/" for number in numbers),
        "suggestions/extensions/", f"suggestions/extensions/{asked}/", f"suggestions/extensions/{asked}/refuse/",
        "paper/", "paper/print/", "paper/new/", f"paper/{paper.pk}/", f"paper/{paper.pk}/key/", f"paper/{paper.pk}/close/",
        "proposals/", "posters/", "posters/new/", f"posters/{PosterFactory().code}/",
        "campaigns/", "monitors/people/", f"monitors/people/{Monitor.objects.earliest('pk').pk}/",
        "monitors/recusals/", "monitors/visits/", f"monitors/visits/{Visit.objects.earliest('pk').pk}/",
        "monitors/problems/", f"monitors/problems/{Problem.objects.earliest('pk').pk}/",
        "rounds/", f"rounds/{Round.objects.earliest('pk').slug}/",
    ]]  # fmt: skip


def _plain() -> list[Stop]:
    shell = ["/", "/news/", "/track/", "/suggestions/new/", "/demo/", "/nothing/"]
    paths = [*shell, "/accounts/login/", "/accounts/password/"]
    return [Stop("", path) for path in paths]


def _suggestions() -> list[Stop]:
    lead = SuggestionFactory(open=True, title=LONG_TITLE)
    SuggestionFactory(open=True).merge_into(lead, person("officer"))
    AttachmentFactory(suggestion=lead, released=True)
    SupportFactory(suggestion=lead)
    shown = [lead, *(SuggestionFactory(**{stage: True}) for stage in (
        "proposed", "adopted", "referred", "deferred", "declined", "reopened", "closed",
    ))]  # fmt: skip
    waiting = SuggestionFactory(author=person("citizen"))
    answered = SuggestionFactory(answered=True)
    SuggestionFactory(answered=True, author=person("citizen"))
    discontent = SuggestionFactory(answered=True)
    VerdictFactory(assignment=discontent.assignments.get(), level="basically", result="unsolved")
    pages = [Stop("", f"/suggestions/{one.number}/") for one in shown]
    return [
        Stop("", "/suggestions/"),
        Stop("", "/suggestions/?q=没有这样的话"),
        *pages,
        Stop("citizen", f"/suggestions/{lead.number}/"),
        Stop("", f"/track/q/{waiting.token}/"),
        Stop("", f"/track/q/{answered.token}/"),
        Stop("", f"/track/q/{discontent.token}/"),
    ]


def _desk_of_portal() -> list[Stop]:
    due = AssignmentFactory()
    late = AssignmentFactory(at=timezone.now() - timedelta(days=40))
    submitted = AssignmentFactory(submitted=True)
    drafted, extended = ExtensionFactory(), ExtensionFactory(approved=True)
    ExtensionFactory(asked=True)
    return [
        Stop("clerk", "/desk/"),
        Stop("unit_leader", "/desk/"),
        Stop("other_leader", "/desk/"),
        Stop("clerk", "/desk/done/"),
        Stop("clerk", f"/desk/assignments/{due.pk}/"),
        Stop("clerk", f"/desk/assignments/{late.pk}/"),
        Stop("unit_leader", f"/desk/assignments/{submitted.pk}/"),
        Stop("clerk", "/desk/proposals/"),
        Stop("clerk", "/desk/proposals/new/"),
        Stop("unit_leader", f"/desk/proposals/{SelfReportFactory(submitted=True).pk}/"),
        Stop("unit_leader", f"/desk/assignments/{drafted.assignment_id}/"),
        Stop("clerk", f"/desk/assignments/{extended.assignment_id}/"),
        Stop("", extended.assignment.suggestion.get_absolute_url()),
    ]


def _projects() -> list[Stop]:
    active = ProjectFactory(active=True, title=LONG_TITLE, sources=[SuggestionFactory(adopted=True)])
    _fill(active)
    SupervisionOrderFactory(project=active)
    replied = SupervisionOrderFactory(replied=True)
    listed = ProjectFactory(listed=True)
    others = [ProjectFactory(**{stage: True}) for stage in ("planned", "suspended", "concluded")]
    reports = [active.reports.get(kind="month", status="accepted"), active.reports.filter(status="due").earliest("pk")]
    return [
        Stop("", "/projects/"),
        Stop("", "/projects/?q=没有这样的话"),
        *(Stop("", f"/projects/{one.number}/") for one in [active, listed, *others]),
        Stop("", f"/projects/{active.number}/history/"),
        Stop("clerk", "/desk/projects/"),
        *(Stop("clerk", f"/desk/projects/{one.number}/") for one in (active, listed)),
        Stop("clerk", f"/desk/projects/{active.number}/plan/"),
        *(Stop("clerk", f"/desk/reports/{one.pk}/") for one in [*reports, listed.reports.get(kind="plan")]),
        *(Stop("clerk", f"/desk/orders/{order.pk}/") for order in [active.orders.earliest("pk"), replied]),
    ]


def _fill(project: Any) -> None:
    """What a project has gathered after some weeks: a report, a figure, photos, a finished step, an own problem."""
    ReportFactory(accepted=True, project=project)
    IndicatorFactory(project=project)
    PhotoFactory.create_batch(2, project=project)
    step = project.steps.earliest("position")
    step.project = project
    step.finish(timezone.localdate() - timedelta(days=5), "四个站点已开到晚上八点。")


def _monitors() -> list[Stop]:
    visit = VisitFactory(announced=True)
    project = visit.projects.get()
    AttendanceFactory(visit=visit)
    VisitNoteFactory(visit=visit)
    seen = VisitFactory(published=True, starts_at=timezone.now() - timedelta(days=9))
    VisitPhotoFactory(note__visit=seen)
    problems = [ProblemFactory(**{stage: True}) for stage in ("raised", "handed", "answered", "confirmed")]
    return [
        Stop("", "/visits/"), *(Stop("", one.get_absolute_url()) for one in (visit, seen)), Stop("", "/monitors/"),
        Stop("monitor", "/monitor/"),
        Stop("monitor", f"/monitor/visits/{visit.slug}/{project.number}/"),
        Stop("monitor", "/monitor/problems/new/"),
        *(Stop("monitor", f"/monitor/problems/{one.pk}/") for one in problems),
        Stop("monitor", f"/monitor/recuse/{project.number}/"),
        *(Stop("clerk", f"/desk/problems/{one.pk}/") for one in problems[1:]),
        Stop("", problems[3].project.get_absolute_url()),
    ]  # fmt: skip


def _rounds() -> list[Stop]:
    published = RoundFactory(published=True, sheets=7)
    running = RoundFactory(open=True, projects=ProjectFactory.create_batch(2, concluded=True))
    project = running.entries.earliest("pk").project
    return [
        Stop("", "/rounds/"), Stop("", f"/rounds/{published.slug}/"), Stop("", f"/rounds/{running.slug}/"),
        Stop("", published.entries.get().project.get_absolute_url()),
        Stop("monitor", f"/monitor/rounds/{running.slug}/"),
        Stop("monitor", f"/monitor/rounds/{running.slug}/{project.number}/"),
    ]  # fmt: skip


def _people() -> list[Stop]:
    return [Stop("citizen", "/accounts/mine/"), Stop("office_leader", "/accounts/password/change/")]
