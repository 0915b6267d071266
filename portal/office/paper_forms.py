"""Forms for printing, receiving and keying paper questionnaires. What is asked, and in what words, comes from the
public form; the order is that of the sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.forms import DateInput
from portal.models import Area, Campaign, PaperBatch, PaperSheet, Suggestion
from portal.models.paper import read_serial
from portal.office.record_forms import RecordForm
from portal.paper import ASKED, FIELDS, numbered, numbered_counties, numbered_topics

MOST_FORMS = 200


class PrintForm(forms.Form):
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("年度征集"), empty_label=None)
    count = forms.IntegerField(
        label=gettext_lazy("印多少张"), min_value=1, max_value=MOST_FORMS, initial=20,
        help_text=gettext_lazy("一次最多 200 张。每张一个表号，印过的号不会再用；要双面打印。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.public().exclude(status=Campaign.Status.CLOSED)
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["campaign"].initial = campaigns.current()


class BatchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pile of forms as it comes in: counted before anything is keyed."""

    class Meta:
        model = PaperBatch
        fields = ["campaign", "source", "received_on", "expected"]
        widgets = {"received_on": DateInput}
        help_texts = {
            "source": gettext_lazy("街道、社区或站点，例如“河西街道办事处”。"),
            "expected": gettext_lazy("先数一遍再录，结清时对数。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.public()  # type: ignore[attr-defined]
        self.fields["campaign"].initial = Campaign.objects.current()
        self.fields["received_on"].initial = timezone.localdate()
        self.fields["expected"].min_value = 1  # type: ignore[attr-defined]

    def clean_expected(self) -> int:
        expected: int = self.cleaned_data["expected"]
        if not 1 <= expected <= 5000:
            raise forms.ValidationError(_("请填 1 到 5,000 之间的张数。"))
        return expected

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        campaign, day = data.get("campaign"), data.get("received_on")
        if day and day > timezone.localdate():
            self.add_error("received_on", _("收到日期不能晚于今天。"))
        elif campaign and day and not campaign.opens_on <= day <= campaign.closes_on:
            window = {"opens": f"{campaign.opens_on:%Y-%m-%d}", "closes": f"{campaign.closes_on:%Y-%m-%d}"}
            self.add_error("received_on", _("这次征集只收 %(opens)s 至 %(closes)s 收到的建议。") % window)
        return data


class SheetForm(forms.ModelForm):  # type: ignore[type-arg]
    """One sheet. Choices carry the numbers that stand before them on paper, so that a number chooses them."""

    serial = forms.CharField(
        label=gettext_lazy("表号"), max_length=16, help_text=gettext_lazy("印在右上角，只敲最后几位就行；复印的第二张加 -2。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    county = forms.ModelChoiceField(
        Area.objects.exclude(level__in=(Area.Level.TOWNSHIP, Area.Level.VILLAGE)), to_field_name="code"
    )

    class Meta:
        model = Suggestion
        fields = ["title", "body", "wish", "place", "topic", "shown_as", "name", "phone", "is_public"]
        widgets = {
            "body": forms.Textarea(attrs={"rows": 4}),
            "wish": forms.Textarea(attrs={"rows": 3}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        }

    field_order = ("serial", *ASKED)
    clean_phone = RecordForm.clean_phone

    def __init__(self, *args: Any, batch: PaperBatch, sheet: PaperSheet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        for name in ASKED:
            self.fields[name].label, self.fields[name].help_text = FIELDS[name].label, ""
            self.fields[name].error_messages["required"] = FIELDS[name].error_messages["required"]
        self.fields["title"].help_text = _("表上没写的，照内容替他概括一句。")
        self.fields["title"].max_length = FIELDS["title"].max_length  # type: ignore[attr-defined]
        self.fields["county"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")), *((area.code, numbered(n, area)) for n, area in numbered_counties())]  # fmt: skip
        topics = [(topic.pk, f"{n} {topic.name}") for n, topic in numbered_topics()]
        self.fields["topic"].choices = [("", _("说不准")), *topics]  # type: ignore[attr-defined]
        shown = enumerate(Suggestion.ShownAs.choices, 1)
        self.fields["shown_as"].choices = [(value, f"{n} {label}") for n, (value, label) in shown]  # type: ignore[attr-defined]
        if sheet:
            del self.fields["serial"]
            self.fields["county"].initial = sheet.suggestion.area.code if sheet.suggestion.area else ""

    def clean_serial(self) -> str:
        typed: str = self.cleaned_data["serial"]
        serial = read_serial(typed, self.batch.campaign.year)
        if not serial:
            raise forms.ValidationError(_("没有印过表号 %s。请对照右上角再看一遍。") % typed)
        twin = PaperSheet.objects.filter(serial=serial, undone_at=None).select_related("suggestion").first()
        if twin:
            raise forms.ValidationError(twin.keyed_before())
        return serial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shown_as") not in (None, Suggestion.ShownAs.ANONYMOUS) and not data.get("name"):
            self.add_error("name", _("表上选了署名却没有姓名，请把署名改成“匿名”。"))
        return data

    def facts(self) -> dict[str, Any]:
        """Field values for `PaperBatch.key_in` and `PaperSheet.mend`."""
        data = self.cleaned_data
        return {name: data[name] for name in self._meta.fields} | {"area": data["county"]}


class CloseForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("对不上的原因"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("录入数和收到数不同时必须写，例如“3 张空白，1 张重复”。"),
    )  # fmt: skip
