"""Units side by side: all asked at once, all seen at once, each answering for itself; handing back one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.moves import MoveRefused
from home import metrics
from portal.life import life_of, next_step
from portal.models import Assignment, Campaign, Decision, Notice, Suggestion, Unit, Verdict
from tests.cast import person, worker_of
from tests.factories import SuggestionFactory
from tests.factories.portal import propose

LEAD_SAYS, CO_SAYS = "学校已划出接送区，十月一日启用。", "交警每天放学时到岗，电话 13812345678。"


def units(*slugs: str) -> list[Unit]:
    found = {unit.slug: unit for unit in Unit.objects.filter(slug__in=slugs)}
    return [found[slug] for slug in slugs]


@pytest.fixture
def asked(db: None) -> Suggestion:
    """Education leads, health helps; both were asked by one decision."""
    one = SuggestionFactory(open=True, author=person("citizen"))
    lead, co = units("education", "health")
    decision = propose(one, Decision.Route.ASSIGN, unit=lead)
    decision.co_units.add(co)
    decision.approve(person("office_leader"))
    one.refresh_from_db()
    return one


def of(one: Suggestion, slug: str, *, again: bool = False) -> Assignment:
    return one.assignments.exclude(status="released").get(unit__slug=slug, again=again)


def answer(one: Suggestion, slug: str, text: str, *, again: bool = False) -> None:
    assignment = of(one, slug, again=again)
    assignment.answer = text
    assignment.save()
    assignment.submit(worker_of(assignment.unit, "clerk"))
    assignment.sign(worker_of(assignment.unit, "leader"))
    one.refresh_from_db()


# --- asked and answered -------------------------------------------------------------------------
def test_all_are_asked_at_once_each_with_its_own_date_and_notice(asked: Suggestion) -> None:
    rows = list(asked.assignments.order_by("pk"))
    assert [(row.unit.slug, row.is_lead, row.status) for row in rows] == [
        ("education", True, "due"), ("health", False, "due")]  # fmt: skip
    assert rows[0].due_on == rows[1].due_on
    worker_of(rows[1].unit, "clerk")
    assert asked.status == "assigned"


def test_it_is_answered_when_all_have_answered(asked: Suggestion) -> None:
    answer(asked, "health", CO_SAYS)
    assert asked.status == "assigned" and not Notice.objects.filter(text__contains="都已答复").exists()
    waiting = next_step(asked)
    assert waiting and "教育" in waiting["text"] and "卫生" not in waiting["text"]
    answer(asked, "education", LEAD_SAYS)
    assert asked.status == "answered"
    told = Notice.objects.filter(user=person("citizen"), channel="in_app", text__contains="都已答复")
    assert told.count() == 1


def test_the_public_reads_each_answer_under_its_unit_and_no_number(asked: Suggestion, client: Any) -> None:
    answer(asked, "health", CO_SAYS)
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "卫生健康委员会的答复" in page and "交警每天放学时到岗" in page and "13812345678" not in page
    assert "牵头" in page and LEAD_SAYS not in page
    answer(asked, "education", LEAD_SAYS)
    entries = [entry["title"] for entry in life_of(asked) if entry["state"] == "单位答复"]
    assert len(entries) == 2


def test_units_see_one_anothers_words_once_submitted_and_no_drafts(asked: Suggestion, sign_in: Any) -> None:
    lead, co = of(asked, "education"), of(asked, "health")
    co.answer = CO_SAYS
    co.save()
    address = reverse("desk:assignment", args=[lead.pk])
    desk = sign_in(worker_of(lead.unit, "clerk"))
    page = desk.get(address).content.decode()
    assert "同办单位" in page and "交警每天放学" not in page
    co.submit(worker_of(co.unit, "clerk"))
    assert "交警每天放学" in desk.get(address).content.decode()
    assert desk.get(reverse("desk:assignment", args=[co.pk])).status_code == 404


def test_the_same_unit_is_asked_once_and_one_leads(asked: Suggestion) -> None:
    lead, co, third = units("education", "health", "public-security")
    for unit, is_lead in ((co, False), (third, True)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.hand_over(asked, unit, by=None, is_lead=is_lead)
    decision = Decision.objects.propose(
        SuggestionFactory(open=True),
        by=person("officer"),
        route="assign",
        reason="请办理。",
        unit=lead,
        co_units=[lead, co],
    )
    assert list(decision.co_units.all()) == [co]


def test_the_form_asks_several_units_and_the_leader_sees_them(sign_in: Any, officer: Any) -> None:
    one = SuggestionFactory(open=True)
    lead, co = units("education", "health")
    data = {"seen": "open", "topic": one.topic_id, "route": "assign", "unit": lead.pk, "co_units": [co.pk, lead.pk],
            "reason": "由两家一起办。"}  # fmt: skip
    office = sign_in(officer)
    address = reverse("office:propose", args=[one.number])
    office.post(address, {f"propose-{name}": value for name, value in data.items()})
    decision = one.decisions.get()
    assert (decision.unit, list(decision.co_units.all())) == (lead, [co])
    page = office.get(reverse("office:suggestion", args=[one.number])).content.decode()
    assert "牵头，配合：" in page and co.name in page


# --- the author's word --------------------------------------------------------------------------
def test_one_verdict_stands_for_all_and_counts_whole_for_each_unit(asked: Suggestion, sign_in: Any) -> None:
    answer(asked, "education", LEAD_SAYS)
    answer(asked, "health", CO_SAYS)
    home = sign_in(person("citizen"))
    page = home.get(reverse("portal:tracked", args=[asked.number])).content.decode()
    assert LEAD_SAYS in page and "交警每天放学" in page and page.count("您对答复满意吗") == 1
    assert home.get(reverse("portal:mine")).content.decode().count("评价这次答复") == 1
    verdict = Verdict.give(of(asked, "health"), "satisfied", result="solved")
    with pytest.raises(MoveRefused):
        Verdict.give(of(asked, "education"), "dissatisfied")
    lead, co, other = units("education", "health", "public-security")
    assert [list(Verdict.objects.of_unit(unit)) for unit in (lead, co, other)] == [[verdict], [verdict], []]
    year = metrics.Year.current(Campaign.objects.all())
    assert year and metrics.satisfaction(year).denominator == 1


def test_a_reopening_asks_all_of_them_again(asked: Suggestion) -> None:
    answer(asked, "education", LEAD_SAYS)
    answer(asked, "health", CO_SAYS)
    Verdict.give(of(asked, "education"), "dissatisfied", comment="车还是停满两侧。", reopen=True)
    second = asked.assignments.filter(again=True).order_by("pk")
    assert [(row.unit.slug, row.is_lead) for row in second] == [("education", True), ("health", False)]
    asked.refresh_from_db()
    answer(asked, "health", "又派了两名交警，每天放学时到岗。", again=True)
    assert asked.status == "reopened"
    answer(asked, "education", "接送区已加护栏，十一月完工。", again=True)
    assert asked.status == "answered"
    titles = [entry.get("title", "") for entry in life_of(asked)]
    assert sum("重办" in title for title in titles) == 1
    assert len([title for title in titles if title.endswith("的答复")]) == 4


def test_it_can_be_reopened_for_thirty_days_after_the_last_answer(asked: Suggestion) -> None:
    answer(asked, "education", LEAD_SAYS)
    Assignment.objects.filter(unit__slug="education").update(done_on=timezone.localdate() - timedelta(days=40))
    answer(asked, "health", CO_SAYS)
    assert of(asked, "education").may_be_reopened()


# --- handed back --------------------------------------------------------------------------------
def test_one_unit_hands_back_and_the_others_go_on(
    asked: Suggestion, sign_in: Any, unit_leader: Any, clerk: Any
) -> None:
    co = of(asked, "health")
    address = reverse("desk:assignment_hand_back", args=[co.pk])
    assert sign_in(clerk).post(address, {"hand-back-reason": "停车归交警管，请转公安局。"}).status_code == 403
    desk = sign_in(unit_leader)
    assert desk.post(address, {"hand-back-reason": "不归"}).status_code == 422
    desk.post(address, {"hand-back-reason": "停车归交警管，请转公安局。"})
    co.refresh_from_db()
    assert (co.status, of(asked, "education").status) == ("handed_back", "due")
    assert co not in Assignment.objects.owed()
    office = sign_in(person("officer")).get(reverse("office:handed_back")).content.decode()
    assert "停车归交警管，请转公安局。" in office
    assert "停车归交警管" not in sign_in(person("citizen")).get(asked.get_absolute_url()).content.decode()


@pytest.fixture
def back(asked: Suggestion) -> Assignment:
    one = of(asked, "health")
    one.hand_back(worker_of(one.unit, "leader"), "停车归交警管，请转公安局。")
    return one


def test_the_office_names_another_unit_due_anew(asked: Suggestion, back: Assignment, sign_in: Any) -> None:
    other = units("public-security")[0]
    data = {"other": other.pk, "reason": "改由公安局办理。"}
    address = reverse("office:handed_back_release", args=[back.pk])
    sign_in(person("officer")).post(address, data)
    back.refresh_from_db()
    assert back.status == "handed_back"
    sign_in(person("office_leader")).post(address, data)
    back.refresh_from_db()
    assert back.status == "released"
    fresh = of(asked, "public-security")
    assert (fresh.is_lead, fresh.status) == (False, "due")
    answer(asked, "education", LEAD_SAYS)
    answer(asked, "public-security", CO_SAYS)
    assert asked.status == "answered"


def test_a_released_unit_counts_in_no_figure_and_holds_nobody_up(asked: Suggestion, back: Assignment) -> None:
    answer(asked, "education", LEAD_SAYS)
    assert asked.status == "assigned"
    back.release(person("office_leader"), "不需要卫健委办。")
    asked.refresh_from_db()
    assert asked.status == "answered"
    assert list(Assignment.objects.binding()) == [of(asked, "education")]


def test_when_the_lead_is_released_another_leads(asked: Suggestion) -> None:
    lead = of(asked, "education")
    lead.hand_back(worker_of(lead.unit, "leader"), "学校门口的路归公安局。")
    lead.release(person("office_leader"), "由卫健委一家办。")
    assert of(asked, "health").is_lead


def test_the_last_unit_is_not_released_and_nobody_is_asked_twice(asked: Suggestion, back: Assignment) -> None:
    with pytest.raises(MoveRefused, match="已经在办"):
        back.release(person("office_leader"), "换一家。", other=of(asked, "education").unit)
    back.release(person("office_leader"), "不需要卫健委办。")
    lead = of(asked, "education")
    lead.hand_back(worker_of(lead.unit, "leader"), "学校门口的路归公安局。")
    with pytest.raises(MoveRefused, match="另定一个单位"):
        lead.release(person("office_leader"), "不办了。")


def test_the_office_may_leave_it_with_the_unit(back: Assignment, sign_in: Any, unit_leader: Any) -> None:
    sign_in(person("office_leader")).post(
        reverse("office:handed_back_keep", args=[back.pk]), {"reason": "门诊停车归你们管。"}
    )
    back.refresh_from_db()
    assert back.status == "due"
    assert Notice.objects.filter(user=unit_leader, text__contains="门诊停车归你们管。").exists()
