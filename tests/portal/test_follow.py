"""关注: one press, stopped as easily; followers and authors hear each public step once, however things are merged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from portal.models import Decision, Follow, Notice
from tests.cast import person
from tests.factories import CitizenFactory, ProjectFactory, ReportFactory, SuggestionFactory
from voting.models import Support

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}
REASON = "由市教育局牵头，九月底前在三所学校试行。"


def url(one: Any) -> str:
    return f"/suggestions/{one.number}/follow/"


def told(user: Any) -> list[str]:
    return list(Notice.objects.filter(user=user, channel="in_app").order_by("pk").values_list("text", flat=True))


def decide(one: Any, route: str = "adopt") -> None:
    one.refresh_from_db()
    Decision.objects.propose(one, by=person("officer"), route=route, reason=REASON).approve(person("office_leader"))


# --- following ----------------------------------------------------------------------------------
def test_one_press_follows_a_second_press_changes_nothing_and_it_is_stopped_as_easily(sign_in: Any) -> None:
    one, client = SuggestionFactory(open=True), sign_in(person("stranger"))
    for _ in range(2):
        page = client.post(url(one), {"on": "1"}, follow=True).content.decode()
    assert Follow.objects.count() == 1
    assert "已关注，有进展会告诉您" in page and "取消关注" in page
    client.post(url(one), {"on": "0"})
    assert not Follow.objects.exists()


def test_how_many_follow_is_public_and_who_is_not(client: Client) -> None:
    one = SuggestionFactory(open=True)
    for user in (person("stranger"), CitizenFactory(display_name="从不公开的人")):
        Follow.objects.keep(one, user)
    page = client.get(one.get_absolute_url()).content.decode()
    assert '<b class="num">2</b> 人关注' in page
    assert "路人甲" not in page and "从不公开的人" not in page


def test_without_an_account_the_way_leads_over_signing_in_and_back(client: Client) -> None:
    one = SuggestionFactory(open=True)
    assert client.post(url(one))["Location"] == f"/accounts/login/?next=/suggestions/{one.number}/"
    assert client.post(url(one), **JSON).status_code == 401


def test_one_press_supports_and_follows_and_unticked_it_only_supports(sign_in: Any) -> None:
    both, only = SuggestionFactory(open=True), SuggestionFactory(open=True)
    client = sign_in(person("stranger"))
    answer = client.post(f"/suggestions/{both.number}/support/", {"follow": "1"}, **JSON)
    assert answer.json() == {"state": "given", "message": "已附议并关注"}
    client.post(f"/suggestions/{only.number}/support/")
    assert Support.objects.count() == 2
    assert [row.suggestion for row in Follow.objects.all()] == [both]


def test_what_is_not_public_cannot_be_followed_and_what_became_private_can_be_left(sign_in: Any) -> None:
    hidden, one, client = SuggestionFactory(), SuggestionFactory(open=True), sign_in(person("stranger"))
    for on in ("1", "0"):
        assert client.post(url(hidden), {"on": on}).status_code == 404
    client.post(url(one))
    one.is_public = False
    one.save()
    assert client.post(url(one), {"on": "0", "next": "/accounts/mine/"})["Location"] == "/accounts/mine/"
    assert not Follow.objects.exists()


# --- hearing of it ------------------------------------------------------------------------------
def test_followers_of_merged_suggestions_hear_of_the_lead_once_each(officer: Any) -> None:
    lead, other = SuggestionFactory(open=True), SuggestionFactory(open=True)
    one_of_lead, one_of_other, of_both = (CitizenFactory() for _ in range(3))
    for suggestion, user in ((lead, one_of_lead), (other, one_of_other), (lead, of_both), (other, of_both)):
        Follow.objects.keep(suggestion, user)
    other.merge_into(lead, officer)
    Notice.objects.all().delete()
    decide(lead)
    for user in (one_of_lead, one_of_other, of_both):
        assert told(user) == [f"您关注的建议《{lead.public_title}》：采纳，纳入项目库。{REASON}"]
    assert Follow.objects.count_for(lead) == Follow.objects.count_for(other) == 3
    Follow.objects.drop(lead, of_both)
    assert not Follow.objects.filter(user=of_both).exists()


def test_an_author_of_several_merged_suggestions_hears_of_a_decision_once_with_all_numbers(officer: Any) -> None:
    citizen, phone = person("citizen"), "13700000001"
    lead = SuggestionFactory(open=True, author=citizen)
    own_too = SuggestionFactory(open=True, author=citizen)
    by_phone = [SuggestionFactory(open=True, phone=phone) for _ in range(2)]
    Follow.objects.keep(by_phone[0], citizen)
    for one in (own_too, *by_phone):
        one.merge_into(lead, officer)
    Notice.objects.all().delete()
    decide(lead)
    assert told(citizen) == [f"您的建议 {lead.number}、{own_too.number}：采纳，纳入项目库。{REASON}"]
    sent = [notice.text for notice in Notice.objects.filter(channel="sms") if notice.phone == phone]
    assert sent == [f"您的建议 {by_phone[0].number}、{by_phone[1].number}：采纳，纳入项目库。{REASON}"]


def test_followers_read_what_the_public_reads_and_no_step_that_is_not_public(officer: Any) -> None:
    one = SuggestionFactory(open=True, name="赵铁柱", body="我叫赵铁柱，电话 13912345678，路灯坏了。")
    follower = CitizenFactory()
    Follow.objects.keep(one, follower)
    decision = Decision.objects.propose(one, by=officer, route="decline", reason="已致电赵铁柱 13912345678 说明。")
    assert told(follower) == []
    decision.approve(person("office_leader"))
    (text,) = told(follower)
    assert "不予采纳" in text and "赵铁柱" not in text and "13912345678" not in text


def test_authors_and_followers_hear_of_the_projects_start_reports_and_conclusion_once_each() -> None:
    project = ProjectFactory(planned=True)
    author, follower = person("citizen"), CitizenFactory()
    one = SuggestionFactory(adopted=True, author=author)
    project.add_sources([one])
    Follow.objects.keep(one, follower)
    Notice.objects.all().delete()
    project.start()
    ReportFactory(project=project, kind="month", accepted=True)
    ReportFactory(project=project, kind="quarter", accepted=True)
    for user, whose in ((author, f"您的建议 {one.number}"), (follower, f"您关注的建议《{one.public_title}》")):
        first, *rest = told(user)
        assert first == f"{whose}：项目《{project.title}》开始推进，进展都记在公开台账里。"
        assert len(rest) == 1 and "有了新进展" in rest[0] and "季度" in rest[0]


def test_a_page_costs_the_same_queries_with_one_follower_and_with_many(
    client: Client, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one = SuggestionFactory(open=True)
    client.get(one.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        client.get(one.get_absolute_url())
    assert len(captured) <= 8
    for _ in range(3):
        Follow.objects.keep(one, CitizenFactory())
    with django_assert_num_queries(len(captured)):
        client.get(one.get_absolute_url())
