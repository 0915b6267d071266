"""What is in a mail: words whatever their charset claims, plain text from HTML, files, and whether a machine wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

SUBJECT_MAX, TEXT_MAX = 300, 20_000
SIGNATURE_IMAGE = 10 * 1024  # bytes: smaller pictures inside the text are logos
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "",
    "us-ascii": "",
}
_AUTOMATIC = re.compile(r"^\s*(自动回复|自动答复|auto(matic)?[ -]?reply|out of (the )?office)", re.IGNORECASE)
_BOUNCED = re.compile(r"^(mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_REPLY = re.compile(r"^\s*((re|fwd?|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class File(NamedTuple):
    name: str
    content: bytes


def readable(raw: bytes, charset: str = "") -> str:
    """The words in these bytes. The name of the charset is only a first guess: mail that calls itself GB2312 is mostly
    GB18030, and mail that claims nothing is UTF-8 or GB18030."""
    named = charset.strip().strip("\"'").lower()
    for guess in (_WIDER.get(named, named), "utf-8", "gb18030"):
        try:
            return _clean(raw.decode(guess)) if guess else _clean(raw.decode("utf-8"))
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return _clean(raw.decode("utf-8", "replace"))


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def header(mail: Message, name: str) -> str:
    """A header's words on one line."""
    value = mail.get(name)
    if value is None:
        return ""
    try:
        raw = str(value).encode("ascii", "surrogateescape")  # bytes that the sender left bare
    except UnicodeEncodeError:
        return " ".join(_clean(str(value)).split())
    if b"=?" not in raw:
        return " ".join(readable(raw).split())
    try:
        parts = decode_header(raw.decode("ascii", "replace"))
    except Exception:  # broken encoded words are shown as they are
        return " ".join(readable(raw).split())
    words = [part if isinstance(part, str) else readable(part, charset or "") for part, charset in parts]
    return " ".join("".join(words).split())


def sender(mail: Message) -> tuple[str, str]:
    """(name, address) of From."""
    name, address = parseaddr(header(mail, "From"))
    return name.strip()[:40], address.strip()[:254]


def title(subject: str) -> str:
    """The subject without its Re: and Fwd:."""
    return _REPLY.sub("", subject).strip()


def sent_at(mail: Message) -> object:
    """The date of the mail as an aware moment, not later than now; now when there is none that makes sense."""
    now = timezone.now()
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
        at = at if at.tzinfo else timezone.make_aware(at)
        return at if at.year > 2000 and at <= now else now
    except (TypeError, ValueError, OverflowError, IndexError):
        return now


def why_automatic(mail: Message) -> str:
    """A sentence when a machine wrote this: an answer of an absent person, or a mail that came back."""
    address = sender(mail)[1]
    kind = mail.get_content_type()
    if kind == "multipart/report" or _BOUNCED.match(address) or str(mail.get("Return-Path", "")).strip() == "<>":
        return _("系统识别：退信")
    auto = header(mail, "Auto-Submitted").lower()
    replied = header(mail, "X-Autoreply") or header(mail, "X-Autorespond") or _AUTOMATIC.match(header(mail, "Subject"))
    return _("系统识别：自动回复") if replied or (auto and auto != "no") else ""


def parts(mail: Message) -> Iterator[Message]:
    """The leaves, those of forwarded mails too."""
    return (part for part in mail.walk() if not part.is_multipart())


def text(mail: Message) -> str:
    """Plain text; of HTML only where there is no plain text."""
    plain, rich = [], []
    for part in parts(mail):
        if part.get_filename() or part.get_content_disposition() == "attachment":
            continue
        words = readable(_payload(part), str(part.get_param("charset") or ""))
        match part.get_content_type():
            case "text/plain":
                plain.append(words)
            case "text/html":
                rich.append(_plain(words))
    found = [one.strip() for one in plain if one.strip()] or [one.strip() for one in rich if one.strip()]
    return "\n\n".join(found)[:TEXT_MAX]


def files(mail: Message) -> Iterator[File]:
    """What is attached, and pictures in the text that are no logos."""
    for part in parts(mail):
        name = part.get_filename()
        inline = part.get_content_maintype() == "image"
        if not name and not inline and part.get_content_disposition() != "attachment":
            continue
        content = _payload(part)
        if inline and part.get_content_disposition() != "attachment" and len(content) < SIGNATURE_IMAGE:
            continue
        shown = (
            readable(str(name or "").encode("ascii", "surrogateescape")) if name and name.isascii() else str(name or "")
        )
        yield File(_clean(shown)[:60] or _("没有名字的附件"), content)


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # transfer encodings fail in many ways, and each of them means the same to the reader
        return b""
    return payload if isinstance(payload, bytes) else b""


class _Words(HTMLParser):
    """The words of a page, with line breaks where blocks end."""

    BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "blockquote"})
    SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT and self.silent > 0
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(re.sub(r"\s+", " ", data))


def _plain(html: str) -> str:
    words = _Words()
    with suppress(Exception):  # what was read before the fault stands
        words.feed(html)
    lines = "".join(words.found).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines))
