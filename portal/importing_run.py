"""Importing a spreadsheet from its arrival to its end, or back out again: one path for the command and the screens.

A batch says by its status what is to be done: check, bring in, take back. `work_on` does it for whoever asks, the
background worker or a later one after a crash: each piece is one transaction that also says how far the work is.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.search.backends import get_search_backend

from config.uploads import flush
from portal.importing import BadFile, Fault, Glance, Table, check_package, glance
from portal.models import Campaign, ImportBatch, Incoming, Suggestion, bring_in, known_references
from portal.models.batch import MAX_ATTEMPTS, LeaseLost

log = logging.getLogger(__name__)
PIECE = 500  # rows
BACK_PIECE = 100  # taken back one by one; others shall not wait long for the database
MAX_FAULTS = 10_000  # kept for the list of faults
PREVIEW = 50  # rows shown before the import
Status = ImportBatch.Status
Tell = Callable[[int, int], None]


class Brought(NamedTuple):
    """What one run did: rows read, and messages recorded."""

    read: int
    added: int


# --- in -----------------------------------------------------------------------------------------
def take_in(file: File[Any], *, campaign: Campaign, source: str, by: Any = None) -> ImportBatch:
    """Keep a spreadsheet as a new batch. Raises `BadFile` and leaves nothing behind when it is none."""
    name = Path(file.name or "").name[-200:]
    batch = ImportBatch(campaign=campaign, source=source, by=by, file_name=name, sha256=digest(file))
    batch.file.save(name, file, save=False)
    try:
        check_package(Path(batch.file.path))
        glance(Path(batch.file.path))
        flush(batch.file)
        with transaction.atomic():
            batch.save()
            batch._begin(by=by)
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


def digest(file: File[Any]) -> str:
    """SHA-256 of the whole file."""
    total = hashlib.sha256()
    for chunk in file.chunks(1 << 20):
        total.update(chunk)
    file.seek(0)
    return total.hexdigest()


def broken_off(sha256: str, mapping: dict[str, str], *, campaign: Campaign, source: str) -> ImportBatch | None:
    """The batch of the same file that was not finished, if there is one."""
    rows = ImportBatch.objects.filter(sha256=sha256, campaign=campaign, source=source, mapping=mapping)
    return rows.filter(status__in=(Status.RUNNING, Status.FAILED)).first()


def look(batch: ImportBatch) -> Glance:
    """The heads and first rows. Raises `BadFile`."""
    return glance(Path(batch.file.path))


def _table(batch: ImportBatch) -> Table:
    """The spreadsheet with the columns that were chosen; refused when it is not the one that was uploaded."""
    try:
        with batch.file.open("rb") as stored:
            same = digest(stored) == batch.sha256
    except (OSError, ValueError):
        raise BadFile(_("找不到上传的表格，请重新上传。")) from None
    if not same:
        raise BadFile(_("存放的表格与上传时不同，没有导入。请重新上传。"))
    return Table(Path(batch.file.path), chosen=batch.mapping)


# --- the worker ---------------------------------------------------------------------------------
def work_on(pk: int) -> bool:
    """Do what a batch waits for, if nobody has it in hand. A failure leaves it for the next sweep, five times."""
    batch = ImportBatch.objects.filter(pk=pk, status__in=ImportBatch.WORKING).first()
    if batch is None or not batch.claim():
        return False
    try:
        if batch.attempts > MAX_ATTEMPTS:
            _give_up(batch)
        else:
            _do(batch)
    except LeaseLost:
        log.warning("Import batch %s was taken over by another worker", pk)
    except Exception:
        log.exception("Import batch %s broke off", pk)
        batch.let_go()
    return True


def _do(batch: ImportBatch) -> None:
    match batch.status:
        case Status.CHECKING:
            check(batch)
        case Status.RUNNING:
            bring(batch)
        case Status.UNDOING:
            take_back(batch)


def _give_up(batch: ImportBatch) -> None:
    reason = _("连续 %d 次都没有办完，请把这一页告诉系统管理员。") % MAX_ATTEMPTS
    if batch.status == Status.CHECKING:
        batch.unread(reason)
    elif batch.status == Status.RUNNING:
        batch.fail(reason)


# --- check --------------------------------------------------------------------------------------
def check(batch: ImportBatch) -> None:
    """The first reading: every row is tried and nothing is written."""
    try:
        table = _table(batch)
    except BadFile as reason:
        batch.unread(str(reason))
        return
    batch.hold(rows=len(table), read=0)
    batch.checked(**_survey(batch, table))


def _survey(batch: ImportBatch, table: Table) -> dict[str, Any]:
    """What the spreadsheet would add, its faults, and its first rows as they will become."""
    seen: dict[str, int] = {}
    faults: list[Fault] = []
    preview: list[dict[str, Any]] = []
    read = new = count = faulty = 0
    for piece in batched(table.rows(), PIECE):
        known = known_references(batch.source, [row.reference for row, _found in piece if row])
        for row, found in piece:
            read, count, faulty = read + 1, count + len(found), faulty + bool(found)
            faults += found[: max(0, MAX_FAULTS - len(faults))]
            first = seen.setdefault(row.reference, row.row) if row else 0
            state = "fault" if row is None else "known" if row.reference in known else "new"
            if row and first != row.row:
                state = "again"
            new += state == "new"
            if len(preview) < PREVIEW:
                preview.append({"state": state, "first": first, **(_shown(row) if row else _wrong(found))})
        batch.hold(read=read)
    listed = [[fault.row, fault.column, fault.value, str(fault.reason)] for fault in faults]
    findings = {"preview": preview, "faults": listed, "faulty_rows": faulty}
    return {"rows": read, "new": new, "faults": count, "findings": findings}


def _shown(row: Incoming) -> dict[str, Any]:
    """A row as it will become; who wrote it stays out, since findings are not encrypted."""
    return {
        "row": row.row, "reference": row.reference, "title": row.title, "body": row.body[:100],
        "at": f"{timezone.localtime(row.received_at):%Y-%m-%d %H:%M}", "topic": row.topic.name if row.topic else "",
        "reply": row.reply[:60],
    }  # fmt: skip


def _wrong(found: list[Fault]) -> dict[str, Any]:
    return {"row": found[0].row, "faults": [[fault.column, fault.value, str(fault.reason)] for fault in found]}


# --- bring in -----------------------------------------------------------------------------------
def bring(batch: ImportBatch, tell: Tell | None = None) -> Brought:
    """The second reading: in pieces that each stand by themselves, so that a broken run goes on where it was."""
    try:
        table = _table(batch)
    except BadFile as reason:
        batch.fail(str(reason))
        return Brought(0, 0)
    by, backend = batch.asked_by("start", "retry"), get_search_backend()
    read = added = 0
    for piece in batched(_rows(table), PIECE):
        read += len(piece)
        with transaction.atomic():
            batch.hold(read=read)
            fresh = bring_in(piece, campaign=batch.campaign, source=batch.source, by=by, batch=batch)
            batch.hold(added=F("added") + fresh)
        added += fresh
        # Outside the transaction, and also what an earlier run of this batch recorded without coming so far.
        own = batch.suggestions.standing().filter(reference__in=[row.reference for row in piece])
        backend.add_bulk(Suggestion, own)
        if tell:
            tell(read, len(table))
    batch.finish()
    return Brought(read, added)


def _rows(table: Table) -> Iterator[Incoming]:
    return (row for row, _faults in table.rows() if row is not None)


# --- take back ----------------------------------------------------------------------------------
def take_back(batch: ImportBatch) -> None:
    """Void what nobody has worked on since, piece by piece; the rest stays as it is."""
    by, backend = batch.asked_by("undo"), get_search_backend()
    while True:
        with transaction.atomic():
            batch.hold()
            rows = batch.suggestions.untouched().select_for_update(of=("self",)).order_by("pk")
            piece = list(rows[:BACK_PIECE])
            for one in piece:
                one.void(by)
                backend.delete(one)
            batch.hold(removed=F("removed") + len(piece))
        if not piece:
            break
    batch.undone()
