"""Search: exactly what a person with a pencil would find, on both databases; nothing that is masked; never a wrong turn."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import wording
from portal import searching
from portal.models import Area, Incoming, SearchText, Suggestion, bring_in
from tests.factories import AssignmentFactory, CampaignFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
LIST = "/suggestions/"

TEXTS = [
    ("老旧小区停车难", "和平路粮食局宿舍 停 车 难，晚上八点以后没有一个空位。"),
    ("路灯不亮", "和平路东头的路灯不亮已经一个月，孩子上完晚自习看不见坑。"),
    ("夜間路燈不亮", "後街的路燈壞了沒人修，晚上一片漆黑。"),
    ("灯光球场", "不亮灯的球场，路过的人都说可惜。"),
    ("公交12路延长", "12路公交车离高铁站只差2.5公里，100%的学生都要倒车。"),
    ("ＷｉＦｉ覆盖", "图书馆的wifi信号弱，Ａ区 连不上。"),
    ("电动车充电", "电话13812345678，请联系。下划线_和百分号%都写在这里，还有反斜杠\\和单引号'。"),
    ("𠮷野家门口积水", "𠮷野家门口一下雨就积水，行人绕行。"),
    ("车位", "车棚\n\n漏雨　路面\t积水"),
    ("abcd 测试", "ab-bc-cd 分开写的字母，停车和车难问题分开说。"),
]
QUERIES = [
    *"停车难路灯不亮亮燈㎡𠮷%_\\.a1", "停车", "停车难", "停 车 难", "停车 难", "停  車　難", "路灯", "路燈", "路灯不亮", "灯不",
    "路灯，不亮？", "和平路 路灯", "路灯 和平路", "后街", "wifi", "WIFI", "Ａ区", "12路", "１２路", "2.5公里", "100%", "单引号'",
    "'; DROP TABLE", "abcd", "bcd", "𠮷野", "野家门口", "车棚漏雨", "漏雨路面", "积水 绕行", "没有人", "不亮灯", "(?:)", "[路]",
    "路*", "~!@#", "AND", "NOT 路灯", '"路灯"', "NEAR(路 灯)", "138", "12345678", "38123", "13 81 23", "￥", "…", "-", "1個月",
    "一个月",
]  # fmt: skip


def text(response: Any) -> str:
    return response.content.decode()  # type: ignore[no-any-return]


@pytest.fixture
def corpus() -> list[Suggestion]:
    return [SuggestionFactory(open=True, title=title, body=body) for title, body in TEXTS]


def by_hand(query: str, rows: list[Suggestion]) -> set[int]:
    """What the search has to find, without its index: each word is a substring of one of the public texts."""
    words = wording.words_of(query)
    found = set()
    for one in rows:
        texts = [wording.normal(getattr(one, f"public_{name}")) for name in ("title", "place", "body", "wish")]
        numbers = [wording.normal(one.number), wording.normal(one.reference or "")]
        pairs = [(word, texts) for word in words.texts] + [(word, numbers) for word in words.numbers]
        if pairs and all(any(word in one for one in places) for word, places in pairs):
            found.add(one.pk)
    return found


def found(query: str) -> set[int]:
    return set(Suggestion.objects.containing(query).values_list("pk", flat=True))


@pytest.mark.parametrize("rare", [2000, 0])  # read from the index, and asked row by row
def test_it_finds_exactly_the_substrings(corpus: list[Suggestion], monkeypatch: pytest.MonkeyPatch, rare: int) -> None:
    monkeypatch.setattr(searching, "RARE", rare)
    wrong = [query for query in QUERIES if found(query) != by_hand(query, corpus)]
    assert not wrong
    chance = random.Random(5)
    for _turn in range(60):  # any piece of any text finds it
        one = chance.choice(corpus)
        own = one.public_title + one.public_body
        at = chance.randrange(len(own))
        piece = own[at : at + chance.randint(1, 6)]
        if wording.words_of(piece).texts and not re.search(r"\d{3}|\*", piece):
            assert one.pk in found(piece) or at < len(one.public_title) < at + len(piece), piece


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("停 车 难", "老旧小区停车难"), ("停车 难", "老旧小区停车难"), ("路燈", "路灯不亮"), ("后街", "夜間路燈不亮"),
        ("ｗｉｆｉ", "ＷｉＦｉ覆盖"), ("２．５公里", "公交12路延长"), ("漏雨路面", "车位"), ("路灯不亮！", "路灯不亮"),
    ],
)  # fmt: skip
def test_spaces_scripts_and_widths_make_no_difference(corpus: list[Suggestion], typed: str, title: str) -> None:
    assert title in set(Suggestion.objects.containing(typed).values_list("title", flat=True))


def test_pairs_that_stand_apart_are_no_hit(corpus: list[Suggestion]) -> None:
    assert found("abcd") == {one.pk for one in corpus if one.title == "abcd 测试"}
    assert not {one.pk for one in corpus if one.title == "abcd 测试"} & found("停车难")


def test_what_is_masked_is_not_found(corpus: list[Suggestion]) -> None:
    holder = next(one for one in corpus if one.title == "电动车充电")
    assert "138****5678" in holder.public_body
    for typed in ("13812345678", "138", "5678", "138****5678", "56 78", "1 3 8", "１３８", "12345"):
        assert holder.pk not in found(typed), typed
    holder.hidden_words = ["反斜杠"]
    holder.save(update_fields=["hidden_words"])
    assert found("反斜杠") == set()


def test_the_best_come_first_and_pages_follow_each_other(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scattered = SuggestionFactory(open=True, title="停电", body="车难修")
    inside = [SuggestionFactory(open=True, title=f"小区 {n}", body="停车难") for n in range(30)]
    headed = [SuggestionFactory(open=True, title=f"停车难 {n}", body="天天如此") for n in range(30)]
    wanted = [one.number for one in (*headed[::-1], *inside[::-1], scattered)]
    for rare in (2000, 0, 40):
        monkeypatch.setattr(searching, "RARE", rare)
        address, seen, back = LIST + "?q=停 车 难", [], []
        while address:
            page = client.get(address).context["page"]
            seen += [one.number for one in page.rows]
            address, last = page.next and LIST + f"{page.next}", page
        assert seen == wanted, rare
        while last:
            back = [one.number for one in last.rows] + back
            last = last.previous and client.get(LIST + f"{last.previous}").context["page"]
        assert back == wanted, rare


def test_words_follow_the_text_in_the_same_transaction(django_capture_on_commit_callbacks: Any) -> None:
    one = SuggestionFactory(open=True, title="路灯不亮", body="和平路")
    one.title = "图书馆闭馆太早"
    one.save(update_fields=["title"])
    assert found("路灯") == set() and found("闭馆") == {one.pk}
    row = Incoming(reference="甲88", title="公厕太远", body="早市八百米外", received_at=timezone.now())
    bring_in([row], campaign=CampaignFactory(), source="旧平台")
    assert Suggestion.objects.containing("公厕").get().reference == "甲88"
    SearchText.objects.filter(pk=one.pk).delete()
    assert found("闭馆") == set()
    call_command("index_search", verbosity=0)
    assert found("闭馆") == {one.pk}


def test_a_number_leads_to_its_record_and_tells_nothing_of_hidden_ones(client: Any) -> None:
    one, hidden = SuggestionFactory(open=True), SuggestionFactory()
    for typed in (
        one.number,
        one.number.lower(),
        one.number.replace("-", ""),
        f" {one.number} ",
        "ＷＪ" + one.number[2:],
    ):
        assert client.get(LIST, {"q": typed})["Location"] == one.get_absolute_url(), typed
    assert found(one.number[-6:]) == {one.pk}
    pages = [text(client.get(LIST, {"q": number})) for number in (hidden.number, "WJ1999-000001")]
    assert all("没有公开的建议用这个编号" in page for page in pages)


def test_filters_narrow_what_is_found(client: Any) -> None:
    county = Area.objects.filter(level="county").first()
    town = Area.objects.filter(level="township", parent=county).first()
    other = Area.objects.filter(level="township", parent=county).last()
    near = SuggestionFactory(open=True, title="路灯不亮", area=town)
    far = SuggestionFactory(open=True, title="路灯又不亮", area=other)
    work = AssignmentFactory(suggestion=SuggestionFactory(open=True, title="路灯还不亮", area=None))

    def titles(**asked: str) -> set[str]:
        return {one.title for one in client.get(LIST, {"q": "路灯"} | asked).context["page"].rows}

    assert titles() == {near.title, far.title, work.suggestion.title}
    assert titles(county=county.code) == {near.title, far.title}
    assert titles(county=county.code, town=town.code) == {near.title}
    assert titles(unit=work.unit.slug) == {work.suggestion.title}
    elsewhere = Area.objects.filter(level="county").last()
    assert client.get(LIST, {"county": elsewhere.code, "town": town.code}).status_code == 200
    page = text(client.get(LIST, {"q": "路灯", "state": "declined"}))
    assert "这些条件下没有找到" in page and 'href="?q=%E8%B7%AF%E7%81%AF"' in page
    assert 'value="路灯"' in page


def test_hits_are_marked_and_never_become_markup(client: Any) -> None:
    SuggestionFactory(open=True, title="<b>路燈</b>不亮", body="<script>路 灯</script>" + "远" * 200 + "路灯尽头")
    page = text(client.get(LIST, {"q": "路灯"}))
    assert "&lt;b&gt;<mark>路燈</mark>&lt;/b&gt;不亮" in page and "<mark>路 灯</mark>&lt;/script&gt;" in page
    assert "<script>路" not in page


def test_queries_do_not_grow_with_the_rows(client: Any, django_assert_max_num_queries: Any) -> None:
    asked = []
    for number in (1, 25):
        [SuggestionFactory(open=True, title="路灯不亮") for _n in range(number)]
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"q": "路灯"})
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12
    with django_assert_max_num_queries(12):
        client.get(LIST, {"q": "路灯", "after": Suggestion.objects.first().number})
