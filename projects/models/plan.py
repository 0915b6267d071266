"""推进计划 and 指标: the steps of a project's plan and the effects that it promises, in figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import MoveRefused
from projects.models.marks import save_because
from projects.models.project import Project


def plain_number(value: Any) -> Any:
    """A decimal without idle zeros (72.00 → 72, 4.50 → 4.5); None stays None."""
    if value is None:
        return None
    whole = value.to_integral_value()
    return int(whole) if value == whole else value.normalize()


class Step(models.Model):
    """推进计划: one step with its weight in percent. Done means done with a date and evidence."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="steps", verbose_name=_("项目"))
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    title = models.CharField(_("步骤"), max_length=60)
    weight = models.PositiveSmallIntegerField(_("权重（%）"))
    planned_from = models.DateField(_("计划开始"))
    planned_to = models.DateField(_("计划完成"))
    started_on = models.DateField(_("实际开始"), null=True, blank=True)
    done_on = models.DateField(_("实际完成"), null=True, blank=True)
    done_note = models.TextField(_("完成情况"), blank=True)
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["position", "planned_from", "pk"]
        verbose_name = _("步骤")
        verbose_name_plural = _("步骤")
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="step_weight_1_100"),
            models.CheckConstraint(
                condition=Q(planned_from__lte=models.F("planned_to")),
                name="step_in_order",
                violation_error_message=_("步骤的计划完成不能早于计划开始。"),
            ),
            models.CheckConstraint(condition=Q(done_on=None) | ~Q(done_note=""), name="step_done_has_note"),
        ]

    def __str__(self) -> str:
        return self.title

    def finish(self, on: date, note: str, *, at: datetime | None = None) -> None:
        """Mark the step done on a day, with what shows it. Raises `MoveRefused` for a future day or no evidence."""
        if self.project.status != Project.Status.ACTIVE:
            raise MoveRefused(_("项目不在推进中，不能登记步骤完成。"))
        self.record_done(on, note, at=at)

    def record_done(self, on: date, note: str, *, at: datetime | None = None, reason: str = "") -> None:
        """The same, whatever state the project is in by now: for what an accepted report declares."""
        if not note.strip():
            raise MoveRefused(_("请写一句完成情况，进度要有凭据。"))
        if on > timezone.localdate(at):
            raise MoveRefused(_("完成日期不能晚于今天。"))
        self.done_on, self.done_note = on, note.strip()
        self.started_on = self.started_on or min(self.planned_from, on)
        save_because(self, reason)

    # What the month axis draws, under its own names.
    @property
    def name(self) -> str:
        return self.title

    @property
    def planned_start(self) -> date:
        return self.planned_from

    @property
    def planned_end(self) -> date:
        return self.planned_to

    @property
    def actual_start(self) -> date | None:
        return self.started_on

    @property
    def actual_end(self) -> date | None:
        return self.done_on


class Indicator(models.Model):
    """指标: one measurable effect, with its value before, now and as promised, in a stated unit of measure."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="indicators", verbose_name=_("项目"))
    name = models.CharField(_("指标"), max_length=40)
    measure = models.CharField(_("单位"), max_length=12)
    before: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("原来"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    now: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("现在"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    target: models.DecimalField[Decimal, Decimal] = models.DecimalField(_("目标"), max_digits=12, decimal_places=2)
    history = HistoricalRecords(history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("指标")
        verbose_name_plural = _("指标")

    def __str__(self) -> str:
        return self.name

    # The figures without idle zeros, as screens show them.
    @property
    def before_shown(self) -> Any:
        return plain_number(self.before)

    @property
    def now_shown(self) -> Any:
        return plain_number(self.now)

    @property
    def target_shown(self) -> Any:
        return plain_number(self.target)
