"""Suggestions that come from elsewhere in bulk: whole batches, each row once, with the answers they had there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from config.moves import BIRTH
from portal.models.batch import ImportBatch
from portal.models.campaign import Campaign
from portal.models.numbers import suggestion_numbers
from portal.models.places import Topic
from portal.models.suggestion import ImportedReply, Suggestion, SuggestionMove


@dataclass(frozen=True)
class Incoming:
    """One row of a batch, cleaned. `reference` is its number on the older platform; votes are that platform's;
    `row` is where it stands in the spreadsheet."""

    reference: str
    title: str
    body: str
    received_at: datetime
    name: str = ""
    topic: Topic | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    reply: str = ""
    replied_at: datetime | None = None
    row: int = 0


@transaction.atomic
def bring_in(
    rows: Sequence[Incoming], *, campaign: Campaign, source: str, by: Any = None, batch: ImportBatch | None = None
) -> int:
    """Record the rows that are not here yet; the number recorded. Rows with a reply arrive answered. Of rows with the
    same reference the first one counts.

    All rows of the call are written or none. Their births are dated as on the older platform; an imported suggestion
    has no receipt, since its author was never given one here.
    """
    known = known_references(source, [row.reference for row in rows])
    fresh = list({row.reference: row for row in reversed(rows) if row.reference not in known}.values())[::-1]
    if not fresh:
        return 0
    from portal import searching, similar

    numbers = suggestion_numbers(campaign.year, len(fresh))
    suggestions = [_suggestion(row, number, campaign, source) for row, number in zip(fresh, numbers, strict=True)]
    for suggestion in suggestions:
        suggestion.batch = batch
    made = bulk_create_with_history(
        suggestions, Suggestion, default_user=by, default_change_reason=str(_("导入：%s") % source)
    )
    _write_lives(dict(zip([row.reference for row in fresh], fresh, strict=True)), made, by)
    searching.keep([one.pk for one in made])
    similar.keep_later([one.pk for one in made])
    return len(made)


def known_references(source: str, references: Sequence[str]) -> set[str]:
    """Which of these messages of that platform are here."""
    rows = Suggestion.objects.standing().filter(source=source, reference__in=references)
    return set(rows.values_list("reference", flat=True))  # type: ignore[arg-type]


def _suggestion(row: Incoming, number: str, campaign: Campaign, source: str) -> Suggestion:
    answered = bool(row.reply)
    return Suggestion(
        number=number, campaign=campaign, source=source, reference=row.reference, title=row.title, body=row.body,
        name=row.name, topic=row.topic, received_at=row.received_at, channel=Suggestion.Channel.IMPORT,
        imported_for=row.votes_for, imported_against=row.votes_against,
        status=Suggestion.Status.ANSWERED if answered else Suggestion.Status.RECEIVED,
    )  # fmt: skip


def _write_lives(rows: dict[str, Incoming], made: Sequence[Suggestion], by: Any) -> None:
    """The move rows of a batch, as the verbs would have written them one by one, and the replies."""
    received, answered = Suggestion.Status.RECEIVED, Suggestion.Status.ANSWERED
    moves, replies = [], []
    for suggestion in made:
        row = rows[str(suggestion.reference)]
        moves.append(SuggestionMove(subject=suggestion, verb=BIRTH, old="", new=received, by=by, at=row.received_at))
        if row.reply:
            at = row.replied_at or timezone.now()
            moves.append(
                SuggestionMove(
                    subject=suggestion,
                    verb="bring_answer",
                    old=received,
                    new=answered,
                    by=by,
                    at=at,
                    public_note=row.reply,
                )
            )
            replies.append(ImportedReply(suggestion=suggestion, text=row.reply, replied_at=at))
    SuggestionMove.objects.bulk_create(moves)
    ImportedReply.objects.bulk_create(replies)
