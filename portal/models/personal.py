"""Who was shown an author's identity, and who asked to be erased."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.holdings import why_not_erase
from config.moves import MoveRefused
from config.personal import mask_strict
from config.privacy import keyed_index
from config.roles import AUDITOR
from portal.models.notice import Notice
from portal.models.suggestion import Suggestion

log = logging.getLogger(__name__)
REVEALS_PER_DAY = 20  # of one person, before the auditor is told; the setting WEITAI_REVEALS_PER_DAY wins


class RevealManager(models.Manager["Reveal"]):
    @transaction.atomic
    def record(
        self, suggestion: Suggestion, *, by: Any, why: str, reason: str, address: str, at: datetime | None = None
    ) -> Reveal:
        """Write down that `by` was shown name and phone, and tell the auditors once a day of somebody who looks at
        very many. To be called before anything is shown."""
        at = at or timezone.now()
        held = [name for name in ("name", "phone") if getattr(suggestion, name)]
        row = self.create(
            suggestion=suggestion, by=by, role="、".join(by.groups.values_list("name", flat=True)) or str(by),
            why=why, reason=mask_strict(reason), fields=" ".join([*held, "text"]), address=shortened(address), at=at,
        )  # fmt: skip
        self._warn(by, at)
        return row

    def _warn(self, by: Any, at: datetime) -> None:
        day = timezone.localdate(at)
        begins = timezone.make_aware(datetime.combine(day, time.min))
        limit = getattr(settings, "WEITAI_REVEALS_PER_DAY", REVEALS_PER_DAY)
        if self.filter(by=by, at__gte=begins).count() <= limit:
            return
        log.warning("Account %s was shown more than %s people today", by.pk, limit)
        text = _("%(who)s 今天查看提出人身份已超过 %(limit)d 次，请核对事由。") % {"who": by, "limit": limit}
        for auditor in get_user_model()._default_manager.filter(groups__name=AUDITOR, is_active=True):
            Notice.objects.tell(f"reveals:{by.pk}:{day}", str(text), user=auditor, url="/admin/suggestions/reveals/")


def shortened(address: str) -> str:
    """An address without its last part, which tells the network and not the machine."""
    return f"{address.rpartition('.')[0]}.*" if "." in address else address


class Reveal(models.Model):
    """查看身份: one look at who wrote a suggestion. Append-only; the author sees when, which role and why."""

    class Why(models.TextChoices):
        VERIFY = "verify", _("核实情况")
        CALL_BACK = "call_back", _("回访、答复提出人")
        VISIT = "visit", _("约提出人到现场")
        CORRECT = "correct", _("应本人要求更正或删除")
        LAW = "law", _("有权机关依法调取")
        OTHER = "other", _("其他，写明事由")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="reveals", verbose_name=_("建议"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("查看人"))
    role = models.CharField(_("角色"), max_length=80)
    why = models.CharField(_("事由类别"), max_length=10, choices=Why)
    reason = models.CharField(_("事由"), max_length=200)
    fields = models.CharField(_("查看了什么"), max_length=40)
    address = models.CharField(_("来自网络"), max_length=45)
    at = models.DateTimeField(_("时间"), db_index=True)

    objects = RevealManager()

    class Meta:
        verbose_name = _("查看身份记录")
        verbose_name_plural = _("查看身份记录")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.suggestion.number} · {self.role} · {self.get_why_display()}"

    @property
    def fields_shown(self) -> str:
        """What was shown, in words."""
        labels = {"name": _("姓名"), "phone": _("电话"), "text": _("原文中遮住的字句")}
        return "、".join(str(labels[name]) for name in self.fields.split())


COOLING_OFF = timedelta(days=7)


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def open(self) -> ErasureQuerySet:
        return self.filter(cancelled_at=None, done_at=None)

    def due(self, at: datetime | None = None) -> ErasureQuerySet:
        return self.open().filter(due_at__lte=at or timezone.now()).order_by("due_at")


class ErasureManager(models.Manager.from_queryset(ErasureQuerySet)):  # type: ignore[misc]
    def ask(self, user: Any, *, unpublish: bool, at: datetime | None = None) -> Erasure:
        """The wish of this person; the open one when there is one already. Raises `MoveRefused` when something has to be
        handed over first."""
        if reasons := why_not_erase(user):
            raise MoveRefused(" ".join(reasons))
        at = at or timezone.now()
        facts = {"asked_at": at, "due_at": at + COOLING_OFF, "unpublish": unpublish, "user": user}
        try:
            with transaction.atomic():
                return self.create(key=Erasure.key_of(user), **facts)
        except IntegrityError:
            return self.open().get(user=user)

    def cancel(self, user: Any, at: datetime | None = None) -> bool:
        """Think better of it; False when there was nothing to call off any more."""
        return bool(self.open().filter(user=user).update(cancelled_at=at or timezone.now()))


class Erasure(models.Model):
    """注销: the wish to be erased. What is left of it afterwards names nobody: a keyed digest and dates."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="erasures", verbose_name=_("账号")
    )
    key = models.CharField(max_length=64, db_index=True, editable=False)
    unpublish = models.BooleanField(_("撤下已公开的建议"), default=False)
    asked_at = models.DateTimeField(_("提出时间"))
    due_at = models.DateTimeField(_("执行时间"))
    cancelled_at = models.DateTimeField(_("撤销时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    objects = ErasureManager()

    class Meta:
        verbose_name = _("注销申请")
        verbose_name_plural = _("注销申请")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(cancelled_at=None, done_at=None), name="erasure_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} · {self.asked_at:%Y-%m-%d}"

    @staticmethod
    def key_of(thing: Any) -> str:
        """Finds an account or a suggestion again in a restored backup, and tells nothing without our key. The date is in
        it because a restored database may give the same primary key to somebody else."""
        at = thing.date_joined if hasattr(thing, "date_joined") else thing.received_at
        return keyed_index(f"{thing._meta.model_name}:{thing.pk}:{at.isoformat()}", "erasure")
