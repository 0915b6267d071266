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
from django.conf import settings
from django.test import Client
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


TITLE, BODY = "医院门口晚上没处停车", "送老人看急诊，只好停到一公里外。请打13800001111。"


def heading(page: Page, words: str) -> None:
    """The screen is the one with this question, and the reader has been taken to it."""
    expect(page.get_by_role("heading", level=2, name=words, exact=True)).to_be_focused()


def go_on(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(下一步|改好了)$")).click()


def fill(page: Page) -> None:
    """Everything that is asked for, one question per screen, up to the photos."""
    page.get_by_label("一句话说清是什么事").fill(TITLE)
    go_on(page)
    heading(page, "说说情况")
    page.get_by_label("遇到了什么不方便").fill(BODY)
    go_on(page)
    go_on(page)
    heading(page, "在哪里")
    page.get_by_label("在哪个县（市、区）").select_option(label="桃城区")
    page.get_by_label("乡镇、街道").select_option(label="河西街道")
    go_on(page)
    heading(page, "哪一类")
    page.get_by_text("微交通").click()
    go_on(page)
    heading(page, "照片")


def fill_page(page: Page) -> None:
    """The same where it all stands on one page."""
    page.get_by_label("一句话说清是什么事").fill(TITLE)
    page.get_by_label("遇到了什么不方便").fill(BODY)
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
    go_on(phone)
    expect(phone.get_by_label("一句话说清是什么事")).to_be_focused()
    expect(phone.get_by_text("请用一句话写明是什么事。")).to_be_visible()
    looks_right(phone)
    fill(phone)
    phone.locator("input[name=photos]").set_input_files([photo, photo])
    expect(phone.get_by_text("已上传")).to_have_count(2)
    phone.get_by_role("button", name="移除").first.click()
    expect(phone.get_by_text("草稿已存在本机")).to_be_visible()
    phone.wait_for_timeout(500)  # longer than a draft waits

    phone.reload()  # the phone rang
    expect(phone.get_by_text("已替您保留上次没写完的内容")).to_be_visible()
    expect(phone.locator(".uploads img")).to_have_js_property("naturalWidth", 480)
    phone.go_back()
    expect(phone.get_by_label("微交通")).to_be_checked()
    looks_right(phone)

    # The browser is closed and opened again: what is on the device is there, who somebody is is not.
    state = phone.context.storage_state()
    again = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, base_url=live_server.url, storage_state=state
    )
    page = again.new_page()
    page.goto("/suggestions/new/?channel=qr")
    expect(page.get_by_text("已替您保留上次没写完的内容")).to_be_visible()
    expect(page.get_by_label("微交通")).to_be_checked()
    go_on(page)
    expect(page.locator(".uploads img")).to_have_count(1)
    go_on(page)
    heading(page, "怎么称呼您，怎么告诉您")
    page.get_by_text("显示姓氏").click()
    page.get_by_label("手机号").fill("１３８００００２２２２")
    go_on(page)
    expect(page.get_by_label("您的姓名")).to_be_focused()
    page.keyboard.type("王小明")
    go_on(page)
    heading(page, "提交前看一看")
    expect(page.get_by_text("替您遮住了手机号")).to_be_visible()
    expect(page.locator("[data-step-of=body] dd")).to_contain_text("138****1111")
    looks_right(page)
    page.get_by_role("button", name="修改什么事").click()
    page.get_by_label("一句话说清是什么事").fill(TITLE + "位")
    go_on(page)
    heading(page, "说说情况")
    page.go_back()
    page.go_back()
    heading(page, "提交前看一看")
    expect(page.locator("[data-step-of=title] dd")).to_contain_text(TITLE + "位")
    assert "王小明" not in page.evaluate("JSON.stringify(localStorage)")
    page.wait_for_timeout(3200)  # longer than a machine takes
    page.get_by_role("button", name="提交建议").click()
    page.wait_for_url("**/suggestions/receipt/")
    looks_right(page)
    number, code = receipt(page)
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "weitai-draft:suggest" not in kept and code not in kept

    other = browser.new_context(viewport=PHONE, base_url=live_server.url).new_page()
    other.goto("/track/")
    looks_right(other)
    other.get_by_label("受理编号").fill(number.lower())
    other.get_by_label("查询码").fill("AAAAA-AAAAA")
    other.get_by_role("button", name="查进度").click()
    expect(other.get_by_role("alert")).to_contain_text("编号或查询码不对")
    other.get_by_label("查询码").fill(code)
    other.get_by_role("button", name="查进度").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(TITLE + "位")
    expect(other.locator(".lifeline li").first).to_contain_text("已收到")
    expect(other.locator(".photos img")).to_have_count(1)
    looks_right(other)
    other.context.close()

    one = Suggestion.objects.get()
    assert (one.number, one.channel, one.area.name, one.phone) == (number, "qr", "河西街道", "13800002222")
    page.goto("/suggestions/new/")
    expect(page.get_by_label("一句话说清是什么事")).to_have_value("")  # the draft is gone with the receipt
    again.close()


