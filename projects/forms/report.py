"""What a unit fills in on a report: words, steps done, figures reached. The parts are checked one by one, so that what
is right can be saved while something else is still missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput
from projects.checklist import Item
from projects.models import Indicator, Reading, Report, Step, StepClaim
from projects.models.plan import plain_number

HINTS = {
    Report.Kind.MONTH: _("这个月办了哪几件事，数字写清楚。例如：新接入 11 家，累计 72 家。"),
    Report.Kind.QUARTER: _("这个季度办了哪几件事，和计划比怎么样，数字写清楚。"),
    Report.Kind.HALF_YEAR: _("这半年办了哪几件事，群众得到什么方便，数字写清楚。"),
    Report.Kind.CONCLUDING: _("目标办成了没有，群众方便了多少，以后谁来管。"),
}


class LaterField(forms.CharField):
    """Needed for handing in, not for saving."""

    widget = forms.Textarea
    handing_in = False

    def validate(self, value: Any) -> None:
        if self.handing_in:
            super().validate(value)


class WordsForm(forms.ModelForm):
    """做了什么, 遇到的问题, 下一步."""

    use_required_attribute = False

    class Meta:
        model = Report
        fields = ["work", "problems", "next"]
        field_classes = {"work": LaterField, "problems": LaterField, "next": LaterField}
        widgets = {
            name: forms.Textarea(attrs={"rows": rows}) for name, rows in (("work", 7), ("problems", 4), ("next", 4))
        }

    def __init__(self, *args: Any, handing_in: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = Report.NEEDED[Report.Kind(self.instance.kind)]
        for name, field in self.fields.items():
            field.required = name in needed
            field.handing_in = handing_in and field.required  # type: ignore[attr-defined]
        self.fields["work"].help_text = HINTS.get(self.instance.kind, "")


class StepClaimForm(forms.Form):
    """One open step: begun or done, when, and what shows it."""

    use_required_attribute = False

    started_on = forms.DateField(label=_("哪天开始的"), required=False, widget=DateInput)
    done = forms.BooleanField(label=_("已经完成"), required=False)
    done_on = forms.DateField(label=_("哪天完成的"), required=False, widget=DateInput)
    note = forms.CharField(
        label=_("完成情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写一句凭据，例如：60 家全部通过市级验收，名单已公示。"),
    )  # fmt: skip

    def __init__(self, *args: Any, step: Step, claim: StepClaim | None = None, **kwargs: Any) -> None:
        self.step, self.claim = step, claim
        if claim:
            kwargs["initial"] = {
                "started_on": claim.started_on,
                "done": bool(claim.done_on),
                "done_on": claim.done_on,
                "note": claim.note,
            }
        super().__init__(*args, **kwargs)
        if step.started_on:
            del self.fields["started_on"]

    def clean_started_on(self) -> date | None:
        return _not_later(self.cleaned_data["started_on"])

    def clean_done_on(self) -> date | None:
        return _not_later(self.cleaned_data["done_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("done"):
            for name in ("done_on", "note"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("完成的步骤要有日期和凭据。"))
        begun, done_on = data.get("started_on") or self.step.started_on, data.get("done_on")
        if begun and done_on and done_on < begun:
            self.add_error("done_on", _("完成日期不能早于开始日期。"))
        return data

    def save(self, report: Report) -> None:
        """Write, renew or withdraw the claim."""
        data = self.cleaned_data
        facts = {"started_on": data.get("started_on"), "done_on": None, "note": ""}
        if data["done"]:
            facts |= {"done_on": data["done_on"], "note": data["note"].strip()}
        if not (facts["started_on"] or facts["done_on"]):
            StepClaim.objects.filter(report=report, step=self.step).delete()
            return
        StepClaim.objects.update_or_create(report=report, step=self.step, defaults=facts)


def _not_later(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("日期不能晚于今天。"))
    return day


class ReadingForm(forms.Form):
    """One indicator: its value now."""

    value = forms.DecimalField(required=False, max_digits=12, decimal_places=2)

    def __init__(self, *args: Any, indicator: Indicator, reading: Reading | None = None, **kwargs: Any) -> None:
        self.indicator = indicator
        if reading:
            kwargs["initial"] = {"value": plain_number(reading.value)}
        super().__init__(*args, **kwargs)
        last = _("上次 %(now)s，") % {"now": indicator.now_shown} if indicator.now is not None else ""
        self.fields["value"].label = _("%(name)s（%(measure)s）") % {
            "name": indicator.name,
            "measure": indicator.measure,
        }
        self.fields["value"].help_text = _("%(last)s目标 %(target)s。") % {
            "last": last, "target": indicator.target_shown}  # fmt: skip

    def save(self, report: Report) -> None:
        mine = Reading.objects.filter(report=report, indicator=self.indicator)
        value = self.cleaned_data["value"]
        if value is None:
            mine.delete()
        else:
            Reading.objects.update_or_create(report=report, indicator=self.indicator, defaults={"value": value})


class ReportEditor:
    """The whole form of a report that is not a plan."""

    def __init__(
        self, report: Report, typed: QueryDict | None = None, *, initial: dict[str, str] | None = None,
        handing_in: bool = False,
    ) -> None:  # fmt: skip
        self.report = report
        self.words = WordsForm(typed, instance=report, initial=initial, handing_in=handing_in)
        claims = {claim.step_id: claim for claim in report.step_claims.all()}
        readings = {reading.indicator_id: reading for reading in report.readings.all()}
        self.claims = [
            StepClaimForm(typed, prefix=f"step-{step.pk}", step=step, claim=claims.get(step.pk))
            for step in report.project.steps.all()
            if step.done_on is None
        ]
        self.readings = [
            ReadingForm(typed, prefix=f"indicator-{one.pk}", indicator=one, reading=readings.get(one.pk))
            for one in report.project.indicators.all()
        ]

    def parts(self) -> Iterator[Any]:
        """Every form, the words first."""
        yield self.words
        yield from self.claims
        yield from self.readings

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts()])  # a list: every part is to say what is wrong with it

    @transaction.atomic
    def save_valid(self) -> None:
        """Save the parts that are right; the others stay in the draft."""
        if self.words.is_valid():
            self.words.save()  # type: ignore[attr-defined]
        for part in (*self.claims, *self.readings):
            if part.is_valid():
                part.save(self.report)  # type: ignore[attr-defined]

    def quiet(self) -> None:
        """Show what was typed without finding fault with it: somebody has just come back to a draft."""
        for part in self.parts():
            part._errors = forms.utils.ErrorDict()

    def checklist(self, photos: int) -> list[Item]:
        """What there is to fill in, what is filled, and where."""
        items = [
            Item(str(field.label), f"#{field.auto_id}", bool(str(field.value() or "").strip()), field.field.required)
            for field in self.words
        ]
        if self.readings:
            given = all(part["value"].value() not in (None, "") for part in self.readings)
            items.append(Item(str(_("指标")), f"#{self.readings[0]['value'].auto_id}", given, needed=False))
        return [*items, Item(str(_("现场照片")), "#photos", photos > 0, needed=False)]
