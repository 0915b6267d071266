"""The year from the first day to the published scores, scene by scene."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from home.real import desk, ledger, office, watching
from home.real.clock import Clock
from home.real.people import People
from home.real.source import Folder, most_voted
from home.real.texts import texts
from home.real.year import DAY, Stage, Work, Year
from monitors.models import Problem, Visit
from portal.models import Suggestion
from projects.models import Project, Report


@dataclass(frozen=True)
class Size:
    """How much is carried through: matters, monitors, and further pages of the queue that are accepted."""

    projects: int = 20
    monitors: int = 12
    further_pages: int = 10


class Story:
    """One run. `say` is called with a line about each scene."""

    def __init__(self, folder: Folder, size: Size, clock: Clock, say: object) -> None:
        self.folder, self.size = folder, size
        self.stage = Stage(Year(timezone.localdate()), clock, People(), say)  # type: ignore[arg-type]
        self.visits: list[Visit] = []
        self.problem: Problem | None = None
        self.clusters: list[list[Suggestion]] = []

    def play(self) -> None:
        """Everything, in the order of time."""
        for scene in (self.open, self.receive, self.screen, self.decide, self.list_, self.plan, self.work, self.score):
            began = time.perf_counter()
            line = scene()
            self.stage.say(f"{line}（{time.perf_counter() - began:.0f} 秒）")

    # --- the office -----------------------------------------------------------------------------
    def open(self) -> str:
        """Accounts, and the campaign."""
        year = self.stage.year
        self.stage.go(year.opens_on - 14 * DAY)
        self.stage.people.make_administrator()
        self.stage.people.make_office()
        campaign = office.open_campaign(self.stage)
        return f"改革办到岗，公告“{campaign}”"

    def receive(self) -> str:
        """The spreadsheets come in on the last days of the window, by the command that everybody uses."""
        self.stage.go(self.stage.year.closes_on - 5 * DAY, 14)
        errors = Path(settings.VAR_DIR)
        for path in self.folder.tables:
            call_command("import_suggestions", path, errors=errors / f"{path.stem}-错误.csv")
        for path in self.folder.others:
            self.stage.say(f"跳过《{path.name}》：没有“留言编号”一列，不是留言")
        source = Suggestion.objects.filter(source=self.folder.voted)
        self.clusters = [
            list(source.filter(reference__in=ids).order_by("received_at", "pk")) for ids in self.folder.clusters
        ]
        self.clusters = [members for members in self.clusters if len(members) > 1][: self.size.projects]
        taken = {one.pk for members in self.clusters for one in members}
        voted = most_voted(self.folder.voted, self.size.projects - len(self.clusters), taken)
        self.stage.works = office.choose(self.clusters, voted)
        return f"收到留言 {Suggestion.objects.count():,} 条"

    def screen(self) -> str:
        self.stage.go(self.stage.year.closes_on + 2 * DAY)
        accepted = office.screen(self.stage, self.clusters, self.size.further_pages)
        merged = office.merge(self.stage, self.clusters)
        return f"受理 {accepted} 条，{len(self.clusters)} 组相同的合并了 {merged} 条"

    def decide(self) -> str:
        self.stage.go(self.stage.year.closes_on + 9 * DAY)
        office.propose(self.stage)
        self.stage.go(self.stage.year.closes_on + 11 * DAY, 15)
        office.approve(self.stage)
        return f"{len(self.stage.works)} 条经两人审定，采纳入库"

    def list_(self) -> str:
        """Projects are opened and put on the list, which is reviewed and issued; units and monitors are registered."""
        self.stage.go(self.stage.year.list_on - 12 * DAY)
        ledger.open_projects(self.stage)
        for unit in {work.unit.pk: work.unit for work in self.stage.works}.values():
            self.stage.people.join_unit(unit)
        self.stage.go(self.stage.year.list_on - 5 * DAY)
        ledger.compose_list(self.stage)
        self.stage.go(self.stage.year.list_on)
        ledger.issue_list(self.stage)
        number = texts()["doc_number"].format(year=self.stage.year.number)
        return f"立项 {len(self.stage.works)} 个，清单印发，文号 {number}"

    # --- the units ------------------------------------------------------------------------------
    def plan(self) -> str:
        """Plans are handed in and agreed; monitors are appointed."""
        year = self.stage.year
        self.stage.go(year.work_from, 10)
        for work in self.stage.works:
            work.first, work.last = year.plan_of(work.n)
            desk.fill_plan(self.stage, work)
        self.stage.go(year.work_from + 5 * DAY, 15)
        for report in Report.objects.filter(kind=Report.Kind.PLAN, status=Report.Status.SUBMITTED):
            ledger.accept(self.stage, report)
        term = (year.month(10).isoformat(), (year.today + 400 * DAY).isoformat())
        self.stage.people.appoint_monitors(self.size.monitors, term)
        return f"{len(self.stage.works)} 个方案审定，聘任监督员 {len(self.stage.people.monitors)} 人"

    def work(self) -> str:
        """Month by month: ledgers, quarterly and half-year reports, conclusions; visits in between."""
        year = self.stage.year
        for back in range(8, -1, -1):
            self._watch(back + 1)
            first = year.month(back + 1)  # the month that has just ended
            day = self.stage.go(year.month(back) + (desk.REPORTING - 1) * DAY)
            self._report(Report.Kind.MONTH, first, day, skip={desk.LATE} if back == 7 else set())
            day = self.stage.go(year.month(back) + (desk.QUARTERLY - 1) * DAY)
            self._report(Report.Kind.QUARTER, first, day)
            self._report(Report.Kind.HALF_YEAR, first, day)
            day = self.stage.go(year.month(back) + (desk.CONCLUDING - 1) * DAY)
            if back == 7:
                self._report(Report.Kind.MONTH, first, day)
            self._conclude(day)
            if not Project.objects.filter(status=Project.Status.ACTIVE).exists():
                break
        reports = Report.objects.filter(status=Report.Status.ACCEPTED).count()
        return f"公开台账和报告 {reports} 份，观摩 {len(self.visits)} 次，{self._concluded()} 个项目结题"

    @staticmethod
    def _concluded() -> int:
        return Project.objects.filter(status=Project.Status.CONCLUDED).count()

    def _report(self, kind: str, month: date, day: date, *, skip: set[int] | frozenset[int] = frozenset()) -> None:
        """Write and accept the reports of that kind whose period has ended by now."""
        for work in self.stage.works:
            due = Report.objects.filter(project__number=work.number, kind=kind, period_to__lt=day).open()  # type: ignore[attr-defined]
            for report in due if work.n not in skip else ():
                vague = work.n == desk.RETURNED and kind == Report.Kind.QUARTER and not self._returned_before()
                desk.fill_report(self.stage, work, report, vague=vague)
                if vague:
                    ledger.return_(self.stage, report, texts()["returned"])
                    desk.fill_report(self.stage, work, report)
                ledger.accept(self.stage, report)

    @staticmethod
    def _returned_before() -> bool:
        return Report.objects.filter(moves__verb="return").exists()

    def _conclude(self, day: date) -> None:
        for work in self.stage.works:
            if work.last < day:
                for report in Report.objects.filter(project__number=work.number, kind="concluding").open():  # type: ignore[attr-defined]
                    desk.fill_report(self.stage, work, report)
                    ledger.accept(self.stage, report)

    # --- the monitors ---------------------------------------------------------------------------
    def _watch(self, back: int) -> None:
        """The visit of that month, if there is one; after the second a problem goes its way."""
        stage, year = self.stage, self.stage.year
        if back in watching.VISITS_BACK:
            n = len(self.visits)
            stage.go(year.month(back) + 13 * DAY)
            seen = [work for work in stage.works if work.n % 3 == n % 3] or stage.works
            visit = watching.plan_visit(stage, n, seen)
            stage.go(timezone.localdate(visit.starts_at), 9, 10)
            watching.hold_visit(stage, visit, stage.people.monitors[n : n + 5])
            self.visits.append(visit)
            if n == 1:
                self._problem(visit, seen[0])

    def _problem(self, visit: Visit, work: Work) -> None:
        stage, said = self.stage, texts()["problem"]
        day = stage.go(timezone.localdate() + DAY)
        problem = watching.raise_problem(stage, visit, work)
        day = stage.go(day + 2 * DAY)
        watching.answer_problem(stage, problem, work, said["answer"])
        day = stage.go(day + DAY)
        watching.dispute_problem(stage, problem)
        day = stage.go(day + 2 * DAY)
        watching.answer_problem(stage, problem, work, said["second_answer"])
        stage.go(day + DAY)
        watching.confirm_problem(stage, problem)

    def score(self) -> str:
        """In the present: the round is opened, scored, closed by the database's clock and published."""
        stage = self.stage
        stage.clock.back_to_the_present()
        watching.stand_aside(stage.people.monitors[-1], stage.works[0])
        one = watching.open_round(stage)
        sheets = watching.score(stage, one)
        stage.say(f"监督员打分 {sheets} 张，等到 {timezone.localtime(one.closes_at):%H:%M:%S} 截止…")
        watching.close_and_publish(stage, one)
        rated = one.entries.filter(results__score__isnull=False).distinct().count()
        return f"“{one}”已公布，{rated} 个项目有得分"
