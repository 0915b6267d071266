"""报告: what a unit owes on a project — plan, monthly ledger, quarterly, half-year and concluding report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import Move, MoveRefused, Moving, verb
from portal.duties import Duty, DutyQuerySet
from portal.models.notice import tell_unit
from portal.workdays import WorkCalendar
from projects.calendar import CONCLUDING_DAYS, PLAN_DAYS, Period, periods
from projects.models.marks import ACCEPTED, save_because
from projects.models.project import Project


class ReportQuerySet(DutyQuerySet):
    def binding(self) -> ReportQuerySet:
        """Without those that were called off because the project stopped or its plan changed."""
        return self.exclude(status=Report.Status.WAIVED)

    def open(self) -> ReportQuerySet:
        """Not handed in yet, or handed back."""
        return self.filter(status__in=Report.EDITABLE)

    def moot_when_ended(self) -> ReportQuerySet:
        """What has no sense any more once the project stops; a ledger entry that was handed in still has."""
        pivotal = Q(status=Report.Status.SUBMITTED, kind__in=(Report.Kind.PLAN, Report.Kind.CONCLUDING))
        return self.filter(Q(status__in=Report.EDITABLE) | pivotal)

    def unfinished(self) -> ReportQuerySet:
        return self.binding().filter(done_at=None)

    def due_between(self, first: date, last: date) -> ReportQuerySet:
        return self.binding().filter(due_on__range=(first, last))

    def public(self) -> ReportQuerySet:
        """Accepted, of a project that everybody may read. Plans speak through the project itself."""
        accepted = self.filter(status=Report.Status.ACCEPTED, project__in=Project.objects.public())
        return accepted.exclude(kind=Report.Kind.PLAN)

    def owed(self) -> ReportQuerySet:
        """Owed now: the period has ended or the light is on, the plan is asked for, or the project may be concluded."""
        today = timezone.localdate()
        rows = self.open().filter(project__status__in=Project.RUNNING)
        concluding = Q(kind=Report.Kind.CONCLUDING, project__status=Project.Status.ACTIVE)
        periodic = ~Q(kind=Report.Kind.CONCLUDING) & (Q(period_to__lt=today) | Q(warn_on__lte=today))
        return rows.filter(Q(kind=Report.Kind.PLAN) | concluding | periodic)


class ReportManager(models.Manager.from_queryset(ReportQuerySet)):  # type: ignore[misc]
    def owe_plan(self, project: Project, issued_on: date, *, at: datetime | None = None) -> Report:
        """The implementation plan, owed 15 working days after the list was issued."""
        report = self.model(project=project, unit=project.lead_unit, kind=Report.Kind.PLAN, period_from=issued_on)
        report.set_due_after(issued_on, PLAN_DAYS, WorkCalendar.current())
        report.save()
        report._begin(at=at)
        tell_unit(
            project.lead_unit,
            event=f"report:{report.pk}:owed",
            text=_("项目 %(number)s《%(title)s》已列入清单，请于 %(due)s 前上报实施方案。")
            % {"number": project.number, "title": project.title, "due": f"{report.due_on:%Y-%m-%d}"},
            url=report.get_desk_url(),
        )
        return report  # type: ignore[no-any-return]

    @transaction.atomic
    def owe_all(
        self, project: Project, *, since: date | None = None, by: Any = None, at: datetime | None = None
    ) -> list[Report]:
        """Make the reports match the plan period, so that each exists before it is due; the new ones.

        Running it again adds nothing. Periods that ended before `since` are left as they are: nobody owes a report
        on a time in which nothing was agreed. Reports outside the period are called off, called-off ones inside it
        are owed again.
        """
        if not (project.plan_from and project.plan_to):
            raise MoveRefused(_("项目还没有计划起止日期，不能排定报告。"))
        calendar = WorkCalendar.current()
        wanted = {p.key: p for p in periods(project.plan_from, project.plan_to) if p.reaches(since)}
        existing = {report.key: report for report in self.filter(project=project).exclude(kind=Report.Kind.PLAN)}
        for key, report in existing.items():
            if key in wanted:
                report._fit(wanted[key], calendar, at)
            elif report.status in Report.EDITABLE and not _overlaps(report, project):
                report.waive(by, reason=str(_("计划调整后不再需要。")), at=at)
        return [self._owe(project, period, calendar, at) for key, period in wanted.items() if key not in existing]

    def _owe(self, project: Project, period: Period, calendar: WorkCalendar, at: datetime | None) -> Report:
        report = self.model(project=project, unit=project.lead_unit, kind=period.kind, period_from=period.first)
        report._set_period(period, calendar)
        report.save()
        return report._begin(at=at)  # type: ignore[no-any-return]


def _overlaps(report: Report, project: Project) -> bool:
    return report.period_from <= project.plan_to and report.period_to >= project.plan_from  # type: ignore[operator]


class Report(Moving, Duty):
    class Kind(models.TextChoices):
        PLAN = "plan", _("实施方案")
        MONTH = "month", _("台账更新")
        QUARTER = "quarter", _("季度上报")
        HALF_YEAR = "half_year", _("半年汇报")
        CONCLUDING = "concluding", _("结题报告")

    class Status(models.TextChoices):
        DUE = "due", _("待上报")
        SUBMITTED = "submitted", _("待审核")
        RETURNED = "returned", _("退回修改")
        ACCEPTED = "accepted", _("已公开")
        WAIVED = "waived", _("不再需要")

    EDITABLE = (Status.DUE, Status.RETURNED)

    MOVES = {
        "submit": verb([Status.DUE, Status.RETURNED], Status.SUBMITTED, _("上报")),
        "return": verb(Status.SUBMITTED, Status.RETURNED, _("退回修改")),
        "accept": verb(Status.SUBMITTED, Status.ACCEPTED, _("审核通过")),
        "waive": verb([Status.DUE, Status.RETURNED, Status.SUBMITTED], Status.WAIVED, _("不再需要")),
        "reinstate": verb(Status.WAIVED, Status.DUE, _("恢复上报")),
    }
    MOVE_FACTS = (*Duty.MOVE_FACTS, "accepted_at", "draft", "draft_at")
    NEEDED = {
        Kind.PLAN: (),
        Kind.MONTH: ("work",),
        Kind.QUARTER: ("work", "problems", "next"),
        Kind.HALF_YEAR: ("work", "problems", "next"),
        Kind.CONCLUDING: ("work", "problems", "next"),
    }

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports", verbose_name=_("项目"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DUE, editable=False)
    period_from = models.DateField(_("期间自"))
    period_to = models.DateField(_("期间至"), null=True)
    work = models.TextField(_("做了什么"), blank=True)
    problems = models.TextField(_("遇到的问题"), blank=True, help_text=_("没有问题就写“无”。"))
    next = models.TextField(_("下一步"), blank=True)
    accepted_at = models.DateTimeField(_("公开时间"), null=True, editable=False)
    # What was typed and not saved yet, as the form sent it. Never shown to anybody but the unit.
    draft = models.TextField(blank=True, default="", editable=False)
    draft_at = models.DateTimeField(null=True, editable=False)

    objects = ReportManager()
    history = HistoricalRecords(
        excluded_fields=["status", "draft", "draft_at"], history_change_reason_field=models.TextField(null=True)
    )

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("报告")
        verbose_name_plural = _("报告")
        indexes = [
            models.Index(fields=["unit", "done_at", "due_on"], name="report_worklist"),
            models.Index(fields=["project", "due_on"], name="report_of_project"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "period_from"],
                condition=~Q(kind="concluding"),
                name="report_once_per_period",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(kind="concluding"), name="report_one_conclusion"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project.number} · {self.name}"

    # --- what it is -------------------------------------------------------------------------------
    def desk_label(self) -> str:
        return self.name

    def desk_title(self) -> str:
        return self.project.title

    def get_desk_url(self) -> str:
        return reverse("project_desk:report", args=[self.pk])

    @property
    def key(self) -> tuple[str, date | None]:
        """What makes it the same report when the plan moves: its kind and period; there is one conclusion."""
        return self.kind, None if self.kind == self.Kind.CONCLUDING else self.period_from

    @property
    def name(self) -> str:
        """As people call it: 2026年3月台账更新, 2026年第二季度上报, 实施方案."""
        match self.kind:
            case self.Kind.MONTH:
                return str(_("%(y)d年%(m)d月台账更新") % {"y": self.period_from.year, "m": self.period_from.month})
            case self.Kind.QUARTER:
                quarter = "一二三四"[(self.period_from.month - 1) // 3]
                return str(_("%(y)d年第%(q)s季度上报") % {"y": self.period_from.year, "q": quarter})
            case self.Kind.HALF_YEAR:
                half = _("上") if self.period_from.month <= 6 else _("下")
                return str(_("%(y)d年%(h)s半年汇报") % {"y": self.period_from.year, "h": half})
        return str(self.get_kind_display())

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    def missing(self) -> list[str]:
        """The field names still to fill before it can be submitted."""
        return [name for name in self.NEEDED[self.Kind(self.kind)] if not getattr(self, name).strip()]

    def predecessor(self) -> Report | None:
        """The last accepted report of the same kind on this project, to start from."""
        before = Report.objects.filter(project=self.project_id, kind=self.kind, status=self.Status.ACCEPTED)
        return before.filter(period_from__lt=self.period_from).order_by("-period_from").first()

    def is_early(self, at: datetime | None = None) -> bool:
        """The period goes on, and its reminder is not out yet: there is nothing to report on the whole of it."""
        periodic = self.kind not in (self.Kind.PLAN, self.Kind.CONCLUDING) and self.period_to is not None
        return periodic and timezone.localdate(at) < min(self.warn_on, self.period_to)  # type: ignore[operator, type-var]

    # --- its period -------------------------------------------------------------------------------
    def _set_period(self, period: Period, calendar: WorkCalendar) -> None:
        self.period_from, self.period_to = period.first, period.last
        if self.kind == self.Kind.CONCLUDING:
            self.set_due_after(period.last, CONCLUDING_DAYS, calendar)
        else:
            self.set_due(period.due_on, calendar)

    def _fit(self, period: Period, calendar: WorkCalendar, at: datetime | None) -> None:
        """Owe it again if it was called off, and follow a plan whose dates moved."""
        if self.status == self.Status.WAIVED:
            self._move("reinstate", at=at, **self.undone_facts())
        if self.status in self.EDITABLE and (self.period_from, self.period_to) != (period.first, period.last):
            self._set_period(period, calendar)
            self.save()

    # --- the draft --------------------------------------------------------------------------------
    def keep_draft(self, typed: QueryDict, *, at: datetime | None = None) -> bool:
        """Keep what was typed, as it is and without a history entry; False once the report is handed in."""
        kept = {key: values for key, values in typed.lists() if key not in ("csrfmiddlewaretoken", "save")}
        draft = QueryDict(mutable=True)
        for key, values in kept.items():
            draft.setlist(key, values)
        rows = Report.objects.filter(pk=self.pk).open()
        return bool(rows.update(draft=draft.urlencode(), draft_at=at or timezone.now()))

    def drop_draft(self) -> None:
        """Forget it: what it said is in the records now, or was given up."""
        Report.objects.filter(pk=self.pk).update(draft="", draft_at=None)
        self.draft, self.draft_at = "", None

    # --- moves ------------------------------------------------------------------------------------
    @transaction.atomic
    def submit(self, by: Any, *, at: datetime | None = None) -> Move:
        """Report to the office. Nothing is submitted half-empty."""
        if self.missing():
            names = "、".join(str(self._meta.get_field(name).verbose_name) for name in self.missing())  # type: ignore[union-attr]
            raise MoveRefused(_("还没有填：%s。") % names)
        if self.kind == self.Kind.PLAN and (gaps := self.project.plan_gaps()):
            raise MoveRefused("".join(gaps))
        if self.kind == self.Kind.CONCLUDING:
            self.project.conclude(
                by, claimed=self.step_claims.filter(done_on__isnull=False).values_list("step", flat=True), at=at
            )
        # The duty is fulfilled by handing in; when it is returned it is owed again.
        return self._move("submit", by=by, at=at, draft="", draft_at=None, **self.done_facts(at))

    @transaction.atomic
    def return_(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Back to the unit with the reason; the duty is owed again and lights already lit stay on record."""
        if not reason.strip():
            raise MoveRefused(_("请写明退回理由，告诉单位改哪里。"))
        if self.kind == self.Kind.CONCLUDING:
            self.project.continue_(by, reason, at=at)
        move = self._move("return", by=by, internal_note=reason, at=at, **self.undone_facts())
        text = _("%(name)s被退回：%(why)s") % {"name": f"{self.project.number} {self.name}", "why": reason}
        tell_unit(self.unit, event=f"report-move:{move.pk}", text=text, url=self.get_desk_url())
        return move

    @transaction.atomic
    def accept(self, by: Any, *, at: datetime | None = None) -> Move:
        """Public and closed; what it declares becomes fact. A plan sets the project going, a conclusion makes it
        ready to score."""
        move = self._move("accept", by=by, at=at, accepted_at=at or timezone.now())
        save_because(self, ACCEPTED, by)
        for claim in (*self.step_claims.select_related("step"), *self.readings.select_related("indicator")):
            claim.apply(at=at)  # type: ignore[attr-defined]
        if self.kind == self.Kind.PLAN:
            self.project.plan(by, at=at)
        elif self.kind == self.Kind.CONCLUDING:
            self.project.accept_conclusion(by, at=at)
        elif self.kind != self.Kind.MONTH:
            self.project.tell_citizens(f"report-move:{move.pk}", _("有了新进展：%s。") % self.name)
        return move

    def waive(self, by: Any, *, reason: str = "", at: datetime | None = None) -> Move:
        """Not owed any more: the project stopped, or its plan no longer reaches this period. Lights stay on record."""
        return self._move("waive", by=by, internal_note=reason, at=at)

    @transaction.atomic
    def correct(self, by: Any, reason: str, **texts: str) -> None:
        """Put an accepted report right. The old text stays in the history, beside the reason, for all to read."""
        if self.status != self.Status.ACCEPTED:
            raise MoveRefused(_("还没有公开的报告，请退回单位修改。"))
        if not reason.strip():
            raise MoveRefused(_("请写明更正的理由，理由会公开。"))
        for name, text in texts.items():
            setattr(self, name, text)
        if self.missing():
            raise MoveRefused(_("更正后必填的内容不能为空。"))
        save_because(self, reason.strip(), by)


class ReportMove(Move):
    subject = models.ForeignKey(Report, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("报告动态")
