"""How django-allauth behaves here: our addresses, our words, our keys. It does passwords and second factors."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.limits import client_address
from config.privacy import decrypt, encrypt
from portal.accounts.middleware import STARTED

REAUTHENTICATE_AFTER = 300  # seconds
SILENT = ("account/messages/logged_in.txt", "account/messages/logged_out.txt", "account/messages/login_code_sent.txt")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("用户名或密码不对。忘了密码请联系系统管理员重设。"),
        "too_many_login_attempts": _("试的次数太多了，请五分钟后再试。"),
        "incorrect_password": _("密码不对。"),
        "account_inactive": _("这个账号已停用。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Citizens get their account with their first code; staff accounts are made by the administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind our own proxies, never one that the client claims."""
        return client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Without the host name, which a client may choose among several: failures count per account.
        return str(credentials.get("username", "")).strip().lower()

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Changing a second factor asks for the password again, except right after signing in."""
        started: int = context.request.session.get(STARTED, 0)
        return time.time() - started > REAUTHENTICATE_AFTER

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Nobody needs to be told that they have signed in."""
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("验证码不对。请用应用里正在显示的一组，每组只能用一次。"),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of authenticator apps are ciphertext in the database."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
