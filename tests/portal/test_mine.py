"""我的: only what is one's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import Notice
from tests.factories import SuggestionFactory

URL = "/accounts/mine/"
pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("path", ["", "read/", "name/"])
def test_it_asks_to_sign_in(client: Client, path: str) -> None:
    ask = client.post if path else client.get
    assert ask(URL + path)["Location"].startswith("/accounts/login/")


def test_it_shows_own_suggestions_in_every_state_and_nobody_elses(sign_in: Any, citizen: Any, stranger: Any) -> None:
    own = [SuggestionFactory(author=citizen, **stage) for stage in ({}, {"not_accepted": True}, {"closed": True})]
    other = SuggestionFactory(author=stranger, open=True)
    page = text(sign_in(citizen).get(URL))
    assert all(f"/track/{one.number}/" in page for one in own) and other.number not in page


def test_messages_are_marked_read_by_pressing_and_not_by_looking(sign_in: Any, citizen: Any, stranger: Any) -> None:
    for n, user in enumerate((citizen, citizen, stranger)):
        Notice.objects.tell(f"test:{n}", f"消息{n}", user=user, url="/suggestions/")
    client = sign_in(citizen)
    page = text(client.get(URL))
    assert "2 条未读" in page and "消息1" in page and "消息2" not in page
    assert client.get(URL + "read/").status_code == 405
    assert Notice.objects.filter(channel="in_app", read_at=None).count() == 3
    client.post(URL + "read/")
    assert Notice.objects.filter(channel="in_app", read_at=None).get().user == stranger
    assert "未读" not in text(client.get(URL))


def test_the_name_can_be_changed(sign_in: Any, citizen: Any) -> None:
    client = sign_in(citizen)
    assert "显示姓名已保存。" in text(client.post(URL + "name/", {"display_name": "陈阿姨"}, follow=True))
    citizen.refresh_from_db()
    assert citizen.display_name == "陈阿姨"
    assert client.post(URL + "name/", {"display_name": "长" * 41}).status_code == 422


def test_the_way_to_work_is_shown_to_those_who_have_it(sign_in: Any, citizen: Any, clerk: Any, monitor: Any) -> None:
    assert "工作台" not in text(sign_in(citizen).get(URL))
    assert 'href="/desk/"' in text(sign_in(clerk).get(URL))
    assert 'href="/monitor/"' in text(sign_in(monitor).get(URL))


def test_it_makes_the_same_queries_for_one_and_for_many(
    sign_in: Any, citizen: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in(citizen)

    def add(n: int) -> None:
        SuggestionFactory(author=citizen)
        Notice.objects.tell(f"test:{n}", "消息", user=citizen)

    add(0)
    client.get(URL)
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    for n in range(1, 12):
        add(n)
    with django_assert_num_queries(len(captured)):
        client.get(URL)
