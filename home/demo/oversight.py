"""Who looks after it all: orders of listed supervision, visits of the monitors, and the problems they found."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from config.uploads import store_picture
from home.demo import pictures
from home.demo.cast import Cast
from home.demo.stage import Stage
from home.demo.texts import Row
from home.demo.work import Work
from home.demo.works import Works
from monitors.models import Monitor, Problem, Visit, VisitPhoto
from projects.models import Project, SupervisionOrder

# Place of the project → days from today: issued, due, replied, discharged; a blank has not happened.
ORDERS: dict[int, tuple[int | None, ...]] = {
    16: (-78, -48, -52, -45), 33: (-84, -54, -51, -43), 27: (-27, -7, -9, None), 37: (-33, -3, None, None),
}  # fmt: skip
# Place of the visit in the texts → (days from today, hour, state, only these of its projects).
VISITS: dict[int, tuple[int, float, str, tuple[int, ...]]] = {
    0: (-98, 16.3, "published", (2, 1)), 1: (-121, 9, "published", (5, 8)), 2: (-150, 7, "published", (9, 40)),
    3: (-88, 11, "published", (12,)), 4: (-66, 19, "published", (37, 10)), 5: (-5, 9, "held", (16, 15)),
    6: (-131, 12, "published", (34,)), 7: (4, 19, "announced", (27,)), 8: (0, 0, "today", (32, 33)),
    9: (13, 20, "planned", (39, 38)),
}  # fmt: skip
RAINED_OFF, RAIN = 3, "当天有暴雨预警，改到下一周同一时间。"
AGENDA = "集合后分组看现场，不听汇报。看完当场记，有问题当场交责任单位。"
# The latest problem of these projects stands still in this state; all others are confirmed in time.
STANDING = {
    20: "raised",
    24: "raised",
    28: "dropped",
    35: "handed",
    33: "handed",
    27: "answered",
    38: "answered",
    37: "disputed",
}
DROPPED = "这一条和上个月另一位监督员提的是同一处，已在整改，合并跟踪。"
SECOND_ANSWER = "按您指出的地方又改了一遍，责任到人，改前改后的照片已附在台账里，请您再去看。"


class Oversight:
    """All of it, put on the programme of the stage."""

    def __init__(self, stage: Stage, cast: Cast, works: Works) -> None:
        self.stage, self.cast, self.works = stage, cast, works.works
        self.visits: dict[int, Visit] = {}
        for place, days in ORDERS.items():
            self._order(self.works[place], days)
        for n, plan in VISITS.items():
            self._visit(n, stage.texts.visits[n], *plan)
        self._problems()
        self._recusals()

    # --- orders -----------------------------------------------------------------------------------
    def _order(self, work: Work, days: tuple[int | None, ...]) -> None:
        stage, due = self.stage, days[1]
        before = None
        for day, action in zip((days[0], *days[2:]), (self._issue, self._reply, self._discharge), strict=True):
            if day is not None:
                earliest = stage.later(before, 2) if before else date.min
                before = stage.at_work(max(stage.calendar.previous_workday(stage.day(day)), earliest), after=before)
                stage.at(before, action, work, due)

    def _issue(self, work: Work, due: int) -> None:
        text = work.row["supervision"]
        SupervisionOrder.objects.issue(
            work.fresh(),
            by=self.cast.chief(0),
            reason=text["reason"],
            demand=text["demand"],
            due_on=self.stage.day(due),
        )

    def _of(self, work: Work) -> SupervisionOrder:
        return SupervisionOrder.objects.select_related("project", "unit").get(project=work.record)

    def _reply(self, work: Work, due: int) -> None:
        order = self._of(work)
        order.reply(self.cast.clerk(order.unit), work.row["supervision"]["reply"])

    def _discharge(self, work: Work, due: int) -> None:
        self._of(work).discharge(self.cast.chief(1), work.row["supervision"]["discharge"])

    # --- visits -----------------------------------------------------------------------------------
    def _visit(self, n: int, row: Row, days: int, hour: float, state: str, places: tuple[int, ...]) -> None:
        stage = self.stage
        day = self._visit_day(days)
        starts_at = self._soon() if state == "today" else stage.moment(day, hour).replace(second=0)
        planned = stage.at_work(stage.calendar.subtract(min(timezone.localdate(starts_at), stage.today), 9))
        stage.at(planned, self._plan, n, row, starts_at, places)
        if state == "planned":
            return
        announced = stage.at_work(stage.later(planned, 1), after=planned)
        stage.at(announced, self._announce, n)
        if n == RAINED_OFF:
            self._rain(n, row, starts_at, places)
        if state in ("announced", "today"):
            return
        stage.at(starts_at, self._go, n, places)
        stage.at(starts_at + timedelta(hours=3), self._hold, n)
        if state == "published":
            stage.at(stage.at_work(stage.later(starts_at, 2)), self._publish, n, row)

    def _visit_day(self, days: int) -> date:
        """A working day at or before so many days from today; one that is to come at or after."""
        near = self.stage.calendar.previous_workday if days < 0 else self.stage.calendar.next_workday
        return near(self.stage.day(days))

    def _soon(self) -> datetime:
        """Half an hour from now: whoever tries the demo can sign in."""
        moment = timezone.localtime(self.stage.now) + timedelta(minutes=45)
        return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)

    def _plan(self, n: int, row: Row, starts_at: datetime, places: tuple[int, ...]) -> None:
        projects = [record for place in places if (record := self.works[place].record)]
        self.visits[n] = Visit.objects.plan(
            projects=projects, by=self.cast.officer(2), title=row["title"], place=row["place"], starts_at=starts_at,
            agenda=AGENDA, seats=12,
        )  # fmt: skip

    def _announce(self, n: int) -> None:
        self.visits[n].announce(self.cast.officer(2))

    def _rain(self, n: int, row: Row, starts_at: datetime, places: tuple[int, ...]) -> None:
        """The same visit, a week before, was called off."""
        first = -n - 1
        announced = self.stage.at_work(self.stage.calendar.subtract(timezone.localdate(starts_at), 12))
        called_off = self.stage.at_work(self.stage.calendar.subtract(timezone.localdate(starts_at), 8))
        self.stage.at(announced, self._plan, first, row, starts_at - timedelta(days=7), places)
        self.stage.at(announced + timedelta(minutes=5), self._announce, first)
        self.stage.at(called_off, self._cancel, first)

    def _cancel(self, n: int) -> None:
        self.visits[n].cancel(self.cast.officer(2), RAIN)

    def _go(self, n: int, places: tuple[int, ...]) -> None:
        """Monitors sign in, look, and write down what they see; every third of them takes a photo."""
        visit = self.visits[n]
        first = self.works[places[0]].fresh()
        people = self.cast.monitors_for(first.topic, self.stage.chance.randint(6, 9))
        if n in (4, 6) and self.cast.demo_monitor not in people:
            people.append(self.cast.demo_monitor)
        for monitor in people:
            visit.sign_in(monitor)
        for place in places:
            notes = self.works[place].row["visit_notes"]
            for number, (monitor, text) in enumerate(zip(people, notes, strict=False)):
                minutes = 25 + 11 * number
                self.stage.at(
                    visit.starts_at + timedelta(minutes=minutes), self._note, visit, monitor, place, text, number
                )

    def _note(self, visit: Visit, monitor: Monitor, place: int, text: str, number: int) -> None:
        project, photos = self.works[place].fresh(), []
        if number % 3 == 0:
            now = timezone.now()
            picture = pictures.draw(project.topic.slug, project.title, 5000 + visit.pk * 20 + number, now)
            photos = [store_picture(VisitPhoto, picture, added_by=monitor.user, added_at=now, caption=project.title)]
        visit.take_note(monitor, project, text, photos=photos)

    def _hold(self, n: int) -> None:
        self.visits[n].hold(self.cast.officer(2))

    def _publish(self, n: int, row: Row) -> None:
        visit = self.visits[n]
        visit.summary = row["summary"]
        visit.save()
        visit.publish(self.cast.officer(2))

    # --- problems ---------------------------------------------------------------------------------
    def _problems(self) -> None:
        """Found at a visit where there was one, else by somebody who went on their own."""
        visited = {place: n for n, (days, _hour, _state, places) in VISITS.items() if days < 0 for place in places}
        begun = {place: work for place, work in self.works.items() if work.base < self.stage.today}
        for place, work in begun.items():
            rows = work.row["problems"]
            for number, row in enumerate(rows):
                standing = STANDING.get(place, "") if number == len(rows) - 1 else ""
                self._problem(work, row, visited.get(place), standing, number)

    def _problem(self, work: Work, row: Row, visit: int | None, standing: str, number: int) -> None:
        stage = self.stage
        if standing:
            workdays = {
                "raised": 1,
                "dropped": 4,
                "handed": 5 if work.place == 33 else 12,
                "answered": 8,
                "disputed": 17,
            }
            at = stage.any_time(stage.calendar.subtract(stage.today, workdays[standing]))
        elif visit is not None:
            days_ago, hour, _state, _places = VISITS[visit]
            at = stage.moment(self._visit_day(days_ago), hour + 1) + timedelta(minutes=9 * number)
        else:
            span = (min(work.last, stage.day(-40)) - work.base).days
            at = stage.any_time(work.base + timedelta(days=round(span * stage.chance.uniform(0.45, 0.9))))
        stage.at(at, self._raise, work, row, visit, standing)

    def _raise(self, work: Work, row: Row, visit: int | None, standing: str) -> None:
        project = work.fresh()
        if project.status not in (Project.Status.ACTIVE, Project.Status.CONCLUDING, Project.Status.CONCLUDED):
            return
        people = self.cast.monitors_for(project.topic, 3)
        monitor = self.cast.demo_monitor if work.place in (27, 38, 20) else self.stage.chance.choice(people)
        problem = Problem.objects.report(
            project=project, monitor=monitor, kind=row["kind"], text=row["text"],
            visit=self.visits.get(visit) if visit is not None and not standing else None,
        )  # fmt: skip
        if standing == "raised":
            return
        at = self.stage.at_work(self.stage.later(timezone.now(), 1))
        self.stage.at(at, self._drop if standing == "dropped" else self._hand_over, problem.pk, row, standing)

    def _fetch(self, pk: int) -> Any:
        return Problem.objects.select_related("project", "unit", "monitor__user").get(pk=pk)

    def _drop(self, pk: int, row: Row, standing: str) -> None:
        self._fetch(pk).drop(self.cast.officer(0), DROPPED)

    def _hand_over(self, pk: int, row: Row, standing: str) -> None:
        self._fetch(pk).hand_over(self.cast.officer(0))
        if standing != "handed":
            days = self.stage.chance.randint(2, 6) if pk % 8 else 9
            self.stage.at(self.stage.at_work(self.stage.later(timezone.now(), days)), self._reply_to, pk, row, standing)

    def _reply_to(self, pk: int, row: Row, standing: str) -> None:
        problem = self._fetch(pk)
        problem.reply(self.cast.clerk(problem.unit), row["answer"])
        if standing == "answered":
            return
        at = self.stage.any_time(self.stage.later(timezone.now(), 2))
        self.stage.at(at, self._dispute if row["dispute"] else self._confirm, pk, row, standing)

    def _confirm(self, pk: int, row: Row, standing: str) -> None:
        problem = self._fetch(pk)
        problem.confirm(problem.monitor.user)

    def _dispute(self, pk: int, row: Row, standing: str) -> None:
        problem = self._fetch(pk)
        problem.dispute(problem.monitor.user, row["dispute"])
        if standing != "disputed":
            self.stage.at(self.stage.at_work(self.stage.later(timezone.now(), 4)), self._reply_again, pk, row, standing)

    def _reply_again(self, pk: int, row: Row, standing: str) -> None:
        problem = self._fetch(pk)
        problem.reply(self.cast.clerk(problem.unit), SECOND_ANSWER)
        self.stage.at(self.stage.any_time(self.stage.later(timezone.now(), 2)), self._confirm, pk, row, standing)

    # --- standing aside ---------------------------------------------------------------------------
    def _recusals(self) -> None:
        words = ("爱人在承办单位工作。", "自家的店就在项目范围里。", "参加过这个项目的评审。")
        for place, word, number in zip((9, 12, 2), words, (2, 7, 12), strict=True):
            self.stage.at(self.stage.at_work(self.stage.day(-70)), self._declare, place, word, number)

    def _declare(self, place: int, word: str, number: int) -> None:
        monitor = self.cast.monitors[number]
        monitor.declare_recusal(self.works[place].fresh(), word, by=monitor.user)
