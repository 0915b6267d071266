"""The public list, the table to download, and the page of one suggestion."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from operator import attrgetter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.moves import MoveRefused
from portal.listing import PAGE_SIZE
from portal.models import Suggestion
from tests.cast import person
from tests.factories import AttachmentFactory, CampaignFactory, ProjectFactory, SuggestionFactory

LIST, CSV = "/suggestions/", "/suggestions/export.csv"
PHONE = "13712345678"
pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return response.content.decode()


def numbers(response: Any) -> list[str]:
    return re.findall(r'class="card-link" href="/suggestions/(WJ\d{4}-\d{6})/"', text(response))


def table(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(response).removeprefix("\ufeff"))))


def neighbour(response: Any, rel: str) -> str:
    """The address of the next or previous page, "" when there is none."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text(response))
    return LIST + unescape(found.group(1)) if found else ""


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_only_screened_public_suggestions_are_listed(client: Client) -> None:
    shown = [SuggestionFactory(open=True), SuggestionFactory(merged=True), SuggestionFactory(closed=True)]
    SuggestionFactory(), SuggestionFactory(not_accepted=True), SuggestionFactory(open=True, is_public=False)
    expected = {one.number for one in shown} | {shown[1].lead.number}
    assert set(numbers(client.get(LIST))) == expected
    assert {row["受理编号"] for row in table(client.get(CSV))} == expected


@pytest.mark.parametrize("asked", ["停车", "车难", "车", "急诊", "遮雨棚", "东门"])
def test_a_word_inside_a_run_of_chinese_is_found(client: Client, asked: str) -> None:
    one = SuggestionFactory(
        open=True, title="老旧小区停车难问题", body="送老人看急诊。", wish="加装遮雨棚。", place="医院东门路口"
    )
    SuggestionFactory(open=True, title="公园长椅太少", body="没地方坐。", wish="", place="")
    assert numbers(client.get(LIST, {"q": asked})) == [one.number]


def test_a_number_is_found_by_its_end(client: Client) -> None:
    one, _other = SuggestionFactory(open=True), SuggestionFactory(open=True)
    assert numbers(client.get(LIST, {"q": one.number[-6:]})) == [one.number]


@pytest.mark.parametrize("wild", ["%", "_", "\\", "'", "（.*）"])
def test_signs_that_mean_something_to_databases_are_only_signs(client: Client, wild: str) -> None:
    SuggestionFactory(open=True)
    assert numbers(client.get(LIST, {"q": wild})) == []


@pytest.mark.parametrize("guess", [PHONE, PHONE[3:7], PHONE[:4], "371"])
def test_a_masked_phone_number_cannot_be_found_by_guessing_digits(client: Client, guess: str) -> None:
    SuggestionFactory(open=True, body=f"请打 {PHONE} 找我。")
    assert numbers(client.get(LIST, {"q": guess})) == []


def test_each_filter_leaves_what_it_says(client: Client, reference: Any) -> None:
    here = SuggestionFactory(open=True, area=reference.township, channel="qr")
    there = SuggestionFactory(assigned=True, area=reference.city, topic=None)
    old = CampaignFactory(year=timezone.localdate().year - 1, opens_on=timezone.localdate() - timedelta(days=400))
    earlier = SuggestionFactory(declined=True, campaign=old, area=reference.city)
    every = {here.number, there.number, earlier.number}
    for query, expected in [
        ({"topic": reference.topic.slug}, {here.number, earlier.number}),
        ({"county": reference.county.code}, {here.number}),
        ({"state": "waiting"}, {here.number, there.number}),
        ({"state": "declined"}, {earlier.number}),
        ({"year": str(old.year)}, {earlier.number}),
        ({"channel": "qr"}, {here.number}),
        ({"channel": "qr", "year": str(old.year)}, set()),
        ({"topic": "", "state": "", "q": "", "from": "singlemessage"}, every),
    ]:
        assert set(numbers(client.get(LIST, query))) == expected, query
        assert {row["受理编号"] for row in table(client.get(CSV, query))} == expected, query


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "password"},
        {"topic": "nope"},
        {"county": "1"},
        {"state": "received"},
        {"year": "1999"},
        {"channel": "x"},
    ],
)
@pytest.mark.parametrize("url", [LIST, CSV])
def test_an_unknown_filter_is_refused_with_a_sentence(client: Client, url: str, query: dict[str, str]) -> None:
    response = client.get(url, query)
    assert response.status_code == 400
    assert "不是我们列出的选项" in text(response)


