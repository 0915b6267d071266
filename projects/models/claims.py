"""What a report declares: steps done, figures reached. They become facts when the report is accepted, not before."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.marks import save_because
from projects.models.plan import Indicator, Step
from projects.models.report import Report


class StepClaim(models.Model):
    """步骤登记: this step was begun, or done, on that day, and what shows it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="step_claims", verbose_name=_("报告"))
    step = models.ForeignKey(Step, models.CASCADE, related_name="claims", verbose_name=_("步骤"))
    started_on = models.DateField(_("开始日期"), null=True, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    note = models.TextField(_("完成情况"), blank=True)

    class Meta:
        ordering = ["step__position", "pk"]
        verbose_name = _("步骤登记")
        verbose_name_plural = _("步骤登记")
        constraints = [
            models.UniqueConstraint(fields=["report", "step"], name="step_claimed_once_per_report"),
            models.CheckConstraint(
                condition=Q(started_on__isnull=False) | Q(done_on__isnull=False), name="step_claim_says_something"
            ),
            models.CheckConstraint(condition=Q(done_on=None) | ~Q(note=""), name="step_claim_done_has_note"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.done_on or self.started_on}"

    def apply(self, *, at: datetime | None = None) -> None:
        """Mark the step begun or done, unless an earlier report did."""
        step = self.step
        if step.done_on is not None:
            return
        step.started_on = step.started_on or self.started_on
        if self.done_on:
            step.record_done(self.done_on, self.note, at=at, reason=self.report.name)
        else:
            save_because(step, self.report.name)


class Reading(models.Model):
    """指标现值: the value of an indicator at the time of a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="readings", verbose_name=_("报告"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="readings", verbose_name=_("指标"))
    value: models.DecimalField[Decimal, Decimal] = models.DecimalField(_("现值"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["indicator__pk"]
        verbose_name = _("指标现值")
        verbose_name_plural = _("指标现值")
        constraints = [models.UniqueConstraint(fields=["report", "indicator"], name="reading_once_per_report")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.value}"

    def apply(self, *, at: datetime | None = None) -> None:
        """Make it the indicator's present value."""
        if self.indicator.now != self.value:
            self.indicator.now = self.value
            save_because(self.indicator, self.report.name)
