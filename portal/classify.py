"""Which class a text belongs to, learned from texts that people have classed. Plain Python, nothing of the database.

A text is its runs of Chinese characters, cut into pieces of one to three characters and weighted by tf-idf, and beside
them how many of each class's own words it holds. One ridge regression per class on that, solved by dual coordinate
ascent; the scores become probabilities by a softmax whose temperature was fitted on texts held out of the training.
Everything is seeded: the same texts in the same order give the same model.
"""

from __future__ import annotations

import gzip
import json
import math
import random
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

LONGEST_PIECE = 3  # characters
TITLE_WEIGHT = 3  # a title counts as if it stood in the text three times
BODY_READ = 2000  # characters
MAX_PIECES = 40_000  # of the vocabulary
HINTS_SHARE = 0.5  # how much the facts beside the text weigh
WORDS_SHARE = 0.3  # how much the classes' own words weigh beside the pieces
RIDGE = 0.5
ROUNDS, CLOSE = 40, 1e-2  # at most so many passes; done when no text moves more than this
HELD_OUT = 4  # parts into which the training is cut to fit the temperature
MANY = 2000  # from so many texts on one part is held out instead of each in turn
TEMPERATURES = [0.03 * 1.15**step for step in range(26)]  # 0.03 to 1
_RUN = re.compile(r"[\u4e00-\u9fff]+")

Words = Mapping[str, Sequence[str]]  # label → words that speak for it


class Example(NamedTuple):
    """A text and its class. `hints` are facts beside the text, such as a topic or a county, as short strings."""

    title: str
    body: str
    label: str = ""
    hints: tuple[str, ...] = ()


class Guess(NamedTuple):
    label: str
    confidence: float  # 0 to 1; of a hundred guesses with 0.7 about seventy are right


class Row(NamedTuple):
    """A text as positions in the vocabulary and their weights."""

    at: tuple[int, ...]
    values: tuple[float, ...]
    square: float


class NothingToLearn(ValueError):
    """Fewer than two classes among the texts; `str()` of it is a sentence for people."""


def pieces(example: Example) -> Counter[str]:
    """How often each piece of characters occurs; hints are pieces of their own kind."""
    counts: Counter[str] = Counter({f"#{hint}": 1 for hint in example.hints})
    for text, weight in ((example.title, TITLE_WEIGHT), (example.body[:BODY_READ], 1)):
        for run in _RUN.findall(unicodedata.normalize("NFKC", text)):
            for length in range(1, LONGEST_PIECE + 1):
                for start in range(len(run) - length + 1):
                    counts[run[start : start + length]] += weight
    return counts


def word_shares(example: Example, words: Words, labels: Sequence[str]) -> list[float]:
    """How much the words of each class occur in the text, as a vector of length one (or zero)."""
    body = example.body[:BODY_READ]
    found = []
    for label in labels:
        hits = (2 * example.title.count(word) + body.count(word) for word in words.get(label, ()))
        found.append(sum(1 + math.log(count) for count in hits if count))
    length = math.sqrt(sum(value * value for value in found)) or 1.0
    return [value / length for value in found]


def softmax(scores: Sequence[float], temperature: float) -> list[float]:
    highest = max(scores)
    shares = [math.exp((score - highest) / temperature) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]


