"""Notices that stopped: the office sees why, sends them again or gives them up with a reason, and sees no phone."""

import pytest
from django.urls import reverse

from portal.models import Notice
from portal.tasks import deliver_waiting
from tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db


def stuck(**facts):
    return NoticeFactory(stuck=True, **({"reason": "gateway"} | facts))


@pytest.fixture
def taken(monkeypatch):
    """The keys that the gateway took."""
    keys = []

    class Gateway:
        def send(self, address, message, *, key, again=False):
            keys.append(key)

    monkeypatch.setattr("portal.channels.sms.gateway", Gateway)
    return keys


def test_the_list_says_why_and_shows_no_whole_phone(officer, sign_in):
    stuck(phone="13912345678", text="您的建议 WJ2026-000001 已受理，回电 13912345678")
    NoticeFactory(text="已经发出的")
    page = sign_in(officer).get(reverse("office:stuck")).content.decode()
    assert "网关没有应答" in page and "139****5678" in page
    assert "13912345678" not in page and "已经发出的" not in page


def test_sending_again_delivers_once_and_empties_the_list(officer, sign_in, taken):
    one, browser = stuck(phone="13912345678"), sign_in(officer)
    assert browser.get(reverse("office:stuck_retry", args=[one.pk])).status_code == 200
    assert Notice.objects.stuck().count() == 1  # asking did nothing
    browser.post(reverse("office:stuck_retry", args=[one.pk]))
    browser.post(reverse("office:stuck_retry", args=[one.pk]))
    deliver_waiting()
    deliver_waiting()
    assert len(taken) == 1
    assert not Notice.objects.stuck().exists()


def test_all_under_a_filter_are_sent_again_and_no_others(officer, sign_in):
    gateway, address = stuck(event="a"), stuck(event="b", reason="address", phone="13700000002")
    sign_in(officer).post(reverse("office:stuck_retry_all") + "?reason=gateway")
    assert list(Notice.objects.stuck()) == [address]
    gateway.refresh_from_db()
    assert gateway.next_try_at is not None


def test_giving_up_takes_a_reason_and_says_who(officer, sign_in):
    one, browser = stuck(), sign_in(officer)
    address = reverse("office:stuck_give_up", args=[one.pk])
    browser.post(address, {"reason": ""})
    assert Notice.objects.stuck().count() == 1
    browser.post(address, {"reason": "号码已停机，已当面告知本人"})
    one.refresh_from_db()
    assert (one.given_up_by, one.given_up_because) == (officer, "号码已停机，已当面告知本人")
    assert not Notice.objects.stuck().exists()
    browser.post(reverse("office:stuck_retry", args=[one.pk]))
    one.refresh_from_db()
    assert one.next_try_at is None  # given up stays given up


def test_an_auditor_reads_and_changes_nothing(auditor, sign_in):
    one, browser = stuck(), sign_in(auditor)
    assert browser.get(reverse("office:stuck")).status_code == 200
    browser.post(reverse("office:stuck_retry", args=[one.pk]))
    browser.post(reverse("office:stuck_retry_all"))
    assert Notice.objects.stuck().count() == 1


def test_the_list_costs_the_same_for_one_and_for_many(officer, sign_in, django_assert_max_num_queries):
    browser = sign_in(officer)
    stuck(event="first")
    browser.get(reverse("office:stuck"))
    for n in range(4):
        stuck(event=f"more-{n}", phone=f"1370000000{n}", user=officer)
    with django_assert_max_num_queries(16):
        page = browser.get(reverse("office:stuck"))
    assert page.context["shown"] == 5
