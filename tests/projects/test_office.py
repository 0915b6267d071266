"""The office's pages: pool, list, review, supervision. Who may do what, and that two people are needed where it says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.moves import MoveRefused
from projects.models import AnnualList, Project, Report, SupervisionOrder
from tests.factories import (
    AnnualListFactory,
    ProjectFactory,
    ReportFactory,
    SuggestionFactory,
    SupervisionOrderFactory,
)

pytestmark = pytest.mark.django_db
HOME = "/admin/ledger/"


# --- the pool -----------------------------------------------------------------------------------
def test_a_project_is_opened_from_several_suggestions_and_begins_with_their_words(
    sign_in: Any, officer: Any, reference: Any
) -> None:
    first: Any = SuggestionFactory(adopted=True, title="卫生站晚上不开门", topic=reference.topic)
    second: Any = SuggestionFactory(adopted=True, title="下班买不到药", topic=reference.topic)
    client = sign_in(officer)
    assert {first.number, second.number} <= {row["pk"] for row in client.get(HOME).context["rows"]}
    page = f"{HOME}open/?pick={first.number}&pick={second.number}"
    form = client.get(page).context["form"]
    assert form["title"].value() in {first.title, second.title}
    assert form["topic"].value() == reference.topic.pk
    sent = {
        "year": "2026", "title": "卫生站错时门诊", "topic": str(reference.topic.pk), "lead_unit": str(reference.health.pk),
        "pain_point": "下班后看不了病。", "pick": [first.number, second.number],
    }  # fmt: skip
    client.post(f"{HOME}open/", sent)
    project = Project.objects.get()
    assert (project.status, set(project.sources.all())) == ("pooled", {first, second})
    assert client.get(HOME).context["rows"] == []


def test_a_suggestion_joins_a_project_that_is_there(sign_in: Any, officer: Any) -> None:
    suggestion: Any = SuggestionFactory(adopted=True)
    project: Any = ProjectFactory(active=True)
    sign_in(officer).post(f"{HOME}attach/?pick={suggestion.number}", {"project": project.pk})
    assert list(project.sources.all()) == [suggestion]


@pytest.mark.parametrize("stage", ["open", "declined"])
def test_only_adopted_suggestions_become_projects(stage: str) -> None:
    with pytest.raises(MoveRefused, match="还没有采纳"):
        ProjectFactory(sources=[SuggestionFactory(**{stage: True})])


def test_a_public_project_is_edited_with_a_reason_only(sign_in: Any, officer: Any, reference: Any) -> None:
    project: Any = ProjectFactory(active=True)
    page = f"{HOME}projects/{project.number}/edit/"
    sent = {"title": "改了名", "topic": project.topic_id, "lead_unit": reference.education.pk, "pain_point": "x"}
    client = sign_in(officer)
    client.post(page, sent)
    assert Project.objects.get().title == project.title
    client.post(page, sent | {"reason": "职责调整。"})
    changed = Project.objects.get()
    assert (changed.title, changed.lead_unit) == ("改了名", reference.education)
    assert changed.history.first().history_change_reason == "职责调整。"
    assert {report.unit for report in changed.reports.open()} == {reference.education}
    assert changed.reports.get(kind="plan").unit == reference.health, "what was done stays with who did it"


@pytest.mark.parametrize(
    ("verb", "state"), [("suspend", "suspended"), ("cancel", "cancelled"), ("carry-over", "carried_over")]
)
def test_an_interruption_needs_a_reason_that_is_published(
    verb: str, state: str, sign_in: Any, officer: Any, client: Any
) -> None:
    project: Any = ProjectFactory(active=True)
    office, page = sign_in(officer), f"{HOME}projects/{project.number}/{verb}/"
    office.post(page, {"reason": " "})
    assert Project.objects.get(pk=project.pk).status == "active"
    office.post(page, {"reason": "场地要改造。"})
    assert Project.objects.get(pk=project.pk).status == state
    assert "场地要改造。" in client.get(project.get_absolute_url()).content.decode()


# --- the list -----------------------------------------------------------------------------------
def test_a_list_is_put_together_reviewed_and_issued(
    sign_in: Any, officer: Any, office_leader: Any, client: Any
) -> None:
    project, left_out = ProjectFactory(year=2030), ProjectFactory(year=2030)
    office, leader, page = sign_in(officer), sign_in(office_leader), f"{HOME}lists/2030/"
    office.post(f"{HOME}lists/new/", {"year": "2030", "title": "2030年清单"})
    office.post(f"{page}add/", {"pick": [project.pk, left_out.pk]})
    office.post(f"{page}remove/", {"pick": [left_out.pk]})
    spread = office.get(page).context["spread"]["rows"]
    assert [str(cell) for cell in spread[0]["cells"]] == [project.lead_unit.short_name, "1", "1"]
    office.post(f"{page}review/")
    assert AnnualList.objects.get().status == "drafted", "an officer does not review the list"
    leader.post(f"{page}review/")
    office.post(f"{page}issue/", {"doc_number": "衡改办〔2030〕1号", "issued_on": str(timezone.localdate())})
    assert client.get(project.get_absolute_url()).status_code == 404
    leader.post(f"{page}issue/", {"doc_number": "衡改办〔2030〕1号", "issued_on": str(timezone.localdate())})
    issued = AnnualList.objects.get()
    assert (issued.status, issued.doc_number) == ("issued", "衡改办〔2030〕1号")
    assert "衡改办〔2030〕1号" in client.get(project.get_absolute_url()).content.decode()
    assert project.reports.get().kind == Report.Kind.PLAN
    assert Project.objects.get(pk=left_out.pk).annual_list is None


def test_a_reviewed_list_is_closed(sign_in: Any, officer: Any) -> None:
    one: Any = AnnualListFactory(reviewed=True)
    late: Any = ProjectFactory(year=one.year)
    sign_in(officer).post(f"{HOME}lists/{one.year}/add/", {"pick": [late.pk]})
    assert Project.objects.get(pk=late.pk).annual_list is None
    with pytest.raises(MoveRefused, match="不能再增减"):
        one.add(late)


def test_an_empty_list_is_not_reviewed(office_leader: Any, officer: Any) -> None:
    one = AnnualList.objects.draft(2031, "空清单", by=officer)
    with pytest.raises(MoveRefused, match="还没有项目"):
        one.review(office_leader)


@pytest.mark.parametrize(("number", "days"), [("", 0), ("衡改办〔2030〕1号", 1)])
def test_a_list_is_not_issued_without_a_number_or_tomorrow(number: str, days: int, office_leader: Any) -> None:
    one: Any = AnnualListFactory(reviewed=True)
    with pytest.raises(MoveRefused):
        one.issue(office_leader, number, timezone.localdate() + timedelta(days=days))


def test_a_project_dropped_in_the_pool_never_becomes_public(client: Any, officer: Any, office_leader: Any) -> None:
    one = AnnualList.objects.draft(2030, "清单", by=officer)
    kept, dropped = ProjectFactory(year=2030), ProjectFactory(year=2030)
    for project in (kept, dropped):
        one.add(project)
    dropped.interrupt("cancel", officer, "不再需要。")
    one.review(office_leader)
    one.issue(office_leader, "衡改办〔2030〕1号")
    assert client.get(kept.get_absolute_url()).status_code == 200
    assert client.get(dropped.get_absolute_url()).status_code == 404


# --- review -------------------------------------------------------------------------------------
def test_reports_are_reviewed_one_after_the_other(sign_in: Any, officer: Any) -> None:
    first, second = ReportFactory(submitted=True), ReportFactory(submitted=True)
    client = sign_in(officer)
    page = client.get(f"{HOME}reports/{first.pk}/").content.decode()
    assert first.work in page
    answer = client.post(f"{HOME}reports/{first.pk}/accept/")
    assert answer["Location"] == f"{HOME}reports/{second.pk}/"
    client.post(f"{HOME}reports/{second.pk}/return/", {"reason": "数字对不上。"})
    assert list(
        Report.objects.filter(pk__in=(first.pk, second.pk)).order_by("pk").values_list("status", flat=True)
    ) == [
        "accepted",
        "returned",
    ]


def test_a_page_left_open_does_not_accept_twice(sign_in: Any, officer: Any) -> None:
    report: Any = ReportFactory(accepted=True)
    answer = sign_in(officer).post(f"{HOME}reports/{report.pk}/accept/", follow=True)
    assert answer.status_code == 200
    assert report.moves.filter(verb="accept").count() == 1


def test_what_came_again_with_other_words_is_read_again(sign_in: Any, officer: Any, clerk: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    client = sign_in(officer)
    accept = client.get(f"{HOME}reports/{report.pk}/").context["actions"][0].href
    report.return_(officer, "请核对。")
    report.work = "换了一套说法。"
    report.save()
    report.submit(clerk)
    client.post(accept)
    assert Report.objects.get(pk=report.pk).status == "submitted"
    client.post(client.get(f"{HOME}reports/{report.pk}/").context["actions"][0].href)
    assert Report.objects.get(pk=report.pk).status == "accepted"


def test_the_office_does_not_read_what_a_unit_is_still_writing(sign_in: Any, officer: Any) -> None:
    report: Any = ReportFactory()
    Report.objects.filter(pk=report.pk).update(work="写到一半的话", draft="work=草稿的话")
    page = sign_in(officer).get(f"{HOME}reports/{report.pk}/").content.decode()
    assert "写到一半的话" not in page and "草稿的话" not in page


def test_the_auditor_reads_everything_and_changes_nothing(sign_in: Any, auditor: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    order: Any = SupervisionOrderFactory(project=report.project, replied=True)
    client, number = sign_in(auditor), report.project.number
    for page in (
        "",
        "projects/",
        f"projects/{number}/",
        "lists/",
        "reports/",
        f"reports/{report.pk}/",
        f"orders/{order.pk}/",
    ):
        assert client.get(f"{HOME}{page}").status_code == 200, page
    for page in (f"reports/{report.pk}/accept/", f"orders/{order.pk}/discharge/", f"projects/{number}/suspend/"):
        client.post(f"{HOME}{page}", {"reason": "x", "note": "x"})
    assert Report.objects.get(pk=report.pk).status == "submitted"
    assert SupervisionOrder.objects.get().status == "replied"
    assert Project.objects.get().status == "active"


# --- supervision --------------------------------------------------------------------------------
def test_an_order_is_discharged_by_somebody_else_than_its_issuer(
    sign_in: Any, officer: Any, second_officer: Any, clerk: Any
) -> None:
    project: Any = ProjectFactory(active=True)
    facts = {
        "reason": "连续两月没有进展。",
        "demand": "开出两个站点。",
        "due_on": str(timezone.localdate() + timedelta(days=14)),
    }
    sign_in(officer).post(f"{HOME}projects/{project.number}/supervise/", facts)
    order = SupervisionOrder.objects.get()
    order.reply(clerk, "两个站点已于本周开放。")
    page = f"{HOME}orders/{order.pk}/discharge/"
    refused = sign_in(officer).post(page, {"note": "我看过了。"})
    assert "不能自己销号" in refused.content.decode()
    assert SupervisionOrder.objects.get().status == "replied"
    sign_in(second_officer).post(page, {"note": "现场核实属实。"})
    assert SupervisionOrder.objects.get().status == "discharged"


def test_a_returned_order_is_owed_again_and_remembers_its_lights(officer: Any) -> None:
    from portal.duties import light_all

    order: Any = SupervisionOrderFactory()
    light_all(order.due_on + timedelta(days=2))
    order.refresh_from_db()
    red_on = order.red_on
    order.reply(officer, "两个站点已于本周开放。")
    order.return_(officer, "只开了一个。")
    order.refresh_from_db()
    assert (order.status, order.done_on, order.red_on) == ("issued", None, red_on)
    assert red_on is not None


@pytest.mark.parametrize("stage", ["pooled", "suspended", "completed"])
def test_only_a_running_project_is_put_under_supervision(stage: str, officer: Any) -> None:
    with pytest.raises(MoveRefused, match="不能挂牌督办"):
        SupervisionOrderFactory(project=ProjectFactory(**{stage: True}))


def test_an_order_is_due_on_a_working_day_and_not_in_the_past(officer: Any) -> None:
    from datetime import date, datetime

    project: Any = ProjectFactory(active=True)
    facts = {"by": officer, "reason": "x", "demand": "y"}
    at = timezone.make_aware(datetime(2026, 9, 20))
    order = SupervisionOrder.objects.issue(project, due_on=date(2026, 10, 3), at=at, **facts)
    assert order.due_on == date(2026, 10, 8)
    with pytest.raises(MoveRefused, match="不能早于今天"):
        SupervisionOrder.objects.issue(project, due_on=timezone.localdate() - timedelta(days=1), **facts)
