"""Production settings as an operator starts them: in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
KEPT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}


def production(tmp_path: Path, *command: str, **extra: str) -> subprocess.CompletedProcess[str]:
    env = KEPT | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "Zr8-example-of-a-long-and-random-secret-key-with-many-letters-0123456789",
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "INDEX_KEY": "i" * 40 + "-of-a-test",
        "ALLOWED_HOSTS": "weitai.example.org",
        "WEITAI_VAR": str(tmp_path),
        "PYTHONUTF8": "1",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *command], env=env | extra, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_deployment_checks_find_nothing(tmp_path: Path):
    done = production(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_deployment_checks_are_run_at_all(tmp_path: Path):
    done = production(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", WEITAI_STAFF_MFA="0")
    assert done.returncode != 0
    assert "weitai.E012" in done.stderr


def test_without_keys_it_does_not_pass(tmp_path: Path):
    done = production(tmp_path, "manage.py", "check", "--deploy", FIELD_KEYS="", INDEX_KEY="")
    assert done.returncode != 0
    assert "weitai.E003" in done.stderr


def test_a_demo_refuses_to_start_with_production_settings(tmp_path: Path):
    done = production(tmp_path, "manage.py", "check", WEITAI_DEMO="1")
    assert done.returncode != 0
    assert "演示模式" in done.stderr


def test_the_demo_page_is_not_even_routed_in_production(tmp_path: Path):
    script = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "patterns = [str(pattern.pattern) for pattern in get_resolver().url_patterns]\n"
        "assert 'accounts/' in patterns and 'demo/' not in patterns, patterns"
    )
    done = production(tmp_path, "-c", script)
    assert done.returncode == 0, done.stderr


def test_no_migration_is_missing(tmp_path: Path):
    done = production(tmp_path, "manage.py", "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


COOKIES = """
import django; django.setup()
from django.test import Client
from django.core.management import call_command
call_command('migrate', verbosity=0)
client = Client(SERVER_NAME='weitai.example.org', enforce_csrf_checks=True)
plain = client.get('/accounts/login/')
assert plain.status_code == 301 and plain['Location'].startswith('https://'), plain.status_code
page = client.get('/accounts/login/', secure=True)
csrf = page.cookies['__Host-csrf']
token = page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
from portal.accounts import codes
codes.gateway = lambda: type('G', (), {'send': staticmethod(lambda *a, **k: None)})()
sent = client.post('/accounts/login/', {'phone': '13800001234', 'csrfmiddlewaretoken': token}, secure=True,
                   headers={'referer': 'https://weitai.example.org/accounts/login/'})
assert sent.status_code == 302, (sent.status_code, sent.content.decode()[:500])
session = sent.cookies['__Host-session']
for cookie in (csrf, session):
    assert cookie['secure'] and cookie['httponly'] and cookie['samesite'] == 'Lax' and cookie['path'] == '/', cookie
    assert not cookie['domain'], cookie
for response in (page, sent):
    assert 'no-store' in response['Cache-Control'] and 'private' in response['Cache-Control'], response['Cache-Control']
assert 'max-age=31536000; includeSubDomains' in page['Strict-Transport-Security']
assert page['Cross-Origin-Opener-Policy'] == 'same-origin' and page['Referrer-Policy'] == 'same-origin'
assert page['X-Content-Type-Options'] == 'nosniff' and page['X-Frame-Options'] == 'DENY'
"""


def test_cookies_and_headers_in_production(tmp_path: Path):
    made = production(tmp_path, "manage.py", "collectstatic", "--noinput", "-v0")
    assert made.returncode == 0, made.stderr
    done = production(tmp_path, "-c", COOKIES)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_pages_are_private_once_they_set_a_cookie_and_cacheable_before(client: Any):
    page = client.get("/accounts/login/")
    assert page.cookies
    assert "no-store" in page["Cache-Control"]
    health = client.get("/healthz")
    assert "Cache-Control" not in health
    assert not health.cookies
