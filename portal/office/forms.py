"""Forms of the office's work screen. None of them writes a status: `seen` only says what was read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Area, Attachment, Consent, Decision, Reveal, Suggestion, Topic, Unit
from portal.models.public_text import KIND_LABELS, TEXTS
from portal.models.triage import NOTE_MAX as INTERNAL_MAX
from portal.office import phrases

REASON_MIN = 6
NOTE_MAX = 500


def area_choices() -> list[tuple[Any, Any]]:
    """Areas for a select: townships under their county. One query."""
    rows = list(Area.objects.exclude(level=Area.Level.VILLAGE).order_by("code"))
    below: dict[int | None, list[Area]] = {}
    for area in rows:
        below.setdefault(area.parent_id, []).append(area)
    choices: list[tuple[Any, Any]] = [("", _("全市或说不准"))]
    for area in rows:
        if area.level == Area.Level.COUNTY:
            whole = (area.pk, area.name)
            choices.append(
                (area.name, [whole, *((one.pk, f"{area.name}{one.name}") for one in below.get(area.pk, []))])
            )
    return choices


class AreaField(forms.ModelChoiceField):
    """A select of areas, grouped by county."""

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {"label": _("所在区划"), "required": False} | kwargs
        super().__init__(Area.objects.all(), **options)

    def group(self) -> None:
        """Read the choices; called by each form that is made, since areas are data."""
        self.choices = area_choices()


class ReasonField(forms.CharField):
    """A sentence that somebody will read."""

    def __init__(self, **kwargs: Any) -> None:
        options: dict[str, Any] = {
            "widget": forms.Textarea(attrs={"rows": 4}),
            "min_length": REASON_MIN,
            "max_length": NOTE_MAX,
        }
        super().__init__(**options | kwargs)


class ActionForm(forms.Form):
    """A move on the work screen; `seen` is the status that the person saw when they decided."""

    seen = forms.ChoiceField(choices=Suggestion.Status.choices, widget=forms.HiddenInput)
    opened = forms.FloatField(widget=forms.HiddenInput, required=False)  # when the page was drawn, seconds since 1970

    def __init__(self, data: Any = None, *, suggestion: Suggestion, **kwargs: Any) -> None:
        self.suggestion = suggestion
        first = {"seen": suggestion.status, "opened": f"{timezone.now().timestamp():.3f}"}
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(data, **kwargs)
        self.sent: Any = self.data  # outlives a form that is shown again as if new

    def typed(self) -> list[tuple[str, str]]:
        """What the person wrote, as (label, text): kept on the page when the move is refused."""
        texts = [name for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea)]
        values = ((self.fields[name].label, self.data.get(self.add_prefix(name), "")) for name in texts)
        return [(str(label), text) for label, text in values if text.strip()]


class TemplatedForm(ActionForm):
    """A move whose public words may begin with a template answer. `begun` names the templates that were taken."""

    templated = "note"
    begun = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text = phrases.filled(data.get(self.templated) or "", self.places(data))
        if left := phrases.still_open(text):
            self.add_error(self.templated, _("还有没填的{%s}，请写上或删去。") % left[0])
        else:
            data[self.templated] = text
        data["begun"] = [int(pk) for pk in data.get("begun", "").split() if pk.isdecimal()][:20]
        return data

    def places(self, data: dict[str, Any]) -> phrases.Facts:
        """What is filled in where a template left a place open."""
        return phrases.known(self.suggestion)


class TextForm(ActionForm):
    """What of the text is masked for the public. The page says which text it showed, so that nobody confirms another."""

    also = forms.CharField(
        label=_("另外遮住"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("照原文抄下要遮住的字句，一行一处。"),
    )  # fmt: skip

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        kwargs["initial"] = {"also": "\n".join(suggestion.hidden_words)} | (kwargs.get("initial") or {})
        super().__init__(*args, suggestion=suggestion, **kwargs)
        self.found = suggestion.found()
        self.version = suggestion.text_version()

    @property
    def was_seen(self) -> bool:
        """Whether the page that was sent showed this very text."""
        return bool(self.sent.get(self.add_prefix("read")) == self.version)

    def _ticked(self) -> set[str]:
        return set(self.sent.getlist(self.add_prefix("hide")))

    def rows(self) -> list[dict[str, Any]]:
        """What was found, as ticks: a tick masks."""
        ticked = self._ticked() if self.was_seen else None
        return [
            {
                "value": str(n),
                "label": KIND_LABELS[one.kind],
                "words": self.suggestion.office_wording(one.words),
                "checked": str(n) in ticked if ticked is not None else not one.is_shown,
            }
            for n, one in enumerate(self.found)
        ]

    def words(self) -> tuple[list[str], list[str]]:
        """(kept visible, masked by hand): as typed, or as decided before."""
        if not self.was_seen:
            return self.suggestion.shown_words, self.suggestion.hidden_words
        ticked = self._ticked()
        shown = [one.words for n, one in enumerate(self.found) if str(n) not in ticked]
        lines = self.sent.get(self.add_prefix("also"), "").splitlines()
        return shown, [line.strip() for line in lines if line.strip()]

    @property
    def differs(self) -> bool:
        """Whether the public reads other words than were written."""
        return any(part["text"] != getattr(self.suggestion, part["name"]) for part in self.preview())

    def preview(self) -> list[dict[str, str]]:
        """The text as the public will read it."""
        shown, hidden = self.words()
        wording = self.suggestion.wording_with(shown, [word for word in hidden if len(word) > 1])
        return [{"name": name, "text": text} for name, text in wording.items() if text]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.was_seen:
            raise forms.ValidationError(_("请先看过公众会看到的文字，再办这一步。原文可能刚被改过，下面是最新的。"))
        data["shown"], data["hidden"] = self.words()
        texts = [getattr(self.suggestion, name) for name in TEXTS]
        for word in data["hidden"]:
            if len(word) < 2:
                self.add_error("also", _("“%s”只有一个字，会遮住太多，请多抄几个字。") % word)
            elif not any(word in text for text in texts):
                self.add_error("also", _("“%s”在原文里没有找到，请照原文抄写，一行一处。") % word)
        return data


class TakingForm(ActionForm):
    """A move beside which the machine proposes values. `taken` is the topic whose proposal was adopted."""

    takes: tuple[str, ...] = ()
    taken = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def taking(self, asked: str) -> TakingForm | None:
        """This form as it was sent with one proposed value chosen ("unit:5"), neither checked nor done; None when that
        value cannot be chosen."""
        name, _sign, value = asked.partition(":")
        if name not in self.takes:
            return None
        try:
            record = self.fields[name].clean(value)
        except forms.ValidationError:
            return None
        typed = {field: self[field].data for field in self.fields}
        typed |= {name: record.pk} | ({"taken": record.pk} if name == "topic" else {})
        form = type(self)(suggestion=self.suggestion, prefix=self.prefix, initial=typed)
        form.sent = self.sent
        return form


class AcceptForm(TakingForm, TextForm, TemplatedForm):
    """Accept; `into`, when one button does both, is the one to merge into at once."""

    takes = ("topic",)
    into = forms.ModelChoiceField(
        Suggestion.objects.all(), required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("要并入的那一条已经不在了，请重新选。")},
    )  # fmt: skip
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("领域"), required=False, empty_label=_("还说不准"))
    area = AreaField()
    photos = forms.ModelMultipleChoiceField(Attachment.objects.none(), label=_("可以公开的照片"), required=False)
    note = forms.CharField(
        label=_("给提出人的话"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会公开显示。可以不填。"),
    )  # fmt: skip

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        kwargs["initial"] = {"topic": suggestion.topic_id, "area": suggestion.area_id} | (kwargs.get("initial") or {})
        super().__init__(*args, suggestion=suggestion, **kwargs)
        self.fields["area"].group()  # type: ignore[attr-defined]
        self.fields["photos"].queryset = suggestion.attachments.releasable()  # type: ignore[attr-defined]


class RefuseForm(TemplatedForm):
    reason = forms.ChoiceField(choices=[("", _("请选择")), *Suggestion.Refusal.choices], label=_("不受理的原因"))
    note = ReasonField(label=_("给提出人的说明"), help_text=_("提出人会看到。请写清为什么，以及可以到哪里反映。"))


class NoteForm(ActionForm):
    note = forms.CharField(
        label=_("说明"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会公开显示。可以不填。"),
    )  # fmt: skip


class ProposeForm(TakingForm, TemplatedForm):
    takes = ("topic", "unit")
    templated = "reason"
    topic = forms.ModelChoiceField(
        Topic.objects.all(), label=_("领域"), required=False, empty_label=_("还说不准"),
        help_text=_("受理时定的不对，可以在这里更正，公众能看到。"),
    )  # fmt: skip
    route = forms.ChoiceField(choices=Decision.Route.choices, widget=forms.RadioSelect, label=_("去向"))
    reason = ReasonField(label=_("公开的理由"), help_text=_("审定后向社会公开，请用群众看得懂的话。"), max_length=1000)
    unit = forms.ModelChoiceField(
        Unit.objects.filter(is_active=True), label=_("责任单位"), required=False, empty_label=_("请选择"),
        help_text=_("转责任单位答复时必填。审定后 7 个工作日内答复。"),
    )  # fmt: skip
    co_units = forms.ModelMultipleChoiceField(
        Unit.objects.filter(is_active=True), label=_("配合单位"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("和责任单位同时转办，各自答复、各自计时，都答复了才算办完。"),
    )  # fmt: skip
    phase = forms.CharField(
        label=_("分步安排"), required=False, max_length=60, help_text=_("例如：先改两处试点，明年推开。")
    )
    target_year = forms.IntegerField(label=_("目标年度"), required=False, help_text=_("分步推进时必填。"))

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        topic = suggestion.topic
        first = {"unit": topic.default_unit_id if topic else None, "topic": suggestion.topic_id}
        kwargs["initial"] = first | (kwargs.get("initial") or {})
        super().__init__(*args, suggestion=suggestion, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        route = data.get("route")
        if route == Decision.Route.ASSIGN and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择由哪个单位答复。"))
        if route == Decision.Route.DEFER:
            self._check_year(data.get("target_year"))
        if route not in (Decision.Route.ASSIGN, Decision.Route.ADOPT):
            data["unit"] = None
        chosen = data.get("co_units") or [] if route == Decision.Route.ASSIGN else []
        data["co_units"] = [one for one in chosen if one != data.get("unit")]
        if route != Decision.Route.DEFER:
            data |= {"phase": "", "target_year": None}
        return data

    def places(self, data: dict[str, Any]) -> phrases.Facts:
        chosen = {
            "单位": data.get("unit") and data["unit"].name,
            "年度": data.get("target_year"),
            "领域": data.get("topic"),
        }
        return super().places(data) | {name: str(value) for name, value in chosen.items() if value}

    def _check_year(self, year: int | None) -> None:
        this_year = timezone.localdate().year
        if year is None:
            if "target_year" not in self.errors:
                self.add_error("target_year", _("请填写计划在哪一年办成。"))
        elif not this_year <= year <= this_year + 10:
            self.add_error("target_year", _("请填写今年到十年以内的年份。"))


class MergeIntoForm(ActionForm):
    """This one and others that very likely say the same, merged by one press. `members` are merged into `lead`."""

    lead = forms.ModelChoiceField(Suggestion.objects.all(), widget=forms.HiddenInput)
    members = forms.ModelMultipleChoiceField(
        Suggestion.objects.all(), to_field_name="number", widget=forms.MultipleHiddenInput
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lead, members = data.get("lead"), list(data.get("members") or ())
        if lead and (lead in members or self.suggestion not in (lead, *members)):
            raise forms.ValidationError(_("请从列出的相近建议里选。"))
        return data


class NoteInsideForm(forms.Form):
    """A remark for the office."""

    text = forms.CharField(
        label=_("写一条内部备注"), max_length=INTERNAL_MAX, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写下要记的话。")},
    )  # fmt: skip


class DecideForm(ActionForm):
    """Approve: nothing to type, but which proposal was seen."""

    decision = forms.IntegerField(widget=forms.HiddenInput)


class SendBackForm(DecideForm):
    reason = ReasonField(label=_("退回理由"), help_text=_("只在改革办内部看得到。"))


class PhotosForm(forms.Form):
    """Which photos the public sees, after screening."""

    photos = forms.ModelMultipleChoiceField(Attachment.objects.none(), required=False)

    def __init__(self, *args: Any, suggestion: Suggestion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].queryset = suggestion.attachments.releasable()  # type: ignore[attr-defined]


class RevealForm(forms.Form):
    """Why somebody has to know who wrote it."""

    why = forms.ChoiceField(label=_("为什么要看"), choices=[("", _("请选择")), *Reveal.Why.choices],
                            error_messages={"required": _("请选一类事由。")})  # fmt: skip
    reason = ReasonField(
        label=_("查看事由"), min_length=6, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("写明为什么要看、看了做什么。会和您的姓名、时间一起留下记录，纪检和提出人都能看到。"),
    )  # fmt: skip


class MergeForm(forms.Form):
    """Which of the picked ones leads."""

    lead = forms.ModelChoiceField(Suggestion.objects.none(), label=_("以哪一条为主"), error_messages={
        "required": _("请选一条为主，其余的并入它。"),
        "invalid_choice": _("请从列出的建议里选一条为主。"),
    })  # fmt: skip
    note = forms.CharField(
        label=_("公开说明"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("不填时写：与某某建议说的是同一件事，合并办理。编号和查询码照旧有效。"),
    )  # fmt: skip

    def __init__(self, *args: Any, picked: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = picked  # type: ignore[attr-defined]


class EditForm(forms.ModelForm):  # type: ignore[type-arg]
    """Fields of a suggestion. After publication a change needs a reason, which the public can read."""

    area = AreaField()
    reason = forms.CharField(label=_("更正的理由"), required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Suggestion
        fields = ["title", "topic", "area", "place", "body", "wish", "is_public"]

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_version = version
        self.fields["version"].initial = version
        self.fields["area"].group()  # type: ignore[attr-defined]
        # Who corrects a text is not shown the person by it; what stays masked is written back as it was.
        self.originals = {name: getattr(self.instance, name) for name in TEXTS}
        self.initial = {**self.initial} | {
            name: self.instance.office_wording(text) for name, text in self.originals.items()
        }
        if not self.instance.is_hidden:
            self.fields["reason"].help_text = _("这条建议已经公开，更正要写明理由，公众能看到。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        edited = set(self.changed_data) - {"reason", "version"}
        for name in TEXTS:
            if name in data:
                changed = self.instance.put_back(data[name], self.originals[name])
                data[name] = changed if name in edited else self.originals[name]
        if "is_public" in edited and data.get("is_public") and Consent.objects.is_withdrawn(self.instance, "publish"):
            self.add_error("is_public", _("提出人撤回了公开授权，不能再公开。要公开，请本人重新授权。"))
        if edited and not self.instance.is_hidden and not data.get("reason", "").strip():
            self.add_error("reason", _("请写明为什么更正，例如：提出人来电补充了地点。"))
        return data

    @property
    def is_stale(self) -> bool:
        """Whether somebody saved other values since this form was opened."""
        return self.is_bound and self.cleaned_data.get("version") != self.current_version
