"""Whatever is typed: kept to the letter or refused with a sentence, never an error of the server, never slow."""

from __future__ import annotations

import time
import unicodedata
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from portal.models import Attachment, Campaign, Suggestion
from portal.models.public_text import TEXTS
from tests.factories import AssignmentFactory, CampaignFactory, SuggestionFactory
from tests.portal.test_suggest import URL, filled, text
from tests.text_corpus import ASKING, BREAKS, BYTES, KEPT, REFUSED, SLOW

pytestmark = pytest.mark.django_db
EVERYTHING = KEPT | BREAKS | {"nul": REFUSED["nul"]}
# One of each kind, where a field keeps nothing.
SOME = {name: EVERYTHING[name] for name in ("ext_b", "pua", "family", "rtl_override", "script", "sql", "crlf", "nul")}
SECOND = 1.0


@pytest.fixture
def campaign(db: None, settings: Any) -> Campaign:
    for name in ("FREE_PER_HOUR", "PER_HOUR", "PER_DAY"):
        setattr(settings, f"WEITAI_SUBMITS_{name}", 10_000)
    return CampaignFactory()


def kept(sent: str) -> str:
    return unicodedata.normalize("NFC", sent.strip())


def test_every_field_of_the_form_keeps_every_sign(client: Client, campaign: Campaign) -> None:
    lost = []
    for name, sent in KEPT.items():
        fields = {field: sent for field in TEXTS} | {"name": sent[:40], "phone": "", "body": f"甲{sent}\n乙"}
        client.post(URL, filled(similar_seen="1", **fields))
        one = Suggestion.objects.latest("pk")
        stored = [one.title, one.place, one.wish, one.name, one.body]
        expected = [kept(sent)] * 3 + [kept(sent[:40]), kept(f"甲{sent}\n乙")]
        if [unicodedata.normalize("NFC", value) for value in stored] != expected:
            lost.append(name)
    assert lost == [] and Suggestion.objects.count() == len(KEPT)
    for address in ("/suggestions/", "/suggestions/export.csv"):
        Suggestion.objects.update(status="open")
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", BREAKS)
def test_one_line_stays_one_line(client: Client, campaign: Campaign, name: str) -> None:
    client.post(URL, filled(title=BREAKS[name], place=BREAKS[name], name=BREAKS[name], phone=""))
    one = Suggestion.objects.get()
    for value in (one.title, one.place, one.name):
        assert len(value.splitlines()) == 1 and value.startswith("路灯 ")


@pytest.mark.parametrize("field", ["title", "place", "body", "wish", "name", "phone"])
def test_what_a_database_cannot_keep_and_what_nobody_reads_is_refused_with_a_sentence(
    client: Client, campaign: Campaign, field: str
) -> None:
    for sent in REFUSED.values():
        started = time.perf_counter()
        answer = client.post(URL, filled(**{field: sent}))
        assert answer.status_code == 422 and time.perf_counter() - started < 2 * SECOND
        assert f"id_{field}_error" in text(answer)
    assert not Suggestion.objects.exists()


def test_bytes_that_are_no_text_break_nothing(client: Client, campaign: Campaign) -> None:
    for raw in BYTES.values():
        data = filled(similar_seen="1")
        body = "&".join(f"{key}={quote(value)}" for key, value in data.items() if key not in TEXTS).encode()
        body += b"".join(b"&" + field.encode() + b"=x" + raw for field in TEXTS)
        answer = client.generic("POST", URL, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (302, 422)
        query = quote(raw)
        for address in (f"/suggestions/?q={query}", f"/projects/?q={query}", f"/track/?number={query}"):
            assert client.get(address).status_code in (200, 400), address


def test_choices_keys_and_tokens_take_nothing_that_is_none(client: Client, campaign: Campaign) -> None:
    for sent in SOME.values():
        for field in ("submission_key", "county", "township", "shown_as"):
            assert client.post(URL, filled(**{field: sent})).status_code == 422
        odd = {name: sent for name in ("opened", "channel", "poster", "altcha", "reviewed", "topic", "photo_tokens")}
        assert client.post(URL, filled(**odd)).status_code in (200, 302, 422)
        assert client.post("/suggestions/photos/again/", {"photo_tokens": [sent]}).json() == {"uploads": []}
    assert not Attachment.objects.exists()


def test_no_address_of_the_public_fails_over_a_text(
    client: Client, campaign: Campaign, sign_in: Any, citizen: Any
) -> None:
    author = sign_in(citizen)
    SuggestionFactory(open=True)
    for sent in EVERYTHING.values():
        query = quote(sent)
        answers = [
            client.get(f"{place}?q={query}") for place in ("/suggestions/", "/projects/", "/suggestions/export.csv")
        ]
        answers += [
            client.get(f"/suggestions/?{name}={query}") for name in ("topic", "county", "state", "year", "sort")
        ]
        answers += [client.get(f"/suggestions/new/?{name}={query}") for name in ("area", "place", "topic", "poster")]
        answers += [client.get(f"/track/q/{quote(sent, safe='')}/"), client.get(f"/accounts/login/?next={query}")]
        answers += [client.post("/track/", {"number": sent, "code": sent})]
        answers += [
            client.post(f"/suggestions/{part}/", {"title": sent, "body": sent}) for part in ("similar", "review")
        ]
        answers += [
            client.post("/accounts/login/", {"phone": sent}),
            author.post("/accounts/mine/name/", {"display_name": sent}),
        ]
        wrong = [(answer.request["PATH_INFO"], answer.status_code) for answer in answers if answer.status_code >= 500]
        assert not wrong, (sent, wrong)


def test_verdict_reopening_and_answer_keep_every_sign_or_say_no(
    db: None, sign_in: Any, citizen: Any, clerk: Any
) -> None:
    author, desk = sign_in(citizen), sign_in(clerk)
    own = SuggestionFactory(answered=True, author=citizen)
    due = AssignmentFactory()
    for sent in SOME.values():
        given = {"comment": sent, "result": "", "level": sent}
        assert author.post(f"/track/{own.number}/verdict/", given).status_code < 500
        assert author.post(f"/track/{own.number}/reopen/", {"reopen-reason": sent}).status_code < 500
        assert desk.post(f"/desk/assignments/{due.pk}/", {"answer": sent, "version": sent}).status_code < 500
    said = "\n".join(KEPT.values())
    author.post(f"/track/{own.number}/verdict/", {"result": "unsolved", "level": "dissatisfied", "comment": said[:900]})
    verdict = own.assignments.get().verdict
    assert verdict.comment.replace("\r\n", "\n") == said[:900].strip()


def test_searching_for_hard_patterns_takes_less_than_a_second(client: Client, campaign: Campaign) -> None:
    SuggestionFactory.create_batch(20, open=True, body="路灯坏了。" * 100)
    for sent in [*ASKING.values(), *(slow[:50] for slow in SLOW.values())]:
        started = time.perf_counter()
        assert client.get("/suggestions/", {"q": sent}).status_code in (200, 400)
        assert time.perf_counter() - started < SECOND


@pytest.mark.parametrize("name", SLOW)
def test_masking_a_hostile_text_takes_less_than_a_second(name: str) -> None:
    one = Suggestion(title=SLOW[name][:60], body=SLOW[name], wish=SLOW[name][:2000], name="王小明", shown_as="surname")
    started = time.perf_counter()
    one.wording_with([], [])
    assert time.perf_counter() - started < SECOND
