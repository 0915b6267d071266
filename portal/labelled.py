"""Spreadsheets of texts whose class is known, and how well a model tells them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from django.utils.translation import gettext as _

from portal.classify import Example, Told
from portal.importing import BadFile, Table
from portal.reference import DATA

SURE = 0.75  # from here on 很可能
FLOOR = 0.35  # below it nothing is proposed
NEEDED = ("title", "body", "label")


@cache
def class_words() -> dict[str, list[str]]:
    """The words of `portal/data/words.csv` by class, both by its code and by its name."""
    words: dict[str, list[str]] = {}
    with (DATA / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words[row["label"]] = words[row["name"]] = row["words"].split()
    return words


def read_examples(path: Path, mapping: Mapping[str, str] | None = None) -> list[Example]:
    """The rows of a spreadsheet that have a class. `mapping`: further heads → fields. Raises `BadFile` when there is
    none."""
    table = Table(path, mapping, needed=NEEDED)
    rows = table.texts("title", "body", "label")
    examples = [Example(title, body, label.strip()) for title, body, label in rows if label.strip() and title + body]
    if not examples:
        raise BadFile(_("%s 里没有一行写了分类，没有可以学习或检验的例子。") % path.name)
    return examples


def confidence_word(confidence: float) -> str:
    """How the screens say it; empty below the floor."""
    if confidence >= SURE:
        return _("很可能")
    return _("可能") if confidence >= FLOOR else ""


def figures(told: Sequence[Told]) -> dict[str, Any]:
    """Shares from 0 to 1: the right class first, among the first two, per class, and how far confidence is to be
    believed (`calibration_error`: mean distance between what was claimed and what came true, over ten bands)."""
    classes = []
    recalls = []
    for label in sorted({one.right for one in told}):
        rows = [one for one in told if one.right == label]
        claimed = sum(_first(one) == label for one in told)
        recall = fmean(_first(one) == label for one in rows)
        recalls.append(recall)
        classes.append(
            {
                "label": label,
                "rows": len(rows),
                "recall": round(recall, 4),
                "precision": round(recall * len(rows) / claimed, 4) if claimed else None,
                "top2": round(fmean(_among_two(one) for one in rows), 4),
            }
        )
    return {
        "rows": len(told),
        "accuracy": round(fmean(_first(one) == one.right for one in told), 4),
        "top2": round(fmean(_among_two(one) for one in told), 4),
        "macro_recall": round(fmean(recalls), 4),
        "classes": classes,
        "confidence": _confidence(told),
        "calibration_error": round(_calibration_error(told), 4),
    }


def _first(one: Told) -> str:
    return one.guesses[0].label


def _among_two(one: Told) -> bool:
    return one.right in [guess.label for guess in one.guesses[:2]]


def _confidence(told: Sequence[Told]) -> list[dict[str, Any]]:
    """How often each of the words is said, and how often it is right."""
    bands = (("很可能", SURE, 1.01), ("可能", FLOOR, SURE), ("不提示", 0.0, FLOOR))
    rows = []
    for word, low, high in bands:
        within = [one for one in told if low <= one.guesses[0].confidence < high]
        right = round(fmean(_first(one) == one.right for one in within), 4) if within else None
        rows.append({"word": word, "rows": len(within), "accuracy": right})
    return rows


def _calibration_error(told: Sequence[Told]) -> float:
    bands: dict[int, list[Told]] = {}
    for one in told:
        bands.setdefault(min(9, int(one.guesses[0].confidence * 10)), []).append(one)
    gaps = (
        len(rows)
        * abs(fmean(one.guesses[0].confidence for one in rows) - fmean(_first(one) == one.right for one in rows))
        for rows in bands.values()
    )
    return sum(gaps) / len(told)
