"""The monitors' part: visits with sign-in and notes, a problem that is disputed once, and the round at the end."""

from __future__ import annotations

import re
import time
from datetime import timedelta

from django.utils import timezone

from home.real.people import Person
from home.real.texts import nth, texts
from home.real.year import DAY, Stage, Work
from monitors.models import Problem, Visit
from projects.models import Project
from voting.models import Round

VISITS_BACK = (6, 4, 2)  # months before this one
CRITERIA_SPREAD = (0, -3, 4)  # points by which the criteria of one sheet differ
PAGES_PER_SHEET, PATIENCE, LEAST_SECONDS = 2, 4, 6


# --- visits -------------------------------------------------------------------------------------
def plan_visit(stage: Stage, nth_visit: int, works: list[Work]) -> Visit:
    """The office plans a visit a few days ahead and announces it."""
    said, officer = texts()["visit"], stage.people.officer
    day = stage.calendar.next_workday(timezone.localdate() + 3 * DAY)
    officer.open("/admin/monitors/visits/new/")
    officer.submit({
        "title": said["titles"][nth_visit].format(year=stage.year.number), "place": said["place"], "seats": "12",
        "agenda": said["agenda"], "starts_at": f"{day:%Y-%m-%d}T09:00", "projects": _pks(works),
    })  # fmt: skip
    visit = Visit.objects.order_by("-pk")[0]
    officer.open(f"/admin/monitors/visits/{visit.pk}/")
    officer.submit(press="公告")
    return visit


def _pks(works: list[Work]) -> list[str]:
    found = Project.objects.filter(number__in=[work.number for work in works])
    return [str(pk) for pk in found.values_list("pk", flat=True)]


def hold_visit(stage: Stage, visit: Visit, comers: list[Person]) -> None:
    """The code is held up, monitors scan it and note what they see; the office ends the visit and publishes it."""
    officer, said = stage.people.officer, texts()["visit"]
    page = officer.open(f"/admin/monitors/visits/{visit.pk}/code/")
    found = re.search(r"/monitor/sign-in/[\w-]+/", page.text)
    if found is None:
        raise LookupError("签到页上没有地址")
    projects = list(visit.projects.order_by("number"))
    for n, monitor in enumerate(comers):
        monitor.open(found[0])
        monitor.submit(press="签到")
        for project in projects[n % 2 :: 2]:
            monitor.open(f"/monitor/visits/{visit.slug}/{project.number}/")
            monitor.submit({"text": nth(said["notes"], n + project.pk)})
    officer.open(f"/admin/monitors/visits/{visit.pk}/")
    officer.submit(press="观摩结束")
    officer.open(f"/admin/monitors/visits/{visit.pk}/summary/")
    officer.submit({"summary": said["summary"].format(count=len(projects))})
    officer.open(f"/admin/monitors/visits/{visit.pk}/")
    officer.submit(press="公布小结")


# --- a problem ----------------------------------------------------------------------------------
def raise_problem(stage: Stage, visit: Visit, work: Work) -> Problem:
    """A monitor reports a problem, and the office hands it to the unit."""
    said, monitor, officer = texts()["problem"], stage.people.monitors[0], stage.people.officer
    monitor.open(f"/monitor/problems/new/?project={work.number}&visit={visit.slug}")
    monitor.submit({"project": work.number, "kind": said["kind"], "text": said["text"]})
    problem = Problem.objects.order_by("-pk")[0]
    officer.open(f"/admin/monitors/problems/{problem.pk}/")
    officer.submit(press="交责任单位")
    return problem


def answer_problem(stage: Stage, problem: Problem, work: Work, answer: str) -> None:
    clerk = stage.people.clerks[work.unit.pk]
    clerk.open(problem.get_desk_url())
    clerk.submit({"answer": answer})


def dispute_problem(stage: Stage, problem: Problem) -> None:
    monitor = stage.people.monitors[0]
    monitor.open(f"/monitor/problems/{problem.pk}/")
    monitor.submit({"reason": texts()["problem"]["dispute"]})


def confirm_problem(stage: Stage, problem: Problem) -> None:
    monitor = stage.people.monitors[0]
    monitor.open(f"/monitor/problems/{problem.pk}/")
    monitor.submit(press="确认")


def stand_aside(monitor: Person, work: Work) -> None:
    """A monitor declares an interest in a project."""
    monitor.open(f"/monitor/recuse/{work.number}/")
    monitor.submit({"reason": texts()["recusal"]})


# --- the round ----------------------------------------------------------------------------------
def open_round(stage: Stage) -> Round:
    """The office prepares a round with every concluded project and opens it, for as long as scoring will take."""
    officer = stage.people.officer
    now = timezone.localtime()
    closes = now + timedelta(seconds=_seconds_needed(stage))
    officer.open("/admin/rounds/new/")
    officer.submit({
        "title": texts()["round_title"].format(year=stage.year.number), "year": stage.year.number,
        "opens_at": f"{now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}", "closes_at": f"{closes:%Y-%m-%dT%H:%M:%S}",
        "projects": _pks(stage.works),
    })  # fmt: skip
    one = Round.objects.order_by("-pk")[0]
    officer.open(f"/admin/rounds/{one.slug}/open/")
    officer.submit(press="开始打分")
    return one


def _seconds_needed(stage: Stage) -> int:
    """How long scoring may take on this machine, from how long a monitor's page takes to come."""
    for monitor in stage.people.monitors:
        monitor.come()
    began = time.perf_counter()
    for work in stage.works[:5]:
        stage.people.monitors[0].open(f"/projects/{work.number}/")
    page = (time.perf_counter() - began) / len(stage.works[:5])
    sheets = len(stage.works) * len(stage.people.monitors)
    return LEAST_SECONDS + int(sheets * PAGES_PER_SHEET * page * PATIENCE / 2)


def points(monitor: int, project: int, criterion: int) -> int:
    """What a monitor thinks of a project, always the same: from 58 to 99."""
    quality = 66 + (project * 37) % 29  # the project
    severity = (monitor * 5) % 7 - 3  # the person
    return max(40, min(99, quality + severity + CRITERIA_SPREAD[criterion % 3] + (monitor * project) % 5))


def score(stage: Stage, one: Round) -> int:
    """Every monitor goes through the list, sheet by sheet; the number of sheets."""
    sheets = 0
    order = {work.number: work.n for work in stage.works}
    criteria = list(one.criteria.all())
    for n, monitor in enumerate(stage.people.monitors):
        page = monitor.open(f"/monitor/rounds/{one.slug}/")
        for href in [href for _text, href in page.links if f"/{one.slug}/XM" in href]:
            page = monitor.open(href)
            if "data-score" in page.html:  # and not one to stand aside from
                break
        while "data-score" in page.html:
            project = order[page.url.rstrip("/").rsplit("/", 1)[1]]
            given = {f"c{row.pk}": str(points(n, project, k)) for k, row in enumerate(criteria)}
            page = monitor.submit(given | {"comment": nth(texts()["comments"], n + project)})
            sheets += 1
    return sheets


def close_and_publish(stage: Stage, one: Round) -> None:
    """Wait for the closing time, which nobody can bring forward; then an officer closes and the leader publishes."""
    while (left := (one.closes_at - timezone.now()).total_seconds()) > -0.5:
        time.sleep(min(max(left, 0.5), 5))
    stage.people.officer.open(f"/admin/rounds/{one.slug}/")
    stage.people.officer.submit(press="截止并计算")
    stage.people.leader.open(f"/admin/rounds/{one.slug}/publish/")
    stage.people.leader.submit(press="公布结果")
