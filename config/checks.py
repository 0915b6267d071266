"""System checks that `manage.py check` does not make by itself."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.utils import timezone

from config.append_only import unguarded_tables

NEEDED_DIRECTIVES = ("default-src", "script-src", "object-src", "base-uri", "form-action", "frame-ancestors")
UPLOAD_LIMITS = (
    "WAGTAILDOCS_EXTENSIONS", "WAGTAILDOCS_MAX_UPLOAD_SIZE", "WAGTAILIMAGES_EXTENSIONS", "WAGTAILIMAGES_MAX_UPLOAD_SIZE"
)  # fmt: skip


@register(Tags.security)
def content_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Public pages have a content policy that allows nothing inline; the admin's allows nothing foreign either."""
    policy = getattr(settings, "SECURE_CSP", None)
    if not policy:
        return [Error("SECURE_CSP is not set.", id="weitai.E001")]
    problems: list[CheckMessage] = []
    if unsafe := [value for values in policy.values() for value in values if "unsafe" in str(value)]:
        problems.append(Error(f"SECURE_CSP allows {unsafe}.", id="weitai.E002"))
    if missing := [name for name in NEEDED_DIRECTIVES if name not in policy]:
        problems.append(Error(f"SECURE_CSP says nothing of {missing}.", id="weitai.E008"))
    admin = settings.WEITAI_ADMIN_CSP
    values = [str(value) for values in (*policy.values(), *admin.values()) for value in values]
    if foreign := [value for value in values if "." in value or "*" in value or "//" in value]:
        problems.append(Error(f"The content policy allows other hosts: {foreign}.", id="weitai.E008"))
    return problems


@register(Tags.security)
def secrets_present(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The keys for personal fields are set."""
    missing = [name for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY") if not getattr(settings, name)]
    return [Error(f"{'、'.join(missing)} 没有设置。", id="weitai.E003")] if missing else []


@register(Tags.security, deploy=True)
def keys_are_real(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The keys are not the ones that everybody can read in the development settings, and they work."""
    problems: list[CheckMessage] = []
    keys = [settings.SECRET_KEY, settings.INDEX_KEY, *settings.FIELD_KEYS]
    known = ("development-only", base64.b64encode(b"development-only").decode()[:20])
    if any(key.startswith(known) for key in keys):
        problems.append(Error("正在使用开发用的密钥，请换成自己生成的。", id="weitai.E014"))
    try:
        for key in settings.FIELD_KEYS:
            Fernet(key)
    except ValueError:
        problems.append(Error("FIELD_KEYS 里有不是 Fernet 密钥的内容。", id="weitai.E014"))
    if len(settings.INDEX_KEY) < 32:
        problems.append(Error("INDEX_KEY 至少要 32 个字符。", id="weitai.E014"))
    return problems


@register(Tags.security)
def no_page_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """No middleware caches whole pages: sooner or later one of them is somebody's own."""
    cached = [name for name in settings.MIDDLEWARE if name.startswith("django.middleware.cache.")]
    return [Error(f"Personal pages would be cached by {cached}.", id="weitai.E007")] if cached else []


@register(Tags.security)
def no_second_admin(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Django's own admin is not installed: it knows nothing of moves, reasons and the second factor."""
    found = "django.contrib.admin" in settings.INSTALLED_APPS
    return [Error("django.contrib.admin must not be installed.", id="weitai.E010")] if found else []


@register(Tags.security)
def uploads_are_limited(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Wagtail takes documents of every kind and size unless it is told."""
    missing = [name for name in UPLOAD_LIMITS if not getattr(settings, name, None)]
    return [Error(f"{'、'.join(missing)} 没有设置。", id="weitai.E011")] if missing else []


@register(Tags.security, deploy=True)
def cookies_are_bound(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Cookies belong to this host alone and travel only over TLS; scripts do not see them."""
    problems: list[CheckMessage] = []
    for kind in ("SESSION", "CSRF"):
        if not getattr(settings, f"{kind}_COOKIE_NAME").startswith("__Host-"):
            problems.append(Error(f"{kind}_COOKIE_NAME 要以 __Host- 开头。", id="weitai.E009"))
        if not (getattr(settings, f"{kind}_COOKIE_SECURE") and getattr(settings, f"{kind}_COOKIE_HTTPONLY")):
            problems.append(Error(f"{kind}_COOKIE_SECURE 和 {kind}_COOKIE_HTTPONLY 要打开。", id="weitai.E009"))
    return problems


@register(Tags.security, deploy=True)
def staff_prove_themselves(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The admin needs a second factor, and nobody signs in by choosing a role."""
    problems: list[CheckMessage] = []
    if not settings.WEITAI_STAFF_MFA:
        problems.append(Error("WEITAI_STAFF_MFA 关着：工作人员凭密码就能进后台。", id="weitai.E012"))
    if settings.WEITAI_DEMO:
        problems.append(Error("WEITAI_DEMO 开着：谁都能以任何身份登录。", id="weitai.E015"))
    return problems


@register(Tags.security, deploy=True)
def limits_are_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Several web processes count sign-ins and messages together. One process with SQLite may count by itself."""
    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    alone = settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
    if on_sqlite or not alone:
        return []
    return [Warning("没有设置 REDIS_URL：每个进程各数各的，限次会变松。", id="weitai.W002")]


@register(Tags.database, databases=["default"])
def logs_are_guarded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every append-only table has its triggers. SQLite loses them when a later migration rebuilds the table."""
    if "default" not in (kwargs.get("databases") or []):
        return []
    unguarded = unguarded_tables(connections["default"])
    return [Error(f"这些只许增加的表没有保护：{'、'.join(unguarded)}", id="weitai.E013")] if unguarded else []


@register(Tags.database, databases=["default"])
def sqlite_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SQLite runs with IMMEDIATE transactions, and in WAL mode only on a release without the WAL-reset race."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    problems: list[CheckMessage] = []
    if options.get("transaction_mode") != "IMMEDIATE":
        problems.append(Error("SQLite needs transaction_mode IMMEDIATE.", id="weitai.E004"))
    wal = "journal_mode=wal" in options.get("init_command", "").lower().replace(" ", "")
    if wal and sqlite3.sqlite_version_info < (3, 51, 3):
        problems.append(Error("This SQLite must not run in WAL mode.", id="weitai.E005"))
    return problems


@register(Tags.security)
def queue_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Celery acknowledges late, rejects on a lost worker, and speaks JSON only."""
    safe = (
        settings.CELERY_TASK_ACKS_LATE
        and settings.CELERY_TASK_REJECT_ON_WORKER_LOST
        and settings.CELERY_ACCEPT_CONTENT == ["json"]
    )
    return [] if safe else [Error("Celery settings lose tasks or accept pickles.", id="weitai.E006")]


@register(Tags.database, databases=["default"])
def work_calendar_reaches_next_year(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warns when the office has not entered the holidays of this or, from November on, the coming year."""
    from django.apps import apps
    from django.db import DatabaseError

    today = timezone.localdate()
    years = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    try:
        workday = apps.get_model("portal", "Workday")
        missing = [year for year in years if not workday._default_manager.filter(date__year=year).exists()]
    except DatabaseError:  # before the first migration there is nothing to warn about
        return []
    return [
        Warning(
            f"工作日历没有 {year} 年的放假和调休安排，跨到该年的期限只是暂定。", id="weitai.W001",
            hint="国务院通知发布后，在管理后台“工作日历”录入，或升级 chinesecalendar 后运行 load_reference。",
        )
        for year in missing
    ]  # fmt: skip
