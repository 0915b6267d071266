"""The pages that every such site has: about, how to suggest, the rules, privacy, accessibility. Made once, then the
editor's own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import escape
from wagtail.models import Site

from home.models import HomePage, PlainPage

TEXTS = Path(__file__).resolve().parent / "data" / "demo" / "pages.json"
# `/monitors/` is the roster; the page about becoming one stands beside it.
ADDRESSES = {"monitors": "become-a-monitor"}


@cache
def _texts() -> list[dict[str, Any]]:
    texts: list[dict[str, Any]] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return texts


def blocks_of(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sections of a heading and paragraphs as the blocks of a body."""
    blocks: list[dict[str, Any]] = []
    for section in sections:
        blocks.append({"type": "heading", "value": section["heading"]})
        blocks += paragraphs_of(section["paragraphs"])
    return blocks


def paragraphs_of(texts: list[str]) -> list[dict[str, Any]]:
    return [{"type": "paragraph", "value": f"<p>{escape(text)}</p>"} for text in texts]


def ensure_pages() -> int:
    """Make the pages that are missing; the number made. What is there, in whatever words, stays."""
    front = HomePage.objects.get()
    known = set(front.get_children().values_list("slug", flat=True))
    made = 0
    for text in _texts():
        slug = ADDRESSES.get(text["slug"], text["slug"])
        if slug in known:
            continue
        body = json.dumps(blocks_of(text["sections"]))
        page = PlainPage(title=text["title"], slug=slug, intro=text["intro"], body=body, live=False)
        front.add_child(instance=page)
        page.save_revision().publish()
        made += 1
    return made


def match_address() -> None:
    """The site answers under PUBLIC_URL, which is what links in the admin and in messages say."""
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.get(is_default_site=True)
    if (site.hostname, site.port) != (address.hostname, port):
        site.hostname, site.port = address.hostname or "localhost", port
        site.save()
