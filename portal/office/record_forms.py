"""The front desk's form: one suggestion as it was told or written, and how it came."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.forms import DateInput, MultipleFileField
from config.privacy import normal_phone
from portal.models import Campaign, Consent, DeputyPaper, Suggestion
from portal.office.forms import AreaField

Channel = Suggestion.Channel
# How a suggestion reaches the counter; the others come in by themselves.
OFFLINE = [one for one in Channel if one not in (Channel.WEB, Channel.QR, Channel.IMPORT)]
# What some channels ask for besides, and which of it they must know.
ASKED = {
    "caller": Channel.PHONE, "called_at": Channel.PHONE, "dated_on": Channel.LETTER, "postmarked_on": Channel.LETTER,
    "deputy_kind": Channel.DEPUTY, "deputy_level": Channel.DEPUTY, "deputy_year": Channel.DEPUTY,
    "deputy_number": Channel.DEPUTY, "stall": Channel.STALL, "team": Channel.VISIT, "households": Channel.VISIT,
}  # fmt: skip
NEEDED = ("stall", "team")
# Of a deputy's formal paper: all of them or none.
DEPUTY = ("deputy_kind", "deputy_level", "deputy_year", "deputy_number")
# What stays in the form for the next one of the same pile.
REPEATED = ("channel", "received_on", "area", "stall", "team", "campaign")
WORK_BEGINS = time(9, 0)
NOT_PUBLIC = "no"
CONSENT = [
    (Consent.How.DESK.value, gettext_lazy("口头同意公开")), (Consent.How.PAPER.value, gettext_lazy("书面同意公开")),
    (NOT_PUBLIC, gettext_lazy("没有同意公开")),
]  # fmt: skip
CONSENT_HINT = gettext_lazy(
    "请告诉对方：标题和内容受理后会公开，姓名和电话不公开，只用来回复。没有同意的，只在内部办理和回复。"
)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """One suggestion as it was told or written; the clerk who enters it stays on record."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    same_as = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    channel = forms.ChoiceField(choices=[(one.value, one.label) for one in OFFLINE], label=gettext_lazy("来源渠道"))
    received_on = forms.DateField(label=gettext_lazy("收到日期"), widget=DateInput)
    caller = forms.CharField(
        label=gettext_lazy("来电号码"), required=False, max_length=20,
        help_text=gettext_lazy("座机也可以，和联系电话一样就不填。"),
    )  # fmt: skip
    called_at = forms.TimeField(
        label=gettext_lazy("通话时间"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    dated_on = forms.DateField(label=gettext_lazy("信上的日期"), required=False, widget=DateInput)
    postmarked_on = forms.DateField(label=gettext_lazy("邮戳日期"), required=False, widget=DateInput)
    deputy_kind = forms.ChoiceField(
        label=gettext_lazy("建议还是提案"), required=False, choices=[("", "—"), *DeputyPaper.Kind.choices],
        help_text=gettext_lazy("有正式编号的才填，这四项要填就填全；口头说的不用填。"),
    )  # fmt: skip
    deputy_level = forms.ChoiceField(
        label=gettext_lazy("哪一级"), required=False, choices=[("", "—"), *DeputyPaper.Level.choices]
    )
    deputy_year = forms.IntegerField(label=gettext_lazy("哪一年"), required=False, min_value=2000, max_value=2100)
    deputy_number = forms.CharField(
        label=gettext_lazy("正式编号"), required=False, max_length=20, help_text=gettext_lazy("只写数字，例如 32。")
    )
    stall = forms.CharField(
        label=gettext_lazy("现场地点"), required=False, max_length=80,
        help_text=gettext_lazy("在哪里设的点，例如：人民公园南门。"),
    )  # fmt: skip
    team = forms.CharField(label=gettext_lazy("走访小组"), required=False, max_length=80)
    households = forms.IntegerField(label=gettext_lazy("走访户数"), required=False, min_value=1, max_value=9999)
    area = AreaField()
    consent = forms.ChoiceField(
        choices=CONSENT, label=gettext_lazy("是否同意公开"), widget=forms.RadioSelect, help_text=CONSENT_HINT,
    )  # fmt: skip
    scans = MultipleFileField(
        label=gettext_lazy("原件照片或扫描件"), required=False,
        help_text=gettext_lazy("信件、问卷的照片或 PDF，最多 9 个。照片受理时再决定是否公开，PDF 不公开。"),
    )  # fmt: skip

    class Meta:
        model = Suggestion
        fields = ["channel", "received_on", "area", "title", "body", "place", "wish", "topic", "name", "phone",
                  "shown_as", "campaign"]  # fmt: skip
        widgets = {
            "body": forms.Textarea(attrs={"rows": 4}),
            "wish": forms.Textarea(attrs={"rows": 2}),
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
        self.fields["called_at"].initial = f"{timezone.localtime():%H:%M}"
        self.fields["submission_key"].initial = uuid.uuid4()
        for name in ("caller", "stall", "team"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def asked(self) -> list[tuple[Any, str]]:
        """The fields that one channel alone asks for, each with its channel."""
        return [(self[name], str(channel)) for name, channel in ASKED.items()]

    def typed(self) -> dict[str, str]:
        """What a person has typed or chosen, as text, for a draft."""
        names = set(self.fields) - {"scans", "submission_key"}
        return {name: str(self.data.get(name, "")) for name in names}

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        if text and not normal_phone(text):
            raise forms.ValidationError(_("请填 11 位手机号；没有手机号就留空，座机写在来电号码里。"))
        return normal_phone(text)

    def clean_same_as(self) -> Suggestion | None:
        """The suggestion of which the person said that it is the same; a gone one is no reason to refuse theirs."""
        number = self.cleaned_data["same_as"].strip()
        return Suggestion.objects.standing().filter(number=number).first() if number else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, channel in ASKED.items():
            if data.get("channel") != channel:
                data[name] = "" if isinstance(self.fields[name], forms.CharField) else None
                self.errors.pop(name, None)
            elif name in NEEDED and not data.get(name) and name not in self.errors:
                self.add_error(name, _("请填写%s。") % self.fields[name].label)
        self._check_days(data)
        self._check_deputy(data)
        return data

    def _check_deputy(self, data: dict[str, Any]) -> None:
        """A formal paper is named in full, and entered once."""
        given = [name for name in DEPUTY if data.get(name)]
        if not given:
            return
        for name in DEPUTY:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("请填写%s；不是正式建议、提案的，这四项都留空。") % self.fields[name].label)
        paper = self.deputy()
        if paper and (twin := DeputyPaper.twin(paper["series"], paper["number"])):
            number = twin.suggestion.number
            self.add_error("deputy_number", _("%(paper)s已经登记过，编号 %(number)s，不用再登记。") % {
                "paper": twin, "number": number})  # fmt: skip

    def deputy(self) -> dict[str, Any] | None:
        """Of the formal paper, for `DeputyPaper`; None when it is none."""
        data = self.cleaned_data
        if not all(data.get(name) for name in DEPUTY):
            return None
        kind, level, year = data["deputy_kind"], data["deputy_level"], data["deputy_year"]
        series = DeputyPaper.series_of(kind, level, year, data.get("area"))
        number = unicodedata.normalize("NFKC", data["deputy_number"]).strip("第号 ").lstrip("0")
        return {"kind": kind, "level": level, "year": year, "series": series, "number": number or "0"}

    def _check_days(self, data: dict[str, Any]) -> None:
        campaign, day = data.get("campaign"), data.get("received_on")
        if day and day > timezone.localdate():
            self.add_error("received_on", _("收到日期不能晚于今天。"))
        elif campaign and day and not campaign.opens_on <= day <= campaign.closes_on:
            window = {"opens": f"{campaign.opens_on:%Y-%m-%d}", "closes": f"{campaign.closes_on:%Y-%m-%d}"}
            self.add_error("received_on", _("这次征集只收 %(opens)s 至 %(closes)s 收到的建议。") % window)
        elif day and received_at(day, data.get("called_at")) > timezone.now():
            self.add_error("called_at", _("通话时间不能晚于现在。"))
        for name in ("dated_on", "postmarked_on"):
            if day and data.get(name) and data[name] > day:
                self.add_error(name, _("不能晚于收到日期。"))

    def facts(self) -> dict[str, Any]:
        """Of the suggestion, for `Suggestion.objects.receive`."""
        data = self.cleaned_data
        facts = {name: data[name] for name in self.Meta.fields if name != "received_on"}
        return facts | {
            "submission_key": str(data["submission_key"]),
            "is_public": data["consent"] != NOT_PUBLIC,
            "received_at": received_at(data["received_on"], data["called_at"]),
        }

    def recording(self) -> dict[str, Any]:
        """Of how it came, for `Recording`."""
        data = self.cleaned_data
        names = [name for name in ASKED if name != "called_at" and name not in DEPUTY]
        return {name: data[name] for name in (*names, "same_as")}


def received_at(day: date, clock: time | None = None) -> datetime:
    """The time of the call if there was one; else now for today, the morning for an earlier day."""
    if clock is None and day == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(day, clock or WORK_BEGINS))
