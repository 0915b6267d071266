"""通知: the outbox. A row is written in the transaction of the move that causes it, and delivered after commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move
from config.privacy import EncryptedTextField
from portal.models.people import phone_index

if TYPE_CHECKING:
    from portal.models.places import Unit
    from portal.models.suggestion import Suggestion

MAX_ATTEMPTS = 6


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, at: datetime | None = None) -> NoticeQuerySet:
        """Due to be sent; oldest first."""
        return self.filter(sent_at=None, next_try_at__lte=at or timezone.now()).order_by("pk")

    def stuck(self) -> NoticeQuerySet:
        """Given up on, with the trouble written down."""
        return self.filter(sent_at=None, next_try_at=None)

    def inbox_of(self, user: Any) -> NoticeQuerySet:
        return self.filter(user=user, channel=Notice.Channel.IN_APP).order_by("-pk")


class NoticeManager(models.Manager.from_queryset(NoticeQuerySet)):  # type: ignore[misc]
    def tell(self, event: str, text: str, *, user: Any = None, phone: str = "", url: str = "") -> None:
        """Queue one event for one recipient: in-app for an account, SMS for a phone. The same event, recipient and
        channel is queued once however often this runs."""
        rows = []
        now = timezone.now()
        if user is not None:
            rows.append(
                Notice(event=event, channel="in_app", user=user, recipient_key=f"user:{user.pk}", text=text, url=url,
                       sent_at=now, created_at=now)
            )  # fmt: skip
        if phone:
            rows.append(
                Notice(event=event, channel="sms", user=user, phone=phone, recipient_key=phone_index(phone), text=text,
                       url=url, created_at=now, next_try_at=now)
            )  # fmt: skip
        self.bulk_create(rows, ignore_conflicts=True)
        if phone:
            transaction.on_commit(_hint_worker, robust=True)

    def forget_phone_about(self, suggestion: Suggestion) -> None:
        """The author's number out of the messages about one suggestion; what waits is not sent any more."""
        rows = self.filter(url=suggestion.get_absolute_url()).exclude(phone="")
        rows.filter(sent_at=None).delete()
        rows.update(phone="", recipient_key=Concat(Value("forgotten:"), Cast("pk", models.CharField())))


def _hint_worker() -> None:
    """Wake the worker. A lost hint costs a minute: the sweep finds the rows."""
    from portal.tasks import deliver_waiting

    deliver_waiting.delay()


class Notice(models.Model):
    class Channel(models.TextChoices):
        IN_APP = "in_app", _("站内")
        SMS = "sms", _("短信")

    event = models.CharField(_("事件"), max_length=60)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices", verbose_name=_("收件人")
    )
    phone = EncryptedTextField(_("手机号"), blank=True, default="")
    recipient_key = models.CharField(max_length=64)
    text = models.TextField(_("内容"))
    url = models.CharField(_("链接"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("产生时间"))
    next_try_at = models.DateTimeField(_("下次发送"), null=True)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    trouble = models.TextField(_("未送达原因"), blank=True)

    objects = NoticeManager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient_key", "channel"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(sent_at=None), name="notice_waiting"),
            models.Index(fields=["user", "-id"], name="notice_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.get_channel_display()}"

    def claim(self, at: datetime) -> bool:
        """Take this notice for one attempt; False when another worker has it. Backs off 1, 2, 4 … minutes."""
        attempt = self.attempts + 1
        later = None if attempt >= MAX_ATTEMPTS else at + timedelta(minutes=2 ** (attempt - 1))
        rows = Notice.objects.filter(pk=self.pk, sent_at=None, attempts=self.attempts)
        return bool(rows.update(attempts=F("attempts") + 1, next_try_at=later))

    def delivered(self, at: datetime) -> None:
        Notice.objects.filter(pk=self.pk, sent_at=None).update(sent_at=at, next_try_at=None, trouble="")

    def failed(self, trouble: str) -> None:
        Notice.objects.filter(pk=self.pk, sent_at=None).update(trouble=trouble[:500])


FOLLOWED = frozenset({"merge", "unmerge", "adopt", "refer", "defer", "assign", "decline", "answer", "reopen"})


def tell_concerned(leads: Iterable[Suggestion], *, event: str, text: str) -> None:
    """Tell authors and followers of suggestions, and of those merged into them, what became of them further on: one
    thing, that anybody may read, to each person once."""
    leads = list(leads)
    authors = tell_authors(leads, event=event, text=text)
    if public := [one for one in leads if not one.is_hidden]:
        tell_followers(public, event=event, text=text, but=authors)


def tell_of_move(suggestion: Suggestion, move: Move) -> None:
    """Tell the authors of a suggestion what was just decided, and its followers what the public may read of it."""
    said = f"{move.new_label}。{move.public_note[:120]}"
    event = f"suggestion-move:{move.pk}"
    authors = tell_authors([suggestion], event=event, text=said)
    if move.verb in FOLLOWED and not suggestion.is_hidden:
        tell_followers([suggestion], event=event, text=suggestion.hide_in(said), but=authors)


def tell_authors(leads: Iterable[Suggestion], *, event: str, text: str) -> set[int]:
    """Tell the authors of suggestions, and of those merged into them, one thing. Whoever wrote several of them hears
    it once, with all the numbers. The accounts that were told."""
    people: dict[Any, list[Suggestion]] = {}
    for one in _worked_on_together(leads).select_related("author"):
        if one.author_id or one.phone_key:
            people.setdefault(one.author_id or one.phone_key, []).append(one)
    for own in people.values():
        first, numbers = own[0], "、".join(one.number for one in own)
        words = _("您的建议 %(number)s：%(text)s") % {"number": numbers, "text": text}
        Notice.objects.tell(event, words, user=first.author, phone=first.phone, url=first.get_absolute_url())
    return {who for who in people if isinstance(who, int)}


def tell_followers(leads: Iterable[Suggestion], *, event: str, text: str, but: Collection[int] = ()) -> None:
    """Tell whoever follows one of these suggestions, or one merged into them, each once; `but` these accounts. The text
    is for anybody."""
    together = _worked_on_together(leads)
    users = get_user_model().objects.filter(is_active=True, follows__suggestion__in=together).exclude(pk__in=but)
    title, url = together[0].public_title, together[0].get_absolute_url()
    words = _("您关注的建议《%(title)s》：%(text)s") % {"title": title, "text": text}
    for user in users.distinct():
        Notice.objects.tell(event, words, user=user, url=url)


def _worked_on_together(leads: Iterable[Suggestion]) -> Any:
    """These, then those merged into them, by number."""
    from portal.models.suggestion import Suggestion

    pks = [one.pk for one in leads]
    together = Suggestion.objects.filter(Q(pk__in=pks) | Q(lead__in=pks))
    return together.order_by(F("lead").asc(nulls_first=True), "pk")


def tell_unit(unit: Unit, *, event: str, text: str, url: str = "/desk/", roles: tuple[str, ...] = ("clerk",)) -> None:
    """Tell the people who act for a unit."""
    people = unit.memberships.filter(is_active=True, role__in=roles, user__is_active=True).select_related("user")
    for user in {membership.user for membership in people}:
        Notice.objects.tell(event, text, user=user, phone=user.phone, url=url)
