"""What the office fills in: projects, lists, orders, and reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput
from portal.models import Area, Suggestion, Unit
from projects.models import AnnualList, Project, Report

FIELDS = ["year", "title", "topic", "area", "lead_unit", "co_units", "pain_point", "is_key"]
PAIN_POINT = 400  # characters of a suggestion that a new project starts with


class AreaChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Area) -> str:  # type: ignore[override]
        return obj.full_name


class ProjectForm(forms.ModelForm):
    """A project as the office keeps it; the plan is the unit's."""

    area = AreaChoiceField(
        Area.objects.exclude(level=Area.Level.VILLAGE).select_related("parent"), label=_("所在区划"), required=False,
        empty_label=_("全市"),
    )  # fmt: skip
    co_units = forms.ModelMultipleChoiceField(
        Unit.objects.filter(is_active=True), label=_("配合单位"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}), help_text=_("按住 Ctrl 可以选几个。"),
    )  # fmt: skip

    class Meta:
        model = Project
        fields = FIELDS
        widgets = {"pain_point": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "pain_point": _("公开。写清楚谁在什么时候遇到什么不方便。"),
            "year": _("列入哪一年的清单。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(Q(is_active=True) | Q(pk=self.instance.lead_unit_id))
        self.fields["lead_unit"].queryset = units  # type: ignore[attr-defined]


class EditForm(ProjectForm):
    """Edit a project; once it is public only with a reason, and its year no more."""

    reason = forms.CharField(
        label=_("为什么改"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会和改动一起公开。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_published:
            del self.fields["year"]
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if self.instance.annual_list_id and year != self.instance.annual_list.year:
            raise forms.ValidationError(_("已选入年度清单，请先退回项目库再改年度。"))
        return year

    @property
    def reason_given(self) -> str:
        return self.cleaned_data.get("reason", "")


def start_from(sources: list[Suggestion]) -> dict[str, Any]:
    """What a new project begins with: the first suggestion's words, and what the suggestions agree on."""
    if not sources:
        return {"year": timezone.localdate().year}
    first = sources[0]
    topic = first.topic
    return {
        "year": first.campaign.year,
        "title": first.public_title[:80],
        "topic": topic,
        "area": first.area if len({one.area_id for one in sources}) == 1 else None,
        "lead_unit": topic.default_unit if topic else None,
        "pain_point": "\n".join(one.public_body[:PAIN_POINT] for one in sources[:3]),
    }


class AttachForm(forms.Form):
    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("加入哪个项目"), help_text=_("只列出还没有结束的项目。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        going = Project.objects.exclude(status__in=Project.ENDED).order_by("-year", "number")
        self.fields["project"].queryset = going  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason that everybody will read."""

    reason = forms.CharField(
        label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("会公开。")
    )


class ReturnForm(forms.Form):
    """Why a report goes back; the unit reads it."""

    reason = forms.CharField(
        label=_("退回理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("告诉单位改哪里、怎么改。会短信通知经办人。"),
    )  # fmt: skip


class PublicReturnForm(ReturnForm):
    """The same for a concluding report, whose return is a turn in the project's life."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("结题退回是项目的阶段变化，理由会公开，也会短信通知经办人。")


class CorrectionForm(forms.ModelForm):
    """Put an accepted report right; the old text stays for all to read."""

    reason = forms.CharField(
        label=_("更正理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("会公开。")
    )

    class Meta:
        model = Report
        fields = ["work", "problems", "next"]
        widgets = {name: forms.Textarea(attrs={"rows": 5}) for name in ("work", "problems", "next")}


class OrderForm(forms.Form):
    reason = forms.CharField(
        label=_("督办原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("会公开。")
    )
    demand = forms.CharField(
        label=_("整改要求"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公开。一条一条写，能对着查。"),
    )  # fmt: skip
    due_on = forms.DateField(label=_("整改期限"), widget=DateInput, help_text=_("遇到放假顺延到下一个工作日。"))


class DischargeForm(forms.Form):
    note = forms.CharField(
        label=_("核实了什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公开，例如：到两个站点现场核实，均已开放。"),
    )  # fmt: skip


class ListForm(forms.ModelForm):
    class Meta:
        model = AnnualList
        fields = ["year", "title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = timezone.localdate().year
        taken = set(AnnualList.objects.values_list("year", flat=True))
        self.fields["year"].initial = next(y for y in range(year, year + 50) if y not in taken)
        self.fields["title"].initial = _("%d 年“微、微创新”项目清单") % self.fields["year"].initial


class IssueForm(forms.Form):
    doc_number = forms.CharField(label=_("文号"), max_length=40, help_text=_("例如：衡改办〔2026〕3号。"))
    issued_on = forms.DateField(label=_("印发日期"), widget=DateInput, initial=timezone.localdate)

    def clean_issued_on(self) -> Any:
        day = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("印发日期不能晚于今天。"))
        return day


class NoteForm(forms.Form):
    reason = forms.CharField(
        label=_("退回理由"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只在办公室内部看到。"),
    )  # fmt: skip


class ProjectFilter(forms.Form):
    """The filters of the office's list of projects."""

    q = forms.CharField(label=_("找项目"), required=False, max_length=60)
    year = forms.IntegerField(label=_("年度"), required=False)
    status = forms.ChoiceField(label=_("阶段"), choices=[("", _("全部")), *Project.Status.choices], required=False)
    unit = forms.ModelChoiceField(
        Unit.objects.filter(led_projects__isnull=False).distinct(), label=_("责任单位"), required=False,
        empty_label=_("全部"),
    )  # fmt: skip
    light = forms.ChoiceField(
        label=_("灯"), required=False,
        choices=[("", _("全部")), ("red", _("红灯")), ("yellow", _("黄灯")), ("green", _("绿灯"))],
    )  # fmt: skip

    def apply(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        """The projects that fit; what is not understood is left out."""
        self.is_valid()
        chosen = {key: value for key, value in self.cleaned_data.items() if value}
        if light := chosen.get("light"):
            projects = projects.lit(light)  # type: ignore[attr-defined]
        for key, field in (("year", "year"), ("status", "status"), ("unit", "lead_unit"), ("q", "title__icontains")):
            if key in chosen:
                projects = projects.filter(**{field: chosen[key]})
        return projects
