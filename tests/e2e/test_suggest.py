"""A citizen with a phone in the hand: suggest → receipt → track, in a real browser of that size."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal.models import Suggestion
from tests.factories import CampaignFactory, SuggestionFactory

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


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page on a small phone; at the end of the test it must not have complained about anything."""
    CampaignFactory()
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, base_url=live_server.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not [text for text in complaints if "422" not in text], complaints


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    Image.new("RGB", (800, 600), "teal").save(path, "JPEG")
    return path


def looks_right(page: Page) -> None:
    """Fits the phone, and axe has nothing to say."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def fill(page: Page) -> None:
    page.get_by_label("一句话说清是什么事").fill("医院门口晚上没处停车")
    page.get_by_label("遇到了什么不方便").fill("送老人看急诊，只好停到一公里外。")
    page.get_by_label("在哪个县（市、区）").select_option(label="桃城区")
    page.get_by_label("乡镇、街道").select_option(label="河西街道")


def receipt(page: Page) -> tuple[str, str]:
    """Number and code as a person reads them off the page."""
    number, code = page.locator(".receipt-codes dd").all_inner_texts()
    assert re.fullmatch(r"WJ\d{4}-\d{6}", number) and re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    return number, code


def test_suggest_receipt_track(phone: Page, photo: Path, browser: Browser, live_server: Any) -> None:
    phone.goto("/suggestions/new/?channel=qr")
    looks_right(phone)
    expect(phone.get_by_label("乡镇、街道")).to_be_hidden()
    fill(phone)
    phone.get_by_text("微交通").click()
    expect(phone.get_by_text("草稿已存在本机")).to_be_visible()

    phone.reload()  # the connection broke, or the phone rang
    expect(phone.get_by_label("遇到了什么不方便")).to_have_value("送老人看急诊，只好停到一公里外。")
    expect(phone.get_by_label("乡镇、街道")).to_have_value("131102001000")
    expect(phone.get_by_label("微交通")).to_be_checked()

    phone.locator("input[type=file]").set_input_files([photo, photo])
    expect(phone.get_by_text("已上传")).to_have_count(2)
    phone.get_by_role("button", name="移除").first.click()
    phone.wait_for_timeout(3200)  # longer than a machine takes
    phone.get_by_role("button", name="提交建议").click()
    phone.wait_for_url("**/suggestions/receipt/")
    looks_right(phone)
    number, code = receipt(phone)

    other = browser.new_context(viewport=PHONE, base_url=live_server.url).new_page()
    other.goto("/track/")
    looks_right(other)
    other.get_by_label("受理编号").fill(number.lower())
    other.get_by_label("查询码").fill("AAAAA-AAAAA")
    other.get_by_role("button", name="查进度").click()
    expect(other.get_by_role("alert")).to_contain_text("编号或查询码不对")
    other.get_by_label("查询码").fill(code)
    other.get_by_role("button", name="查进度").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("医院门口晚上没处停车")
    expect(other.locator(".lifeline li").first).to_contain_text("已收到")
    expect(other.locator(".photos img")).to_have_count(1)
    looks_right(other)
    other.context.close()

    one = Suggestion.objects.get()
    assert (one.number, one.channel, one.area.name) == (number, "qr", "河西街道")

    phone.goto("/suggestions/new/")
    expect(phone.get_by_label("一句话说清是什么事")).to_have_value("")  # the draft is gone with the receipt


def test_a_faulty_form_leads_to_the_fault_and_keeps_words_and_photos(phone: Page, photo: Path) -> None:
    phone.goto("/suggestions/new/")
    fill(phone)
    phone.locator("input[type=file]").set_input_files(photo)
    expect(phone.get_by_text("已上传")).to_be_visible()
    phone.get_by_text("显示姓名").click()
    phone.wait_for_timeout(3200)
    phone.get_by_role("button", name="提交建议").click()
    summary = phone.get_by_role("alert")
    expect(summary).to_be_focused()
    looks_right(phone)
    summary.get_by_role("link", name=re.compile("您的姓名")).click()
    expect(phone.get_by_label("您的姓名")).to_be_focused()
    phone.keyboard.type("王小明")
    phone.get_by_role("button", name="提交建议").click()
    phone.wait_for_url("**/suggestions/receipt/")
    one = Suggestion.objects.get()
    assert one.attachments.count() == 1 and one.body.startswith("送老人看急诊")


def test_a_photo_that_is_none_says_so_beside_it_and_the_rest_goes_on(phone: Page, photo: Path, tmp_path: Path) -> None:
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(io.BytesIO(b"%PDF-1.7 not a photo").getvalue())
    phone.goto("/suggestions/new/")
    phone.locator("input[type=file]").set_input_files([fake, photo])
    expect(phone.get_by_text("这里只收JPG、PNG、WebP、HEIC 照片")).to_be_visible()
    expect(phone.get_by_text("已上传")).to_have_count(1)


def test_similar_ones_are_shown_while_typing_and_once_before_sending_without_scripts(
    phone: Page, browser: Browser, live_server: Any
) -> None:
    one = SuggestionFactory(open=True, title="医院门口晚上没处停车", body="送老人看急诊，只好停到一公里外。")
    for title in ("路灯不亮", "公园没有厕所"):
        SuggestionFactory(open=True, title=title, body="请来人看看。")
    phone.goto("/suggestions/new/")
    fill(phone)
    card = phone.locator("[data-similar]").get_by_role("link", name=re.compile("我也遇到"))
    expect(card).to_have_attribute("href", one.get_absolute_url())
    looks_right(phone)
    phone.get_by_role("button", name="我的不一样").click()
    expect(card).to_have_count(0)
    phone.wait_for_timeout(3200)
    phone.get_by_role("button", name="提交建议").click()
    phone.wait_for_url("**/suggestions/receipt/")  # asked once, and not again

    context = browser.new_context(viewport=PHONE, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/suggestions/new/")
    fill(page)
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="提交建议").click()
    expect(page.get_by_role("heading", name="先看一眼")).to_be_visible()
    expect(page.get_by_label("遇到了什么不方便")).to_have_value("送老人看急诊，只好停到一公里外。")
    page.get_by_role("button", name="我的不一样，提交建议").click()
    page.wait_for_url("**/suggestions/receipt/")
    context.close()


def test_without_scripts_everything_still_works(browser: Browser, live_server: Any, photo: Path) -> None:
    CampaignFactory()
    context = browser.new_context(viewport=PHONE, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/suggestions/new/")
    fill(page)
    page.locator("input[type=file]").set_input_files([photo, photo])
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="提交建议").click()
    number, code = receipt(page)
    page.context.clear_cookies()
    page.goto("/track/")
    page.get_by_label("受理编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查进度").click()
    expect(page.locator(".photos img")).to_have_count(2)
    context.close()


@pytest.mark.parametrize("address", ["/suggestions/", "/suggestions/?q=停车", "/track/", "/suggestions/new/"])
def test_elder_mode_fits_the_phone(phone: Page, live_server: Any, address: str) -> None:
    phone.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    phone.goto(address)
    looks_right(phone)
