"""`/desk/projects/`: the projects of one's own unit, and what is owed on each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.desk import desk_page, desk_view
from projects import permissions
from projects.desk.own import own_project
from projects.ledger import as_row, progress_shown
from projects.models import Project, Report, SupervisionOrder


@desk_view
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Our projects, those under way first, the newest year first."""
    mine = Project.objects.public().for_units(request.user.units_as()).with_ledger()  # type: ignore[union-attr]
    mine = mine.select_related("topic", "lead_unit", "area__parent").prefetch_related("steps")
    rows = [as_row(project) | {"href": _href(project), "is_ended": project.status in Project.ENDED} for project in mine]
    context = {
        "going": [row for row in rows if not row["is_ended"]],
        "ended": [row for row in rows if row["is_ended"]],
    }
    return desk_page(request, "projects/desk/projects.html", context)


def _href(project: Project) -> str:
    return reverse("project_desk:project", args=[project.number])


@desk_view
@require_safe
def project(request: HttpRequest, number: str) -> HttpResponse:
    """One of our projects: its plan, and everything owed on it, done and to come."""
    found = own_project(request.user, number)
    done, planned = progress_shown(found)
    reports = list(found.reports.binding().select_related("unit"))
    orders = list(found.orders.all())
    context = {
        "project": found,
        "light": found.light(),
        "progress": done,
        "planned": planned,
        "steps": found.steps.all() if found.plan_is_published else [],
        "owed": [_duty(one, _verb(one)) for one in _owed(reports, orders)],
        "later": [one for one in reports if one.is_editable and not _is_owed(one)],
        "handed_in": [one for one in reports[::-1] if not one.is_editable],
        "orders": orders,
        "can_change_plan": permissions.can_change_plan(request.user, found),
    }
    return desk_page(request, "projects/desk/project.html", context)


def _is_owed(report: Report) -> bool:
    """As `ReportQuerySet.owed` has it, for a report that is loaded already."""
    if report.kind in (Report.Kind.PLAN, Report.Kind.CONCLUDING):
        return True
    return not report.is_early()


def _owed(reports: list[Report], orders: list[SupervisionOrder]) -> list[Any]:
    owed: list[Any] = [one for one in reports if one.is_editable and _is_owed(one)]
    owed += [one for one in orders if one.can("reply")]
    return sorted(owed, key=lambda duty: (duty.due_on, duty.pk))


def _verb(duty: Any) -> str:
    if isinstance(duty, SupervisionOrder):
        return _("回复整改情况")
    if duty.status == Report.Status.RETURNED:
        return _("按退回意见修改")
    return _("接着填") if duty.work or duty.draft else _("开始填")


def _duty(duty: Any, verb: str) -> dict[str, Any]:
    """One duty for `components/duty.html`."""
    is_report = isinstance(duty, Report)
    return {
        "light_state": str(duty.light()),
        "light_text": duty.light_text(),
        "kind": duty.get_kind_display() if is_report else duty.desk_label(),
        "title": duty.desk_label() if is_report else duty.demand,
        "number": "" if is_report else duty.number,
        "due_on": duty.due_on,
        "href": duty.get_desk_url(),
        "verb": verb,
    }
