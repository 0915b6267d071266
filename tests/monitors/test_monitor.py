"""Monitors: appointed for a term, and kept away from what they have an interest in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.moves import MoveRefused
from monitors.models import Monitor
from portal.models import Notice, User
from tests.cast import person
from tests.factories import CitizenFactory, MonitorFactory, ProjectFactory, RecusalFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
PHONE = "13911112222"


def term(days_from: int = 0, days_to: int = 365) -> dict[str, Any]:
    today = timezone.localdate()
    return {"term_from": today + timedelta(days=days_from), "term_to": today + timedelta(days=days_to)}


# --- appointment --------------------------------------------------------------------------------
def test_a_person_without_an_account_gets_one_that_their_phone_opens() -> None:
    monitor = Monitor.objects.appoint_person(PHONE, "孙大妈", by=person("officer"), field="退休工人", **term())
    found = User.objects.by_phone(PHONE)
    assert found == monitor.user and str(found) == "孙大妈"
    assert not found.has_usable_password() and found.identity_level == 1


def test_a_person_with_an_account_keeps_it_and_its_name() -> None:
    citizen = CitizenFactory(phone=PHONE, display_name="孙女士")
    monitor = Monitor.objects.appoint_person(PHONE, "孙大妈", by=person("officer"), field="退休工人", **term())
    assert monitor.user == citizen and str(monitor.user) == "孙女士"


def test_numbers_are_given_out_by_year_and_never_twice() -> None:
    first, second = MonitorFactory(**term()), MonitorFactory(**term())
    year = timezone.localdate().year
    assert [first.number, second.number] == [f"JD{year}-001", f"JD{year}-002"]


@pytest.mark.parametrize("name", ["clerk", "unit_leader", "officer", "auditor"])
def test_people_who_work_in_the_system_do_not_become_monitors(name: str) -> None:
    user = person(name)
    user.set_phone(PHONE)
    user.save()
    with pytest.raises(MoveRefused, match="不能兼任"):
        Monitor.objects.appoint_person(PHONE, "", by=person("office_leader"), field="职员", **term())


def test_nobody_is_appointed_twice_and_a_new_person_needs_a_name() -> None:
    with pytest.raises(MoveRefused, match="请填写姓名"):
        Monitor.objects.appoint_person(PHONE, " ", by=person("officer"), field="村医", **term())
    Monitor.objects.appoint_person(PHONE, "孙大妈", by=person("officer"), field="村医", **term())
    with pytest.raises(MoveRefused, match="已经是监督员"):
        Monitor.objects.appoint_person(PHONE, "孙大妈", by=person("officer"), field="村医", **term())


def test_the_appointed_person_is_told_once_on_each_channel() -> None:
    monitor = MonitorFactory()
    told = Notice.objects.filter(event=f"monitor:{monitor.pk}:appointed")
    assert sorted(told.values_list("channel", flat=True)) == ["in_app", "sms"]


# --- term ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("start", "end", "serves"), [(0, 1, True), (-5, 0, True), (1, 5, False), (-5, -1, False)])
def test_a_monitor_serves_from_the_first_to_the_last_day(start: int, end: int, serves: bool) -> None:
    monitor = MonitorFactory(**term(start, end))
    assert monitor.is_serving() is serves
    assert Monitor.objects.serving().filter(pk=monitor.pk).exists() is serves


def test_ending_a_term_takes_effect_at_once_and_a_new_term_keeps_the_number() -> None:
    monitor = MonitorFactory()
    number = monitor.number
    monitor.end(person("officer"), "本人申请。")
    assert Monitor.objects.of(monitor.user) is None
    monitor.reappoint(person("officer"), **term(0, 700))
    again = Monitor.objects.of(monitor.user)
    assert again is not None and again.number == number and again.term_to == term(0, 700)["term_to"]


def test_a_term_that_ends_before_it_begins_is_refused_by_record_and_database() -> None:
    monitor = MonitorFactory()
    with pytest.raises(MoveRefused, match="任期至要晚于"):
        monitor.reappoint(person("officer"), **term(5, 5))
    with pytest.raises(IntegrityError), transaction.atomic():
        Monitor.objects.filter(pk=monitor.pk).update(**term(5, 5))


# --- standing aside -----------------------------------------------------------------------------
def test_a_monitor_with_no_interest_may_score() -> None:
    assert MonitorFactory().must_stand_aside(ProjectFactory()) == ""


def test_employees_of_the_lead_unit_and_of_a_co_unit_stand_aside(reference: Any) -> None:
    project = ProjectFactory(lead_unit=reference.health)
    project.co_units.add(reference.education)
    for unit in (reference.health, reference.education):
        assert "工作" in MonitorFactory(employer=unit).must_stand_aside(project)


def test_authors_stand_aside_also_when_their_suggestion_was_merged_into_the_source() -> None:
    author, merged_author = CitizenFactory(), CitizenFactory()
    source = SuggestionFactory(open=True, author=author)
    member = SuggestionFactory(open=True, author=merged_author)
    member.merge_into(source, person("officer"))
    project = ProjectFactory()
    project.sources.add(source)
    for user in (author, merged_author):
        assert "您提的建议" in MonitorFactory(user=user).must_stand_aside(project)


def test_a_declared_recusal_counts_once_and_needs_a_reason() -> None:
    monitor, project = MonitorFactory(), ProjectFactory()
    with pytest.raises(MoveRefused, match="理由"):
        monitor.declare_recusal(project, "  ", by=monitor.user)
    monitor.declare_recusal(project, "施工单位是亲属开的", by=monitor.user)
    monitor.declare_recusal(project, "又说一次", by=monitor.user)
    assert monitor.recusals.get().reason == "施工单位是亲属开的"
    assert "施工单位是亲属开的" in monitor.must_stand_aside(project)
    assert monitor.must_stand_aside(ProjectFactory()) == ""


def test_many_monitors_and_projects_cost_the_same_queries_as_few(django_assert_num_queries: Any) -> None:
    def ask() -> dict[tuple[int, int], str]:
        return Monitor.objects.serving().stand_asides(projects)

    projects = [ProjectFactory()]
    one = RecusalFactory(project=projects[0], monitor=MonitorFactory())
    with django_assert_num_queries(4):
        assert ask() == {(one.monitor_id, projects[0].pk): f"已登记回避：{one.reason}"}
    MonitorFactory.create_batch(3)
    projects += ProjectFactory.create_batch(3)
    with django_assert_num_queries(4):
        assert len(ask()) == 1
