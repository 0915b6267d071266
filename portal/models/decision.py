"""去向: what is to become of a suggestion. One person proposes, another approves; both stay on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import MoveRefused, SomebodyWasFaster
from portal.models.places import Unit
from portal.models.suggestion import Suggestion


class DecisionQuerySet(models.QuerySet["Decision"]):
    def pending(self) -> DecisionQuerySet:
        return self.filter(decided_at=None)


class DecisionManager(models.Manager.from_queryset(DecisionQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def propose(
        self,
        suggestion: Suggestion,
        *,
        by: Any,
        route: str,
        reason: str,
        unit: Unit | None = None,
        co_units: Iterable[Unit] = (),
        phase: str = "",
        target_year: int | None = None,
        at: datetime | None = None,
    ) -> Decision:
        """Propose a route with the reason that the public will read. Raises `MoveRefused` from any state but open."""
        at = at or timezone.now()
        suggestion._move("propose", by=by, at=at)
        decision = self.create(
            suggestion=suggestion, route=route, reason=reason, unit=unit, phase=phase, target_year=target_year,
            proposed_by=by, proposed_at=at,
        )  # fmt: skip
        decision.co_units.set([one for one in co_units if unit and one.pk != unit.pk])
        return decision  # type: ignore[no-any-return]


class Decision(models.Model):
    class Route(models.TextChoices):
        ADOPT = "adopt", _("采纳，纳入项目库")
        REFER = "refer", _("转民生实事")
        DEFER = "defer", _("分步推进")
        ASSIGN = "assign", _("转责任单位答复")
        DECLINE = "decline", _("不予采纳")

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="decisions", verbose_name=_("建议"))
    route = models.CharField(_("去向"), max_length=10, choices=Route)
    reason = models.TextField(_("公开的理由"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位"))
    co_units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name=_("配合单位"))
    phase = models.CharField(_("分步安排"), max_length=60, blank=True)
    target_year = models.PositiveSmallIntegerField(_("目标年度"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("拟办人")
    )
    proposed_at = models.DateTimeField(_("拟办时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审定人")
    )
    decided_at = models.DateTimeField(_("审定时间"), null=True)
    approved = models.BooleanField(_("同意"), null=True)
    returned_because = models.TextField(_("退回理由"), blank=True)

    objects = DecisionManager()

    class Meta:
        ordering = ["-proposed_at"]
        verbose_name = _("办理意见")
        verbose_name_plural = _("办理意见")
        constraints = [
            models.UniqueConstraint(fields=["suggestion"], condition=Q(decided_at=None), name="decision_one_pending"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="decision_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(route="assign") | Q(unit__isnull=False), name="decision_assign_has_unit"
            ),
            models.CheckConstraint(
                condition=~Q(route="defer") | Q(target_year__isnull=False), name="decision_defer_has_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion.number} → {self.get_route_display()}"

    @transaction.atomic
    def approve(self, by: Any, *, at: datetime | None = None) -> None:
        """Publish the decision: the suggestion moves, its authors are told, assignments are handed to its units.

        Raises `MoveRefused` when `by` proposed it, `SomebodyWasFaster` when it is decided already.
        """
        from portal.models.assignment import Assignment

        at = at or timezone.now()
        self._decide(by, approved=True, at=at)
        self.suggestion._move_and_tell(self.route, by=by, note=self.reason, at=at)
        if self.unit is not None and self.route == self.Route.ASSIGN:
            Assignment.objects.hand_over(self.suggestion, self.unit, by=by, at=at)
            for co_unit in self.co_units.order_by("pk"):
                Assignment.objects.hand_over(self.suggestion, co_unit, by=by, is_lead=False, at=at)

    @transaction.atomic
    def send_back(self, by: Any, reason: str, *, at: datetime | None = None) -> None:
        """Not agreed: the suggestion is open again. The reason stays inside the office."""
        self._decide(by, approved=False, at=at or timezone.now(), returned_because=reason)
        self.suggestion._move("send_back", by=by, internal_note=reason, at=at)

    @transaction.atomic
    def withdraw(self, by: Any, *, at: datetime | None = None) -> None:
        """Taken back by the person who proposed it, before anybody decided: ended without a yes or no."""
        if by.pk != self.proposed_by_id:
            raise MoveRefused(_("只有提出办理意见的人能撤回它；负责人可以退回。"))
        at = at or timezone.now()
        if not Decision.objects.filter(pk=self.pk, decided_at=None).update(decided_at=at):
            raise SomebodyWasFaster(_("这条办理意见刚才已有人审定，请刷新后再看。"))
        self.decided_at = at
        self.suggestion._move("withdraw", by=by, at=at)

    def _decide(self, by: Any, **facts: Any) -> None:
        if by.pk == self.proposed_by_id:
            raise MoveRefused(_("提出办理意见的人不能自己审定，请由另一位负责人审定。"))
        facts = {"decided_by": by, "approved": facts["approved"], "decided_at": facts.pop("at")} | facts
        if not Decision.objects.filter(pk=self.pk, decided_at=None).update(**facts):
            raise SomebodyWasFaster(_("这条办理意见刚才已有人审定，请刷新后再看。"))
        for field, value in facts.items():
            setattr(self, field, value)
        self.suggestion.refresh_from_db(fields=["status"])
