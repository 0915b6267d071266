"""Sending what waits in the outbox: who holds it back, what is said, what becomes of it.

A notice is claimed before it is handed over, so that two workers never send the same one; its key makes a second attempt
after a crash the same message for the provider.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.channels import mail, sms, wechat
from portal.channels.base import Channel, Message, PermanentTrouble, Reason, TemporaryTrouble, Trouble
from portal.models import Kind, Notice, Reach, Way
from portal.models.reach import after_quiet, city_hours

log = logging.getLogger(__name__)
BATCH = 200
BROKEN = 3  # so many failures one after the other, and a channel rests until the next sweep
STOP = "portal.stop-mail"


def deliver_batch(at: datetime | None = None) -> int:
    """Send what is due, oldest first; how many messages went out."""
    sent, failures = 0, Counter[str]()
    related = ("user__reach", "subscription__suggestion")
    for notice in Notice.objects.waiting(at).select_related(*related)[:BATCH]:
        if failures[notice.channel] >= BROKEN:
            continue
        try:
            sent += deliver(notice, at)
            failures[notice.channel] = 0
        except TemporaryTrouble:
            failures[notice.channel] += 1
    return sent


def deliver(notice: Notice, at: datetime | None = None) -> bool:
    """One attempt at one notice and those that wait with it; False when it was put off, taken by another worker, or
    refused for good. Raises `TemporaryTrouble` after having written it down."""
    at = at or timezone.now()
    until = held_until(notice, at)
    if until > at:
        notice.put_off(until)
        return False
    again = notice.attempts > 0
    if not notice.claim(at):
        return False
    rows = [notice, *Notice.objects.filter(led_by=notice).order_by("pk")]
    try:
        address = address_of(notice)
        if not address:
            raise PermanentTrouble(_("没有可用的地址：已解除绑定或已退订。"), Reason.REFUSED)
        channel_of(notice).send(address, message_of(rows), key=f"notice-{notice.pk}", again=again)
    except Exception as trouble:
        _write_down(rows, trouble)
        if isinstance(trouble, PermanentTrouble):
            return False
        raise TemporaryTrouble(str(trouble)) from trouble
    notice.delivered(timezone.now())
    return True


def channel_of(notice: Notice) -> Channel:
    """Raises `PermanentTrouble` when the city does not have it."""
    found = {Way.SMS: sms.gateway, Way.WECHAT: wechat.account, Way.MAIL: mail.post}[Way(notice.channel)]()
    if found is None:
        raise PermanentTrouble(_("这个渠道没有开通。"), Reason.ACCOUNT)
    return found


def address_of(notice: Notice) -> str:
    """Where it goes now; "" when the person has left that place meanwhile."""
    if notice.channel == Way.SMS:
        return notice.phone
    if notice.subscription is not None:
        return notice.subscription.mail if notice.subscription.mail_confirmed_at else ""
    return Reach.objects.of(notice.user).address(notice.channel) if notice.user else ""


# --- when ---------------------------------------------------------------------------------------
def held_until(notice: Notice, at: datetime) -> datetime:
    """The first moment at which it may go out: not in quiet hours, and not one message too many for a phone that day."""
    hours = Reach.objects.of(notice.user).hours() if notice.user else city_hours()
    if notice.channel == Way.SMS and notice.attempts == 0 and _sent_today(notice, at) >= settings.WEITAI_SMS_PER_DAY:
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return after_quiet(midnight, hours)
    return after_quiet(at, hours)


def _sent_today(notice: Notice, at: datetime) -> int:
    """Messages that this phone got today; those that went out together are one."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Notice.objects.filter(recipient_key=notice.recipient_key, channel=notice.channel, sent_at__gte=midnight)
    return rows.filter(led_by=None).count()


# --- what ---------------------------------------------------------------------------------------
def message_of(rows: list[Notice]) -> Message:
    """What is said: the event itself, or of several how many there are."""
    lead = rows[0]
    if len(rows) == 1:
        message = Message(lead.text, lead.kind, lead.facts, lead.url)
    else:
        heading, facts = _in_one(rows)
        text = "\n".join([heading, "", *(row.text for row in rows)]) if lead.channel == Way.MAIL else heading
        home = reverse("portal:mine" if lead.user_id else "portal:track")
        message = Message(text, "group", facts | {"subject": heading}, home)
    if lead.channel == Way.MAIL:
        return Message(message.text, message.template, dict(message.facts) | {"stop": stop_path(lead)}, message.path)
    return message


def _in_one(rows: Iterable[Notice]) -> tuple[str, dict[str, str]]:
    """One sentence about several events, and what a provider's template asks."""
    rows = list(rows)
    kinds, about = {row.kind for row in rows}, {row.facts.get("number", "") for row in rows}
    count = len(rows)
    match kinds.pop() if len(kinds) == 1 else "":
        case Kind.OWN if len(about) == 1:
            text = _("您的建议 %(number)s 有 %(n)d 次新进展。") % {"number": about.pop(), "n": count}
        case Kind.OWN:
            count = len(about)
            text = _("您的 %d 条建议有新进展。") % count
        case Kind.FOLLOWED:
            count = len(about)
            text = _("您关注的 %d 条建议有新进展。") % count
        case Kind.DUTY:
            text = _("您有 %d 件要办的事。") % count
        case _mixed:
            text = _("您有 %d 条新消息。") % count
    return text, {"count": str(count), "state": text, "number": ""}


def stop_path(notice: Notice) -> str:
    """The page on which an e-mail's reader stops them; it asks before it acts."""
    whose = {"receipt": notice.subscription_id} if notice.subscription_id else {"user": notice.user_id}
    return reverse("portal:reach_stop", args=[signing.dumps(whose, salt=STOP)])


# --- what becomes of it -------------------------------------------------------------------------
def _write_down(rows: list[Notice], trouble: Exception) -> None:
    """Keep the reason. News that WeChat does not take for good goes by SMS, if the person allows."""
    lead = rows[0]
    reason = trouble.reason if isinstance(trouble, Trouble) else Reason.OTHER
    said = str(trouble) if isinstance(trouble, Trouble) else type(trouble).__name__
    lead.failed(said, reason, for_good=isinstance(trouble, PermanentTrouble))
    log.warning("Notice %s not delivered: %s", lead.pk, said)
    lead.refresh_from_db(fields=["next_try_at"])
    if lead.channel == Way.WECHAT and lead.next_try_at is None and lead.user is not None:
        reach = Reach.objects.of(lead.user)
        if reach.sms_instead and reach.address(Way.SMS):
            Notice.objects.by_sms_instead(rows, reach)
            lead.give_up(_("已改发短信。"))
