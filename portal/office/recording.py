"""The front desk: entering what came by phone, by letter or at a stall, and the slip that the person takes home."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from config.admin_ui import admin_page, office_view
from config.forms import DateInput, MultipleFileField
from config.privacy import decrypt, encrypt, normal_phone
from config.uploads import Refused, store_picture
from portal import permissions
from portal.models import Attachment, Campaign, Consent, Suggestion
from portal.office.forms import AreaField

Channel = Suggestion.Channel
# How a suggestion reaches the counter; the others come in by themselves.
OFFLINE = [one for one in Channel if one not in (Channel.WEB, Channel.QR, Channel.IMPORT)]
ON_PAPER = (Channel.LETTER, Channel.FORM)
MAX_SCANS = 9
SLIP, SLIP_SECONDS = "office_slip", 15 * 60
WORK_BEGINS = time(9, 0)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """One suggestion as it was told or written; the clerk who enters it stays on record."""

    channel = forms.ChoiceField(choices=[(one.value, one.label) for one in OFFLINE], label=gettext_lazy("来源渠道"))
    received_on = forms.DateField(label=gettext_lazy("收到日期"), widget=DateInput)
    area = AreaField()
    scans = MultipleFileField(
        label=gettext_lazy("原件照片"),
        required=False,
        help_text=gettext_lazy("信件、问卷的照片，最多 9 张。受理时再决定是否公开。"),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("已告知提出人"),
        help_text=gettext_lazy("告诉过对方：标题和内容受理后会公开，姓名和电话不公开，只用来回复。"),
    )

    class Meta:
        model = Suggestion
        fields = ["campaign", "channel", "received_on", "title", "topic", "area", "place", "body", "wish", "name",
                  "phone", "shown_as", "is_public", "scans", "consent"]  # fmt: skip
        widgets = {
            "body": forms.Textarea(attrs={"rows": 5}),
            "wish": forms.Textarea(attrs={"rows": 3}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].group()  # type: ignore[attr-defined]
        campaigns = Campaign.objects.public()
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["campaign"].initial = campaigns.current()
        self.fields["topic"].empty_label = _("还说不准")  # type: ignore[attr-defined]
        self.fields["received_on"].initial = timezone.localdate()

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        if text and not normal_phone(text):
            raise forms.ValidationError(_("请填 11 位手机号；没有手机号就留空，并把联系方式写在原件里。"))
        return normal_phone(text)

    def clean_scans(self) -> list[Any]:
        scans: list[Any] = self.cleaned_data["scans"]
        if len(scans) > MAX_SCANS:
            raise forms.ValidationError(_("最多 %d 张照片。") % MAX_SCANS)
        return scans

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        campaign, day = data.get("campaign"), data.get("received_on")
        if day and day > timezone.localdate():
            self.add_error("received_on", _("收到日期不能晚于今天。"))
        elif campaign and day and not campaign.opens_on <= day <= campaign.closes_on:
            window = {"opens": f"{campaign.opens_on:%Y-%m-%d}", "closes": f"{campaign.closes_on:%Y-%m-%d}"}
            self.add_error("received_on", _("这次征集只收 %(opens)s 至 %(closes)s 收到的建议。") % window)
        return data


def received_at(day: date) -> datetime:
    """Now for today; for an earlier day the morning of that day."""
    if day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, WORK_BEGINS))


@office_view(permissions.RECORD)
def record(request: HttpRequest) -> HttpResponse:
    form = RecordForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            one, code, token = _receive(form, request.user)
        except Refused as refused:
            form.add_error("scans", str(refused))
        else:
            _keep_slip(request, one, code, token)
            messages.success(request, _("已登记，编号 %s。") % one.number)
            return redirect("office:slip", number=one.number)
    return admin_page(
        request, "portal/admin/record.html", title=_("登记建议"), icon="plus", form=form,
        lead=_("登记电话、信件、现场等渠道收到的建议。登记后打印回执交给提出人。"),
        crumbs=[(_("建议办理"), reverse("office:queue"))],
    )  # fmt: skip


@transaction.atomic
def _receive(form: RecordForm, by: Any) -> tuple[Suggestion, str, str]:
    """The suggestion and its scans, or neither."""
    data = form.cleaned_data
    facts = {name: data[name] for name in form.Meta.fields if name not in ("received_on", "scans", "consent")}
    one, code, token = Suggestion.objects.receive(recorded_by=by, received_at=received_at(data["received_on"]), **facts)
    how = Consent.How.PAPER if data["channel"] in ON_PAPER else Consent.How.DESK
    Consent.objects.record(one, how=how, by=by)
    for scan in data["scans"]:
        store_picture(Attachment, scan, suggestion=one, added_by=by)
    return one, code, token


def _keep_slip(request: HttpRequest, one: Suggestion, code: str, token: str) -> None:
    """The secrets of the receipt, encrypted, until they are printed."""
    at = timezone.now().timestamp()
    request.session[SLIP] = {"number": one.number, "code": encrypt(code), "token": encrypt(token), "at": at}


@office_view(permissions.RECORD)
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt on paper: for a quarter of an hour after entering, since the code is stored nowhere in the clear."""
    kept = request.session.get(SLIP) or {}
    fresh = kept.get("number") == number and timezone.now().timestamp() - kept.get("at", 0) < SLIP_SECONDS
    if not fresh:
        request.session.pop(SLIP, None)
        messages.warning(request, _("回执只在登记后 15 分钟内能打印，查询码不在系统里明文保存。"))
        return redirect("office:suggestion", number=number)
    one = Suggestion.objects.get(number=number)
    address = settings.PUBLIC_URL + track_path(decrypt(kept["token"]))
    return admin_page(
        request, "portal/admin/slip.html", title=_("回执 %s") % number, icon="doc-full", one=one,
        code=decrypt(kept["code"]),
        qr=segno.make(address, error="m").svg_data_uri(scale=4, border=2), track=settings.PUBLIC_URL + "/track/",
        crumbs=[(_("建议办理"), reverse("office:queue"))],
    )  # fmt: skip


def track_path(token: str) -> str:
    """The address in the QR code, which opens the suggestion's life line for whoever holds the slip."""
    try:
        return reverse("portal:track_link", args=[token])
    except NoReverseMatch:
        return "/track/"
