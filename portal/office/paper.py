"""纸质问卷: printing forms, receiving piles of them, keying them one after another, and settling the count."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, act, admin_page, ask, attempt, office_view
from config.documents import pdf_response
from portal import permissions
from portal.models import PaperBatch, PaperSheet
from portal.models.paper import GAPS_SHOWN, take_serials
from portal.office import slips
from portal.office.paper_forms import BatchForm, CloseForm, PrintForm, SheetForm
from portal.office.record_forms import received_at
from portal.paper import TEMPLATE, form_data

ICON = "form"
PAGE = 50


def _url(one: PaperBatch, name: str = "batch") -> str:
    return reverse(f"paper:{name}", args=[one.pk])


def _crumbs(one: PaperBatch | None = None) -> list[tuple[Any, str]]:
    here = [(_("纸质问卷"), reverse("paper:list"))]
    return [*here, (str(one), _url(one))] if one else here


def _load(pk: int) -> PaperBatch:
    return get_object_or_404(PaperBatch.objects.select_related("campaign", "opened_by"), pk=pk)


# --- print, receive -----------------------------------------------------------------------------
@office_view(permissions.READ)
def batches(request: HttpRequest) -> HttpResponse:
    """Every pile, those still being keyed first."""
    rows = PaperBatch.objects.with_keyed().select_related("campaign", "opened_by").order_by("-status", "-pk")
    actions = []
    if permissions.can_record(request.user):
        actions = [
            Action(_("打印空白问卷"), reverse("paper:print")),
            Action(_("登记一批收回的"), reverse("paper:new"), "primary"),
        ]
    return admin_page(
        request, "portal/admin/paper_list.html", title=_("纸质问卷"), icon=ICON, actions=actions,
        lead=_("给不上网的人印好问卷，收回来数清张数，一张一张录入，结清时对数。"),
        columns=[_("从哪里收来"), _("收到日期"), _("录入进度"), _("状态"), _("登记人")],
        rows=[{"cells": _cells(one)} for one in rows[:200]],
        empty={"title": _("还没有收回的问卷"), "text": _("先打印空白问卷发出去；收回来在这里登记张数，再录入。")},
    )  # fmt: skip


def _cells(one: Any) -> list[Cell]:
    return [
        Cell(one.source, href=_url(one), sub=one.campaign.year),
        Cell(f"{one.received_on:%Y-%m-%d}", nowrap=True),
        Cell(f"{one.keyed:,} / {one.expected:,}", nowrap=True),
        Cell(one.get_status_display(), tag=True),
        Cell(one.opened_by),
    ]


@office_view(permissions.RECORD)
def print_(request: HttpRequest) -> HttpResponse:
    """Blank forms with fresh numbers, as one file."""
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        campaign = form.cleaned_data["campaign"]
        serials = take_serials(campaign.year, form.cleaned_data["count"])
        name = _("纸质问卷-%(first)s-%(last)s.pdf") % {"first": serials[0], "last": serials[-1][-5:]}
        data = form_data(request, campaign, serials)
        return pdf_response(request, TEMPLATE, data, name, page="portal/print/paper.html")
    return admin_page(
        request, "portal/admin/paper_form.html", title=_("打印空白问卷"), icon=ICON, form=form, crumbs=_crumbs(),
        lead=_("问题和网上的表单一样，字大，正反两面。"), verb=_("下载 PDF"), back=reverse("paper:list"),
    )  # fmt: skip


@office_view(permissions.RECORD)
def new(request: HttpRequest) -> HttpResponse:
    form = BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.opened_by = request.user
        one = form.save()
        one._begin(by=request.user)
        return redirect(_url(one, "key"))
    return admin_page(
        request, "portal/admin/paper_form.html", title=_("登记一批收回的问卷"), icon=ICON, form=form, crumbs=_crumbs(),
        verb=_("登记，开始录入"), back=reverse("paper:list"),
    )  # fmt: skip


# --- one pile -----------------------------------------------------------------------------------
@office_view(permissions.READ)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and every sheet that is in."""
    one = _load(pk)
    keyed, actions = one.standing().count(), []
    if permissions.can_record(request.user):
        if one.can("close"):
            actions += [Action(_("结清"), _url(one, "close")), Action(_("接着录入"), _url(one, "key"), "primary")]
        else:
            actions.append(Action(_("重新打开"), _url(one, "reopen"), post=True))
    after = request.GET.get("after", "")
    below = one.standing().filter(pk__lt=int(after[:18])) if after.isdecimal() else one.standing()
    rows = below.select_related("suggestion", "keyed_by").defer("suggestion__name", "suggestion__phone")
    sheets = list(rows.order_by("-pk")[: PAGE + 1])
    gaps, last = one.gaps(), one.moves.select_related("by").order_by("-pk").first()
    return admin_page(
        request, "portal/admin/paper_batch.html", title=str(one), icon=ICON, crumbs=_crumbs(), actions=actions, one=one,
        keyed=keyed, share=min(100, keyed * 100 // one.expected), gaps=gaps[:GAPS_SHOWN], more_gaps=len(gaps) - GAPS_SHOWN,
        last=last if last and last.old else None, may_record=permissions.can_record(request.user),
        columns=[_("建议"), _("表号"), _("状态"), _("录入"), ""], rows=[_sheet_row(one, sheet) for sheet in sheets[:PAGE]],
        following=f"?after={sheets[PAGE - 1].pk}" if len(sheets) > PAGE else "",
        empty={"title": _("还没有录入")},
    )  # fmt: skip


def _sheet_row(one: PaperBatch, sheet: PaperSheet) -> dict[str, Any]:
    sheet.batch = one
    suggestion = sheet.suggestion
    keyed = timezone.localtime(sheet.keyed_at)
    edit = reverse("paper:edit", args=[one.pk, sheet.pk]) if sheet.may_change else ""
    return {
        "cells": [
            Cell(
                suggestion.public_title, reverse("office:suggestion", args=[suggestion.number]), sub=suggestion.number
            ),
            Cell(sheet.serial, nowrap=True),
            Cell(suggestion.get_status_display(), tag=True),
            Cell(f"{keyed:%m-%d %H:%M}", nowrap=True, sub=sheet.keyed_by),
            Cell(_("更正") if edit else "", edit, nowrap=True),
        ]
    }


# --- keying -------------------------------------------------------------------------------------
@office_view(permissions.RECORD)
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet after another; the next number is proposed, and the cursor stands where typing goes on."""
    one = _load(pk)
    if not one.can("close"):
        return redirect(_url(one))
    form = SheetForm(
        request.POST or None, batch=one, initial={"serial": _next_serial(one), "county": _last_county(one)}
    )
    if request.method == "POST" and form.is_valid() and _key_in(request, one, form):
        return redirect(_url(one, "key"))
    keyed, before = one.standing().count(), one.standing().select_related("suggestion").order_by("-pk").first()
    return admin_page(
        request, "portal/admin/paper_key.html", title=_("录入：%s") % one, icon=ICON, form=form, crumbs=_crumbs(one), one=one,
        keyed=keyed, share=min(100, keyed * 100 // one.expected), all_in=keyed >= one.expected, back=_url(one),
        before=before, slip_for=before.suggestion.number if before and slips.kept(request.session, before.suggestion.number) else "",
    )  # fmt: skip


def _key_in(request: HttpRequest, one: PaperBatch, form: SheetForm) -> bool:
    kept: dict[str, Any] = {}

    def do() -> None:
        at = received_at(one.received_on)
        kept["made"] = one.key_in(form.cleaned_data["serial"], by=request.user, received_at=at, **form.facts())

    if not attempt(request, do):
        return False
    sheet, code, token = kept["made"]
    if sheet.suggestion.phone:
        slips.keep(request.session, sheet.suggestion, code, token)
    messages.success(request, _("%(serial)s 已录入，受理编号 %(number)s。") % {
        "serial": sheet.serial, "number": sheet.suggestion.number})  # fmt: skip
    return True


def _next_serial(one: PaperBatch) -> str:
    """The number after the one that was keyed last: sheets usually lie in order."""
    last = one.standing().order_by("-pk").values_list("serial", flat=True).first()
    return str(int(last[7:12]) + 1) if last else ""


def _last_county(one: PaperBatch) -> str:
    """Sheets from one street office usually say the same county."""
    last = one.standing().order_by("-pk").select_related("suggestion__area").first()
    return last.suggestion.area.code if last and last.suggestion.area else ""


def _sheet(one: PaperBatch, pk: int) -> PaperSheet:
    sheet = get_object_or_404(one.standing().select_related("suggestion__area"), pk=pk)
    sheet.batch = one
    return sheet


@office_view(permissions.RECORD)
def edit(request: HttpRequest, pk: int, sheet_pk: int) -> HttpResponse:
    """Mend what was keyed, or take the sheet back, as long as nobody has screened it."""
    one = _load(pk)
    sheet = _sheet(one, sheet_pk)
    if not sheet.may_change:
        messages.error(request, _("这一张已经初审或批次已经结清，不能在这里改。请到“建议办理”里更正。"))
        return redirect(_url(one))
    form = SheetForm(request.POST or None, batch=one, sheet=sheet, instance=sheet.suggestion)
    if request.method == "POST" and form.is_valid():
        fresh = _sheet(one, sheet_pk)  # the form has written into the record that it was given
        if attempt(request, lambda: fresh.mend(request.user, **form.facts()), _("已更正。")):
            return redirect(_url(one))
    return admin_page(
        request, "portal/admin/paper_edit.html", title=_("更正 %s") % sheet.serial, icon=ICON, form=form,
        crumbs=_crumbs(one), back=_url(one), undo_href=reverse("paper:undo", args=[one.pk, sheet.pk]),
    )  # fmt: skip


@office_view(permissions.RECORD)
def undo(request: HttpRequest, pk: int, sheet_pk: int) -> HttpResponse:
    one = _load(pk)
    sheet = _sheet(one, sheet_pk)
    return ask(
        request, title=_("撤回 %s 的录入") % sheet.serial, verb=_("撤回这一张"), icon=ICON, danger=True, back=_url(one),
        text=_("这条建议作废，编号 %s 不再使用；表号可以重新录入。") % sheet.suggestion.number, crumbs=_crumbs(one),
        do=lambda _data: sheet.undo(request.user), success=_("已撤回。"),
    )  # fmt: skip


# --- settling -----------------------------------------------------------------------------------
@office_view(permissions.RECORD)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare what came in with what was keyed, and say what is missing."""
    one = _load(pk)
    if not one.can("close"):
        return redirect(_url(one))
    keyed, gaps = one.standing().count(), one.gaps()
    missing = "、".join(gaps[:GAPS_SHOWN]) + (_(" 等 %d 个") % len(gaps) if len(gaps) > GAPS_SHOWN else "")
    facts = [
        {"label": _("收到"), "value": _("%s 张") % f"{one.expected:,}"},
        {"label": _("录入"), "value": _("%s 张") % f"{keyed:,}"},
        {"label": _("相差"), "value": _difference(one.expected - keyed)},
        {"label": _("中间缺的表号"), "value": missing or _("没有")},
    ]
    return ask(
        request, title=_("结清：%s") % one, verb=_("结清这一批"), icon=ICON, form=CloseForm, facts=facts, back=_url(one),
        text=_("结清以后不能再录入和更正，需要时可以重新打开。"), crumbs=_crumbs(one),
        do=lambda data: one.close(request.user, note=data["note"]), success=_("已结清。"),
    )  # fmt: skip


def _difference(n: int) -> str:
    if n == 0:
        return _("没有，数对上了")
    return _("少录 %d 张") % n if n > 0 else _("多录 %d 张") % -n


@office_view(permissions.RECORD)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    one = _load(pk)
    return act(request, lambda: one.reopen(request.user), _("已重新打开，可以接着录入。"), _url(one))
