"""What everybody reads of visits and monitors: numbers and fields, never names."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from monitors.models import Visit
from tests.cast import person
from tests.factories import CitizenFactory, MonitorFactory, ProjectFactory, VisitFactory, VisitPhotoFactory, jpeg

pytestmark = pytest.mark.django_db
NAME, PHONE = "欧阳金丝雀", "13955556666"


@pytest.fixture
def named(db: None) -> Any:
    return MonitorFactory(user=CitizenFactory(display_name=NAME, phone=PHONE), field="退休教师")


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def visited(named: Any) -> Visit:
    """A visit that is over: one monitor came, wrote two notes, and one of them is held back."""
    visit = VisitFactory(announced=True)
    visit.sign_in(named)
    for words in ("站牌清楚。", "司机王某骂人。"):
        note = visit.take_note(named, visit.projects.get(), words)
        VisitPhotoFactory(note=note, image=jpeg(), added_by=named.user)
    note.set_public(False)
    visit.hold(person("officer"))
    return visit


def publish(visit: Visit) -> None:
    visit.summary = "看了一处，司机要培训。"
    visit.save()
    visit.publish(person("officer"))


def test_before_publication_nothing_of_what_was_seen_is_public(visited: Visit, client: Client) -> None:
    text = text_of(client, visited.get_absolute_url())
    assert "小结正在整理" in text and "站牌清楚" not in text and "退休教师" not in text
    for note in visited.notes.all():
        assert client.get(note.photos.get().get_absolute_url()).status_code == 404


def test_after_publication_notes_stand_without_names_and_without_numbers_beside_them(
    visited: Visit, named: Any, client: Client
) -> None:
    publish(visited)
    text = text_of(client, visited.get_absolute_url())
    assert "看了一处，司机要培训。" in text and "站牌清楚。" in text
    assert named.number in text and "退休教师" in text  # in the list of who came
    assert NAME not in text and PHONE not in text and "司机王某骂人" not in text
    before_the_list = text[: text.index("谁到了现场")]
    assert named.number not in before_the_list


def test_held_back_photos_stay_private_and_public_ones_may_be_cached(visited: Visit, client: Client) -> None:
    publish(visited)
    shown, held = (note.photos.get() for note in visited.notes.order_by("-is_public"))
    for address in (shown.get_absolute_url(), shown.get_thumb_url()):
        answer = client.get(address)
        assert answer.status_code == 200 and answer["Cache-Control"] == "public, max-age=3600"
    assert client.get(held.get_absolute_url()).status_code == 404
    office = Client()
    office.force_login(person("officer"))
    answer = office.get(held.get_absolute_url())
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]


def test_the_roster_names_nobody(named: Any, client: Client) -> None:
    gone = MonitorFactory(ended=True)
    text = text_of(client, reverse("monitors:roster"))
    assert named.number in text and "退休教师" in text
    assert NAME not in text and PHONE not in text and gone.number not in text


def test_planned_visits_are_not_there_and_cancelled_ones_say_why(client: Client) -> None:
    planned, cancelled = VisitFactory(planned=True, title="还没定的"), VisitFactory(cancelled=True)
    assert client.get(planned.get_absolute_url()).status_code == 404
    assert "当天有暴雨预警。" in text_of(client, cancelled.get_absolute_url())
    listed = text_of(client, reverse("monitors:visit_list"))
    assert "还没定的" not in listed and cancelled.title in listed


def test_lists_cost_the_same_queries_for_one_and_for_three(client: Client, django_assert_max_num_queries: Any) -> None:
    def cost() -> list[int]:
        spent = []
        for address in (reverse("monitors:visit_list"), reverse("monitors:roster")):
            with django_assert_max_num_queries(12) as queries:
                text_of(client, address)
            spent.append(len(queries))
        return spent

    def one_more() -> None:
        VisitFactory(announced=True)
        VisitFactory(published=True, projects=ProjectFactory.create_batch(2, active=True))
        MonitorFactory()

    one_more()
    first = cost()
    one_more()
    one_more()
    assert cost() == first
