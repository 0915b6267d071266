"""现场观摩: monitors go and see; who came, what they noted, what was found."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from monitors.models.monitor import Monitor
from portal.models import Notice, Picture
from portal.models.attachment import UNCLAIMED_FOR
from projects.models import Project

SIGN_IN_BEFORE = timedelta(hours=2)
SIGN_IN_AFTER = timedelta(hours=8)


def new_sign_in_code() -> str:
    return secrets.token_urlsafe(12)


def new_visit_slug() -> str:
    return secrets.token_hex(5)


class VisitQuerySet(models.QuerySet["Visit"]):
    def public(self) -> VisitQuerySet:
        """Announced at some time; one that was called off while it was being prepared stays inside the office."""
        announced = VisitMove.objects.filter(subject=OuterRef("pk"), verb="announce")
        return self.exclude(status=Visit.Status.PLANNED).filter(~Q(status=Visit.Status.CANCELLED) | Exists(announced))

    def coming(self, at: datetime | None = None) -> VisitQuerySet:
        """Announced and not over, soonest first."""
        begun = (at or timezone.now()) - SIGN_IN_AFTER
        return self.filter(status=Visit.Status.ANNOUNCED, starts_at__gte=begun).order_by("starts_at")

    def attended_by(self, monitor: Monitor) -> VisitQuerySet:
        return self.filter(attendances__monitor=monitor)


class VisitManager(models.Manager.from_queryset(VisitQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def plan(self, *, projects: Iterable[Project], by: Any, at: datetime | None = None, **facts: Any) -> Visit:
        """Prepare a visit to one or more projects; nobody but the office sees it until it is announced."""
        visit: Visit = self.create(**facts)
        visit.projects.set(projects)
        return visit._begin(by=by, at=at)


class Visit(Moving, models.Model):
    class Status(models.TextChoices):
        PLANNED = "planned", _("筹备中")
        ANNOUNCED = "announced", _("已公告")
        HELD = "held", _("已结束，整理中")
        PUBLISHED = "published", _("已公布小结")
        CANCELLED = "cancelled", _("已取消")

    MOVES = {
        "announce": verb(Status.PLANNED, Status.ANNOUNCED, _("公告")),
        "hold": verb(Status.ANNOUNCED, Status.HELD, _("结束签到")),
        "publish": verb(Status.HELD, Status.PUBLISHED, _("公布小结")),
        "cancel": verb([Status.PLANNED, Status.ANNOUNCED], Status.CANCELLED, _("取消")),
    }

    slug = models.CharField(max_length=12, unique=True, default=new_visit_slug, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    title = models.CharField(_("名称"), max_length=60)
    projects = models.ManyToManyField(Project, related_name="visits", verbose_name=_("观摩项目"))
    starts_at = models.DateTimeField(_("时间"))
    place = models.CharField(_("集合地点"), max_length=120)
    seats = models.PositiveSmallIntegerField(_("名额"), default=12)
    agenda = models.TextField(_("安排"), blank=True)
    summary = models.TextField(_("小结"), blank=True)
    sign_in_code = models.CharField(max_length=24, unique=True, default=new_sign_in_code, editable=False)

    objects = VisitManager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("现场观摩")
        verbose_name_plural = _("现场观摩")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("monitors:visit", args=[self.slug])

    @property
    def is_over(self) -> bool:
        """Nothing more will happen at the place: held, published or called off."""
        return self.status in (self.Status.HELD, self.Status.PUBLISHED, self.Status.CANCELLED)

    @transaction.atomic
    def announce(self, by: Any, *, at: datetime | None = None) -> Move:
        """Public from now on; every serving monitor is told."""
        if not self.projects.exists():
            raise MoveRefused(_("请先选要看的项目。"))
        move = self._move("announce", by=by, at=at)
        self._tell_monitors(move, _("现场观摩“%(title)s”：%(when)s，%(place)s集合。"))
        return move

    def hold(self, by: Any, *, at: datetime | None = None) -> Move:
        """The visit is over: no more sign-in; notes are taken until the summary is published."""
        if (at or timezone.now()) < self.starts_at - SIGN_IN_BEFORE:
            raise MoveRefused(_("还没有到签到的时候，不能结束观摩。不办了请用“取消观摩”。"))
        return self._move("hold", by=by, at=at)

    def publish(self, by: Any, *, at: datetime | None = None) -> Move:
        """Publish who came and what was found. Refused without a summary."""
        if not self.summary.strip():
            raise MoveRefused(_("请先写小结：看了什么、发现什么、谁来改。"))
        return self._move("publish", by=by, at=at)

    @transaction.atomic
    def cancel(self, by: Any, reason: str, *, at: datetime | None = None) -> Move:
        """Call it off with the reason that the public reads; monitors who were told of it are told again."""
        if not reason.strip():
            raise MoveRefused(_("请写明取消的理由，理由会公开。"))
        known = self.status == self.Status.ANNOUNCED
        move = self._move("cancel", by=by, public_note=reason, at=at)
        if known:
            self._tell_monitors(move, _("现场观摩“%(title)s”（%(when)s）取消：%(why)s"))
        return move

    def _tell_monitors(self, move: Move, text: Any) -> None:
        facts = {
            "title": self.title,
            "when": timezone.localtime(self.starts_at).strftime("%Y-%m-%d %H:%M"),
            "place": self.place,
            "why": move.public_note,
        }
        event, url = f"visit-move:{move.pk}", self.get_absolute_url()
        for monitor in Monitor.objects.serving().select_related("user"):
            Notice.objects.tell(event, text % facts, user=monitor.user, kind="duty", url=url)

    def takes_sign_in(self, at: datetime | None = None) -> bool:
        """From two hours before until eight hours after the start."""
        at = at or timezone.now()
        in_time = self.starts_at - SIGN_IN_BEFORE <= at <= self.starts_at + SIGN_IN_AFTER
        return self.status == self.Status.ANNOUNCED and in_time

    def sign_in(self, monitor: Monitor, *, at: datetime | None = None) -> bool:
        """Record that a monitor came; False when they had signed in already."""
        if not self.takes_sign_in(at):
            raise MoveRefused(_("现在不能签到。签到从开始前两小时到开始后八小时，观摩结束后也不再签到。"))
        try:
            with transaction.atomic():
                Attendance.objects.create(visit=self, monitor=monitor, signed_at=at or timezone.now())
        except IntegrityError:
            return False
        return True

    @transaction.atomic
    def take_note(
        self, monitor: Monitor, project: Project, text: str, *, client_key: str | None = None,
        photos: Iterable[VisitPhoto] = (), at: datetime | None = None,
    ) -> VisitNote:  # fmt: skip
        """Record what a monitor who signed in saw at one of the projects. The same `client_key` is stored once, and
        gives the note that was stored. Raises `MoveRefused` when they did not come, or once the summary is out."""
        if self.status not in (self.Status.ANNOUNCED, self.Status.HELD):
            raise MoveRefused(_("小结已公布，不能再加记录。发现问题可以另外反映。"))
        if not self.attendances.filter(monitor=monitor).exists():
            raise MoveRefused(_("您没有在这次观摩签到，不能写观摩记录。"))
        if not self.projects.filter(pk=project.pk).exists():
            raise MoveRefused(_("这次观摩不看这个项目。"))
        facts = {"visit": self, "project": project, "text": text, "written_at": at or timezone.now()}
        if client_key:
            note, created = VisitNote.objects.get_or_create(monitor=monitor, client_key=client_key, defaults=facts)
        else:
            note, created = VisitNote.objects.create(monitor=monitor, **facts), True
        if created:
            mine = VisitPhoto.objects.filter(note=None, added_by=monitor.user, pk__in=[photo.pk for photo in photos])
            mine.update(note=note)
        return note


class VisitMove(Move):
    subject = models.ForeignKey(Visit, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("观摩动态")


class Attendance(models.Model):
    """签到."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="attendances", verbose_name=_("观摩"))
    monitor = models.ForeignKey(Monitor, models.PROTECT, related_name="attendances", verbose_name=_("监督员"))
    signed_at = models.DateTimeField(_("签到时间"))

    class Meta:
        ordering = ["signed_at"]
        verbose_name = _("签到")
        verbose_name_plural = _("签到")
        constraints = [models.UniqueConstraint(fields=["visit", "monitor"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.visit} · {self.monitor}"


class VisitNoteQuerySet(models.QuerySet["VisitNote"]):
    def public(self) -> VisitNoteQuerySet:
        """Of a published visit, and not held back by the office."""
        return self.filter(is_public=True, visit__status=Visit.Status.PUBLISHED)


class VisitNote(models.Model):
    """What one monitor saw at one project. The public reads it without the monitor's name and number."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="notes", verbose_name=_("观摩"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="visit_notes", verbose_name=_("项目"))
    monitor = models.ForeignKey(Monitor, models.PROTECT, related_name="visit_notes", verbose_name=_("监督员"))
    text = models.TextField(_("看到了什么"))
    written_at = models.DateTimeField(_("时间"), default=timezone.now)
    is_public = models.BooleanField(
        _("可以公开"), default=True, help_text=_("写到个人隐私的，公布小结前去掉勾，连同照片一起不公开。")
    )
    client_key = models.CharField(max_length=40, null=True, editable=False)

    objects = VisitNoteQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("观摩记录")
        verbose_name_plural = _("观摩记录")
        constraints = [models.UniqueConstraint(fields=["monitor", "client_key"], name="visit_note_sent_once")]

    def __str__(self) -> str:
        return f"{self.visit} · {self.project.number}"

    def set_public(self, public: bool) -> None:
        """Hold the note and its photos back, or release them; before the summary is out."""
        if self.visit.status == Visit.Status.PUBLISHED:
            raise MoveRefused(_("小结已公布，观摩记录不能再改。"))
        self.is_public = public
        self.save(update_fields=["is_public"])


class VisitPhotoQuerySet(models.QuerySet["VisitPhoto"]):
    def visible_to(self, user: Any) -> VisitPhotoQuerySet:
        """Photos of public notes; one's own, sent or not yet; all of them for the office and the auditor."""
        public = Q(note__in=VisitNote.objects.public())
        if not user.is_authenticated:
            return self.filter(public)
        return self if user.has_perm("monitors.view_visitnote") else self.filter(public | Q(added_by=user))

    def unclaimed(self, at: datetime | None = None) -> VisitPhotoQuerySet:
        """Uploaded from a form that was never sent."""
        return self.filter(note=None, added_at__lt=(at or timezone.now()) - UNCLAIMED_FOR)


class VisitPhoto(Picture):
    note = models.ForeignKey(VisitNote, models.PROTECT, null=True, related_name="photos", verbose_name=_("观摩记录"))

    objects = VisitPhotoQuerySet.as_manager()

    class Meta(Picture.Meta):
        verbose_name = _("观摩照片")
        verbose_name_plural = _("观摩照片")

    def get_absolute_url(self) -> str:
        return reverse("monitors:visit_photo", args=[self.token])

    def get_thumb_url(self) -> str:
        return reverse("monitors:visit_photo_thumb", args=[self.token])
