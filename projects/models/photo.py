"""项目照片: what shows that something was done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import Picture
from projects.models.plan import Step
from projects.models.project import Project
from projects.models.report import Report
from projects.models.supervision import SupervisionOrder

LEFT_OUT_FOR = timedelta(hours=24)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def kept(self) -> PhotoQuerySet:
        """Without those that were uploaded to a form and taken out again."""
        return self.filter(is_kept=True)

    def left_out(self, at: datetime | None = None) -> PhotoQuerySet:
        """Uploaded a day ago or earlier to a form that was handed in without them."""
        handed_in = ~Q(report__status__in=Report.EDITABLE) & ~Q(order__status=SupervisionOrder.Status.ISSUED)
        return self.filter(handed_in, is_kept=False, added_at__lt=(at or timezone.now()) - LEFT_OUT_FOR)

    def public(self) -> PhotoQuerySet:
        """On a public project, and what they belong to is agreed: the report accepted, the step done, the order
        discharged. Photos that belong to none of these are the office's own."""
        accepted = Q(report__status=Report.Status.ACCEPTED) & ~Q(report__kind=Report.Kind.PLAN)
        discharged = Q(order__status=SupervisionOrder.Status.DISCHARGED)
        agreed = (
            (Q(report=None) | accepted) & (Q(order=None) | discharged)
            & (Q(step=None) | ~Q(report=None) | Q(step__done_on__isnull=False))
        )  # fmt: skip
        return self.kept().filter(agreed, project__in=Project.objects.public())

    def visible_to(self, user: Any) -> PhotoQuerySet:
        """The public ones; those of their own projects for a unit; all for the office and the auditor."""
        if not user.is_authenticated:
            return self.public()
        if user.has_perm("projects.view_report"):
            return self.all()
        return self.filter(Q(pk__in=self.public().values("pk")) | Q(project__lead_unit__in=user.units_as()))

    def newest_first(self) -> PhotoQuerySet:
        return self.order_by(models.F("taken_on").desc(nulls_last=True), "-added_at", "-pk")


class Photo(Picture):
    """A photo of a project: of a report, of a finished step, of what an order had put right, or the office's own."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="photos", verbose_name=_("项目"))
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("报告")
    )
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("步骤"))
    order = models.ForeignKey(
        SupervisionOrder, models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("挂牌督办")
    )
    taken_on = models.DateField(_("拍摄日期"), null=True, blank=True)
    is_kept = models.BooleanField(_("采用"), default=True, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta(Picture.Meta):
        verbose_name = _("项目照片")
        verbose_name_plural = _("项目照片")

    def get_absolute_url(self) -> str:
        return reverse("projects:photo", args=[self.token])

    def get_thumb_url(self) -> str:
        return reverse("projects:photo_thumb", args=[self.token])
