"""年度征集: the yearly window in which the public is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, Moving, verb


@dataclass(frozen=True)
class Phase:
    """One stretch of the campaign's year; `ends` is its last day."""

    key: str
    name: str
    starts: date
    ends: date

    def state(self, today: date) -> str:
        """ "done", "now" or "next", for the phase bar."""
        if today > self.ends:
            return "done"
        return "now" if today >= self.starts else "next"


def pick_current(campaigns: Iterable[Campaign], today: date) -> Campaign | None:
    """The campaign that is collecting, else the one that opens next, else the last one. A city has one per year, so
    going through them costs nothing."""
    newest_first = sorted(campaigns, key=lambda campaign: campaign.opens_on, reverse=True)
    running = (one for one in newest_first if one.opens_on <= today <= one.closes_on)
    coming = (one for one in reversed(newest_first) if one.opens_on > today)
    return next(chain(running, coming, newest_first), None)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def public(self) -> CampaignQuerySet:
        return self.exclude(status=Campaign.Status.PREPARING)

    def current(self, at: datetime | None = None) -> Campaign | None:
        """The announced campaign that is collecting, else the one that opens next, else the last one. One query."""
        return pick_current(self.public(), timezone.localdate(at))

    def collecting(self, at: datetime | None = None) -> Campaign | None:
        """The campaign that takes suggestions right now, if there is one."""
        today = timezone.localdate(at)
        rows = self.filter(status=Campaign.Status.ANNOUNCED, opens_on__lte=today, closes_on__gte=today)
        return rows.order_by("-opens_on").first()


class Campaign(Moving, models.Model):
    class Status(models.TextChoices):
        PREPARING = "preparing", _("筹备中")
        ANNOUNCED = "announced", _("已公告")
        CLOSED = "closed", _("已归档")

    MOVES = {
        "announce": verb(Status.PREPARING, Status.ANNOUNCED, _("发布公告")),
        "close": verb(Status.ANNOUNCED, Status.CLOSED, _("归档")),
    }

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    title = models.CharField(_("标题"), max_length=80)
    intro = models.TextField(_("说明"), blank=True)
    opens_on = models.DateField(_("征集开始"))
    closes_on = models.DateField(_("征集截止"), help_text=_("当天仍可提交"))
    list_on = models.DateField(_("清单公布"))
    work_from = models.DateField(_("推进开始"))
    scoring_from = models.DateField(_("结题打分开始"))
    ends_on = models.DateField(_("年度结束"))
    proposals_min = models.PositiveSmallIntegerField(_("每个市直部门至少自报几条"), default=1)
    proposals_max = models.PositiveSmallIntegerField(_("每个单位最多自报几条"), default=2)
    proposals_due = models.DateField(
        _("部门自报截止"), null=True, blank=True, help_text=_("不填就是征集截止那天"),
    )  # fmt: skip
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.PREPARING, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = _("年度征集")
        verbose_name_plural = _("年度征集")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_on__lte=models.F("closes_on"))
                & models.Q(closes_on__lt=models.F("list_on"))
                & models.Q(list_on__lte=models.F("work_from"))
                & models.Q(work_from__lt=models.F("scoring_from"))
                & models.Q(scoring_from__lte=models.F("ends_on")),
                name="campaign_dates_in_order",
                violation_error_message=_(
                    "日期要按先后排：征集开始、征集截止、清单公布、推进开始、结题打分、年度结束。"
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(proposals_min__lte=models.F("proposals_max")),
                name="campaign_proposals_in_order",
                violation_error_message=_("自报条数的下限不能大于上限。"),
            ),
            models.CheckConstraint(
                condition=models.Q(proposals_due=None)
                | models.Q(proposals_due__gte=models.F("opens_on"), proposals_due__lte=models.F("closes_on")),
                name="campaign_proposals_due_while_collecting",
                violation_error_message=_("部门自报截止要在征集期内。"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def announce(self, by: object) -> Move:
        """Make the campaign public; it collects between its dates."""
        return self._move("announce", by=by)

    def close(self, by: object) -> Move:
        return self._move("close", by=by)

    def is_collecting(self, at: datetime | None = None) -> bool:
        today = timezone.localdate(at)
        return self.status == self.Status.ANNOUNCED and self.opens_on <= today <= self.closes_on

    def days_left(self, at: datetime | None = None) -> int:
        """Days until the last day of collecting, that day included; 0 when it is over."""
        return max(0, (self.closes_on - timezone.localdate(at)).days + 1)

    @property
    def proposals_by(self) -> date:
        """The day by which departments hand in their own."""
        return self.proposals_due or self.closes_on

    def phases(self) -> list[Phase]:
        """The five stretches of the year, in order, without gaps."""
        day = timedelta(days=1)
        return [
            Phase("collect", str(_("征集建议")), self.opens_on, self.closes_on),
            Phase("select", str(_("筛选与票选")), self.closes_on + day, self.list_on - day),
            Phase("list", str(_("公布清单")), self.list_on, max(self.list_on, self.work_from - day)),
            Phase("work", str(_("按季推进")), self.work_from, self.scoring_from - day),
            Phase("score", str(_("结题打分")), self.scoring_from, self.ends_on),
        ]


class CampaignMove(Move):
    subject = models.ForeignKey(Campaign, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("年度征集动态")
