"""A new officer with the keyboard alone: twenty suggestions of the real file are screened, merged and decided.

Nothing here moves or presses a mouse: every step is a key, as the map under `?` names it, and what to press next is read
off the page. A leader approves the same way.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal import similar
from portal.models import Decision, InternalNote, Notice, Suggestion
from tests.cast import person
from tests.factories import CampaignFactory

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"
TWENTY = 20
REFUSED = 3
Status = Suggestion.Status

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no browser here; set CHROMIUM to one"),
    pytest.mark.skipif(not REAL.is_dir(), reason="the real messages are not beside the project"),
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


# --- the material ---------------------------------------------------------------------------------
def clusters() -> list[set[str]]:
    """Ids in the real file that plainly speak of the same matter."""
    return [set(group) for group in json.loads((REAL / "duplicate-clusters.json").read_text()).values()]


def slice_of_the_real_file(folder: Path) -> Path:
    """Twenty rows as they are: four members of two clusters each, and the first others."""
    book = load_workbook(REAL / "messages-with-votes.xlsx", read_only=True)
    head, *rows = [list(row) for row in book.active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    at = head.index("留言编号")
    in_cluster = set().union(*clusters())
    same = [row for group in clusters()[:2] for row in [r for r in rows if str(r[at]) in group][:4]]
    others = [row for row in rows if str(row[at]) not in in_cluster]
    out = Workbook()
    for row in [head, *same, *others[: TWENTY - len(same)]]:
        out.active.append(row)  # type: ignore[union-attr]
    path = folder / "slice.xlsx"
    out.save(path)
    return path


def bring_in(folder: Path) -> None:
    call_command("import_suggestions", slice_of_the_real_file(folder), campaign=CampaignFactory().year, verbosity=0)
    similar.catch_up()
    assert Suggestion.objects.filter(status=Status.RECEIVED).count() == TWENTY


# --- hands on the keyboard ------------------------------------------------------------------------
class Hands:
    """Somebody at a desk computer who has never touched its mouse."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        client = Client()
        client.force_login(person(name))
        context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=address, locale="zh-CN")
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": address}])
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go(self, *keys: str) -> None:
        """Press, and wait for the page that comes."""
        *before, last = keys
        self.keys(*before)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.keyboard.press(last)
        self.page.wait_for_load_state()

    def goes_through(self) -> None:
        """Nothing on the page says that the last step failed."""
        wrong = self.page.locator(".error-message, .messages .error").locator("visible=true")
        assert wrong.count() == 0, (self.number, wrong.all_inner_texts())

    def sees(self, selector: str) -> bool:
        return self.page.locator(selector).locator("visible=true").count() > 0

    def open_queue(self, tab: str) -> None:
        """The list, and its first line."""
        self.page.goto(f"/admin/suggestions/?tab={tab}")
        self.go("j", "Enter")

    @property
    def at_work(self) -> bool:
        return self.sees("[data-work]")

    @property
    def number(self) -> str:
        return self.page.url.split("/suggestions/")[1].split("/")[0]

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))


def refuse(hands: Hands) -> None:
    """The third reason, and the office's words for it."""
    hands.keys("r", "ArrowDown", "ArrowDown", "ArrowDown", "Tab", "Tab", "Enter", "Tab", "Enter")
    hands.go("Control+Enter")


def group_of(number: str) -> int | None:
    """Which matter it is, as somebody sees who has read it."""
    reference = Suggestion.objects.values_list("reference", flat=True).get(number=number)
    return next((n for n, group in enumerate(clusters()) if reference in group), None)


def merge_if_known(hands: Hands) -> bool:
    """Go along what `m` offers to one that says the same, and press Enter."""
    mine = group_of(hands.number)
    for _offer in range(hands.page.locator("[data-key=m]").count() if mine is not None else 0):
        hands.keys("m")
        offered = str(hands.page.evaluate("document.activeElement.ariaLabel")).split()[-1]
        if group_of(offered) == mine:
            hands.go("Enter")
            return True
    return False


def screen_all(hands: Hands) -> dict[str, str]:
    """Number → what was done, until the list is empty."""
    done: dict[str, str] = {}
    hands.open_queue("received")
    while hands.at_work:
        number = hands.number
        assert number not in done, "the same one came up again"
        if merge_if_known(hands):
            done[number] = "merged"
        elif list(done.values()).count("refused") < REFUSED and group_of(number) is None:
            refuse(hands)
            done[number] = "refused"
        else:
            if hands.sees("[data-take]:not([disabled])"):
                hands.keys("1")
            hands.go("a", "Enter")
            done[number] = "accepted"
    return done


