"""Background work of the portal. Tasks find their work in rows, so running twice or late does no harm."""

from __future__ import annotations

import logging
from imaplib import IMAP4

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone
from imap_tools import ImapToolsError

from portal import erasing, importing_run, intake, mailbox, recordings, resumable, retention, searching, similar
from portal.delivery import deliver_batch
from portal.duties import light_all
from portal.models import Attachment, ImportBatch

log = logging.getLogger(__name__)
BATCH = 200


@shared_task
def deliver_waiting() -> int:
    """Send what waits in the outbox, oldest first; the number of messages sent."""
    return deliver_batch()


@shared_task
def light_duties() -> int:
    """The daily sweep: record the lights that came on."""
    return light_all(timezone.localdate())


@shared_task
def drop_unclaimed_uploads() -> int:
    """Remove what was uploaded to forms that were never sent."""
    dropped = 0
    for attachment in Attachment.objects.unclaimed()[:BATCH]:
        intake.drop(attachment)
        attachment.delete()
        dropped += 1
    resumable.sweep()
    return dropped


@shared_task
def fetch_letters() -> int:
    """New mails of the office's mailbox; a broken connection is tried again at the next turn."""
    try:
        return mailbox.fetch()
    except (OSError, IMAP4.error, ImapToolsError) as trouble:
        log.warning("Mailbox not read to its end: %s", type(trouble).__name__)
        return 0


@shared_task
def drop_expired_sessions() -> None:
    """Each visit to the suggestion form begins a session; the ended ones go."""
    call_command("clearsessions")


@shared_task
def catch_up_similar() -> int:
    """What the index of similar suggestions missed, and some of what was measured long ago."""
    return similar.catch_up(most_anew=2000)


@shared_task
def catch_up_search() -> int:
    """What the index of words missed."""
    return searching.catch_up()


@shared_task
def work_on_import(pk: int) -> bool:
    """Check, bring in or take back one batch, as its status says."""
    return importing_run.work_on(pk)


@shared_task
def work_on_imports() -> int:
    """The batches whose hint was lost or whose worker died; the number worked on."""
    return sum(importing_run.work_on(pk) for pk in ImportBatch.objects.waiting().values_list("pk", flat=True))


@shared_task
def work_on_recording(pk: int) -> bool:
    """Make one recording playable, or reject it."""
    return recordings.work_on(pk)


@shared_task
def work_on_recordings() -> int:
    """The recordings whose hint was lost or whose worker died; the number worked on."""
    return sum(recordings.work_on(pk) for pk in list(Attachment.objects.waiting().values_list("pk", flat=True)[:BATCH]))


@shared_task
def erase_due() -> int:
    """Accounts whose owners asked for it seven days ago."""
    return erasing.erase_due()


@shared_task
def apply_retention() -> int:
    """What is over its term goes; the number of records."""
    return sum(retention.apply_rules().values())
