"""上一步: what a person has just done, said on the pages that follow, with the legal move that takes it back."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models import Suggestion

KEY = "office_last_deed"
SHOWN_FOR = 600  # seconds; older deeds are found in the list of one's own
FRESH = 8
Status = Suggestion.Status
# The state that a deed led to → the verb that takes it back.
UNDO = {Status.NOT_ACCEPTED: "reconsider", Status.MERGED: "unmerge", Status.PROPOSED: "withdraw"}
# Why there is no way back, by verb.
NO_WAY_BACK = {
    "accept": gettext_lazy("已经公开，不能撤销；内容有误可以更正。"),
    "approve": gettext_lazy("已经公开并通知，不能撤销。"),
    "send_back": gettext_lazy("退回不能撤销，由拟办人重新拟定。"),
    "unmerge": gettext_lazy("要再并案，请在相近的建议里再按一次。"),
    "reconsider": gettext_lazy("仍可以再定为不受理。"),
    "withdraw": gettext_lazy("可以重新拟定。"),
    "public_text": gettext_lazy("可以随时再看、再改。"),
    "merge_into": gettext_lazy("要取消合并，请在主建议页逐条取消。"),
}


class LastDeed(NamedTuple):
    """`undo`: the address of the verb that takes it back, "" when there is none and `why` says so."""

    text: str
    number: str
    undo: str
    verb: str
    seen: str
    decision: str
    why: str
    is_fresh: bool


def remember(request: HttpRequest, one: Suggestion, verb: str, text: str) -> None:
    """Keep the deed for the next pages of this person."""
    undo = UNDO.get(Status(one.status), "")
    decision = one.decisions.pending().values_list("pk", flat=True).first() if undo == "withdraw" else None
    request.session[KEY] = {
        "text": text, "number": one.number, "verb": undo, "seen": one.status, "decision": str(decision or ""),
        "why": str(NO_WAY_BACK.get(verb, "")), "at": timezone.now().timestamp(),
    }  # fmt: skip


def last_deed(request: HttpRequest) -> LastDeed | None:
    """The deed of the last minutes."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    age = timezone.now().timestamp() - kept["at"] if kept else SHOWN_FOR
    if kept is None or not 0 <= age < SHOWN_FOR:
        return None
    verb = kept["verb"]
    undo = reverse(f"office:{verb}", args=[kept["number"]]) if verb else ""
    why = "" if undo else kept["why"] or _("这一步不能撤销。")
    return LastDeed(kept["text"], kept["number"], undo, verb, kept["seen"], kept["decision"], why, age < FRESH)
