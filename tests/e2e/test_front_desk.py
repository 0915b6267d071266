"""The front desk in a real browser, without a mouse: from the form to the slip and on to the next caller."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal import similar
from portal.models import Suggestion
from tests.cast import person
from tests.factories import CampaignFactory, SuggestionFactory

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
def desk(browser: Browser, live_server: Any) -> Iterator[Page]:
    """An officer's page; at the end of the test it must not have complained about anything."""
    CampaignFactory()
    client = Client()
    client.force_login(person("officer"))
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not [text for text in complaints if "422" not in text], complaints


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")


def test_a_call_is_entered_with_the_keyboard_alone(desk: Page) -> None:
    older = SuggestionFactory(open=True, title="和平路东头路灯不亮", body="晚上看不清路。")
    similar.catch_up()
    desk.goto("/admin/suggestions/record/")
    keys = desk.keyboard
    assert focused(desk) == "channel"
    expect(desk.get_by_label("现场地点")).to_be_hidden()
    keys.press("Alt+2")
    assert focused(desk) == "title"
    keys.type("和平路东头路灯又不亮")
    expect(desk.locator("[data-same-as]")).to_have_count(1)
    keys.press("Tab")
    keys.type("晚上看不清路，老人摔过跤。")
    expect(desk.locator("[data-autosave-status]")).to_contain_text("草稿已存", timeout=8000)
    desk.locator("[data-same-as]").focus()
    keys.press("Enter")
    keys.press("Control+Enter")  # something is missing, and nothing is lost
    assert focused(desk) == "consent"
    assert desk.locator("[name=title]").input_value() == "和平路东头路灯又不亮"
    keys.press("Space")
    keys.press("Alt+3")
    keys.type("赵大爷")
    keys.press("Tab")
    keys.type("137 1234 5678")
    keys.press("Control+Enter")
    expect(desk.locator("[data-slip]")).to_contain_text(re.compile(r"WJ\d{4}-\d{6}"))
    one = Suggestion.objects.latest("pk")
    assert (one.title, one.phone, one.recording.same_as) == ("和平路东头路灯又不亮", "13712345678", older)
    keys.press("n")
    desk.wait_for_url("**/record/")
    assert focused(desk) == "channel"
    assert desk.locator("[name=title]").input_value() == ""


def test_a_stall_keeps_its_place_and_the_slip_fits_its_paper(desk: Page) -> None:
    desk.goto("/admin/suggestions/record/")
    keys = desk.keyboard
    desk.get_by_label("来源渠道").select_option("stall")
    desk.get_by_label("现场地点").fill("人民公园南门")
    desk.get_by_label("标题").fill("公园没有长椅")
    desk.get_by_label("遇到了什么不方便").fill("老人走累了没处坐。")
    desk.get_by_label("口头同意公开").check()
    keys.press("Control+Enter")
    desk.get_by_label("80 毫米小票").check()
    desk.emulate_media(media="print")
    slip = desk.locator("[data-slip]")
    assert slip.bounding_box()["width"] <= 303  # 80 mm at 96 pixels an inch
    expect(desk.locator("[data-print]")).to_be_hidden()
    desk.emulate_media(media="screen")
    keys.press("n")
    desk.wait_for_url("**/record/")
    expect(desk.get_by_label("现场地点")).to_have_value("人民公园南门")
