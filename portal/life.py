"""The life line of a suggestion: each entry with the state that it set, when, and what was said.

Entries are what `components/lifeline.html` draws. This is the portal's own part; what became of it further down the
house (project, reports, visits, score) is added by the template.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from config.moves import BIRTH, Move
from portal.models import Assignment, Extension, ExtensionMove, Suggestion
from portal.models.public_text import Found

Entry = dict[str, Any]
ROUTES = frozenset({"adopt", "refer", "defer", "assign", "decline"})


def life_of(suggestion: Suggestion, *, private: bool = False) -> list[Entry]:
    """What happened so far, oldest first. `private`: for the author, with what only the author may read."""
    facts = _Facts(suggestion)
    entries = [_entry(move, facts, private=private) for move in facts.moves]
    entries += facts.extensions() + facts.answers(private=private)
    if suggestion.lead:
        merged = facts.last("merge")
        return entries[: merged + 1] + _life_with(suggestion.lead, entries[merged]) + entries[merged + 1 :]
    return entries


def _life_with(lead: Suggestion, merging: Entry) -> list[Entry]:
    """The lead's life since a suggestion was merged into it. What had been decided by then is told in the entry of
    the merging. Of a lead that is not public, only states and dates."""
    facts = _Facts(lead)
    since = []
    for move in facts.moves:
        entry = _entry(move, facts, private=False)
        if lead.is_hidden:
            entry |= {"text": "", "title": "", "href": ""}
        if move.at > merging["when"]:
            since.append(entry)
        elif move.new in Suggestion.ENDED + Suggestion.DECIDED:
            merging["title"] = _("那条建议当时：%s") % entry["state"]
            merging["text"] = "\n".join(text for text in (merging["note"], entry["text"]) if text)
    answers = [] if lead.is_hidden else facts.answers()
    return since + [entry for entry in facts.extensions() + answers if entry["when"] > merging["when"]]


class _Facts:
    """The rows behind the moves, fetched only where a move needs them."""

    def __init__(self, suggestion: Suggestion) -> None:
        self.suggestion = suggestion
        self.moves = list(suggestion.moves.all())
        verbs = {move.verb for move in self.moves}
        with_verdicts = suggestion.assignments.select_related("unit", "verdict").order_by("pk")
        self.assignments: list[Assignment] = list(with_verdicts) if verbs & {"assign", "answer"} else []
        decided = suggestion.decisions.filter(approved=True) if verbs & {"defer"} else None
        self.decision = decided.first() if decided is not None else None
        self.reply = getattr(suggestion, "imported_reply", None) if "bring_answer" in verbs else None

    @cached_property
    def extended(self) -> list[ExtensionMove]:
        """The agreements to a later date."""
        if not self.assignments:
            return []
        rows = ExtensionMove.objects.filter(verb="approve", subject__assignment__in=self.assignments)
        return list(rows.select_related("subject__assignment__unit"))

    def extensions(self) -> list[Entry]:
        """The dates that were moved: the new one with the old one beside it."""
        return [_extension(move, move.subject) for move in self.extended]

    def due_first(self, assignment: Assignment) -> date:
        """The date that was set at the hand-over, before any extension."""
        before = {move.subject.assignment_id: move.subject.due_before for move in self.extended}
        return before.get(assignment.pk, assignment.due_on)

    @cached_property
    def secrets(self) -> list[Found]:
        """What the public must not read in any entry."""
        return self.suggestion.secrets()

    def last(self, name: str) -> int:
        """Where the last move of that verb stands; -1 when there is none."""
        return max((n for n, move in enumerate(self.moves) if move.verb == name), default=-1)

    def round_of(self, move: Move) -> list[Assignment]:
        """The units that a hand-over or an answer is about, the lead first: the second answer is that of the reopening."""
        same = [one.pk for one in self.moves if one.verb == move.verb]
        return self.round(again=same.index(move.pk) > 0)

    def round(self, *, again: bool) -> list[Assignment]:
        standing = [one for one in self.assignments if one.status != Assignment.Status.RELEASED and one.again == again]
        return sorted(standing, key=lambda one: (not one.is_lead, one.pk))

    def answers(self, *, private: bool = False) -> list[Entry]:
        """Of units side by side: what each of them answered, when its leader signed."""
        entries = []
        for rows in (self.round(again=False), self.round(again=True)):
            for one in rows if len(rows) > 1 else []:
                if one.done_at is not None:
                    text = one.answer if private else self.suggestion.hide_in(one.answer, self.secrets)
                    entries.append({
                        "state": _("单位答复"), "title": _("%s的答复") % one.unit.name, "who": one.unit.name,
                        "when": one.done_at, "text": text, "note": text,
                    })  # fmt: skip
        return entries


def _entry(move: Move, facts: _Facts, *, private: bool) -> Entry:
    entry: Entry = {"state": move.new_label, "when": move.at, "text": move.public_note}
    match move.verb:
        case "refuse" | "reconsider":
            entry |= _screening(move, private)
        case "merge" if facts.suggestion.lead and facts.suggestion.lead.is_hidden:
            entry["text"] = _("与另一条说同一件事的建议合并办理。编号和查询码照旧有效。")
        case "merge" if facts.suggestion.lead:
            entry |= {"href": facts.suggestion.lead.get_absolute_url(), "link_text": _("看一并办理的那条建议")}
        case route if route in ROUTES:
            entry |= _decision(move, facts)
        case "answer":
            entry |= _answer(move, facts, private)
        case "bring_answer" if facts.reply:
            entry |= {"title": _("原平台的答复"), "text": facts.reply.text, "when": facts.reply.replied_at}
        case "reopen":
            entry |= _reopening(move, facts, private)
    entry["text"] = entry["text"] or _plain_words(move, facts.suggestion)
    if not private:
        entry["text"] = facts.suggestion.hide_in(entry["text"], facts.secrets)
    return entry | {"note": entry["text"]}


def _screening(move: Move, private: bool) -> Entry:
    """A refusal's reason is for the author; the public reads of it only when it was taken back."""
    return {"text": move.public_note} if private and move.public_note else {"text": _("初审有过反复。")}


