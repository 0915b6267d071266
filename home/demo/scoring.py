"""Rounds of scoring: published ones of both years, one that waits to be published, one open, one being prepared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from home.demo.allotment import EARLIER_PROJECTS
from home.demo.cast import Cast
from home.demo.stage import Stage
from home.demo.work import CLOSED, DONE, NEXT, OPEN, Work
from home.demo.works import Works
from monitors.models import Monitor
from projects.models import Project
from voting.models import Entry, Round

TOO_FEW = 22  # the project on which too few monitors scored
HARSH = {6: 57}  # a base that says what the monitors thought rather than what the text promised
LENIENCE = 5  # points by which one monitor is milder or stricter than another
CRITERIA_TILT = (1, 0, -3)  # what lasts is scored a little lower than what was done


class Scoring:
    """All rounds, put on the programme of the stage."""

    def __init__(self, stage: Stage, cast: Cast, works: Works) -> None:
        self.stage, self.cast, self.works = stage, cast, works.works
        self.rounds: dict[str, Round] = {}
        year = stage.month(-8).year
        earlier = tuple(sorted(EARLIER_PROJECTS))
        self._round(f"{stage.month(-20).year}年度结题打分", earlier, -374, -364, publish=-357)
        self._round(f"{year}年度结题打分（第一批）", DONE, -45, -35, publish=-30)
        self._round(f"{year}年度结题打分（第二批）", CLOSED, -14, -3)
        self._round(f"{year}年度结题打分（第三批）", OPEN, -4, 10)
        self._round(f"{year}年度结题打分（第四批）", NEXT, 12, 22)
        self.temper = {n: stage.chance.gauss(0, LENIENCE) for n in range(40)}

    def _round(self, title: str, places: tuple[int, ...], opens: int, closes: int, publish: int | None = None) -> None:
        stage = self.stage
        opens_at, closes_at = stage.moment(stage.day(opens), 9), stage.moment(stage.day(closes), 18)
        opens_at, closes_at = opens_at.replace(second=0), closes_at.replace(second=0)
        drafted = stage.at_work(stage.calendar.subtract(min(stage.day(opens), stage.today), 1))
        stage.at(min(drafted, opens_at - timedelta(minutes=30)), self._draft, title, places, opens_at, closes_at)
        stage.at(opens_at, self._open, title, opens_at, closes_at)
        stage.at(closes_at + timedelta(minutes=1), self._close, title)
        if publish is not None:
            stage.at(stage.at_work(stage.day(publish)), self._publish, title)

    def _draft(self, title: str, places: tuple[int, ...], opens_at: datetime, closes_at: datetime) -> None:
        works = [self.works[place] for place in places]
        projects = [work.fresh() for work in works]
        self.rounds[title] = Round.objects.draft(
            by=self.cast.officer(0), projects=[one for one in projects if one.status == Project.Status.CONCLUDED],
            title=title, year=projects[0].year, opens_at=opens_at, closes_at=closes_at,
        )  # fmt: skip

    def _open(self, title: str, opens_at: datetime, closes_at: datetime) -> None:
        one = self.rounds[title]
        one.open(self.cast.officer(0))
        by_pk = {work.record.pk: work for work in self.works.values() if work.record}
        asides = one.stand_asides()
        for entry in one.entries.select_related("project", "round"):
            self._sheets(entry, by_pk[entry.project_id], asides, closes_at)

    def _sheets(self, entry: Entry, work: Work, asides: dict[tuple[int, int], str], closes_at: datetime) -> None:
        """Most monitors score most projects; the demo's own has not come to the open round yet."""
        chance, opens_at = self.stage.chance, entry.round.opens_at
        present = closes_at > self.stage.now
        for n, monitor in enumerate(self.cast.monitors):
            is_demo = monitor == self.cast.demo_monitor
            lazy = 0.7 if work.place == TOO_FEW else 0.18
            if (monitor.pk, entry.project_id) in asides or chance.random() < lazy or (present and is_demo):
                continue
            at = opens_at + (closes_at - opens_at) * chance.betavariate(1.1, 1.6)
            local = at.astimezone(opens_at.tzinfo)
            at = local.replace(hour=chance.randint(8, 21)) if local.hour < 7 else local
            at = min(max(at, opens_at + timedelta(minutes=5)), closes_at - timedelta(minutes=5))
            self.stage.at(at, self._score, entry, monitor, work, n, at)

    def _score(self, entry: Entry, monitor: Monitor, work: Work, n: int, at: datetime) -> None:
        chance: Any = self.stage.chance
        base: Any = HARSH.get(work.place, work.row["base_score"]) + self.temper[n]  # type: ignore[operator]
        points = {
            criterion.pk: max(20, min(100, round(base + tilt + chance.gauss(0, 4))))
            for criterion, tilt in zip(entry.round.criteria.all(), CRITERIA_TILT, strict=True)
        }
        comment = chance.choice(work.row["score_comments"]) if chance.random() < 0.4 else ""
        entry.submit(monitor, points, comment=comment, seconds=chance.randint(25, 240), at=at)

    def _close(self, title: str) -> None:
        one = self.rounds[title]
        one.close(at=one.closes_at)

    def _publish(self, title: str) -> None:
        self.rounds[title].publish(self.cast.chief(1))
