"""The canary test: names, phones, receipts, mail addresses and chat names of people are planted as unique strings in every
channel; then every address of the site is read by every role, and none of them may stand where it does not belong.

Addresses come from the permission matrix and from the URL resolver, so that a new page is read without being named here.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from portal.models import Consent, InternalNote, Notice, Recording, Suggestion, User
from tests import matrix_world
from tests.addresses import ours, walk
from tests.cast import PEOPLE
from tests.factories import CitizenFactory, NoticeFactory, SuggestionFactory
from tests.matrix import ROWS
from tests.matrix_engine import OK, browser
from tests.matrix_world import THINGS
from voting.models import Support

pytestmark = pytest.mark.django_db

NAME, SIGNED, ACCOUNT, FAN = "钟离霜桐", "欧阳蔚蓝", "闻人采薇", "澹台听雨"
PHONE, OWN_PHONE, FAN_PHONE = "13766554433", "13655443322", "13544332211"
MAIL, CHAT, DOOR = "canary77@163.com", "canary_wx_88", "18号楼3单元2107"
SENDER, NOTED, CALLER = "sender99@sina.com", "此人情绪激动，注意方式", "13433221100"
BODY = f"我叫{NAME}，电话{PHONE}，邮箱{MAIL}，微信号{CHAT}，住和平小区{DOOR}，门口路灯不亮已经半年。"
# The stranger reads as anybody who is signed in; leaders of units and officers see what their colleagues see.
READING = ("anonymous", "stranger", "clerk", "monitor", "editor", "office_leader", "auditor", "sysadmin")
# Who reads what everybody may open: one without an account, one with, and one of the office, who sees its tools there.
ANYBODY = {"anonymous", "stranger", "office_leader"}
STAFF = {"editor", "office_leader", "auditor", "sysadmin"}
# Roles that read the original of a text: what the office may see there is masked by kind, and tested by kind.
OFFICE = {"officer", "office_leader", "auditor"}
# Addresses whose answer belongs to whoever asks, or does not end.
LEFT_OUT = {"account_logout", "wagtailadmin_logout", "wagtailcore_logout"}


def plant() -> dict[str, set[str]]:
    """Records in every channel that carry the canaries; canary → roles that may read it."""
    author = CitizenFactory(display_name=ACCOUNT, phone=OWN_PHONE, email="closet99@qq.com")
    fan = CitizenFactory(display_name=FAN, phone=FAN_PHONE)
    made = []
    for n, channel in enumerate(Suggestion.Channel.values):
        stage = ("open", "answered", "adopted", "declined", "merged", "proposed", "received")[n % 7]
        facts = {"name": NAME, "phone": PHONE, "body": BODY, "title": f"路灯不亮第{n}处", "wish": f"打{PHONE}找我",
                 "place": f"和平小区{DOOR}", "channel": channel}  # fmt: skip
        made.append(SuggestionFactory(author=author if n % 3 == 0 else None, **facts, **{stage: True}))
    made.append(SuggestionFactory(open=True, name=SIGNED, phone=PHONE, is_public=False, shown_as="name"))
    noted = next(one for one in made if one.status == "answered")
    clerk = CitizenFactory(display_name="登记人")
    InternalNote.objects.create(suggestion=noted, by=clerk, text=f"{NOTED}，回电{CALLER}")
    Recording.objects.create(suggestion=noted, by=clerk, at=noted.received_at, caller=CALLER)
    supported = next(one for one in made if one.status == "open")
    Support.objects.give(supported, fan)
    for one in made:
        Consent.objects.record(one, how=Consent.How.WEB)
    NoticeFactory(phone=PHONE, user=author)
    secrets = {one.code: set() for one in made} | {one.token: set() for one in made}
    people: dict[str, set[str]] = {word: set() for word in (NAME, SIGNED, ACCOUNT, FAN, PHONE, OWN_PHONE, FAN_PHONE)}
    accounts = {"sysadmin"}  # manages accounts, and sees nothing else of people
    people |= {ACCOUNT: set(), "closet99@qq.com": set(accounts)}
    words = {MAIL: set(OFFICE), CHAT: set(OFFICE), DOOR: set(OFFICE), SENDER: set(OFFICE), NOTED: set(OFFICE)}
    phones = {phone: set(accounts) for _name, phone, *_rest in PEOPLE.values() if phone}
    return people | words | secrets | phones


def text_of(response: Any) -> str:
    """Headers and everything readable in the answer: text as it is, spreadsheets and archives unpacked, PDF streams
    inflated."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [str(response.headers), raw.decode("utf-8", "ignore")]
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts += [archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()]
    if raw[:4] == b"%PDF":
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.S):
            try:
                parts.append(zlib.decompress(stream).decode("utf-8", "ignore"))
            except zlib.error:
                continue
    return "\n".join(parts)


