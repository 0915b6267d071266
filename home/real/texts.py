"""What the scripted people write. Every sentence about the handling of a real message says that it is a rehearsal."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

MARK = "（演练）"


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """The phrases of `texts.json`."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "texts.json").read_text(encoding="utf-8"))
    return found


def of_topic(slug: str) -> dict[str, Any]:
    """What is written about a project of this topic; 微城管 stands in for one that the city added itself."""
    topics: dict[str, dict[str, Any]] = texts()["topics"]
    return topics.get(slug) or topics["citymgmt"]


def nth(choices: list[str], n: int) -> str:
    """The phrases in turn, so that a run is the same every time."""
    return choices[n % len(choices)]
