"""附议: one person, one suggestion, once. Who supported what is not stored; only that somebody new did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import MoveRefused
from config.privacy import person_tag
from portal.models import Suggestion

# How long a counter is taken to be on its way; a hint that was lost holds up the next one no longer than this.
PENDING_SECONDS = 5


class SupportManager(models.Manager["Support"]):
    def give(self, suggestion: Suggestion, user: Any, *, at: datetime | None = None) -> bool:
        """Count this person for this suggestion, or for the one it was merged into; False when they were counted
        before. Raises `MoveRefused` with a reason when support is not open to them."""
        mine = self.standpoint(suggestion, user)
        if mine.given:
            return False
        if mine.why_not:
            raise MoveRefused(mine.why_not)
        target = suggestion.lead_or_self
        tag = tag_of(user.pk, target.pk)
        row = Support(suggestion=target, person_tag=tag, level=user.identity_level, at=at or timezone.now())
        # The look above spares most repeats the write; what makes it once is the constraint.
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                transaction.on_commit(lambda: _recount_soon(target.pk), robust=True)
        except IntegrityError:
            return False
        return True

    def standpoint(self, suggestion: Suggestion, user: Any) -> Standpoint:
        """What this person did and may do about a suggestion, or the one it was merged into."""
        target = suggestion.lead_or_self
        closed = why_closed(target)
        if not user.is_authenticated:
            return Standpoint(given=False, why_not=closed)
        authors = dict(Suggestion.objects.filter(lead=target).values_list("pk", "author"))
        tags = [tag_of(user.pk, pk) for pk in (target.pk, *authors)]
        if self.filter(person_tag__in=tags).exists():
            return Standpoint(given=True, why_not="")
        if closed:
            return Standpoint(given=False, why_not=closed)
        if user.identity_level < 1:
            return Standpoint(given=False, why_not=str(_("附议前请先用手机号登录，一人一次。")))
        if target.author_id == user.pk:
            return Standpoint(given=False, why_not=str(_("这是您自己提的建议，不用附议。")))
        if user.pk in authors.values():
            return Standpoint(given=False, why_not=str(_("您提的相同建议已与这条合并办理，不用再附议。")))
        return Standpoint(given=False, why_not="")

    def count_for(self, suggestion_pk: int) -> int:
        """附议人数, the one formula: persons who support the suggestion or one merged into it, each counted once.

        A tag tells nothing about a person's other tags, so where several suggestions have supporters the people are
        gone through one by one. That is rare, and done in the background.
        """
        together = [suggestion_pk, *Suggestion.objects.filter(lead=suggestion_pk).values_list("pk", flat=True)]
        tags: dict[int, set[str]] = defaultdict(set)
        for pk, tag in self.filter(suggestion__in=together).values_list("suggestion", "person_tag"):
            tags[pk].add(tag)
        total = sum(len(found) for found in tags.values())
        return total - _counted_again(tags) if len(tags) > 1 else total


class Standpoint(NamedTuple):
    """`given`: counted already; `why_not`: why they cannot be counted now, as a sentence, "" when they can."""

    given: bool
    why_not: str


def why_closed(suggestion: Suggestion) -> str:
    """Why nobody can support this now, as a sentence; "" when it is open."""
    target = suggestion.lead_or_self
    if target.is_hidden:
        return str(_("这条建议没有公开，不能附议。"))
    return "" if target.status in Suggestion.SUPPORTABLE else str(_("已有去向，不再接受附议。"))


def tag_of(user_pk: int, suggestion_pk: int) -> str:
    return person_tag(user_pk, "support", suggestion_pk)


def _counted_again(tags: Mapping[int, set[str]]) -> int:
    """How many tags belong to a person who has another among them."""
    again = 0
    # Those whose account is gone among them: their support still counts, once.
    people = get_user_model()._default_manager.filter(phone_verified=True).values_list("pk", flat=True)
    for user in people.iterator():
        again += max(0, sum(tag_of(user, pk) in found for pk, found in tags.items()) - 1)
    return again


def _recount_soon(suggestion_pk: int) -> None:
    """Have the counter written anew; one task at a time per suggestion, whatever the rush."""
    from voting.tasks import recount

    if cache.add(pending_key(suggestion_pk), 1, PENDING_SECONDS):
        recount.delay(suggestion_pk)


def pending_key(suggestion_pk: int) -> str:
    return f"recount:{suggestion_pk}"


class Support(models.Model):
    """One line per person and suggestion; append-only in the database."""

    suggestion = models.ForeignKey(Suggestion, models.PROTECT, related_name="supports", verbose_name=_("建议"))
    person_tag = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(_("实名级别"))
    at = models.DateTimeField(_("时间"))

    objects = SupportManager()

    class Meta:
        verbose_name = _("附议")
        verbose_name_plural = _("附议")
        indexes = [models.Index(fields=["at"], name="support_newest")]
        constraints = [models.UniqueConstraint(fields=["person_tag", "suggestion"], name="support_once")]

    def __str__(self) -> str:
        return f"{self.suggestion_id} · {self.person_tag[:8]}"