def test_the_keyboard_alone_is_enough(browser: Browser, live_server: Any) -> None:
    CampaignFactory()
    context = browser.new_context(viewport=PHONE, base_url=live_server.url)
    page = context.new_page()
    page.goto("/suggestions/new/")
    page.get_by_label("一句话说清是什么事").focus()
    page.keyboard.type(TITLE)
    page.keyboard.press("Enter")
    heading(page, "说说情况")
    page.keyboard.press("Tab")
    page.keyboard.type(BODY)
    for question in ("您的想法", "在哪里"):
        while page.evaluate("!document.activeElement.matches('[data-step-next]')"):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        heading(page, question)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("在哪个县（市、区）")).to_have_value("131102000000")
    page.get_by_label("具体地点").focus()
    page.keyboard.press("Enter")
    heading(page, "哪一类")
    page.go_back()
    heading(page, "在哪里")
    context.close()


def test_what_is_kept_can_be_cleared_and_that_undone(phone: Page) -> None:
    phone.goto("/suggestions/new/")
    phone.get_by_label("一句话说清是什么事").fill(TITLE)
    go_on(phone)
    phone.get_by_label("遇到了什么不方便").fill(BODY)
    phone.get_by_role("button", name="清空重写").click()
    expect(phone.get_by_label("一句话说清是什么事")).to_have_value("")
    assert "weitai-draft:suggest" not in phone.evaluate("JSON.stringify(localStorage)")
    phone.get_by_role("button", name="撤销清空").click()
    expect(phone.get_by_label("一句话说清是什么事")).to_have_value(TITLE)
    assert BODY in phone.evaluate("localStorage['weitai-draft:suggest']")


def test_a_photo_that_is_none_says_so_beside_it_and_the_rest_goes_on(phone: Page, photo: Path, tmp_path: Path) -> None:
    fake = tmp_path / "fake.jpg"
    fake.write_bytes(io.BytesIO(b"%PDF-1.7 not a photo").getvalue())
    phone.goto("/suggestions/new/")
    fill(phone)
    phone.locator("input[name=photos]").set_input_files([fake, photo])
    expect(phone.get_by_text("这里只收JPG、PNG、WebP、HEIC 照片")).to_be_visible()
    expect(phone.get_by_text("已上传")).to_have_count(1)


def test_a_similar_one_is_supported_in_place_of_writing_it_again(
    phone: Page, browser: Browser, live_server: Any, citizen: Any
) -> None:
    one = SuggestionFactory(open=True, title=TITLE, body="送老人看急诊，只好停到一公里外。")
    for title in ("路灯不亮", "公园没有厕所"):
        SuggestionFactory(open=True, title=title, body="请来人看看。")
    signed_in = Client()
    signed_in.force_login(citizen)
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    phone.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    phone.goto("/suggestions/new/")
    phone.get_by_label("一句话说清是什么事").fill(TITLE)
    go_on(phone)
    heading(phone, "有人提过同一件事吗")
    looks_right(phone)
    phone.get_by_role("button", name="我的不一样").click()
    heading(phone, "说说情况")
    phone.go_back()
    phone.get_by_role("button", name=re.compile("我也遇到")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("已附议并关注，不用再写一遍")
    looks_right(phone)
    assert "weitai-draft:suggest" not in phone.evaluate("JSON.stringify(localStorage)")
    assert one.supports.count() == one.follows.count() == 1

    context = browser.new_context(viewport=PHONE, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/suggestions/new/")
    fill_page(page)
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="下一步，看一看再提交").click()
    expect(page.get_by_role("heading", name="先看一眼")).to_be_visible()
    expect(page.get_by_label("遇到了什么不方便")).to_have_value(BODY)
    page.get_by_role("button", name="我的不一样，接着提交").click()
    page.get_by_role("button", name="提交建议").click()
    page.wait_for_url("**/suggestions/receipt/")
    context.close()


def test_without_scripts_everything_still_works(browser: Browser, live_server: Any, photo: Path) -> None:
    CampaignFactory()
    context = browser.new_context(viewport=PHONE, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/suggestions/new/")
    fill_page(page)
    page.locator("input[name=photos]").set_input_files([photo, photo])
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="下一步，看一看再提交").click()
    page.get_by_role("button", name="提交建议").click()
    number, code = receipt(page)
    page.context.clear_cookies()
    page.goto("/track/")
    page.get_by_label("受理编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查进度").click()
    expect(page.locator(".photos img")).to_have_count(2)
    context.close()


def test_a_network_that_sends_a_lot_is_proven_by_its_browser(phone: Page, settings: Any) -> None:
    settings.WEITAI_SUBMITS_FREE_PER_HOUR = 0
    phone.goto("/suggestions/new/")
    fill(phone)
    go_on(phone)
    go_on(phone)
    heading(phone, "提交前看一看")
    phone.wait_for_timeout(3200)
    phone.get_by_role("button", name="提交建议").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("还差一步")
    expect(phone.get_by_role("button", name="提交建议")).to_be_enabled(timeout=20_000)
    expect(phone.get_by_role("button", name="提交建议")).to_be_focused()
    looks_right(phone)
    phone.get_by_text("用短信确认").click()
    looks_right(phone)
    phone.get_by_role("button", name="提交建议").click()
    phone.wait_for_url("**/suggestions/receipt/")
    assert Suggestion.objects.get().title == TITLE


@pytest.mark.parametrize("address", ["/suggestions/", "/suggestions/?q=停车", "/track/", "/suggestions/new/"])
def test_elder_mode_fits_the_phone(phone: Page, live_server: Any, address: str) -> None:
    phone.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    phone.goto(address)
    looks_right(phone)
    if address == "/suggestions/new/":
        phone.get_by_label("一句话说清是什么事").fill(TITLE)
        go_on(phone)
        heading(phone, "说说情况")
        looks_right(phone)
