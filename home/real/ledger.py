"""The office's part once suggestions are adopted: projects, the annual list, and the reports that units hand in."""

from __future__ import annotations

from home.real.texts import texts
from home.real.year import Stage
from projects.models import Project, Report

LEDGER = "/admin/ledger/"


def open_projects(stage: Stage) -> None:
    """A project from each adopted suggestion, named and given to the unit that answers for its topic."""
    officer = stage.people.officer
    for work in stage.works:
        officer.open(f"{LEDGER}?tab=suggestions")
        officer.submit({"pick": [work.suggestion.number]}, action=LEDGER)
        pain = texts()["pain_point"].format(count=work.messages, title=work.suggestion.public_title)
        officer.submit({
            "year": stage.year.number, "title": work.title, "topic": work.topic.pk, "lead_unit": work.unit.pk,
            "pain_point": pain,
        })  # fmt: skip
        work.number = Project.objects.get(sources=work.suggestion).number


def compose_list(stage: Stage) -> None:
    """The year's list is drafted, and every pooled project is put on it."""
    officer, year = stage.people.officer, stage.year.number
    officer.open(f"{LEDGER}lists/new/")
    page = officer.submit({"year": year, "title": texts()["list_title"].format(year=year)})
    pooled = [option.value for option in page.form(["pick"], action="/add/").controls["pick"].options]
    officer.submit({"pick": pooled}, action="/add/")


def issue_list(stage: Stage) -> None:
    """The office's leader reviews the list and issues it under its number."""
    leader, year = stage.people.leader, stage.year.number
    leader.open(f"{LEDGER}lists/{year}/")
    leader.submit(press="审核通过")
    leader.open(f"{LEDGER}lists/{year}/issue/")
    leader.submit({"doc_number": texts()["doc_number"].format(year=year)})


def accept(stage: Stage, report: Report) -> None:
    officer = stage.people.officer
    officer.open(f"{LEDGER}reports/{report.pk}/")
    officer.submit(press="审核通过")


def return_(stage: Stage, report: Report, reason: str) -> None:
    officer = stage.people.officer
    officer.open(f"{LEDGER}reports/{report.pk}/return/")
    officer.submit({"reason": reason})
