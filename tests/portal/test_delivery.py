"""From the outbox to the person: over the ways they chose, not at night, several at once, once each whatever breaks."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from portal import delivery
from portal.channels.base import PermanentTrouble, Reason, TemporaryTrouble
from portal.models import Notice, Reach
from portal.models.notice import tell_unit
from portal.models.reach import after_quiet
from tests.cast import own_unit, person
from tests.factories import CitizenFactory
from tests.providers import world as world

PHONE = "13812345678"
NIGHT, MORNING = datetime(2026, 3, 3, 14, 30, tzinfo=UTC), datetime(2026, 3, 4, 0, 0, tzinfo=UTC)  # 22:30 and 08:00
pytestmark = pytest.mark.django_db


class Fake:
    """Keeps what it took; `trouble` is raised instead while there is some."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.trouble: Exception | None = None
        self.lock = threading.Lock()

    def __call__(self) -> Fake:
        return self

    def send(self, address: str, message: Any, *, key: str, again: bool = False) -> None:
        if self.trouble:
            raise self.trouble
        with self.lock:
            self.sent.append((address, message.text, key))

    @property
    def texts(self) -> list[str]:
        return [text for _address, text, _key in self.sent]


@pytest.fixture
def ways(monkeypatch: Any) -> dict[str, Fake]:
    fakes = {"sms": Fake(), "wechat": Fake(), "mail": Fake()}
    monkeypatch.setattr("portal.channels.sms.gateway", fakes["sms"])
    monkeypatch.setattr("portal.channels.wechat.account", fakes["wechat"])
    monkeypatch.setattr("portal.channels.mail.post", fakes["mail"])
    return fakes


def with_everything(**wishes: str) -> Any:
    """A citizen who can be reached in every way, with wishes such as own="sms mail"."""
    user = CitizenFactory()
    reach = Reach.objects.ready(user)
    reach.confirm_mail("citizen@mail.example")
    reach.bind(f"openid-{user.pk}")
    for kind, chosen in wishes.items():
        reach.choose(kind, chosen.split())
    reach.quiet = False
    reach.save()
    return type(user).objects.get(pk=user.pk)


def channels_of(user: Any) -> set[str]:
    return set(Notice.objects.filter(user=user).values_list("channel", flat=True))


# --- over which way -----------------------------------------------------------------------------
def test_before_anybody_chose_own_news_come_by_sms_and_followed_ones_to_the_inbox() -> None:
    user = CitizenFactory()
    Notice.objects.tell("a", "您的建议", user=user)
    assert channels_of(user) == {"in_app", "sms"}
    Notice.objects.all().delete()
    Notice.objects.tell("b", "您关注的建议", user=user, kind="followed")
    assert channels_of(user) == {"in_app"}


def test_each_kind_comes_over_the_ways_chosen_for_it(ways: Any) -> None:
    user = with_everything(own="wechat", followed="mail in_app", duty="")
    for kind in ("own", "followed", "duty"):
        Notice.objects.tell(f"event:{kind}", f"消息{kind}", user=user, kind=kind)
    delivery.deliver_batch()
    assert ways["sms"].texts == [] and ways["wechat"].texts == ["消息own"] and "消息followed" in ways["mail"].texts[0]
    inbox = set(Notice.objects.inbox_of(user).values_list("text", flat=True))
    assert inbox == {"消息followed", "消息duty"}, "what somebody has to do is always in the inbox"


def test_an_address_that_is_not_confirmed_or_was_removed_gets_nothing(ways: Any) -> None:
    user = with_everything(own="mail wechat")
    Notice.objects.tell("before", "还没有发", user=user)
    Reach.objects.get(user=user).drop_mail()
    Reach.objects.get(user=user).unbind()
    delivery.deliver_batch()
    user = type(user).objects.get(pk=user.pk)
    Notice.objects.tell("after", "以后的", user=user)
    delivery.deliver_batch()
    assert not ways["mail"].sent and not ways["wechat"].sent


def test_what_units_are_told_follows_the_wishes_of_each_of_their_people(ways: Any) -> None:
    clerk = person("clerk")
    reach = Reach.objects.ready(clerk)
    reach.choose("duty", [])
    reach.save()
    person("unit_leader")
    tell_unit(own_unit(), event="duty:1", text="有一件要答复", roles=("clerk", "leader"))
    delivery.deliver_batch()
    assert [address for address, *_ in ways["sms"].sent] == [person("unit_leader").phone]
    assert Notice.objects.inbox_of(clerk).count() == 1


