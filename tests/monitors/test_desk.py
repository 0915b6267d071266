"""A unit answers problems of its own, without learning who found them."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from monitors.models import Problem
from tests.cast import person
from tests.factories import CitizenFactory, MonitorFactory, ProblemFactory

pytestmark = pytest.mark.django_db
NAME, PHONE = "欧阳金丝雀", "13955556666"


@pytest.fixture
def problem(db: None) -> Any:
    monitor = MonitorFactory(user=CitizenFactory(display_name=NAME, phone=PHONE), field="养蜂人")
    return ProblemFactory(handed=True, monitor=monitor)


def address(problem: Any) -> str:
    return reverse("monitor_desk:problem", args=[problem.pk])


@pytest.mark.parametrize("who", ["clerk", "unit_leader"])
def test_the_unit_answers_and_the_answer_is_public(problem: Any, sign_in: Any, client: Any, who: str) -> None:
    browser = sign_in(person(who))
    page = browser.post(address(problem), {"answer": "下周起药房同步值班到八点。"}, follow=True)
    assert page.status_code == 200 and "已请监督员确认" in page.content.decode()
    problem.refresh_from_db()
    assert (problem.status, problem.was_on_time) == (Problem.Status.ANSWERED, True)
    assert "下周起药房同步值班到八点。" in client.get(problem.project.get_absolute_url()).content.decode()


def test_the_unit_never_learns_who_it_was(problem: Any, sign_in: Any) -> None:
    text = sign_in(person("clerk")).get(address(problem)).content.decode()
    assert "群众监督员" in text and problem.text in text
    for secret in (NAME, PHONE, "欧阳", problem.monitor.number, "养蜂人"):
        assert secret not in text


def test_other_units_read_whose_it_is_and_cannot_answer(problem: Any, sign_in: Any) -> None:
    browser = sign_in(person("other_leader"))
    for answer in (browser.get(address(problem)), browser.post(address(problem), {"answer": "我们替他们答复。"})):
        assert answer.status_code == 403 and problem.unit.short_name in answer.content.decode()
    problem.refresh_from_db()
    assert problem.status == Problem.Status.HANDED


@pytest.mark.parametrize("state", ["raised", "dropped"])
def test_what_the_office_has_not_handed_over_is_not_there(state: str, sign_in: Any) -> None:
    problem = ProblemFactory(**{state: True})
    assert sign_in(person("clerk")).get(address(problem)).status_code == 404


def test_the_work_list_of_the_unit_holds_it_from_hand_over_to_answer(sign_in: Any) -> None:
    browser = sign_in(person("clerk"))
    problem = ProblemFactory(raised=True)
    assert address(problem) not in browser.get("/desk/").content.decode()
    problem.hand_over(person("officer"))
    assert address(problem) in browser.get("/desk/").content.decode()
    problem.reply(person("clerk"), "下周起药房同步值班到八点。")
    assert address(problem) not in browser.get("/desk/").content.decode()


def test_a_refused_answer_keeps_what_was_typed(problem: Any, sign_in: Any) -> None:
    page = sign_in(person("clerk")).post(address(problem), {"answer": "已阅办"})
    assert page.status_code == 422
    assert "答复太短" in page.content.decode() and "已阅办" in page.content.decode()


def test_an_answered_problem_shows_no_form(sign_in: Any) -> None:
    problem = ProblemFactory(answered=True)
    browser = sign_in(person("clerk"))
    assert "公开答复</button>" not in browser.get(address(problem)).content.decode()
    browser.post(address(problem), {"answer": "再答复一次看看行不行。"})
    problem.refresh_from_db()
    assert problem.answer == "下周起药房同步值班到八点。"
