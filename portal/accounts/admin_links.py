"""Links of a person's own account page in the admin: their password and their second factor live outside Wagtail."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def password_link(request: HttpRequest) -> dict[str, str] | None:
    """To the page that changes the password; nothing for accounts that have none."""
    if not request.user.has_usable_password():
        return None
    return {
        "url": reverse("account_change_password"),
        "label": _("修改密码"),
        "help_text": _("改好后，其他设备上的登录会全部退出。"),
    }


def second_factor_link(request: HttpRequest) -> dict[str, str]:
    """To the authenticator app and the spare codes."""
    return {
        "url": reverse("mfa_index"),
        "label": _("两步登录"),
        "help_text": _("开通验证器应用，换手机，或重新生成备用码。"),
    }
