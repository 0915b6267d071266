"""转办: a unit's answer to one suggestion, and the author's verdict on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import Move, MoveRefused, Moving, verb
from portal.duties import Duty, DutyQuerySet
from portal.models.notice import tell_unit
from portal.models.places import Unit
from portal.models.suggestion import Suggestion
from portal.workdays import WorkCalendar

ANSWER_DAYS = 7


class AssignmentManager(models.Manager.from_queryset(DutyQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def hand_over(self, suggestion: Suggestion, unit: Unit, *, by: Any, at: datetime | None = None) -> Assignment:
        """Hand a suggestion to a unit; the answer is due in seven working days and the unit's clerks are told."""
        at = at or timezone.now()
        assignment = self.model(suggestion=suggestion, unit=unit)
        assignment.set_due_after(timezone.localdate(at), ANSWER_DAYS, WorkCalendar.current())
        assignment.save()
        move = assignment._begin(by=by, at=at).moves.get()
        tell_unit(
            unit,
            event=f"assignment-move:{move.pk}",
            text=_("群众建议 %(number)s《%(title)s》已转贵单位，请于 %(due)s 前答复。")
            % {"number": suggestion.number, "title": suggestion.public_title, "due": f"{assignment.due_on:%Y-%m-%d}"},
        )
        return assignment


class Assignment(Moving, Duty):
    class Status(models.TextChoices):
        DUE = "due", _("待答复")
        SUBMITTED = "submitted", _("待领导签发")
        RETURNED = "returned", _("领导退回")
        ANSWERED = "answered", _("已答复")

    MOVES = {
        "submit": verb([Status.DUE, Status.RETURNED], Status.SUBMITTED, _("送领导签发")),
        "return": verb(Status.SUBMITTED, Status.RETURNED, _("退回修改")),
        "sign": verb(Status.SUBMITTED, Status.ANSWERED, _("签发答复")),
    }

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="assignments", verbose_name=_("建议"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DUE, editable=False)
    answer = models.TextField(_("答复内容"), blank=True)

    objects = AssignmentManager()
    history = HistoricalRecords(excluded_fields=["status"], history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("转办件")
        verbose_name_plural = _("转办件")
        indexes = [models.Index(fields=["unit", "done_at", "due_on"], name="assignment_worklist")]

    def __str__(self) -> str:
        return f"{self.suggestion.number} · {self.unit}"

    def desk_label(self) -> str:
        return str(_("群众建议答复"))

    def desk_title(self) -> str:
        return self.suggestion.public_title

    def get_desk_url(self) -> str:
        return reverse("desk:assignment", args=[self.pk])

    def submit(self, by: Any, *, at: datetime | None = None) -> Move:
        """Give the written answer to the unit's leader to sign."""
        if len(self.answer.strip()) < 10:
            raise MoveRefused(_("答复内容太短，请写清查到了什么、准备怎么办、什么时候办好。"))
        return self._move("submit", by=by, at=at)

    def return_(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        return self._move("return", by=by, internal_note=reason, at=at)

    @transaction.atomic
    def sign(self, by: Any, *, at: datetime | None = None) -> Move:
        """The leader signs: the answer is public, the duty done. Whoever wrote it does not sign it."""
        writer = self.moves.filter(verb="submit").last()
        if writer and writer.by_id == by.pk:
            raise MoveRefused(_("写答复的人不能自己签发，请由单位负责人签发。"))
        move = self._move("sign", by=by, at=at, **self.done_facts(at))
        self.suggestion._move_and_tell("answer", by=by, note=self.answer, at=at)
        return move


class AssignmentMove(Move):
    subject = models.ForeignKey(Assignment, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("转办动态")


class Verdict(models.Model):
    """评价: what the author says of an answer. One per answer; it never changes the official state by itself."""

    class Level(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        BASICALLY = "basically", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="verdict", verbose_name=_("转办件"))
    level = models.CharField(_("评价"), max_length=12, choices=Level)
    comment = models.TextField(_("想说的话"), blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("答复评价")
        verbose_name_plural = _("答复评价")

    def __str__(self) -> str:
        return self.get_level_display()

    @classmethod
    @transaction.atomic
    def give(
        cls, assignment: Assignment, level: str, *, comment: str = "", reopen: bool = False, at: datetime | None = None
    ) -> Verdict:
        """Record the author's verdict. Dissatisfied authors may have it worked on again, once, with a reason.

        Raises `MoveRefused` when a verdict was given before, when there is no answer yet, or on a second reopening.
        """
        at = at or timezone.now()
        suggestion = assignment.suggestion
        if assignment.status != Assignment.Status.ANSWERED:
            raise MoveRefused(_("责任单位还没有答复，答复后再请您评价。"))
        verdict, created = cls.objects.get_or_create(
            assignment=assignment, defaults={"level": level, "comment": comment, "at": at}
        )
        if not created:
            raise MoveRefused(_("您已经评价过这次答复，谢谢。"))
        if reopen:
            cls._reopen(suggestion, assignment, level, comment, at)
        else:
            suggestion.close(note=str(_("提出人评价：%s") % verdict.get_level_display()), at=at)
        return verdict

    @staticmethod
    def _reopen(suggestion: Suggestion, assignment: Assignment, level: str, comment: str, at: datetime) -> None:
        if level != Verdict.Level.DISSATISFIED or not comment.strip():
            raise MoveRefused(_("要求重新办理，请选“不满意”并写明哪里没有办好。"))
        if suggestion.moves.filter(verb="reopen").exists():
            raise MoveRefused(_("这条建议已经重新办理过一次，不能再次要求重新办理。"))
        suggestion._move_and_tell("reopen", by=None, note=comment, at=at)
        Assignment.objects.hand_over(suggestion, assignment.unit, by=None, at=at)
