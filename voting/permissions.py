"""Who may do what with rounds and scores. Views answer who; the models answer whether."""

from __future__ import annotations

from typing import Any

from voting.models import Round

READ_ROUNDS = "voting.view_round"
READ_RESULTS = "voting.view_result"
DRAFT = "voting.add_round"
RUN = "voting.change_round"
PUBLISH = "voting.publish_round"


def can_draft(user: Any) -> bool:
    """Prepare a new round."""
    return bool(user.has_perm(DRAFT))


def can_edit(user: Any, one: Round) -> bool:
    """Projects, criteria, weights and dates: until scoring begins."""
    return bool(user.has_perm(RUN)) and one.is_drafted


def can_run(user: Any) -> bool:
    """Open a round, and close it once its time has come."""
    return bool(user.has_perm(RUN))


def can_publish(user: Any, one: Round) -> bool:
    return bool(user.has_perm(PUBLISH)) and one.can("publish")


def can_preview(user: Any, one: Round) -> bool:
    """Results inside the office: never before the round has closed, whoever asks."""
    return bool(user.has_perm(READ_RESULTS)) and one.status in (Round.Status.CLOSED, Round.Status.PUBLISHED)


def can_read_results(user: Any, one: Round) -> bool:
    """The public reads them from publication on."""
    return one.is_published
