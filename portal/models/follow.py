"""关注: who wants to hear what becomes of a suggestion. How many is public, who never."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.suggestion import Suggestion


class FollowManager(models.Manager["Follow"]):
    def keep(self, suggestion: Suggestion, user: Any) -> bool:
        """Let this account hear of the suggestion from now on; False when it did already. That an account follows
        says nothing about whether it supports: who supports is stored nowhere."""
        row = Follow(suggestion=suggestion, user=user, since=timezone.localdate())
        before = self.filter(suggestion=suggestion, user=user).exists()
        self.bulk_create([row], ignore_conflicts=True)
        return not before

    def drop(self, suggestion: Suggestion, user: Any) -> None:
        """Hear no more of it, nor of the one it was merged into or those merged into it."""
        self.about(suggestion).filter(user=user).delete()

    def about(self, suggestion: Suggestion) -> models.QuerySet[Follow]:
        """The rows of the suggestion, of the one it was merged into, and of all that were merged into that one."""
        lead = suggestion.lead_id or suggestion.pk
        return self.filter(Q(suggestion=lead) | Q(suggestion__lead=lead))

    def count_for(self, suggestion: Suggestion) -> int:
        """关注人数: people who follow the suggestion or one that is worked on together with it, each counted once."""
        return self.about(suggestion).order_by().values("user").distinct().count()


class Follow(models.Model):
    """One row per account and suggestion. A merge leaves it where it is, so that its undoing finds it there."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows", verbose_name=_("账号"))
    suggestion = models.ForeignKey(Suggestion, models.CASCADE, related_name="follows", verbose_name=_("建议"))
    since = models.DateField(_("关注日期"))  # no moment: beside a support's it would tell whose the support is

    objects = FollowManager()

    class Meta:
        verbose_name = _("关注")
        verbose_name_plural = _("关注")
        indexes = [models.Index(fields=["user", "-id"], name="follow_newest")]
        constraints = [models.UniqueConstraint(fields=["suggestion", "user"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.suggestion_id} · {self.user_id}"
