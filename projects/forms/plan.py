"""The plan of a project: its people, dates and goal, its weighted steps, its indicators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput
from projects.checklist import Item
from projects.forms.report import LaterField
from projects.models import Indicator, Project, Step
from projects.models.marks import save_because

FULL = 100
LEAST_STEPS = 2
HEAD = ["chief", "owner", "goal", "effect", "plan_from", "plan_to"]


class LaterDateField(forms.DateField):
    """Needed for handing in, not for saving."""

    widget = DateInput
    handing_in = False

    def validate(self, value: Any) -> None:
        if self.handing_in:
            super().validate(value)


class HeadForm(forms.ModelForm):
    """Who, what for, from when to when."""

    use_required_attribute = False

    class Meta:
        model = Project
        fields = HEAD
        field_classes = {name: LaterField for name in HEAD[:4]} | {name: LaterDateField for name in HEAD[4:]}
        widgets = {
            "chief": forms.TextInput, "owner": forms.TextInput, "plan_from": DateInput, "plan_to": DateInput,
            "goal": forms.Textarea(attrs={"rows": 3}), "effect": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip
        help_texts = {
            "chief": _("写职务即可，会公开，例如：副主任。"),
            "owner": _("写科室或职务，会公开，例如：基层卫生科。"),
            "goal": _("能量出来的目标，例如：118 家卫生院全部接入。"),
            "effect": _("群众会方便在哪里。"),
        }

    def __init__(self, *args: Any, handing_in: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
            field.handing_in = handing_in  # type: ignore[attr-defined]


class StepForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Step
        fields = ["title", "weight", "planned_from", "planned_to"]
        widgets = {
            "planned_from": DateInput,
            "planned_to": DateInput,
            "weight": forms.NumberInput(attrs={"min": 1, "max": 100, "inputmode": "numeric", "data-weight": True}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_done:
            for field in self.fields.values():
                field.disabled = True

    @property
    def is_done(self) -> bool:
        """What is done is not planned anew."""
        return bool(self.instance.pk and self.instance.done_on)


class StepFormSet(BaseInlineFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.is_done:
            del form.fields["DELETE"]

    def rows(self) -> list[Any]:
        """The filled rows that stay."""
        kept = (form for form in self.forms if not self._should_delete_form(form))  # type: ignore[attr-defined]
        return [form for form in kept if form.has_changed() or form.instance.pk]

    def total(self) -> int:
        """The sum of the weights as typed."""
        if not self.is_bound:
            return sum(form.instance.weight or 0 for form in self.initial_forms)
        values = (form["weight"].value() for form in self.forms if not _is_ticked_off(form))
        return sum(int(value) for value in values if str(value).isdigit())

    def in_order(self) -> None:
        """Steps stand in the order of their planned dates."""
        steps = sorted(self.instance.steps.all(), key=lambda step: (step.planned_from, step.planned_to, step.pk))
        for place, step in enumerate(steps):
            if step.position != place:
                Step.objects.filter(pk=step.pk).update(position=place)


def _is_ticked_off(form: Any) -> bool:
    return "DELETE" in form.fields and bool(form["DELETE"].value())


class IndicatorForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Indicator
        fields = ["name", "measure", "before", "target"]
        help_texts = {"name": "", "measure": ""}


def _formset(model: Any, form: Any, base: Any, extra: int) -> Any:
    return inlineformset_factory(
        Project, model, form=form, formset=base, extra=extra, can_delete=True, max_num=30, validate_max=True
    )


class PlanEditor:
    """The whole plan. `typed` is what was sent, or the draft that was kept of it."""

    def __init__(self, project: Project, typed: QueryDict | None = None, *, handing_in: bool = False) -> None:
        self.project = project
        self.head = HeadForm(typed, instance=project, handing_in=handing_in)
        steps = _formset(Step, StepForm, StepFormSet, 0 if project.steps.exists() else 3)
        indicators = _formset(Indicator, IndicatorForm, BaseInlineFormSet, 0 if project.indicators.exists() else 1)
        self.steps = steps(typed, instance=project, prefix="steps")
        self.indicators = indicators(typed, instance=project, prefix="indicators")

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        return self.head, self.steps, self.indicators

    def is_valid(self) -> bool:
        return all([part.is_valid() for part in self.parts])  # a list: every part is to say what is wrong with it

    def save_valid(self) -> None:
        """Save the plan if all of it is right; otherwise it stays in the draft."""
        if self.is_valid():
            self.save()

    @transaction.atomic
    def save(self, reason: str = "") -> None:
        """Write the plan. After publication each record that changes keeps the reason."""
        if self.head.has_changed():
            save_because(self.head.save(commit=False), reason)
        for formset in (self.steps, self.indicators):
            for record in formset.save(commit=False):
                save_because(record, reason)
            for record in formset.deleted_objects:
                record._change_reason = reason or None
                record.delete()
        self.steps.in_order()

    def quiet(self) -> None:
        """Show what was typed without finding fault with it: somebody has just come back to a draft."""
        self.head._errors = forms.utils.ErrorDict()  # type: ignore[attr-defined]
        for formset in (self.steps, self.indicators):
            formset._errors, formset._non_form_errors = [], forms.utils.ErrorList()
            for form in formset.forms:
                form._errors = forms.utils.ErrorDict()

    def total(self) -> int:
        return int(self.steps.total())

    def total_text(self) -> str:
        """权重合计 95，还差 5."""
        total = self.total()
        words = {"total": total, "rest": abs(FULL - total)}
        if total == FULL:
            return str(_("权重合计 100，正好"))
        return str(
            (_("权重合计 %(total)d，还差 %(rest)d") if total < FULL else _("权重合计 %(total)d，多了 %(rest)d")) % words
        )

    def checklist(self) -> list[Item]:
        """What there is to fill in, what is filled, and where."""
        items = [
            Item(str(field.label), f"#{field.auto_id}", bool(str(field.value() or "").strip())) for field in self.head
        ]
        named = sum(bool(form["title"].value()) and not _is_ticked_off(form) for form in self.steps.forms)
        items.append(Item(str(_("至少两个步骤")), "#steps", named >= LEAST_STEPS))
        items.append(Item(str(_("权重合计 100")), "#steps", self.total() == FULL))
        some = any(form["name"].value() for form in self.indicators.forms)
        return [*items, Item(str(_("指标")), "#indicators", some, needed=False)]

    def faults(self) -> list[str]:
        """What keeps a changed plan from being published. For plans that are still drafts `plan_gaps` says it."""
        rows = self.steps.rows()
        found = [] if len(rows) >= LEAST_STEPS else [str(_("请至少列出两个步骤。"))]
        if self.total() != FULL:
            found.append(str(_("各步骤的权重相加要等于 100，现在是 %d。") % self.total()))
        return found


def with_more_rows(typed: QueryDict, prefix: str) -> QueryDict:
    """The same form with one more empty row."""
    more = typed.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = more.get(name, "")
    more[name] = str(min(int(count), 29) + 1 if count.isdigit() else 1)
    return more


class ReasonForm(forms.Form):
    """Why. Everybody will read it."""

    reason = forms.CharField(
        label=_("为什么改"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会和改动一起公开，例如：平台联调延后，首批完成日期顺延半个月。"),
    )  # fmt: skip
