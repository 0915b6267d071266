"""The filters of the public ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.wording import words_of
from portal.models import Area, Topic, Unit
from projects.lights import NONE
from projects.models import Project
from projects.searching import holding

LIGHTS = [
    ("", _("全部")),
    ("red", _("红灯：逾期")),
    ("yellow", _("黄灯：临期")),
    ("green", _("绿灯：按期")),
    (NONE, _("没有在办事项")),
]
STAGES = [
    ("", _("全部")),
    *((value, label) for value, label in Project.Status.choices if value != Project.Status.POOLED),
]
COUNTY_DIGITS = 6  # a township's code begins with its county's


class LedgerFilter(forms.Form):
    """Year, topic, unit, county, light, stage, supervision, and words. What is not understood is left out."""

    q = forms.CharField(
        label=_("找项目"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("几个字，或项目编号")}),
    )  # fmt: skip
    year = forms.ChoiceField(label=_("年度"), required=False)
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("领域"), required=False, to_field_name="slug")
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("责任单位"), required=False, to_field_name="slug")
    county = forms.ModelChoiceField(
        Area.objects.filter(level=Area.Level.COUNTY), label=_("县（市、区）"), required=False, to_field_name="code"
    )
    light = forms.ChoiceField(label=_("灯"), choices=LIGHTS, required=False)
    stage = forms.ChoiceField(label=_("阶段"), choices=STAGES, required=False)
    supervised = forms.BooleanField(label=_("只看挂牌督办的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        public = Project.objects.public()
        years = public.order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", _("全部")), *((str(year), _("%d 年") % year) for year in years)]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.filter(led_projects__in=public).distinct()  # type: ignore[attr-defined]
        for name in ("topic", "unit", "county"):
            self.fields[name].empty_label = _("全部")  # type: ignore[attr-defined]

    @property
    def understood(self) -> dict[str, Any]:
        """The filters in force."""
        self.is_valid()
        return {key: value for key, value in self.cleaned_data.items() if value}

    def apply(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        """The projects that fit."""
        chosen = self.understood
        if light := chosen.get("light"):
            projects = projects.lit(light)  # type: ignore[attr-defined]
        if chosen.get("supervised"):
            projects = projects.filter(supervised=True)  # type: ignore[misc]
        for key, field in (("year", "year"), ("topic", "topic"), ("unit", "lead_unit"), ("stage", "status")):
            if key in chosen:
                projects = projects.filter(**{field: chosen[key]})
        if county := chosen.get("county"):
            projects = projects.filter(area__code__startswith=county.code[:COUNTY_DIGITS])
        return holding(projects, chosen["q"]) if "q" in chosen else projects

    @property
    def words(self) -> tuple[str, ...]:
        """What is looked for, in normal form."""
        return words_of(self.understood.get("q", "")).all
