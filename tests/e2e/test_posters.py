"""A poster on a wall: scanned, filled in where it hangs, received, and counted for it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from portal.models import Poster, Suggestion
from tests.e2e.test_suggest import browser, go_on, heading, looks_right  # noqa: F401 — a fixture
from tests.factories import PosterFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_scan_fill_in_receipt_and_the_poster_counts_one(browser: Browser, live_server: Any) -> None:  # noqa: F811
    one = PosterFactory()
    agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/100 Mobile MicroMessenger/8.0"
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url, user_agent=agent)
    page = context.new_page()
    page.goto(f"/q/{one.code}/")
    expect(page.get_by_text("您正在")).to_contain_text(one.place)
    looks_right(page)
    expect(page.get_by_label("具体地点")).to_have_value(one.place)
    page.get_by_label("一句话说清是什么事").fill("门诊大厅没有饮水机")
    go_on(page)
    heading(page, "说说情况")
    page.get_by_label("遇到了什么不方便").fill("排队两小时，老人想喝口热水都没有。")
    page.reload()  # the draft is kept, and so is the poster
    for question in ("您的想法", "在哪里", "哪一类", "照片", "怎么称呼您，怎么告诉您", "提交前看一看"):
        go_on(page)
        heading(page, question)
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="提交建议").click()
    page.wait_for_url("**/suggestions/receipt/")
    suggestion = Suggestion.objects.get()
    assert (suggestion.poster_id, suggestion.place, suggestion.channel) == (one.pk, one.place, "qr")
    counted = Poster.objects.with_counts().get()
    assert (counted.scan_count, counted.received) == (1, 1)

    page.goto(f"/q/{one.code}/")
    page.get_by_role("link", name="换个地方").click()
    expect(page.get_by_text("您正在")).to_have_count(0)
    expect(page.get_by_label("具体地点")).to_have_value("")
    one.retire(one.made_by)
    page.goto(f"/q/{one.code}/")
    expect(page.get_by_role("link", name="去提建议")).to_be_visible()
    looks_right(page)
    context.close()
