"""Taking a person out of the records: at their own wish, or when the term for keeping their data is over.

What was published stays, unsigned; what the office and the units wrote about it stays without the person. Everything
here may run twice: what is gone already stays gone.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.holdings import erase_everywhere, why_not_erase
from portal.models import (
    Assignment,
    Attachment,
    Decision,
    Erasure,
    Extension,
    ImportedReply,
    Letter,
    Notice,
    Recording,
    Subscription,
    Suggestion,
    User,
    Verdict,
)
from portal.models.public_text import CHOICES, TEXTS

log = logging.getLogger(__name__)
PERSON = ("name", "phone", "phone_key", "receipt_hash", "link_digest")


# --- one suggestion -----------------------------------------------------------------------------
@transaction.atomic
def forget_person(one: Suggestion, why: Any, *, cut: bool = True) -> None:
    """Take the author out of a suggestion, its history and everything written about it; the masked wording takes the
    place of the original. `cut`: nobody can follow it any more, by account or by receipt."""
    one = Suggestion.objects.select_for_update().get(pk=one.pk)
    secrets = one.secrets() + [found for found in one.found() if not found.is_shown]
    _scrub_others(one, lambda text: one.hide_in(text, secrets))
    _scrub_history(one, secrets)
    Notice.objects.forget_phone_about(one)
    Subscription.objects.filter(suggestion=one).delete()
    Recording.objects.filter(suggestion=one).update(caller="")
    empty_letters(Letter.objects.filter(suggestion=one))
    # A voice is a person's own, released or not; a released photo or video was looked at for faces.
    drop_files(one.attachments.filter(models.Q(is_released=False) | models.Q(kind=Attachment.Kind.VOICE)))
    one.shown_as = Suggestion.ShownAs.ANONYMOUS
    for name in TEXTS:  # masked as everybody reads it, the author's own name too
        setattr(one, name, one.hide_in(one.public_wording(getattr(one, name)), secrets))
    one.name, one.hidden_words = "", []
    one.set_phone("")
    edited = ["shown_as", "name", "phone", "phone_key", *TEXTS, *CHOICES]
    if cut:
        one.author, one.receipt_hash, one.link_digest = None, "", ""
        edited += ["author", "receipt_hash", "link_digest"]
        if one.status == Suggestion.Status.RECEIVED and one.is_public:
            one.is_public = False  # nobody can be asked any more whether it may be shown
            edited.append("is_public")
    one._change_reason = str(why)  # type: ignore[attr-defined]
    one.save(update_fields=edited)
    one.history.update(name="", phone="", phone_key="", hidden_words=[], **({"author": None} if cut else {}))


def _scrub_others(one: Suggestion, hide: Any) -> None:
    """What staff wrote about it, without the person. Moves and internal notes are append-only in the
    database: a note is masked when it is written, and a move is not rewritten."""
    work = {"assignment__suggestion": one}
    for rows, names in (
        (Decision.objects.filter(suggestion=one), ("reason", "returned_because")),
        (Assignment.objects.filter(suggestion=one), ("answer",)),
        (Assignment.history.filter(suggestion=one), ("answer",)),
        (ImportedReply.objects.filter(suggestion=one), ("text",)),
        (Attachment.objects.filter(suggestion=one), ("caption", "transcript")),
        (Verdict.objects.filter(**work), ("comment",)),
        (Extension.objects.filter(**work), ("reason",)),
    ):
        scrub(rows, names, hide)


def scrub(rows: models.QuerySet[Any], names: tuple[str, ...], hide: Any) -> None:
    """Rewrite the texts of these rows where something in them is hidden."""
    for pk, *texts in rows.values_list("pk", *names):
        changed = {name: hidden for name, text in zip(names, texts, strict=True) if (hidden := hide(text)) != text}
        if changed:
            rows.model._base_manager.filter(pk=pk).update(**changed)


def _scrub_history(one: Suggestion, secrets: list[Any]) -> None:
    """Earlier wordings, masked as they stood for the public, and without the author's name."""
    for row in one.history.all():
        texts = {name: one.hide_in(getattr(row, f"public_{name}"), secrets) for name in TEXTS}
        public = {f"public_{name}": text for name, text in texts.items()}
        reason = one.hide_in(row.history_change_reason or "", secrets)
        one.history.filter(pk=row.pk).update(**texts, **public, history_change_reason=reason)


