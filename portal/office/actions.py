"""What the work screen does: one address per verb, POST only. A refusal comes back with every word typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.log_actions import log

from config.admin_ui import office_view
from config.moves import MoveRefused, SomebodyWasFaster
from portal import permissions
from portal.models import AnswerTemplate, Decision, Suggestion
from portal.office import forms, presence, screen
from portal.office.queue import Queue
from portal.office.timeline import happened_since
from portal.office.undoing import remember

Data = dict[str, Any]


class Deed(NamedTuple):
    """A verb of the screen: its form, the right it takes, how it is done, and the sentence after it."""

    form: type[forms.ActionForm]
    right: str
    do: Callable[[Suggestion, Any, Data], Any]
    done: Any


@transaction.atomic
def accept(one: Suggestion, by: Any, data: Data) -> None:
    """Accept, release the photos that were ticked, and correct topic and area."""
    confirm_text(one, by, data)
    one.accept(by, note=data["note"])
    one.attachments.update(is_released=False)
    one.attachments.filter(pk__in=[photo.pk for photo in data["photos"]]).update(is_released=True)
    _correct(one, data, ["topic", "area"], _("初审时更正"))
    if data["into"]:
        one.merge_into(data["into"], by)


@transaction.atomic
def merge(one: Suggestion, by: Any, data: Data) -> None:
    """Merge what one press names: this one among them, from the status that was seen."""
    lead = one if data["lead"] == one else data["lead"]
    for member in data["members"]:
        (one if member == one else member).merge_into(lead, by)


@transaction.atomic
def propose(one: Suggestion, by: Any, data: Data) -> None:
    """Propose a route, and correct the topic when another one was chosen."""
    facts = {name: data[name] for name in ("route", "reason", "unit", "co_units", "phase", "target_year")}
    Decision.objects.propose(one, by=by, **facts)
    if data["topic"]:
        _correct(one, data, ["topic"], _("拟定去向时更正"))


def _correct(one: Suggestion, data: Data, names: list[str], reason: str) -> None:
    """Write what the form says otherwise; the history keeps who, and whether a proposal of the machine was adopted."""
    corrected = [name for name in names if getattr(one, name) != data[name]]
    for name in corrected:
        setattr(one, name, data[name])
    if corrected:
        adopted = corrected == ["topic"] and data["topic"] and data["taken"] == data["topic"].pk
        one._change_reason = str(_("采纳系统提示的领域") if adopted else reason)  # type: ignore[attr-defined]
        one.save(update_fields=corrected)


def confirm_text(one: Suggestion, by: Any, data: Data) -> None:
    """What is masked for the public, as the person saw and decided it; only how much of it goes on record."""
    one._change_reason = str(_("看过公开文字"))  # type: ignore[attr-defined]
    one.confirm_text(shown=data["shown"], hidden=data["hidden"])
    counts = {"found": len(one.found()), "shown": len(data["shown"]), "by_hand": len(data["hidden"])}
    log(instance=one, action="portal.public_text", user=by, data=counts)


def _seen_decision(one: Suggestion, data: Data) -> Decision:
    """The proposal that the person read; another one may be pending by now, and that one was not read."""
    decision = one.decisions.filter(pk=data["decision"]).first()
    if decision is None:
        raise SomebodyWasFaster(_("这条办理意见已经不在了，请刷新后再看。"))
    decision.suggestion = one
    return decision


DEEDS: dict[str, Deed] = {
    "accept": Deed(forms.AcceptForm, permissions.SCREEN, accept, gettext_lazy("%s 已受理。")),
    "refuse": Deed(
        forms.RefuseForm, permissions.SCREEN,
        lambda one, by, data: one.refuse(by, data["reason"], note=data["note"]),
        gettext_lazy("%s 未受理，已告诉提出人原因。"),
    ),
    "reconsider": Deed(
        forms.NoteForm, permissions.SCREEN,
        lambda one, by, data: one.reconsider(by, note=data["note"]),
        gettext_lazy("%s 已回到待初审。"),
    ),
    "propose": Deed(
        forms.ProposeForm, permissions.PROPOSE, propose, gettext_lazy("%s 的办理意见已提出，等另一位负责人审定。")
    ),
    "withdraw": Deed(
        forms.DecideForm, permissions.PROPOSE,
        lambda one, by, data: _seen_decision(one, data).withdraw(by),
        gettext_lazy("%s 的办理意见已撤回，可以重新拟定。"),
    ),
    "merge_into": Deed(forms.MergeIntoForm, permissions.SCREEN, merge, gettext_lazy("%s 已并案。")),
    "approve": Deed(
        forms.DecideForm, permissions.APPROVE,
        lambda one, by, data: _seen_decision(one, data).approve(by),
        gettext_lazy("%s 的办理意见已审定并公开。"),
    ),
    "send_back": Deed(
        forms.SendBackForm, permissions.APPROVE,
        lambda one, by, data: _seen_decision(one, data).send_back(by, data["reason"]),
        gettext_lazy("%s 的办理意见已退回重拟。"),
    ),
    "public_text": Deed(
        forms.TextForm, permissions.SCREEN, confirm_text, gettext_lazy("%s 的公开文字已确认。")
    ),
    "unmerge": Deed(
        forms.NoteForm, permissions.SCREEN,
        lambda one, by, data: one.unmerge(by, note=data["note"]),
        gettext_lazy("%s 已取消合并，重新单独办理。"),
    ),
}  # fmt: skip


def view_of(verb: str) -> Callable[..., HttpResponseBase]:
    """The view of a verb of `DEEDS`."""
    deed = DEEDS[verb]

    @require_POST
    @office_view(deed.right)
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return perform(request, verb, deed, screen.load(number))

    view.__name__ = verb
    return view


def perform(request: HttpRequest, verb: str, deed: Deed, one: Suggestion) -> HttpResponse:
    """Do it and go on to the next one in the queue, or say why not and keep what was typed."""
    queue = Queue(request)
    form = deed.form(request.POST, suggestion=one, prefix=verb)
    if "take" in request.POST and isinstance(form, forms.TakingForm):
        return _take(request, verb, form, queue)
    if not form.is_valid():
        messages.error(request, _("还没有办成，请看标出的地方。"))
        return screen.draw(request, one, queue, bound={verb: form})
    if "preview" in request.POST:
        return screen.draw(request, one, queue, bound={verb: form})
    _previous, following = queue.neighbours(one)
    # The move is made from the status that the person saw; if the record has gone on since, it is refused.
    one.status = form.cleaned_data["seen"]
    try:
        deed.do(one, request.user, form.cleaned_data)
    except MoveRefused as refused:
        late = isinstance(refused, SomebodyWasFaster)
        (messages.warning if late else messages.error)(request, str(refused))
        fresh = screen.load(one.number)
        kept = {verb: form} if fresh.status == form.cleaned_data["seen"] else {}
        typed = [] if kept else form.typed()
        since = [] if kept else happened_since(fresh, form.cleaned_data["opened"])
        return screen.draw(request, fresh, queue, bound=kept, typed=typed, since=since, status=409 if late else 200)
    AnswerTemplate.count_uses(form.cleaned_data.get("begun", ()))
    presence.leave(one.pk, request.user)
    remember(request, one, verb, _said(deed, one, form.cleaned_data))
    return redirect(_onward(request, one, following, queue))


def _said(deed: Deed, one: Suggestion, data: Data) -> str:
    """What was done, in a sentence."""
    if data.get("into"):
        return _("%(number)s 已受理并并入 %(lead)s。") % {"number": one.number, "lead": data["into"].number}
    return str(deed.done % one.number)


def _take(request: HttpRequest, verb: str, form: forms.TakingForm, queue: Queue) -> HttpResponse:
    """The screen again with a proposed value chosen and everything typed kept. Nothing is written."""
    one = form.suggestion
    late = form["seen"].data != one.status
    if late:
        messages.warning(request, _("这条建议的状态已经变了，请看现在的内容。"))
        return screen.draw(request, one, queue, typed=form.typed(), status=409)
    taken = form.taking(request.POST["take"])
    if taken is None:
        messages.error(request, _("这个提示已经不能采纳，请自己选。"))
    else:
        messages.info(request, _("已替您选上，提交后才生效。"))
    return screen.draw(request, one, queue, bound={verb: taken or form})


@require_POST
@office_view(permissions.NOTE)
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note; the screen comes back where it was."""
    one, queue = screen.load(number), Queue(request)
    by: Any = request.user
    form = forms.NoteInsideForm(request.POST)
    if not form.is_valid():
        return screen.draw(request, one, queue, note=form)
    one.internal_notes.create(by=by, text=one.office_wording(form.cleaned_data["text"]))
    return redirect(reverse("office:suggestion", args=[number]) + queue.query() + "#notes")


