"""待审报告: what units handed in, to accept or to return; and corrections of what is public."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import Action, Cell, act, admin_page, ask, attempt, office_view
from projects import permissions
from projects.forms.office import CorrectionForm, PublicReturnForm, ReturnForm
from projects.models import Report
from projects.models.plan import plain_number
from projects.office.projects import home_of, if_seen, last_move, timeline

ICON = "tasks"
SHOWN = 200


def load(pk: int) -> Report:
    rows = Report.objects.select_related("project__lead_unit", "project__topic", "project__annual_list", "unit")
    return get_object_or_404(rows, pk=pk)


def page_of(report: Report) -> str:
    return reverse("project_office:report", args=[report.pk])


def _crumbs(report: Report | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("待审报告"), reverse("project_office:reports"))]
    return [*trail, (report.name, page_of(report))] if report else trail


def waiting() -> Any:
    """Handed in and not reviewed, the oldest first."""
    rows = Report.objects.filter(status=Report.Status.SUBMITTED).order_by("done_at", "pk")
    return rows.select_related("project", "unit")


@office_view(permissions.READ_REPORTS)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for review, oldest first."""
    found = list(waiting()[:SHOWN])
    rows = [
        {
            "pk": one.pk,
            "cells": [
                Cell(one.name, href=page_of(one), sub=one.project.number), one.project.title, one.unit.short_name,
                f"{one.done_on:%Y-%m-%d}", Cell("", light="done" if one.was_on_time else "red", light_text=one.light_text()),
            ],
        }
        for one in found
    ]  # fmt: skip
    return admin_page(
        request, "projects/admin/reports.html", title=_("待审报告"), icon=ICON, rows=rows,
        lead=_("先报的排在前面。审核通过就公开，退回请写明改哪里。"),
        columns=[_("报告"), _("项目"), _("责任单位"), _("上报"), _("按时吗")],
        empty={"title": _("没有待审的报告"), "text": _("单位上报的方案、台账、报告会出现在这里。")},
    )  # fmt: skip


@office_view(permissions.READ_REPORTS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report with everything it says and declares, beside what the last one said."""
    found = load(pk)
    is_plan = found.kind == Report.Kind.PLAN
    # What a unit has not handed in yet is the unit's own.
    is_open = found.status in (Report.Status.SUBMITTED, Report.Status.ACCEPTED)
    names = [] if is_plan or not is_open else ["work", "problems", "next"]
    context: dict[str, Any] = {
        "report": found,
        "project": found.project,
        "is_plan": is_plan,
        "is_open": is_open,
        "texts": [(Report._meta.get_field(name).verbose_name, getattr(found, name)) for name in names],
        "claims": found.step_claims.select_related("step") if is_open else [],
        "readings": [(r.indicator, plain_number(r.value)) for r in found.readings.select_related("indicator")]
        if is_open
        else [],
        "photos": found.photos.kept() if is_open else [],
        "steps": found.project.steps.all(),
        "indicators": found.project.indicators.all(),
        "progress": found.project.progress(),
        "planned": found.project.planned_progress(),
        "last": found.predecessor(),
        "moves": timeline(found),
        "project_href": home_of(found.project),
        "is_late": found.done_on is not None and not found.was_on_time,
    }
    return admin_page(
        request, "projects/admin/report.html", title=found.name, icon=ICON, crumbs=_crumbs(),
        lead=f"{found.project.number}　{found.project.title}　{found.unit.short_name}",
        actions=_actions(request.user, found), **context,
    )  # fmt: skip


def _actions(user: Any, found: Report) -> list[Action]:
    if permissions.can_review_report(user, found):
        accept_href = f"{reverse('project_office:accept_report', args=[found.pk])}?seen={last_move(found)}"
        return [
            Action(_("审核通过，公开"), accept_href, "primary", post=True),
            Action(_("退回修改"), reverse("project_office:return_report", args=[found.pk])),
        ]
    if permissions.can_correct_report(user, found):
        return [Action(_("更正"), reverse("project_office:correct_report", args=[found.pk]))]
    return []


def _next(pk: int) -> str:
    """The next one of the queue, so that many can be reviewed in a row."""
    following = waiting().exclude(pk=pk).first()
    return page_of(following) if following else reverse("project_office:reports")


# --- acting -------------------------------------------------------------------------------------
@office_view(permissions.REVIEW_REPORT)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept what was read, and go on to the next one."""
    found = load(pk)

    def do() -> None:
        if_seen(request, found)
        found.accept(request.user)

    return act(request, do, _("%s 已审核通过并公开。") % found, _next(pk))


@office_view(permissions.REVIEW_REPORT)
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    """Send back with the reason."""
    found = load(pk)
    form = PublicReturnForm if found.kind == Report.Kind.CONCLUDING else ReturnForm
    return ask(
        request, title=_("退回：%s") % found.name, verb=_("退回修改"), form=form, back=page_of(found), icon=ICON,
        crumbs=_crumbs(found), do=lambda data: found.return_(request.user, data["reason"]), then=_next(pk),
        success=_("已退回，会短信通知单位。"),
    )  # fmt: skip


@office_view(permissions.REVIEW_REPORT)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an accepted report right. What it said before stays in the public history."""
    found = load(pk)
    if not permissions.can_correct_report(request.user, found):
        messages.error(request, _("只有已公开的报告可以更正；没有公开的请退回单位修改。"))
        return redirect(page_of(found))
    form = CorrectionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("work", "problems", "next")}
        reason = form.cleaned_data["reason"]
        if attempt(request, lambda: found.correct(request.user, reason, **words), _("已更正，原文留在变更记录里。")):
            return redirect(page_of(found))
    return admin_page(
        request, "config/admin/confirm.html", title=_("更正：%s") % found.name, icon=ICON, crumbs=_crumbs(found), form=form,
        verb=_("更正并公开"), back=page_of(found), lead=_("原文和理由都会留在变更记录里，大家看得到。"),
    )  # fmt: skip
