"""A long upload on a bad line, in a real browser: it survives the line and the page, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from config.uploads import store_picture
from portal import intake, resumable
from portal.models import Attachment, Suggestion, Upload
from tests.e2e.test_suggest import PHONE, browser, fill, go_on, looks_right, pytestmark  # noqa: F401 — a fixture and the marks
from tests.factories import CampaignFactory

SLOW, FAST = 400_000, -1  # bytes a second


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:  # noqa: F811
    CampaignFactory()
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, base_url=live_server.url)
    one = context.new_page()
    one.goto("/suggestions/new/")
    fill(one)
    yield one
    context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """About two megabytes."""
    path = tmp_path / "IMG_0001.jpg"
    Image.effect_noise((1600, 1300), 90).convert("RGB").save(path, "JPEG", quality=88)
    return path


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the server took in, whole."""
    files: list[bytes] = []

    def seen(model: Any, file: Any, **facts: Any) -> Any:
        files.append(file.read())
        return store_picture(model, file, **facts)

    monkeypatch.setattr(intake, "store_picture", seen)
    return files


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of the pieces that were counted."""
    lengths: list[int] = []
    append = resumable._append

    def counted(pk: int, offset: int, piece: bytes) -> int:
        end = append(pk, offset, piece)
        lengths.append(len(piece))
        return end

    monkeypatch.setattr(resumable, "_append", counted)
    return lengths


class Line:
    """The phone's line, as bad as it is made."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")

    def __call__(self, *, speed: int = FAST, offline: bool = False) -> None:
        facts = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        self.session.send("Network.emulateNetworkConditions", facts)


@pytest.fixture
def line(page: Page) -> Line:
    return Line(page)


def test_the_line_breaks_in_the_middle_and_the_upload_finishes(
    page: Page, line: Line, photo: Path, arrived: list[bytes], written: list[int]
) -> None:
    line(speed=SLOW)
    page.locator("input[name=photos]").set_input_files(photo)
    expect(page.locator(".uploads output")).to_have_text(re.compile(r"^[2-9]\d % · .+ / .+ MB$"), timeout=20_000)
    line(offline=True)
    expect(page.get_by_text("网络断了，连上后会接着传")).to_be_visible(timeout=20_000)
    before = Upload.objects.get().offset
    assert 0 < before < photo.stat().st_size
    line()
    expect(page.get_by_text("已上传")).to_be_visible(timeout=40_000)
    assert arrived == [photo.read_bytes()], "byte for byte"
    assert sum(written) == photo.stat().st_size, "nothing was counted twice"


def test_after_a_reload_the_same_file_goes_on_where_it_was(
    page: Page, line: Line, photo: Path, arrived: list[bytes], written: list[int]
) -> None:
    line(speed=SLOW)
    page.locator("input[name=photos]").set_input_files(photo)
    expect(page.locator(".uploads output")).to_have_text(re.compile(r"^[2-9]\d %"), timeout=20_000)
    page.reload()
    expect(page.get_by_text("再选一次同一个文件会接着传：IMG_0001.jpg")).to_be_visible()
    before = sum(written)
    line()
    page.locator("input[name=photos]").set_input_files(photo)
    expect(page.get_by_text("已上传")).to_be_visible(timeout=40_000)
    assert 0 < before < photo.stat().st_size == sum(written) and arrived == [photo.read_bytes()]
    page.reload()
    expect(page.get_by_text("已上传")).to_be_visible()
    looks_right(page)


def test_pausing_removing_and_taking_that_back(page: Page, line: Line, photo: Path) -> None:
    line(speed=SLOW)
    page.locator("input[name=photos]").set_input_files(photo)
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_text("已暂停")).to_be_visible()
    line()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("已上传")).to_be_visible(timeout=40_000)
    page.get_by_role("button", name="移除").click()
    expect(page.locator("input[name=photo_tokens]")).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("input[name=photo_tokens]")).to_have_count(1)


def test_sending_asks_about_what_is_not_there_yet(page: Page, line: Line, photo: Path) -> None:
    page.wait_for_timeout(3100)  # faster than a person types is taken for a machine
    line(speed=SLOW // 2)
    page.locator("input[name=photos]").set_input_files(photo)
    go_on(page)
    go_on(page)
    page.get_by_role("button", name="提交建议").click()
    expect(page.get_by_text("还有文件没传完。")).to_be_visible()
    looks_right(page)
    line()
    page.get_by_role("button", name="等传完再提交").click()
    page.wait_for_url("**/receipt/", timeout=40_000)
    assert Attachment.objects.get().suggestion == Suggestion.objects.get()
