"""Every public page and workspace in a real browser, as small as a phone, in the normal and in the elder mode.

One browser walks through all pages; each finding names its page, and all are told at once. The records are those of
`scene.py`. The admin's own pages are only asked to keep the content policy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from portal.models import User
from tests.e2e import scene
from tests.e2e.scene import Stop

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}
MISSING = "/nothing/"  # is meant to be 404
# What the page is made to say about itself. Sizes are in CSS pixels.
TOO_WIDE = "document.scrollingElement.scrollWidth - window.innerWidth"
HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
SMALLEST_TEXT = """() => {
  const shown = e => { const box = e.getBoundingClientRect(); return box.width > 1 && box.height > 1; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let smallest = 99;
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(parent) || parent.closest('svg, .vh, .skip, .honeypot')) continue;
    smallest = Math.min(smallest, parseFloat(getComputedStyle(parent).fontSize));
  }
  return smallest;
}"""
LOW_TARGETS = """low => [...document.querySelectorAll('.btn, summary, select, textarea, .choice, .tiers label, .dock a')]
  .map(e => [e.getBoundingClientRect(), e])
  .filter(([box]) => box.width > 1 && box.height > 1 && box.height < low - 0.5)
  .map(([box, e]) => `${e.tagName} ${e.textContent.trim().slice(0, 12)} ${Math.round(box.height)}px`)"""
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # The browser's loop runs in this thread, where Django would else refuse to touch the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        found = {"executable_path": path} if os.path.exists(path) else {}
        chromium = playwright.chromium.launch(args=["--no-sandbox"], **found)
        yield chromium
        chromium.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_every_page_fits_a_phone_and_everybody_can_use_it(live_server: Any, browser: Browser, elder: bool) -> None:
    stops = scene.build()
    with Walk(browser, live_server.url, elder=elder) as walk:
        for stop in stops:
            walk.look_at(stop)
    assert walk.findings == []
    assert walk.seen == len(stops) >= 65


def test_every_page_fits_a_desktop_in_elder_mode(live_server: Any, browser: Browser) -> None:
    stops = scene.build()
    with Walk(browser, live_server.url, elder=True, width=1280) as walk:
        for stop in stops:
            walk.fits(stop)
    assert walk.findings == []


def test_our_pages_in_the_admin_keep_its_content_policy(live_server: Any, browser: Browser) -> None:
    scene.build()
    with Walk(browser, live_server.url, width=1280) as walk:
        for stop in scene.admin():
            walk.opens(stop)
    assert walk.findings == []


def test_a_page_that_breaks_its_promises_is_found(live_server: Any, browser: Browser) -> None:
    """The walk itself: a page with every fault has every finding."""
    with Walk(browser, live_server.url, elder=True) as walk:
        page = walk.page_of("")
        page.route("**/faulty/", lambda route: route.fulfill(body=FAULTY, content_type="text/html"))
        page.route("http://elsewhere.example/**", lambda route: route.fulfill(body="", content_type="image/png"))
        walk.look_at(Stop("", "/faulty/"))
    told = "\n".join(walk.findings)
    for fault in ("wider", "elsewhere.example", "headings", "px text", "BUTTON", "oops", "image-alt"):
        assert fault in told


FAULTY = """<!doctype html><html lang="zh-Hans"><title>x</title><main><h1>一</h1><h3>三</h3>
<p style="font-size:9px">小字</p><button class="btn" style="height:20px">按</button>
<div style="width:900px">宽</div><img src="http://elsewhere.example/a.png"><script>console.error("oops")</script></main>"""


class Walk:
    """One person after another opens page after page; what is wrong is collected in `findings`."""

    def __init__(self, browser: Browser, base: str, *, elder: bool = False, width: int = PHONE["width"]) -> None:
        self.browser, self.base, self.elder, self.width = browser, base, elder, width
        self.findings: list[str] = []
        self.seen = 0
        self.pages: dict[str, Page] = {}
        self.heard: list[str] = []

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, *_error: object) -> None:
        for page in self.pages.values():
            page.context.close()

    def page_of(self, who: str) -> Page:
        """A browser window in which that member of the cast has signed in."""
        if who not in self.pages:
            context = self.browser.new_context(viewport=PHONE | {"width": self.width}, reduced_motion="reduce")
            context.add_cookies([{"name": n, "value": v, "url": self.base} for n, v in self._cookies(who)])
            page = self.pages[who] = context.new_page()
            page.on("console", lambda message: message.type == "error" and self.heard.append(message.text))
            page.on("pageerror", lambda error: self.heard.append(str(error)))
            page.on("request", lambda request: self._request(request.url))
        return self.pages[who]

    def _cookies(self, who: str) -> list[tuple[str, str]]:
        cookies = [("elder", "1")] if self.elder else []
        if who:
            client = Client()
            client.force_login(User.objects.get(username=who))
            cookies.append((settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value))
        return cookies

    def _request(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.heard.append(f"asks another host: {url}")

    def opens(self, stop: Stop) -> Page:
        """The page answers, and the browser has nothing to complain about: no error, no policy broken."""
        self.heard.clear()
        page = self.page_of(stop.who)
        answer = page.goto(self.base + stop.path, wait_until="networkidle")
        if stop.path == MISSING:
            self.heard = [text for text in self.heard if "404" not in text]
        elif answer is None or answer.status >= 400:
            self.heard.append(f"answers {answer.status if answer else 'nothing'}")
        self.findings += [f"{stop.who or 'public'} {stop.path}: {text}" for text in dict.fromkeys(self.heard)]
        self.seen += 1
        return page

    def fits(self, stop: Stop) -> Page:
        """And nothing has to be scrolled sideways."""
        page = self.opens(stop)
        wider = page.evaluate(TOO_WIDE)
        self._note(stop, wider > 0, f"{wider}px wider than the screen")
        return page

    def look_at(self, stop: Stop) -> None:
        """And headings, sizes and everything that axe knows are right."""
        page = self.fits(stop)
        levels = page.evaluate(HEADINGS)
        jumps = any(later > earlier + 1 for earlier, later in pairwise(levels))
        self._note(stop, levels.count(1) != 1 or jumps, f"headings {levels}")
        smallest = page.evaluate(SMALLEST_TEXT)
        self._note(stop, smallest < (17 if self.elder else 13.9), f"{smallest}px text")
        for target in page.evaluate(LOW_TARGETS, 52 if self.elder else 44):
            self._note(stop, True, f"{target} is a low target")
        for summary in page.query_selector_all("details:not([open]) > summary"):
            summary.evaluate("summary => summary.parentElement.open = true")
        for found in AXE.run(page, options=AXE_OPTIONS).response["violations"]:
            where = found["nodes"][0]["html"][:120]
            self._note(stop, found["impact"] in {"serious", "critical"}, f"axe {found['id']}: {where}")

    def _note(self, stop: Stop, wrong: bool, text: str) -> None:
        if wrong:
            self.findings.append(f"{stop.who or 'public'} {stop.path}: {text}")


AXE = Axe()
