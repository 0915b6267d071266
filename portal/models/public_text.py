"""What the public reads of a suggestion: its text without personal data.

The original stays as it was written, for its author and for the office. Beside each field of it stands the public one,
which is written in the same statement: everything found is masked, except what a person decided to keep visible, and
with what they marked themselves. Until somebody has confirmed it, the rules alone decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import SomebodyWasFaster
from config.names import may_be_own_name
from config.personal import STRICT, Kind, Span, find, find_words, joined, mask

TEXTS = ("title", "place", "body", "wish")
CHOICES = ("shown_words", "hidden_words")
KIND_LABELS = {
    Kind.PHONE: _("手机号"), Kind.LANDLINE: _("固定电话"), Kind.ID: _("身份证号"), Kind.CARD: _("银行卡号"),
    Kind.PLATE: _("车牌号"), Kind.EMAIL: _("邮箱"), Kind.ACCOUNT: _("微信、QQ 号"), Kind.NAME: _("姓名"),
    Kind.DOOR: _("门牌"), Kind.WORD: _("另外遮住的"),
}  # fmt: skip


def personal_spans(text: str, *, name: str = "", shown: Iterable[str] = (), hidden: Iterable[str] = ()) -> list[Span]:
    """What is personal in a text of an author of that name ("" when they chose to be named); without what was decided
    to be shown, with the words that were marked by hand."""
    names = [name] if may_be_own_name(name) else []
    signed = [Span(start, end, Kind.NAME) for start, end, _kind in find_words(text, names)]
    spans = [span for span in joined(find(text), signed) if span.of(text) not in shown]
    return joined(spans, find_words(text, hidden))


class PublicTextField(models.TextField):
    """The public wording of another field of the same `PublicText` record. Never set by hand."""

    def __init__(self, *args: Any, source: str = "", **options: Any) -> None:
        self.source = source
        standard: dict[str, Any] = {"default": "", "blank": True, "editable": False}
        super().__init__(*args, **(standard | options))

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"source": self.source}

    def pre_save(self, model_instance: Any, add: bool) -> str:
        wording = getattr(model_instance, "public_wording", None)
        if wording is None:  # a row of the history: what was public then
            return str(getattr(model_instance, self.attname))
        value: str = wording(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


class Found(NamedTuple):
    """Something personal in a suggestion's text, once however often it stands there."""

    words: str
    kind: Kind
    is_shown: bool  # a person decided to keep it visible