def _decision(move: Move, facts: _Facts) -> Entry:
    entry: Entry = {"who": _("改革办提出，负责人审定")}
    if move.verb == "defer" and facts.decision and facts.decision.target_year:
        steps = {"year": facts.decision.target_year, "phase": facts.decision.phase or _("分步实施")}
        entry["title"] = _("安排在 %(year)s 年：%(phase)s") % steps
    if move.verb == "assign" and (rows := facts.round_of(move)):
        entry["title"] = _asked(rows, facts, _("由%(unit)s办理，%(due)s前答复"), _("由%(unit)s办理，%(due)s前各自答复"))
    return entry


def _asked(rows: list[Assignment], facts: _Facts, alone: str, together: str) -> str:
    """Who answers by when; of several units the one that leads first."""
    days = {"due": _day(facts.due_first(rows[0]))}
    if len(rows) == 1:
        return alone % (days | {"unit": rows[0].unit.name})
    others = "、".join(one.unit.name for one in rows[1:])
    return together % (
        days | {"unit": _("%(lead)s牵头、%(others)s配合") % {"lead": rows[0].unit.name, "others": others}}
    )


def _extension(move: Move, extension: Extension) -> Entry:
    unit = extension.assignment.unit.name
    days = {"unit": unit, "new": _day(extension.due_asked), "old": _day(extension.due_before)}
    return {
        "state": _("答复延期"), "when": move.at, "who": _("改革办同意"), "text": "", "note": "",
        "title": _("%(unit)s的答复延期至%(new)s，原定%(old)s") % days,
    }  # fmt: skip


def _answer(move: Move, facts: _Facts, private: bool) -> Entry:
    rows = facts.round_of(move)
    if not rows:
        return {}
    entry: Entry = {"who": "、".join(one.unit.name for one in rows)}
    verdict = getattr(rows[0], "verdict", None)
    if verdict is not None:
        said = f"：{verdict.comment}" if private and verdict.comment else ""
        level = {"level": str(verdict), "said": said}
        entry["text"] = move.public_note + "\n\n" + _("提出人评价：%(level)s%(said)s") % level
    return entry


def _reopening(move: Move, facts: _Facts, private: bool) -> Entry:
    """What was not right is between the author, the unit and the office."""
    entry: Entry = {"text": (move.internal_note or move.public_note) if private else _("提出人要求重新办理。")}
    if rows := facts.round(again=True):
        entry["title"] = _asked(
            rows, facts, _("由%(unit)s重办，%(due)s前再次答复"), _("由%(unit)s重办，%(due)s前各自再次答复")
        )
    return entry


def _plain_words(move: Move, suggestion: Suggestion) -> str:
    """What to say of a move that came without a note."""
    match move.verb:
        case name if name == BIRTH and suggestion.reference:
            return _("从原平台导入，原编号 %s。") % suggestion.reference
        case name if name == BIRTH:
            return _("收到渠道：%s。") % suggestion.get_channel_display()
        case "accept" if suggestion.is_public:
            return _("已公开展示，可以附议。")
        case "accept":
            return _("已受理，按提出人的意思不公开展示。")
        case "propose":
            return _("改革办已拟好办理意见，等另一位负责人审定。")
        case "send_back":
            return _("审定时退回，正在重新研究。")
        case "withdraw":
            return _("办理意见收回修改，正在重新研究。")
        case "unmerge":
            return _("不再合并，单独办理。")
    return ""


