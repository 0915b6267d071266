"""Who may do what with projects, reports and orders. Views answer who; the models answer whether."""

from __future__ import annotations

from typing import Any

from portal.permissions import works_for
from projects.models import AnnualList, Project, Report, SupervisionOrder

READ_PROJECTS = "projects.view_project"
READ_LISTS = "projects.view_annuallist"
READ_REPORTS = "projects.view_report"
READ_ORDERS = "projects.view_supervisionorder"
MANAGE_POOL = "projects.manage_pool"
COMPOSE_LIST = "projects.change_annuallist"
DRAFT_LIST = "projects.add_annuallist"
ISSUE_LIST = "projects.issue_annuallist"
REVIEW_REPORT = "projects.review_report"
ISSUE_ORDER = "projects.issue_order"

CHANGEABLE = (Project.Status.PLANNED, Project.Status.ACTIVE)


# --- units --------------------------------------------------------------------------------------
def can_open_at_desk(user: Any, project: Project) -> bool:
    """The lead unit, from the day on which the project is listed."""
    return project.is_published and works_for(user, project.lead_unit_id)


def can_fill_report(user: Any, report: Report) -> bool:
    """Write it, save it and hand it in: anybody of the unit, while it is not handed in and the project goes on."""
    running = report.project.status in Project.RUNNING
    return report.is_editable and running and works_for(user, report.unit_id)


def can_change_plan(user: Any, project: Project) -> bool:
    """Change an agreed plan, with a reason that everybody reads."""
    return project.status in CHANGEABLE and works_for(user, project.lead_unit_id)


def can_reply_order(user: Any, order: SupervisionOrder) -> bool:
    return order.can("reply") and works_for(user, order.unit_id)


# --- the office ---------------------------------------------------------------------------------
def can_manage_pool(user: Any) -> bool:
    """Open projects, edit them, suspend, resume, cancel, carry over."""
    return bool(user.has_perm(MANAGE_POOL))


def can_interrupt(user: Any, project: Project, verb: str) -> bool:
    return can_manage_pool(user) and verb in Project.INTERRUPTIONS and project.can(verb)


def can_draft_list(user: Any) -> bool:
    return bool(user.has_perm(DRAFT_LIST))


def can_compose_list(user: Any, annual_list: AnnualList) -> bool:
    """Put projects on the list and take them off, while it is drafted."""
    return bool(user.has_perm(COMPOSE_LIST)) and annual_list.status == AnnualList.Status.DRAFTED


def can_issue_list(user: Any) -> bool:
    """Review, send back, issue."""
    return bool(user.has_perm(ISSUE_LIST))


def can_review_report(user: Any, report: Report) -> bool:
    return bool(user.has_perm(REVIEW_REPORT)) and report.can("accept")


def can_correct_report(user: Any, report: Report) -> bool:
    closed = report.status == Report.Status.ACCEPTED and report.kind != Report.Kind.PLAN
    return bool(user.has_perm(REVIEW_REPORT)) and closed


def can_issue_order(user: Any, project: Project) -> bool:
    return bool(user.has_perm(ISSUE_ORDER)) and project.status in Project.RUNNING


def can_return_order(user: Any, order: SupervisionOrder) -> bool:
    return bool(user.has_perm(ISSUE_ORDER)) and order.can("return")


def can_discharge_order(user: Any, order: SupervisionOrder) -> bool:
    """Take a project off the list of supervision: never by whoever put it there."""
    return bool(user.has_perm(ISSUE_ORDER)) and order.can("discharge") and not order.was_issued_by(user)
