"""导入留言: spreadsheets from other platforms, from the upload to the import, and back out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, act, admin_page, attempt, office_view
from config.export import csv_response
from portal import importing_run, permissions
from portal.importing import FIELD_NAMES, BadFile
from portal.models import ImportBatch, Suggestion
from portal.office.import_forms import ColumnsForm, NewForm

ICON = "upload"
PAGE = 30
SHOWN_FAULTS = 10
SHOWN_KEPT = 50
Status = ImportBatch.Status


def _list_url() -> str:
    return reverse("office:imports:list")


def _page_url(pk: int) -> str:
    return reverse("office:imports:batch", args=[pk])


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("建议办理"), reverse("office:queue")), (_("导入留言"), _list_url())]


def _load(pk: int) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("campaign", "by"), pk=pk)


def _wake(pk: int) -> None:
    """Wake the worker. A lost hint costs a minute: the sweep finds the batch."""
    from portal.tasks import work_on_import

    transaction.on_commit(lambda: work_on_import.delay(pk), robust=True)


# --- the list -----------------------------------------------------------------------------------
@office_view(permissions.READ)
def batches(request: HttpRequest) -> HttpResponse:
    """Every batch, the newest first."""
    rows = ImportBatch.objects.kept().select_related("campaign", "by").defer("findings")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows[: PAGE + 1])
    following = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    may = permissions.can_record(request.user)
    new = reverse("office:imports:new")
    return admin_page(
        request, "portal/admin/import_list.html", title=_("导入留言"), icon=ICON,
        lead=_("把其他平台的留言从表格导入进来：选列、检查、导入，导错了可以整批撤回。"),
        crumbs=_crumbs()[:1], actions=[Action(_("导入一份表格"), new, "primary")] if may else [],
        columns=[_("表格"), _("状态"), {"label": _("行数"), "numeric": True}, {"label": _("新增"), "numeric": True},
                 _("年度征集"), _("上传")],
        rows=[{"pk": one.pk, "cells": _cells(one)} for one in found[:PAGE]], following=following,
        newest=_list_url() if before else "",
        empty={"title": _("还没有导入过表格"), "text": _("从其他平台导出 xlsx 表格，在这里上传。先检查，看过再导入。")},
    )  # fmt: skip


def _cells(one: ImportBatch) -> list[Cell]:
    uploaded = timezone.localtime(one.created_at)
    wrong = _("%s 处错误") % f"{one.faults:,}" if one.faults and one.can("start") else ""
    taken = _("撤回 %s 条") % f"{one.removed:,}" if one.removed else ""
    return [
        Cell(one.source, href=_page_url(one.pk), sub=one.file_name),
        Cell(one.get_status_display(), tag=True, sub=wrong),
        Cell(f"{one.rows:,}" if one.rows else "", numeric=True),
        Cell(f"{one.added:,}" if one.added else "", numeric=True, sub=taken),
        Cell(one.campaign.year, nowrap=True),
        Cell(f"{uploaded:%Y-%m-%d %H:%M}", nowrap=True, sub=one.by or _("命令行")),
    ]


# --- upload, columns ----------------------------------------------------------------------------
@office_view(permissions.RECORD)
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            one = importing_run.take_in(data["file"], campaign=data["campaign"], source=data["source"], by=request.user)
        except BadFile as reason:
            form.add_error("file", str(reason))
        else:
            return redirect("office:imports:columns", pk=one.pk)
    return admin_page(
        request, "portal/admin/import_new.html", title=_("导入一份表格"), icon=ICON, form=form, crumbs=_crumbs(),
        lead=_("第 1 步，共 3 步：上传表格。这一步和下一步都不会写入留言。"), back=_list_url(),
    )  # fmt: skip


@office_view(permissions.RECORD)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is what: as this source had it the last time, else by known heads."""
    one = _load(pk)
    if not one.can("choose"):
        return redirect(_page_url(pk))
    try:
        glance = importing_run.look(one)
    except (BadFile, OSError, ValueError):
        messages.error(request, _("找不到上传的表格，请重新上传。"))
        return redirect("office:imports:new")
    remembered = ImportBatch.objects.exclude(pk=pk).remembered(one.source)
    form = ColumnsForm(request.POST or None, glance=glance, chosen=one.mapping or glance.guess(remembered))
    if request.method == "POST" and form.is_valid():
        if attempt(request, lambda: one.choose(request.user, form.cleaned_data)):
            _wake(pk)
        return redirect(_page_url(pk))
    return admin_page(
        request, "portal/admin/import_columns.html", title=_("选列：%s") % one.file_name, icon=ICON, form=form,
        lead=_("第 2 步，共 3 步：每一项用表里的哪一列。已按列名先选好，请核对。"), crumbs=_crumbs(), one=one,
        glance=glance, remembered=bool(remembered), lines=form.lines(), back=_list_url(),
    )  # fmt: skip


