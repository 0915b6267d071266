"""Two characters inside an unbroken run of Chinese find the record, in public and in the admin."""

import pytest
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from config.search import index_text, query_text
from portal.models import Suggestion
from tests.factories import SuggestionFactory

pytestmark = pytest.mark.django_db


def test_a_run_is_indexed_by_characters_and_pairs():
    assert index_text("停车难 GB9704") == "停 车 难 停车 车难 gb9704"


def test_a_query_asks_for_pairs_and_keeps_a_single_character():
    assert query_text("停车难") == "停车 车难"
    assert query_text("车") == "车"


@pytest.mark.parametrize("words", ["停车", "车", "衡水湖", "路灯不亮", "灯不", "小区 路灯"])
def test_any_substring_finds_the_suggestion(words):
    wanted = SuggestionFactory(title="老旧小区停车难问题", body="衡水湖边的路灯不亮")
    SuggestionFactory(title="图书馆周末早点开门", body="孩子想去自习")
    assert list(get_search_backend().search(words, Suggestion)) == [wanted]


def test_what_is_not_there_is_not_found():
    SuggestionFactory(title="老旧小区停车难问题")
    assert not list(get_search_backend().search("公交", Suggestion))


def test_the_admin_page_search_finds_two_characters_inside_a_title():
    root = Page.objects.get(depth=1)
    from home.models import PlainPage

    page = root.add_child(instance=PlainPage(title="打分规则怎么算的", slug="rules"))
    found = PlainPage.objects.all().search("规则")
    assert [p.pk for p in found] == [page.pk]
