"""项目: one small change that a unit carries through, from the pool to its score."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from wagtail.search import index

from config.moves import Move, MoveRefused, Moving, verb
from config.search import ChineseSearchField
from portal.duties import Light
from portal.models import Area, Counter, Suggestion, Topic, Unit
from portal.models.notice import tell_concerned, tell_unit
from projects.lights import NONE, Owed, ProjectLight, worst
from projects.models.annual_list import AnnualList
from projects.models.marks import LISTED, PLANNED, save_because

NEVER = date(9999, 12, 31)


class ProjectQuerySet(models.QuerySet["Project"]):
    def public(self) -> ProjectQuerySet:
        """On an issued list; what is still in the pool or was dropped there is not."""
        return self.filter(annual_list__status=AnnualList.Status.ISSUED).exclude(status=Project.Status.POOLED)

    def for_units(self, units: Any) -> ProjectQuerySet:
        return self.filter(lead_unit__in=units)

    def visible_to(self, user: Any) -> ProjectQuerySet:
        if not user.is_authenticated:
            return self.public()
        if user.has_perm("projects.view_project"):
            return self.all()
        return self.public() | self.filter(lead_unit__in=user.units_as(), annual_list__isnull=False)

    def with_ledger(self) -> ProjectQuerySet:
        """Each with what `light`, `is_supervised` and `plan_is_published` ask for, in the same query."""
        from projects.models.report import Report
        from projects.models.supervision import SupervisionOrder

        owed = (Report.objects.owed(), SupervisionOrder.objects.owed())
        first = [rows.filter(project=OuterRef("pk")).order_by("due_on") for rows in owed]

        def soonest(field: str) -> Least:
            return Least(*(Coalesce(Subquery(rows.values(field)[:1]), Value(NEVER)) for rows in first))

        return self.annotate(
            first_due_on=soonest("due_on"),
            first_warn_on=soonest("warn_on"),
            supervised=Exists(SupervisionOrder.objects.standing().filter(project=OuterRef("pk"))),
            had_plan=Exists(ProjectMove.objects.filter(subject=OuterRef("pk"), verb="plan")),
        )

    def lit(self, state: str, today: date | None = None) -> ProjectQuerySet:
        """Those whose light is that colour; "none" for those on which nothing can be late."""
        today = today or timezone.localdate()
        running, calm = Q(status__in=Project.RUNNING), Q(first_warn_on__gt=today)
        which = {
            Light.RED: Q(first_due_on__lt=today),
            Light.YELLOW: Q(first_warn_on__lte=today, first_due_on__gte=today),
            Light.GREEN: running & calm,
            NONE: ~running & calm,
        }
        return self.with_ledger().filter(which[state])  # type: ignore[index]


class ProjectManager(models.Manager.from_queryset(ProjectQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def pool(
        self, *, by: Any, sources: Iterable[Suggestion] = (), co_units: Iterable[Unit] = (),
        at: datetime | None = None, **facts: Any,
    ) -> Project:  # fmt: skip
        """Open a project in the pool, from adopted suggestions or from a unit's own measure.

        Raises `MoveRefused` when a source is not adopted, or already has a project that was not dropped.
        """
        sources = _free(sources)
        project = self.model(**facts)
        project.number = f"XM{project.year}-{Counter.take(f'XM{project.year}')[0]:03d}"
        project.save()
        project.sources.set(sources)
        project.co_units.set(co_units)
        project._begin(by=by, at=at)
        return project  # type: ignore[no-any-return]


def _free(sources: Iterable[Suggestion]) -> list[Suggestion]:
    """The suggestions, if all of them are adopted and without a project that goes on."""
    sources = list(sources)
    for suggestion in sources:
        if suggestion.status != Suggestion.Status.ADOPTED:
            raise MoveRefused(_("%s 还没有采纳，不能立项。") % suggestion.number)
        if suggestion.projects.exclude(status__in=Project.DROPPED).exists():
            raise MoveRefused(_("%s 已经立项，不能重复立项。") % suggestion.number)
    return sources


class Project(index.Indexed, Moving, models.Model):
    class Status(models.TextChoices):
        POOLED = "pooled", _("入库")
        LISTED = "listed", _("已列入清单")
        PLANNED = "planned", _("方案已定")
        ACTIVE = "active", _("推进中")
        CONCLUDING = "concluding", _("结题审核")
        CONCLUDED = "concluded", _("已结题，待打分")
        COMPLETED = "completed", _("已完成")
        SUSPENDED = "suspended", _("暂停")
        CANCELLED = "cancelled", _("取消")
        CARRIED_OVER = "carried_over", _("转入下年度")

    RUNNING = (Status.LISTED, Status.PLANNED, Status.ACTIVE, Status.CONCLUDING)
    ENDED = (Status.CONCLUDED, Status.COMPLETED, Status.CANCELLED, Status.CARRIED_OVER)
    DROPPED = (Status.CANCELLED, Status.CARRIED_OVER)
    # States that can be reached only with an agreed plan. A cancelled project may or may not have had one.
    WITH_PLAN = (
        Status.PLANNED, Status.ACTIVE, Status.CONCLUDING, Status.CONCLUDED, Status.COMPLETED, Status.SUSPENDED,
        Status.CARRIED_OVER,
    )  # fmt: skip

    MOVES = {
        "list": verb(Status.POOLED, Status.LISTED, _("列入清单")),
        "plan": verb(Status.LISTED, Status.PLANNED, _("审定实施方案")),
        "start": verb(Status.PLANNED, Status.ACTIVE, _("开始推进")),
        "conclude": verb(Status.ACTIVE, Status.CONCLUDING, _("申请结题")),
        "continue": verb(Status.CONCLUDING, Status.ACTIVE, _("退回继续推进")),
        "accept_conclusion": verb(Status.CONCLUDING, Status.CONCLUDED, _("同意结题")),
        "complete": verb(Status.CONCLUDED, Status.COMPLETED, _("公布打分结果")),
        "suspend": verb([Status.PLANNED, Status.ACTIVE], Status.SUSPENDED, _("暂停")),
        "resume": verb(Status.SUSPENDED, Status.ACTIVE, _("恢复推进")),
        "cancel": verb(
            [Status.POOLED, Status.LISTED, Status.PLANNED, Status.ACTIVE, Status.SUSPENDED], Status.CANCELLED, _("取消")
        ),
        "carry_over": verb([Status.ACTIVE, Status.SUSPENDED, Status.CONCLUDING], Status.CARRIED_OVER, _("转入下年度")),
    }
    INTERRUPTIONS = ("suspend", "resume", "cancel", "carry_over")

    number = models.CharField(_("项目编号"), max_length=12, unique=True, editable=False)
    status = models.CharField(
        _("状态"), max_length=14, choices=Status, default=Status.POOLED, editable=False, db_index=True
    )
    year = models.PositiveSmallIntegerField(_("年度"), db_index=True)
    annual_list = models.ForeignKey(
        AnnualList, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("年度清单")
    )
    predecessor = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="successor",
        verbose_name=_("上年度项目"),
    )  # fmt: skip
    title = models.CharField(_("项目名称"), max_length=80)
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("领域"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("所在区划"))
    sources = models.ManyToManyField(Suggestion, blank=True, related_name="projects", verbose_name=_("来自建议"))
    lead_unit = models.ForeignKey(Unit, models.PROTECT, related_name="led_projects", verbose_name=_("责任单位"))
    co_units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name=_("配合单位"))
    chief = models.CharField(_("主管领导"), max_length=40, blank=True)
    owner = models.CharField(_("责任人"), max_length=40, blank=True)
    pain_point = models.TextField(_("群众反映的问题"), blank=True)
    goal = models.TextField(_("目标"), blank=True)
    effect = models.TextField(_("预期效果"), blank=True)
    plan_from = models.DateField(_("计划开始"), null=True, blank=True)
    plan_to = models.DateField(_("计划完成"), null=True, blank=True)
    is_key = models.BooleanField(_("年度工作要点"), default=False)

    objects = ProjectManager()
    history = HistoricalRecords(
        excluded_fields=["status"], m2m_fields=[co_units], history_change_reason_field=models.TextField(null=True)
    )

    search_fields = [
        ChineseSearchField("title", boost=3),
        ChineseSearchField("pain_point"),
        ChineseSearchField("published_goal"),
        index.SearchField("number"),
        index.FilterField("status"),
        index.FilterField("year"),
    ]

    class Meta:
        ordering = ["-year", "number"]
        verbose_name = _("项目")
        verbose_name_plural = _("项目")
        permissions = [("review_report", _("审核方案、报告")), ("manage_pool", _("立项、调整项目"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(plan_from=None) | Q(plan_to=None) | Q(plan_from__lt=models.F("plan_to")),
                name="project_plan_in_order",
                violation_error_message=_("计划完成要晚于计划开始。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.number])

    # --- what the public may read -----------------------------------------------------------------
    @property
    def is_published(self) -> bool:
        """On an issued list: everybody may read it, and every edit needs a reason."""
        listed = self.annual_list is not None and self.annual_list.status == AnnualList.Status.ISSUED
        return listed and self.status != self.Status.POOLED

    @property
    def plan_is_published(self) -> bool:
        """The plan was agreed. Before, its people, dates, goal, steps and indicators are a draft of the unit's."""
        if self.status != self.Status.CANCELLED:
            return self.status in self.WITH_PLAN
        if not hasattr(self, "had_plan"):
            self.had_plan = self.moves.filter(verb="plan").exists()
        return bool(self.had_plan)

    @property
    def published_goal(self) -> str:
        return self.goal if self.plan_is_published else ""

    def explain(self, reason: str) -> None:
        """Keep `reason` with the next save. Raises `MoveRefused` without one once the public can read the project."""
        if self.is_published and not reason.strip():
            raise MoveRefused(_("项目已经公开，请写明为什么改。理由会公开。"))
        self._change_reason = reason.strip() or None

    @transaction.atomic
    def add_sources(self, sources: Iterable[Suggestion]) -> None:
        """Let the project answer further adopted suggestions. Raises `MoveRefused` for ended projects and taken ones."""
        if self.status in self.ENDED:
            raise MoveRefused(_("%s 已经结束，不能再加来源。") % self.number)
        self.sources.add(*_free(sources))

    @transaction.atomic
    def hand_to(self, unit: Unit, reason: str, by: Any) -> None:
        """Another unit leads from now on, and owes what is not done yet. What was done stays with who did it."""
        self.lead_unit = unit
        for duty in (*self.reports.open(), *self.orders.standing()):
            duty.unit = unit
            save_because(duty, reason, by)
        if self.is_published:
            text = _("项目 %(number)s《%(title)s》转由贵单位负责。%(why)s")
            words = {"number": self.number, "title": self.title, "why": reason}
            tell_unit(unit, event=f"project:{self.pk}:to:{unit.pk}:{self.history.latest().pk}", text=text % words)

    # --- progress and light -----------------------------------------------------------------------
    def progress(self) -> int:
        """Percent: the weights of the steps that are done, added up. Never typed in."""
        return sum(step.weight for step in self.steps.all() if step.done_on)

    def planned_progress(self, at: datetime | None = None) -> int:
        """Percent that should be done by now: the weights of the steps whose planned end has passed."""
        today = timezone.localdate(at)
        return sum(step.weight for step in self.steps.all() if step.planned_to <= today)

    def light(self, at: datetime | None = None) -> ProjectLight:
        """The worst of the reports and orders that are owed. One query, none after `with_ledger()`."""
        if not hasattr(self, "first_due_on"):
            found = Project.objects.with_ledger().get(pk=self.pk)
            self.first_due_on, self.first_warn_on = found.first_due_on, found.first_warn_on
        owed = [Owed(self.first_due_on, self.first_warn_on)] if self.first_due_on != NEVER else []
        if not owed and self.status not in self.RUNNING:
            return ProjectLight(NONE, str(self.get_status_display()))
        return worst(owed, timezone.localdate(at))

    @property
    def is_supervised(self) -> bool:
        """A supervision order stands. No query after `with_ledger()`."""
        if not hasattr(self, "supervised"):
            self.supervised = self.orders.standing().exists()
        return bool(self.supervised)

    def plan_gaps(self) -> list[str]:
        """What is still missing before the plan can be submitted, as sentences."""
        gaps = [
            str(_("请填写“%s”。") % self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in ("chief", "owner", "goal", "effect", "plan_from", "plan_to")
            if not getattr(self, name)
        ]
        steps = list(self.steps.all())
        if len(steps) < 2:
            gaps.append(str(_("请至少列出两个步骤。")))
        total = sum(step.weight for step in steps)
        if total != 100:
            gaps.append(str(_("各步骤的权重相加要等于 100，现在是 %d。") % total))
        return gaps

    # --- moves ------------------------------------------------------------------------------------
    @transaction.atomic
    def list_(self, by: Any, *, note: str = "", issued_on: date | None = None, at: datetime | None = None) -> Move:
        """On the issued list; the lead unit owes its plan from that day."""
        from projects.models.report import Report

        move = self._move("list", by=by, public_note=note, at=at)
        save_because(self, LISTED, by)  # saving also brings the search up to date
        Report.objects.owe_plan(self, issued_on or timezone.localdate(at), at=at)
        return move

    @transaction.atomic
    def plan(self, by: Any, *, at: datetime | None = None) -> Move:
        """The plan is agreed; every report that will be owed exists from now on."""
        from projects.models.report import Report

        move = self._move("plan", by=by, at=at)
        for part in (self, *self.steps.all(), *self.indicators.all()):
            save_because(part, PLANNED, by)
        Report.objects.owe_all(self, since=timezone.localdate(at), at=at)
        if self.plan_from and self.plan_from <= timezone.localdate(at):
            self.start(by, at=at)
        return move

    @transaction.atomic
    def start(self, by: Any = None, *, at: datetime | None = None) -> Move:
        move = self._move("start", by=by, at=at)
        self.tell_citizens(f"project-move:{move.pk}", _("开始推进，进展都记在公开台账里。"))
        return move

    def tell_citizens(self, event: str, text: Any) -> None:
        """Whoever wrote or follows a suggestion that this project answers reads of it, once the public can."""
        if self.is_published:
            words = _("项目《%(title)s》%(text)s") % {"title": self.title, "text": text}
            tell_concerned(self.sources.all(), event=event, text=words)

    def conclude(self, by: Any, *, claimed: Iterable[int] = (), at: datetime | None = None) -> Move:
        """The concluding report is in. Refused while a step is open or a supervision order stands.

        `claimed` are the steps that the report itself declares done; they count once it is accepted.
        """
        if self.steps.filter(done_on=None).exclude(pk__in=list(claimed)).exists() or not self.steps.exists():
            raise MoveRefused(_("还有步骤没有完成，完成全部步骤后才能结题。"))
        if self.orders.standing().exists():
            raise MoveRefused(_("项目还在挂牌督办中，销号后才能结题。"))
        return self._move("conclude", by=by, at=at)

    def continue_(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        return self._move("continue", by=by, public_note=reason, at=at)

    @transaction.atomic
    def accept_conclusion(self, by: Any, *, at: datetime | None = None) -> Move:
        """Ready to be scored; reports for the time to come are not owed any more."""
        move = self._move("accept_conclusion", by=by, at=at)
        self.tell_citizens(f"project-move:{move.pk}", _("已结题，接下来由群众监督员打分。"))
        self._end_reports(by, at)
        return move

    def complete(self, by: Any = None, *, note: str = "", at: datetime | None = None) -> Move:
        return self._move("complete", by=by, public_note=note, at=at)

    @transaction.atomic
    def interrupt(self, name: str, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Suspend, resume, cancel or carry over; each with the reason that the public will read.

        What the unit owes meanwhile is called off, and owed again from the day of resuming.
        """
        if name not in self.INTERRUPTIONS:
            raise ValueError(name)
        if not reason.strip():
            raise MoveRefused(_("请写明理由，理由会公开。"))
        if name in ("cancel", "carry_over") and self.orders.standing().exists():
            raise MoveRefused(_("项目还在挂牌督办中，销号后才能取消或转入下年度。"))
        # Dropped in the pool means off the draft of the list as well.
        facts: dict[str, Any] = {"annual_list": None} if self.status == self.Status.POOLED else {}
        move = self._move(name, by=by, public_note=reason, at=at, **facts)
        if name == "resume":
            self._resume_reports(at)
        else:
            self._end_reports(by, at)
        if name == "carry_over":
            self._succeed(by, at)
        if move.old != self.Status.POOLED:
            self._tell_interruption(move)
        return move

    def _tell_interruption(self, move: Move) -> None:
        words = {"title": self.title, "state": move.new_label, "why": move.public_note}
        text = _("项目《%(title)s》：%(state)s。%(why)s") % words
        tell_unit(self.lead_unit, event=f"project-move:{move.pk}", text=text, roles=("clerk", "leader"))
        news = _("%(state)s。%(why)s") % {"state": move.new_label, "why": move.public_note}
        self.tell_citizens(f"project-move:{move.pk}", news)

    def _end_reports(self, by: Any, at: datetime | None) -> None:
        for report in self.reports.moot_when_ended():
            report.waive(by, at=at)

    def _resume_reports(self, at: datetime | None) -> None:
        from projects.models.report import Report

        Report.objects.owe_all(self, since=timezone.localdate(at), at=at)

    def _succeed(self, by: Any, at: datetime | None) -> Project:
        """The same project in next year's pool, with its sources; its plan is made anew."""
        names = ("title", "topic", "area", "lead_unit", "pain_point", "goal", "effect")
        return Project.objects.pool(  # type: ignore[no-any-return]
            by=by, at=at, year=self.year + 1, predecessor=self, sources=self.sources.all(),
            co_units=self.co_units.all(), **{name: getattr(self, name) for name in names},
        )  # fmt: skip


class ProjectMove(Move):
    subject = models.ForeignKey(Project, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("项目动态")
