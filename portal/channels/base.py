"""What every way out has in common: the message, and the two kinds of trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why a message did not go out."""

    GATEWAY = "gateway", _("网关没有应答或出错")
    LIMIT = "limit", _("超过发送频次或额度")
    ADDRESS = "address", _("号码或地址不对、已注销")
    REFUSED = "refused", _("对方没有关注或已拒收")
    TEMPLATE = "template", _("模板、签名或参数没有通过")
    ACCOUNT = "account", _("网关账号、密钥或余额有问题")
    OTHER = "other", _("其他")


@dataclass(frozen=True)
class Message:
    """One message. Most Chinese providers send approved templates only: `template` names ours ("own", "group", "code"
    …) and `facts` fill it; `text` is the same, written out. `path` is where it leads on our site."""

    text: str
    template: str
    facts: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


class Trouble(Exception):
    """Not sent. `str()` is for the office: no address, no text of the message."""

    def __init__(self, sentence: str, reason: str = Reason.OTHER) -> None:
        super().__init__(sentence)
        self.reason = str(reason)


class TemporaryTrouble(Trouble):
    """Trying again may help. Whether the provider took the message may be unknown."""


class PermanentTrouble(Trouble):
    """Trying again will not help."""


class Channel(Protocol):
    def send(self, address: str, message: Message, *, key: str, again: bool = False) -> None:
        """Hand over one message; raises `TemporaryTrouble` or `PermanentTrouble` when it was not taken. A key is sent
        once at most; `again` says that an earlier attempt with it may have been taken."""
