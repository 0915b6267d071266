"""续传: a file on its way over a bad line, in pieces. When the last byte has come it becomes an `Attachment`."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.attachment import Attachment

LIVES = timedelta(hours=24)


class UploadQuerySet(models.QuerySet["Upload"]):
    def alive(self, at: datetime | None = None) -> UploadQuerySet:
        return self.filter(created_at__gte=(at or timezone.now()) - LIVES)

    def over(self, at: datetime | None = None) -> UploadQuerySet:
        """Those that nobody can go on with any more."""
        return self.filter(created_at__lt=(at or timezone.now()) - LIVES)

    def bytes(self) -> int:
        """What they take when they are complete."""
        return int(self.aggregate(all=Sum("size"))["all"] or 0)


class Upload(models.Model):
    """`offset` bytes have arrived and are on disk at `path`. `owner` and `network` are keyed digests of the browser's
    session and of its address: enough to know them again, too little to say who it was."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.CharField(max_length=64, db_index=True)
    network = models.CharField(max_length=64, db_index=True)
    as_voice = models.BooleanField(default=False)
    size = models.BigIntegerField(_("大小"))
    offset = models.BigIntegerField(_("已收到"), default=0)
    attachment = models.ForeignKey(Attachment, models.SET_NULL, null=True, related_name="+")
    trouble = models.CharField(_("没有收下的原因"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("开始时间"), default=timezone.now, db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("续传")
        verbose_name_plural = _("续传")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(offset__gte=0, offset__lte=F("size")), name="upload_offset_within_size"),
        ]

    def __str__(self) -> str:
        return f"{self.offset} / {self.size}"

    @property
    def path(self) -> Path:
        """On the machine's own disk, whatever storage finished files go to."""
        return Path(settings.PRIVATE_ROOT) / "incoming" / self.token.hex

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size

    @property
    def expires_at(self) -> datetime:
        return self.created_at + LIVES

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """The row first: a file without a row is swept, a row without its file would promise what is gone."""
        path = self.path
        gone = super().delete(*args, **kwargs)
        path.unlink(missing_ok=True)
        return gone