# --- one batch ----------------------------------------------------------------------------------
@office_view(permissions.READ)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What a batch waits for: the work going on, the check to be read, or what became of it."""
    one = _load(pk)
    if one.status in ImportBatch.WORKING:
        return _working(request, one)
    if one.status == Status.CHECKED:
        return _checked(request, one)
    return _outcome(request, one)


def _working(request: HttpRequest, one: ImportBatch) -> HttpResponse:
    return admin_page(
        request, "portal/admin/import_working.html", title=f"{one.get_status_display()}：{one.source}", icon=ICON,
        crumbs=_crumbs(), one=one, done=one.removed if one.status == Status.UNDOING else one.read,
        total=one.added if one.status == Status.UNDOING else one.rows,
    )  # fmt: skip


def _checked(request: HttpRequest, one: ImportBatch) -> HttpResponse:
    return admin_page(
        request, "portal/admin/import_checked.html", title=_("检查结果：%s") % one.source, icon=ICON,
        lead=_("第 3 步，共 3 步：看过再导入。现在还没有写入任何留言。"), crumbs=_crumbs(), one=one,
        may=permissions.can_record(request.user), faults=_fault_rows(one),
        fault_columns=[_("行"), _("列"), _("原因")], columns=[_("行"), _("结果"), _("留言")],
        rows=[{"marked": row["state"] == "fault", "cells": _preview(row)} for row in one.findings.get("preview", [])],
    )  # fmt: skip


def _fault_rows(one: ImportBatch) -> list[dict[str, Any]]:
    found = one.findings.get("faults", [])[:SHOWN_FAULTS]
    return [
        {"cells": [Cell(row, nowrap=True), Cell(column), Cell(reason, sub=value)]}
        for row, column, value, reason in found
    ]


def _preview(row: dict[str, Any]) -> list[Cell]:
    """One row of the spreadsheet as it will become."""
    number = Cell(row["row"], nowrap=True)
    match row["state"]:
        case "fault":
            said = "；".join(f"“{column}”{reason}" for column, _value, reason in row["faults"])
            values = " · ".join(value for _column, value, _reason in row["faults"] if value)
            return [number, Cell("", light="red", light_text=_("不能导入")), Cell(said, sub=values)]
        case "known":
            state = Cell(_("已有，跳过"), tag=True)
        case "again":
            state = Cell(_("重复，跳过"), tag=True, sub=_("编号与第 %d 行相同") % row["first"])
        case _new:
            state = Cell(_("新增"), sub=_("已答复") if row["reply"] else _("待初审"), nowrap=True)
    about = " · ".join(part for part in (row["reference"], row["at"], row["topic"], row["body"]) if part)
    return [number, state, Cell(row["title"], sub=about)]


def _outcome(request: HttpRequest, one: ImportBatch) -> HttpResponse:
    may, actions = permissions.can_record(request.user), []
    here = one.suggestions.standing().count()
    if may and one.can("choose"):
        actions.append(Action(_("选列"), reverse("office:imports:columns", args=[one.pk]), "primary"))
    if may and one.can("drop"):
        actions.append(Action(_("放弃这份表格"), reverse("office:imports:drop", args=[one.pk]), post=True))
    if may and one.can("retry"):
        actions.append(Action(_("接着导入"), reverse("office:imports:retry", args=[one.pk]), "primary", post=True))
    if may and one.can("undo"):
        actions.append(Action(_("撤回整批"), reverse("office:imports:undo", args=[one.pk]), "danger"))
    return admin_page(
        request, "portal/admin/import_done.html", title=f"{one.get_status_display()}：{one.source}", icon=ICON,
        crumbs=_crumbs(), actions=actions, one=one, here=here, facts=_facts(one, here), entries=_entries(one),
        queue_href=f"{reverse('office:queue')}?tab=all&batch={one.pk}",
    )  # fmt: skip


def _facts(one: ImportBatch, here: int) -> list[dict[str, Any]]:
    uploaded = timezone.localtime(one.created_at)
    used = [f"{FIELD_NAMES[field]}：{head}" for field, head in one.mapping.items() if head and field in FIELD_NAMES]
    return [
        {"label": _("表格"), "value": one.file_name},
        {"label": _("年度征集"), "value": one.campaign},
        {"label": _("上传"), "value": f"{uploaded:%Y-%m-%d %H:%M} {one.by or _('命令行')}"},
        {"label": _("行数"), "value": f"{one.rows:,}" if one.rows else ""},
        {"label": _("新增"), "value": _("%s 条") % f"{one.added:,}"},
        {"label": _("已有、跳过"), "value": _("%s 条") % f"{one.known:,}" if one.status == Status.DONE else ""},
        {"label": _("撤回"), "value": _("%s 条") % f"{one.removed:,}" if one.removed else ""},
        {"label": _("留下"), "value": _("%s 条，已有人办理") % f"{here:,}" if one.removed and here else ""},
        {"label": _("各项用的列"), "value": "\n".join(used)},
    ]


def _entries(one: ImportBatch) -> list[dict[str, Any]]:
    moves = list(one.moves.select_related("by", "subject").order_by("-at", "-pk"))
    entries = [
        {"state": move.new_label, "title": move.verb_label if move.old else _("上传"), "when": move.at,
         "who": str(move.by) if move.by else "", "internal": move.internal_note} for move in moves
    ]  # fmt: skip
    if entries:
        entries[0]["latest"] = True
    return entries


@office_view(permissions.READ)
def faults(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every fault as a table, to mend them in the spreadsheet."""
    one = _load(pk)
    if not one.findings.get("faults"):
        raise Http404
    name = f"{Path(one.file_name).stem}-错误.csv"
    return csv_response(name, [_("行"), _("列"), _("内容"), _("原因")], one.findings["faults"])


