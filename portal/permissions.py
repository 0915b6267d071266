"""Who may do what with suggestions, decisions and assignments. Views answer who; the models answer whether."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from portal.models import Assignment, Decision, Extension, Membership, SelfReport, Suggestion, User

RECORD = "portal.add_suggestion"
READ = "portal.view_suggestion"
EDIT = "portal.change_suggestion"
SCREEN = "portal.screen_suggestion"
PROPOSE = "portal.propose_decision"
APPROVE = "portal.approve_decision"
NOTE = "portal.add_internalnote"
REVEAL = "portal.reveal_person"
READ_REVEALS = "portal.view_reveal"
READ_EXTENSIONS = "portal.view_extension"
READ_POSTERS = "portal.view_poster"
MAKE_POSTERS = "portal.add_poster"
RETIRE_POSTERS = "portal.change_poster"
READ_NOTICES = "portal.view_notice"
HANDLE_NOTICES = "portal.handle_notice"
DECIDE_EXTENSION = "portal.decide_extension"


# --- the office ---------------------------------------------------------------------------------
def can_read(user: Any) -> bool:
    """Every suggestion, public or not; never who wrote it."""
    return bool(user.has_perm(READ))


def can_record(user: Any) -> bool:
    """Enter what came by phone, by letter or at the counter."""
    return bool(user.has_perm(RECORD))


def can_edit(user: Any) -> bool:
    return bool(user.has_perm(EDIT))


def officers() -> Any:
    """Everybody who may screen, for lists to choose from. By name, without superusers."""
    backend = f"{ModelBackend.__module__}.{ModelBackend.__qualname__}"
    people = User.objects.with_perm(SCREEN, is_active=True, include_superusers=False, backend=backend)
    return people.order_by("display_name", "pk")


def can_screen(user: Any) -> bool:
    """Accept, not accept, reconsider, merge and undo a merge, release photos."""
    return bool(user.has_perm(SCREEN))


def can_note(user: Any) -> bool:
    """Write an internal note."""
    return bool(user.has_perm(NOTE))


def can_approve(user: Any, decision: Decision) -> bool:
    """Approve or send back: with the right to, and never one's own proposal."""
    return bool(user.has_perm(APPROVE)) and decision.decided_at is None and decision.proposed_by_id != user.pk


def can_reveal(user: Any, suggestion: Suggestion) -> bool:
    """See name and phone, and numbers left in the text, with a reason that stays on record."""
    in_text = any(suggestion.office_wording(text) != text for text in (suggestion.body, suggestion.wish))
    return bool(user.has_perm(REVEAL)) and bool(suggestion.name or suggestion.phone or in_text)


def can_decide_extension(user: Any, extension: Extension) -> bool:
    """Agree to more time or not."""
    return bool(user.has_perm(DECIDE_EXTENSION)) and extension.can("approve")


# --- units --------------------------------------------------------------------------------------
def works_for(user: Any, unit_pk: int, *roles: str) -> bool:
    """Whether the person acts for the unit, in one of the roles when any are named."""
    if not user.is_authenticated:
        return False
    rows = user.memberships.filter(unit=unit_pk, is_active=True)
    return bool(rows.filter(role__in=roles).exists() if roles else rows.exists())


def can_enter_desk(user: Any) -> bool:
    return bool(user.is_authenticated and user.memberships.filter(is_active=True).exists())


def can_answer(user: Any, assignment: Assignment) -> bool:
    """Write the answer: anybody of the unit, as long as it is with the unit's clerks."""
    return assignment.can("submit") and works_for(user, assignment.unit_id)


def can_sign(user: Any, assignment: Assignment) -> bool:
    """Sign or return: the unit's leader. That the writer does not sign is for the record to say."""
    return assignment.can("sign") and works_for(user, assignment.unit_id, Membership.Role.LEADER)


def can_hand_back(user: Any, assignment: Assignment) -> bool:
    """Give it back to the office as not theirs: the unit's leader, before an answer is with them."""
    return assignment.can("hand_back") and works_for(user, assignment.unit_id, Membership.Role.LEADER)


def can_sign_self_report(user: Any, report: SelfReport) -> bool:
    """Sign or return the unit's own proposal: its leader."""
    return report.can("sign") and works_for(user, report.unit_id, Membership.Role.LEADER)


def can_ask_extension(user: Any, assignment: Assignment) -> bool:
    """Ask for more time: anybody of the unit, until the answer is signed. When, and how often, is for the record to say."""
    return assignment.is_with_unit and works_for(user, assignment.unit_id)


def can_send_extension(user: Any, extension: Extension) -> bool:
    """Put a request that a clerk wrote to the office: the unit's leader."""
    return extension.can("send") and works_for(user, extension.assignment.unit_id, Membership.Role.LEADER)
