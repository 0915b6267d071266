"""登记: how a suggestion that did not come by itself reached the counter, and what a clerk has typed so far."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.privacy import EncryptedTextField
from portal.models.suggestion import Suggestion

DRAFT_KEPT = timedelta(days=14)
DRAFT_TEXT = 6000  # characters of one field


class Recording(models.Model):
    """What only the front desk knows of a suggestion: the call, the letter, the stall or the visit."""

    suggestion = models.OneToOneField(Suggestion, models.PROTECT, related_name="recording", verbose_name=_("建议"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    at = models.DateTimeField(_("登记时间"))
    caller = EncryptedTextField(_("来电号码"), blank=True, default="")
    dated_on = models.DateField(_("信上的日期"), null=True, blank=True)
    postmarked_on = models.DateField(_("邮戳日期"), null=True, blank=True)
    stall = models.CharField(_("现场地点"), max_length=80, blank=True)
    team = models.CharField(_("走访小组"), max_length=80, blank=True)
    households = models.PositiveSmallIntegerField(_("走访户数"), null=True, blank=True)
    same_as = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="told_again", verbose_name=_("提出人说是同一件事"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("登记情况")
        verbose_name_plural = _("登记情况")

    def __str__(self) -> str:
        return self.suggestion.number

    def facts(self) -> list[dict[str, Any]]:
        """For the office's screens, `label, value` each; without the caller's number."""
        names = ("dated_on", "postmarked_on", "stall", "team", "households")
        known = [(self._meta.get_field(name).verbose_name, getattr(self, name)) for name in names]
        return [{"label": label, "value": value} for label, value in known if value]


class DeskDraftQuerySet(models.QuerySet["DeskDraft"]):
    def outdated(self, at: datetime | None = None) -> DeskDraftQuerySet:
        """Left lying; they hold names and phones, so they go."""
        return self.filter(saved_at__lt=(at or timezone.now()) - DRAFT_KEPT)

    def keep(self, clerk: Any, key: str, typed: dict[str, str]) -> DeskDraft | None:
        """Keep what a clerk has typed into the form with this key; an emptied form is forgotten. None when nothing is
        kept. Another clerk's draft is never touched."""
        mine = self.filter(clerk=clerk, key=key)
        texts = {name: text[:DRAFT_TEXT] for name, text in typed.items() if text.strip()}
        if not texts:
            mine.delete()
            return None
        facts = {"typed": json.dumps(texts, ensure_ascii=False), "saved_at": timezone.now()}
        draft, _created = self.update_or_create(clerk=clerk, key=key, defaults=facts)
        return draft


class DeskDraft(models.Model):
    """A form of the front desk that has not been saved; several may lie side by side, since telephones ring."""

    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    typed = EncryptedTextField()
    saved_at = models.DateTimeField()

    objects = DeskDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("登记草稿")
        verbose_name_plural = _("登记草稿")
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["clerk", "key"], name="desk_draft_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def values(self) -> dict[str, str]:
        return json.loads(self.typed)  # type: ignore[no-any-return]

    @property
    def title(self) -> str:
        return self.values.get("title") or self.values.get("body", "")[:20] or str(_("还没有标题"))
