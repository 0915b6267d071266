"""Posters of this year's campaign: where they hang, who scans them, and which suggestions came by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.stage import Stage
from portal.models import Area, Poster

HALLS = ("市民服务中心一楼大厅", "人民医院门诊大厅", "衡水站出站口", "滏阳小学校门口")
TABLES = ("河西街道办事处窗口", "和平社区活动室")
RETIRED = "老汽车站候车室"
BUSIEST = 14  # scans of the first poster on a good day


class Posters:
    """Put on the programme of the stage: up on the second day, scanned every day, one taken down after a week."""

    def __init__(self, stage: Stage, cast: Cast, campaigns: Campaigns) -> None:
        self.stage, self.cast, self.campaigns = stage, cast, campaigns
        self.hanging: list[Poster] = []
        opens = campaigns.opens("this")
        up = stage.moment(opens, 0.05)
        stage.at(up, self._put_up)
        for day in range((stage.today - opens).days + 1):
            stage.at(max(stage.moment(opens + timedelta(days=day), 21), up), self._scanned)
        stage.at(stage.at_work(opens + timedelta(days=7)), self._take_down)

    def of(self, n: int) -> Poster | None:
        """The poster by which a suggestion came that says 扫码; a few come by none of ours."""
        return self.hanging[n % len(self.hanging)] if self.hanging and n % 5 else None

    def _put_up(self) -> None:
        facts: dict[str, Any] = {"by": self.cast.officer(1), "campaign": self.campaigns.made["this"], "topic": None}
        county = Area.objects.get(name="桃城区")
        self.hanging += Poster.objects.put_up([*HALLS, RETIRED], area=county, size="A3", label="第一批 大厅", **facts)
        self.hanging += Poster.objects.put_up(list(TABLES), area=county, size="A6", label="第二批 桌牌", **facts)

    def _scanned(self) -> None:
        for place, one in enumerate(self.hanging):
            for _n in range(self.stage.chance.randint(0, BUSIEST // (place + 1))):
                one.count_scan(timezone.localdate())

    def _take_down(self) -> None:
        gone = next(one for one in self.hanging if one.place == RETIRED)
        gone.retire(self.cast.officer(1))
        self.hanging.remove(gone)
