"""One field over suggestions and projects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import ProjectFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


def read(client: Any, text: str) -> str:
    return client.get("/search/", {"q": text}).content.decode()  # type: ignore[no-any-return]


def test_the_first_of_both_are_shown_with_the_way_to_all(client: Any) -> None:
    for n in range(7):
        SuggestionFactory(open=True, title=f"第{n}号楼停车难")
    hidden, project = SuggestionFactory(title="没有公开的停车难"), ProjectFactory(listed=True, title="破解停车难")
    ProjectFactory(title="还在库里的停车难")
    page = read(client, "停車難")
    assert page.count("<mark>停车难</mark>") >= 7 and hidden.title not in page and "还在库里" not in page
    assert "破解<mark>停车难</mark>" in page and project.number in page
    assert "看找到的全部建议" in page and "看找到的全部项目" not in page
    assert 'value="停車難"' in page


def test_a_number_leads_to_its_record(client: Any) -> None:
    one, project = SuggestionFactory(open=True), ProjectFactory(listed=True)
    for thing in (one, project):
        assert client.get("/search/", {"q": thing.number.lower()})["Location"] == thing.get_absolute_url()


@pytest.mark.parametrize("text", ["", "  ", "？！", "没有这样的字", "%", "\x00", "字" * 99])
def test_nothing_found_is_no_error(client: Any, text: str) -> None:
    SuggestionFactory(open=True, title="路灯不亮")
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200 and "路灯不亮" not in response.content.decode()