def _many(count: int) -> list[Suggestion]:
    """Suggestions in pairs that arrived at the very same moment."""
    start = timezone.now() - timedelta(days=1)
    return [SuggestionFactory(open=True, received_at=start + timedelta(minutes=n // 2)) for n in range(count)]


@pytest.mark.parametrize("sort", ["newest", "supported"])
def test_pages_forwards_and_backwards_show_every_row_once_in_order(client: Client, sort: str) -> None:
    rows = _many(2 * PAGE_SIZE + 3)
    for n, one in enumerate(rows):
        Suggestion.objects.filter(pk=one.pk).update(support_count=n % 4)
    pages, url = [], f"{LIST}?sort={sort}"
    while url:
        last = client.get(url)
        pages.append(numbers(last))
        url = neighbour(last, "next")
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    names = ("received_at", "pk") if sort == "newest" else ("support_count", "received_at", "pk")
    ordered = sorted(Suggestion.objects.all(), key=attrgetter(*names), reverse=True)
    assert [number for page in pages for number in page] == [one.number for one in ordered]
    second = client.get(neighbour(last, "prev"))
    assert numbers(second) == pages[1]
    first = client.get(neighbour(second, "prev"))
    assert numbers(first) == pages[0]
    assert not neighbour(first, "prev") and neighbour(first, "next")


def test_a_row_that_arrives_meanwhile_shifts_no_page(client: Client) -> None:
    _many(PAGE_SIZE + 2)
    first = client.get(LIST)
    following = neighbour(first, "next")
    SuggestionFactory(open=True)
    assert len(numbers(client.get(following))) == 2
    assert not set(numbers(client.get(following))) & set(numbers(first))


@pytest.mark.parametrize("mark", ["after=WJ2020-000000", "before=nonsense", "after=%27%3B--"])
def test_a_page_mark_that_nobody_gave_out_gives_the_first_page(client: Client, mark: str) -> None:
    one = SuggestionFactory(open=True)
    assert numbers(client.get(f"{LIST}?{mark}")) == [one.number]


def test_the_list_makes_the_same_queries_for_one_row_and_for_thirty(client: Client) -> None:
    SuggestionFactory(open=True)
    one = queries(client, LIST)
    for topic_less in range(29):
        SuggestionFactory(open=True, topic=None) if topic_less % 3 else SuggestionFactory(merged=True)
    assert queries(client, LIST) == one <= 8


def test_an_empty_list_says_why_and_what_to_do(client: Client) -> None:
    assert "还没有公开的建议" in text(client.get(LIST))
    assert "没有找到" in text(client.get(LIST, {"q": "火星"}))


# --- the table ------------------------------------------------------------------------------------
@pytest.mark.parametrize("start", ["=1+1", "+86", "-2+3", "@SUM(A1)", "＝1", "\t=1", "\r=1"])
def test_no_cell_of_the_table_can_become_a_formula(client: Client, start: str) -> None:
    SuggestionFactory(open=True, title=start, body=start, wish=start, place=start, name=start, shown_as="name")
    for row in table(client.get(CSV)):
        for name in ("标题", "遇到了什么不方便", "怎样会更好", "具体地点", "署名"):
            assert not row[name].startswith(("=", "+", "-", "@", "＝", "\t", "\r")), name


def test_the_table_carries_no_name_and_no_phone(client: Client) -> None:
    SuggestionFactory(open=True, name="王小明", shown_as="surname", phone=PHONE, body=f"打 {PHONE} 找我", title="甲")
    SuggestionFactory(open=True, name="赵不显", shown_as="anonymous")
    out = text(client.get(CSV))
    assert "王**" in out and "137****5678" in out
    assert not [secret for secret in ("王小明", "赵不显", PHONE) if secret in out]


def test_the_table_is_made_with_one_query_however_long_it_is(client: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            table(client.get(CSV))
        return len(captured)

    SuggestionFactory(merged=True)
    one = count()
    for _ in range(5):
        SuggestionFactory(merged=True)
    assert count() == one


def test_downloads_are_limited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.views.public.DOWNLOADS_PER_HOUR", 2)
    assert [client.get(CSV).status_code for _ in range(3)] == [200, 200, 429]


# --- one suggestion ---------------------------------------------------------------------------------
def test_a_suggestion_page_shows_what_was_said_and_hides_who_said_it(client: Client) -> None:
    one = SuggestionFactory(
        open=True, name="王小明", shown_as="surname", phone=PHONE, title=f"找我 {PHONE}", body=f"电话 {PHONE}",
        wish=f"回 {PHONE}", place=f"门口 {PHONE}",
    )  # fmt: skip
    page = text(client.get(one.get_absolute_url()))
    assert "王**" in page and page.count("137****5678") >= 4
    assert "王小明" not in page and PHONE not in page


@pytest.mark.parametrize("stage", ["received", "not_accepted"])
def test_what_is_not_public_does_not_exist_for_strangers(
    client: Client, sign_in: Any, stranger: Any, officer: Any, other_leader: Any, stage: str
) -> None:
    hidden = [SuggestionFactory(**{stage: True}), SuggestionFactory(open=True, is_public=False)]
    for one in hidden:
        for visitor in (client, sign_in(stranger), sign_in(other_leader)):
            assert visitor.get(one.get_absolute_url()).status_code == 404
        assert "这一条没有公开" in text(sign_in(officer).get(one.get_absolute_url()))


def test_the_author_and_the_unit_that_works_on_it_read_a_private_one(
    sign_in: Any, citizen: Any, clerk: Any, other_leader: Any
) -> None:
    one = SuggestionFactory(assigned=True, is_public=False, author=citizen)
    assert sign_in(citizen).get(one.get_absolute_url()).status_code == 200
    assert sign_in(clerk).get(one.get_absolute_url()).status_code == 200
    assert sign_in(other_leader).get(one.get_absolute_url()).status_code == 404


def test_an_unknown_number_and_a_malformed_one_are_not_found(client: Client) -> None:
    for number in ("WJ2020-000000", "WJ2020-1", "1", "WJ2020-000000000"):
        assert client.get(f"/suggestions/{number}/").status_code == 404


def test_only_released_photos_are_on_the_page(client: Client) -> None:
    one = SuggestionFactory(open=True)
    shown, kept = AttachmentFactory(suggestion=one, released=True), AttachmentFactory(suggestion=one)
    page = text(client.get(one.get_absolute_url()))
    assert shown.get_absolute_url() in page and kept.get_absolute_url() not in page


def test_likes_of_an_older_platform_are_labelled_and_not_counted(client: Client) -> None:
    one = SuggestionFactory(open=True, imported_for=128, source="旧平台", reference="A1")
    page = text(client.get(one.get_absolute_url()))
    assert re.search(r"原平台点赞\D{0,30}128", page)
    assert table(client.get(CSV))[0]["附议人数"] == "0"


def test_a_lead_names_those_that_go_with_it_and_not_the_private_ones(client: Client) -> None:
    lead = SuggestionFactory(open=True)
    shown, private = SuggestionFactory(open=True), SuggestionFactory(open=True, is_public=False, title="不公开的标题")
    for one in (shown, private):
        one.merge_into(lead, person("officer"))
    page = text(client.get(lead.get_absolute_url()))
    assert shown.number in page and private.number not in page and "不公开的标题" not in page


def test_a_public_suggestion_cannot_go_under_a_private_one_where_it_would_be_told(client: Client) -> None:
    lead, one = SuggestionFactory(open=True, is_public=False, title="不公开的标题"), SuggestionFactory(open=True)
    with pytest.raises(MoveRefused, match="不公开"):
        one.merge_into(lead, person("officer"))
    other = SuggestionFactory(merged=True)
    Suggestion.objects.filter(pk=other.lead_id).update(is_public=False, title="后来不公开的标题")
    page = text(client.get(other.get_absolute_url()))
    assert other.lead.title not in page and other.lead.number not in page


def test_the_page_makes_few_queries_with_a_whole_project_behind_it(client: Client) -> None:
    one = SuggestionFactory(open=True)
    assert queries(client, one.get_absolute_url()) <= 8
    adopted = SuggestionFactory(adopted=True, at=timezone.now() - timedelta(days=90))
    ProjectFactory(active=True, sources=[adopted], at=timezone.now() - timedelta(days=61))
    assert queries(client, adopted.get_absolute_url()) <= 12


def test_public_pages_may_be_cached_and_personal_ones_not(client: Client, sign_in: Any, citizen: Any) -> None:
    one = SuggestionFactory(open=True)
    for url in (LIST, one.get_absolute_url()):
        assert "no-store" not in client.get(url).get("Cache-Control", "")
        assert "no-store" in sign_in(citizen).get(url)["Cache-Control"]
