"""挂牌督办: a numbered order on a stuck project, open for everybody to see until it is discharged."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import Move, MoveRefused, Moving, verb
from portal.duties import Duty, DutyQuerySet
from portal.models import Counter
from portal.models.notice import tell_unit
from portal.workdays import WorkCalendar
from projects.models.project import Project


class SupervisionOrderQuerySet(DutyQuerySet):
    def standing(self) -> SupervisionOrderQuerySet:
        """Not discharged yet: the badge on the project."""
        return self.exclude(status=SupervisionOrder.Status.DISCHARGED)


class SupervisionOrderManager(models.Manager.from_queryset(SupervisionOrderQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def issue(
        self, project: Project, *, by: Any, reason: str, demand: str, due_on: date, at: datetime | None = None
    ) -> SupervisionOrder:
        """Put a project under listed supervision; the unit replies with evidence by the order's own date."""
        if project.status not in Project.RUNNING:
            raise MoveRefused(_("项目不在推进中，不能挂牌督办。"))
        if due_on < timezone.localdate(at):
            raise MoveRefused(_("整改期限不能早于今天。"))
        order = self.model(project=project, unit=project.lead_unit, reason=reason, demand=demand)
        order.number = f"DB{project.year}-{Counter.take(f'DB{project.year}')[0]:03d}"
        order.set_due(due_on, WorkCalendar.current())
        order.save()
        order._begin(by=by, at=at, public_note=reason)
        order._tell("issued", _("项目《%(title)s》被挂牌督办（%(number)s）：%(why)s"), demand)
        return order  # type: ignore[no-any-return]


class SupervisionOrder(Moving, Duty):
    class Status(models.TextChoices):
        ISSUED = "issued", _("督办中")
        REPLIED = "replied", _("已回复，待销号")
        DISCHARGED = "discharged", _("已销号")

    MOVES = {
        "reply": verb(Status.ISSUED, Status.REPLIED, _("回复整改情况")),
        "return": verb(Status.REPLIED, Status.ISSUED, _("整改不到位，退回")),
        "discharge": verb(Status.REPLIED, Status.DISCHARGED, _("销号")),
    }

    number = models.CharField(_("督办编号"), max_length=12, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="orders", verbose_name=_("项目"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ISSUED, editable=False)
    reason = models.TextField(_("督办原因"))
    demand = models.TextField(_("整改要求"))
    answer = models.TextField(_("整改情况"), blank=True)

    objects = SupervisionOrderManager()
    history = HistoricalRecords(excluded_fields=["status"], history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("挂牌督办")
        verbose_name_plural = _("挂牌督办")
        permissions = [("issue_order", _("挂牌督办与销号"))]

    def __str__(self) -> str:
        return f"{self.number} {self.project.title}"

    def desk_label(self) -> str:
        return str(_("挂牌督办整改"))

    def desk_title(self) -> str:
        return self.project.title

    def get_desk_url(self) -> str:
        return reverse("project_desk:order", args=[self.pk])

    def was_issued_by(self, person: Any) -> bool:
        return bool(self.moves.filter(verb="create", by=person).exists())

    def reply(self, by: Any, answer: str, *, at: datetime | None = None) -> Move:
        """The unit says what was put right."""
        if len(answer.strip()) < 10:
            raise MoveRefused(_("请写清整改了什么、效果怎样。"))
        return self._move("reply", by=by, public_note=answer, at=at, answer=answer, **self.done_facts(at))

    @transaction.atomic
    def return_(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Not put right: the duty is owed again, and lights already lit stay."""
        if not reason.strip():
            raise MoveRefused(_("请写明哪里还没有整改到位，理由会公开。"))
        move = self._move("return", by=by, public_note=reason, at=at, **self.undone_facts())
        self._tell(f"move:{move.pk}", _("《%(title)s》的督办 %(number)s 整改不到位，退回：%(why)s"), reason)
        return move

    @transaction.atomic
    def discharge(self, by: Any, note: str, *, at: datetime | None = None) -> Move:
        """Take the project off the list. Whoever issued the order does not discharge it."""
        if self.was_issued_by(by):
            raise MoveRefused(_("下达督办的人不能自己销号，请由另一位同志核实后销号。"))
        if not note.strip():
            raise MoveRefused(_("请写明核实了什么，会公开。"))
        move = self._move("discharge", by=by, public_note=note, at=at)
        self._tell(f"move:{move.pk}", _("《%(title)s》的督办 %(number)s 已销号：%(why)s"), note)
        return move

    def _tell(self, event: str, text: Any, why: str) -> None:
        words = {"title": self.project.title, "number": self.number, "why": why}
        tell_unit(self.unit, event=f"order:{self.pk}:{event}", text=text % words, roles=("clerk", "leader"),
                  url=self.get_desk_url())  # fmt: skip


class SupervisionOrderMove(Move):
    subject = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("督办动态")
