"""结题打分 in the admin: prepare, open, follow how many sheets came in, close by the clock, preview, publish."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin_ui import Action, Cell, act, admin_page, ask, office_view
from config.moves import MoveRefused
from voting import permissions as may
from voting.forms import CriteriaFormSet, RoundForm
from voting.models import Round
from voting.standings import progress, standings

ICON = "form"


def _list_url() -> str:
    return reverse("voting_office:rounds")


def _url(one: Round) -> str:
    return reverse("voting_office:round", args=[one.slug])


def _when(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


@office_view(may.READ_ROUNDS)
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round, the latest first."""
    actions = []
    if may.can_draft(request.user):
        actions = [Action(_("新建一轮打分"), reverse("voting_office:round_new"), "primary")]
    rows = [{"pk": one.pk, "cells": _cells(one)} for one in Round.objects.prefetch_related("entries")]
    return admin_page(
        request, "voting/office/list.html", title=_("结题打分"), icon=ICON, actions=actions, rows=rows,
        columns=[_("轮次"), _("状态"), _("开始"), _("截止"), {"label": _("项目"), "numeric": True}],
        empty={"title": _("还没有打过分"), "text": _("项目结题后新建一轮打分。")},
    )  # fmt: skip


def _cells(one: Round) -> list[Any]:
    return [
        Cell(one.title, href=_url(one)),
        Cell(one.state_text(), tag=True),
        _when(one.opens_at),
        _when(one.closes_at),
        Cell(len(one.entries.all()), numeric=True),
    ]


@office_view(may.DRAFT)
def round_new(request: HttpRequest) -> HttpResponseBase:
    """Prepare a round with the usual three criteria."""
    year = timezone.localdate().year
    initial = {"year": year, "title": _("%d 年结题打分") % year}

    def do(data: dict[str, Any]) -> None:
        Round.objects.draft(by=request.user, projects=data.pop("projects"), **data)

    return ask(
        request, title=_("新建一轮打分"), verb=_("存好"), do=do, icon=ICON, back=_list_url(),
        success=_("已存好。核对标准和权重后开始打分。"), crumbs=[(_("结题打分"), _list_url())],
        form=lambda data, files: RoundForm(data, initial=initial),
    )  # fmt: skip


@office_view(may.READ_ROUNDS)
def round_(request: HttpRequest, slug: str) -> HttpResponse:
    """One round: before it closes only how many sheets came in, afterwards also the results."""
    one = get_object_or_404(Round, slug=slug)
    facts = [
        {"label": _("状态"), "value": one.state_text()},
        {"label": _("开始"), "value": _when(one.opens_at)},
        {"label": _("截止"), "value": _when(one.closes_at)},
        {"label": _("在聘监督员"), "value": _("%d 人") % one.monitors().count()},
    ]
    entries = [
        {"state": move.new_label, "when": move.at, "who": move.by, "title": move.verb_label}
        for move in one.moves.select_related("by")
    ]
    preview = may.can_preview(request.user, one)
    return admin_page(
        request, "voting/office/round.html", title=one.title, icon=ICON, crumbs=[(_("结题打分"), _list_url())],
        actions=_actions(request, one), round=one, facts=facts, entries=entries, criteria=one.criteria.all(),
        progress=progress(one), standings=standings(one) if preview else None,
    )  # fmt: skip


def _actions(request: HttpRequest, one: Round) -> list[Action]:
    def to(name: str) -> str:
        return reverse(f"voting_office:round_{name}", args=[one.slug])

    actions = []
    if may.can_edit(request.user, one):
        actions.append(Action(_("开始打分"), to("open"), "primary"))
        actions.append(Action(_("修改"), to("edit")))
        actions.append(Action(_("标准和权重"), to("criteria")))
    if may.can_run(request.user) and one.can("close") and one.closes_at <= timezone.now():
        actions.append(Action(_("截止并计算"), to("close"), "primary", post=True))
    if may.can_publish(request.user, one):
        actions.append(Action(_("公布结果"), to("publish"), "primary"))
    if one.is_published:
        actions.append(Action(_("看公开页面"), one.get_absolute_url()))
    return actions


@office_view(may.RUN)
def round_edit(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Title, dates and projects, until scoring begins."""
    one = get_object_or_404(Round, slug=slug)
    if not may.can_edit(request.user, one):
        return redirect(_url(one))
    form = RoundForm(request.POST or None, instance=one)

    def do(data: dict[str, Any]) -> None:
        one.set_projects(data["projects"])
        form.save()

    return ask(
        request, title=_("修改"), verb=_("保存"), do=do, success=_("已保存。"), form=lambda data, files: form,
        **_around(one),
    )  # fmt: skip


@office_view(may.RUN)
def round_criteria(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The criteria and their weights, until scoring begins."""
    one = get_object_or_404(Round, slug=slug)
    if not may.can_edit(request.user, one):
        return redirect(_url(one))
    rows = CriteriaFormSet(request.POST or None, instance=one)
    if request.method == "POST" and rows.is_valid():
        rows.save()
        return redirect(_url(one))
    around = _around(one)
    return admin_page(
        request, "voting/office/criteria.html", title=_("标准和权重"), icon=ICON, crumbs=around["crumbs"], rows=rows,
        back=around["back"], status=422 if rows.is_bound else 200,
    )  # fmt: skip


@office_view(may.RUN)
def round_open(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Start scoring: asks first, since nothing can be changed afterwards."""
    one = get_object_or_404(Round, slug=slug)
    facts = [
        {"label": _("打分时间"), "value": f"{_when(one.opens_at)} – {_when(one.closes_at)}"},
        {"label": _("项目"), "value": _("%d 个") % one.entries.count()},
        {"label": _("标准"), "value": "、".join(f"{row.name} {row.weight}%" for row in one.criteria.all())},
        {"label": _("通知"), "value": _("短信通知 %d 位在聘监督员") % one.monitors().count()},
    ]
    return ask(
        request, title=_("开始打分"), verb=_("开始打分"), facts=facts, success=_("已开始，监督员会收到通知。"),
        text=_("开始以后，项目、标准、权重都不能再变。到了截止时间自动截止。"),
        do=lambda data: one.open(request.user), **_around(one),
    )  # fmt: skip


@office_view(may.RUN)
def round_close(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Close a round whose time has come, without waiting for the sweep."""
    one = get_object_or_404(Round, slug=slug)
    return act(request, lambda: one.close(request.user), _("已截止，结果已算好，核对后公布。"), _url(one))


@office_view(may.PUBLISH)
def round_publish(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Publish the results: asks first; every project in the round is completed."""
    one = get_object_or_404(Round, slug=slug)
    rated = sum(place.result.is_rated for place in standings(one)) if may.can_preview(request.user, one) else 0
    facts = [
        {"label": _("有得分的项目"), "value": _("%d 个") % rated},
        {"label": _("未评级的项目"), "value": _("%d 个") % (one.entries.count() - rated)},
    ]

    def do(data: dict[str, Any]) -> None:
        if not may.can_publish(request.user, one):
            raise MoveRefused(_("截止并算好结果以后才能公布。"))
        one.publish(request.user)

    return ask(
        request, title=_("公布结果"), verb=_("公布结果"), facts=facts, success=_("已公布。"),
        text=_("得分、分布和算法一起公开，项目转为“已完成”。公布后不能撤回。"), do=do, **_around(one),
    )  # fmt: skip


def _around(one: Round) -> dict[str, Any]:
    """Where a page about one round stands, and where it goes back to."""
    return {"back": _url(one), "crumbs": [(_("结题打分"), _list_url()), (one.title, _url(one))], "icon": ICON}
