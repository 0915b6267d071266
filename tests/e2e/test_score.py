"""A monitor with a phone in the hand, in a real browser: score sheet → closing → published result; what a lost
connection, a closed page and a phone without scripts do to a sheet; and a visit from its QR code to the stored note."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from monitors.models import VisitNote
from tests.cast import person
from tests.factories import MonitorFactory, ProjectFactory, RoundFactory, SheetFactory, VisitFactory
from voting.models import Round, Sheet
from voting.tasks import close_due_rounds

PHONE = {"width": 360, "height": 740}
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no browser here; set CHROMIUM to one"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in the test's own thread
    with sync_playwright() as driver:
        one = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def phone_of(browser: Browser, address: str, user: Any, **options: Any) -> Page:
    """A small phone in which this person is signed in."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, base_url=address, **options)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
    return context.new_page()


def looks_right(page: Page) -> None:
    """Fits the phone, and axe has nothing to say."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def score_with_the_thumb(page: Page) -> None:
    """良好 on every criterion, which begins in the middle of the tier, and two points more."""
    for sheet in page.locator("[data-score]").all():
        sheet.get_by_role("radio", name="良好").check()
        expect(sheet.locator("output span")).to_have_text("82")
        sheet.get_by_role("button", name="加一分").click()
        sheet.get_by_role("button", name="加一分").click()
        expect(sheet.locator("output span")).to_have_text("84")


def test_a_score_given_on_a_phone_is_in_the_published_result(browser: Browser, live_server: Any) -> None:
    one = RoundFactory(open=True)
    entry = one.entries.get()
    for points in (70, 80, 90, 95):
        SheetFactory(entry=entry, points=points)
    monitor = MonitorFactory()
    page = phone_of(browser, live_server.url, monitor.user)

    page.goto("/monitor/")
    looks_right(page)
    page.get_by_role("link", name="开始打分").click()
    looks_right(page)
    page.get_by_role("link", name=entry.project.title).first.click()
    looks_right(page)
    score_with_the_thumb(page)
    looks_right(page)
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("存好了").first).to_be_visible()
    assert {mark.points for mark in Sheet.objects.get(monitor=monitor).marks.all()} == {84}
    page.goto(one.get_absolute_url())
    assert "84" not in page.locator("main").inner_text(), "nobody sees a score before the round closes"

    now = timezone.now()
    Round.objects.filter(pk=one.pk).update(opens_at=now - timedelta(days=2), closes_at=now - timedelta(minutes=1))
    assert close_due_rounds() == 1
    Round.objects.get(pk=one.pk).publish(person("office_leader"))

    page.goto(one.get_absolute_url())
    # 70 and 95 are left out: (80 + 84 + 90) ÷ 3
    expect(page.get_by_text("84.67").first).to_be_visible()
    expect(page.get_by_text("5 张有效，应打 5 人")).to_be_visible()
    page.get_by_text("分布和各项得分").first.click()
    expect(page.get_by_text("两端各去掉 1 张").first).to_be_visible()
    looks_right(page)


@pytest.fixture
def sheet(live_server: Any) -> tuple[Any, str]:
    """A monitor, and the address of a sheet that waits for them in a round of two projects."""
    one = RoundFactory(open=True, projects=ProjectFactory.create_batch(2, concluded=True))
    entry = one.entries.first()
    return MonitorFactory(), f"/monitor/rounds/{one.slug}/{entry.project.number}/"


def stored() -> list[list[int]]:
    return [list(one.marks.order_by("criterion__position").values_list("points", flat=True)) for one in
            Sheet.objects.order_by("pk")]  # fmt: skip


def test_a_half_filled_sheet_is_still_there_when_the_page_is_opened_again(
    browser: Browser, live_server: Any, sheet: Any
) -> None:
    monitor, address = sheet
    page = phone_of(browser, live_server.url, monitor.user)
    page.goto(address)
    first = page.locator("[data-score]").first
    first.get_by_role("radio", name="优秀").check()
    first.get_by_role("button", name="减一分").click()
    page.get_by_label("一句话理由").fill("十个站开了九个。")
    expect(page.get_by_text("草稿已存在本机")).to_be_visible()
    page.goto("/monitor/")
    page.goto(address)
    first = page.locator("[data-score]").first
    expect(first.get_by_role("radio", name="优秀")).to_be_checked()
    expect(first.locator("output span")).to_have_text("94")
    expect(page.get_by_label("一句话理由")).to_have_value("十个站开了九个。")
    page.get_by_role("button", name="存好").click()  # the browser asks for the other criteria itself
    assert page.url.endswith(address) and stored() == []


def test_a_lost_connection_loses_nothing_and_the_next_try_stores_it_once(
    browser: Browser, live_server: Any, sheet: Any
) -> None:
    monitor, address = sheet
    page = phone_of(browser, live_server.url, monitor.user)
    page.goto(address)
    score_with_the_thumb(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="存好").click()
    page.wait_for_timeout(500)
    assert stored() == []
    page.context.set_offline(False)
    for _ in range(3):  # the failed page may still be settling
        try:
            page.goto(address)
            break
        except BrowserError:
            page.wait_for_timeout(300)
    expect(page.locator("[data-score] output span").first).to_have_text("84")
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("存好了").first).to_be_visible()
    assert stored() == [[84, 84, 84]]
    page.goto(address)  # stored, so the draft is gone and what is shown comes from the server
    expect(page.get_by_text("您打过，可以改")).to_be_visible()
    expect(page.get_by_text("已恢复上次没写完的内容")).to_have_count(0)


def test_a_phone_without_scripts_scores_by_typing_the_figure(browser: Browser, live_server: Any, sheet: Any) -> None:
    monitor, address = sheet
    page = phone_of(browser, live_server.url, monitor.user, java_script_enabled=False)
    page.goto(address)
    for field, figure in zip(page.get_by_label("分数", exact=True).all(), (91, 76, 0), strict=True):
        field.fill(str(figure))
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_text("存好了").first).to_be_visible()
    assert stored() == [[91, 76, 0]]


def test_from_the_qr_code_at_the_place_to_a_note_with_a_photo(
    browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    visit, monitor = VisitFactory(announced=True), MonitorFactory()
    photo = tmp_path / "IMG_0001.jpg"
    Image.new("RGB", (800, 600), "teal").save(photo, "JPEG")
    page = phone_of(browser, live_server.url, monitor.user)
    page.goto(f"/monitor/sign-in/{visit.sign_in_code}/")
    looks_right(page)
    page.get_by_role("button", name="我到了，签到").click()
    expect(page.get_by_text("签到成功")).to_be_visible()
    page.get_by_role("link", name=visit.projects.get().title).first.click()
    looks_right(page)
    page.get_by_label("看到了什么").fill("七点半还在接诊，候诊三人。")
    page.get_by_label("照片").set_input_files(photo)
    expect(page.get_by_text("已上传")).to_be_visible()
    page.get_by_role("button", name="存好这条记录").click()
    expect(page.get_by_text("观摩记录已存好")).to_be_visible()
    note = VisitNote.objects.get()
    assert (note.monitor, note.text, note.photos.count()) == (monitor, "七点半还在接诊，候诊三人。", 1)
