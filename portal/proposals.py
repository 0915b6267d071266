"""What the machine proposes for a suggestion: its topic, and the unit to answer it. Nothing here writes to a suggestion.

Learned models are rows (`LearnedModel`), loaded once per process and again when a newer one is there. Before the first
training the topics' own words speak.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef

from portal.classify import Classifier, Example, Guess, Words, softmax, train, word_shares
from portal.labelled import FLOOR, SURE, class_words, confidence_word
from portal.models import Assignment, LearnedModel, Suggestion, SuggestionMove, Topic, Unit

SECOND_FLOOR = 0.2  # a second one is shown beside an unsure first one
NEWEST = 5000  # examples; older practice is forgotten
FEWEST = 20  # examples below which nothing is learned from the records
ENOUGH_OF_ONE = 3  # assignments that a unit must have had
STARTER_SOFTNESS = 0.25  # of the words alone
PRIMER_WORDS = 12  # words of a topic in each text that primes the learning
Kind = LearnedModel.Kind


class Proposal(NamedTuple):
    record: Any  # a Topic or a Unit
    confidence: float

    @property
    def word(self) -> str:
        """In words: 很可能, 可能."""
        return confidence_word(self.confidence) or confidence_word(FLOOR)


# --- asking -------------------------------------------------------------------------------------
_loaded: dict[str, tuple[int, Classifier]] = {}


def learned(kind: str) -> Classifier | None:
    """The model in use, None before the first training."""
    newest = LearnedModel.objects.newest(kind)
    if newest is None:
        return None
    kept = _loaded.get(kind)
    if kept is None or kept[0] != newest:
        data = LearnedModel.objects.values_list("data", flat=True).get(pk=newest)
        kept = _loaded[kind] = (newest, Classifier.load(bytes(data)))
    return kept[1]


def propose_topics(one: Suggestion) -> list[Proposal]:
    """The likely topic, with a second one when it is not sure; none below the floor."""
    topics = {topic.slug: topic for topic in Topic.objects.select_related("default_unit")}
    example = _example(one)
    model = learned(Kind.TOPIC)
    guesses = model.guess(example) if model else starter(example, topic_words(topics.values()))
    return _above_floor(guesses, topics)


def propose_units(one: Suggestion, topics: Sequence[Proposal]) -> list[Proposal]:
    """The unit that such suggestions went to; before that is learned, the one that usually answers for the topic, which
    is the suggestion's own or else the proposed one."""
    model = learned(Kind.UNIT)
    if model:
        topic = one.topic or (topics[0].record if topics else None)
        guesses = model.guess(_example(one, unit_hints(one, topic)))
        units = {
            unit.slug: unit for unit in Unit.objects.filter(is_active=True, slug__in=[g.label for g in guesses[:3]])
        }
        if found := _above_floor(guesses, units):
            return found
    if one.topic:
        return [Proposal(one.topic.default_unit, FLOOR)] if _answers(one.topic.default_unit) else []
    return [
        Proposal(two.record.default_unit, two.confidence) for two in topics[:1] if _answers(two.record.default_unit)
    ]


def _answers(unit: Unit | None) -> bool:
    return bool(unit and unit.is_active)


def _above_floor(guesses: Sequence[Guess], records: dict[str, Any]) -> list[Proposal]:
    """The first if it reaches the floor, and the second beside it while the first is not sure. Records that are gone are
    passed over."""
    known = [Proposal(records[guess.label], guess.confidence) for guess in guesses if guess.label in records]
    if not known or known[0].confidence < FLOOR:
        return []
    return [known[0], *(two for two in known[1:2] if known[0].confidence < SURE and two.confidence >= SECOND_FLOOR)]


def starter(example: Example, words: Words) -> list[Guess]:
    """With nothing learned: how much of each topic's words the text holds. Empty when it holds none."""
    labels = sorted(words)
    shares = word_shares(example, words, labels)
    if not any(shares):
        return []
    chances = softmax(shares, STARTER_SOFTNESS)
    ranked = sorted(zip(labels, chances, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [Guess(label, chance) for label, chance in ranked]


def topic_words(topics: Iterable[Topic]) -> dict[str, list[str]]:
    """The words that speak for each topic: the office's keywords, and those that are shipped for a topic of this code."""
    shipped = class_words()
    return {
        topic.slug: list(dict.fromkeys([*topic.keywords.split(), *shipped.get(topic.slug, [])])) for topic in topics
    }


def unit_hints(one: Suggestion, topic: Topic | None) -> tuple[str, ...]:
    """What besides the text tells the unit: the topic and the county."""
    hints = [f"topic:{topic.slug}"] if topic else []
    return (*hints, f"county:{one.area.code[:6]}") if one.area else tuple(hints)


def _example(one: Suggestion, hints: tuple[str, ...] = (), label: str = "") -> Example:
    return Example(one.title, f"{one.body}\n{one.wish}", label, hints)


# --- learning -----------------------------------------------------------------------------------
def accepted_topics() -> Iterator[Example]:
    """What people have decided: suggestions that somebody screened, with the topic that they have now."""
    screened = SuggestionMove.objects.filter(subject=OuterRef("pk"), verb="accept")
    rows = Suggestion.objects.filter(Exists(screened), topic__isnull=False).exclude(status__in=Suggestion.HIDDEN)
    for one in _newest(rows, "topic"):
        yield _example(one, label=one.topic.slug)


def past_assignments() -> Iterator[Example]:
    """Suggestions with the unit that they were handed to last; of units that had a few."""
    latest = Assignment.objects.filter(suggestion=OuterRef("pk")).order_by("-pk").values("unit__slug")[:1]
    rows = Suggestion.objects.annotate(to=latest).filter(to__isnull=False)
    found = [_example(one, unit_hints(one, one.topic), one.to) for one in _newest(rows, "topic", "area")]
    often = Counter(example.label for example in found)
    return (example for example in found if often[example.label] >= ENOUGH_OF_ONE)


def usual_unit_share() -> float:
    """How often past assignments went to the unit that usually answers for the topic: what a model has to beat."""
    handed = Assignment.objects.filter(suggestion__topic__isnull=False)
    usual = handed.filter(unit=F("suggestion__topic__default_unit")).count()
    return usual / (handed.count() or 1)


def words_share(examples: Sequence[Example]) -> float:
    """How often the words alone put the right topic first: what a model has to beat."""
    words = topic_words(Topic.objects.all())
    first = (starter(example, words)[:1] for example in examples)
    right = sum(bool(found) and found[0].label == one.label for one, found in zip(examples, first, strict=True))
    return right / (len(examples) or 1)


def _newest(rows: Any, *related: str) -> list[Any]:
    return list(rows.select_related(*related).defer("name", "phone").order_by("-received_at", "-pk")[:NEWEST])


def learn_topics(examples: Sequence[Example]) -> Classifier:
    """A model of the topics. Their words prime it, so that a topic without examples can be proposed too."""
    words = topic_words(Topic.objects.all())
    return train(examples, words, primer=list(_primer(words)))


def _primer(words: Words) -> Iterator[Example]:
    """Each topic's words as texts of a few words."""
    for slug, own in sorted(words.items()):
        for chunk in batched(own, math.ceil(len(own) / max(1, len(own) // PRIMER_WORDS))) if own else ():
            yield Example("", " ".join(chunk), slug)
