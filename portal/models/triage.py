"""What the office keeps for its own work on suggestions: notes that stay inside, and answers to begin from."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.suggestion import Suggestion

NOTE_MAX = 2000
PLACE = re.compile(r"\{([^{}\s]{1,8})\}")
PLACES = ("编号", "标题", "领域", "地点", "单位", "期限", "年度")  # what a template answer may leave open


class InternalNote(models.Model):
    """A remark of the office on a suggestion. Read by the office and the auditor, shown to nobody else, never changed."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="internal_notes", verbose_name=_("建议"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    text = models.TextField(_("内部备注"), max_length=NOTE_MAX)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("内部备注")
        verbose_name_plural = _("内部备注")

    def __str__(self) -> str:
        return f"{self.suggestion.number}: {self.at:%Y-%m-%d %H:%M}"


class AnswerTemplate(models.Model):
    """参考写法: words that an officer begins from, kept by the office. `{编号}` and the like are filled in."""

    class Kind(models.TextChoices):
        """The verb or the route whose words these are."""

        ACCEPT = "accept", _("受理")
        REFUSE = "refuse", _("不受理")
        ADOPT = "adopt", _("采纳，纳入项目库")
        REFER = "refer", _("转民生实事")
        DEFER = "defer", _("分步推进")
        ASSIGN = "assign", _("转责任单位答复")
        DECLINE = "decline", _("不予采纳")

    kind = models.CharField(_("用于"), max_length=10, choices=Kind)
    title = models.CharField(_("简称"), max_length=30)
    text = models.TextField(
        _("写法"), max_length=500, help_text=_("可以留空由系统填写：{编号} {标题} {领域} {地点} {单位} {期限} {年度}。")
    )
    is_active = models.BooleanField(_("在用"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=10)
    used = models.PositiveIntegerField(_("用过几次"), default=0, editable=False)

    class Meta:
        ordering = ["kind", "position", "pk"]
        verbose_name = _("参考写法")
        verbose_name_plural = _("参考写法")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"

    def clean(self) -> None:
        if unknown := [name for name in PLACE.findall(self.text) if name not in PLACES]:
            known = " ".join(f"{{{name}}}" for name in PLACES)
            raise ValidationError(
                {"text": _("不认识 {%(name)s}，可以用的是：%(known)s。") % {"name": unknown[0], "known": known}}
            )

    @classmethod
    def count_uses(cls, pks: Any) -> None:
        """Add one to each of these; called when the answer that began with them was given."""
        cls.objects.filter(pk__in=pks).update(used=F("used") + 1)


class SavedFilter(models.Model):
    """A filter of the queue that an officer comes back to, under a name; for the whole office when shared."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("所有人"))
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=600)
    is_shared = models.BooleanField(_("全办可用"), default=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("常用筛选")
        verbose_name_plural = _("常用筛选")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name


class NotSameManager(models.Manager["NotSame"]):
    def remember(self, rows: list[Suggestion], *, by: Any) -> int:
        """No two of these say the same; the number of pairs."""
        pairs = [sorted(pair, key=lambda one: one.pk) for pair in combinations(rows, 2)]
        self.bulk_create([self.model(first=a, second=b, by=by) for a, b in pairs], ignore_conflicts=True)
        return len(pairs)

    def apart_from(self, one: Suggestion) -> set[int]:
        """The keys of those that a person told apart from this one."""
        pairs = self.filter(Q(first=one) | Q(second=one)).values_list("first", "second")
        return {pk for pair in pairs for pk in pair} - {one.pk}


class NotSame(models.Model):
    """不是同一件事: a person looked at two suggestions that seem alike, and they are not. Offered together no more."""

    first = models.ForeignKey(Suggestion, models.CASCADE, related_name="+", verbose_name=_("一条"))
    second = models.ForeignKey(Suggestion, models.CASCADE, related_name="+", verbose_name=_("另一条"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁看过"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    objects = NotSameManager()

    class Meta:
        verbose_name = _("不是同一件事")
        verbose_name_plural = _("不是同一件事")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_same_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_same_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
