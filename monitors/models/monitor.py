"""群众监督员: citizens appointed for a term to watch and score, and when they must stand aside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models import Area, Counter, Notice, Topic, Unit
from projects.models import Project


class MonitorQuerySet(models.QuerySet["Monitor"]):
    def serving(self, on: date | None = None) -> MonitorQuerySet:
        """Appointed, and within their term on that day."""
        day = on or timezone.localdate()
        return self.filter(status=Monitor.Status.SERVING, term_from__lte=day, term_to__gte=day)

    def stand_asides(self, projects: Iterable[Project]) -> dict[tuple[int, int], str]:
        """Who of these may not score which of the projects, and why: (monitor pk, project pk) → a sentence.

        Three queries however many monitors and projects; the only place that knows the rules of 回避.
        """
        monitors, projects = list(self), list(projects)
        interests = _Interests.of(monitors, projects)  # type: ignore[arg-type]
        reasons = ((one.pk, project.pk, interests.why(one, project)) for one in monitors for project in projects)
        return {(monitor, project): why for monitor, project, why in reasons if why}


_DECLARED = ("monitor", "project", "reason")


class _Interests(NamedTuple):
    """What ties monitors to projects; read once for many of them."""

    units: dict[int, set[int]]
    authors: dict[int, set[int]]
    declared: dict[tuple[int, int], str]

    @classmethod
    def of(cls, monitors: list[Monitor], projects: list[Project]) -> _Interests:
        pks = [project.pk for project in projects]
        units = {project.pk: {project.lead_unit_id} for project in projects}
        co_units = Project.co_units.through._default_manager.filter(project__in=pks)
        for project, unit in co_units.values_list("project", "unit"):
            units[project].add(unit)
        authors: dict[int, set[int]] = {pk: set() for pk in pks}
        sources = Project.sources.through._default_manager.filter(project__in=pks)
        names = ("project", "suggestion__author", "suggestion__members__author")
        for project, author, merged_author in sources.values_list(*names):
            authors[project] |= {author, merged_author}
        declared = Recusal.objects.filter(monitor__in=monitors, project__in=pks)
        return cls(units, authors, {(monitor, of): why for monitor, of, why in declared.values_list(*_DECLARED)})

    def why(self, monitor: Monitor, project: Project) -> str:
        if monitor.employer_id in self.units[project.pk]:
            return str(_("您在这个项目的责任单位或配合单位工作，按规定回避。"))
        if monitor.user_id in self.authors[project.pk]:
            return str(_("这个项目来自您提的建议，按规定回避。"))
        reason = self.declared.get((monitor.pk, project.pk))
        return str(_("已登记回避：%s")) % reason if reason else ""


class MonitorManager(models.Manager.from_queryset(MonitorQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def appoint(self, user: Any, *, by: Any, topics: Any = (), at: datetime | None = None, **facts: Any) -> Monitor:
        """Appoint a person for a term, with a number; they are told."""
        monitor = self.model(user=user, **facts)
        year = monitor.term_from.year
        monitor.number = f"JD{year}-{Counter.take(f'JD{year}')[0]:03d}"
        monitor.save()
        monitor.topics.set(topics)
        monitor._begin(by=by, at=at)
        text = _("您已被聘为群众监督员，编号 %(number)s，任期至 %(end)s。") % {
            "number": monitor.number,
            "end": f"{monitor.term_to:%Y-%m-%d}",
        }
        Notice.objects.tell(f"monitor:{monitor.pk}:appointed", text, user=user, kind="duty", url="/monitor/")
        return monitor

    @transaction.atomic
    def appoint_person(self, phone: str, name: str, *, by: Any, **facts: Any) -> Monitor:
        """Appoint whoever has this phone number; somebody without an account gets one under that name, which their
        own first sign-in by SMS code opens. Raises `MoveRefused` for people who act for a unit and for monitors."""
        people = get_user_model()._default_manager
        user = people.by_phone(phone)
        if user is None:
            if not name.strip():
                raise MoveRefused(_("这个手机号还没有账号，请填写姓名，系统会建一个。"))
            user = people.create_citizen(phone, name.strip())
        if self.filter(user=user).exists():
            raise MoveRefused(_("这位同志已经是监督员，请在名单里办理续聘。"))
        if user.is_staff or user.groups.exists() or user.memberships.filter(is_active=True).exists():
            raise MoveRefused(_("这个手机号是工作人员的账号，工作人员不能兼任监督员。"))
        return self.appoint(user, by=by, **facts)

    def of(self, user: Any, on: date | None = None) -> Monitor | None:
        """The serving monitor behind an account, if it is one."""
        return self.serving(on).filter(user=user).first() if user.is_authenticated else None


class Monitor(Moving, models.Model):
    class Status(models.TextChoices):
        SERVING = "serving", _("在聘")
        ENDED = "ended", _("已解聘")

    MOVES = {
        "end": verb(Status.SERVING, Status.ENDED, _("解聘")),
        "reappoint": verb([Status.SERVING, Status.ENDED], Status.SERVING, _("续聘")),
    }

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="monitor", verbose_name=_("用户")
    )
    number = models.CharField(_("编号"), max_length=12, unique=True, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SERVING, editable=False)
    field = models.CharField(_("身份、行业"), max_length=40, help_text=_("名册上公开，例如：退休教师"))
    topics = models.ManyToManyField(Topic, blank=True, verbose_name=_("关注领域"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("所在区划"))
    employer = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作单位"),
        help_text=_("在责任单位工作的，打分时自动回避本单位的项目"),
    )  # fmt: skip
    term_from = models.DateField(_("任期自"))
    term_to = models.DateField(_("任期至"))

    objects = MonitorManager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("群众监督员")
        verbose_name_plural = _("群众监督员")
        constraints = [
            models.CheckConstraint(
                condition=Q(term_from__lt=models.F("term_to")),
                name="monitor_term_in_order",
                violation_error_message=_("任期至要晚于任期自。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.user}"

    def end(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        return self._move("end", by=by, internal_note=reason, at=at)

    def reappoint(self, by: Any, term_from: date, term_to: date, *, at: datetime | None = None) -> Move:
        """A new term under the old number, also before the present one has ended."""
        if term_from >= term_to:
            raise MoveRefused(_("任期至要晚于任期自。"))
        note = f"{self.term_from} – {self.term_to} → {term_from} – {term_to}"
        return self._move("reappoint", by=by, internal_note=note, at=at, term_from=term_from, term_to=term_to)

    def is_serving(self, on: date | None = None) -> bool:
        return self.status == self.Status.SERVING and self.term_from <= (on or timezone.localdate()) <= self.term_to

    def must_stand_aside(self, project: Project) -> str:
        """Why this monitor may not score this project, as a sentence; "" when they may."""
        return Monitor.objects.filter(pk=self.pk).stand_asides([project]).get((self.pk, project.pk), "")

    @transaction.atomic
    def declare_recusal(self, project: Project, reason: str, *, by: Any, at: datetime | None = None) -> Recusal:
        """Stand aside from a project, by one's own word or the office's finding. Saying it twice does it once, and
        it cannot be taken back: a monitor who had an interest once must not come back to the same score."""
        if not reason.strip():
            raise MoveRefused(_("请写一句理由，例如：项目施工单位是亲属开的。"))
        facts = {"reason": reason.strip(), "declared_by": by, "declared_at": at or timezone.now()}
        return Recusal.objects.get_or_create(monitor=self, project=project, defaults=facts)[0]


class MonitorMove(Move):
    subject = models.ForeignKey(Monitor, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("监督员动态")


class Recusal(models.Model):
    """回避: a monitor's own declaration, or the office's finding, that they have an interest in a project."""

    monitor = models.ForeignKey(Monitor, models.PROTECT, related_name="recusals", verbose_name=_("监督员"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="recusals", verbose_name=_("项目"))
    reason = models.CharField(_("理由"), max_length=200)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申明人")
    )
    declared_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("回避")
        verbose_name_plural = _("回避")
        constraints = [models.UniqueConstraint(fields=["monitor", "project"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.monitor} · {self.project}"
