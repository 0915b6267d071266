"""Search, filters and order of the public list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from portal.models import Area, Assignment, Campaign, Suggestion, Topic, Unit

COUNTY_DIGITS, TOWN_DIGITS = 6, 9  # an area's code begins with the codes of those it lies in


class FilterForm(forms.Form):
    """Search, filters and order of the public list. An unknown value is an error, never ignored."""

    GROUPS = {
        "waiting": (_("还没有回音"), Suggestion.UNDECIDED),
        "adopted": (_("采纳，纳入项目库"), (Suggestion.Status.ADOPTED,)),
        "referred": (_("转民生实事、分步推进"), (Suggestion.Status.REFERRED, Suggestion.Status.DEFERRED)),
        "answered": (_("已答复、已办结"), (Suggestion.Status.ANSWERED, Suggestion.Status.CLOSED)),
        "declined": (_("不予采纳"), (Suggestion.Status.DECLINED,)),
        "merged": (_("合并办理"), (Suggestion.Status.MERGED,)),
    }
    BEST, NEWEST = "best", "newest"
    SORTS = {BEST: _("最贴近的在前"), NEWEST: _("最新收到的在前"), "supported": _("附议最多的在前")}

    q = forms.CharField(
        label=_("找建议"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("几个字，或受理编号")}),
    )  # fmt: skip
    topic = forms.ChoiceField(label=_("领域"), required=False)
    county = forms.ChoiceField(label=_("县（市、区）"), required=False)
    town = forms.ChoiceField(label=_("乡镇、街道"), required=False)
    unit = forms.ChoiceField(label=_("责任单位"), required=False)
    state = forms.ChoiceField(label=_("进展"), required=False)
    year = forms.ChoiceField(label=_("年度"), required=False)
    channel = forms.ChoiceField(label=_("来源"), required=False)
    sort = forms.ChoiceField(label=_("排列"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = ("", _("全部"))
        areas = Area.objects.values_list("code", "name")
        years = Campaign.objects.public().values_list("year", flat=True)
        county = self.data.get("county", "")[:COUNTY_DIGITS]
        towns = areas.filter(level=Area.Level.TOWNSHIP, code__startswith=county) if county.isdecimal() else areas.none()
        choices: dict[str, list[tuple[str, Any]]] = {
            "topic": [every, *Topic.objects.values_list("slug", "name")],
            "county": [every, *areas.filter(level=Area.Level.COUNTY)],
            "town": [every, *towns],
            "unit": [every, *Unit.objects.values_list("slug", "short_name")],
            "state": [every, *((key, label) for key, (label, _states) in self.GROUPS.items())],
            "year": [every, *((str(year), str(year)) for year in years)],
            "channel": [every, *Suggestion.Channel.choices],
            "sort": list(self.SORTS.items()),
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]
        if not self.data.get("q", "").strip():  # without words nothing is nearer than another
            self.fields["sort"].choices = choices["sort"][1:]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Another county was chosen while a township of the first one was still set: the county counts."""
        data = super().clean() or {}
        if "town" in self.errors and data.get("county"):
            del self.errors["town"]
            data["town"] = ""
        if "sort" in self.errors and self.data.get("sort") == self.BEST:
            del self.errors["sort"]
            data["sort"] = ""
        return data

    @property
    def order(self) -> str:
        """The chosen order; until one is chosen the best first where words are looked for, else the newest."""
        return self.cleaned_data["sort"] or (self.BEST if self.cleaned_data["q"] else self.NEWEST)

    def is_narrowed(self) -> bool:
        """Whether any filter is set, words included."""
        return bool(self.cleaned_data["q"]) or self.is_filtered()

    def is_filtered(self) -> bool:
        """Whether any filter beside the words is set."""
        return any(value for name, value in self.cleaned_data.items() if name not in ("q", "sort"))

    def narrow(self, rows: Any) -> Any:
        """The rows that the filters leave; words aside."""
        chosen = self.cleaned_data
        if chosen["topic"]:
            rows = rows.filter(topic__slug=chosen["topic"])
        if chosen["town"]:
            rows = rows.filter(area__code__startswith=chosen["town"][:TOWN_DIGITS])
        elif chosen["county"]:
            rows = rows.filter(area__code__startswith=chosen["county"][:COUNTY_DIGITS])
        if chosen["unit"]:
            rows = rows.filter(Exists(Assignment.objects.filter(suggestion=OuterRef("pk"), unit__slug=chosen["unit"])))
        if chosen["state"]:
            rows = rows.filter(status__in=self.GROUPS[chosen["state"]][1])
        if chosen["year"]:
            rows = rows.filter(campaign__year=int(chosen["year"]))
        if chosen["channel"]:
            rows = rows.filter(channel=chosen["channel"])
        return rows
