"""附件: photos, voice, video and documents that people add. Made anew without location data, private until a screener
releases them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.suggestion import Suggestion

UNCLAIMED_FOR = timedelta(hours=24)
WORK_LASTS = timedelta(minutes=15)  # longer than the limits of `config.media` let one file take
MAX_ATTEMPTS = 3


def private_storage() -> Any:
    return storages["private"]


def picture_path(instance: Any, filename: str) -> str:
    """A random name in a folder per kind and month; nothing of the sender's file name survives."""
    return f"{instance._meta.model_name}/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}.jpg"


def media_path(instance: Any, filename: str) -> str:
    """The same for sound, video and documents, whose ending we have given ourselves."""
    return f"attachment/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}{PurePath(filename).suffix}"


class Picture(models.Model):
    """Abstract: a cleaned photo and its thumbnail (see `config.uploads`), served through a view that asks who."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    image = models.ImageField(
        _("照片"), storage=private_storage, upload_to=picture_path, width_field="width", height_field="height"
    )
    thumb = models.ImageField(_("缩略图"), storage=private_storage, upload_to=picture_path)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    caption = models.CharField(_("说明"), max_length=120, blank=True)
    added_at = models.DateTimeField(_("加入时间"), default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("加入人")
    )

    class Meta:
        abstract = True
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return self.caption or str(self.token)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def releasable(self) -> AttachmentQuerySet:
        """What a screener can show to the public: finished, and no document."""
        return self.filter(state=Attachment.State.READY).exclude(kind=Attachment.Kind.DOCUMENT)

    def released(self) -> AttachmentQuerySet:
        """What a screener has shown to the public."""
        return self.releasable().filter(is_released=True)

    def public(self) -> AttachmentQuerySet:
        """Released by a screener, of a suggestion that everybody may read."""
        return self.released().filter(suggestion__in=Suggestion.objects.public())

    def visible_to(self, user: Any) -> AttachmentQuerySet:
        """The public ones, those of a suggestion that is this person's own or their unit's, all for the office.
        Documents are for the office alone."""
        if not user.is_authenticated:
            return self.public()
        if user.has_perm("portal.view_attachment"):
            return self.filter(Q(suggestion__isnull=False) | Q(letter__isnull=False))
        own = Q(suggestion__author=user) | Q(suggestion__assignments__unit__in=user.units_as())
        return (self.public() | self.filter(own).exclude(kind=Attachment.Kind.DOCUMENT)).distinct()

    def pending(self) -> AttachmentQuerySet:
        """Uploaded from a form that has not been sent yet."""
        return self.filter(suggestion=None)

    def unclaimed(self, at: datetime | None = None) -> AttachmentQuerySet:
        """Uploaded from a form that was never sent."""
        return self.pending().filter(letter=None, added_at__lt=(at or timezone.now()) - UNCLAIMED_FOR)

    def claim_for(self, suggestion: Suggestion) -> int:
        """Give the pending ones among these to a suggestion; the number given. Each can be claimed once."""
        return self.pending().update(suggestion=suggestion)

    def waiting(self, at: datetime | None = None) -> AttachmentQuerySet:
        """Sound and video that no worker has in hand."""
        lost = Q(state=Attachment.State.PROCESSING, worked_at__lt=(at or timezone.now()) - WORK_LASTS)
        return self.filter(Q(state=Attachment.State.RECEIVED) | lost)


class Attachment(Picture):
    """A photo has `image` and `thumb`; a video has them of its first second, and `media` like voice and document.

    Sound and video arrive as `original`, which a worker turns into `media` and removes (`portal.recordings`).
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        VOICE = "voice", _("录音")
        VIDEO = "video", _("视频")
        DOCUMENT = "document", _("文件")

    class State(models.TextChoices):
        RECEIVED = "received", _("等待处理")
        PROCESSING = "processing", _("正在处理")
        READY = "ready", _("可以看")
        REJECTED = "rejected", _("没有收下")

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("建议")
    )
    letter = models.ForeignKey(
        "portal.Letter", models.PROTECT, null=True, blank=True, editable=False, related_name="attachments",
        verbose_name=_("来信"),
    )  # fmt: skip
    is_released = models.BooleanField(_("可以公开"), default=False)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind, default=Kind.PHOTO, editable=False)
    state = models.CharField(_("处理情况"), max_length=10, choices=State, default=State.READY, editable=False)
    media = models.FileField(_("声音、视频或文件"), storage=private_storage, upload_to=media_path, blank=True)
    original = models.FileField(storage=private_storage, upload_to=media_path, blank=True, editable=False)
    seconds = models.PositiveSmallIntegerField(_("时长（秒）"), null=True, editable=False)
    transcript = models.TextField(_("文字说明"), blank=True)
    trouble = models.CharField(_("没有收下的原因"), max_length=200, blank=True, editable=False)
    worked_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Picture.Meta):
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="document", is_released=True), name="attachment_document_stays_private"
            ),
        ]
        indexes = [
            models.Index(fields=["worked_at"], condition=Q(state__in=["received", "processing"]), name="attachment_waits"),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return reverse(
            "portal:attachment" if self.kind == self.Kind.PHOTO else "portal:attachment_media", args=[self.token]
        )

    def get_thumb_url(self) -> str:
        return reverse("portal:attachment_thumb", args=[self.token])

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def length(self) -> str:
        """1:05, "" when there is none."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds is not None else ""

    def files(self) -> list[Any]:
        """Every stored file of it."""
        return [field for field in (self.image, self.thumb, self.media, self.original) if field]

    # --- the worker that has it in hand ---------------------------------------------------------
    def claim(self, at: datetime | None = None) -> bool:
        """Take sound or video in hand; False when another worker has it."""
        now = at or timezone.now()
        rows = Attachment.objects.waiting(now).filter(pk=self.pk)
        if not rows.update(state=self.State.PROCESSING, worked_at=now, attempts=F("attempts") + 1):
            return False
        self.refresh_from_db()
        return True

    def finish(self, state: str, **facts: Any) -> bool:
        """What became of it; False when another worker has taken it since."""
        mine = Attachment.objects.filter(pk=self.pk, state=self.State.PROCESSING, attempts=self.attempts)
        return bool(mine.update(state=state, original="", **facts))
