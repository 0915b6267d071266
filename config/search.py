"""Full-text search of the admin in Chinese: single characters and bigrams at index time, bigrams in the query.

Both databases take an unbroken run of Chinese as one word, and word segmentation loses hits (路灯不亮 is cut as 路 and
灯不亮). With every pair of neighbours indexed, any substring is found, in either script. Named in WAGTAILSEARCH_BACKENDS.
`portal.searching` is what the public searches with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from modelsearch.backends.database import SearchBackend as DatabaseSearchBackend
from wagtail.search import index
from wagtail.search.query import And, Boost, Not, Or, Phrase, PlainText, SearchQuery

from config.wording import normal, plain

_PIECES = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+|[^\W_]+")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def _pairs(run: str) -> Iterator[str]:
    return (run[i : i + 2] for i in range(len(run) - 1))


def index_text(text: str) -> str:
    """What is stored in the index: Chinese runs as characters and pairs, other words as they are; in normal form."""
    words: list[str] = []
    for piece in _PIECES.findall(normal(text or "")):
        if _CHINESE.match(piece):
            words += [*piece, *_pairs(piece)]
        else:
            words.append(piece)
    return " ".join(words)


def query_text(text: str) -> str:
    """What is looked for: Chinese runs as pairs (a single character as itself), other words as they are."""
    words: list[str] = []
    for piece in _PIECES.findall(plain(text or "")):
        if _CHINESE.match(piece) and len(piece) > 1:
            words += _pairs(piece)
        else:
            words.append(piece)
    return " ".join(words)


def _rewrite(query: str | SearchQuery) -> str | SearchQuery:
    """The same query with its Chinese cut into pairs; the admin's page search passes trees, others pass text."""
    match query:
        case str():
            return query_text(query)
        case PlainText():
            return PlainText(query_text(query.query_string), operator=query.operator, boost=query.boost)
        case Phrase():
            return PlainText(query_text(query.query_string))
        case And() | Or():
            return type(query)([_rewrite(sub) for sub in query.subqueries])
        case Not():
            return Not(_rewrite(query.subquery))
        case Boost():
            return Boost(_rewrite(query.subquery), query.boost)
    return query


class ChineseSearchField(index.SearchField):
    """A search field whose Chinese runs are indexed character by character and pair by pair."""

    def get_value(self, obj: Any) -> str:
        value = super().get_value(obj)
        return index_text(value if isinstance(value, str) else str(value or ""))


class ChineseAutocompleteField(index.AutocompleteField):
    """The same for search-as-you-type, which the admin's choosers and page search use."""

    def get_value(self, obj: Any) -> str:
        value = super().get_value(obj)
        return index_text(value if isinstance(value, str) else str(value or ""))


def SearchBackend(params: dict[str, Any]) -> Any:  # the name that Wagtail looks for
    """The database's own backend, with every query rewritten."""
    backend = DatabaseSearchBackend(params)
    search = backend._search

    def chinese_search(compiler: Any, query: Any, models: Any, **kwargs: Any) -> Any:
        return search(compiler, _rewrite(query), models, **kwargs)

    backend._search = chinese_search
    return backend