class PublicText:
    """Part of a record whose `TEXTS` have public wordings."""

    shown_words: Any
    hidden_words: Any
    text_checked_at: Any

    def save(self, *args: Any, **options: Any) -> None:
        """Text and public wording are written together, also when only some fields are."""
        named = options.get("update_fields")
        if named is not None:
            named = set(named)
            touched = TEXTS if named & set(CHOICES) else [name for name in TEXTS if name in named]
            options["update_fields"] = named | {f"public_{name}" for name in touched}
        super().save(*args, **options)  # type: ignore[misc]

    def _signature(self) -> str:
        """The author's own name, hidden wherever it stands unless they chose to be named."""
        return "" if getattr(self, "shown_as", "") == "name" else getattr(self, "name", "").strip()

    def spans_in(self, text: str) -> list[Span]:
        """What of a text is masked for the public."""
        return personal_spans(text, name=self._signature(), shown=self.shown_words, hidden=self.hidden_words)

    def office_wording(self, text: str) -> str:
        """A text as staff read it who were not shown the person: without numbers that lead to one, and without the
        author's own name."""
        return mask(text, self._office_spans(text))

    def _office_spans(self, text: str) -> list[Span]:
        own = self._signature()
        return [span for span in personal_spans(text, name=own) if span.kind in STRICT or span.of(text) == own]

    def put_back(self, edited: str, original: str) -> str:
        """A text that staff edited as `office_wording` showed it to them, with what was masked as its author wrote it."""
        for span in self._office_spans(original):
            words = span.of(original)
            edited = edited.replace(mask(words, [Span(0, len(words), span.kind)]), words)
        return edited

    def public_wording(self, text: str) -> str:
        return mask(text, self.spans_in(text))

    def wording_with(self, shown: Iterable[str], hidden: Iterable[str]) -> dict[str, str]:
        """The public wording of every text under other decisions, by field."""
        shown, hidden, name = list(shown), list(hidden), self._signature()
        texts = ((field, getattr(self, field)) for field in TEXTS)
        return {field: mask(text, personal_spans(text, name=name, shown=shown, hidden=hidden)) for field, text in texts}

    def pieces(self, text: str, *, private: bool = False) -> list[tuple[str, Kind | None]]:
        """A text in order, what is personal in it apart; `private`: to somebody who was shown the person."""
        pieces: list[tuple[str, Kind | None]] = []
        end = 0
        for span in personal_spans(text, name=self._signature(), hidden=self.hidden_words):
            words = span.of(text)
            pieces += [(text[end : span.start], None), (words if private else self.office_wording(words), span.kind)]
            end = span.end
        return [(words, kind) for words, kind in [*pieces, (text[end:], None)] if words]

    def secrets(self) -> list[Found]:
        """What is hidden in this suggestion, and the author's own name."""
        return [Found(self._signature(), Kind.NAME, is_shown=False), *(one for one in self.found() if not one.is_shown)]

    def hide_in(self, words: str, secrets: Iterable[Found] | None = None) -> str:
        """Words that the office or a unit wrote about this, for the public: their own names, addresses and hotlines
        stay; numbers that lead to one person, and whatever is hidden in the suggestion itself, do not."""
        secrets = self.secrets() if secrets is None else secrets
        repeated = ([Span(a, b, one.kind) for a, b, _word in find_words(words, [one.words])] for one in secrets)
        return mask(words, joined(find(words, STRICT), *repeated, find_words(words, self.hidden_words)))

    def found(self) -> list[Found]:
        """What the rules found, each once, in the order of the text."""
        once: dict[str, Found] = {}
        for name in TEXTS:
            text = getattr(self, name)
            for span in personal_spans(text, name=self._signature()):
                words = span.of(text)
                once.setdefault(words, Found(words, span.kind, words in self.shown_words))
        return list(once.values())

    def found_kinds(self) -> list[str]:
        """Of which kinds personal data was found, in words, each once."""
        return list(dict.fromkeys(str(KIND_LABELS[one.kind]) for one in self.found()))

    def text_version(self) -> str:
        """A mark of the text and of what was found in it: whoever confirms says which one they saw."""
        parts = [*(getattr(self, name) for name in TEXTS), *(one.words for one in self.found())]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

    @property
    def is_masked_by_rule(self) -> bool:
        """Something is masked for the public, and nobody has looked at it yet."""
        differs = any(getattr(self, f"public_{name}") != getattr(self, name) for name in TEXTS)
        return self.text_checked_at is None and differs

    @property
    def must_be_read(self) -> bool:
        """The rules found personal data, and nobody has looked yet at what they masked."""
        return self.text_checked_at is None and bool(self.found())

    @transaction.atomic
    def confirm_text(self, *, shown: list[str], hidden: list[str], at: datetime | None = None) -> None:
        """A person looked at the public wording: `shown` stays visible though it was found, `hidden` is masked too.

        Raises `SomebodyWasFaster` when the text is another one by now than the one in hand.
        """
        now = type(self)._base_manager.select_for_update().get(pk=self.pk)  # type: ignore[attr-defined]
        if any(getattr(now, name) != getattr(self, name) for name in TEXTS):
            raise SomebodyWasFaster(_("原文刚刚被改过，请看过新的文字再办。"))
        self.shown_words, self.hidden_words = sorted(set(shown)), sorted(set(hidden))
        self.text_checked_at = at or timezone.now()
        self.save(update_fields=[*CHOICES, "text_checked_at"])
