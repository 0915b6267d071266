"""转办: a unit's answer to one suggestion, and the author's verdict on it.

Several units may be asked at once: one leads, each has its own due date, lights and leader's signature. The suggestion
is answered when all that still stand have answered. A round is the first asking, or the one after a reopening.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
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
REOPEN_DAYS = 30  # calendar days after the answer


_FIRST = _("群众建议 %(number)s《%(title)s》已转贵单位，请于 %(due)s 前答复。")
_AGAIN = _("群众建议 %(number)s《%(title)s》提出人要求重新办理，请于 %(due)s 前再次答复。")


class AssignmentQuerySet(DutyQuerySet):
    def binding(self) -> AssignmentQuerySet:
        """All but those from which the office released a unit: they count in no figure and light nothing."""
        return self.exclude(status=Assignment.Status.RELEASED)

    def owed(self) -> AssignmentQuerySet:
        return self.filter(done_at=None).exclude(status__in=(Assignment.Status.RELEASED, Assignment.Status.HANDED_BACK))

    def handed_back(self) -> AssignmentQuerySet:
        """What units gave back to the office, the longest waiting first."""
        return self.filter(status=Assignment.Status.HANDED_BACK).order_by("due_on", "pk")

    def to_judge(self) -> AssignmentQuerySet:
        """The answers that wait for their author's verdict: of units side by side the lead's stands for all."""
        answered = self.filter(status=Assignment.Status.ANSWERED, suggestion__status=Suggestion.Status.ANSWERED)
        same = Assignment.objects.binding().filter(suggestion=OuterRef("suggestion"), again=OuterRef("again"))
        last = same.order_by(F("done_on").desc(nulls_last=True)).values("done_on")[:1]
        return answered.filter(is_lead=True, verdict=None).annotate(answered_on=Subquery(last))


class AssignmentManager(models.Manager.from_queryset(AssignmentQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def hand_over(
        self,
        suggestion: Suggestion,
        unit: Unit,
        *,
        by: Any,
        again: bool = False,
        is_lead: bool = True,
        at: datetime | None = None,
    ) -> Assignment:
        """Hand a suggestion to a unit; the answer is due in seven working days and the unit's clerks are told.

        `again`: its author was not content with the first answers. Several units of one round: one of them leads.
        """
        at = at or timezone.now()
        assignment = self.model(suggestion=suggestion, unit=unit, again=again, is_lead=is_lead)
        assignment.set_due_after(timezone.localdate(at), ANSWER_DAYS, WorkCalendar.current())
        assignment.save()
        move = assignment._begin(by=by, at=at).moves.get()
        tell_unit(
            unit,
            event=f"assignment-move:{move.pk}",
            text=(_AGAIN if again else _FIRST)
            % {"number": suggestion.number, "title": suggestion.public_title, "due": f"{assignment.due_on:%Y-%m-%d}"},
            roles=("clerk", "leader") if again else ("clerk",),
        )
        return assignment


class Assignment(Moving, Duty):
    class Status(models.TextChoices):
        DUE = "due", _("待答复")
        SUBMITTED = "submitted", _("待领导签发")
        RETURNED = "returned", _("领导退回")
        ANSWERED = "answered", _("已答复")
        HANDED_BACK = "handed_back", _("退回改革办")
        RELEASED = "released", _("不再办理")

    MOVES = {
        "submit": verb([Status.DUE, Status.RETURNED], Status.SUBMITTED, _("送领导签发")),
        "return": verb(Status.SUBMITTED, Status.RETURNED, _("退回修改")),
        "sign": verb(Status.SUBMITTED, Status.ANSWERED, _("签发答复")),
        "hand_back": verb([Status.DUE, Status.RETURNED], Status.HANDED_BACK, _("退回改革办")),
        "keep": verb(Status.HANDED_BACK, Status.DUE, _("仍由原单位办理")),
        "release": verb(Status.HANDED_BACK, Status.RELEASED, _("不再由该单位办理")),
    }

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="assignments", verbose_name=_("建议"))
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.DUE, editable=False)
    answer = models.TextField(_("答复内容"), blank=True)
    again = models.BooleanField(_("重办"), default=False, editable=False)
    is_lead = models.BooleanField(_("牵头"), default=True, editable=False)

    objects = AssignmentManager()
    history = HistoricalRecords(excluded_fields=["status"], history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("转办件")
        verbose_name_plural = _("转办件")
        indexes = [models.Index(fields=["unit", "done_at", "due_on"], name="assignment_worklist")]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "again", "unit"], condition=~Q(status="released"), name="assignment_unit_once"
            ),
            models.UniqueConstraint(
                fields=["suggestion", "again"],
                condition=Q(is_lead=True) & ~Q(status="released"),
                name="assignment_one_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suggestion.number} · {self.unit}"

    def desk_label(self) -> str:
        return str(_("群众建议重办") if self.again else _("群众建议答复"))

    def desk_title(self) -> str:
        return self.suggestion.public_title

    def get_desk_url(self) -> str:
        return reverse("desk:assignment", args=[self.pk])

    @property
    def is_with_unit(self) -> bool:
        """Whether the unit still owes the answer and has not given it back."""
        return self.done_at is None and self.status not in (self.Status.HANDED_BACK, self.Status.RELEASED)

    def may_be_reopened(self, at: datetime | None = None) -> bool:
        """Whether an answered one is young enough and was not worked on again before."""
        return not self.again and timezone.localdate(at) <= self.last_day_to_reopen

    @property
    def last_day_to_reopen(self) -> date:
        """Until when the author may have an answered one worked on again; of several units the last answer counts."""
        last = self.__dict__.get("answered_on")  # known where many are listed
        if last is None and self.done_on is not None:
            last = self.round().aggregate(last=Max("done_on"))["last"]
        return (last or date.min) + timedelta(days=REOPEN_DAYS)

    def round(self) -> AssignmentQuerySet:
        """This one and those of the units asked with it, the lead first."""
        rows = Assignment.objects.binding().filter(suggestion=self.suggestion_id, again=self.again)
        return rows.select_related("unit").order_by("-is_lead", "pk")  # type: ignore[no-any-return]

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
        self._answered_by_all(by, at)
        for extension in self.extensions.open():
            extension.withdraw(by, note=str(_("答复已签发，不用再延期。")), at=at)
        return move

    def _answered_by_all(self, by: Any, at: datetime | None) -> None:
        """The suggestion is answered when nobody of the round owes an answer. Two who sign at the same moment wait for
        each other here, so that the later one sees both."""
        Suggestion.objects.select_for_update().get(pk=self.suggestion_id)
        rows = list(self.round())
        if any(one.done_at is None for one in rows):
            return
        units = "、".join(one.unit.name for one in rows)
        note = rows[0].answer if len(rows) == 1 else str(_("%s都已答复。")) % units
        self.suggestion._move_and_tell("answer", by=by, note=note, at=at)

    @transaction.atomic
    def hand_back(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """The unit's leader gives it back to the office: not theirs. The others go on; the due date stays."""
        for extension in self.extensions.open():
            extension.withdraw(by, note=str(_("已退回改革办。")), at=at)
        return self._move("hand_back", by=by, internal_note=reason, at=at)

    @transaction.atomic
    def keep(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """The office leaves it with the unit, and says why. The due date stays."""
        move = self._move("keep", by=by, internal_note=reason, at=at)
        text = str(_("群众建议 %(number)s 仍由贵单位办理，请于 %(due)s 前答复。%(reason)s")) % {
            "number": self.suggestion.number, "due": f"{self.due_on:%Y-%m-%d}", "reason": reason}  # fmt: skip
        tell_unit(self.unit, event=f"assignment-move:{move.pk}", text=text, roles=("clerk", "leader"))
        return move

    @transaction.atomic
    def release(self, by: Any, reason: str, *, other: Unit | None = None, at: datetime | None = None) -> Move:
        """The office releases the unit, or names another in its place, due anew. Raises `MoveRefused` when nobody would
        be left to answer, or when the other one is asked already."""
        at = at or timezone.now()
        Suggestion.objects.select_for_update().get(pk=self.suggestion_id)
        rest = list(self.round().exclude(pk=self.pk))
        if other is None and not rest:
            raise MoveRefused(_("只请了这一个单位。请另定一个单位，或者仍由它办理。"))
        if other is not None and other.pk in (self.unit_id, *(one.unit_id for one in rest)):
            raise MoveRefused(_("%s已经在办这一条，请另选一个单位。") % other.name)
        move = self._move("release", by=by, internal_note=reason, at=at)
        if other is not None:
            Assignment.objects.hand_over(self.suggestion, other, by=by, again=self.again, is_lead=self.is_lead, at=at)
        else:
            if self.is_lead:
                Assignment.objects.filter(pk=rest[0].pk).update(is_lead=True)
            self._answered_by_all(by, at)
        return move

    def extend(self, until: date, at: datetime) -> None:
        """Due later from now on. Kept as working days after the date that held, so that a later change of the calendar
        counts them again; lights that came on by `at` are put on record first."""
        if lit := self._lit(timezone.localdate(at)):
            Assignment.objects.filter(pk=self.pk).update(**lit)
        calendar = WorkCalendar.current()
        self.set_due_after(self.due_on, calendar.count(self.due_on, until), calendar)
        self._change_reason = str(_("同意延期"))
        self.save(update_fields=["due_on", "warn_on", "counted_from", "counted_days"])


class AssignmentMove(Move):
    subject = models.ForeignKey(Assignment, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("转办动态")


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def of_unit(self, unit: Any) -> VerdictQuerySet:
        """The verdicts on what a unit answered, alone or with others: for the city a verdict counts once, for each of
        the units that answered it counts whole."""
        same = Assignment.objects.filter(
            suggestion=OuterRef("assignment__suggestion"), again=OuterRef("assignment__again"), unit=unit,
            status=Assignment.Status.ANSWERED,
        )  # fmt: skip
        return self.filter(Exists(same))

    def last_given(self, begins: datetime, ends: datetime) -> VerdictQuerySet:
        """The verdicts given from `begins` up to and without `ends`; of a suggestion that was answered twice the last
        one of that time alone, so that nobody's word counts twice and a year that is over keeps its figures."""
        given = self.filter(at__gte=begins, at__lt=ends)
        later = Verdict.objects.filter(
            assignment__suggestion=OuterRef("assignment__suggestion"),
            at__lt=ends,
            assignment__gt=OuterRef("assignment"),
        )
        return given.filter(~Exists(later))


class Verdict(models.Model):
    """评价: what the author says of an answer and of the matter itself. One per answer; it never changes the official
    state of anything but its own suggestion."""

    class Level(models.TextChoices):
        SATISFIED = "satisfied", _("满意")
        BASICALLY = "basically", _("基本满意")
        DISSATISFIED = "dissatisfied", _("不满意")

    class Result(models.TextChoices):
        SOLVED = "solved", _("已解决")
        PARTLY = "partly", _("部分解决")
        UNSOLVED = "unsolved", _("未解决")

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="verdict", verbose_name=_("转办件"))
    result = models.CharField(_("事情办得怎样"), max_length=10, choices=Result, blank=True, default="")
    level = models.CharField(_("评价"), max_length=12, choices=Level)
    comment = models.TextField(_("想说的话"), blank=True)
    at = models.DateTimeField(_("时间"))

    objects = VerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("答复评价")
        verbose_name_plural = _("答复评价")

    def __str__(self) -> str:
        return "，".join(part for part in (self.get_level_display(), self.get_result_display()) if part)

    @property
    def is_discontent(self) -> bool:
        """Whether the author may have it worked on again: not satisfied, or not solved."""
        return self.level == self.Level.DISSATISFIED or self.result == self.Result.UNSOLVED

    @classmethod
    @transaction.atomic
    def give(
        cls,
        assignment: Assignment,
        level: str,
        *,
        result: str = "",
        comment: str = "",
        reopen: bool = False,
        at: datetime | None = None,
    ) -> Verdict:
        """Record the author's verdict; with `reopen` its comment is the reason to work on it again.

        Raises `MoveRefused` when a verdict was given before, when there is no answer yet, or when it cannot be reopened.
        """
        at = at or timezone.now()
        suggestion = assignment.suggestion
        if not assignment.is_lead:
            assignment = assignment.round().get(is_lead=True)
        if assignment.status != Assignment.Status.ANSWERED:
            raise MoveRefused(_("责任单位还没有答复，答复后再请您评价。"))
        verdict, created = cls.objects.get_or_create(
            assignment=assignment, defaults={"level": level, "result": result, "comment": comment, "at": at}
        )
        if not created:
            raise MoveRefused(_("您已经评价过这次答复，谢谢。"))
        if reopen:
            verdict.reopen(comment, at=at)
        else:
            suggestion.close(note=str(_("提出人评价：%s") % verdict), at=at)
        return verdict

    def why_not_reopen(self, at: datetime | None = None) -> str:
        """Why it cannot be worked on again, as a sentence for the author; empty when it can."""
        if not self.is_discontent:
            return str(_("选“不满意”或“未解决”的，才能要求重新办理。"))
        if self.assignment.suggestion.moves.filter(verb="reopen").exists():
            return str(_("这条建议已经重新办理过一次，不能再次要求重新办理。"))
        if timezone.localdate(at) > self.assignment.last_day_to_reopen:
            return str(_("答复已超过 %d 天，不能再要求重新办理。您可以另提一条建议。") % REOPEN_DAYS)
        return ""

    @transaction.atomic
    def reopen(self, reason: str, *, at: datetime | None = None) -> None:
        """重办, once: the same units owe another answer, due anew, and their leaders sign anew.

        The reason is for the unit and the office. Raises `MoveRefused` when `why_not_reopen` says so or without a reason.
        """
        at = at or timezone.now()
        if why := self.why_not_reopen(at):
            raise MoveRefused(why)
        if not reason.strip():
            raise MoveRefused(_("请写明哪里没有办好，责任单位好对着改。"))
        suggestion = self.assignment.suggestion
        suggestion._move_and_tell("reopen", by=None, internal_note=reason.strip(), at=at)
        for one in self.assignment.round():
            Assignment.objects.hand_over(suggestion, one.unit, by=None, again=True, is_lead=one.is_lead, at=at)
