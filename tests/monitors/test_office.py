"""The office's pages about monitors, visits and problems, from the menu to the last button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitors.models import Monitor, Problem, Recusal, Visit
from tests.cast import person
from tests.factories import (
    CitizenFactory,
    MonitorFactory,
    ProblemFactory,
    ProjectFactory,
    VisitFactory,
    VisitNoteFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(sign_in: Any) -> Client:
    return sign_in(person("officer"))


def url(name: str, *args: Any) -> str:
    return reverse(f"monitor_office:{name}", args=args)


def text_of(response: Any) -> str:
    return response.content.decode()


def term() -> dict[str, str]:
    today = timezone.localdate()
    return {"term_from": today.isoformat(), "term_to": (today + timedelta(days=700)).isoformat()}


# --- who ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["citizen", "clerk", "editor", "sysadmin"])
def test_others_see_nothing_of_it(role: str, sign_in: Any) -> None:
    browser = sign_in(person(role))
    for name in ("people", "visits", "problems", "recusals", "appoint", "visit_new"):
        assert browser.get(url(name)).status_code in (302, 403)
    assert url("people") not in text_of(browser.get("/admin/", follow=True))


def test_the_auditor_reads_everything_and_changes_nothing(sign_in: Any) -> None:
    browser = sign_in(person("auditor"))
    visit, problem, monitor = VisitFactory(planned=True), ProblemFactory(raised=True), MonitorFactory()
    for address in (url("people"), url("person", monitor.pk), url("visit", visit.pk), url("problem", problem.pk)):
        page = browser.get(address)
        assert page.status_code == 200 and "<form" not in text_of(page).split('class="nice-padding wt"')[1]
    for name, pk in (("visit_announce", visit.pk), ("problem_hand_over", problem.pk), ("end", monitor.pk)):
        assert browser.post(url(name, pk), {"reason": "试试"}).status_code == 302
    assert (Visit.objects.get().status, Problem.objects.get().status) == ("planned", "raised")
    assert Monitor.objects.get(pk=monitor.pk).status == "serving"


def test_the_pages_stand_in_the_menu(office: Client) -> None:
    text = text_of(office.get("/admin/"))
    assert all(url(name) in text for name in ("people", "visits", "problems", "recusals"))


# --- people -------------------------------------------------------------------------------------
def test_appointing_somebody_new_by_phone_and_name(office: Client) -> None:
    sent = {"phone": "139 1111 2222", "name": "孙大妈", "field": "退休工人", **term()}
    page = office.post(url("appoint"), sent, follow=True)
    assert "已聘任" in text_of(page) and "孙大妈" in text_of(page) and "139****2222" in text_of(page)
    assert "13911112222" not in text_of(page)


def test_appointing_again_is_refused_and_keeps_what_was_typed(office: Client) -> None:
    MonitorFactory(user=CitizenFactory(phone="13911112222"))
    page = office.post(url("appoint"), {"phone": "13911112222", "name": "孙大妈", "field": "退休工人", **term()})
    assert page.status_code == 200 and "已经是监督员" in text_of(page) and "孙大妈" in text_of(page)
    page = office.post(url("appoint"), {"phone": "139", "name": "孙大妈", "field": "退休工人", **term()})
    assert "请填 11 位手机号" in text_of(page)
    assert Monitor.objects.count() == 1


def test_editing_ending_and_appointing_for_another_term(office: Client) -> None:
    monitor = MonitorFactory()
    office.post(url("edit", monitor.pk), {"field": "菜农", "employer": "", "area": ""})
    office.post(url("end", monitor.pk), {"reason": "搬家了"})
    monitor.refresh_from_db()
    assert (monitor.field, monitor.status) == ("菜农", "ended")
    assert "搬家了" in text_of(office.get(url("person", monitor.pk)))
    assert monitor.number in text_of(office.get(f"{url('people')}?tab=past"))
    office.post(url("reappoint", monitor.pk), term())
    monitor.refresh_from_db()
    assert monitor.is_serving() and monitor.term_to.isoformat() == term()["term_to"]


def test_the_office_finds_that_somebody_has_an_interest(office: Client) -> None:
    monitor, project = MonitorFactory(), ProjectFactory(concluded=True)
    office.post(url("recusal_new"), {"monitor": monitor.pk, "project": project.pk, "reason": "配偶是承建方职工"})
    assert Recusal.objects.get().declared_by == person("officer")
    assert "配偶是承建方职工" in text_of(office.get(url("recusals")))


# --- visits -------------------------------------------------------------------------------------
def test_a_visit_from_planning_to_its_summary(office: Client) -> None:
    project = ProjectFactory(active=True)
    starts_at = timezone.localtime() + timedelta(minutes=30)
    sent = {"title": "傍晚看学校门口", "projects": [project.pk], "starts_at": starts_at.strftime("%Y-%m-%dT%H:%M"),
            "place": "人民路小学", "seats": 12, "agenda": ""}  # fmt: skip
    assert "已存好" in text_of(office.post(url("visit_new"), sent, follow=True))
    visit = Visit.objects.get()
    assert visit.moves.get().by == person("officer") and visit.projects.get() == project
    assert "已公告" in text_of(office.post(url("visit_announce", visit.pk), follow=True))
    visit.refresh_from_db()
    monitor = MonitorFactory()
    visit.sign_in(monitor)
    code = text_of(office.get(url("visit_code", visit.pk)))
    assert settings.PUBLIC_URL + reverse("monitors:sign_in", args=[visit.sign_in_code]) in code
    assert monitor.number in code and str(monitor.user) not in code
    office.post(url("visit_hold", visit.pk))
    assert "请先写小结" in text_of(office.post(url("visit_publish", visit.pk), follow=True))
    office.post(url("visit_summary", visit.pk), {"summary": "看了一处，都好。"})
    assert "小结已公布" in text_of(office.post(url("visit_publish", visit.pk), follow=True))
    assert "看了一处，都好。" in text_of(Client().get(visit.get_absolute_url()))


def test_the_code_is_a_drawing_that_a_strict_policy_allows(office: Client) -> None:
    answer = office.get(url("visit_code_image", VisitFactory(announced=True).pk))
    assert answer["Content-Type"] == "image/svg+xml"
    drawing = text_of(answer)
    assert drawing.startswith("<?xml") and "style" not in drawing and "<script" not in drawing


def test_acting_takes_post(office: Client) -> None:
    visit, problem = VisitFactory(planned=True), ProblemFactory(raised=True)
    note = VisitNoteFactory()
    for name, pk in (("visit_announce", visit.pk), ("problem_hand_over", problem.pk), ("note_release", note.pk)):
        assert office.get(url(name, pk)).status_code == 405
    visit.refresh_from_db()
    assert visit.status == "planned"


def test_calling_off_needs_a_reason_that_becomes_public(office: Client) -> None:
    visit = VisitFactory(announced=True)
    assert office.post(url("visit_cancel", visit.pk), {"reason": ""}).status_code == 200
    office.post(url("visit_cancel", visit.pk), {"reason": "当天有暴雨预警。"})
    assert "当天有暴雨预警。" in text_of(Client().get(visit.get_absolute_url()))


def test_a_note_is_held_back_and_released(office: Client) -> None:
    note = VisitNoteFactory()
    for value, public in (("0", False), ("1", True)):
        office.post(url("note_release", note.pk), {"public": value})
        note.refresh_from_db()
        assert note.is_public is public


def test_a_visit_that_is_over_is_not_edited(office: Client) -> None:
    visit = VisitFactory(held=True)
    office.post(url("visit_edit", visit.pk), {"title": "改个名字"})
    assert Visit.objects.get().title == visit.title


# --- problems -----------------------------------------------------------------------------------
def test_the_queue_shows_what_is_to_be_checked_and_hands_it_over(office: Client) -> None:
    raised, handed = ProblemFactory(raised=True), ProblemFactory(handed=True)
    text = text_of(office.get(url("problems")))
    assert url("problem", raised.pk) in text and url("problem", handed.pk) not in text
    assert url("problem", handed.pk) in text_of(office.get(f"{url('problems')}?tab=owed"))
    assert str(raised.monitor) in text_of(office.get(url("problem", raised.pk)))
    office.post(url("problem_hand_over", raised.pk))
    raised.refresh_from_db()
    assert raised.status == Problem.Status.HANDED
    page = office.post(url("problem_hand_over", raised.pk), follow=True)
    assert "不能交责任单位" in text_of(page)


def test_dropping_asks_for_the_reason_that_the_monitor_reads(office: Client, sign_in: Any) -> None:
    problem = ProblemFactory(raised=True)
    office.post(url("problem_drop", problem.pk), {"reason": "与上月的问题重复。"})
    page = sign_in(problem.monitor.user).get(reverse("monitors:problem", args=[problem.pk]))
    assert "与上月的问题重复。" in text_of(page) and "未采用" in text_of(page)


def test_lists_cost_the_same_queries_for_one_and_for_three(office: Client, django_assert_max_num_queries: Any) -> None:
    def cost() -> list[int]:
        spent = []
        for name in ("people", "visits", "problems", "recusals"):
            with django_assert_max_num_queries(40) as queries:
                assert office.get(url(name)).status_code == 200
            spent.append(len(queries))
        return spent

    def one_more() -> None:
        monitor, project = MonitorFactory(), ProjectFactory(active=True)
        VisitFactory(announced=True, projects=[project])
        ProblemFactory(raised=True, project=project)
        monitor.declare_recusal(project, "亲属", by=monitor.user)

    one_more()
    cost()
    first = cost()
    one_more()
    one_more()
    assert cost() == first