# --- when ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-03 20:59", "2026-03-03 20:59"),
        ("2026-03-03 21:00", "2026-03-04 08:00"),
        ("2026-03-04 03:00", "2026-03-04 08:00"),
        ("2026-03-04 08:00", "2026-03-04 08:00"),
        ("2026-12-31 23:00", "2027-01-01 08:00"),
    ],
)
def test_the_quiet_hours_end_in_the_morning(at: str, until: str) -> None:
    moment = timezone.make_aware(datetime.fromisoformat(at))
    assert after_quiet(moment, (time(21), time(8))) == timezone.make_aware(datetime.fromisoformat(until))


def test_at_night_the_inbox_has_it_at_once_and_everything_else_waits_for_one_message_in_the_morning(
    ways: Any, settings: Any
) -> None:
    settings.WEITAI_QUIET_HOURS = "21:00-08:00"
    user = CitizenFactory()
    with time_machine.travel(NIGHT, tick=False):
        for n in range(3):
            Notice.objects.tell(f"e:{n}", f"消息{n}", user=user, facts={"number": f"WJ2026-00000{n}"})
        assert Notice.objects.inbox_of(user).filter(sent_at__isnull=False).count() == 3
        assert delivery.deliver_batch() == 0
    with time_machine.travel(MORNING - timedelta(minutes=1), tick=False):
        assert delivery.deliver_batch() == 0
    with time_machine.travel(MORNING, tick=False):
        assert delivery.deliver_batch() == 1
    assert ways["sms"].texts == ["您的 3 条建议有新进展。"]


def test_a_retry_never_falls_into_the_night(ways: Any, settings: Any) -> None:
    settings.WEITAI_QUIET_HOURS = "21:00-08:00"
    ways["sms"].trouble = TemporaryTrouble("忙", Reason.LIMIT)
    with time_machine.travel(NIGHT - timedelta(minutes=91), tick=False):  # 20:59
        Notice.objects.tell("e", "消息", phone=PHONE)
        delivery.deliver_batch()
    ways["sms"].trouble = None
    with time_machine.travel(NIGHT, tick=False):
        assert delivery.deliver_batch() == 0
    with time_machine.travel(MORNING, tick=False):
        assert delivery.deliver_batch() == 1


def test_a_phone_gets_so_many_messages_a_day_and_the_rest_in_one_the_next(ways: Any, settings: Any) -> None:
    settings.WEITAI_SMS_PER_DAY = 2
    noon = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    for n in range(5):
        with time_machine.travel(noon + timedelta(minutes=n), tick=False):
            Notice.objects.tell(f"e:{n}", f"消息{n}", phone=PHONE, facts={"number": f"WJ2026-00000{n}"})
            delivery.deliver_batch()
    assert ways["sms"].texts == ["消息0", "消息1"]
    with time_machine.travel(noon + timedelta(days=1), tick=False):
        delivery.deliver_batch()
    assert ways["sms"].texts[2:] == ["您的 3 条建议有新进展。"]


# --- several at once ----------------------------------------------------------------------------
def test_news_within_the_window_become_one_message_and_each_is_marked_delivered(ways: Any, settings: Any) -> None:
    settings.WEITAI_NOTICE_WINDOW = 120
    start = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    for n, seconds in enumerate((0, 60, 100)):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            Notice.objects.tell(f"e:{n}", f"消息{n}", phone=PHONE, facts={"number": "WJ2026-000001"})
            assert delivery.deliver_batch() == 0
    with time_machine.travel(start + timedelta(seconds=121), tick=False):
        assert delivery.deliver_batch() == 1
    assert ways["sms"].texts == ["您的建议 WJ2026-000001 有 3 次新进展。"]
    assert Notice.objects.filter(sent_at__isnull=False).count() == 3
    Notice.objects.tell("e:0", "消息0", phone=PHONE)
    assert delivery.deliver_batch() == 0, "an event that went out in company does not go out again"


def test_an_email_about_several_things_tells_each(ways: Any) -> None:
    user = with_everything(own="mail")
    for n in range(2):
        Notice.objects.tell(f"e:{n}", f"第{n}件的消息", user=user, facts={"number": str(n)})
    delivery.deliver_batch()
    (text,) = ways["mail"].texts
    assert "您的 2 条建议有新进展。" in text and "第0件的消息" in text and "第1件的消息" in text


