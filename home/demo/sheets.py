"""A spreadsheet that was brought in by mistake and taken back: the office sees what that looks like."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.utils import timezone

from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.stage import Stage
from portal import importing_run
from portal.models import ImportBatch, Incoming, bring_in

SOURCE, FILE = "市长信箱", "市长信箱-培训用的样表.xlsx"
MAPPING = {"reference": "信件编号", "title": "主题", "received_at": "提交时间", "body": "内容"}
ROWS = (
    ("样表第一行：路灯不亮", "培训时填的样子，不是群众来信。"),
    ("样表第二行：站牌掉字", "培训时填的样子，不是群众来信。"),
    ("样表第三行：井盖松动", "培训时填的样子，不是群众来信。"),
)
WORKDAYS_AGO = 6


class Sheets:
    """Put on the programme of the stage; the spreadsheet itself is gone, as after an import that was taken back."""

    def __init__(self, stage: Stage, cast: Cast, campaigns: Campaigns) -> None:
        self.cast, self.campaigns = cast, campaigns
        moment = stage.at_work(stage.calendar.subtract(stage.today, WORKDAYS_AGO))
        stage.at(moment, self._bring_in)
        stage.at(moment + timedelta(minutes=25), self._take_back)

    def _bring_in(self) -> None:
        officer, now = self.cast.officer(1), timezone.now()
        rows = [
            Incoming(reference=f"PX-{n}", title=title, body=body, received_at=now, row=n + 1)
            for n, (title, body) in enumerate(ROWS, start=1)
        ]
        campaign = self.campaigns.made["this"]
        self.batch = ImportBatch(
            campaign=campaign, source=SOURCE, file_name=FILE, by=officer, created_at=now,
            sha256=hashlib.sha256(FILE.encode()).hexdigest(),
        )  # fmt: skip
        self.batch.save()
        self.batch._begin(by=officer)
        self.batch.choose(officer, MAPPING)
        self.batch.checked(rows=len(rows), new=len(rows), faults=0, findings={})
        self.batch.start(officer)
        added = bring_in(rows, campaign=campaign, source=SOURCE, by=officer, batch=self.batch)
        ImportBatch.objects.filter(pk=self.batch.pk).update(read=len(rows), added=added)
        self.batch.finish()

    def _take_back(self) -> None:
        officer = self.cast.officer(1)
        self.batch.undo(officer)
        importing_run.work_on(self.batch.pk)
