"""延期: a unit asks for more time for one answer, once, before it is due; the office agrees or does not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models.assignment import Assignment
from portal.models.notice import tell_concerned, tell_unit
from portal.workdays import WorkCalendar

EXTENSION_DAYS = 10  # working days after the date that holds now, at most
REASON_MIN = 6


def latest_day(assignment: Assignment, calendar: WorkCalendar | None = None) -> date:
    """The last day that can be asked for."""
    return (calendar or WorkCalendar.current()).add(assignment.due_on, EXTENSION_DAYS)


def spoken(day: date) -> str:
    return str(_("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day})


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def live(self) -> ExtensionQuerySet:
        """All but the withdrawn ones: what counts as the one time that may be asked."""
        return self.exclude(status=Extension.Status.WITHDRAWN)

    def waiting(self) -> ExtensionQuerySet:
        """With the office, the most urgent first."""
        return self.filter(status=Extension.Status.ASKED).order_by("due_before", "pk")

    def open(self) -> ExtensionQuerySet:
        """Not decided yet, be it with the unit's leader or with the office."""
        return self.filter(status__in=Extension.OPEN)


class ExtensionManager(models.Manager.from_queryset(ExtensionQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def ask(
        self, assignment: Assignment, *, by: Any, until: date, reason: str, send: bool, at: datetime | None = None
    ) -> Extension:
        """Write the request; with `send` it goes to the office at once, else to the unit's leader.

        Raises `MoveRefused` when the answer is given or late, on a second request, or beyond the longest time.
        """
        at = at or timezone.now()
        held = Assignment.objects.select_for_update().get(pk=assignment.pk)
        calendar = WorkCalendar.current()
        until = calendar.next_workday(until)
        self._check(held, until, reason, calendar, timezone.localdate(at))
        one = self.create(assignment=held, due_before=held.due_on, due_asked=until, reason=reason.strip())
        one._begin(by=by, at=at)
        if send:
            one.send(by, at=at)
        else:
            one._tell_unit("drafted", _("请送改革办审批，或者撤回"), roles=("leader",))
        return one

    def _check(self, held: Assignment, until: date, reason: str, calendar: WorkCalendar, today: date) -> None:
        if held.done_at is not None:
            raise MoveRefused(_("这一件已经答复，不用再延期。"))
        if today > held.due_on:
            raise MoveRefused(_("期限已过，不能再申请延期，请尽快答复。"))
        if self.live().filter(assignment=held).exists():
            raise MoveRefused(_("每一件只能申请一次延期，这一件已经申请过。"))
        if len(reason.strip()) < REASON_MIN:
            raise MoveRefused(_("请写清为什么在原定期限前答复不了。"))
        latest = latest_day(held, calendar)
        if not held.due_on < until <= latest:
            limits = {"due": spoken(held.due_on), "latest": spoken(latest)}
            raise MoveRefused(_("新的期限要在%(due)s之后，最晚到%(latest)s。") % limits)


class Extension(Moving):
    class Status(models.TextChoices):
        DRAFTED = "drafted", _("待单位负责人送出")
        ASKED = "asked", _("待改革办审批")
        APPROVED = "approved", _("同意延期")
        REFUSED = "refused", _("不同意延期")
        WITHDRAWN = "withdrawn", _("已撤回")

    OPEN = (Status.DRAFTED, Status.ASKED)

    MOVES = {
        "send": verb(Status.DRAFTED, Status.ASKED, _("送改革办审批")),
        "approve": verb(Status.ASKED, Status.APPROVED, _("同意延期")),
        "refuse": verb(Status.ASKED, Status.REFUSED, _("不同意延期")),
        "withdraw": verb(OPEN, Status.WITHDRAWN, _("撤回")),
    }

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions", verbose_name=_("转办件"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFTED, editable=False)
    due_before = models.DateField(_("原定期限"))
    due_asked = models.DateField(_("申请延到"))
    reason = models.TextField(_("延期的理由"))

    objects = ExtensionManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("延期申请")
        verbose_name_plural = _("延期申请")
        permissions = [("decide_extension", _("审批延期"))]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=~Q(status="withdrawn"), name="extension_asked_once"
            ),
            models.CheckConstraint(condition=Q(due_asked__gt=F("due_before")), name="extension_is_later"),
        ]

    def __str__(self) -> str:
        return str(_("%(what)s 延到%(day)s") % {"what": self.assignment, "day": spoken(self.due_asked)})

    # --- moves ----------------------------------------------------------------------------------
    def send(self, by: Any, *, at: datetime | None = None) -> Move:
        """The unit's leader puts the request to the office."""
        return self._move("send", by=by, at=at)

    def withdraw(self, by: Any = None, *, note: str = "", at: datetime | None = None) -> Move:
        """Take the request back; the unit may write another one."""
        return self._move("withdraw", by=by, internal_note=note, at=at)

    @transaction.atomic
    def approve(self, by: Any, *, at: datetime | None = None) -> Move:
        """The due date moves. Lights that came on until now stay on record.

        Raises `MoveRefused` after the due date, after the answer, and to whoever asked.
        """
        at = at or timezone.now()
        held = Assignment.objects.select_for_update().select_related("suggestion", "unit").get(pk=self.assignment_id)
        self._check_decider(by)
        if held.done_at is not None:
            raise MoveRefused(_("这一件已经答复，不用再延期。"))
        if timezone.localdate(at) > held.due_on:
            raise MoveRefused(_("原定期限已过，不能再同意延期。请写明理由，不同意这次申请。"))
        move = self._move("approve", by=by, at=at)
        held.extend(self.due_asked, at)
        self.assignment = held
        self._tell_unit("approved", _("改革办同意延期"))
        self._tell_concerned()
        return move

    @transaction.atomic
    def refuse(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Not agreed, with the reason that the unit reads; the date stays."""
        self._check_decider(by)
        move = self._move("refuse", by=by, internal_note=reason, at=at)
        self._tell_unit("refused", _("改革办不同意延期，期限仍是%s。") % spoken(self.due_before) + reason)
        return move

    def _check_decider(self, by: Any) -> None:
        if self.moves.filter(by=by).exists():
            raise MoveRefused(_("申请延期的人不能自己审批，请由改革办的另一位同志审批。"))

    # --- who is told ----------------------------------------------------------------------------
    def _tell_unit(self, event: str, words: Any, *, roles: tuple[str, ...] = ("clerk", "leader")) -> None:
        text = _("群众建议 %(number)s 申请延期到%(day)s：%(words)s") % {
            "number": self.assignment.suggestion.number, "day": spoken(self.due_asked), "words": words}  # fmt: skip
        url = reverse("desk:assignment", args=[self.assignment_id])
        tell_unit(self.assignment.unit, event=f"extension:{self.pk}:{event}", text=text[:300], url=url, roles=roles)

    def _tell_concerned(self) -> None:
        """The authors of this suggestion and of those merged into it, and who follows them, read of the new date."""
        lead = self.assignment.suggestion
        text = _("%(unit)s的答复期限延至%(new)s，原定%(old)s。") % {
            "unit": self.assignment.unit.name,
            "new": spoken(self.assignment.due_on),
            "old": spoken(self.due_before),
        }
        tell_concerned([lead], event=f"extension:{self.pk}:approved:public", text=text)


class ExtensionMove(Move):
    subject = models.ForeignKey(Extension, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("延期动态")
