"""Paper questionnaires of this year's campaign: one pile settled, one half keyed."""

from __future__ import annotations

from typing import Any

from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.stage import Stage
from portal.models import PaperBatch, Suggestion
from portal.models.paper import take_serials

FIRST, SECOND = ("河西街道办事处", 4), ("和平社区工作站", 40)
BLANK = "一张是空白的，没有录。"


class Papers:
    """Put on the programme of the stage: both piles come in early, the first is settled once it is keyed."""

    def __init__(self, stage: Stage, cast: Cast, campaigns: Campaigns) -> None:
        self.cast, self.campaigns = cast, campaigns
        self.piles: list[PaperBatch] = []
        self.serials: list[str] = []
        stage.at(stage.moment(campaigns.opens("this"), 0.1), self._come_in)
        stage.at(stage.moment(stage.today, 0.01), self._settle)

    def _come_in(self) -> None:
        campaign, officer = self.campaigns.made["this"], self.cast.officer(2)
        self.serials = take_serials(campaign.year, 60)
        for source, expected in (FIRST, SECOND):
            one = PaperBatch(
                campaign=campaign, source=source, received_on=campaign.opens_on, expected=expected, opened_by=officer
            )
            one.save()
            self.piles.append(one._begin(by=officer))

    def key_in(self, facts: dict[str, Any]) -> Suggestion | None:
        """One more sheet of the pile that is keyed now; None when there is none yet."""
        if not self.piles:
            return None
        pile = next(one for one in self.piles if one.expected - 1 > one.standing().count())
        told = {name: value for name, value in facts.items() if name not in ("channel", "recorded_by", "poster")}
        sheet, _code, _token = pile.key_in(self.serials.pop(0), by=facts["recorded_by"], **told)
        return sheet.suggestion

    def _settle(self) -> None:
        first = self.piles[0]
        if first.standing().count() < first.expected - 1:
            first.expected = first.standing().count() + 1
            first.save()
        first.close(self.cast.officer(2), note=BLANK)