# --- what may be done ---------------------------------------------------------------------------
@office_view(permissions.RECORD)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    return _go_on(request, pk, "start")


@office_view(permissions.RECORD)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    return _go_on(request, pk, "retry")


def _go_on(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A move by that name after which the worker has something to do."""
    one = _load(pk)

    def move() -> None:
        getattr(one, name)(request.user)
        _wake(pk)

    return act(request, move, "", _page_url(pk))


@office_view(permissions.RECORD)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    one = _load(pk)
    return act(request, lambda: one.drop(request.user), _("已放弃，表格已从服务器删除。"), _list_url())


@office_view(permissions.RECORD)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask before a whole batch is taken back: how many go, and which stay because somebody has worked on them."""
    one = _load(pk)
    if request.method == "POST":
        return _go_on(request, pk, "undo")
    if not one.can("undo"):
        return redirect(_page_url(pk))
    untouched = one.suggestions.untouched()
    go, kept = untouched.count(), one.suggestions.standing().exclude(pk__in=untouched.values("pk"))
    stay = kept.count()
    return admin_page(
        request, "portal/admin/import_undo.html", title=_("撤回整批：%s") % one.source, icon=ICON, danger=True,
        lead=_("撤回的留言作废：不再出现在任何列表、统计和检索里，编号不再使用，经过留档。改好表格后可以重新导入。"),
        crumbs=[*_crumbs(), (str(one), _page_url(pk))], back=_page_url(pk), go=go, stay=stay,
        verb=_("撤回这 %s 条") % f"{go:,}",
        columns=[_("留言"), _("现在的状态")], rows=[_kept(row) for row in kept.defer("name", "phone")[:SHOWN_KEPT]],
    )  # fmt: skip


def _kept(row: Suggestion) -> dict[str, Any]:
    address = reverse("office:suggestion", args=[row.number])
    return {"cells": [Cell(row.title, href=address, sub=row.number), Cell(row.get_status_display(), tag=True)]}
