"""What the office types about monitors and visits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput, DateTimeInput
from config.privacy import normal_phone
from monitors.forms import monitor_label
from monitors.models import Monitor, Visit
from portal.models import Area, Topic, Unit
from projects.models import Project

VISITABLE = (*Project.RUNNING, Project.Status.CONCLUDED, Project.Status.COMPLETED)


def counties() -> Any:
    return Area.objects.filter(level__in=(Area.Level.CITY, Area.Level.COUNTY))


class TermForm(forms.Form):
    """A term from one day to another, both included."""

    term_from = forms.DateField(label=_("任期自"), widget=DateInput)
    term_to = forms.DateField(label=_("任期至"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("term_from") and data.get("term_to") and data["term_from"] >= data["term_to"]:
            self.add_error("term_to", _("任期至要晚于任期自。"))
        return data


class AppointForm(TermForm):
    """Who is appointed: by phone, with a name in case there is no account yet."""

    phone = forms.CharField(
        label=_("手机号"), max_length=20, help_text=_("用这个号码收验证码登录。已有账号的直接聘任，没有的会建一个。")
    )
    name = forms.CharField(
        label=_("姓名"), max_length=40, required=False, help_text=_("没有账号时必填。姓名不公开，责任单位也看不到。")
    )
    field = forms.CharField(label=_("身份、行业"), max_length=40, help_text=_("名册上公开，例如：退休教师"))
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(), label=_("关注领域"), required=False, widget=forms.CheckboxSelectMultiple
    )
    area = forms.ModelChoiceField(Area.objects.none(), label=_("所在区划"), required=False)
    employer = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True), label=_("工作单位"), required=False,
        help_text=_("在责任单位工作的才选；打分时自动回避本单位的项目"),
    )  # fmt: skip

    field_order = ["phone", "name", "field", "topics", "area", "employer", "term_from", "term_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = counties()  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        phone = normal_phone(self.cleaned_data["phone"])
        if not phone:
            raise forms.ValidationError(_("请填 11 位手机号。"))
        return phone


class MonitorForm(forms.ModelForm[Monitor]):
    """What may be changed during a term. Who it is and the number stay."""

    class Meta:
        model = Monitor
        fields = ["field", "topics", "area", "employer"]
        widgets = {"topics": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = counties()  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class VisitForm(forms.ModelForm[Visit]):
    """Where, when, and to which projects."""

    class Meta:
        model = Visit
        fields = ["title", "projects", "starts_at", "place", "seats", "agenda"]
        widgets = {"starts_at": DateTimeInput, "projects": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.public().filter(status__in=VISITABLE).select_related("lead_unit")
        projects = self.fields["projects"]
        projects.queryset = rows.order_by("-year", "number")  # type: ignore[attr-defined]
        projects.label_from_instance = lambda one: f"{one.number} {one.title}（{one.lead_unit}）"  # type: ignore[attr-defined]


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=_("小结"), max_length=6000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("看了什么、发现什么、谁来改、什么时候改好。小结和观摩记录一起公布。"),
    )  # fmt: skip


class FindRecusalForm(forms.Form):
    """The office's own finding that a monitor has an interest in a project."""

    monitor = forms.ModelChoiceField(Monitor.objects.none(), label=_("监督员"))
    project = forms.ModelChoiceField(Project.objects.none(), label=_("项目"))
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("登记后不能撤回。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        monitors, projects = self.fields["monitor"], self.fields["project"]
        monitors.queryset = Monitor.objects.serving().select_related("user")  # type: ignore[attr-defined]
        monitors.label_from_instance = monitor_label  # type: ignore[attr-defined]
        projects.queryset = Project.objects.public()  # type: ignore[attr-defined]
