"""保存期限: what is kept for how long, one rule per kind of data. Run every night; a rule run twice removes nothing more.

The terms are those of `docs/privacy.md`, which the public reads too: change both together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import codes
from portal.erasing import drop_files, empty_letters, forget_person
from portal.models import (
    Attachment,
    DeskDraft,
    ImportBatch,
    Letter,
    Notice,
    Recording,
    Subscription,
    Suggestion,
    SuggestionMove,
)

log = logging.getLogger(__name__)
YEAR = timedelta(days=365)
Status = Suggestion.Status
OVER = (*Suggestion.ENDED, Status.NOT_ACCEPTED, Status.VOIDED)
GONE = "（已按保存期限清除）"


@dataclass(frozen=True)
class Rule:
    """`rows(at)` are what is over its term at that moment, `drop` removes one of them."""

    key: str
    what: Any
    term: timedelta
    counted_from: Any
    rows: Callable[[datetime], Any]
    drop: Callable[[Any], Any]


def _ended_before(moment: datetime, prefix: str = "") -> Q:
    """Whose case has been over since then: in an end state, and nothing moved since; a merged one follows its lead."""
    moved = SuggestionMove.objects.filter(at__gte=moment)
    own = Q(status__in=OVER) & ~Exists(moved.filter(subject=OuterRef(f"{prefix}pk")))
    merged = Q(status=Status.MERGED, lead__status__in=OVER)
    return own | (merged & ~Exists(moved.filter(subject=OuterRef(f"{prefix}lead"))))


def closed_since(moment: datetime) -> Any:
    return Suggestion.objects.filter(_ended_before(moment), received_at__lt=moment)


def _people(at: datetime) -> Any:
    beside = (Recording.objects.exclude(caller=""), Letter.objects.exclude(sender="", text=""), Subscription.objects)
    known = ~Q(name="") | ~Q(phone_key="") | Q(pk__in=Suggestion.history.exclude(phone_key="").values("id"))
    for rows in beside:
        known |= Q(pk__in=rows.filter(suggestion__isnull=False).values("suggestion"))
    return closed_since(at - 2 * YEAR).filter(known)


def _letters(at: datetime) -> Any:
    """Set aside, and nobody took them up again."""
    return Letter.objects.filter(status=Letter.Status.SET_ASIDE, received_at__lt=at - YEAR).exclude(sender="", text="")


def _empty_letter(letter: Letter) -> None:
    drop_files(letter.attachments.all())
    empty_letters(Letter.objects.filter(pk=letter.pk))


def _originals(at: datetime) -> Any:
    return Attachment.objects.filter(is_released=False, suggestion__in=closed_since(at - YEAR))


def _messages(at: datetime) -> Any:
    sent = Notice.objects.filter(created_at__lt=at - timedelta(days=180)).exclude(channel=Notice.Channel.IN_APP)
    return sent.exclude(text=GONE)


def _forget_message(notice: Notice) -> None:
    key = f"forgotten:{notice.pk}"
    Notice.objects.filter(pk=notice.pk).update(
        phone="", text=GONE, recipient_key=key, next_try_at=None, sent_at=notice.sent_at or notice.created_at
    )


def _sheets(at: datetime) -> Any:
    """Spreadsheets that nobody went on with, and those that were brought in long ago."""
    forgotten = Q(status__in=(ImportBatch.Status.PREPARING, ImportBatch.Status.CHECKED),
                  created_at__lt=at - timedelta(days=30))  # fmt: skip
    old = Q(status__in=ImportBatch.SHOWN, created_at__lt=at - 2 * YEAR)
    return ImportBatch.objects.filter(forgotten | old).exclude(file="")


def _drop_sheet(batch: ImportBatch) -> None:
    if batch.can("drop"):
        batch.drop(None)
        return
    batch.file.delete(save=False)
    ImportBatch.objects.filter(pk=batch.pk).update(file="", findings={})


def _stale_codes(at: datetime) -> list[Session]:
    """Sessions in which a code lies that nobody typed in time."""
    ended = at.timestamp() - codes.LIFE_SECONDS
    alive = Session.objects.filter(expire_date__gt=at).iterator()
    return [one for one in alive if any(sent < ended for sent in _sent(one.get_decoded()))]


def _sent(data: dict[str, Any]) -> list[float]:
    return [data[use]["sent_at"] for use in codes.USES if use in data]


def _drop_code(session: Session) -> None:
    store = SessionStore(session.session_key)
    for use in codes.USES:
        store.pop(use, None)
    store.save(must_create=False)


RULES = (
    Rule("people", gettext_lazy("建议里的姓名、手机号和原文中的个人信息"), 2 * YEAR, gettext_lazy("办结"), _people,
         lambda one: forget_person(one, _("保存期限已到"), cut=False)),
    Rule("originals", gettext_lazy("没有公开的照片、录音、录像、原件"), YEAR, gettext_lazy("办结"), _originals,
         lambda one: drop_files(Attachment.objects.filter(pk=one.pk))),
    Rule("messages", gettext_lazy("短信、邮件等通知的号码和内容"), timedelta(days=180), gettext_lazy("产生"), _messages, _forget_message),
    Rule("inbox", gettext_lazy("站内消息"), 2 * YEAR, gettext_lazy("产生"),
         lambda at: Notice.objects.filter(channel=Notice.Channel.IN_APP, created_at__lt=at - 2 * YEAR),
         lambda one: one.delete()),
    Rule("sheets", gettext_lazy("没有导入的表格（30 天）和已导入的表格"), 2 * YEAR, gettext_lazy("上传"), _sheets, _drop_sheet),
    Rule("drafts", gettext_lazy("前台没有存的登记草稿"), timedelta(days=14), gettext_lazy("最后一次改动"),
         lambda at: DeskDraft.objects.outdated(at), lambda one: one.delete()),
    Rule("letters", gettext_lazy("搁置的来信"), YEAR, gettext_lazy("收到"), _letters, _empty_letter),
    Rule("codes", gettext_lazy("没有用掉的验证码"), timedelta(minutes=10), gettext_lazy("发出"), _stale_codes, _drop_code),
)  # fmt: skip


def over_term(at: datetime | None = None) -> dict[str, int]:
    """How many records each rule would remove now; nothing is written."""
    at = at or timezone.now()
    return {rule.key: len(rule.rows(at)) for rule in RULES}


def apply_rules(at: datetime | None = None) -> dict[str, int]:
    """Remove what is over its term, each record in a transaction of its own; how many by rule. A record that cannot be
    removed is told in the log and does not hold up the others."""
    at, done = at or timezone.now(), {}
    for rule in RULES:
        done[rule.key] = sum(_drop(rule, row) for row in rule.rows(at))
    log.info("Retention: %s", ", ".join(f"{key} {count}" for key, count in done.items()))
    return done


def _drop(rule: Rule, row: Any) -> bool:
    try:
        with transaction.atomic():
            rule.drop(row)
    except Exception as trouble:
        log.error("Retention: %s %s stays: %s", rule.key, row.pk, type(trouble).__name__)
        return False
    return True