def next_step(suggestion: Suggestion, at: datetime | None = None) -> Entry | None:
    """What is expected next and by when, as an entry that has not happened; None at the end of the life."""
    one = suggestion.lead_or_self
    today = timezone.localdate(at)
    status = Suggestion.Status
    match one.status:
        case status.RECEIVED:
            return _open(_("等初审"), _("看过以后告诉您是否受理。"), one.screen_by, today)
        case status.OPEN:
            return _open(_("等定去向"), _("改革办研究采纳、转办还是不采纳，理由会公开。"), one.decide_by, today)
        case status.PROPOSED:
            return _open(_("等审定"), _("办理意见由另一位负责人审定后公布。"), one.decide_by, today)
        case status.ASSIGNED | status.REOPENED:
            owed = list(one.assignments.owed().select_related("unit").order_by("-is_lead", "pk"))
            if owed:
                return _awaited(owed, today)
            return _open(_("等另定责任单位"), _("责任单位说不归它办，改革办正在另定。"), None, today)
        case status.ANSWERED if one.assignments.exists():
            return _open(_("等提出人评价"), _("提出人可以用受理编号和查询码评价这次答复。"), None, today)
        case status.ADOPTED:
            listed = one.campaign.list_on
            return _open(_("等列入年度清单"), "", listed if listed >= today else None, today)
    return None


def next_steps(suggestions: Iterable[Suggestion], at: datetime | None = None) -> dict[int, Entry]:
    """What is expected next of each, by primary key, for a list of one's own; an answer that waits for its author is
    listed elsewhere. One query for all; have lead and campaign selected."""
    suggestions, today = list(suggestions), timezone.localdate(at)
    status = Suggestion.Status
    leads = {
        one.lead_or_self.pk for one in suggestions if one.lead_or_self.status in (status.ASSIGNED, status.REOPENED)
    }
    owed: dict[int, list[Assignment]] = {}
    waiting = Assignment.objects.owed().filter(suggestion__in=leads).select_related("unit")
    for row in waiting.order_by("-is_lead", "pk"):
        owed.setdefault(row.suggestion_id, []).append(row)
    found: dict[int, Entry] = {}
    for one in suggestions:
        lead = one.lead_or_self
        if lead.pk in owed:
            asked = owed[lead.pk]
            units = "、".join(row.unit.name for row in asked)
            found[one.pk] = _open(_("等责任单位答复"), units, min(row.due_on for row in asked), today)
        elif lead.status not in (status.ASSIGNED, status.REOPENED, status.ANSWERED) and (step := next_step(one, at)):
            found[one.pk] = step
    return found


def _awaited(owed: list[Assignment], today: date) -> Entry:
    """The units that have not answered yet, by the first of their dates."""
    rows = Extension.objects.filter(assignment__in=owed, status=Extension.Status.APPROVED)
    moved = {row.assignment_id: row for row in rows}
    words = [
        _("%(unit)s。延期至%(new)s，原定%(old)s") % {
            "unit": one.unit.name, "new": _day(one.due_on), "old": _day(moved[one.pk].due_before)}
        if one.pk in moved else one.unit.name for one in owed
    ]  # fmt: skip
    return _open(_("等责任单位答复"), "、".join(words), min(one.due_on for one in owed), today)


def _open(state: str, text: str, by: date | None, today: date) -> Entry:
    entry: Entry = {"state": state, "text": text, "open": True}
    if by is not None:
        entry["when"] = _("预计 %s前") % _day(by)
        if today > by:
            late = _("逾期 %d 天") % (today - by).days
            entry |= {"when": _("应于 %s前") % _day(by), "light_state": "red", "light_text": late}
    return entry


def _day(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def in_order(entries: list[Entry]) -> list[Entry]:
    """By time, days before the moments of the same day; the newest one that has happened is marked."""

    def moment(entry: Entry) -> datetime:
        when = entry["when"]
        if isinstance(when, datetime):
            return when
        return timezone.make_aware(datetime.combine(when, datetime.min.time()))

    happened = sorted((entry for entry in entries if not entry.get("open")), key=moment)
    if happened:
        happened[-1] = happened[-1] | {"latest": True}
    return happened + [entry for entry in entries if entry.get("open")]
