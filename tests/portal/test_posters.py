"""Posters: what is printed can be scanned, what is scanned is counted once, what it brings is counted as its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.models import Poster, PosterDay, Suggestion
from portal.models.poster import CODE_LENGTH
from tests.factories import CampaignFactory, PosterFactory, SuggestionFactory
from tests.portal.test_suggest import filled

pytestmark = pytest.mark.django_db
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 13) MicroMessenger/8.0.50"}
MM = 72 / 25.4
SIZES = {"A3": (297, 420), "A4": (210, 297), "A5": (297, 210), "A6": (210, 297)}


@pytest.fixture
def phone() -> Client:
    return Client(**PHONE)


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)  # type: ignore[no-any-return]


def scans(poster: Poster) -> int:
    return sum(PosterDay.objects.filter(poster=poster).values_list("scans", flat=True))


# --- on the wall ----------------------------------------------------------------------------------
def download(office: Client, query: str) -> bytes:
    response = office.get(f"/admin/posters/posters.pdf?{query}")
    assert response["Content-Type"] == "application/pdf"
    return response.content


def tool(name: str, *arguments: str, given: bytes = b"") -> str:
    return subprocess.run([name, *arguments], input=given, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("size", SIZES)
def test_the_sheet_has_the_size_of_its_paper(office: Client, size: str):
    one = PosterFactory(size=size)
    facts = tool("pdfinfo", "-", given=download(office, f"pick={one.code}"))
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", facts)
    assert found and re.search(r"Pages:\s+1\n", facts)
    width, height = (float(side) / MM for side in found.groups())
    assert (round(width), round(height)) == SIZES[size]


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="no QR decoder here; install zbar-tools")
def test_every_code_on_the_printed_page_can_be_scanned_and_names_its_own_poster(office: Client, tmp_path: Path):
    posters = [PosterFactory(size="A6") for _ in range(3)]
    made = download(office, "&".join(f"pick={one.code}" for one in posters))
    tool("pdftoppm", "-r", "110", "-png", "-", str(tmp_path / "page"), given=made)
    read = tool("zbarimg", "--raw", "-q", *(str(path) for path in tmp_path.glob("page*.png"))).split()
    assert sorted(read) == sorted(one.address for one in posters)


def test_the_page_says_place_address_number_and_last_day_as_text(office: Client, settings: Any):
    settings.WEITAI_FOOTER = {"phone": "0318-1234567", "organizer": "市改革办"}
    settings.PUBLIC_URL = "https://weitai.example.cn"
    one = PosterFactory(place="# 门诊 *大厅* [东]")
    said = tool("pdftotext", "-raw", "-", "-", given=download(office, f"pick={one.code}")).replace(" ", "")
    last = one.campaign.closes_on
    for words in (
        "河西街道·#门诊*大厅*[东]", f"weitai.example.cn/q/{one.code}", f"编号{one.code}",
        f"征集到{last.year}年{last.month}月{last.day}日", "0318-1234567", "主办：市改革办", "身边哪里不方便",
    ):  # fmt: skip
        assert words in said, words


def test_without_fonts_the_same_content_comes_as_a_page(office: Client, settings: Any):
    settings.WEITAI_SYSTEM_FONTS = False
    one = PosterFactory()
    page = office.get(f"/admin/posters/posters.pdf?pick={one.code}").content.decode()
    assert one.place in page and f"/admin/posters/{one.code}/qr.svg" in page and "fonts-noto-cjk" in page


# --- scanned --------------------------------------------------------------------------------------
def test_a_scan_is_counted_once_a_day_for_one_phone(phone: Client):
    one = PosterFactory()
    for _ in range(3):
        assert phone.get(f"/q/{one.code}/")["Location"] == f"/suggestions/new/?poster={one.code}"
    assert scans(one) == 1
    Client(**PHONE).get(f"/q/{one.code.lower()}/")
    assert scans(one) == 2
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        phone.get(f"/q/{one.code}/")
    assert scans(one) == 3


@pytest.mark.parametrize("agent", ["", "Mozilla/5.0 (compatible; Baiduspider/2.0)", "Googlebot/2.1", "curl/8.5"])
def test_machines_and_head_do_not_count(agent: str):
    one = PosterFactory()
    Client(HTTP_USER_AGENT=agent).get(f"/q/{one.code}/")
    Client(**PHONE).head(f"/q/{one.code}/")
    Client(**PHONE, HTTP_SEC_PURPOSE="prefetch").get(f"/q/{one.code}/")
    assert scans(one) == 0
    Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; CUBOT X19)").get(f"/q/{one.code}/")
    assert scans(one) == 1


def test_a_scan_leaves_nothing_about_the_person(phone: Client):
    one = PosterFactory()
    phone.get(f"/q/{one.code}/")
    assert {field.name for field in PosterDay._meta.get_fields()} == {"id", "poster", "day", "scans"}


@pytest.mark.parametrize(("address", "status", "sentence"), [
    ("/q/ABC234/", 404, "没有这个编号的海报"), ("/q/nothing-at-all/", 404, "没有这个编号的海报"),
])  # fmt: skip
def test_a_mistyped_code_leads_to_help(phone: Client, address: str, status: int, sentence: str):
    response = phone.get(address)
    assert (response.status_code, sentence in response.content.decode()) == (status, True)
    assert "/suggestions/new/" in response.content.decode()


def test_a_retired_poster_says_so_leads_on_and_counts_no_more(phone: Client):
    one = PosterFactory(retired=True)
    response = phone.get(f"/q/{one.code}/")
    page = response.content.decode()
    assert response.status_code == 410 and "这张海报已经停用" in page and f"area={one.area.code}" in page
    assert scans(one) == 0


def test_last_years_poster_leads_to_this_years_campaign(phone: Client):
    CampaignFactory()
    last_year = timezone.localdate() - timedelta(days=400)
    old = PosterFactory(campaign=CampaignFactory(year=last_year.year - 1, opens_on=last_year - timedelta(days=60)))
    page = phone.get(f"/q/{old.code}/").content.decode()
    assert f"这是 {old.campaign.year} 年的海报" in page and "去提建议" in page


def test_after_the_last_day_the_scanner_reads_that_it_is_over(phone: Client):
    one = PosterFactory()
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        page = phone.get(f"/q/{one.code}/", follow=True).content.decode()
    assert "这一年的征集已经截止" in page


# --- filled in and received -----------------------------------------------------------------------
def opened(phone: Client, one: Poster) -> str:
    return phone.get(f"/q/{one.code}/", follow=True).content.decode()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_the_form_knows_the_place_and_what_is_sent_belongs_to_the_poster(phone: Client):
    one = PosterFactory()
    page = opened(phone, one)
    assert f"您正在<strong>河西街道 · {one.place}</strong>填写" in page.replace(one.area.full_name, "河西街道")
    assert f'<option value="{one.area.code}" selected' in page
    typed = filled(poster=hidden(page, "poster"), channel=hidden(page, "channel"), place=one.place,
                   county=one.area.parent.code, township=one.area.code)  # fmt: skip
    faulty = phone.post("/suggestions/new/", typed | {"title": ""})
    assert faulty.status_code == 422 and hidden(faulty.content.decode(), "poster") == one.code
    assert phone.post("/suggestions/new/", typed)["Location"] == "/suggestions/receipt/"
    suggestion = Suggestion.objects.get()
    assert (suggestion.poster, suggestion.channel, suggestion.area) == (one, "qr", one.area)
    counted = Poster.objects.with_counts().get(pk=one.pk)
    assert (counted.scan_count, counted.received, counted.accepted, counted.adopted) == (1, 1, 0, 0)


def test_another_place_keeps_the_poster_and_forgets_where_it_hangs(phone: Client):
    one = PosterFactory()
    page = phone.get(f"/suggestions/new/?poster={one.code}&elsewhere=1").content.decode()
    assert "您正在" not in page and hidden(page, "poster") == one.code and one.place not in page


@pytest.mark.parametrize("code", ["ABC234", "'; DROP", "", "9" * 500])
def test_a_code_that_is_none_costs_nobody_a_suggestion(phone: Client, code: str):
    CampaignFactory()
    assert phone.post("/suggestions/new/", filled(poster=code))["Location"] == "/suggestions/receipt/"
    assert Suggestion.objects.get().poster is None


def test_each_poster_counts_its_own_whatever_became_of_it():
    one, other = PosterFactory(), PosterFactory()
    for _ in range(3):
        one.count_scan(timezone.localdate())
    SuggestionFactory(poster=one)
    lead = SuggestionFactory(poster=one, adopted=True)
    SuggestionFactory(poster=other, open=True).merge_into(lead, one.made_by)
    SuggestionFactory(poster=other, not_accepted=True)
    counts = {row.pk: (row.scan_count, row.received, row.accepted, row.adopted) for row in Poster.objects.with_counts()}
    assert counts == {one.pk: (3, 2, 1, 1), other.pk: (0, 2, 1, 1)}


# --- the office -----------------------------------------------------------------------------------
def test_a_pasted_column_of_places_becomes_a_poster_each(office: Client):
    campaign = CampaignFactory()
    typed = {
        "campaign": campaign.pk,
        "size": "A4",
        "places": "人民医院  东门\n\n实验小学\r\n实验小学\n",
        "label": "一批",
    }
    assert office.post("/admin/posters/new/", typed)["Location"].startswith("/admin/posters/?label=")
    made = list(Poster.objects.order_by("pk"))
    assert [one.place for one in made] == ["人民医院 东门", "实验小学"]
    assert len({one.code for one in made}) == 2 and all(len(one.code) == CODE_LENGTH for one in made)
    again = office.post("/admin/posters/new/", typed)  # pressed twice
    assert made[0].code in again.content.decode() and Poster.objects.count() == 2


def test_too_many_places_or_a_novel_are_refused_with_a_sentence(office: Client):
    typed = {"campaign": CampaignFactory().pk, "size": "A4"}
    many = office.post("/admin/posters/new/", typed | {"places": "\n".join(f"地点{n}" for n in range(201))})
    assert "一次最多 200 个地点" in many.content.decode()
    assert "最多 120 个字" in office.post("/admin/posters/new/", typed | {"places": "长" * 121}).content.decode()
    assert not Poster.objects.exists()


def test_retired_and_restored_unless_a_new_one_hangs_there(office: Client):
    one = PosterFactory(place="政务大厅")
    office.post(f"/admin/posters/{one.code}/retire/")
    twin = PosterFactory(place="政务大厅")
    assert "已经换了新的海报" in office.post(f"/admin/posters/{one.code}/restore/", follow=True).content.decode()
    twin.retire(twin.made_by)
    office.post(f"/admin/posters/{one.code}/restore/")
    one.refresh_from_db()
    assert one.status == Poster.Status.IN_USE


def test_the_table_says_what_each_brought(office: Client):
    one = PosterFactory(place="=1+1")
    SuggestionFactory(poster=one, open=True)
    one.count_scan(timezone.localdate())
    lines = b"".join(office.get("/admin/posters/posters.csv")).decode().splitlines()
    assert "'=1+1" in lines[1] and ",1,1,1,0," in lines[1] and one.address in lines[1]


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_many(
    office: Client, django_assert_max_num_queries: Any
):
    PosterFactory()
    office.get("/admin/posters/")
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/posters/")
    for _ in range(3):
        SuggestionFactory(poster=PosterFactory())
    with django_assert_max_num_queries(len(few.captured_queries)):
        office.get("/admin/posters/")
