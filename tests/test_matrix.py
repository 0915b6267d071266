"""The permission matrix: every address of ours × every role × GET and POST, against the table in `tests/matrix.py`.

An address without a row fails the build. Its message prints a row as observed: read it with suspicion, then put it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import NoReverseMatch

from portal.models import User
from tests import matrix_engine as engine
from tests.addresses import Address, our_models, ours, walk
from tests.cast import person
from tests.factories import ProjectFactory, SuggestionFactory
from tests.matrix import ROWS
from tests.matrix_world import THINGS

pytestmark = pytest.mark.django_db

ADDRESSES = {address.name: address for address in ours()}
LISTED = {row.name for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.name}-{row.thing}" for row in ROWS])
def test_everybody_gets_the_answer_of_the_table(row: engine.Row):
    assert row.name in ADDRESSES, "no such address any more: take the row out"
    url = ADDRESSES[row.name].url(THINGS[row.thing]())
    got, posted, done = engine.observe(url, row.data)
    wrong = [
        f"{method} {url} as {role}: {observed[role]}, the table says {expected[role]}"
        for method, observed, expected in (("GET", got, row.get), ("POST", posted, row.post))
        for role in engine.ROLES
        if not engine.agrees(observed[role], expected[role])
    ]
    assert not wrong + done


def test_every_address_has_a_row():
    missing = [as_observed(ADDRESSES[name]) for name in sorted(set(ADDRESSES) - LISTED)]
    assert not missing, "put these into tests/matrix.py:\n" + "\n".join(missing)


def as_observed(address: Address) -> str:
    """A row for the table; the thing has to be filled in when the address takes arguments."""
    if address.parameters:
        return f"    # {address.name} ({address.route}): on which thing?"
    got, posted, _ = engine.observe(address.url({}), {})
    return engine.skeleton(address.name, "nothing", got, posted)


def test_the_table_has_something_to_say():
    assert len(LISTED) > 100
    assert {word for row in ROWS for word in (*row.get.values(), *row.post.values())} >= {
        engine.OK, engine.LET_IN, engine.SIGN_IN, engine.NO, engine.MISSING, engine.METHOD,
    }  # fmt: skip


def test_the_engine_sees_a_hole(client: Any, monkeypatch: Any):
    """A screen that forgot to ask for its permission is found, and so is a GET that does something."""
    from django.http import HttpResponse

    from portal.office import listing, screen

    monkeypatch.setattr(screen, "can_read", lambda user: True, raising=False)
    monkeypatch.setattr(listing, "can_read", lambda user: True, raising=False)
    row = next(row for row in ROWS if row.name == "office:suggestion")
    url = ADDRESSES[row.name].url(THINGS[row.thing]())

    def careless(request: Any, **kwargs: Any) -> HttpResponse:
        SuggestionFactory()
        return HttpResponse("done")

    monkeypatch.setattr(
        "django.core.handlers.base.BaseHandler.resolve_request", lambda self, request: (careless, (), {})
    )
    got, _posted, done = engine.observe(url, {})
    assert not engine.agrees(got["sysadmin"], row.get["sysadmin"])
    assert any("something changed" in line for line in done)


# The auditor -----------------------------------------------------------------------------------------------------
# What an auditor may write: their own sign-in, their own settings of the admin, their own second factor.
OWN = {
    "django_session", "wagtailusers_userprofile", "mfa_authenticator", "account_emailaddress", "wagtailadmin_editingsession",
    "django_tasks_database_dbtaskresult", "wagtailcore_uploadedfile",
}  # fmt: skip


def fingerprint() -> dict[str, int]:
    """Every table's content as a number, but for what is the auditor's own."""
    prints = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            if table in OWN:
                continue
            columns = (
                "*"
                if table != "portal_user"
                else "username, display_name, phone_key, is_active, is_superuser, password"
            )
            cursor.execute(f'SELECT {columns} FROM "{table}"')
            prints[table] = hash(frozenset(map(str, cursor.fetchall())))
    return prints


def arguments(address: Address) -> Iterator[dict[str, Any]]:
    """A guess at arguments that exist, for every address of the admin."""
    first = {model._meta.label_lower: model._default_manager.order_by("pk").first() for model in our_models()}
    own = first.get(address.model._meta.label_lower) if getattr(address.model, "_meta", None) else None
    texts = {"app_label": "portal", "model_name": "unit", "content_type_app_name": "portal", "action": "delete",
             "locale_code": "zh-hans", "mode": "", "slug": "x", "number": SuggestionFactory(open=True).number}  # fmt: skip
    numbers = {getattr(own, "pk", 1), 1}
    for number in numbers:
        yield {
            key: texts.get(key, "x") if kind in ("StringConverter", "SlugConverter", "regex") else number
            for key, kind in address.parameters.items()
        }


def test_the_auditor_changes_nothing_anywhere_in_the_admin():
    """POST to every address under `/admin/`, Wagtail's own among them, with the fields that its forms commonly have."""
    person("officer")
    ProjectFactory(active=True)
    auditor = engine.browser("auditor")
    signed_in = auditor.cookies.output()
    group = User.objects.get(username="auditor").groups.get().pk
    data = {
        "title": "x", "name": "x", "slug": "x", "username": "x", "display_name": "x", "status": "x", "is_active": "on",
        "groups": group, "is_superuser": "on", "confirm": "1", "next": "/admin/", "action-publish": "1", "reason": "x" * 30,
    }  # fmt: skip
    before, tried, changed = fingerprint(), 0, []
    for address in [one for one in walk() if one.in_admin]:
        for kwargs in arguments(address):
            try:
                url = address.url(kwargs)
            except NoReverseMatch:
                continue
            with transaction.atomic():
                before = fingerprint()
                auditor.cookies.load(signed_in.replace("Set-Cookie: ", ""))  # one of the addresses signs out
                response = auditor.post(url, data)
                assert "/accounts/login/" not in response.headers.get("Location", "") or "/log" in url
                after = fingerprint()
                changed += [
                    f"{url} → {response.status_code}: {table}" for table in after if after[table] != before[table]
                ]
                transaction.set_rollback(True)
            tried += 1
    assert tried > 150
    assert changed == []


def test_a_change_by_the_auditor_would_be_seen():
    before = fingerprint()
    SuggestionFactory()
    assert fingerprint() != before
