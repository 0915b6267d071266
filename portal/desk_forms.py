"""What a unit types: the answer, and the leader's reason for returning it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import DateInput
from portal.models.extension import REASON_MIN


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


class HandBackForm(forms.Form):
    reason = forms.CharField(
        label=_("退回的理由"), min_length=6, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写清为什么不归本单位办、应该由谁办。改革办会决定改派还是仍由本单位办，在那以前原定期限照算。"),
    )  # fmt: skip


class ExtensionForm(forms.Form):
    """More time: until when and why. The calendar's limits are checked by the record; here they guide the date picker."""

    until = forms.DateField(label=_("申请延到"), widget=DateInput)
    reason = forms.CharField(
        label=_("延期的理由"), min_length=REASON_MIN, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写清为什么原定期限前答复不了、还差什么。同意后，新旧期限会公开，理由只有本单位和改革办看得到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, after: date, latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["until"]
        field.help_text = _("最晚 %(day)s，原定期限后 10 个工作日。碰上休息日，顺延到下一个工作日。") % {
            "day": f"{latest.year}年{latest.month}月{latest.day}日"}  # fmt: skip
        field.widget.attrs.update(min=f"{after:%Y-%m-%d}", max=f"{latest:%Y-%m-%d}")
