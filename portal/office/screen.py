"""One suggestion's work screen: everything about it on one page, with the forms of what may be done now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_ui import Action, admin_page, office_view
from config.privacy import mask_phone, surname_only
from portal import permissions
from portal.models import Consent, Decision, Suggestion
from portal.models.public_text import KIND_LABELS, TEXTS
from portal.office import forms, phrases, presence
from portal.office.lights import office_light
from portal.office.merging import Group, likely_group, likely_lead
from portal.office.queue import Queue
from portal.office.sharing import HandlerForm
from portal.office.timeline import timeline
from portal.office.undoing import last_deed
from portal.proposals import Proposal, propose_topics, propose_units
from portal.similar import WORTH_SHOWING, Likeness, similar_to
from portal.workdays import WorkCalendar

Bound = dict[str, forms.ActionForm]
Status = Suggestion.Status
# In each state: what may be done, in the order of the screen, and the right that it takes.
OFFERED: dict[str, tuple[tuple[str, type[forms.ActionForm], str], ...]] = {
    Status.RECEIVED: (
        ("accept", forms.AcceptForm, permissions.SCREEN),
        ("refuse", forms.RefuseForm, permissions.SCREEN),
    ),
    Status.NOT_ACCEPTED: (("reconsider", forms.NoteForm, permissions.SCREEN),),
    Status.OPEN: (("propose", forms.ProposeForm, permissions.PROPOSE),),
    Status.MERGED: (("unmerge", forms.NoteForm, permissions.SCREEN),),
    Status.PROPOSED: (
        ("approve", forms.DecideForm, permissions.APPROVE),
        ("send_back", forms.SendBackForm, permissions.APPROVE),
        ("withdraw", forms.DecideForm, permissions.PROPOSE),
    ),
}


def load(number: str) -> Suggestion:
    """The suggestion with what the screen shows of it."""
    rows = Suggestion.objects.select_related(
        "topic__default_unit", "area__parent", "campaign", "lead", "recorded_by", "handler", "recording__same_as"
    )
    return get_object_or_404(rows, number=number)


@office_view(permissions.READ)
def suggestion(request: HttpRequest, number: str) -> HttpResponse:
    one = load(number)
    return draw(request, one, Queue(request), others=presence.look(one.pk, request.user))


def draw(
    request: HttpRequest,
    one: Suggestion,
    queue: Queue,
    *,
    bound: Bound | None = None,
    typed: list[tuple[str, str]] | None = None,
    since: list[dict[str, Any]] | None = None,
    person: dict[str, str] | None = None,
    reveal: Any = None,
    note: Any = None,
    others: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The work screen. `bound`: forms that came back; `typed`: texts of a move that is no longer possible, `since`: what
    happened meanwhile; `person`: name and phone, when they were just revealed."""
    return admin_page(
        request, "portal/admin/suggestion.html", title=one.office_wording(one.title), icon="form", wide=True,
        crumbs=[(_("建议办理"), reverse("office:queue")), (queue.tab.label, queue.url)],
        actions=_head(request, one, queue.query()), status=status, one=one, typed=typed or [], since=since or [], others=others or [],
        **_place_in_queue(one, queue), **_reading(one, person), **_deciding(request, one, bound or {}),
        **_person(request, one, person, reveal), **_around(request, one, note), done=last_deed(request),
    )  # fmt: skip


# --- parts of the page ----------------------------------------------------------------------------
def _place_in_queue(one: Suggestion, queue: Queue) -> dict[str, Any]:
    """Where in the list the person is, and the neighbours there."""
    previous, following = queue.neighbours(one)
    return {
        "queue": queue, "query": queue.query(), "previous": previous, "following": following,
        "position": queue.position(one), "light": office_light(one, WorkCalendar.current(), timezone.localdate()),
    }  # fmt: skip


