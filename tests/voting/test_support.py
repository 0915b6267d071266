"""附议: one person, one suggestion, once; whoever asks, and however the suggestions are merged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.moves import MoveRefused
from portal.models import Suggestion
from tests.cast import person
from tests.factories import CitizenFactory, SuggestionFactory, SupportFactory, UserFactory
from voting.models import Support
from voting.tasks import recount_all, recount_recent

pytestmark = pytest.mark.django_db


def count_of(suggestion: Any) -> int:
    return Suggestion.objects.values_list("support_count", flat=True).get(pk=suggestion.pk)


@pytest.fixture
def open_one(db: None) -> Any:
    return SuggestionFactory(open=True)


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Any) -> Any:
    """Runs what waits for the commit, which a test's own transaction never reaches."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- the record ---------------------------------------------------------------------------------
def test_a_person_is_counted_once(open_one: Any, after_commit: Any) -> None:
    citizen = CitizenFactory()
    with after_commit():
        assert Support.objects.give(open_one, citizen) is True
        assert Support.objects.give(open_one, citizen) is False
    assert Support.objects.count() == 1 and count_of(open_one) == 1


def test_the_database_itself_refuses_a_second_row(open_one: Any) -> None:
    first = SupportFactory(suggestion=open_one)
    with pytest.raises(IntegrityError), transaction.atomic():
        Support(suggestion=open_one, person_tag=first.person_tag, level=1, at=timezone.now()).save(force_insert=True)


def test_what_is_stored_links_no_two_suggestions_of_a_person(open_one: Any) -> None:
    citizen, other = CitizenFactory(), SuggestionFactory(open=True)
    for one in (open_one, other):
        Support.objects.give(one, citizen)
    tags = set(Support.objects.values_list("person_tag", flat=True))
    assert len(tags) == 2
    assert not {field.name for field in Support._meta.concrete_fields} & {"user", "person", "phone"}


@pytest.mark.parametrize("state", ["adopted", "declined", "assigned", "answered", "closed"])
def test_a_decided_suggestion_takes_no_more_support_and_says_so(state: str) -> None:
    with pytest.raises(MoveRefused, match="已有去向，不再接受附议"):
        Support.objects.give(SuggestionFactory(**{state: True}), CitizenFactory())


def test_nobody_supports_their_own_or_without_a_phone(open_one: Any) -> None:
    author = CitizenFactory()
    with pytest.raises(MoveRefused, match="您自己提的"):
        Support.objects.give(SuggestionFactory(open=True, author=author), author)
    with pytest.raises(MoveRefused, match="手机号登录"):
        Support.objects.give(open_one, UserFactory())


def test_who_supported_before_the_decision_reads_that_they_did(open_one: Any) -> None:
    citizen = CitizenFactory()
    Support.objects.give(open_one, citizen)
    Suggestion.objects.filter(pk=open_one.pk).update(status="adopted")
    assert Support.objects.give(Suggestion.objects.get(pk=open_one.pk), citizen) is False


# --- merging ------------------------------------------------------------------------------------
@pytest.fixture
def merged(db: None) -> tuple[Any, Any, dict[str, Any]]:
    """A lead and a member, supported by one person each and by one person both."""
    people = {name: CitizenFactory() for name in ("lead", "member", "both")}
    lead, member = SuggestionFactory(open=True), SuggestionFactory(open=True)
    for name in ("lead", "both"):
        Support.objects.give(lead, people[name])
    for name in ("member", "both"):
        Support.objects.give(member, people[name])
    member.merge_into(lead, person("officer"))
    return lead, member, people


def test_merging_keeps_every_supporter_and_counts_none_twice(merged: Any) -> None:
    lead, _member, _people = merged
    assert Support.objects.count_for(lead.pk) == 3
    recount_recent()
    assert count_of(lead) == 3


def test_after_a_merge_everybody_who_supported_either_is_counted_already(merged: Any) -> None:
    lead, member, people = merged
    for supporter in people.values():
        assert Support.objects.give(lead, supporter) is False
        assert Support.objects.give(member, supporter) is False
    assert Support.objects.give(member, CitizenFactory()) is True  # counts for the lead
    assert Support.objects.filter(suggestion=lead).count() == 3 and Support.objects.count_for(lead.pk) == 4


def test_the_author_of_a_merged_suggestion_does_not_support_the_lead(merged: Any) -> None:
    lead, _member, _people = merged
    author = CitizenFactory()
    SuggestionFactory(open=True, author=author).merge_into(lead, person("officer"))
    with pytest.raises(MoveRefused, match="合并办理"):
        Support.objects.give(lead, author)


def test_undoing_a_merge_gives_each_its_own_supporters_back(merged: Any) -> None:
    lead, member, _people = merged
    recount_recent()
    member.unmerge(person("officer"))
    recount_recent()
    assert (count_of(lead), count_of(member)) == (2, 2)


