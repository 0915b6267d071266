"""Sign-in forms: a phone, a code, a name with a password."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.utils.translation import gettext_lazy as _

from config.privacy import normal_phone
from portal.accounts.codes import DIGITS

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "off", "spellcheck": "false"}


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel-national", "inputmode": "numeric"}),
        error_messages={"required": _("请填写手机号。")},
    )

    def clean_phone(self) -> str:
        """Eleven digits, however they were typed."""
        phone = normal_phone(self.cleaned_data["phone"])
        if not phone:
            raise forms.ValidationError(_("请填写 11 位手机号，例如 13800001234。"), code="invalid")
        return phone


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs=_ONE_TIME | {"class": "input-code", "maxlength": 12}),
        error_messages={"required": _("请填写短信里的 6 位数字。")},
    )

    def clean_code(self) -> str:
        """Six digits; spaces and full-width digits are what phones make of them."""
        code = re.sub(r"\s|-", "", self.cleaned_data["code"].translate(_FULL_WIDTH))
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
            raise forms.ValidationError(_("验证码是 6 位数字，请再看一眼短信。"), code="invalid")
        return code


def _plain(field: forms.Field, label: Any, **attrs: str) -> None:
    """Our label, no placeholder, no link to a reset that is not offered."""
    field.label, field.help_text = label, ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class PasswordForm(LoginForm):  # type: ignore[misc]
    """User name and password of a member of staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("用户名"), autocapitalize="off", spellcheck="false")
        _plain(self.fields["password"], _("密码"))
        self.fields["login"].error_messages["required"] = _("请填写用户名。")
        self.fields["password"].error_messages["required"] = _("请填写密码。")


class PasswordAgainForm(AllauthReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], _("密码"))


class ChangePasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"old_password": _("现在的密码"), "new_password1": _("新密码"), "new_password2": _("再输一次新密码")}
        for name, label in labels.items():
            _plain(self.fields[name], label)


class _SecondFactor:
    """The code of an authenticator app, or one of the spare codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        _plain(field, _("动态验证码"), **_ONE_TIME)
        field.widget.attrs["class"] = "input-code"


class SecondFactorForm(_SecondFactor, AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgainForm(_SecondFactor, ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateForm(_SecondFactor, ActivateTOTPForm):  # type: ignore[misc]
    pass