def _reading(one: Suggestion, person: dict[str, str] | None) -> dict[str, Any]:
    """What was written, what is known of it, what happened to it."""
    return {
        "texts": {name: _marked(one, getattr(one, name), private=bool(person)) for name in TEXTS},
        "facts": _facts(one),
        "members": list(one.members.defer("name", "phone").order_by("received_at")),
        "timeline": timeline(one),
    }


def _deciding(request: HttpRequest, one: Suggestion, bound: Bound) -> dict[str, Any]:
    """The forms of what may be done now, and what stands beside them."""
    pending = one.decisions.pending().select_related("proposed_by", "unit").first()
    own = bool(pending and pending.proposed_by_id == request.user.pk)
    offered = _forms(request, one, pending, bound, own=own)
    photos = list(one.attachments.all())
    return {
        "forms": offered, "pending": pending, "own_proposal": own, "photos": photos,
        "ticked": _ticked(offered, [photo.pk for photo in photos if photo.kind == photo.Kind.PHOTO]),
        "text_form": _text_form(request, one, offered, bound),
        "proposed": _proposed(one, offered), "sent_back": _sent_back(one),
        "phrases": phrases.offered(offered), "places": phrases.known(one),
        **_alike(request, one),
    }  # fmt: skip


def _alike(request: HttpRequest, one: Suggestion) -> dict[str, Any]:
    """Similar ones, and what one press would merge: the group of an accepted one, the lead for one that is not yet."""
    similar: list[Likeness] = []
    group: Group | None = None
    lead: Suggestion | None = None
    if one.status in (Status.RECEIVED, Status.OPEN):
        similar = similar_to(one, floor=WORTH_SHOWING)
    if similar and permissions.can_screen(request.user):
        if one.status == Status.OPEN:
            group = likely_group(one, similar)
        else:
            lead = likely_lead(one, similar)
    return {"similar": similar, "likely": group, "likely_lead": lead}


def _person(request: HttpRequest, one: Suggestion, person: dict[str, str] | None, reveal: Any) -> dict[str, Any]:
    may = permissions.can_reveal(request.user, one) and not person
    return {
        "author": _author(one, person),
        "revealed": bool(person),
        "reveal_form": (reveal or forms.RevealForm()) if may else None,
    }


def _around(request: HttpRequest, one: Suggestion, note: Any) -> dict[str, Any]:
    """What the office keeps beside the suggestion."""
    may_note, may_screen = permissions.can_note(request.user), permissions.can_screen(request.user)
    return {
        "notes": list(one.internal_notes.select_related("by")),
        "note_form": (note or forms.NoteInsideForm()) if may_note else None,
        "can_screen": may_screen,
        "handler_form": HandlerForm(initial={"handler": one.handler_id, "was": one.handler_id}) if may_screen else None,
    }


def _forms(request: HttpRequest, one: Suggestion, pending: Decision | None, bound: Bound, *, own: bool) -> Bound:
    """What may be done now by this person; a form that came back keeps what was typed."""
    offered = {}
    for verb, form_class, right in OFFERED.get(one.status, ()):
        if not request.user.has_perm(right) or (verb == "withdraw" and not own):
            continue
        initial = {"decision": pending.pk} if pending else {}
        offered[verb] = bound.get(verb) or form_class(suggestion=one, prefix=verb, initial=initial)
    return offered


def _ticked(offered: Bound, every: list[int]) -> list[int]:
    """What is ticked in the form of accepting: every photo and no voice, until somebody has ticked otherwise."""
    sent = offered["accept"]["photos"].value() if "accept" in offered else None
    return every if sent is None else [int(pk) for pk in sent if str(pk).isdecimal()]


def _proposed(one: Suggestion, offered: Bound) -> dict[str, list[Proposal]]:
    """What the machine proposes beside the forms that can take it."""
    if not any(isinstance(form, forms.TakingForm) for form in offered.values()):
        return {}
    topics = propose_topics(one)
    return {"topic": topics, "unit": propose_units(one, topics)}