def _onward(request: HttpRequest, one: Suggestion, following: Suggestion | None, queue: Queue) -> str:
    """The next in the queue that the person works through; the queue itself at its end; here for a single one."""
    if "stay" in request.POST:  # undone: look at it again, in the same list
        return reverse("office:suggestion", args=[one.number]) + queue.query()
    if "tab" not in request.GET:
        return reverse("office:suggestion", args=[one.number])
    if following is None:
        return queue.url
    return reverse("office:suggestion", args=[following.number]) + queue.query()


@require_POST
@office_view(permissions.SCREEN)
def release_photos(request: HttpRequest, number: str) -> HttpResponse:
    """Set which photos the public sees, at any time after screening."""
    one = screen.load(number)
    form = forms.PhotosForm(request.POST, suggestion=one)
    if form.is_valid():
        released = [photo.pk for photo in form.cleaned_data["photos"]]
        with transaction.atomic():
            one.attachments.exclude(pk__in=released).update(is_released=False)
            one.attachments.filter(pk__in=released).update(is_released=True)
            log(instance=one, action="portal.photos", data={"released": len(released)})
        messages.success(request, _("照片的公开范围已保存。"))
    else:
        messages.error(request, _("照片已有变化，请再选一次。"))
    return redirect(reverse("office:suggestion", args=[number]) + Queue(request).query())
