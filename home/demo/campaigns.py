"""Three campaigns: two that are over, and this year's, which is collecting."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from home.demo.cast import Cast
from home.demo.stage import Stage
from portal.models import Campaign

# Days from today: opens, closes, list, work, scoring, end.
THIS = (-20, 40, 80, 100, 305, 344)
LAST = (-385, -325, -285, -262, -60, -21)
BEFORE = (-750, -690, -650, -630, -402, -387)


class Campaigns:
    """Made and announced in their time; `before`, `last` and `this` once the programme has reached them."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self.stage, self.cast = stage, cast
        self.made: dict[str, Campaign] = {}
        for key, days in (("before", BEFORE), ("last", LAST), ("this", THIS)):
            dates = [stage.day(n) for n in days]
            at = stage.at_work(dates[0] - timedelta(days=24))
            stage.at(at, self._prepare, key, dates)
            stage.at(stage.at_work(dates[0] - timedelta(days=14)), self._announce, key)
            stage.at(stage.at_work(dates[-1] + timedelta(days=1)), self._close, key)

    def opens(self, key: str) -> date:
        return self.stage.day({"before": BEFORE, "last": LAST, "this": THIS}[key][0])

    def _prepare(self, key: str, dates: list[date]) -> None:
        opens, closes, list_on, work_from, scoring_from, ends_on = dates
        self.made[key] = Campaign.objects.create(
            year=opens.year, title=_("%(year)s年度“微、微创新”意见建议征集") % {"year": opens.year},
            intro=_("身边办起来不方便的小事，都可以提。说清在哪儿、什么事、怎样会更好，就能提交。"),
            opens_on=opens, closes_on=closes, list_on=list_on, work_from=work_from, scoring_from=scoring_from,
            ends_on=ends_on,
        )  # fmt: skip

    def _announce(self, key: str) -> None:
        self.made[key].announce(self.cast.chief(1))

    def _close(self, key: str) -> None:
        self.made[key].close(self.cast.chief(1))
