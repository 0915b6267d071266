"""How every form of the site is drawn: `{{ form }}` and `{{ form.x.as_field_group }}` use our components."""

import re
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates

# All control signs but NUL, which is refused, and the two separators that count as line breaks.
_BREAKS = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]+")


class WeitaiFormRenderer(DjangoTemplates):
    """Set as FORM_RENDERER. Finds our templates because `config` is an installed app."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class LineField(forms.CharField):
    """A text of one line: names, titles and places end up in messages and headers, where a line break ends something.
    Breaks and other control signs become a space; what a person sees stays as it was typed."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_BREAKS.sub(" ", value) if isinstance(value, str) else value)


class HintedRadioSelect(forms.RadioSelect):
    """Radio cards with a line of explanation under each label.

    `hints` maps a choice's value to its line, e.g. {"anonymous": "别人只看到“匿名”"}.
    """

    def __init__(
        self, attrs: dict[str, Any] | None = None, choices: Any = (), hints: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs, choices)
        self.hints = hints or {}


class DateInput(forms.DateInput):
    """The device's own date picker. Browsers want ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The device's own picker for a local date and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that takes several files; see `MultipleFileField`."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files at once; cleans to a list, empty when nothing was picked."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Clean each file by the rules of a single one."""
        files = data if isinstance(data, list | tuple) else [data]
        # An empty list is cleaned once as nothing, so that a required field complains.
        cleaned = [super(MultipleFileField, self).clean(item, initial) for item in files or [None]]
        return [item for item in cleaned if item]
