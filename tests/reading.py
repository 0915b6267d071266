"""What a reader of a page sees."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

_FIGURE = re.compile(r"(?<![\d.:])\d+(?:\.\d+)?(?![\d.:])")


def figures(html: str) -> set[float]:
    """The numbers that stand in the running text of `html`: not those of clock times, attributes, links (titles carry
    serial numbers) or scripts."""
    page = BeautifulSoup(html, "html.parser")
    for element in page(["time", "a", "script", "style", "title", "h1"]):
        element.decompose()
    return {float(found) for found in _FIGURE.findall(page.get_text(" "))}
