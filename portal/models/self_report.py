"""部门自报: what a department puts forward itself, one or two a year, signed by its leader before it is received."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models.campaign import Campaign
from portal.models.notice import tell_unit
from portal.models.places import Area, Topic, Unit
from portal.models.suggestion import Suggestion


class SelfReportQuerySet(models.QuerySet["SelfReport"]):
    def for_units(self, units: Any) -> SelfReportQuerySet:
        return self.filter(unit__in=units)

    def signed(self) -> SelfReportQuerySet:
        """Handed in and not turned down: what counts for the year."""
        gone = (Suggestion.Status.NOT_ACCEPTED, Suggestion.Status.VOIDED)
        return self.filter(status=SelfReport.Status.SIGNED).exclude(suggestion__status__in=gone)


class SelfReport(Moving, models.Model):
    """A unit's own proposal on its way to becoming a suggestion."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("起草中")
        SUBMITTED = "submitted", _("等负责人签发")
        RETURNED = "returned", _("退回修改")
        SIGNED = "signed", _("已报送")
        DROPPED = "dropped", _("已作废")

    OPEN = (Status.DRAFT, Status.RETURNED)
    MOVES = {
        "submit": verb(OPEN, Status.SUBMITTED, _("送负责人签发")),
        "return": verb(Status.SUBMITTED, Status.RETURNED, _("退回修改")),
        "sign": verb(Status.SUBMITTED, Status.SIGNED, _("签发报送")),
        "drop": verb(OPEN, Status.DROPPED, _("作废")),
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name=_("年度征集"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="self_reports", verbose_name=_("自报单位"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("一句话说清要改什么"), max_length=60)
    body = models.TextField(_("现在哪里不方便"), max_length=3000)
    wish = models.TextField(_("准备怎么改"), max_length=2000)
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("领域"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("在哪里"))
    place = models.CharField(_("具体地点"), max_length=120, blank=True)
    suggestion = models.OneToOneField(
        Suggestion, models.PROTECT, null=True, editable=False, related_name="self_report", verbose_name=_("建议")
    )
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("起草人"))

    objects = SelfReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("部门自报")
        verbose_name_plural = _("部门自报")
        default_permissions = ()

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def submit(self, by: Any) -> Move:
        """To the unit's leaders, who are told."""
        move = self._move("submit", by=by)
        words = _("本单位自报的“%s”等您签发。") % self.title
        event, url = f"self-report-submit:{move.pk}", f"/desk/proposals/{self.pk}/"
        tell_unit(self.unit, event=event, text=words, url=url, roles=("leader",))
        return move

    def return_(self, by: Any, reason: str) -> Move:
        return self._move("return", by=by, internal_note=reason)

    def drop(self, by: Any) -> Move:
        return self._move("drop", by=by)

    @transaction.atomic
    def sign(self, by: Any) -> Move:
        """The leader signs, and it is received as a suggestion of the unit. Raises `MoveRefused` for the person who
        submitted it, when the campaign does not collect, and beyond the year's number."""
        Unit.objects.select_for_update().get(pk=self.unit_id)  # one after another, so that the number holds
        writer = self.moves.filter(verb="submit").last()
        if writer and writer.by_id == by.pk:
            raise MoveRefused(_("起草送签的人不能自己签发，请由单位负责人签发。"))
        if not self.campaign.is_collecting():
            raise MoveRefused(_("现在不在征集期内，不能报送。"))
        most = self.campaign.proposals_max
        if SelfReport.objects.filter(unit=self.unit, campaign=self.campaign).signed().count() >= most:
            raise MoveRefused(_("今年已经报送 %d 条，到了上限。") % most)
        move = self._move("sign", by=by)
        same = ("campaign", "title", "body", "wish", "topic", "area", "place")
        self.suggestion, _code, _token = Suggestion.objects.receive(
            channel=Suggestion.Channel.SELF_REPORT, proposed_by_unit=self.unit, recorded_by=self.drafted_by,
            **{name: getattr(self, name) for name in same},
        )  # fmt: skip
        self.save(update_fields=["suggestion"])
        return move


class SelfReportMove(Move):
    subject = models.ForeignKey(SelfReport, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("部门自报动态")