def _text_form(request: HttpRequest, one: Suggestion, offered: Bound, bound: Bound) -> forms.ActionForm | None:
    """What is masked for the public: a part of accepting, and later a form of its own."""
    if not permissions.can_screen(request.user) or one.status == Status.NOT_ACCEPTED:
        return None
    return offered.get("accept") or bound.get("public_text") or forms.TextForm(suggestion=one, prefix="public_text")


def _marked(one: Suggestion, text: str, *, private: bool) -> list[dict[str, Any]]:
    """A text in pieces, what is personal in it with its kind."""
    pieces = one.pieces(text, private=private)
    return [{"text": words, "kind": KIND_LABELS[kind] if kind else ""} for words, kind in pieces]


def _sent_back(one: Suggestion) -> Decision | None:
    """The last proposal, if it was sent back and nothing was proposed since."""
    if one.status != Status.OPEN:
        return None
    last = one.decisions.select_related("decided_by", "proposed_by").order_by("-proposed_at").first()
    return last if last and last.approved is False else None


def _head(request: HttpRequest, one: Suggestion, query: str) -> list[Action]:
    actions = []
    if permissions.can_screen(request.user) and one.status == Status.OPEN:
        actions.append(Action(_("并案"), f"{reverse('office:merge')}?pick={one.number}"))
    if permissions.can_edit(request.user):
        actions.append(Action(_("更正内容"), reverse("office:edit", args=[one.number]) + query))
    if not one.is_hidden:
        actions.append(Action(_("公开页面"), one.get_absolute_url()))
    return actions


def _facts(one: Suggestion) -> list[dict[str, Any]]:
    received = timezone.localtime(one.received_at)
    recorded = _("%(who)s登记") % {"who": one.recorded_by} if one.recorded_by else ""
    return [
        {"label": _("领域"), "value": one.topic or _("未选")},
        {"label": _("所在区划"), "value": one.area.full_name if one.area else _("未选")},
        {"label": _("具体地点"), "value": one.office_wording(one.place)},
        {"label": _("来源渠道"), "value": " · ".join(filter(None, [one.get_channel_display(), recorded]))},
        {"label": _("收到时间"), "value": f"{received:%Y-%m-%d %H:%M}"},
        {"label": _("原编号"), "value": " ".join(filter(None, [one.source, one.reference]))},
        {"label": _("原平台点赞"), "value": one.imported_for},
        {"label": _("附议"), "value": one.support_count},
        {"label": _("公开"), "value": _("可以公开") if one.is_public else _("提出人要求不公开")},
        {"label": _("不受理原因"), "value": one.get_refusal_display()},
        {"label": _("自报单位"), "value": one.proposed_by_unit},
        {"label": _("代表建议、委员提案"), "value": getattr(one, "deputy_paper", None)},
        *_recording_facts(one),
    ]


def _recording_facts(one: Suggestion) -> list[dict[str, Any]]:
    """How it came over the counter, and the suggestion of which its author said that it is the same."""
    recording = getattr(one, "recording", None)
    if recording is None:
        return []
    same = recording.same_as
    merge = f"{reverse('office:merge')}?pick={same.number}&pick={one.number}&lead={same.pk}" if same else ""
    said = Consent.objects.standing(one).get(Consent.Purpose.PUBLISH)
    word = (f"{said.get_how_display()}，" if said.given else _("没有同意公开，")) if said else ""
    return [
        *recording.facts(),
        {"label": _("公开意愿"), "value": f"{word}{timezone.localtime(said.at):%Y-%m-%d %H:%M}" if said else ""},
        {"label": _("提出人说是同一件事"), "value": _("%s，去并案") % same.number if same else "", "href": merge},
    ]


def _author(one: Suggestion, person: dict[str, str] | None) -> list[dict[str, str]]:
    """Who wrote it: masked, unless just revealed."""
    shown = person or {"name": surname_only(one.name), "phone": mask_phone(one.phone)}
    return [
        {"label": _("姓名"), "value": shown["name"] or _("没有留")},
        {"label": _("电话"), "value": shown["phone"] or _("没有留")},
        {"label": _("署名方式"), "value": str(one.get_shown_as_display())},
    ]