def propose_all(hands: Hands) -> int:
    """Every accepted one: not to be adopted, in the office's words; how many."""
    decided = 0
    hands.open_queue("open")
    while hands.at_work:
        hands.keys("p")
        while hands.focused() != "propose-route":
            hands.keys("Tab")
        hands.keys(*["ArrowDown"] * 5, "ArrowUp", "Tab")  # the last route, whatever was chosen
        assert hands.focused() == "propose-reason", hands.focused()
        hands.keys("Tab", "Enter", "Tab", "Tab", "Enter")  # the second of the office's words
        hands.go("Control+Enter")
        hands.goes_through()
        decided += 1
    return decided


def approve_all(hands: Hands) -> int:
    agreed = 0
    hands.open_queue("proposed")
    while hands.at_work:
        hands.go("a", "Enter")
        agreed += 1
    return agreed


def test_a_new_officer_sorts_twenty_real_suggestions_with_the_keyboard_alone(
    browser: Browser, live_server: Any, tmp_path: Path
) -> None:
    bring_in(tmp_path)
    hands = Hands(browser, live_server.url, "officer")
    leader = Hands(browser, live_server.url, "office_leader")
    began = time.monotonic()
    done = screen_all(hands)
    kinds = {kind: list(done.values()).count(kind) for kind in ("accepted", "merged", "refused")}
    decided = propose_all(hands)
    print(f"{(time.monotonic() - began) / TWENTY:.2f} s for each of {TWENTY}, the browser's own time")
    agreed = approve_all(leader)

    assert len(done) == TWENTY and kinds["refused"] == REFUSED and kinds["merged"] >= 4, kinds
    assert decided == agreed == kinds["accepted"]
    assert (hands.faults, leader.faults) == ([], [])
    nobody_is_lost(done)
    merges_are_right()
    reasons_are_public(live_server.url, kinds["accepted"])


def nobody_is_lost(done: dict[str, str]) -> None:
    ended = {"accepted": Status.DECLINED, "merged": Status.MERGED, "refused": Status.NOT_ACCEPTED}
    rows = {one.number: one for one in Suggestion.objects.all()}
    assert set(rows) == set(done)
    for number, kind in done.items():
        assert rows[number].status == ended[kind], number
        assert {"accepted": "accept", "merged": "merge", "refused": "refuse"}[kind] in rows[number].moves.values_list(
            "verb", flat=True
        )
    assert not Notice.objects.filter(phone="").exclude(user=None).filter(channel="sms").exists()


def merges_are_right() -> None:
    """Who was merged says the same as the lead, by the hand-made list."""
    group_of = {one: n for n, group in enumerate(clusters()) for one in group}
    merged = list(Suggestion.objects.filter(status=Status.MERGED).select_related("lead"))
    for one in merged:
        assert one.reference in group_of and one.lead, one.public_title
        assert group_of[one.reference] == group_of[str(one.lead.reference)], one.public_title


def reasons_are_public(address: str, count: int) -> None:
    decisions = list(Decision.objects.filter(approved=True).select_related("suggestion"))
    assert len(decisions) == count
    for decision in decisions:
        page = Client().get(decision.suggestion.get_absolute_url()).content.decode()
        assert decision.reason in page and "{" not in decision.reason, decision.suggestion.number
    refused = Suggestion.objects.filter(status=Status.NOT_ACCEPTED)
    assert all(len(one.moves.get(verb="refuse").public_note) > 20 for one in refused)


def test_keys_help_and_stay_out_of_the_way(browser: Browser, live_server: Any, tmp_path: Path) -> None:
    bring_in(tmp_path)
    hands = Hands(browser, live_server.url, "officer")
    page = hands.page
    hands.open_queue("received")
    first = hands.number
    hands.keys("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    hands.keys("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    # A note: letters are letters while one types, and keys again after Escape.
    hands.keys("n")
    page.keyboard.type("ajrk?")
    assert page.locator("#notes textarea").input_value() == "ajrk?" and hands.number == first
    hands.go("Control+Enter")
    assert InternalNote.objects.get().text == "ajrk?"
    # Refused by mistake: the next one is there, `u` leads to the way back, Enter takes it.
    refuse(hands)
    assert hands.number != first and Suggestion.objects.get(number=first).status == Status.NOT_ACCEPTED
    hands.keys("u")
    assert hands.focused() == "撤销这一步"
    hands.go("Enter")
    assert (hands.number, Suggestion.objects.get(number=first).status) == (first, Status.RECEIVED)
    # To the next and back, and to the search.
    hands.go("j")
    hands.go("k")
    assert hands.number == first
    hands.keys("/")
    page.keyboard.type("路灯")
    hands.go("Enter")
    assert "tab=all" in page.url
    # Switched off, no letter does anything.
    hands.open_queue("received")
    hands.keys("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.locator("[data-keys-off]").focus()
    hands.keys("Space")
    expect(page.locator("[data-keys-off]")).to_be_checked()
    hands.keys("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    hands.keys("j")
    page.wait_for_timeout(100)
    assert hands.number == first and hands.faults == []
