"""结题打分: a round of concluded projects with weighted criteria, from drafting to the published results."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from config.moves import Move, MoveRefused, Moving, verb
from monitors.models import Monitor
from monitors.models.monitor import MonitorQuerySet
from portal.models import Notice
from projects.models import Project

DEFAULT_CRITERIA = (
    (_("办成了没有"), _("承诺的事做完了没有，做到几成。"), 40),
    (_("群众方便了没有"), _("原来不方便的人，现在方便了没有。"), 40),
    (_("能不能长久"), _("有没有人管、有没有钱维护，过一年还在不在。"), 20),
)


class RoundQuerySet(models.QuerySet["Round"]):
    def public(self) -> RoundQuerySet:
        return self.exclude(status=Round.Status.DRAFTED)

    def accepting(self) -> RoundQuerySet:
        """Open for sheets by the database's clock, whatever the web server believes the time to be."""
        return self.filter(status=Round.Status.OPEN, opens_at__lte=Now(), closes_at__gt=Now())

    def due_to_close(self) -> RoundQuerySet:
        return self.filter(status=Round.Status.OPEN, closes_at__lte=Now())


class RoundManager(models.Manager.from_queryset(RoundQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def draft(self, *, by: Any, projects: Iterable[Project], at: datetime | None = None, **facts: Any) -> Round:
        """Prepare a round with the usual three criteria. Raises `MoveRefused` for a project that cannot be scored."""
        taken = set(self.filter(year=facts["year"]).values_list("slug", flat=True))
        names = (f"{facts['year']}-{n}" if n > 1 else f"{facts['year']}" for n in count(1))
        one: Round = self.create(slug=next(name for name in names if name not in taken), **facts)
        for position, (name, text, weight) in enumerate(DEFAULT_CRITERIA):
            one.criteria.create(position=position, name=str(name), help=str(text), weight=weight)
        one.set_projects(projects)
        return one._begin(by=by, at=at)


class Round(Moving, models.Model):
    class Status(models.TextChoices):
        DRAFTED = "drafted", _("筹备中")
        OPEN = "open", _("打分中")
        CLOSED = "closed", _("已截止，待公布")
        PUBLISHED = "published", _("已公布")

    MOVES = {
        "open": verb(Status.DRAFTED, Status.OPEN, _("开始打分")),
        "close": verb(Status.OPEN, Status.CLOSED, _("截止")),
        "publish": verb(Status.CLOSED, Status.PUBLISHED, _("公布结果")),
    }

    slug = models.SlugField(_("代号"), max_length=40, unique=True, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFTED, editable=False)
    title = models.CharField(_("名称"), max_length=60)
    year = models.PositiveSmallIntegerField(_("年度"))
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("截止"))

    objects = RoundManager()
    history = HistoricalRecords(excluded_fields=["status"], history_change_reason_field=models.TextField(null=True))

    class Meta:
        ordering = ["-closes_at"]
        verbose_name = _("结题打分")
        verbose_name_plural = _("结题打分")
        permissions = [("publish_round", _("公布打分结果"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=models.F("closes_at")),
                name="round_in_order",
                violation_error_message=_("截止要晚于开始。"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("voting:round", args=[self.slug])

    def is_accepting(self, at: datetime | None = None) -> bool:
        at = at or timezone.now()
        return self.status == self.Status.OPEN and self.opens_at <= at < self.closes_at

    @property
    def is_drafted(self) -> bool:
        """Its projects, criteria and weights may still be changed."""
        return self.status == self.Status.DRAFTED

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    def is_coming(self, at: datetime | None = None) -> bool:
        """Announced, and not yet open."""
        return self.status == self.Status.OPEN and (at or timezone.now()) < self.opens_at

    def state_text(self, at: datetime | None = None) -> str:
        """The state in words, which between opening and closing depends on the clock."""
        at = at or timezone.now()
        if self.is_coming(at):
            return str(_("即将开始"))
        if self.status == self.Status.OPEN and at >= self.closes_at:
            return str(self.Status.CLOSED.label)
        return str(self.get_status_display())

    # --- preparing ------------------------------------------------------------------------------
    @transaction.atomic
    def set_projects(self, projects: Iterable[Project]) -> None:
        """The projects of this round, while it is being prepared: concluded, and in no other running round."""
        if not self.is_drafted:
            raise MoveRefused(_("打分已经开始，项目不能再变。"))
        wanted = {project.pk: project for project in projects}
        for project in wanted.values():
            if project.status != Project.Status.CONCLUDED:
                raise MoveRefused(_("%s 还没有结题，不能打分。") % project)
            if project.entries.exclude(round=self).exclude(round__status=self.Status.PUBLISHED).exists():
                raise MoveRefused(_("%s 已经在另一轮打分里。") % project)
        self.entries.exclude(project__in=wanted).delete()
        have = set(self.entries.values_list("project", flat=True))
        for pk in sorted(wanted.keys() - have):
            self.entries.create(project_id=pk)

    def monitors(self) -> MonitorQuerySet:
        """Who may score: serving on the day on which the round closes."""
        return Monitor.objects.serving(timezone.localdate(self.closes_at))  # type: ignore[no-any-return]

    def stand_asides(self) -> dict[tuple[int, int], str]:
        """Who may not score which project: (monitor pk, project pk) → why, as a sentence."""
        return self.monitors().stand_asides(entry.project for entry in self.entries.select_related("project"))

    def eligible(self) -> dict[int, set[int]]:
        """Project pk → pks of the monitors who may score it."""
        everybody = set(self.monitors().values_list("pk", flat=True))
        asides = self.stand_asides()
        projects = self.entries.values_list("project", flat=True)
        return {project: {one for one in everybody if (one, project) not in asides} for project in projects}

    # --- moves ----------------------------------------------------------------------------------
    @transaction.atomic
    def open(self, by: Any, *, at: datetime | None = None) -> Move:
        """Start scoring. The set of projects, the criteria and their weights are fixed from here on."""
        if not self.entries.exists():
            raise MoveRefused(_("请先选入至少一个已结题的项目。"))
        if sum(self.criteria.values_list("weight", flat=True)) != 100:
            raise MoveRefused(_("各项标准的权重相加要等于 100。"))
        if self.closes_at <= (at or timezone.now()):
            raise MoveRefused(_("截止时间已经过了，请先改截止时间。"))
        move = self._move("open", by=by, at=at)
        text = _("“%(title)s”开始打分，请于 %(close)s 前在监督员页面打完。") % {
            "title": self.title,
            "close": timezone.localtime(self.closes_at).strftime("%Y-%m-%d %H:%M"),
        }
        for monitor in self.monitors().select_related("user"):
            user, url = monitor.user, reverse("voting:score_list", args=[self.slug])
            Notice.objects.tell(f"round-move:{move.pk}", text, user=user, kind="duty", url=url)
        return move

    @transaction.atomic
    def close(self, by: Any = None, *, at: datetime | None = None) -> Move:
        """Freeze the sheets and compute every result. Refused before the closing time by the database's clock."""
        if at is None and not Round.objects.due_to_close().filter(pk=self.pk).exists():
            raise MoveRefused(_("还没有到截止时间，不能提前截止。"))
        move = self._move("close", by=by, at=at)
        eligible = self.eligible()
        for entry in self.entries.all():
            entry.compute(eligible[entry.project_id], at=at)
        return move

    @transaction.atomic
    def publish(self, by: Any, *, at: datetime | None = None) -> Move:
        """Publish the results; every project in the round is completed with its score in its life line."""
        move = self._move("publish", by=by, at=at)
        for entry in self.entries.select_related("project"):
            if entry.project.status == Project.Status.CONCLUDED:
                entry.project.complete(by=by, note=entry.latest_result.summary(), at=at)
        return move


class RoundMove(Move):
    subject = models.ForeignKey(Round, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("打分动态")


class Criterion(models.Model):
    """评分标准: one question with its weight in percent."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="criteria", verbose_name=_("打分"))
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    name = models.CharField(_("标准"), max_length=30)
    help = models.CharField(_("说明"), max_length=120, blank=True)
    weight = models.PositiveSmallIntegerField(_("权重（%）"))

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("评分标准")
        verbose_name_plural = _("评分标准")
        constraints = [models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="criterion_weight")]

    def __str__(self) -> str:
        return self.name
