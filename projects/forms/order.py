"""The unit's reply to a supervision order."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    answer = forms.CharField(
        label=_("整改了什么，效果怎样"), min_length=10, max_length=3000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("逐条对着整改要求写，附上数字和日期。提交后公开。"),
    )  # fmt: skip