# --- trouble ------------------------------------------------------------------------------------
def test_what_wechat_does_not_take_goes_by_sms_once_if_the_person_allows(ways: Any) -> None:
    ways["wechat"].trouble = PermanentTrouble("没有关注（43004）", Reason.REFUSED)
    allowed, refused = with_everything(own="wechat"), with_everything(own="wechat")
    Reach.objects.filter(user=refused).update(sms_instead=False)
    for user in (allowed, refused):
        Notice.objects.tell("e", "消息", user=user)
    for _ in range(3):
        delivery.deliver_batch()
    assert ways["sms"].sent == [(allowed.phone, "消息", ways["sms"].sent[0][2])]
    stuck = Notice.objects.stuck().get()
    assert (stuck.user, stuck.reason) == (refused, Reason.REFUSED)
    assert "改发短信" in Notice.objects.get(user=allowed, channel="wechat").given_up_because


def test_trouble_for_good_is_not_tried_again_and_tells_no_secret(ways: Any) -> None:
    ways["sms"].trouble = PermanentTrouble("号码不存在", Reason.ADDRESS)
    Notice.objects.tell("e", "消息", phone=PHONE)
    assert delivery.deliver_batch() == delivery.deliver_batch() == 0
    one = Notice.objects.stuck().get()
    assert (one.attempts, one.trouble, one.reason) == (1, "号码不存在", Reason.ADDRESS)
    one.retry()
    ways["sms"].trouble = RuntimeError(f"unexpected words with {PHONE}")
    delivery.deliver_batch()
    one.refresh_from_db()
    assert one.trouble == "RuntimeError"


def test_a_channel_that_is_down_rests_until_the_next_sweep_and_holds_up_no_other(ways: Any) -> None:
    ways["sms"].trouble = TemporaryTrouble("网关没有应答", Reason.GATEWAY)
    for n in range(8):
        Notice.objects.tell(f"e:{n}", "消息", phone=f"1380000000{n}")
    user = with_everything(own="mail")
    Notice.objects.tell("e:mail", "消息", user=user)
    assert delivery.deliver_batch() == 1
    assert Notice.objects.filter(attempts=1, channel="sms").count() == delivery.BROKEN


# --- once, whatever happens ---------------------------------------------------------------------
PEOPLE, EACH = 6, 4


def outbox() -> None:
    for n in range(PEOPLE):
        for e in range(EACH):
            Notice.objects.tell(f"e:{e}", f"消息{e}", phone=f"1390000000{n}", facts={"number": str(e)})


def two_workers() -> None:
    gate = threading.Barrier(2)

    def work() -> None:
        try:
            gate.wait()
            delivery.deliver_batch()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_the_same_batch_tell_everybody_once(ways: Any, settings: Any) -> None:
    settings.WEITAI_NOTICE_WINDOW = 1  # no hint to the worker
    outbox()
    Notice.objects.update(next_try_at=timezone.now())
    two_workers()
    keys = Counter(key for _address, _text, key in ways["sms"].sent)
    assert set(keys.values()) == {1}
    assert Notice.objects.filter(sent_at=None).count() == 0
    leaders = Notice.objects.filter(led_by=None)
    assert {f"notice-{one.pk}" for one in leaders} == set(keys)
    assert sum(1 + one.along.count() for one in leaders) == PEOPLE * EACH


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_workers_tell_some_people_twice(ways: Any, settings: Any, monkeypatch: Any) -> None:
    """The control: the same race with a look instead of the claim."""
    settings.WEITAI_NOTICE_WINDOW = 1
    both_looked = threading.Barrier(2)

    def looks(self: Notice, at: datetime) -> bool:
        free = Notice.objects.filter(pk=self.pk, sent_at=None).exists()
        both_looked.wait(5)
        return free

    monkeypatch.setattr(Notice, "claim", looks)
    outbox()
    Notice.objects.update(next_try_at=timezone.now())
    two_workers()
    assert max(Counter(key for _address, _text, key in ways["sms"].sent).values()) == 2


class Killed(BaseException):
    """The process is gone: no handler of ours runs."""


@pytest.mark.parametrize("backend", ["sms.HttpGateway", "aliyun.AliyunGateway"])
def test_a_worker_killed_after_the_gateway_took_it_sends_one_message(
    world: Any, settings: Any, monkeypatch: Any, backend: str
) -> None:
    settings.SMS_BACKEND = f"portal.channels.{backend}"
    settings.WEITAI_NOTICE_WINDOW = 1
    Notice.objects.tell("e", "消息", phone=PHONE, facts={"number": "WJ2026-000001", "state": "已答复"})

    def dies(self: Notice, at: datetime) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Notice, "delivered", dies)
        delivery.deliver_batch(timezone.now() + timedelta(seconds=2))
    assert Notice.objects.get().sent_at is None
    assert delivery.deliver_batch(timezone.now() + timedelta(minutes=5)) == 1
    assert len(world.http) + len(world.sms) == 1
    assert Notice.objects.get().sent_at is not None
