"""Background work of votes and rounds. Tasks find their work in rows, so running twice or late does no harm."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from config.moves import SomebodyWasFaster
from portal.models import Suggestion, SuggestionMove
from voting.models import Round, Support
from voting.models.support import pending_key

log = logging.getLogger(__name__)
# The sweep looks back further than its own interval, so that a run that was missed is made up for.
RECENT = timedelta(minutes=10)


@shared_task
def recount(suggestion_pk: int) -> int:
    """Write the stored counter of one suggestion anew; the number of supporters."""
    # Before counting: a support that comes in from here on asks for its own count.
    cache.delete(pending_key(suggestion_pk))
    count = Support.objects.count_for(suggestion_pk)
    Suggestion.objects.filter(pk=suggestion_pk).exclude(support_count=count).update(support_count=count)
    return count


@shared_task
def recount_recent() -> int:
    """Heal counters whose hint was lost, and count anew what was merged or separated; the number looked at."""
    since = timezone.now() - RECENT
    moved = SuggestionMove.objects.filter(verb__in=("merge", "unmerge"), at__gte=since)
    pks = set(Support.objects.filter(at__gte=since).values_list("suggestion", flat=True))
    for subject, lead, verb in moved.values_list("subject", "subject__lead", "verb"):
        pks |= {pk for pk in (subject, lead) if pk is not None}
        # A suggestion that was separated no longer knows which one led it.
        pks |= set(_leads().values_list("pk", flat=True)) if verb == "unmerge" else set()
    for pk in pks:
        recount(pk)
    return len(pks)


@shared_task
def recount_all() -> int:
    """Reconcile every stored counter with its rows; the number of counters that were wrong, which is logged."""
    members = Suggestion.objects.filter(lead=OuterRef("pk"))
    alone = Suggestion.objects.filter(~Exists(members)).annotate(n=Count("supports")).exclude(n=F("support_count"))
    wrong = []
    for pk in [*alone.values_list("pk", flat=True), *_leads().values_list("pk", flat=True)]:
        stored = Suggestion.objects.values_list("support_count", flat=True).get(pk=pk)
        if recount(pk) != stored:
            wrong.append(pk)
    if wrong:
        log.error("Support counters were wrong and have been set right: %s", wrong[:50])
    return len(wrong)


def _leads() -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(Exists(Suggestion.objects.filter(lead=OuterRef("pk"))))


@shared_task
def close_due_rounds() -> int:
    """Close every round whose time has come by the database's clock; the number closed."""
    closed = 0
    for one in Round.objects.due_to_close():
        try:
            one.close()
            closed += 1
        except SomebodyWasFaster:
            log.info("Round %s was closed by somebody else", one.slug)
    return closed