def pages() -> Iterator[tuple[Callable[[], str], set[str]]]:
    """Every address of the matrix, to be made with its thing, with the roles that get a page there; then every other
    address of the resolver that takes no arguments, for all."""
    known = {address.name: address for address in ours()}
    for row in ROWS:
        let_in = {role for role in READING if row.get.get(role) == OK}
        if "anonymous" in let_in:
            let_in &= ANYBODY
        if row.name in known and let_in and row.name not in LEFT_OUT:
            yield lambda row=row: known[row.name].url(THINGS[row.thing]()), let_in  # type: ignore[misc]
    listed = {row.name for row in ROWS}
    for address in walk():
        plain = address.is_named and not address.parameters and "(" not in address.route
        if plain and address.name not in listed | LEFT_OUT:
            yield lambda address=address: address.url({}), STAFF if address.in_admin else {"anonymous", "stranger"}  # type: ignore[misc]


def leaks(browsers: dict[str, Client], url: str, roles: set[str], canaries: dict[str, set[str]]) -> list[str]:
    found = []
    for role in sorted(roles):
        text = text_of(browsers[role].get(url))
        own = set(PEOPLE[role][:2]) if role in PEOPLE else set()
        found += [
            f"{url} as {role}: {word}"
            for word, allowed in canaries.items()
            if word in text and role not in allowed and word not in own
        ]
    return found


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """The canaries, in the records of the matrix's things as well."""
    plain = matrix_world.suggestion

    def with_canaries(**traits: Any) -> Any:
        return plain(**({"name": NAME, "phone": PHONE, "body": BODY} | traits))

    monkeypatch.setattr(matrix_world, "suggestion", with_canaries)
    mail = matrix_world.MAIL.replace(b"a@example.com", SENDER.encode())
    monkeypatch.setattr(matrix_world, "MAIL", mail)
    return plant()


def test_no_page_shows_anybody_what_is_not_theirs(
    planted: dict[str, set[str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    browsers = {role: browser(role) for role in READING}
    read, found = 0, []
    for url, roles in pages():
        cache.clear()  # limits of one address are not what is tested here
        with transaction.atomic():
            found += leaks(browsers, url(), roles, planted)
            transaction.set_rollback(True)
        read += 1
    assert not found, "\n".join(found)
    assert read > 200
    assert [word for word in planted if word in caplog.text] == []


def test_a_leak_would_be_found(planted: dict[str, set[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same look at a list that shows authors by their full names, and at a page that forgot to mask a text."""
    monkeypatch.setattr(Suggestion, "author_shown", property(lambda self: self.name))
    anybody = {"anonymous": browser("anonymous")}
    assert leaks(anybody, "/suggestions/export.csv", {"anonymous"}, planted)
    monkeypatch.undo()
    assert not leaks(anybody, "/suggestions/export.csv", {"anonymous"}, planted)
    one = next(one for one in Suggestion.objects.public() if one.name == NAME)
    Suggestion.objects.filter(pk=one.pk).update(public_body=BODY)
    assert leaks(anybody, one.get_absolute_url(), {"anonymous"}, planted)


def in_cache() -> list[str]:
    """Keys and values of the cache as they are stored, in memory or on Redis."""
    store: Any = cache._cache
    if isinstance(store, dict):
        rows = [(key.encode(), value) for key, value in store.items()]
    else:
        redis = store.get_client(None)
        rows = [(key, redis.get(key) if redis.type(key) == b"string" else b"") for key in redis.keys("*")]
    return [piece.decode("utf-8", "replace") for row in rows for piece in row]


def test_messages_sessions_and_cache_hold_nobody_in_the_clear(planted: dict[str, set[str]]) -> None:
    one: Any = SuggestionFactory(name=NAME, phone=PHONE, body=BODY, open=True)
    client = Client()
    client.post("/track/", {"number": one.number, "code": one.code})
    client.get(f"/track/{one.number}/")
    Client().post("/accounts/login/", {"phone": OWN_PHONE})
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    kept += Notice.objects.values_list("text", flat=True)
    kept += in_cache()
    words = [*planted, one.code, one.token]
    assert len(kept) > 5
    assert [word for word in words if any(word in text for text in kept) and word != OWN_PHONE] == []


def test_columns_that_are_sealed_hold_no_phone_in_the_clear(planted: dict[str, set[str]]) -> None:
    """Phones of accounts and suggestions, and receipts, are ciphertext or digests in every column of every table."""
    from django.db import connection

    sealed = [OWN_PHONE, FAN_PHONE, SIGNED, *(word for word in planted if len(word) in (10, 22) and word.isalnum())]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [f"{table}: {word}" for word in sealed if any(word in str(value) for value in row)]
    assert found == []
    assert User.objects.by_phone(OWN_PHONE) is not None
