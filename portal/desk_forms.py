"""What a unit types: the answer, and the leader's reason for returning it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """`draft`: what is being typed, which may be nothing yet."""

    use_required_attribute = False  # a draft is saved by the same form
    answer = forms.CharField(
        label=_("答复内容"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("写清三件事：查到了什么，准备怎么办，什么时候办好。签发后向社会公开，不要写个人姓名和电话。"),
    )  # fmt: skip
    version = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].required = not draft


class SignForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput, max_length=16)


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("退回的理由"), min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只有本单位和改革办看得到。"),
    )  # fmt: skip