# --- the stored counter -------------------------------------------------------------------------
def test_the_nightly_reconcile_sets_wrong_counters_right_and_reports_them(
    merged: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lead, member, _people = merged
    alone = SupportFactory().suggestion
    recount_all()
    assert recount_all() == 0
    caplog.clear()
    Suggestion.objects.filter(pk__in=[lead.pk, alone.pk]).update(support_count=99)
    assert recount_all() == 2
    assert (count_of(lead), count_of(member), count_of(alone)) == (3, 2, 1)
    assert "counters were wrong" in caplog.text


def test_a_lost_hint_is_made_up_for_by_the_sweep(open_one: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    SupportFactory(suggestion=open_one)
    SupportFactory(suggestion=SuggestionFactory(open=True), at=timezone.now() - timedelta(hours=1))
    assert recount_recent() == 1 and count_of(open_one) == 1


def test_a_rush_on_one_suggestion_counts_it_once_and_exactly(
    open_one: Any, after_commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a count is on its way nobody asks for another; one that comes in after it began does."""
    from voting import tasks

    asked: list[int] = []
    monkeypatch.setattr(tasks.recount, "delay", asked.append)
    for _ in range(3):
        with after_commit():
            SupportFactory(suggestion=open_one)
    assert asked == [open_one.pk]
    assert tasks.recount(open_one.pk) == 3
    with after_commit():
        SupportFactory(suggestion=open_one)
    assert asked == [open_one.pk] * 2


# --- over HTTP ----------------------------------------------------------------------------------
def post(client: Client, suggestion: Any, **extra: Any) -> Any:
    return client.post(reverse("voting:support", args=[suggestion.number]), **extra)


JSON = {"headers": {"accept": "application/json"}}


def test_the_first_time_leads_back_and_the_second_is_no_error(open_one: Any, sign_in: Any) -> None:
    client = sign_in(CitizenFactory())
    first = post(client, open_one, follow=True)
    assert first.redirect_chain == [(open_one.get_absolute_url(), 302)] and "已附议" in first.content.decode()
    second = post(client, open_one)
    assert second.status_code == 200 and "您已附议过" in second.content.decode()


def test_scripts_get_json(open_one: Any, sign_in: Any) -> None:
    client = sign_in(CitizenFactory())
    assert post(client, open_one, **JSON).json()["state"] == "given"
    again = post(client, open_one, **JSON)
    assert (again.status_code, again.json()) == (200, {"state": "already", "message": "您已附议过"})


def test_refusals_say_why(sign_in: Any) -> None:
    author = CitizenFactory()
    own, decided = SuggestionFactory(open=True, author=author), SuggestionFactory(adopted=True)
    client = sign_in(author)
    for one, why in ((own, "您自己提的"), (decided, "不再接受附议")):
        page, answer = post(client, one), post(client, one, **JSON)
        assert page.status_code == answer.status_code == 409
        assert why in page.content.decode() and why in answer.json()["message"]


def test_visitors_are_sent_to_sign_in_and_come_back_to_the_suggestion(open_one: Any, client: Client) -> None:
    answer = post(client, open_one)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next={open_one.get_absolute_url()}"
    assert post(client, open_one, **JSON).status_code == 401
    assert not Support.objects.exists()


def test_what_is_not_public_is_not_there(sign_in: Any) -> None:
    client = sign_in(CitizenFactory())
    for hidden in (SuggestionFactory(received=True), SuggestionFactory(open=True, is_public=False)):
        assert post(client, hidden).status_code == 404


def test_only_post_supports_and_only_with_a_token(open_one: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(CitizenFactory())
    assert client.get(reverse("voting:support", args=[open_one.number])).status_code == 405
    assert post(client, open_one).status_code == 403
    assert not Support.objects.exists()


def test_thirty_a_minute_and_no_more(sign_in: Any) -> None:
    client, other = sign_in(CitizenFactory()), sign_in(CitizenFactory())
    ones = SuggestionFactory.create_batch(2, open=True)
    for _ in range(30):
        assert post(client, ones[0]).status_code in (200, 302)
    over = post(client, ones[1])
    assert (over.status_code, over["Retry-After"]) == (429, "60")
    assert post(other, ones[1]).status_code == 302
    cache.clear()
    assert post(client, ones[1]).status_code == 302


# --- the button ---------------------------------------------------------------------------------
def page(client: Client, suggestion: Any) -> str:
    return client.get(suggestion.get_absolute_url()).content.decode()


def test_visitors_get_a_link_and_no_token_so_that_the_page_can_be_cached(open_one: Any, client: Client) -> None:
    answer = client.get(open_one.get_absolute_url())
    text = answer.content.decode()
    assert "登录后可附议" in text and f"?next={open_one.get_absolute_url()}".replace("/", "%2F") in text
    assert "csrfmiddlewaretoken" not in text and not answer.cookies


def test_people_get_a_form_then_a_tick(open_one: Any, sign_in: Any) -> None:
    client = sign_in(CitizenFactory())
    assert f'action="{reverse("voting:support", args=[open_one.number])}"' in page(client, open_one)
    post(client, open_one)
    after = page(client, open_one)
    assert "您已附议" in after and "/support/" not in after


def test_a_button_that_is_off_says_why(sign_in: Any, client: Client) -> None:
    decided = SuggestionFactory(adopted=True)
    for browser in (client, sign_in(CitizenFactory())):
        text = page(browser, decided)
        assert "已有去向，不再接受附议" in text and "/support/" not in text


def test_the_button_posts_with_its_token(open_one: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(CitizenFactory())
    text = page(client, open_one)
    token = text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert post(client, open_one, data={"csrfmiddlewaretoken": token}).status_code == 302
    assert Support.objects.count() == 1


def test_likes_of_an_older_platform_stand_apart(client: Client) -> None:
    imported = SuggestionFactory(open=True, imported_for=37)
    SupportFactory(suggestion=imported)
    recount_all()
    text = page(client, imported)
    assert "原平台点赞 37，不计入附议" in text and '<b class="num">1</b> 人附议' in text
