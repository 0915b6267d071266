"""来信: a mail from the office's mailbox, which a clerk turns into a suggestion or sets aside with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, Moving, verb
from config.privacy import EncryptedTextField
from portal.models.suggestion import Suggestion


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> LetterQuerySet:
        """For a clerk to read, the first to arrive first."""
        return self.filter(status=Letter.Status.NEW).order_by("received_at", "pk")


class Letter(Moving, models.Model):
    """One mail, taken once: `message_key` is the digest of its Message-ID, or of all of it when it has none. `validity`
    and `uid` say where in the mailbox it lay when it was last seen."""

    class Status(models.TextChoices):
        NEW = "new", _("待处理")
        USED = "used", _("已转为建议")
        SET_ASIDE = "set_aside", _("已搁置")

    MOVES = {
        "use": verb(Status.NEW, Status.USED, _("转为建议")),
        "set_aside": verb(Status.NEW, Status.SET_ASIDE, _("搁置")),
        "take_up": verb(Status.SET_ASIDE, Status.NEW, _("重新处理")),
    }

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.NEW, editable=False)
    message_key = models.CharField(max_length=64, unique=True, editable=False)
    validity = models.BigIntegerField(editable=False)
    uid = models.BigIntegerField(editable=False)
    sender = EncryptedTextField(_("发件地址"), blank=True, default="")
    sender_name = EncryptedTextField(_("发件人"), blank=True, default="")
    subject = models.CharField(_("主题"), max_length=300, blank=True)
    text = models.TextField(_("正文"), blank=True)
    received_at = models.DateTimeField(_("收到时间"))
    taken_at = models.DateTimeField(_("取信时间"), default=timezone.now)
    trouble = models.TextField(_("没有收下的部分"), blank=True)
    suggestion = models.OneToOneField(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="letter", verbose_name=_("建议")
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("来信")
        verbose_name_plural = _("来信")
        ordering = ["-received_at", "-pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["validity", "uid"], name="letter_place"),
            models.Index(fields=["status", "received_at"], name="letter_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="used", suggestion__isnull=False)
                | (~models.Q(status="used") & models.Q(suggestion__isnull=True)),
                name="letter_used_has_suggestion",
            )
        ]

    def __str__(self) -> str:
        return self.subject or str(_("没有主题的来信"))

    def use(self, by: Any, suggestion: Suggestion, *, at: datetime | None = None) -> Move:
        """It has become this suggestion. Raises `SomebodyWasFaster` when another clerk has done so."""
        return self._move("use", by=by, at=at, suggestion=suggestion)

    def set_aside(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Not a suggestion: kept, with the reason; a clerk may take it up again."""
        return self._move("set_aside", by=by, internal_note=reason, at=at)

    def take_up(self, by: Any, *, at: datetime | None = None) -> Move:
        return self._move("take_up", by=by, at=at)


class LetterMove(Move):
    subject = models.ForeignKey(Letter, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("来信动态")
