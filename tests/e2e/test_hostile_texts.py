"""Texts that want to run: every page that shows them shows them, and runs nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal.models import Suggestion
from tests.cast import person
from tests.e2e.scene import Stop
from tests.e2e.test_pages import Walk, browser  # noqa: F401 — a fixture
from tests.factories import AssignmentFactory, CampaignFactory, SuggestionFactory
from tests.text_corpus import ACTIVE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
# Whatever would run tells on itself, and the browser's own complaints about the content policy count too.
TRIPWIRE = "window.alert = (...words) => console.error('TRIPWIRE', ...words)"


def test_a_hostile_text_runs_nowhere(live_server: Any, browser: Browser) -> None:  # noqa: F811
    CampaignFactory()
    for name in ("clerk", "officer", "citizen"):
        person(name)
    said = "\n".join(ACTIVE.values())
    facts = [
        {"title": one[:60], "place": one, "body": said, "wish": said, "name": one, "shown_as": "name"}
        for one in ACTIVE.values()
    ]
    for fact in facts:
        SuggestionFactory(open=True, **fact)
    waiting = SuggestionFactory(**facts[0], author=person("citizen"))
    due = AssignmentFactory(suggestion=SuggestionFactory(open=True, **facts[1]))
    one = Suggestion.objects.earliest("pk")
    with Walk(browser, live_server.url, width=1280) as walk:
        for stop in [
            Stop("", "/suggestions/"), Stop("", "/suggestions/?q=alert"), Stop("", f"/track/q/{waiting.token}/"),
            Stop("", one.get_absolute_url()), Stop("", f"/suggestions/new/?place={ACTIVE['image']}"),
            Stop("citizen", f"/suggestions/{waiting.number}/"), Stop("citizen", "/accounts/mine/"),
            Stop("officer", "/admin/suggestions/"), Stop("officer", f"/admin/suggestions/{waiting.number}/"),
            Stop("officer", f"/admin/suggestions/{one.number}/"),
            Stop("clerk", "/desk/"), Stop("clerk", f"/desk/assignments/{due.pk}/"),
        ]:  # fmt: skip
            walk.page_of(stop.who).add_init_script(TRIPWIRE)
            page = walk.opens(stop)
            assert re.search(r"alert\(1\)", page.content()) or "q=" in stop.path or stop.path == "/desk/", stop
    assert walk.findings == []


def test_the_tripwire_is_heard(live_server: Any, browser: Browser) -> None:  # noqa: F811
    with Walk(browser, live_server.url) as walk:
        page = walk.page_of("")
        page.add_init_script(TRIPWIRE)
        page.route("**/planted/", lambda route: route.fulfill(body=ACTIVE["image"], content_type="text/html"))
        walk.opens(Stop("", "/planted/"))
    assert any("TRIPWIRE" in found for found in walk.findings)
