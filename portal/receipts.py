"""What a browser may know of suggestions without an account: fresh receipts for half an hour, look-ups for two hours.

Both live in the session. The secrets of a receipt are encrypted there, since only their owner may read them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from config.privacy import decrypt, encrypt
from portal.models import Suggestion

RECEIPTS, TRACKED = "receipts", "tracked"
RECEIPT_SECONDS = 30 * 60
TRACKED_SECONDS = 2 * 3600
KEPT = 5  # of either kind


class Receipt(NamedTuple):
    """What a person takes home; `is_new` the first time it is shown."""

    number: str
    code: str
    token: str
    is_new: bool


def _now() -> float:
    return timezone.now().timestamp()


def _fresh(session: SessionBase) -> list[dict[str, Any]]:
    """The receipts that may still be shown, the latest first."""
    return [row for row in session.get(RECEIPTS, []) if row["until"] > _now()]


def put(session: SessionBase, suggestion: Suggestion, code: str, token: str) -> None:
    """Keep a new receipt, unseen; its author may follow the suggestion from here."""
    row = {
        "key": suggestion.submission_key,
        "number": suggestion.number,
        "code": encrypt(code),
        "token": encrypt(token),
        "until": _now() + RECEIPT_SECONDS,
        "seen": False,
    }
    session[RECEIPTS] = [row, *_fresh(session)][:KEPT]
    remember(session, suggestion)


def bring_back(session: SessionBase, key: str) -> bool:
    """Make the receipt of a form the one that is shown; False when this browser has none."""
    rows = _fresh(session)
    same = [row for row in rows if row["key"] == key]
    if same:
        session[RECEIPTS] = same + [row for row in rows if row["key"] != key]
    return bool(same)


def has_unseen(session: SessionBase) -> bool:
    """Whether a suggestion was taken in whose receipt has not been shown, as when the connection broke."""
    return any(not row["seen"] for row in _fresh(session))


def show(session: SessionBase) -> Receipt | None:
    """The receipt to show: an unseen one first, else the latest. It counts as seen from now on."""
    rows = _fresh(session)
    if not rows:
        return None
    chosen = next((row for row in rows if not row["seen"]), rows[0])
    is_new = not chosen["seen"]
    if is_new:
        chosen["seen"] = True
        session[RECEIPTS] = [chosen] + [row for row in rows if row is not chosen]
    return Receipt(chosen["number"], decrypt(chosen["code"]), decrypt(chosen["token"]), is_new)


def remember(session: SessionBase, suggestion: Suggestion) -> None:
    """Whoever sits at this browser has shown the receipt of a suggestion."""
    known = {pk: until for pk, until in session.get(TRACKED, {}).items() if until > _now() and pk != str(suggestion.pk)}
    kept = dict(list(known.items())[-KEPT + 1 :])
    session[TRACKED] = kept | {str(suggestion.pk): _now() + TRACKED_SECONDS}


def may_follow(request: HttpRequest, suggestion: Suggestion) -> bool:
    """Whether this is the author: by the receipt shown in this browser, or by the account that claimed it."""
    until = request.session.get(TRACKED, {}).get(str(suggestion.pk), 0)
    return until > _now() or suggestion.is_author(request.user)
