"""What the source itself promises: no other host, nothing inline, strict policy on public pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "portal", "projects", "monitors", "voting", "home")
TEMPLATES = [path for name in PACKAGES for path in (ROOT / name).glob("**/templates/**/*.html")]
SHEETS = [path for name in PACKAGES for path in (ROOT / name).glob("**/static/**/*.css")]
# What others wrote stands under `vendor`, with its licence and checksum; the content policy holds for it as well.
SCRIPTS = [path for name in PACKAGES for path in (ROOT / name).glob("**/static/**/*.js") if "vendor" not in path.parts]
SOURCES = [path for name in PACKAGES for path in (ROOT / name).glob("**/*.py") if "migrations" not in path.parts]

LOADED = re.compile(
    r"""(?:src|srcset|action|poster|data)\s*=\s*["']?\s*(?:https?:)?//|<link[^>]+href=["'](?:https?:)?//""", re.I
)
INLINE = re.compile(
    r"""<style|\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/(?:json|ld\+json))""",
    re.I,
)
FETCHED = re.compile(
    r"""url\(\s*["']?(?:https?:)?//|@import|(?:fetch|import|XMLHttpRequest|WebSocket)\s*\(\s*["'`](?:https?:|wss?:)?//""",
    re.I,
)
UNSAFE = re.compile(r"mark_safe|\|\s*safe\b|autoescape off|innerHTML")


def hits(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{n}: {line.strip()[:100]}"
        for path in paths
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_there_is_something_to_look_at():
    assert len(TEMPLATES) > 40
    assert len(SHEETS) > 10
    assert len(SCRIPTS) > 3
    assert len(SOURCES) > 60


@pytest.mark.parametrize(
    ("pattern", "bad"),
    [
        (LOADED, '<img src="https://cdn.example.org/x.png">'),
        (LOADED, "<script src=//cdn.example.org/x.js></script>"),
        (LOADED, '<link rel="stylesheet" href="https://fonts.example.org/css">'),
        (INLINE, '<p style="color: red">'),
        (INLINE, '<a onclick="go()">'),
        (INLINE, "<script>let x</script>"),
        (FETCHED, "background: url(https://cdn.example.org/x.png)"),
        (FETCHED, 'fetch("https://api.example.org")'),
        (UNSAFE, "{{ text|safe }}"),
    ],
)
def test_each_pattern_finds_what_it_is_for(pattern: re.Pattern[str], bad: str):
    assert pattern.search(bad)


def test_no_template_loads_from_another_host():
    assert hits(TEMPLATES, LOADED) == []


def test_no_stylesheet_or_script_loads_from_another_host():
    assert hits(SHEETS + SCRIPTS, FETCHED) == []


def test_nothing_is_inline():
    assert hits(TEMPLATES, INLINE) == []


def test_nobody_vouches_for_markup():
    assert hits(TEMPLATES + SOURCES + SCRIPTS, UNSAFE) == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/", "/demo/", "/no-such-page/", "/healthz"])
def test_public_pages_carry_the_strict_policy(client: Any, address: str):
    policy = client.get(address)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "//" not in policy


@pytest.mark.django_db
def test_the_admin_alone_may_have_inline_scripts(sign_in: Any, officer: Any):
    policy = sign_in(officer).get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "//" not in policy
