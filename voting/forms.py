"""What monitors score with, and what the office prepares rounds with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.forms import DateTimeInput
from projects.models import Project
from voting import tally
from voting.models import Criterion, Entry, Round, Sheet

_STARTED = signing.TimestampSigner(salt="voting.score.started")
TIERS = [
    {"value": tier.value, "label": tier.label, "low": low, "high": high} for tier, low, high in tally.tier_ranges()
]


def started_now(entry: Entry) -> str:
    """The signed moment at which a score sheet was opened."""
    return _STARTED.sign(str(entry.pk))


def seconds_since(started: str, entry: Entry) -> int | None:
    """Seconds from the opening of this entry's sheet until now; None for a moment that is not ours."""
    try:
        opened = _STARTED.unsign(started)
        moment = signing.b62_decode(started.rsplit(":", 2)[1])
    except (signing.BadSignature, ValueError, IndexError):
        return None
    return max(0, int(timezone.now().timestamp()) - moment) if opened == str(entry.pk) else None


class ScoreForm(forms.Form):
    """One sheet: points per criterion, 0 to 100. A tier that is ticked beside them has to agree."""

    started = forms.CharField(widget=forms.HiddenInput, required=False)
    comment = forms.CharField(
        label=_("一句话理由"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("说好在哪里、差在哪里。不署名，不给责任单位看。"),
    )  # fmt: skip

    def __init__(self, *args: Any, entry: Entry, last: Sheet | None, **kwargs: Any) -> None:
        self.entry = entry
        self.criteria: list[Criterion] = list(entry.round.criteria.all())
        marks = {mark.criterion_id: mark.points for mark in last.marks.all()} if last else {}
        initial: dict[str, Any] = {f"c{one.pk}": marks.get(one.pk) for one in self.criteria}
        initial |= {"started": started_now(entry), "comment": last.comment if last else ""}
        super().__init__(*args, initial=initial, **kwargs)  # type: ignore[misc]
        for one in self.criteria:
            self.fields[f"c{one.pk}"] = forms.IntegerField(
                label=one.name, min_value=0, max_value=100,
                error_messages={"required": _("请先选等次，再打分。"), "invalid": _("请填 0 到 100 的整数。")},
            )  # fmt: skip
            self.fields[f"c{one.pk}_tier"] = forms.ChoiceField(choices=tally.Tier, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.criteria:
            points, tier = data.get(f"c{one.pk}"), data.get(f"c{one.pk}_tier")
            if points is not None and tier and tally.tier_of(points) != tier:
                facts = {"tier": tally.Tier(tier).label, "points": points, "real": tally.tier_of(points).label}
                text = _("您选了%(tier)s，%(points)d 分却属于%(real)s，请改成一致的。") % facts
                self.add_error(f"c{one.pk}", text)
        return data

    def points(self) -> dict[int, int]:
        """Criterion pk → points."""
        return {one.pk: self.cleaned_data[f"c{one.pk}"] for one in self.criteria}

    def seconds(self) -> int | None:
        return seconds_since(self.cleaned_data["started"], self.entry)

    def sheet(self) -> list[dict[str, Any]]:
        """The criteria as `components/score_field.html` draws them."""
        rows = []
        for one in self.criteria:
            field = self[f"c{one.pk}"]
            value = field.value()
            rows.append(
                {"name": field.html_name, "label": one.name, "weight": one.weight, "hint": one.help, "tiers": TIERS,
                 "value": int(value) if str(value).isdecimal() else None, "errors": field.errors}
            )  # fmt: skip
        return rows


class RoundForm(forms.ModelForm[Round]):
    """A round while it is being prepared."""

    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), label=_("参评项目"), widget=forms.CheckboxSelectMultiple,
        help_text=_("列出的是已结题、还没有打过分的项目。"),
        error_messages={"required": _("请至少选一个已结题的项目。")},
    )  # fmt: skip

    class Meta:
        model = Round
        fields = ["title", "year", "opens_at", "closes_at"]
        widgets = {"opens_at": DateTimeInput, "closes_at": DateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["projects"]
        field.queryset = scorable(self.instance)  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.number} {one.title}（{one.lead_unit}）"  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["projects"] = list(self.instance.entries.values_list("project", flat=True))


def scorable(one: Round) -> Any:
    """Concluded projects that are in no other running round."""
    running = Entry.objects.exclude(round__status=Round.Status.PUBLISHED)
    running = running.exclude(round=one.pk) if one.pk else running
    rows = Project.objects.filter(status=Project.Status.CONCLUDED).exclude(pk__in=running.values("project"))
    return rows.select_related("lead_unit").order_by("-year", "number")


class CriterionForm(forms.ModelForm[Criterion]):
    class Meta:
        model = Criterion
        fields = ["name", "help", "weight"]
        widgets = {"help": forms.Textarea(attrs={"rows": 2})}


class BaseCriteria(forms.BaseInlineFormSet):
    """The criteria of a round; their weights add up to 100."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        total = sum(row.get("weight") or 0 for row in kept)
        if total != 100:
            raise forms.ValidationError(_("权重相加要等于 100，现在是 %d。") % total)


CriteriaFormSet = forms.inlineformset_factory(
    Round, Criterion, form=CriterionForm, formset=BaseCriteria, extra=2, max_num=6, can_delete=True
)
