"""How a row of the permission matrix is tried: every role, GET and POST, and a word for each answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from config.moves import Move
from tests.cast import PEOPLE, monitor_person, own_unit, person

ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, *(name for name in PEOPLE if name != "second_officer"))

# The words. A POST that is let in may still be told that its form is empty: what counts is who is let in.
OK = "ok"  # 200
LET_IN = "let_in"  # 200, 204, a redirect onwards, or an answer about the form
SIGN_IN = "sign_in"  # sent to sign in
CODE = "code"  # sent to type the receipt's code
NO = "no"  # 403, or back to the front of the admin with a message
MISSING = "missing"  # 404
METHOD = "method"  # 405
ABOUT_THE_FORM = {200, 204, 400, 409, 410, 422, 429}


class Row(NamedTuple):
    """`name` of the address, the thing it is tried on, and role → word for GET and POST; `data` is posted."""

    name: str
    thing: str
    get: Mapping[str, str]
    post: Mapping[str, str]
    data: Mapping[str, str] = {}


def roles(**words: str) -> dict[str, str]:
    """`roles(ok="officer auditor", no="*", sign_in="anonymous")`: role → word; "*" is everybody not named."""
    named = {role: word for word, names in words.items() for role in names.split() if role != "*"}
    if unknown := set(named) - set(ROLES):
        raise ValueError(f"no such role: {unknown}")
    rest = [word for word, names in words.items() if "*" in names.split()]
    if len(rest) > 1 or (not rest and set(named) != set(ROLES)):
        raise ValueError("name every role, or say with * what holds for the rest")
    return {role: named.get(role) or rest[0] for role in ROLES}


def everybody(word: str) -> dict[str, str]:
    return dict.fromkeys(ROLES, word)


def word_for(response: Any, method: str, url: str) -> str:
    """The word for an answer; a number when there is none for it."""
    location = response.headers.get("Location", "")
    if response.status_code in (301, 302, 303):
        if location.startswith("/accounts/login/"):
            return SIGN_IN
        if location.startswith("/track/?"):
            return CODE
        return NO if location == "/admin/" and url.startswith("/admin/") else LET_IN
    if response.status_code == 200 and method == "GET":
        return OK
    if response.status_code in ABOUT_THE_FORM:
        return LET_IN
    return {403: NO, 404: MISSING, 405: METHOD}.get(response.status_code, str(response.status_code))


def agrees(observed: str, expected: str) -> bool:
    """Whether an answer is what the table says. A page is as good as any way of being let in."""
    return observed == expected or (expected == LET_IN and observed == OK)


def browser(role: str) -> Client:
    """A browser in which a member of the cast has signed in, or nobody."""
    client = Client(raise_request_exception=False)
    if role != ANONYMOUS:
        facts = {"employer": own_unit()} if role == "recused_monitor" else {}
        client.force_login(monitor_person(role, **facts) if "monitor" in role else person(role))
    return client


def things_done() -> int:
    """Rows in all tables of moves: what every change of a status leaves behind."""
    return sum(model._default_manager.count() for model in apps.get_models() if issubclass(model, Move))


def may_be_kept(response: Any) -> bool:
    """Whether a cache on the way may keep an answer that depends on who asks."""
    by_person = "cookie" in response.headers.get("Vary", "").lower() or bool(response.cookies)
    return by_person and "no-store" not in response.headers.get("Cache-Control", "")


def ask(client: Client, method: str, url: str, data: Mapping[str, str]) -> tuple[str, list[str]]:
    """The word for the answer, and what is wrong with it whatever the table says; all that was done is undone."""
    cache.clear()
    with transaction.atomic():
        before = things_done()
        response = client.get(url) if method == "GET" else client.post(url, dict(data))
        changed = things_done() != before
        transaction.set_rollback(True)
    word = word_for(response, method, url)
    faults = []
    if changed and (method == "GET" or word not in (OK, LET_IN)):
        faults.append("something changed")
    if settings.SESSION_COOKIE_NAME in client.cookies and may_be_kept(response):
        faults.append("may be kept by a cache")
    return word, faults


def observe(url: str, data: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Role → word for GET and for POST, and what went wrong besides."""
    got, posted, faults = {}, {}, []
    for role in ROLES:
        client = browser(role)
        for method, words, fields in (("GET", got, {}), ("POST", posted, data)):
            words[role], wrong = ask(client, method, url, fields)
            faults += [f"{method} {url} as {role}: {fault}" for fault in wrong]
    return got, posted, faults


def in_words(words: Mapping[str, str]) -> str:
    """The shortest way to write role → word in the table."""
    groups: dict[str, list[str]] = {}
    for role, word in words.items():
        groups.setdefault(word, []).append(role)
    if len(groups) == 1:
        return f"everybody({next(iter(groups)).upper()})"
    common = max(groups, key=lambda word: len(groups[word]))
    parts = [f'{word}="{"*" if word == common else " ".join(names)}"' for word, names in groups.items()]
    return f"roles({', '.join(parts)})"


def skeleton(name: str, thing: str, got: Mapping[str, str], posted: Mapping[str, str]) -> str:
    """A row as observed, to be read with suspicion before it goes into the table."""
    return f'    Row("{name}", "{thing}", {in_words(got)}, {in_words(posted)}),'