@dataclass
class Classifier:
    """A trained model. About one float per piece and class; `dump` and `load` are exact opposites."""

    labels: list[str]
    words: dict[str, list[str]]
    vocabulary: dict[str, int]
    idf: array[float]
    weights: list[array[float]]  # per label; after the pieces one weight per label for the words
    base: list[float]
    temperature: float = 0.2
    held_out: tuple[int, int] = (0, 0)  # texts told right by a model that had not seen them, and how many were asked

    def scores(self, example: Example) -> list[float]:
        row = self._row(pieces(example), word_shares(example, self.words, self.labels))
        return self._score(row)

    def guess(self, example: Example) -> list[Guess]:
        """Every class with its probability, the likeliest first."""
        chances = softmax(self.scores(example), self.temperature)
        ranked = sorted(zip(self.labels, chances, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return [Guess(label, chance) for label, chance in ranked]

    def _row(self, counts: Counter[str], shares: Sequence[float]) -> Row:
        known = [
            (self.vocabulary[piece], count)
            for piece, count in counts.items()
            if piece[0] != "#" and piece in self.vocabulary
        ]
        hinted = [self.vocabulary[piece] for piece in counts if piece[0] == "#" and piece in self.vocabulary]
        raw = [(1 + math.log(count)) * self.idf[at] for at, count in known]
        length = math.sqrt(math.sumprod(raw, raw)) or 1.0
        hint = math.sqrt(HINTS_SHARE / (len(hinted) or 1))
        factor = math.sqrt(WORDS_SHARE)
        told = [(len(self.vocabulary) + n, share * factor) for n, share in enumerate(shares) if share]
        told += [(position, hint) for position in hinted]
        at = (*(position for position, _count in known), *(position for position, _share in told))
        values = (*(value / length for value in raw), *(share for _position, share in told))
        return Row(at, values, math.sumprod(values, values))

    def _score(self, row: Row) -> list[float]:
        return [base + _dot(row, weights) for base, weights in zip(self.base, self.weights, strict=True)]

    def dump(self) -> bytes:
        facts = {
            "labels": self.labels, "words": self.words, "pieces": list(self.vocabulary), "base": self.base,
            "idf": [round(value, 4) for value in self.idf],
            "weights": [[round(value, 5) for value in row] for row in self.weights],
            "temperature": self.temperature, "held_out": self.held_out,
        }  # fmt: skip
        return gzip.compress(json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)

    @classmethod
    def load(cls, data: bytes) -> Classifier:
        facts = json.loads(gzip.decompress(data))
        return cls(
            labels=facts["labels"], words=facts["words"], base=facts["base"], temperature=facts["temperature"],
            vocabulary={piece: at for at, piece in enumerate(facts["pieces"])}, idf=array("f", facts["idf"]),
            weights=[array("f", row) for row in facts["weights"]], held_out=tuple(facts["held_out"]),
        )  # fmt: skip


def _dot(row: Row, weights: array[float]) -> float:
    if len(row.at) < 2:
        return sum(value * weights[at] for at, value in zip(row.at, row.values, strict=True))
    return math.sumprod(row.values, itemgetter(*row.at)(weights))


class Prepared(NamedTuple):
    """The texts of a training, cut once and used for every part of it."""

    counts: list[Counter[str]]
    shares: list[list[float]]
    labels: list[str]


def train(examples: Sequence[Example], words: Words | None = None, *, primer: Sequence[Example] = ()) -> Classifier:
    """A model of these texts. `words` of classes that no text has are left aside; `primer` are texts that are learned
    but never asked when the temperature is fitted. Raises `NothingToLearn`."""
    every = [*examples, *primer]
    names = sorted({example.label for example in every})
    if len(names) < 2:
        raise NothingToLearn("至少要有两个类别的例子，才能学习。")
    own = {name: list((words or {}).get(name, ())) for name in names}
    ready = Prepared(
        [pieces(example) for example in every],
        [word_shares(example, own, names) for example in every],
        [example.label for example in every],
    )
    model = _fit(ready, range(len(every)), names, own)
    told = _told_held_out(ready, len(examples), names, own)
    if told:
        model.temperature = min(TEMPERATURES, key=lambda softness: _surprise(told, softness))
        model.held_out = (sum(scores.index(max(scores)) == right for scores, right in told), len(told))
    return model


def _fit(ready: Prepared, chosen: Sequence[int], names: list[str], words: dict[str, list[str]]) -> Classifier:
    """Weights from the chosen texts alone: vocabulary and idf too are theirs."""
    seen: Counter[str] = Counter(piece for n in chosen for piece in ready.counts[n])
    kept = sorted((piece for piece, count in seen.items() if count > 1), key=lambda piece: (-seen[piece], piece))
    kept = kept[:MAX_PIECES]
    idf = array("f", [math.log((1 + len(chosen)) / (1 + seen[piece])) + 1 for piece in kept])
    share = Counter(ready.labels[n] for n in chosen)
    base = [share[name] / len(chosen) for name in names]
    size = len(kept) + len(names)
    vocabulary = {piece: at for at, piece in enumerate(kept)}
    model = Classifier(names, words, vocabulary, idf, [array("f", bytes(4 * size)) for _name in names], base)
    rows = [model._row(ready.counts[n], ready.shares[n]) for n in chosen]
    for name, start, weights in zip(names, base, model.weights, strict=True):
        _solve(rows, [float(ready.labels[n] == name) - start for n in chosen], weights)
    return model


def _solve(rows: Sequence[Row], targets: Sequence[float], weights: array[float]) -> None:
    """Ridge regression into `weights` by dual coordinate ascent, in an order that is drawn once and kept."""
    order, duals = list(range(len(rows))), [0.0] * len(rows)
    random.Random(0).shuffle(order)  # noqa: S311 — an order, not a secret
    exact = [0.0] * len(weights)
    for _round in range(ROUNDS):
        largest = 0.0
        for n in order:
            row = rows[n]
            if len(row.at) < 2:
                continue
            score = math.sumprod(row.values, itemgetter(*row.at)(exact))
            step = (targets[n] - score - RIDGE * duals[n]) / (row.square + RIDGE)
            if abs(step) < CLOSE / 10:
                continue
            duals[n] += step
            largest = max(largest, abs(step))
            for at, value in zip(row.at, row.values, strict=True):
                exact[at] += step * value
        if largest < CLOSE:
            break
    weights[:] = array("f", exact)


def _told_held_out(
    ready: Prepared, asked: int, names: list[str], words: dict[str, list[str]]
) -> list[tuple[list[float], int]]:
    """Scores of the first `asked` texts by models that have not seen them, each with the position of its class."""
    parts = [part for part in folds(ready.labels[:asked], HELD_OUT, seed=0) if part]
    told: list[tuple[list[float], int]] = []
    for part in parts[:1] if asked > MANY else parts:
        chosen = sorted(set(range(len(ready.labels))) - set(part))
        if not chosen:
            continue
        model = _fit(ready, chosen, names, words)
        for n in part:
            told.append((model._score(model._row(ready.counts[n], ready.shares[n])), names.index(ready.labels[n])))
    return told


def _surprise(told: Sequence[tuple[list[float], int]], temperature: float) -> float:
    """How unlikely the right classes were, in all."""
    return -sum(math.log(softmax(scores, temperature)[right] + 1e-9) for scores, right in told)


def folds(labels: Sequence[str], count: int, seed: int) -> list[list[int]]:
    """Positions cut into parts of nearly the same size, each class spread evenly over them."""
    by_label: defaultdict[str, list[int]] = defaultdict(list)
    for position, label in enumerate(labels):
        by_label[label].append(position)
    parts: list[list[int]] = [[] for _part in range(count)]
    draw, turn = random.Random(seed), 0  # noqa: S311 — a repeatable split, not a secret
    for label in sorted(by_label):
        positions = by_label[label]
        draw.shuffle(positions)
        for position in positions:
            parts[turn % count].append(position)
            turn += 1
    return parts


# --- measuring ----------------------------------------------------------------------------------
class Told(NamedTuple):
    """What was said of one text whose class is known."""

    right: str
    guesses: list[Guess]


def tell(model: Classifier, examples: Iterable[Example]) -> list[Told]:
    return [Told(example.label, model.guess(example)) for example in examples]


def cross_validate(
    examples: Sequence[Example], words: Words | None, count: int, seed: int, *, each: Callable[[], None] | None = None
) -> list[Told]:
    """Every text told by a model that has not seen it."""
    told: list[Told] = []
    for part in folds([example.label for example in examples], count, seed):
        out = set(part)
        model = train([example for n, example in enumerate(examples) if n not in out], words)
        told += tell(model, (examples[n] for n in part))
        if each:
            each()
    return told
