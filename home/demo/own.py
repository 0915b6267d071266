"""What departments put forward themselves, in every state, and the formal papers of deputies."""

from __future__ import annotations

from typing import Any

from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.stage import Stage
from home.demo.texts import Row
from portal.models import DeputyPaper, SelfReport, Suggestion, Topic, Unit

# Unit, topic, title, what is wrong, what will be done; one for each state that is not handed in yet.
DRAFT, SUBMITTED, RETURNED, DROPPED = (
    ("housing", "housing", "物业费票据改成手机上开", "业主要跑到物业办公室排队开票。", "接通电子票据，年底前十个小区先开通。"),
    ("housing", "government", "公租房续租材料少交三样", "每年续租都要重交收入、户籍、婚姻证明。", "由部门间核对，群众只签一份承诺书。"),
    ("education", "education", "课后服务费按次退", "孩子请假一周，费用不退。", "下学期起按实际到校次数结算。"),
    ("health", "health", "检验单寄到家", "取一张化验单要再跑一趟医院。", "与邮政合作邮寄。已有手机查询，不再单报。"),
)  # fmt: skip
WHY = "请写清从哪个月开始、哪些学校先做。"


class OwnReports:
    """Put on the programme of the stage: some departments have handed in, most have not."""

    def __init__(self, stage: Stage, cast: Cast, campaigns: Campaigns) -> None:
        self.cast, self.campaigns = cast, campaigns
        stage.at(stage.at_work(stage.calendar.subtract(stage.today, 3)), self._under_way)

    def hand_in(self, row: Row, facts: dict[str, Any]) -> Suggestion | None:
        """The unit's own proposal, written and signed; None when the unit has its number for this year already."""
        unit = self.cast.units[row["unit"]]
        campaign = self.campaigns.made["this"]
        if SelfReport.objects.filter(unit=unit, campaign=campaign).signed().count() >= campaign.proposals_max:
            return None
        told = {name: facts[name] for name in ("title", "body", "topic", "area", "place")}
        one = self._write(unit, wish=facts["wish"] or facts["body"], **told)
        one.submit(one.drafted_by)
        one.sign(self.cast.leader(unit))
        return one.suggestion

    def _write(self, unit: Unit, **facts: Any) -> SelfReport:
        clerk = self.cast.clerk(unit)
        one = SelfReport(campaign=self.campaigns.made["this"], unit=unit, drafted_by=clerk, **facts)
        one.save()
        return one._begin(by=clerk)

    def _under_way(self) -> None:
        made = []
        for slug, topic, title, body, wish in (DRAFT, SUBMITTED, RETURNED, DROPPED):
            facts = {"title": title, "body": body, "wish": wish, "topic": Topic.objects.get(slug=topic)}
            made.append(self._write(self.cast.units[slug], **facts))
        _draft, submitted, returned, dropped = made
        submitted.submit(submitted.drafted_by)
        returned.submit(returned.drafted_by)
        returned.return_(self.cast.leader(returned.unit), WHY)
        dropped.drop(dropped.drafted_by)


def number_paper(suggestion: Suggestion, n: int) -> None:
    """The formal number of a deputy's paper; congress and CPPCC in turn."""
    kind = DeputyPaper.Kind.CPPCC if n % 2 else DeputyPaper.Kind.CONGRESS
    level, year = DeputyPaper.Level.CITY, suggestion.campaign.year
    series = DeputyPaper.series_of(kind, level, year, suggestion.area)
    number = str(DeputyPaper.objects.filter(series=series).count() * 7 + 12)
    DeputyPaper.objects.create(suggestion=suggestion, kind=kind, level=level, year=year, number=number, series=series)
