"""The office's mailbox: every mail becomes a letter exactly once, whoever fetches it and wherever it breaks off.

The rows are the truth, the mailbox is only read: a letter and its files are one transaction, the mail is marked as read
after it. What is known by place or by Message-ID is not taken again, also when the server numbers its mails anew.
"""

from __future__ import annotations

import email
import hashlib
import logging
import re
from datetime import timedelta
from email.message import Message
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted

from config.uploads import Refused
from portal import intake, mail_text
from portal.models import Letter

log = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=60)
LARGEST = 30 * 1024 * 1024  # bytes of a mail that is fetched whole
MOST_FILES = 9
AT_ONCE = 50
SECONDS = 30


def fetch() -> int:
    """Take what is new; the number of new letters. Without a mailbox in the settings nothing. Raises what the
    connection raises; what was taken before that stays."""
    if not settings.IMAP_HOST:
        return 0
    kind = MailBox if settings.IMAP_TLS else MailBoxUnencrypted
    with kind(settings.IMAP_HOST, port=settings.IMAP_PORT, timeout=SECONDS).login(
        settings.IMAP_USER, settings.IMAP_PASSWORD, initial_folder=settings.IMAP_FOLDER
    ) as box:
        validity = box.folder.status(settings.IMAP_FOLDER, ["UIDVALIDITY"])["UIDVALIDITY"]
        return sum(_take(box, validity, uid) for uid in _unknown(box, validity)[:AT_ONCE])


def _unknown(box: BaseMailBox, validity: int) -> list[int]:
    """The mails of the last weeks that lie where none of our letters lay."""
    since = timezone.localdate() - LOOK_BACK
    found = {int(uid) for uid in box.uids(f"SINCE {since:%d-%b-%Y}", charset=None)}
    known = Letter.objects.filter(validity=validity, uid__in=found).values_list("uid", flat=True)
    return sorted(found - set(known))


def _take(box: BaseMailBox, validity: int, uid: int) -> bool:
    """One mail. True when it became a letter now."""
    head, size = _read(box, uid, "BODY.PEEK[HEADER]")
    whole = size <= LARGEST
    raw, _size = _read(box, uid, "BODY.PEEK[]") if whole else (head, size)
    if not raw:
        return False  # gone from the mailbox in the meantime
    new = keep(raw, validity, uid, size=0 if whole else size)
    box.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
    return new


def _read(box: BaseMailBox, uid: int, part: str) -> tuple[bytes, int]:
    """(bytes, size of the whole mail)."""
    _state, answer = box.client.uid("FETCH", str(uid), f"({part} RFC822.SIZE)")
    rows: list[Any] = answer or []
    content = next((row[1] for row in rows if isinstance(row, tuple)), b"")
    words = b" ".join(row[0] if isinstance(row, tuple) else row for row in rows if row)
    size = re.search(rb"RFC822\.SIZE (\d+)", words)
    return content, int(size.group(1)) if size else len(content)


def keep(raw: bytes, validity: int, uid: int, *, size: int = 0) -> bool:
    """Write one mail down; False when it is here already. `size`: of a mail too large to be read whole."""
    mail = email.message_from_bytes(raw)
    key = hashlib.sha256(str(mail.get("Message-ID") or "").strip().encode("utf-8", "replace") or raw).hexdigest()
    try:
        with transaction.atomic():
            letter = Letter.objects.create(message_key=key, validity=validity, uid=uid, **_facts(mail))
            letter._begin(at=letter.taken_at)
            _keep_files(letter, mail, size)
            if why := mail_text.why_automatic(mail):
                letter.set_aside(None, why)
    except IntegrityError:
        if not Letter.objects.filter(message_key=key).update(validity=validity, uid=uid):
            raise
        return False
    return True


def _facts(mail: Message) -> dict[str, Any]:
    name, address = mail_text.sender(mail)
    return {
        "sender": address, "sender_name": name, "subject": mail_text.header(mail, "Subject")[: mail_text.SUBJECT_MAX],
        "text": mail_text.text(mail), "received_at": mail_text.sent_at(mail),
    }  # fmt: skip


def _keep_files(letter: Letter, mail: Message, size: int) -> None:
    """The files through the one way in; what is not taken is said by name."""
    trouble = []
    if size:
        trouble.append(_("这封信有 %d MB，太大，没有取正文和附件，请到邮箱里看。") % (size // 1024 // 1024))
    taken = 0
    for file in mail_text.files(mail):
        if taken >= MOST_FILES:
            trouble.append(_("附件超过 %d 个，其余的没有收下，请到邮箱里看。") % MOST_FILES)
            break
        try:
            intake.take_in(ContentFile(file.content, name="file"), kinds=intake.FROM_OFFICE, letter=letter)
            taken += 1
        except Refused as refused:
            trouble.append(_("附件“%(name)s”没有收下：%(why)s") % {"name": file.name, "why": refused})
    if trouble:
        Letter.objects.filter(pk=letter.pk).update(trouble="\n".join(trouble))
