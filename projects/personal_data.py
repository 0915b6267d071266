"""What the ledger says of people: who of a unit added which photo."""

from __future__ import annotations

from config.holdings import DEEDS, NOT_PERSONAL


def register() -> None:
    DEEDS["projects.Photo"] = ("added_by",)
    NOT_PERSONAL.update({"projects.Indicator": "names of figures", "projects.HistoricalIndicator": "names of figures"})
