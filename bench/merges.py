"""Of the pairs that are offered as one tap to merge, how many are right: by the list of those that were read."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

SOURCE = "messages-with-votes"  # the spreadsheet, and the source of its messages
READ = Path(__file__).parent / "merge_pairs.csv"
SEED, DRAWN, ALIKE = 20261122, 100, 10

Pair = tuple[str, str]


class Checked(NamedTuple):
    offered: int  # pairs that are offered now
    still: int  # pairs of the list that are among them
    right: int  # of those, how many say the same
    is_same_draw: bool  # drawing again gives the list that was read


def draw(offered: Iterable[Pair]) -> list[Pair]:
    """The pairs to be read: by a fixed seed, in whatever order they come."""
    pairs = sorted(set(offered))
    return random.Random(SEED).sample(pairs, min(DRAWN, len(pairs)))


def read_pairs() -> dict[Pair, bool]:
    """The pairs that were read, and whether both say the same."""
    with READ.open(encoding="utf-8", newline="") as lines:
        return {(row["first"], row["second"]): row["same"] == "yes" for row in csv.DictReader(lines)}


def offered() -> set[Pair]:
    """References of the messages that the screen says very probably say the same, the smaller one first."""
    from portal import similar
    from portal.models import Suggestion

    found = set()
    for one in Suggestion.objects.filter(source=SOURCE):
        for like in similar.similar_to(one, ALIKE, floor=similar.LIKELY):
            other = like.suggestion
            if other.source == one.source:
                first, second = sorted((str(one.reference), str(other.reference)))
                found.add((first, second))
    return found


def check() -> Checked:
    """The list against what is offered now. To be asked while nothing but those messages is in the database."""
    now, known = offered(), read_pairs()
    still = [pair for pair in known if pair in now]
    return Checked(len(now), len(still), sum(known[pair] for pair in still), set(draw(now)) == set(known))