def drop_files(rows: models.QuerySet[Attachment]) -> int:
    """Remove attachments with their files; how many. A file that is gone already does not matter."""
    dropped = 0
    for row in rows:
        for field in row._meta.concrete_fields:
            if isinstance(field, models.FileField) and getattr(row, field.name):
                getattr(row, field.name).delete(save=False)
        row.delete()
        dropped += 1
    return dropped


def empty_letters(rows: models.QuerySet[Letter]) -> int:
    """Take sender and words out of letters; the key stays, so that the mailbox does not bring them again."""
    return rows.update(sender="", sender_name="", subject="", text="", trouble="")


# --- one account --------------------------------------------------------------------------------
def erase_due(at: datetime | None = None) -> int:
    """Carry out what is due; the number carried out. What is blocked by a duty waits until it is handed over."""
    done = 0
    for pk in Erasure.objects.due(at).values_list("pk", flat=True):
        done += _carry_out(pk, at or timezone.now())
    return done


@transaction.atomic
def _carry_out(pk: int, at: datetime) -> bool:
    wish = Erasure.objects.select_for_update().get(pk=pk)  # without the account: PostgreSQL locks no outer join
    user = wish.user
    if wish.cancelled_at or wish.done_at or user is None:
        return False
    if why_not_erase(user):
        log.warning("Erasure %s waits: the account still has duties", pk)
        return False
    note_down(wish.key)
    if wish.unpublish:
        _unpublish(user)
    erase_everywhere(user)
    Erasure.objects.filter(pk=pk).update(done_at=at)
    log.info("Erasure %s carried out", pk)
    return True


def _unpublish(user: Any) -> None:
    for one in Suggestion.objects.filter(author=user, is_public=True):
        one.is_public = False
        one._change_reason = str(_("提出人注销账号时要求撤下"))  # type: ignore[attr-defined]
        one.save(update_fields=["is_public"])


def erase_by_receipt(one: Suggestion, at: datetime | None = None) -> None:
    """Name and phone at once, by somebody who holds the receipt and may have no account."""
    key = Erasure.key_of(one)
    note_down(key)
    with transaction.atomic():
        forget_person(one, _("应提出人要求删除姓名和手机号"), cut=False)
        Erasure.objects.get_or_create(key=key, defaults={"asked_at": at or timezone.now(), "due_at": at or timezone.now(),
                                                         "done_at": at or timezone.now()})  # fmt: skip


# --- after a restore ----------------------------------------------------------------------------
def list_path() -> Path:
    """The list of what was erased, kept outside the database: a restored backup does not know of it."""
    return Path(settings.WEITAI_ERASURES)


def note_down(key: str) -> None:
    """Add a key to the list, on the disk before anything is erased. It names nobody; only our own key can make it."""
    path = list_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())


def reapply(path: Path | None = None) -> tuple[int, int]:
    """Erase again whom a restored backup brought back; (accounts, suggestions) that were there again."""
    path = path or list_path()
    keys = set(path.read_text("ascii").split()) if path.exists() else set()
    keys |= set(Erasure.objects.exclude(done_at=None).values_list("key", flat=True))
    users = suggestions = 0
    for user in User.objects.exclude(phone_key=None, is_active=False).iterator():
        if Erasure.key_of(user) in keys:
            with transaction.atomic():
                erase_everywhere(user)
            users += 1
    for one in Suggestion.objects.exclude(name="", phone_key="").iterator():
        if Erasure.key_of(one) in keys:
            forget_person(one, _("恢复备份后重新删除个人信息"), cut=False)
            suggestions += 1
    return users, suggestions
