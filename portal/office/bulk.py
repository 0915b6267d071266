"""The same deed for many: a preview of what happens to each and what is left out and why, then each by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.admin_ui import Cell, admin_page, office_view, refuse
from config.moves import MoveRefused
from portal import permissions
from portal.models import Decision, Suggestion, Topic, Unit, User
from portal.office import phrases
from portal.office.forms import ReasonField
from portal.office.queue import Queue, with_facts
from portal.office.sharing import give

MOST = 200
Status = Suggestion.Status
Data = dict[str, Any]


# --- what is asked before -------------------------------------------------------------------------
class RefuseMany(forms.Form):
    reason = forms.ChoiceField(
        choices=[("", gettext_lazy("请选择")), *Suggestion.Refusal.choices], label=gettext_lazy("不受理的原因")
    )
    note = ReasonField(
        label=gettext_lazy("给提出人的说明"), help_text=gettext_lazy("每位提出人都会看到，{编号} 会填成各自的编号。")
    )


class HandlerMany(forms.Form):
    handler = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("经办人"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = permissions.officers()  # type: ignore[attr-defined]


class TopicMany(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=gettext_lazy("领域"))
    why = forms.CharField(
        label=gettext_lazy("更正的理由"), max_length=200, help_text=gettext_lazy("已经公开的建议，公众能看到这条理由。")
    )


class ProposeMany(forms.Form):
    route = forms.ChoiceField(choices=Decision.Route.choices, widget=forms.RadioSelect, label=gettext_lazy("去向"))
    reason = ReasonField(
        label=gettext_lazy("公开的理由"), max_length=1000,
        help_text=gettext_lazy("每条都用这段话，审定后公开。{编号} {标题} {领域} {地点} {单位} {期限} 会按各条填写。"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True), label=gettext_lazy("责任单位"), required=False,
        empty_label=gettext_lazy("请选择"), help_text=gettext_lazy("转责任单位答复时必填。"),
    )  # fmt: skip
    target_year = forms.IntegerField(
        label=gettext_lazy("目标年度"), required=False, min_value=2000, max_value=2100,
        help_text=gettext_lazy("分步推进时必填。"),
    )  # fmt: skip

    def clean(self) -> Data:
        data = super().clean() or {}
        route = data.get("route")
        if route == Decision.Route.ASSIGN and not data.get("unit"):
            self.add_error("unit", _("请选择由哪个单位答复。"))
        if route == Decision.Route.DEFER and not data.get("target_year"):
            self.add_error("target_year", _("请填写计划在哪一年办成。"))
        if route not in (Decision.Route.ASSIGN, Decision.Route.ADOPT):
            data["unit"] = None
        if route != Decision.Route.DEFER:
            data["target_year"] = None
        places = phrases.still_open(data.get("reason", ""))
        if "单位" in places and not data.get("unit") and "unit" not in self.errors:
            self.add_error("reason", _("理由里写了{单位}，请选责任单位或改掉这几个字。"))
        return data


# --- what is done ---------------------------------------------------------------------------------
class Deed(NamedTuple):
    """`verb` stands on the button, `sources` are the states it is for; `undo` names the deed that takes it back."""

    verb: Any
    right: str
    sources: tuple[str, ...]
    do: Callable[[Suggestion, Any, Data], Any]
    form: type[forms.Form] | None = None
    lead: Any = ""
    undo: str = ""
    no_undo: Any = ""


def _words(text: str, one: Suggestion, **more: Any) -> str:
    return phrases.filled(text, phrases.known(one) | {name: str(value) for name, value in more.items() if value})


def _refuse(one: Suggestion, by: Any, data: Data) -> None:
    one.refuse(by, data["reason"], note=_words(data["note"], one))


def _topic(one: Suggestion, by: Any, data: Data) -> None:
    if one.topic == data["topic"]:
        raise MoveRefused(_("已经是这个领域"))
    one.topic = data["topic"]
    one._change_reason = data["why"]  # type: ignore[attr-defined]
    one.save(update_fields=["topic"])


def _propose(one: Suggestion, by: Any, data: Data) -> None:
    reason = _words(data["reason"], one, 单位=data["unit"] and data["unit"].name, 年度=data["target_year"])
    facts = {name: data[name] for name in ("route", "unit", "target_year")}
    Decision.objects.propose(one, by=by, reason=reason, **facts)


def _withdraw(one: Suggestion, by: Any, data: Data) -> None:
    decision = one.decisions.pending().first()
    if decision is None:
        raise MoveRefused(_("已经审定，不能撤回"))
    decision.suggestion = one
    decision.withdraw(by)


DEEDS: dict[str, Deed] = {
    "accept": Deed(
        gettext_lazy("受理"), permissions.SCREEN, (Status.RECEIVED,), lambda one, by, data: one.accept(by),
        lead=gettext_lazy("受理后公开显示，可以附议。公开文字标作“未经人工确认”，照片仍不公开，需要逐条放行。"),
        no_undo=gettext_lazy("受理后已经公开，不能撤销；内容有误可以更正。"),
    ),
    "refuse": Deed(
        gettext_lazy("不受理"), permissions.SCREEN, (Status.RECEIVED,), _refuse, RefuseMany, undo="reconsider",
    ),
    "reconsider": Deed(
        gettext_lazy("放回待初审"), permissions.SCREEN, (Status.NOT_ACCEPTED,), lambda one, by, data: one.reconsider(by)
    ),
    "propose": Deed(
        gettext_lazy("拟同样的去向"), permissions.PROPOSE, (Status.OPEN,), _propose, ProposeMany, undo="withdraw",
        lead=gettext_lazy("每条各是一份办理意见，由另一位负责人审定后公开。"),
    ),
    "withdraw": Deed(gettext_lazy("撤回办理意见"), permissions.PROPOSE, (Status.PROPOSED,), _withdraw),
    "topic": Deed(gettext_lazy("改领域"), permissions.EDIT, Suggestion.TRIAGE, _topic, TopicMany),
    "handler": Deed(
        gettext_lazy("交给经办人"), permissions.SCREEN, Suggestion.TRIAGE,
        lambda one, by, data: give(one, data["handler"], was=one.handler_id, by=by), HandlerMany,
    ),
}  # fmt: skip
# Which are offered under which tab; merging has a page of its own.
OFFERED = {
    "received": ("accept", "refuse", "topic", "handler"),
    "open": ("propose", "topic", "handler"),
    "returned": ("propose", "topic", "handler"),
    "mine": ("accept", "propose", "handler"),
}


def offered(queue: Queue, user: Any) -> list[tuple[str, Any]]:
    """(name, verb) of what the ticked ones of this tab may undergo."""
    names = OFFERED.get(queue.tab.key, ())
    return [(name, DEEDS[name].verb) for name in names if user.has_perm(DEEDS[name].right)]


def obstacle(one: Suggestion, name: str, seen: str) -> str:
    """Why this one is left out; "" when it is not."""
    if seen != one.status:
        return _("您打开之后有人办过了")
    if one.status not in DEEDS[name].sources:
        return _("“%s”状态下不能这样办") % one.get_status_display()
    if name == "accept" and one.must_be_read:
        return _("文字里可能有个人信息（%s），请逐条看过再受理") % "、".join(one.found_kinds())
    return ""


# --- the page -------------------------------------------------------------------------------------
class Line(NamedTuple):
    one: Suggestion
    obstacle: str


@office_view(permissions.READ)
def bulk(request: HttpRequest) -> HttpResponse:
    """GET previews; POST does it, one transaction each, and says what became of every one."""
    queue, sent = Queue(request), request.POST if request.method == "POST" else request.GET
    name = sent.get("do", "")
    if name not in DEEDS or not request.user.has_perm(DEEDS[name].right):
        return refuse(request)
    deed = DEEDS[name]
    lines = _lines(sent, name, queue)
    able = [line.one for line in lines if not line.obstacle]
    form = deed.form(request.POST or None) if deed.form else None
    if request.method == "POST" and able and (form is None or form.is_valid()):
        return _results(request, queue, name, lines, _do_each(deed, able, request.user, form))
    return admin_page(
        request, "portal/admin/bulk.html", title=_("%(verb)s：%(n)d 条") % {"verb": deed.verb, "n": len(able)},
        icon="tasks", lead=deed.lead, crumbs=_crumbs(queue), do=name, deed=deed, form=form, back=queue.url,
        able=able, left_out=[line for line in lines if line.obstacle], most=MOST,
        columns=[_("建议"), _("领域"), _("现在")], rows=[_row(one) for one in able],
        verb=ngettext("%(verb)s这 %(n)d 条", "%(verb)s这 %(n)d 条", len(able)) % {"verb": deed.verb, "n": len(able)},
        empty={"title": _("选中的里没有能这样办的"), "text": _("请回到列表勾选。")},
    )  # fmt: skip


def _crumbs(queue: Queue) -> list[tuple[Any, str]]:
    return [(_("建议办理"), reverse("office:queue")), (queue.tab.label, queue.url)]


def _lines(sent: Any, name: str, queue: Queue) -> list[Line]:
    """What was ticked, or everything under the filter, with the states that the page showed."""
    seen = dict(pair.partition(":")[::2] for pair in sent.getlist("seen")[:MOST])
    if "every" in sent and not seen:
        rows = queue.rows.order_by("received_at", "pk")[:MOST]
        numbers = list(rows.values_list("number", flat=True))
    else:
        numbers = list(seen) or sent.getlist("pick")[:MOST]
    picked = with_facts(Suggestion.objects.filter(number__in=numbers)).select_related("campaign").defer(None)
    return [
        Line(one, obstacle(one, name, seen.get(one.number, one.status))) for one in picked.order_by("received_at", "pk")
    ]


def _row(one: Suggestion) -> dict[str, Any]:
    title = Cell(one.public_title, reverse("office:suggestion", args=[one.number]), sub=one.number)
    return {"pk": one.number, "cells": [title, Cell(one.topic or ""), Cell(one.get_status_display(), tag=True)]}


def _do_each(deed: Deed, able: list[Suggestion], by: Any, form: forms.Form | None) -> dict[str, str]:
    """Number → why it was not done, "" when it was."""
    data = form.cleaned_data if form is not None else {}
    outcome = {}
    for one in able:
        try:
            with transaction.atomic():
                deed.do(one, by, data)
            outcome[one.number] = ""
        except MoveRefused as refused:
            outcome[one.number] = str(refused)
    return outcome


def _results(request: HttpRequest, queue: Queue, name: str, lines: list[Line], outcome: dict[str, str]) -> HttpResponse:
    deed = DEEDS[name]
    done = [number for number, trouble in outcome.items() if not trouble]
    failed = [Line(line.one, line.obstacle or outcome[line.one.number]) for line in lines]
    return admin_page(
        request, "portal/admin/bulk_done.html", title=_("%(verb)s：办成 %(n)d 条") % {"verb": deed.verb, "n": len(done)},
        icon="check", crumbs=_crumbs(queue), back=queue.url, done=done, undo=deed.undo if done else "", deed=deed,
        undo_verb=DEEDS[deed.undo].verb if deed.undo else "", queue=queue,
        left_out=[line for line in failed if line.obstacle],
    )  # fmt: skip
