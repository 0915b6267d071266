"""问题反馈: what a monitor found wrong; the unit owes an answer, the monitor confirms it or disputes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import Move, MoveRefused, Moving, verb
from monitors.models.monitor import Monitor
from monitors.models.visit import Visit
from portal.duties import Duty, DutyQuerySet
from portal.models import Notice
from portal.models.notice import tell_unit
from portal.workdays import WorkCalendar
from projects.models import Project

ANSWER_DAYS = 7


class ProblemQuerySet(DutyQuerySet):
    def public(self) -> ProblemQuerySet:
        """Checked by the office; before that only the monitor and the office see it."""
        return self.exclude(status__in=(Problem.Status.RAISED, Problem.Status.DROPPED))

    def binding(self) -> ProblemQuerySet:
        """Until the office has checked it, nothing burns and nothing counts against the unit."""
        return self.public()

    def owed(self) -> ProblemQuerySet:
        return self.filter(status__in=(Problem.Status.HANDED, Problem.Status.DISPUTED))


class ProblemManager(models.Manager.from_queryset(ProblemQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def report(
        self, *, project: Project, monitor: Monitor, kind: str, text: str, visit: Visit | None = None,
        client_key: str | None = None, at: datetime | None = None,
    ) -> Problem:  # fmt: skip
        """Raise a problem. The answer is counted from the day on which the office hands it over. The same
        `client_key` of a monitor is stored once, and gives the problem that was stored."""
        if client_key and (stored := self.filter(monitor=monitor, client_key=client_key).first()):
            return stored
        problem = self.model(
            project=project, unit=project.lead_unit, monitor=monitor, kind=kind, text=text, visit=visit,
            client_key=client_key,
        )  # fmt: skip
        problem.set_due_after(timezone.localdate(at), ANSWER_DAYS, WorkCalendar.current())
        problem.save()
        return problem._begin(by=monitor.user, at=at)


class Problem(Moving, Duty):
    class Status(models.TextChoices):
        RAISED = "raised", _("待核")
        DROPPED = "dropped", _("未采用")
        HANDED = "handed", _("等单位答复")
        ANSWERED = "answered", _("已答复，等监督员确认")
        DISPUTED = "disputed", _("监督员有异议")
        CONFIRMED = "confirmed", _("监督员确认已解决")

    MOVES = {
        "hand_over": verb(Status.RAISED, Status.HANDED, _("交责任单位")),
        "drop": verb(Status.RAISED, Status.DROPPED, _("不采用")),
        "answer": verb([Status.HANDED, Status.DISPUTED], Status.ANSWERED, _("答复")),
        "confirm": verb(Status.ANSWERED, Status.CONFIRMED, _("确认已解决")),
        "dispute": verb(Status.ANSWERED, Status.DISPUTED, _("提出异议")),
    }

    class Kind(models.TextChoices):
        FIRST = "first", _("最先一公里")
        MIDDLE = "middle", _("中梗阻")
        LAST = "last", _("最后一公里")
        OTHER = "other", _("其他")

    project = models.ForeignKey(Project, models.PROTECT, related_name="problems", verbose_name=_("项目"))
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name=_("观摩")
    )
    monitor = models.ForeignKey(Monitor, models.PROTECT, related_name="problems", verbose_name=_("监督员"))
    kind = models.CharField(_("卡在哪里"), max_length=8, choices=Kind)
    text = models.TextField(_("问题"))
    answer = models.TextField(_("答复"), blank=True)
    client_key = models.CharField(max_length=40, null=True, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.RAISED, editable=False)

    objects = ProblemManager()
    history = HistoricalRecords(
        excluded_fields=["status", "client_key"], history_change_reason_field=models.TextField(null=True)
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("监督员问题")
        verbose_name_plural = _("监督员问题")
        permissions = [("check_problem", _("核对监督员问题"))]
        constraints = [models.UniqueConstraint(fields=["monitor", "client_key"], name="problem_sent_once")]

    def __str__(self) -> str:
        return f"{self.project.number} · {self.get_kind_display()}"

    def desk_label(self) -> str:
        return str(_("监督员问题答复"))

    def desk_title(self) -> str:
        return self.project.title

    def get_desk_url(self) -> str:
        return reverse("monitor_desk:problem", args=[self.pk])

    @transaction.atomic
    def hand_over(self, by: Any, *, at: datetime | None = None) -> Move:
        """Checked: public, and the unit owes an answer in seven working days from today."""
        move = self._move("hand_over", by=by, at=at, **self._new_term(at))
        self._tell_unit(move, _("监督员对《%(title)s》提出问题，请于 %(due)s 前答复。"))
        self._tell_monitor(move, _("您反映的《%(title)s》的问题已交责任单位，应于 %(due)s 前答复。"))
        return move

    @transaction.atomic
    def drop(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Not taken up; the monitor reads the reason. The unit owed nothing, did nothing, and is told nothing."""
        if not reason.strip():
            raise MoveRefused(_("请写明理由，监督员会看到。"))
        move = self._move("drop", by=by, public_note=reason, at=at)
        self._tell_monitor(move, _("您反映的《%(title)s》的问题没有采用：%(why)s"))
        return move

    @transaction.atomic
    def reply(self, by: Any, answer: str, *, at: datetime | None = None) -> Move:
        """The unit answers; the monitor is asked to confirm."""
        if len(answer.strip()) < 6:
            raise MoveRefused(_("答复太短，请写清怎么改、什么时候改好。"))
        move = self._move("answer", by=by, public_note=answer, at=at, answer=answer, **self.done_facts(at))
        self._tell_monitor(move, _("您反映的《%(title)s》的问题有答复了，请确认是否解决。"))
        return move

    def confirm(self, by: Any, *, at: datetime | None = None) -> Move:
        """Put right, says the monitor who found it."""
        self._only_own(by)
        return self._move("confirm", by=by, at=at)

    @transaction.atomic
    def dispute(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Not put right. Once; the unit owes another answer in seven working days, and lights already lit stay."""
        self._only_own(by)
        if not reason.strip():
            raise MoveRefused(_("请写明哪里还没有解决。"))
        if self.is_disputed_once:
            raise MoveRefused(_("异议只能提一次。您可以另外反映一个新问题。"))
        facts = self._new_term(at) | self.undone_facts()
        move = self._move("dispute", by=by, public_note=reason, at=at, **facts)
        self._tell_unit(move, _("监督员认为《%(title)s》的问题还没有解决，请于 %(due)s 前再答复。"))
        return move

    @property
    def is_disputed_once(self) -> bool:
        return any(move.verb == "dispute" for move in self.moves.all())

    def _new_term(self, at: datetime | None) -> dict[str, Any]:
        """The facts of a term of seven working days that starts now."""
        self.set_due_after(timezone.localdate(at), ANSWER_DAYS, WorkCalendar.current())
        return {name: getattr(self, name) for name in ("due_on", "warn_on", "counted_from", "counted_days")}

    def _words(self, move: Move) -> dict[str, str]:
        return {"title": self.project.title, "due": f"{self.due_on:%Y-%m-%d}", "why": move.public_note}

    def _tell_unit(self, move: Move, text: Any) -> None:
        tell_unit(self.unit, event=f"problem-move:{move.pk}", text=text % self._words(move), url=self.get_desk_url())

    def _tell_monitor(self, move: Move, text: Any) -> None:
        user, url = self.monitor.user, reverse("monitors:problem", args=[self.pk])
        Notice.objects.tell(f"problem-move:{move.pk}", text % self._words(move), user=user, kind="duty", url=url)

    def _only_own(self, by: Any) -> None:
        if by.pk != self.monitor.user_id:
            raise MoveRefused(_("只有提出问题的监督员可以确认或提出异议。"))


class ProblemMove(Move):
    subject = models.ForeignKey(Problem, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("问题动态")
