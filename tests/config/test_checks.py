"""Each system check of ours passes as things are, and fails once it has something to find."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils.csp import CSP

from config import checks
from config.append_only import guarded_tables, unguard_statements, unguarded_tables

WITHOUT_REDIS = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}}


def policy(**directives: list[str]) -> dict[str, list[str]]:
    return deepcopy(django_settings.SECURE_CSP) | {name.replace("_", "-"): to for name, to in directives.items()}


def sqlite(**options: str) -> dict[str, Any]:
    return {"default": SQLITE["default"] | {"OPTIONS": {"transaction_mode": "IMMEDIATE"} | options}}


CASES = [
    ("content_policy", {"SECURE_CSP": {}}, "weitai.E001"),
    ("content_policy", {"SECURE_CSP": policy(style_src=[CSP.SELF, CSP.UNSAFE_INLINE])}, "weitai.E002"),
    ("content_policy", {"SECURE_CSP": {"default-src": [CSP.SELF]}}, "weitai.E008"),
    ("content_policy", {"SECURE_CSP": policy(img_src=[CSP.SELF, "https://cdn.example.org"])}, "weitai.E008"),
    ("content_policy", {"WEITAI_ADMIN_CSP": policy(script_src=["*"])}, "weitai.E008"),
    ("secrets_present", {"INDEX_KEY": ""}, "weitai.E003"),
    ("sqlite_is_safe", {"DATABASES": sqlite(transaction_mode="DEFERRED")}, "weitai.E004"),
    ("sqlite_is_safe", {"DATABASES": sqlite(init_command="PRAGMA journal_mode = WAL")}, "weitai.E005"),
    ("queue_is_safe", {"CELERY_TASK_REJECT_ON_WORKER_LOST": False}, "weitai.E006"),
    ("queue_is_safe", {"CELERY_ACCEPT_CONTENT": ["json", "pickle"]}, "weitai.E006"),
    ("no_page_cache", {"MIDDLEWARE": ["django.middleware.cache.UpdateCacheMiddleware"]}, "weitai.E007"),
    ("cookies_are_bound", {"SESSION_COOKIE_NAME": "sessionid"}, "weitai.E009"),
    ("cookies_are_bound", {"CSRF_COOKIE_SECURE": False}, "weitai.E009"),
    ("no_second_admin", {"INSTALLED_APPS": ["django.contrib.admin"]}, "weitai.E010"),
    ("uploads_are_limited", {"WAGTAILDOCS_EXTENSIONS": []}, "weitai.E011"),
    ("staff_prove_themselves", {"WEITAI_STAFF_MFA": False}, "weitai.E012"),
    ("keys_are_real", {"FIELD_KEYS": ["not-a-key"]}, "weitai.E014"),
    ("keys_are_real", {"SECRET_KEY": "development-only-key-" + "x" * 40}, "weitai.E014"),
    ("keys_are_real", {"FIELD_KEYS": ["ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="]}, "weitai.E014"),
    ("keys_are_real", {"INDEX_KEY": "short"}, "weitai.E014"),
    ("staff_prove_themselves", {"WEITAI_DEMO": True}, "weitai.E015"),
    ("limits_are_shared", {"DATABASES": POSTGRES, "CACHES": WITHOUT_REDIS}, "weitai.W002"),
]
GOOD = {
    "SECRET_KEY": "k" * 60,
    "INDEX_KEY": "i" * 40,
    "FIELD_KEYS": ["Zk1VNGw1d0E2dnJ0Q3Z5d0hKb1NkWHhRYkE5cEw3dTI="],
    "SESSION_COOKIE_NAME": "__Host-session",
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "WEITAI_STAFF_MFA": True,
    "WEITAI_DEMO": False,
    "CACHES": WITHOUT_REDIS,
    "DATABASES": sqlite(),
}


class Settings:
    """The settings as they are, with some put differently; the real ones stay alone."""

    def __init__(self, **changes: Any) -> None:
        self.__dict__.update(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(django_settings, name)


@pytest.mark.parametrize(("check", "change", "problem"), CASES, ids=[f"{c[0]}-{next(iter(c[1]))}" for c in CASES])
def test_a_check_passes_and_then_finds(check: str, change: dict[str, Any], problem: str, monkeypatch: Any):
    monkeypatch.setattr(checks, "settings", Settings(**GOOD))
    assert getattr(checks, check)(None) == []
    monkeypatch.setattr(checks, "settings", Settings(**GOOD | change))
    assert problem in {message.id for message in getattr(checks, check)(None)}


def test_every_check_of_ours_is_shown_failing():
    shown = {case[0] for case in CASES} | {"logs_are_guarded", "work_calendar_reaches_next_year"}
    registered = {
        name for name, value in vars(checks).items() if hasattr(value, "tags") and value.__module__ == "config.checks"
    }
    assert registered == shown


@pytest.mark.django_db
def test_a_log_without_its_guard_is_found():
    assert len(guarded_tables()) >= 15
    assert checks.logs_are_guarded(None, databases=["default"]) == []
    with connection.cursor() as cursor:
        for sql in unguard_statements(connection.vendor, "portal_suggestionmove"):
            cursor.execute(sql)
    assert unguarded_tables(connection) == ["portal_suggestionmove"]
    assert [problem.id for problem in checks.logs_are_guarded(None, databases=["default"])] == ["weitai.E013"]


@pytest.mark.django_db
def test_a_year_without_holidays_is_warned_of(time_machine: Any):
    time_machine.move_to("2026-06-01T12:00:00+08:00")
    assert checks.work_calendar_reaches_next_year(None) == []
    time_machine.move_to("2026-11-05T12:00:00+08:00")
    assert [problem.id for problem in checks.work_calendar_reaches_next_year(None)] == ["weitai.W001"]
