"""代表委员: which formal 建议 or 提案 a suggestion is."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models.suggestion import Suggestion


class DeputyPaper(models.Model):
    """The paper of a deputy or committee member behind a suggestion; each is entered once. Who it was stands with the
    suggestion, under the same choice of how to be shown as for everybody."""

    class Kind(models.TextChoices):
        CONGRESS = "congress", _("人大代表建议")
        CPPCC = "cppcc", _("政协提案")

    class Level(models.TextChoices):
        NATIONAL = "national", _("全国")
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")

    suggestion = models.OneToOneField(Suggestion, models.PROTECT, related_name="deputy_paper", verbose_name=_("建议"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    level = models.CharField(_("级别"), max_length=8, choices=Level, default=Level.CITY)
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.CharField(_("正式编号"), max_length=20)
    series = models.CharField(max_length=40, editable=False)

    class Meta:
        verbose_name = _("代表建议、委员提案")
        verbose_name_plural = _("代表建议、委员提案")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="deputy_paper_once")]

    def __str__(self) -> str:
        return _("%(level)s%(kind)s %(year)s 年第 %(number)s 号") % {
            "level": self.get_level_display() if self.level != self.Level.COUNTY else "",
            "kind": self.get_kind_display(), "year": self.year, "number": self.number}  # fmt: skip

    @staticmethod
    def series_of(kind: str, level: str, year: int, area: Any) -> str:
        """Who numbers it: each county has its own numbers, so the county is part of the series there."""
        county = area.code[:6] if area and level == DeputyPaper.Level.COUNTY else ""
        return f"{kind}:{level}:{county}:{year}"

    @classmethod
    def twin(cls, series: str, number: str) -> DeputyPaper | None:
        """The one that was entered under this number already."""
        return cls.objects.filter(series=series, number=number).select_related("suggestion").first()
