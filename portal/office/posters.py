"""海报: posters and table cards with a QR code, one place after another, and what each of them brought."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from config.admin_ui import Action, Cell, act, admin_page, attempt, office_view
from config.documents import pdf_response, qr_svg
from config.export import csv_response
from portal import permissions
from portal.models import Area, Campaign, Poster, Topic
from portal.models.poster import PosterQuerySet
from portal.office.forms import AreaField
from portal.posters import MOST_AT_ONCE, TEMPLATE, poster_data

ICON = "snippet"
PAGE = 50
PLACE_MAX = 120


class MakeForm(forms.Form):
    """One poster, or one for each line."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("年度征集"), empty_label=None)
    size = forms.ChoiceField(choices=Poster.Size.choices, initial=Poster.Size.A4, label=gettext_lazy("大小"))
    area = AreaField(help_text=gettext_lazy("扫码后自动填好。不选，就由填写的人自己选。"))
    places = forms.CharField(
        label=gettext_lazy("张贴的地点"), required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("一行一个地点，一个地点一张海报，最多 200 行；可以从表格里整列粘贴。留空就做一张不限地点的。"),
    )  # fmt: skip
    topic = forms.ModelChoiceField(
        Topic.objects.all(), label=gettext_lazy("领域"), required=False, empty_label=gettext_lazy("不限"),
        help_text=gettext_lazy("选了，扫码后就先选好这个领域。"),
    )  # fmt: skip
    label = forms.CharField(
        label=gettext_lazy("批次名称"), required=False, max_length=40,
        help_text=gettext_lazy("自己看的，例如“第一批 医院”。留空就用今天的日期。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.public().exclude(status=Campaign.Status.CLOSED)
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["campaign"].initial = campaigns.current()
        self.fields["area"].group()  # type: ignore[attr-defined]

    def clean_places(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["places"].splitlines()]
        places = list(dict.fromkeys(line for line in lines if line))
        if len(places) > MOST_AT_ONCE:
            raise forms.ValidationError(_("一次最多 %d 个地点，请分几次做。") % MOST_AT_ONCE)
        if long := next((place for place in places if len(place) > PLACE_MAX), None):
            raise forms.ValidationError(_("“%s……”太长，一个地点最多 120 个字。") % long[:20])
        return places or [""]

    def clean_label(self) -> str:
        return self.cleaned_data["label"].strip() or f"{timezone.localdate():%Y-%m-%d}"


class PosterFilter(forms.Form):
    """What the list can be narrowed by. What is unknown narrows nothing."""

    q = forms.CharField(label=gettext_lazy("查找"), required=False, max_length=60)
    campaign = forms.ModelChoiceField(
        Campaign.objects.all(), label=gettext_lazy("年度征集"), required=False, empty_label=gettext_lazy("全部")
    )
    county = forms.ModelChoiceField(
        Area.objects.filter(level=Area.Level.COUNTY), label=gettext_lazy("县（市、区）"), required=False,
        empty_label=gettext_lazy("全部"),
    )  # fmt: skip
    label = forms.ChoiceField(label=gettext_lazy("批次"), required=False)
    status = forms.ChoiceField(
        choices=[("", gettext_lazy("全部")), *Poster.Status.choices], label=gettext_lazy("状态"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = Poster.objects.order_by("-label").values_list("label", flat=True).distinct()
        self.fields["label"].choices = [("", _("全部")), *((one, one) for one in labels)]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs.update(type="search", placeholder=_("地点或编号"))

    def narrow(self, rows: PosterQuerySet) -> PosterQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        for name in ("campaign", "label", "status"):
            if asked.get(name):
                rows = rows.filter(**{name: asked[name]})
        if county := asked.get("county"):
            rows = rows.filter(area__code__startswith=county.code[:6])
        if text := asked.get("q", "").strip():
            code = text.replace(" ", "").upper()
            rows = rows.filter(place__icontains=text) | rows.filter(code=code) | rows.filter(area__name__contains=text)
        return rows


def _chosen(request: HttpRequest) -> tuple[PosterFilter, PosterQuerySet]:
    """The filter, and the posters it leaves; those that were ticked when some were."""
    form = PosterFilter(request.GET)
    rows = form.narrow(Poster.objects.select_related("campaign", "area__parent", "topic"))
    picked = request.GET.getlist("pick")[:MOST_AT_ONCE]
    return form, rows.filter(code__in=picked) if picked else rows


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("扫码海报"), reverse("posters:list"))]


@office_view(permissions.READ_POSTERS)
def posters(request: HttpRequest) -> HttpResponse:
    """Every poster with what it brought, the newest first."""
    form, rows = _chosen(request)
    before = request.GET.get("before", "")
    below = rows.filter(pk__lt=int(before[:18])) if before.isdecimal() else rows
    found = list(below.with_counts()[: PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    kept = f"?{query.urlencode()}" if query else ""
    query["before"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    actions = [Action(_("导出表格"), reverse("posters:csv") + kept)] if found else []
    if request.user.has_perm(permissions.MAKE_POSTERS):
        actions.append(Action(_("制作海报"), reverse("posters:new"), "primary"))
    return admin_page(
        request, "portal/admin/posters.html", title=_("扫码海报"), icon=ICON, actions=actions, filter=form,
        lead=_("贴在医院、学校、大厅的海报和桌牌。扫码就填好地点，每一张带来多少建议都单独计数。"),
        columns=_columns(), rows=[{"pk": one.code, "cells": _cells(one)} for one in found[:PAGE]],
        reset_href=reverse("posters:list") if kept else "", newest=reverse("posters:list") + kept if before else "",
        following=f"?{query.urlencode()}" if query["before"] else "",
        empty={"title": _("没有海报"), "text": _("换个条件试试。") if kept else _("点“制作海报”，粘贴一列地点就能成批做。")},
    )  # fmt: skip


def _columns() -> list[Any]:
    figures = [_("扫码"), _("收到建议"), _("受理"), _("采纳")]
    return [_("海报"), _("大小"), _("批次"), *({"label": name, "numeric": True} for name in figures), _("状态")]


def _cells(one: Any) -> list[Cell]:
    figures = (one.scan_count, one.received, one.accepted, one.adopted)
    return [
        Cell(one.full_place or _("不限地点"), reverse("posters:poster", args=[one.code]), sub=one.code),
        Cell(one.size, nowrap=True),
        Cell(one.label, sub=str(one.campaign.year)),
        *(Cell(f"{figure:,}", numeric=True) for figure in figures),
        Cell(one.get_status_display(), tag=True),
    ]


@office_view(permissions.MAKE_POSTERS)
def new(request: HttpRequest) -> HttpResponse:
    form = MakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Poster] = []
        facts = {name: form.cleaned_data[name] for name in ("campaign", "size", "area", "topic", "label")}
        if attempt(
            request, lambda: made.extend(Poster.objects.put_up(form.cleaned_data["places"], by=request.user, **facts))
        ):
            messages.success(request, _("已做好 %d 张海报，下载后就能打印。") % len(made))
            if len(made) == 1:
                return redirect("posters:poster", code=made[0].code)
            return redirect(f"{reverse('posters:list')}?{urlencode({'label': facts['label']})}")
    return admin_page(
        request, "portal/admin/poster_new.html", title=_("制作海报"), icon=ICON, form=form, crumbs=_crumbs(),
        lead=_("每张海报有自己的二维码和编号，各记各的数。"), back=reverse("posters:list"),
    )  # fmt: skip


@office_view(permissions.READ_POSTERS)
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """One poster: what is on it, what it brought, day by day."""
    one = get_object_or_404(Poster.objects.select_related("campaign", "area__parent", "topic").with_counts(), code=code)
    actions = []
    if request.user.has_perm(permissions.RETIRE_POSTERS):
        turn = "retire" if one.can("retire") else "restore"
        actions.append(Action(one.MOVES[turn].label, reverse(f"posters:{turn}", args=[code]), post=True))
    if one.can("retire"):
        actions.append(Action(_("下载 PDF"), f"{reverse('posters:pdf')}?pick={code}", "primary"))
    figures = [
        (_("扫码"), one.scan_count),
        (_("收到建议"), one.received),
        (_("受理"), one.accepted),
        (_("采纳"), one.adopted),
    ]
    facts = [
        {"label": _("编号"), "value": one.code}, {"label": _("网址"), "value": one.address},
        {"label": _("年度征集"), "value": one.campaign}, {"label": _("大小"), "value": one.get_size_display()},
        {"label": _("领域"), "value": one.topic or ""}, {"label": _("批次"), "value": one.label},
        {"label": _("制作"), "value": f"{timezone.localtime(one.made_at):%Y-%m-%d %H:%M}"},
    ]  # fmt: skip
    suggestions = one.suggestions.standing().only("number", "public_title", "status")[:PAGE]
    return admin_page(
        request, "portal/admin/poster.html", title=one.full_place or _("不限地点的海报"), icon=ICON, crumbs=_crumbs(),
        actions=actions, one=one, figures=figures, facts=facts, qr_href=reverse("posters:qr", args=[code]),
        columns=[_("建议"), _("状态")], rows=[_brought(row) for row in suggestions],
        empty={"title": _("还没有带来建议")}, day_columns=[_("日期"), {"label": _("扫码"), "numeric": True}],
        days=[{"cells": [Cell(f"{day.day:%Y-%m-%d}"), Cell(day.scans, numeric=True)]} for day in one.days.order_by("-day")[:14]],
    )  # fmt: skip


def _brought(row: Any) -> dict[str, Any]:
    address = reverse("office:suggestion", args=[row.number])
    return {"cells": [Cell(row.public_title, address, sub=row.number), Cell(row.get_status_display(), tag=True)]}


@office_view(permissions.READ_POSTERS)
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The code alone, for a leaflet of somebody's own."""
    one = get_object_or_404(Poster, code=code)
    response = HttpResponse(qr_svg(one.address), content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@office_view(permissions.READ_POSTERS)
def pdf(request: HttpRequest) -> HttpResponse:
    """The posters of a filter, or those that were ticked, as one file."""
    rows = list(_chosen(request)[1].filter(status=Poster.Status.IN_USE)[: MOST_AT_ONCE + 1])
    if not rows or len(rows) > MOST_AT_ONCE or len({one.campaign_id for one in rows}) > 1:
        if not rows:
            sentence = _("没有可以打印的海报，停用的不打印。")
        elif len(rows) > MOST_AT_ONCE:
            sentence = _("一次最多打印 %d 张，请先用条件缩小范围或勾选。") % MOST_AT_ONCE
        else:
            sentence = _("选中的海报属于不同年度，请分开打印。")
        messages.error(request, sentence)
        return redirect("posters:list")
    name = _("海报-%s.pdf") % (rows[0].code if len(rows) == 1 else f"{timezone.localdate():%Y%m%d}")
    return pdf_response(request, TEMPLATE, poster_data(request, rows), name, page="portal/print/posters.html")


@office_view(permissions.READ_POSTERS)
def table(request: HttpRequest) -> HttpResponseBase:
    """The counts as a table."""
    rows = _chosen(request)[1].with_counts()
    header = [
        _("编号"), _("年度"), _("区划"), _("地点"), _("领域"), _("批次"), _("大小"), _("状态"), _("制作日期"), _("扫码"),
        _("收到建议"), _("受理"), _("采纳"), _("网址"),
    ]  # fmt: skip
    return csv_response(_("扫码海报-%s.csv") % f"{timezone.localdate():%Y%m%d}", header, _lines(rows.iterator(500)))


def _lines(rows: Iterator[Any]) -> Iterator[list[Any]]:
    for one in rows:
        yield [
            one.code, one.campaign.year, one.area.full_name if one.area else "", one.place, one.topic or "", one.label,
            one.size, one.get_status_display(), f"{timezone.localtime(one.made_at):%Y-%m-%d}", one.scan_count,
            one.received, one.accepted, one.adopted, one.address,
        ]  # fmt: skip


@office_view(permissions.RETIRE_POSTERS)
def retire(request: HttpRequest, code: str) -> HttpResponse:
    return _turn(request, code, "retire", _("已停用。再扫这个码，会看到停用的说明和提建议的入口。"))


@office_view(permissions.RETIRE_POSTERS)
def restore(request: HttpRequest, code: str) -> HttpResponse:
    return _turn(request, code, "restore", _("已恢复使用。"))


def _turn(request: HttpRequest, code: str, name: str, sentence: str) -> HttpResponse:
    one = get_object_or_404(Poster, code=code)
    return act(request, lambda: getattr(one, name)(request.user), sentence, reverse("posters:poster", args=[code]))
