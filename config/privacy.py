"""Personal fields: encryption at rest, a keyed index for look-ups, person tags, and how people are shown.

Personal data in running text is found and masked in `config.personal`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(plain: str) -> str:
    """The text encrypted under the first of `FIELD_KEYS`; empty stays empty, so that emptiness can be queried."""
    return _fernet(tuple(settings.FIELD_KEYS)).encrypt(plain.encode()).decode() if plain else ""


def decrypt(token: str) -> str:
    """The plain text; raises `cryptography.fernet.InvalidToken` when no key fits."""
    return _fernet(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode() if token else ""


def keyed_index(value: str, purpose: str) -> str:
    """64 hex digits that find an encrypted value again. Keyed: eleven digits alone would fall to brute force."""
    message = f"{purpose}\x1f{value}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def person_tag(person_pk: int, purpose: str, thing_pk: int) -> str:
    """A tag unique per person and thing and unlinkable across things: proves "once" without naming who."""
    return keyed_index(f"{person_pk}\x1f{thing_pk}", f"tag:{purpose}")


class EncryptedTextField(models.TextField):
    """Text that is ciphertext in the database and plain in Python. Not searchable; keep a `keyed_index` beside it."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return decrypt(value) if value else value


def normal_phone(text: str) -> str:
    """Eleven digits of a mainland mobile number, or "" when it is none. Accepts +86, spaces, dashes, full width."""
    digits = re.sub(r"[^\d]", "", text.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else ""


def mask_phone(phone: str) -> str:
    """138****1234; anything shorter than a phone number is hidden whole."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 端木 百里 南宫 闻人 澹台 钟离 赫连 呼延 宇文 轩辕 鲜于 申屠 "  # noqa: SIM905
    "公冶 宗政 濮阳 淳于 太叔 仲孙 独孤 万俟 拓跋 纳兰".split()
)


def surname_only(name: str) -> str:
    """张**, 欧阳**: the surname, with two stars whatever the given name's length."""
    name = name.strip()
    if not name:
        return ""
    return (name[:2] if name[:2] in COMPOUND_SURNAMES else name[0]) + "**"
