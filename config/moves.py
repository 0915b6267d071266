"""The one door for status: a table of legal moves, a compare-and-set write, and a typed row per move.

A model that has a life inherits `Moving` and states its `Status` and its `MOVES` table; its public verbs are
one-liners over `_move`. Each concrete model has an append-only `<Model>Move` table that inherits `Move` and points to
it with `subject = ForeignKey(..., related_name="moves")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.core import checks
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BIRTH = "create"


class MoveRefused(Exception):
    """The move is not legal here; `str()` of it is a sentence for the person who asked."""


class SomebodyWasFaster(MoveRefused):
    """The status has changed since it was read. An ordinary answer, not a fault."""


class Verb(NamedTuple):
    """One row of a `MOVES` table: from which states, to which state, and what the verb is called on screens."""

    sources: frozenset[str]
    target: str
    label: Any


def verb(sources: Iterable[str] | str, target: str, label: Any) -> Verb:
    """Write a row of a `MOVES` table; `sources` is a state or several."""
    names = [sources] if isinstance(sources, str) else sources
    return Verb(frozenset(str(name) for name in names), str(target), label)


class Move(models.Model):
    """What happened: the public timeline, the source of every statistic of time, and what notices are made from."""

    verb = models.CharField(_("动作"), max_length=32)
    old = models.CharField(_("原状态"), max_length=20)
    new = models.CharField(_("新状态"), max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    at = models.DateTimeField(_("时间"), db_index=True)
    public_note = models.TextField(_("公开说明"), blank=True)
    internal_note = models.TextField(_("内部备注"), blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.verb}: {self.old} → {self.new}"

    @property
    def verb_label(self) -> str:
        """The verb as the public reads it."""
        moves = self.subject.MOVES  # type: ignore[attr-defined]
        return str(moves[self.verb].label if self.verb in moves else _("登记"))

    @property
    def new_label(self) -> str:
        """The state that this move set, as the public reads it."""
        return str(self.subject.Status(self.new).label)  # type: ignore[attr-defined]


class Moving(models.Model):
    """A record whose status changes only through `_move`."""

    MOVES: ClassVar[Mapping[str, Verb]] = {}

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save edited fields. Never the status: a form that was open while somebody moved the record must not undo
        the move."""
        guarded = {"status", *getattr(self, "MOVE_FACTS", ())}
        named = kwargs.get("update_fields")
        if named is not None and guarded & set(named):
            raise ValueError(f"{sorted(guarded & set(named))} change through moves only")
        if named is None and not self._state.adding:
            fields = self._meta.concrete_fields
            kwargs["update_fields"] = [f.name for f in fields if not f.primary_key and f.name not in guarded]
        super().save(*args, **kwargs)

    def can(self, name: str) -> bool:
        """Whether the verb is legal from the status that was read."""
        return self.status in self.MOVES[name].sources  # type: ignore[attr-defined]

    def legal(self) -> list[str]:
        """The verbs that are legal now, in the order of the table."""
        return [name for name in self.MOVES if self.can(name)]

    @transaction.atomic
    def _move(
        self,
        name: str,
        *,
        by: Any = None,
        public_note: str = "",
        internal_note: str = "",
        at: datetime | None = None,
        **facts: Any,
    ) -> Move:
        """Set the new status and `facts` if nobody was faster, and write the move row; both or neither.

        Raises `MoveRefused` when the table has no such move from here, `SomebodyWasFaster` when the row's status is no
        longer the one that was read.
        """
        move = self.MOVES[name]
        old: str = self.status  # type: ignore[attr-defined, has-type]
        if old not in move.sources:
            raise MoveRefused(
                _("“%(state)s”状态下不能%(verb)s。") % {"state": self.Status(old).label, "verb": move.label}  # type: ignore[attr-defined]
            )
        rows = type(self)._base_manager.filter(pk=self.pk, status=old)  # type: ignore[misc]
        if not rows.update(status=move.target, **facts):  # type: ignore[misc]
            raise SomebodyWasFaster(_("刚才已有人办理了这一条，请刷新后再看。"))
        self.status = move.target
        for field, value in facts.items():
            setattr(self, field, value)
        return self.moves.create(  # type: ignore[attr-defined, no-any-return]
            verb=name,
            old=old,
            new=move.target,
            by=by,
            at=at or timezone.now(),
            public_note=public_note,
            internal_note=internal_note,
        )

    def _begin(self, *, by: Any = None, public_note: str = "", at: datetime | None = None) -> Self:
        """Write the first move row of a new record, so that its timeline starts with its birth."""
        self.moves.create(  # type: ignore[attr-defined]
            verb=BIRTH,
            old="",
            new=self.status,
            by=by,
            at=at or timezone.now(),
            public_note=public_note,  # type: ignore[attr-defined]
        )
        return self

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse a `MOVES` table that names a state which does not exist."""
        errors = super().check(**kwargs)
        states = set(cls.Status.values)  # type: ignore[attr-defined]
        for name, row in cls.MOVES.items():
            if unknown := ({*row.sources, row.target} - states):
                errors.append(checks.Error(f"{cls.__name__}.MOVES[{name!r}]: unknown {unknown}", id="moves.E001"))
        return errors
