"""The units' part: plans, and month by month the reports of every project, until each is concluded."""

from __future__ import annotations

from datetime import date
from typing import Any

from home.real.texts import nth, of_topic, texts
from home.real.year import DAY, Stage, Work
from projects.models import Indicator, Report, Step

SHARES = (20, 30, 30, 20)  # percent of weight per step
REPORTING, QUARTERLY, CONCLUDING = 1, 6, 9  # days of the month on which the units sit down to it
LATE, RETURNED = 3, 1  # the works whose second month is late, and whose first quarterly report is sent back


# --- plans --------------------------------------------------------------------------------------
def plan_fields(work: Work) -> dict[str, Any]:
    """The plan of a project: who, what for, four steps one after the other, one indicator."""
    words = of_topic(work.topic.slug)
    name, measure = words["indicator"]
    fields: dict[str, Any] = {
        "chief": texts()["chief"], "owner": words["owner"], "effect": words["effect"],
        "goal": words["goal"].format(target=words["target"]),
        "plan_from": work.first.isoformat(), "plan_to": work.last.isoformat(),
        "indicators-0-name": name, "indicators-0-measure": measure, "indicators-0-before": "0",
        "indicators-0-target": str(words["target"]),
    }  # fmt: skip
    days, begins, past = (work.last - work.first).days, work.first, 0
    for n, (title, weight) in enumerate(zip(words["steps"], SHARES, strict=True)):
        past += weight
        ends = work.first + days * past // 100 * DAY
        row = {
            "title": title,
            "weight": str(weight),
            "planned_from": begins.isoformat(),
            "planned_to": ends.isoformat(),
        }
        fields |= {f"steps-{n}-{key}": value for key, value in row.items()}
        begins = ends + DAY
    return fields


def fill_plan(stage: Stage, work: Work) -> None:
    """The unit's clerk writes the plan and hands it in."""
    clerk, report = stage.people.clerks[work.unit.pk], Report.objects.get(project__number=work.number, kind="plan")
    clerk.open(report.get_desk_url())
    if len(SHARES) > 3:  # the form opens with three rows
        clerk.submit(press="加一步")
    clerk.submit(plan_fields(work), press="上报")


# --- reports ------------------------------------------------------------------------------------
class Progress:
    """How far a project is at the end of a period, in its own figures."""

    def __init__(self, work: Work, first: date, last: date) -> None:
        words, whole = of_topic(work.topic.slug), (work.last - work.first).days

        def reached(day: date) -> int:
            return int(words["target"] * min(max((day - work.first).days, 0), whole) / whole)

        self.now = reached(last)
        open_step = Step.objects.filter(project__number=work.number, done_on=None).first()
        self.words = {
            "now": self.now, "added": self.now - reached(first - DAY), "target": words["target"],
            "share": self.now * 100 // words["target"], "indicator": words["indicator"][0],
            "measure": words["indicator"][1], "step": open_step.title if open_step else words["steps"][-1],
            "visits": 2 + (work.n + last.month) % 5, "meetings": 1 + (work.n + last.month) % 3,
            "owner": words["owner"], "steps": len(SHARES),
        }  # fmt: skip


def texts_of(work: Work, report: Report, progress: Progress) -> dict[str, str]:
    """What was done, what is in the way, what comes next."""
    phrases, n = texts(), work.n + report.period_from.month
    if report.kind == Report.Kind.MONTH:
        return {"work": nth(phrases["month"], n).format(**progress.words)}
    said = phrases[str(report.kind)]
    problems = said["problems"] if isinstance(said["problems"], str) else nth(said["problems"], n)
    chosen = {"work": said["work"], "problems": problems, "next": said["next"]}
    return {name: text.format(**progress.words) for name, text in chosen.items()}


def figures_of(work: Work, last: date, progress: Progress) -> dict[str, Any]:
    """Steps whose time has come, declared begun or done, and the indicator's value."""
    fields: dict[str, Any] = {}
    owner = of_topic(work.topic.slug)["owner"]
    for step in Step.objects.filter(project__number=work.number, done_on=None, planned_from__lte=last):
        if step.started_on is None:
            fields[f"step-{step.pk}-started_on"] = step.planned_from.isoformat()
        if step.planned_to <= last:
            note = texts()["claim"].format(step=step.title, owner=owner)
            done = {"done": True, "done_on": step.planned_to.isoformat(), "note": note}
            fields |= {f"step-{step.pk}-{name}": value for name, value in done.items()}
    for indicator in Indicator.objects.filter(project__number=work.number):
        fields[f"indicator-{indicator.pk}-value"] = str(progress.now)
    return fields


def fill_report(stage: Stage, work: Work, report: Report, *, vague: bool = False) -> None:
    """The clerk fills a report in and hands it in; `vague` leaves the figures out of the words."""
    clerk = stage.people.clerks[work.unit.pk]
    last = min(report.period_to or work.last, work.last)
    progress = Progress(work, max(report.period_from, work.first), last)
    said = texts_of(work, report, progress)
    if vague:
        said["work"] = texts()["vague"]
    clerk.open(report.get_desk_url())
    clerk.submit(said | figures_of(work, last, progress), press="上报")
