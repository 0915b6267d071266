"""Where and when somebody wants to hear: wishes of an account, e-mail addresses, the choice of a receipt."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import Kind, Reach, Subscription, Way


class WishesForm(forms.ModelForm):
    """Which news come over which way, and the quiet hours. Ways that the account has no address for are not offered,
    and stay as they were chosen."""

    class Meta:
        model = Reach
        fields = ["quiet", "quiet_from", "quiet_until", "sms_instead"]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "quiet": _("这段时间里的短信、微信、邮件等到早上一起发；登录验证码照常发。"),
            "sms_instead": _("例如取消关注公众号以后。"),
        }
        error_messages = {
            name: {"required": _("请填时间，例如 21:00。"), "invalid": _("请填时间，例如 21:00。")}
            for name in ("quiet_from", "quiet_until")
        }

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        self.offered = [Way.IN_APP, *(way for way in (Way.SMS, Way.WECHAT, Way.MAIL) if self.instance.address(way))]
        if Way.WECHAT not in self.offered:
            del self.fields["sms_instead"]
        for kind in kinds:
            ways = [way for way in self.offered if not (kind == Kind.DUTY and way == Way.IN_APP)]
            self.fields[kind] = forms.MultipleChoiceField(
                label=Kind(kind).label, choices=[(way.value, way.label) for way in ways], required=False,
                widget=forms.CheckboxSelectMultiple, initial=sorted(self.instance.ways(kind)),
                help_text=_("站内消息一定有，不能关。") if kind == Kind.DUTY else "",
            )  # fmt: skip
        self.order_fields([*kinds, "quiet", "quiet_from", "quiet_until", "sms_instead"])

    def save(self, commit: bool = True) -> Reach:
        for kind in self.kinds:
            kept = self.instance.ways(kind) - {str(way) for way in self.offered}
            self.instance.choose(kind, {*kept, *self.cleaned_data[kind]})
        reach: Reach = super().save(commit)
        return reach


class MailForm(forms.Form):
    mail = forms.EmailField(
        label=_("邮箱"), max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("请填写邮箱。"), "invalid": _("邮箱不对，请再看一遍，例如 name@example.com。")},
    )  # fmt: skip


class HearForm(forms.Form):
    """Where the author of a receipt wants to hear without an account."""

    by = forms.ChoiceField(label=_("有进展怎么告诉您"), choices=Subscription.By, widget=forms.RadioSelect)
    mail = forms.EmailField(
        label=_("邮箱"), max_length=120, required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("选“邮件”时填。先发一封信给您，点开确认了才算。"),
        error_messages={"invalid": _("邮箱不对，请再看一遍，例如 name@example.com。")},
    )  # fmt: skip

    def __init__(self, *args: Any, phone: str, mail_sent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = {key for key, there in (("sms", phone), ("mail", mail_sent)) if not there}
        field = self.fields["by"]
        field.choices = [choice for choice in Subscription.By.choices if choice[0] not in left_out]  # type: ignore[attr-defined]
        if not mail_sent:
            del self.fields["mail"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("by") == Subscription.By.MAIL and not data.get("mail") and "mail" not in self.errors:
            self.add_error("mail", _("请填写邮箱。"))
        return data
