"""What departments owe of their own in a campaign: who has handed in, who has not, and the reminder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import Campaign, Membership, SelfReport, Unit
from portal.models.notice import tell_unit


@dataclass
class Quota:
    """One unit's account: what it handed in, what is under way, how much is missing by which day."""

    unit: Unit
    campaign: Campaign
    signed: list[SelfReport] = field(default_factory=list)
    under_way: list[SelfReport] = field(default_factory=list)

    @property
    def owes(self) -> bool:
        """City departments owe; other units may."""
        return self.unit.kind == Unit.Kind.DEPARTMENT

    @property
    def missing(self) -> int:
        return max(0, self.campaign.proposals_min - len(self.signed)) if self.owes else 0

    @property
    def due_on(self) -> date:
        return self.campaign.proposals_by

    @property
    def light(self) -> tuple[str, str]:
        """The state for `components/light.html` and its words."""
        if not self.missing:
            return ("done", _("已报送")) if self.signed else ("none", _("可以报，不作要求"))
        days = (self.due_on - timezone.localdate()).days
        if days < 0:
            return "red", _("逾期 %d 天") % -days
        state = "yellow" if days <= 3 else "green"
        return state, _("今天到期") if days == 0 else _("还有 %d 天") % days


def quota_of(campaign: Campaign, units: Iterable[Unit]) -> list[Quota]:
    """The account of each unit. Two queries, however many units."""
    units = list(units)
    rows = SelfReport.objects.filter(campaign=campaign, unit__in=units).select_related("suggestion")
    signed, open_ = defaultdict(list), defaultdict(list)
    for row in rows.signed().order_by("pk"):
        signed[row.unit_id].append(row)
    for row in rows.filter(status__in=(*SelfReport.OPEN, SelfReport.Status.SUBMITTED)):
        open_[row.unit_id].append(row)
    return [Quota(unit, campaign, signed[unit.pk], open_[unit.pk]) for unit in units]


def departments(campaign: Campaign) -> list[Quota]:
    """Every city department in use, those that still owe first."""
    units = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, is_active=True)
    return sorted(quota_of(campaign, units), key=lambda one: (not one.missing, one.unit.pk))


@transaction.atomic
def remind(campaign: Campaign) -> int:
    """Tell every department that still owes, once a day however often this is pressed; how many departments owe."""
    owing = [one for one in departments(campaign) if one.missing]
    day = campaign.proposals_by
    for one in owing:
        text = _("贵单位今年还应自报 %(n)d 条微创新建议，请在 %(day)s 前由负责人签发报送。") % {
            "n": one.missing, "day": f"{day:%Y-%m-%d}"}  # fmt: skip
        event = f"self-report:{campaign.pk}:{one.unit.pk}:{timezone.localdate():%Y%m%d}"
        roles = (Membership.Role.CLERK.value, Membership.Role.LEADER.value)
        tell_unit(one.unit, event=event, text=text, url="/desk/proposals/", roles=roles)
    return len(owing)
