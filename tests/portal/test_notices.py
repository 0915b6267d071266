"""The outbox: written with the move, delivered once, stuck with a reason, healed by the sweep."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.channels.base import TemporaryTrouble
from portal.channels.demo import DEMO_KEY
from portal.delivery import deliver
from portal.models import Notice
from portal.models.notice import MAX_ATTEMPTS
from portal.tasks import deliver_waiting
from tests.factories import SuggestionFactory

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


class Broken:
    def send(self, address, message, *, key, again=False):
        raise TemporaryTrouble("网关没有应答")


@pytest.fixture
def sent():
    from django.core.cache import cache

    return lambda: cache.get(DEMO_KEY, [])


def test_one_event_reaches_one_recipient_once_however_often_it_is_told(sent):
    for _ in range(5):
        Notice.objects.tell("event:1", "您的建议已受理", phone=PHONE)
    assert Notice.objects.count() == 1
    deliver_waiting()
    deliver_waiting()
    assert [message["phone"] for message in sent()] == [PHONE]


def test_a_move_that_is_rolled_back_tells_nobody(officer):
    from django.db import transaction

    suggestion = SuggestionFactory(phone=PHONE)
    with pytest.raises(RuntimeError), transaction.atomic():
        suggestion.accept(officer)
        raise RuntimeError
    assert not Notice.objects.filter(event__startswith="suggestion-move").exists()


def test_authors_of_merged_suggestions_are_told_of_the_decision(officer, office_leader):
    from portal.models import Decision

    lead = SuggestionFactory(open=True, phone="13800000001")
    other = SuggestionFactory(open=True, phone="13800000002")
    other.merge_into(lead, officer)
    Notice.objects.all().delete()
    Decision.objects.propose(lead, by=officer, route="decline", reason="国家已有统一规定").approve(office_leader)
    assert {notice.phone for notice in Notice.objects.filter(channel="sms")} == {"13800000001", "13800000002"}


def test_a_failed_notice_waits_longer_each_time_and_ends_stuck_with_its_reason(monkeypatch):
    monkeypatch.setattr("portal.channels.sms.gateway", Broken)
    Notice.objects.tell("event:1", "您的建议已受理", phone=PHONE)
    waits = []
    for _ in range(MAX_ATTEMPTS):
        notice = Notice.objects.get()
        assert notice.next_try_at is not None
        Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        notice.refresh_from_db()
        began = timezone.now()
        with pytest.raises(TemporaryTrouble):
            deliver(notice)
        notice.refresh_from_db()
        waits.append(notice.next_try_at and round((notice.next_try_at - began).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 16, None]
    assert list(Notice.objects.stuck()) == [notice]
    assert "网关没有应答" in notice.trouble
    assert deliver_waiting() == 0


def test_two_workers_with_the_same_notice_send_it_once(sent):
    Notice.objects.tell("event:1", "您的建议已受理", phone=PHONE)
    Notice.objects.update(sent_at=None, attempts=0, next_try_at=timezone.now())
    first, second = Notice.objects.get(), Notice.objects.get()
    assert deliver(first)
    assert not deliver(second)
    assert len(sent()) == 1


def test_the_sweep_sends_what_a_lost_hint_left_behind(sent, monkeypatch):
    monkeypatch.setattr("portal.tasks.deliver_waiting.delay", lambda: None)
    Notice.objects.tell("event:1", "您的建议已受理", phone=PHONE)
    assert not sent()
    assert deliver_waiting() == 1
    assert len(sent()) == 1
