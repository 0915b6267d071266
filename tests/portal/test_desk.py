"""The unit's list: everything owed, the reddest first, nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.duties import duty_models
from portal.models import Assignment, Membership
from tests.factories import AssignmentFactory, MembershipFactory, ProjectFactory, ReportFactory, UnitFactory

HOME, DONE = reverse("desk:home"), reverse("desk:done")


def due(one: Assignment, days: int) -> Assignment:
    """The same assignment, due so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    Assignment.objects.filter(pk=one.pk).update(due_on=day, warn_on=day - timedelta(days=3))
    return one


def titles(response: Any, group: str = "todo") -> list[str]:
    return [card["title"] for card in response.context[group]]


def test_the_reddest_comes_first_with_its_light_and_one_verb(sign_in: Any, clerk: Any) -> None:
    calm, late, soon = (due(AssignmentFactory(), days) for days in (9, -2, 1))
    response = sign_in(clerk).get(HOME)
    assert titles(response) == [one.suggestion.title for one in (late, soon, calm)]
    cards = response.context["todo"]
    assert [card["light_state"] for card in cards] == ["red", "yellow", "green"]
    assert cards[0]["light_text"] == "逾期 2 天"
    page = response.content.decode()
    assert "要做 3 件事" in page
    assert page.count(f'href="{reverse("desk:assignment", args=[late.pk])}"') == 1


@pytest.mark.parametrize(
    ("stage", "role", "group", "verb"),
    [
        ("due", "clerk", "todo", "写答复"),
        ("returned", "clerk", "todo", "修改答复"),
        ("submitted", "clerk", "with_leader", "看一看"),
        ("submitted", "unit_leader", "to_sign", "看过并签发"),
    ],
)
def test_each_state_stands_where_its_next_step_is(
    stage: str, role: str, group: str, verb: str, sign_in: Any, request: Any
) -> None:
    AssignmentFactory(**{stage: True})
    response = sign_in(request.getfixturevalue(role)).get(HOME)
    assert [card["verb"] for card in response.context[group]] == [verb]
    assert not any(response.context[name] for name in {"todo", "with_leader", "to_sign"} - {group})


def test_other_units_and_done_things_are_not_in_it(sign_in: Any, clerk: Any, other_leader: Any) -> None:
    AssignmentFactory()
    AssignmentFactory(answered=True)
    assert titles(sign_in(other_leader).get(HOME)) == []
    assert len(titles(sign_in(clerk).get(HOME))) == 1


def test_reports_of_projects_stand_in_the_same_list(sign_in: Any, clerk: Any) -> None:
    project = ProjectFactory(listed=True)
    response = sign_in(clerk).get(HOME)
    owed = ReportFactory._meta.model.objects.owed().filter(unit=project.lead_unit)
    assert len(response.context["todo"]) == owed.count() > 0
    assert project.title in response.content.decode()


def test_with_nothing_to_do_it_says_so(sign_in: Any, clerk: Any) -> None:
    assert "现在没有要做的事" in sign_in(clerk).get(HOME).content.decode()


def test_somebody_of_two_units_sees_which_is_which(sign_in: Any, clerk: Any, reference: Any) -> None:
    MembershipFactory(user=clerk, unit=reference.education)
    AssignmentFactory()
    AssignmentFactory(unit=reference.education)
    notes = {card["note"] for card in sign_in(clerk).get(HOME).context["todo"]}
    assert notes == {reference.health.short_name, reference.education.short_name}


def test_a_leader_of_one_unit_does_not_sign_for_the_other(sign_in: Any, unit_leader: Any, reference: Any) -> None:
    MembershipFactory(user=unit_leader, unit=reference.education, role=Membership.Role.CLERK)
    AssignmentFactory(submitted=True, unit=reference.education)
    response = sign_in(unit_leader).get(HOME)
    assert (len(response.context["to_sign"]), len(response.context["with_leader"])) == (0, 1)


def test_done_list_says_whether_it_was_in_time(sign_in: Any, clerk: Any) -> None:
    fine, late = AssignmentFactory(answered=True), AssignmentFactory(answered=True)
    Assignment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    page = sign_in(clerk).get(DONE).content.decode()
    assert fine.suggestion.title in page and "按时完成" in page and "逾期完成" in page


@pytest.mark.parametrize("address", [HOME, DONE])
@pytest.mark.parametrize("role", ["citizen", "officer", "auditor", "editor"])
def test_without_a_unit_the_desk_says_why_not(address: str, role: str, sign_in: Any, request: Any) -> None:
    response = sign_in(request.getfixturevalue(role)).get(address)
    assert response.status_code == 403
    assert "还没有加入单位" in response.content.decode()


def test_signed_out_people_are_asked_to_sign_in(client: Client, db: None) -> None:
    assert "/accounts/" in client.get(HOME)["Location"]


def test_the_list_takes_as_many_queries_with_ten_things_as_with_one(
    sign_in: Any, clerk: Any, django_assert_max_num_queries: Any
) -> None:
    client, counts = sign_in(clerk), []
    for n in (1, 9):
        for _n in range(n):
            AssignmentFactory()
        for address in (HOME, DONE):
            client.get(address)
            with django_assert_max_num_queries(40) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_no_person_is_read_from_the_database_for_the_list(
    sign_in: Any, clerk: Any, django_assert_max_num_queries: Any
) -> None:
    AssignmentFactory()
    client = sign_in(clerk)
    with django_assert_max_num_queries(40) as captured:
        client.get(HOME)
    read = " ".join(query["sql"] for query in captured)
    assert not re.search(r'portal_suggestion"\."(phone|name)"', read)
    assert re.search(r'portal_suggestion"\."title"', read)


def test_every_kind_of_duty_knows_its_label_and_address() -> None:
    for model in duty_models():
        for name in ("desk_label", "desk_title", "get_desk_url"):
            assert callable(getattr(model, name)), (model, name)


def test_a_unit_that_nobody_works_for_owes_in_nobody_s_list(sign_in: Any, clerk: Any) -> None:
    AssignmentFactory(unit=UnitFactory())
    assert titles(sign_in(clerk).get(HOME)) == []
