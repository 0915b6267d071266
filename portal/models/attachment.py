"""附件: photos that people add. Re-encoded without location data, private until a screener releases them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models.suggestion import Suggestion

UNCLAIMED_FOR = timedelta(hours=24)


def private_storage() -> Any:
    return storages["private"]


def picture_path(instance: Any, filename: str) -> str:
    """A random name in a folder per kind and month; nothing of the sender's file name survives."""
    return f"{instance._meta.model_name}/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}.jpg"


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
    def public(self) -> AttachmentQuerySet:
        """Released by a screener, of a suggestion that everybody may read."""
        return self.filter(is_released=True, suggestion__in=Suggestion.objects.public())

    def visible_to(self, user: Any) -> AttachmentQuerySet:
        """The public ones, those of a suggestion that is this person's own or their unit's, all for the office."""
        if not user.is_authenticated:
            return self.public()
        if user.has_perm("portal.view_attachment"):
            return self.filter(suggestion__isnull=False)
        own = Q(suggestion__author=user) | Q(suggestion__assignments__unit__in=user.units_as())
        return (self.public() | self.filter(own)).distinct()

    def pending(self) -> AttachmentQuerySet:
        """Uploaded from a form that has not been sent yet."""
        return self.filter(suggestion=None)

    def unclaimed(self, at: datetime | None = None) -> AttachmentQuerySet:
        """Uploaded from a form that was never sent."""
        return self.pending().filter(added_at__lt=(at or timezone.now()) - UNCLAIMED_FOR)

    def claim_for(self, suggestion: Suggestion) -> int:
        """Give the pending ones among these to a suggestion; the number given. Each can be claimed once."""
        return self.pending().update(suggestion=suggestion)


class Attachment(Picture):
    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="attachments", verbose_name=_("建议")
    )
    is_released = models.BooleanField(_("可以公开"), default=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Picture.Meta):
        verbose_name = _("附件")
        verbose_name_plural = _("附件")

    def get_absolute_url(self) -> str:
        return reverse("portal:attachment", args=[self.token])

    def get_thumb_url(self) -> str:
        return reverse("portal:attachment_thumb", args=[self.token])
