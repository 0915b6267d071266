"""Places and responsibilities: areas, responsible units, topics, the work calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Area(models.Model):
    """区划: the 12-digit statistical code makes the tree; city → county → township."""

    class Level(models.TextChoices):
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        TOWNSHIP = "township", _("乡镇、街道")
        VILLAGE = "village", _("村、社区")

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    level = models.CharField(_("级别"), max_length=10, choices=Level, db_index=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["code"]
        verbose_name = _("区划")
        verbose_name_plural = _("区划")

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """County and township together; the city's own name is understood."""
        if self.level == self.Level.TOWNSHIP and self.parent:
            return f"{self.parent.name}{self.name}"
        return self.name


class Unit(models.Model):
    """责任单位: a department or county government that answers suggestions and carries projects."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("市直部门")
        COUNTY = "county", _("县（市、区）")
        ENTERPRISE = "enterprise", _("企事业单位")
        MASS_ORG = "mass_org", _("群团组织")

    slug = models.SlugField(_("代号"), max_length=40, unique=True)
    name = models.CharField(_("全称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=30)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("区划"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    chief = models.CharField(_("主管领导"), max_length=40, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("责任单位")
        verbose_name_plural = _("责任单位")

    def __str__(self) -> str:
        return self.short_name


class Topic(models.Model):
    """领域: one of the twelve 微 topics."""

    slug = models.SlugField(_("代号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=20)
    description = models.CharField(_("包括什么"), max_length=200, blank=True)
    keywords = models.TextField(_("关键词"), blank=True, help_text=_("用空格分开"))
    default_unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("通常的责任单位")
    )
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("领域")
        verbose_name_plural = _("领域")

    def __str__(self) -> str:
        return self.name


class Workday(models.Model):
    """工作日历: a day that is not what its weekday says — a statutory holiday, or a make-up workday 调休."""

    date = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("上班"), help_text=_("调休上班打勾，放假不打勾"))
    name = models.CharField(_("名称"), max_length=40, blank=True)
    source = models.CharField(_("依据"), max_length=80, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
