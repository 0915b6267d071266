"""通知: the outbox. A row is written in the transaction of the move that causes it, and delivered after commit.

What is sent, and when, is in `portal.delivery`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
from portal.channels.base import Reason
from portal.models.people import phone_index
from portal.models.reach import (
    Hours,
    Kind,
    Reach,
    Subscription,
    Way,
    after_quiet,
    author_reached,
    city_hours,
    mail_index,
)

if TYPE_CHECKING:
    from portal.models.places import Unit
    from portal.models.suggestion import Suggestion

MAX_ATTEMPTS = 6


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, at: datetime | None = None) -> NoticeQuerySet:
        """Due to be sent; oldest first."""
        return self.filter(sent_at=None, next_try_at__lte=at or timezone.now()).order_by("pk")

    def stuck(self) -> NoticeQuerySet:
        """Stopped, with the trouble written down, and nobody has looked into it. What was to go out together counts as
        one."""
        return self.filter(sent_at=None, next_try_at=None, led_by=None, given_up_at=None)

    def retry(self, at: datetime | None = None) -> int:
        """Try what is stuck among these again from now on; how many. The first attempt stays on record: the provider may
        have taken it."""
        return self.stuck().update(next_try_at=at or timezone.now(), attempts=1)

    def inbox_of(self, user: Any) -> NoticeQuerySet:
        return self.filter(user=user, channel=Notice.Channel.IN_APP).order_by("-pk")


class NoticeManager(models.Manager.from_queryset(NoticeQuerySet)):  # type: ignore[misc]
    def tell(
        self,
        event: str,
        text: str,
        *,
        user: Any = None,
        phone: str = "",
        url: str = "",
        kind: str = Kind.OWN,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Queue one event for one recipient: an account by the ways that it chose for this `kind`, or a phone without
        one. The same event, recipient and channel is queued once however often this runs. `facts` fill the templates
        of providers: number, state."""
        if user is not None:
            self.tell_accounts(event, text, [user], url=url, kind=kind, facts=facts)
        elif phone:
            self._queue([Notice.outward(Way.SMS, phone, city_hours(), event=event, text=text, url=url, kind=kind,
                                        facts=dict(facts or {}), phone=phone)])  # fmt: skip

    def tell_accounts(
        self,
        event: str,
        text: str,
        users: Iterable[Any],
        *,
        url: str = "",
        kind: str = Kind.OWN,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """The same for many accounts; have `reach` selected along with them."""
        same = {"event": event, "text": text, "url": url, "kind": kind, "facts": dict(facts or {})}
        self._queue([row for user in users for row in _rows_for(user, same)])

    def tell_receipt(self, subscription: Subscription, event: str, text: str, **facts: Any) -> None:
        """By e-mail to the author of a receipt without an account."""
        row = Notice.outward(Way.MAIL, subscription.mail, city_hours(), event=event, text=text,
                             subscription=subscription, **facts)  # fmt: skip
        self._queue([row])

    def by_sms_instead(self, rows: Iterable[Notice], reach: Reach) -> None:
        """What another channel did not take, as SMS to the account's phone; an event that went there already does not
        go again."""
        phone = reach.address(Way.SMS)
        names = ("event", "text", "url", "kind", "facts", "user")
        same = ({name: getattr(row, name) for name in names} for row in rows)
        self._queue([Notice.outward(Way.SMS, phone, reach.hours(), phone=phone, **facts) for facts in same])

    def _queue(self, rows: list[Notice]) -> None:
        self.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        if any(row.sent_at is None for row in rows) and settings.WEITAI_NOTICE_WINDOW == 0:
            transaction.on_commit(_hint_worker, robust=True)

    def forget_phone_about(self, suggestion: Suggestion) -> None:
        """The author's number out of the messages about one suggestion; what waits is not sent any more."""
        rows = self.filter(url=suggestion.get_absolute_url(), kind=Kind.OWN).exclude(phone="")
        rows.filter(sent_at=None).delete()
        rows.update(phone="", recipient_key=Concat(Value("forgotten:"), Cast("pk", models.CharField())))


def _rows_for(user: Any, same: dict[str, Any]) -> Iterable[Notice]:
    reach, now = Reach.objects.of(user), timezone.now()
    for way in sorted(reach.ways(same["kind"])):
        if way == Way.IN_APP:
            yield Notice(channel=way, user=user, recipient_key=f"user:{user.pk}", sent_at=now, created_at=now, **same)
        elif address := reach.address(way):
            kept = {"phone": address} if way == Way.SMS else {}
            yield Notice.outward(way, address, reach.hours(), user=user, **same, **kept)


def _hint_worker() -> None:
    """Wake the worker. A lost hint costs a minute: the sweep finds the rows."""
    from portal.tasks import deliver_waiting

    deliver_waiting.delay()


def recipient_key(way: str, address: str) -> str:
    """The same for the same phone, WeChat or mailbox; tells nobody which."""
    from config.privacy import keyed_index

    match way:
        case Way.SMS:
            return phone_index(address)
        case Way.MAIL:
            return mail_index(address)
    return keyed_index(address, "openid")


class Notice(models.Model):
    """One event for one recipient over one channel. Several that wait for the same recipient go out as one message:
    one row leads, the others are `led_by` it and share its fate."""

    Channel = Way
    Kind = Kind

    event = models.CharField(_("事件"), max_length=60)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.OWN)
    channel = models.CharField(_("渠道"), max_length=8, choices=Way)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices", verbose_name=_("收件人")
    )
    subscription = models.ForeignKey(Subscription, models.CASCADE, null=True, related_name="notices")
    phone = EncryptedTextField(_("手机号"), blank=True, default="")
    recipient_key = models.CharField(max_length=64)
    text = models.TextField(_("内容"))
    facts = models.JSONField(_("模板参数"), default=dict, blank=True)
    url = models.CharField(_("链接"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("产生时间"))
    next_try_at = models.DateTimeField(_("下次发送"), null=True)
    attempts = models.PositiveSmallIntegerField(_("已试次数"), default=0)
    sent_at = models.DateTimeField(_("发出时间"), null=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    trouble = models.TextField(_("未送达原因"), blank=True)
    reason = models.CharField(_("原因"), max_length=8, choices=Reason, blank=True, default="")
    led_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="along", verbose_name=_("并入"))
    given_up_at = models.DateTimeField(_("不再发送"), null=True)
    given_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("由谁停发")
    )
    given_up_because = models.CharField(_("为什么不再发送"), max_length=200, blank=True, default="")

    objects = NoticeManager()

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        permissions = [("handle_notice", _("重发、停发通知"))]
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient_key", "channel"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(sent_at=None), name="notice_waiting"),
            models.Index(fields=["user", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient_key", "channel", "sent_at"], name="notice_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.get_channel_display()}"

    @classmethod
    def outward(cls, way: str, address: str, hours: Hours | None, **facts: Any) -> Notice:
        """A row that waits to be sent: for a moment, so that others may join, and through the quiet hours."""
        now = timezone.now()
        due = after_quiet(now + timedelta(seconds=settings.WEITAI_NOTICE_WINDOW), hours)
        return cls(channel=way, recipient_key=recipient_key(way, address), created_at=now, next_try_at=due, **facts)

    # --- one attempt ------------------------------------------------------------------------------
    @transaction.atomic
    def claim(self, at: datetime) -> bool:
        """Take this notice for one attempt, and what waits for the same recipient along with a first one; False when
        another worker has it. Backs off 1, 2, 4 … minutes.

        What was tried once keeps its company for ever: the provider may have taken it under its key.
        """
        attempt = self.attempts + 1
        later = None if attempt >= MAX_ATTEMPTS else at + timedelta(minutes=2 ** (attempt - 1))
        locked = self._held_together()
        if self.pk not in locked:
            return False
        Notice.objects.filter(pk=self.pk).update(attempts=F("attempts") + 1, next_try_at=later)
        others = [pk for pk in locked if pk != self.pk]
        if self.attempts == 0 and others:
            Notice.objects.filter(pk__in=others).update(led_by=self, next_try_at=None)
        return True

    def _held_together(self) -> list[int]:
        """This row as it was read, and what else waits for the recipient and was never tried, under lock. Rows that
        another worker holds are passed by, so that two never wait for each other. (SQLite writes one at a time.)"""
        fresh = Q(recipient_key=self.recipient_key, channel=self.channel, attempts=0, next_try_at__isnull=False)
        rows = Notice.objects.select_for_update(skip_locked=True).filter(
            Q(pk=self.pk, attempts=self.attempts) | fresh, sent_at=None, led_by=None, given_up_at=None
        )
        return list(rows.order_by("pk").values_list("pk", flat=True))

    def _together(self) -> NoticeQuerySet:
        """This row and those that it leads, as long as they are not sent."""
        return Notice.objects.filter(Q(pk=self.pk) | Q(led_by=self.pk), sent_at=None)

    def put_off(self, until: datetime) -> None:
        """Not now, and not counted as an attempt."""
        Notice.objects.filter(pk=self.pk, sent_at=None, attempts=self.attempts, led_by=None).update(next_try_at=until)

    def delivered(self, at: datetime) -> None:
        self._together().update(sent_at=at, next_try_at=None, trouble="", reason="")

    def failed(self, trouble: str, reason: str = Reason.OTHER, *, for_good: bool = False) -> None:
        """Not sent; tried again as `claim` has set it, or `for_good` never by itself."""
        facts: dict[str, Any] = {"trouble": trouble[:500], "reason": reason}
        if for_good:
            facts["next_try_at"] = None
        Notice.objects.filter(pk=self.pk, sent_at=None).update(**facts)

    # --- what the office does about a stuck one ---------------------------------------------------
    def retry(self, at: datetime | None = None) -> bool:
        """Try again from now on; False when it is not stuck."""
        return bool(Notice.objects.filter(pk=self.pk).retry(at))

    def give_up(self, because: str, by: Any = None, at: datetime | None = None) -> bool:
        """Sent no more, with the reason on record; False when it is not stuck."""
        stuck = Notice.objects.stuck().filter(pk=self.pk).exists()
        facts = {"given_up_at": at or timezone.now(), "given_up_by": by, "given_up_because": because[:200]}
        return stuck and bool(self._together().update(**facts, next_try_at=None))


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
    event, state = f"suggestion-move:{move.pk}", move.new_label
    authors = tell_authors([suggestion], event=event, text=said, state=state)
    if move.verb in FOLLOWED and not suggestion.is_hidden:
        tell_followers([suggestion], event=event, text=suggestion.hide_in(said), state=state, but=authors)


def tell_authors(leads: Iterable[Suggestion], *, event: str, text: str, state: str = "") -> set[int]:
    """Tell the authors of suggestions, and of those merged into them, one thing. Whoever wrote several of them hears
    it once, with all the numbers. The accounts that were told."""
    people: dict[tuple[str, Any], list[Suggestion]] = {}
    for one in _worked_on_together(leads).select_related("author__reach", "subscription"):
        ear = ("user", one.author_id) if one.author_id else author_reached(one)
        if ear[0]:
            people.setdefault(ear, []).append(one)
    for (way, _address), own in people.items():
        first, numbers = own[0], "、".join(one.number for one in own)
        words = str(_("您的建议 %(number)s：%(text)s") % {"number": numbers, "text": text})
        facts = {"number": first.number, "state": state or str(_("有新进展"))}
        url = first.get_absolute_url()
        if way == Way.MAIL:
            Notice.objects.tell_receipt(first.subscription, event, words, url=url, facts=facts)
        else:
            Notice.objects.tell(event, words, user=first.author, phone=first.phone, url=url, facts=facts)
    return {who for way, who in people if way == "user"}


def tell_followers(
    leads: Iterable[Suggestion], *, event: str, text: str, state: str = "", but: Collection[int] = ()
) -> None:
    """Tell whoever follows one of these suggestions, or one merged into them, each once; `but` these accounts. The text
    is for anybody."""
    together = _worked_on_together(leads)
    users = get_user_model().objects.filter(is_active=True, follows__suggestion__in=together).exclude(pk__in=but)
    lead = together[0]
    words = str(_("您关注的建议《%(title)s》：%(text)s") % {"title": lead.public_title, "text": text})
    facts = {"number": lead.number, "state": state or str(_("有新进展"))}
    url = lead.get_absolute_url()
    everybody = users.select_related("reach").distinct()
    Notice.objects.tell_accounts(event, words, everybody, url=url, kind=Kind.FOLLOWED, facts=facts)


def _worked_on_together(leads: Iterable[Suggestion]) -> Any:
    """These, then those merged into them, by number."""
    from portal.models.suggestion import Suggestion

    pks = [one.pk for one in leads]
    together = Suggestion.objects.filter(Q(pk__in=pks) | Q(lead__in=pks))
    return together.order_by(F("lead").asc(nulls_first=True), "pk")


def tell_unit(unit: Unit, *, event: str, text: str, url: str = "/desk/", roles: tuple[str, ...] = ("clerk",)) -> None:
    """Tell the people who act for a unit, as each of them chose; in their inbox always."""
    people = unit.memberships.filter(is_active=True, role__in=roles, user__is_active=True).select_related("user__reach")
    users = {membership.user for membership in people}
    Notice.objects.tell_accounts(event, text, users, url=url, kind=Kind.DUTY, facts={"number": "", "state": text})
