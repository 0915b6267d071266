"""Who may do what with monitors, visits and problems. Views answer who; the models answer whether."""

from __future__ import annotations

from typing import Any

from monitors.models import Problem, Visit
from portal.permissions import works_for

READ_MONITORS = "monitors.view_monitor"
APPOINT = "monitors.add_monitor"
MANAGE_MONITORS = "monitors.change_monitor"
READ_VISITS = "monitors.view_visit"
PLAN_VISITS = "monitors.add_visit"
RUN_VISITS = "monitors.change_visit"
READ_NOTES = "monitors.view_visitnote"
READ_PROBLEMS = "monitors.view_problem"
CHECK_PROBLEMS = "monitors.check_problem"
READ_RECUSALS = "monitors.view_recusal"
FIND_RECUSALS = "monitors.add_recusal"


# --- the office ---------------------------------------------------------------------------------
def can_appoint(user: Any) -> bool:
    return bool(user.has_perm(APPOINT))


def can_manage_monitors(user: Any) -> bool:
    """Edit what the roster shows, end a term, begin a new one."""
    return bool(user.has_perm(MANAGE_MONITORS))


def can_plan_visits(user: Any) -> bool:
    return bool(user.has_perm(PLAN_VISITS))


def can_run_visits(user: Any) -> bool:
    """Edit, announce, hold, publish, call off, show the sign-in code, hold a note back."""
    return bool(user.has_perm(RUN_VISITS))


def can_edit_visit(user: Any, visit: Visit) -> bool:
    """Where and when: until it is over."""
    return can_run_visits(user) and not visit.is_over


def can_check(user: Any, problem: Problem) -> bool:
    """Hand a problem to its unit, or drop it."""
    return bool(user.has_perm(CHECK_PROBLEMS)) and problem.can("hand_over")


def can_find_recusal(user: Any) -> bool:
    """Enter that a monitor has an interest in a project. Monitors declare their own without any permission."""
    return bool(user.has_perm(FIND_RECUSALS))


# --- units --------------------------------------------------------------------------------------
def can_read_at_desk(user: Any, problem: Problem) -> bool:
    """The unit that it was handed to, from then on."""
    unseen = (Problem.Status.RAISED, Problem.Status.DROPPED)
    return problem.status not in unseen and works_for(user, problem.unit_id)


def can_answer(user: Any, problem: Problem) -> bool:
    """Anybody of the unit, as long as an answer is owed."""
    return problem.can("answer") and works_for(user, problem.unit_id)


# --- monitors -----------------------------------------------------------------------------------
def can_judge(user: Any, problem: Problem) -> bool:
    """Confirm or dispute an answer: the monitor who raised the problem, and nobody else."""
    return problem.can("confirm") and problem.monitor.user_id == user.pk


def can_dispute(user: Any, problem: Problem) -> bool:
    return can_judge(user, problem) and not problem.is_disputed_once
