"""部门自报 in the workspace: what the unit owes, what it has written, and the leader's signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.moves import MoveRefused
from portal import permissions
from portal.desk import desk_page, desk_view
from portal.desk_forms import ReturnForm
from portal.models import Campaign, Membership, SelfReport, Unit
from portal.office.forms import AreaField
from portal.self_reports import quota_of


class SelfReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """The proposal; `unit` is asked of people who act for several."""

    area = AreaField(label=gettext_lazy("在哪里"))

    class Meta:
        model = SelfReport
        fields = ["unit", "title", "body", "wish", "topic", "area", "place"]
        widgets = {"body": forms.Textarea(attrs={"rows": 5}), "wish": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "title": gettext_lazy("例如：不动产登记中午不打烊。"),
            "wish": gettext_lazy("写明做什么、什么时候做成、群众能方便多少。受理后公开。"),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(pk__in=user.units_as())
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["area"].group()  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["unit"]
        elif len(own := list(units[:2])) == 1:
            self.fields["unit"].initial, self.fields["unit"].widget = own[0].pk, forms.HiddenInput()


def _own(request: HttpRequest, pk: int) -> SelfReport:
    """The proposal, when it is of one of the person's units; to others it does not exist."""
    rows = SelfReport.objects.for_units(request.user.units_as()).filter(pk=pk)
    found = rows.select_related("unit", "campaign", "topic", "area__parent", "suggestion").first()
    if found is None:
        raise Http404
    return found


@require_GET
@desk_view
def reports(request: HttpRequest) -> HttpResponse:
    """What the units owe this year, and everything they wrote."""
    campaign = Campaign.objects.current()
    mine = SelfReport.objects.for_units(request.user.units_as()).select_related("unit", "campaign", "suggestion")
    context = {
        "campaign": campaign,
        "quotas": quota_of(campaign, Unit.objects.filter(pk__in=request.user.units_as())) if campaign else [],
        "reports": mine.exclude(status=SelfReport.Status.DROPPED)[:60],
        "may_write": bool(campaign and campaign.is_collecting()),
    }
    return desk_page(request, "portal/desk/self_reports.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@desk_view
def new(request: HttpRequest) -> HttpResponse:
    campaign = Campaign.objects.collecting()
    if campaign is None:
        messages.warning(request, _("现在不在征集期内，不能报送。"))
        return redirect("desk:self_reports")
    person: Any = request.user  # the decorator has let a person in
    one = SelfReport(campaign=campaign, drafted_by=person)
    form = SelfReportForm(request.POST or None, instance=one, user=request.user)
    if request.method == "POST" and form.is_valid():
        one = form.save()
        one._begin(by=request.user)
        return _kept(request, one)
    context = {"form": form, "campaign": campaign}
    return desk_page(request, "portal/desk/self_report.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, one: SelfReport) -> HttpResponse:
    """Saved; `do=submit` also gives it to the leader."""
    if request.POST.get("do") == "submit":
        return _attempt(request, lambda: one.submit(request.user), _("已送负责人签发。"))
    messages.success(request, _("草稿已保存。"))
    return redirect("desk:self_report", one.pk)


@never_cache
@require_http_methods(["GET", "POST"])
@desk_view
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Write on, or read what waits for the signature or was handed in."""
    one = _own(request, pk)
    may_write = one.status in SelfReport.OPEN
    form = SelfReportForm(request.POST or None, instance=one, user=request.user) if may_write else None
    if request.method == "POST":
        if form is None:
            messages.warning(request, _("已经送签或报送，现在不能改。"))
            return redirect("desk:self_report", pk)
        if form.is_valid():
            form.save()
            return _kept(request, one)
    returned = one.moves.filter(verb="return").last() if one.status == SelfReport.Status.RETURNED else None
    context = {
        "one": one, "form": form, "campaign": one.campaign, "returned": returned,
        "submitted": one.moves.filter(verb="submit").select_related("by").last(),
        "may_sign": permissions.can_sign_self_report(request.user, one), "return_form": ReturnForm(),
    }  # fmt: skip
    return desk_page(
        request, "portal/desk/self_report.html", context, status=422 if form is not None and form.errors else 200
    )


def _leader_does(request: HttpRequest, pk: int) -> SelfReport:
    one = _own(request, pk)
    if not permissions.works_for(request.user, one.unit_id, Membership.Role.LEADER):
        raise PermissionDenied(_("签发和退回由单位负责人办理。"))
    return one


@require_POST
@desk_view
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    one = _leader_does(request, pk)
    return _attempt(request, lambda: one.sign(request.user), _("已签发报送，改革办会受理。"), back=pk)


@require_POST
@desk_view
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    one = _leader_does(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有退回：请写明退回的理由，至少 4 个字。"))
        return redirect("desk:self_report", pk)
    return _attempt(request, lambda: one.return_(request.user, form.cleaned_data["reason"]), _("已退回修改。"), back=pk)


@require_POST
@desk_view
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    one = _own(request, pk)
    return _attempt(request, lambda: one.drop(request.user), _("已作废。"), back=pk)


def _attempt(request: HttpRequest, do: Callable[[], Any], sentence: str, back: int = 0) -> HttpResponse:
    try:
        do()
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect("desk:self_report", back) if back else redirect("desk:self_reports")
    messages.success(request, sentence)
    return redirect("desk:self_reports")
