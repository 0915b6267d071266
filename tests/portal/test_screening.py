"""Screening in the admin: who may, what it does, what stays when it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.models import Notice, Suggestion
from tests.cast import person
from tests.factories import AttachmentFactory, SuggestionFactory

Status = Suggestion.Status
QUEUE = reverse("office:queue")


def page_of(one: Suggestion) -> str:
    return reverse("office:suggestion", args=[one.number])


def send(client: Client, verb: str, one: Suggestion, *, seen: str = "", query: str = "", **data: Any) -> Any:
    """Send the form of a verb as the work screen does; `seen` is the status that the page showed."""
    address = reverse(f"office:{verb}", args=[one.number]) + query
    if verb in ("accept", "public_text"):  # what the page shows ticked, and which text it showed
        every = [str(n) for n in range(len(one.found()))]
        data = {"read": one.text_version(), "hide": every} | data
    fields = {f"{verb}-{name}": value for name, value in data.items()}
    return client.post(address, {f"{verb}-seen": seen or one.status, **fields})


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


# --- who ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["citizen", "clerk", "unit_leader", "editor", "sysadmin"])
def test_only_the_office_and_the_auditor_read_the_queue(role: str, sign_in: Any, request: Any) -> None:
    one = SuggestionFactory(title="只给改革办看的标题")
    client = sign_in(request.getfixturevalue(role))
    for address in (QUEUE, page_of(one)):
        response = client.get(address, follow=True)
        assert response.status_code == 403 or response.request["PATH_INFO"] != address
        assert one.title not in response.content.decode()


def test_a_stranger_is_asked_to_sign_in(client: Client, db: None) -> None:
    response = client.get(QUEUE)
    assert response.status_code == 302
    assert "/accounts/" in response["Location"]


@pytest.mark.parametrize("verb", ["accept", "refuse", "reconsider", "propose", "approve", "send_back", "unmerge"])
@pytest.mark.parametrize("role", ["auditor", "editor", "clerk", "citizen"])
def test_nobody_else_moves_a_suggestion(role: str, verb: str, sign_in: Any, request: Any) -> None:
    one = SuggestionFactory()
    send(sign_in(request.getfixturevalue(role)), verb, one, note="试一试", reason="试一试看看能不能办")
    one.refresh_from_db()
    assert one.status == Status.RECEIVED
    assert one.moves.count() == 1


@pytest.mark.parametrize("verb", ["accept", "refuse", "propose", "release_photos"])
def test_reading_an_address_of_a_verb_changes_nothing(
    verb: str, office: Client, office_leader: Any, sign_in: Any
) -> None:
    one = SuggestionFactory()
    client = sign_in(office_leader)
    assert client.get(reverse(f"office:{verb}", args=[one.number])).status_code == 405
    assert one.moves.count() == 1


def test_the_auditor_reads_the_work_screen_without_a_form(sign_in: Any, auditor: Any) -> None:
    page = sign_in(auditor).get(page_of(SuggestionFactory())).content.decode()
    assert "受理并公开" not in page
    assert "查看姓名和电话" not in page


# --- accepting and not accepting ----------------------------------------------------------------
def test_accepting_publishes_and_releases_only_the_ticked_photos(office: Client, officer: Any, reference: Any) -> None:
    one = SuggestionFactory(area=None)
    shown, hidden = AttachmentFactory(suggestion=one), AttachmentFactory(suggestion=one)
    response = send(office, "accept", one, topic=one.topic_id, area=reference.county.pk, photos=[shown.pk])
    one.refresh_from_db()
    assert (response.status_code, one.status, one.area) == (302, Status.OPEN, reference.county)
    assert one.moves.get(verb="accept").by == officer
    assert set(one.attachments.filter(is_released=True)) == {shown}
    assert hidden in one.attachments.filter(is_released=False)
    assert one.history.first().history_change_reason == "初审时更正"


def test_a_photo_of_another_suggestion_cannot_be_released_by_it(office: Client) -> None:
    one, other = SuggestionFactory(), AttachmentFactory(suggestion=SuggestionFactory())
    response = send(office, "accept", one, photos=[other.pk])
    other.refresh_from_db()
    one.refresh_from_db()
    assert (response.status_code, other.is_released, one.status) == (200, False, Status.RECEIVED)


def test_not_accepting_takes_a_reason_and_a_sentence_and_tells_the_author(office: Client) -> None:
    one = SuggestionFactory()
    assert send(office, "refuse", one, reason="unclear", note="").status_code == 200
    assert one.moves.count() == 1
    send(office, "refuse", one, reason="unclear", note="请补充路口的名字，再提一次。")
    one.refresh_from_db()
    assert (one.status, one.refusal) == (Status.NOT_ACCEPTED, "unclear")
    assert "请补充路口的名字" in Notice.objects.get(channel="sms").text


def test_a_refusal_can_be_looked_at_again(office: Client) -> None:
    one = SuggestionFactory(not_accepted=True)
    send(office, "reconsider", one, note="提出人补充了地点。")
    one.refresh_from_db()
    assert (one.status, one.refusal) == (Status.RECEIVED, "")


def test_the_next_one_of_the_same_list_comes_up(office: Client) -> None:
    early = timezone.now() - timedelta(days=3)
    first, second = (SuggestionFactory(received_at=early + timedelta(hours=n)) for n in range(2))
    response = send(office, "accept", first, query="?tab=received")
    assert response["Location"] == page_of(second) + "?tab=received"
    response = send(office, "accept", second, query="?tab=received")
    assert response["Location"] == QUEUE + "?tab=received"


# --- somebody was faster ------------------------------------------------------------------------
def test_the_slower_of_two_keeps_every_word(office: Client, second_officer: Any) -> None:
    one = SuggestionFactory()
    one.accept(second_officer)
    words = "这件事不归本市管，请拨打省里的热线反映。"
    response = send(office, "refuse", one, seen=Status.RECEIVED, reason="out_of_scope", note=words)
    page = response.content.decode()
    assert response.status_code == 409
    assert "刚才已有人办理了这一条" in page
    assert words in page
    one.refresh_from_db()
    assert one.status == Status.OPEN


def test_claiming_to_have_seen_another_status_moves_nothing(office: Client) -> None:
    one = SuggestionFactory()
    response = send(office, "propose", one, seen=Status.OPEN, route="adopt", reason="直接采纳，不用初审。")
    one.refresh_from_db()
    assert (response.status_code, one.status) == (409, Status.RECEIVED)


def test_a_form_that_fails_comes_back_with_its_text(office: Client) -> None:
    one = SuggestionFactory(open=True)
    reason = "先在两处试点，看看效果再说。"
    page = send(office, "propose", one, route="defer", reason=reason).content.decode()
    assert reason in page
    assert "请填写计划在哪一年办成" in page


# --- the queue ----------------------------------------------------------------------------------
def rows_of(response: Any) -> list[str]:
    return [row["pk"] for row in response.context["rows"]]


def test_tabs_hold_what_they_say_oldest_first(office: Client) -> None:
    old = SuggestionFactory(received_at=timezone.now() - timedelta(days=9))
    new = SuggestionFactory()
    opened, proposed = SuggestionFactory(open=True), SuggestionFactory(proposed=True)
    returned = SuggestionFactory(proposed=True)
    returned.decisions.get().send_back(person("office_leader"), "理由要写得更具体。")
    assert rows_of(office.get(QUEUE)) == [old.number, new.number]
    assert rows_of(office.get(QUEUE, {"tab": "open"})) == [opened.number]
    assert rows_of(office.get(QUEUE, {"tab": "proposed"})) == [proposed.number]
    assert rows_of(office.get(QUEUE, {"tab": "returned"})) == [returned.number]
    everything = office.get(QUEUE, {"tab": "all"})
    assert len(rows_of(everything)) == 5
    assert [tab["count"] for tab in everything.context["tabs"]] == ["0", "2", "1", "1", "1", "3", "5"]


def test_the_office_is_lit_like_anybody(office: Client) -> None:
    late = SuggestionFactory(received_at=timezone.now() - timedelta(days=30))
    row = office.get(QUEUE).context["rows"][0]
    days = (timezone.localdate() - late.screen_by).days
    assert (row["cells"][1].light, row["cells"][1].light_text) == ("red", f"逾期 {days} 天")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "学门"}, []),
        ({"q": "路灯"}, ["路"]),
        ({"q": "灯不"}, ["路"]),
        ({"channel": "phone"}, ["电"]),
        ({}, ["路", "电"]),
    ],
)
def test_two_characters_inside_a_sentence_find_it(office: Client, asked: dict[str, str], found: list[str]) -> None:
    known = {
        "路": SuggestionFactory(title="和平路东头路灯不亮", received_at=timezone.now() - timedelta(hours=2)),
        "电": SuggestionFactory(title="公交站没有遮雨棚", channel="phone"),
    }
    assert rows_of(office.get(QUEUE, asked)) == [known[name].number for name in found]


def test_a_county_covers_its_townships(office: Client, reference: Any) -> None:
    inside = SuggestionFactory(area=reference.township)
    SuggestionFactory(area=None)
    assert rows_of(office.get(QUEUE, {"county": reference.county.pk})) == [inside.number]


def test_filters_survive_the_tabs_and_the_pages(office: Client, reference: Any) -> None:
    start = timezone.now() - timedelta(days=1)
    for n in range(32):
        SuggestionFactory(channel="phone", received_at=start + timedelta(minutes=n))
    first = office.get(QUEUE, {"channel": "phone"})
    assert len(rows_of(first)) == 30
    assert all("channel=phone" in tab["href"] for tab in first.context["tabs"])
    second = office.get(first.context["following"])
    assert len(rows_of(second)) == 2
    assert not set(rows_of(first)) & set(rows_of(second))
    assert rows_of(office.get(second.context["previous"])) == rows_of(first)


def test_a_made_up_page_mark_is_ignored(office: Client) -> None:
    one = SuggestionFactory()
    for mark in ("x", "2026-13-45T00:00_1", "2026-01-01T00:00:00_1", "2026-01-01T00:00:00+08:00_9" + "9" * 30):
        assert office.get(QUEUE, {"after": mark, "tab": "nonsense", "topic": "zzz"}).status_code == 200
    assert rows_of(office.get(QUEUE, {"after": "x"})) == [one.number]


def queries_of_queue(client: Client, django_assert_max_num_queries: Any) -> int:
    with django_assert_max_num_queries(60) as captured:
        assert client.get(QUEUE, {"tab": "all"}).status_code == 200
    return len(captured)


def test_thirty_rows_take_the_queries_of_one(office: Client, django_assert_max_num_queries: Any) -> None:
    AttachmentFactory(suggestion=SuggestionFactory())
    office.get(QUEUE)
    one = queries_of_queue(office, django_assert_max_num_queries)
    for _n in range(29):
        AttachmentFactory(suggestion=SuggestionFactory(merged=True))
    assert queries_of_queue(office, django_assert_max_num_queries) == one


def test_the_work_screen_takes_as_many_queries_with_many_photos_and_moves(
    office: Client, officer: Any, django_assert_max_num_queries: Any
) -> None:
    office.get(page_of(SuggestionFactory(open=True)))
    counts = []
    for photos in (1, 6):
        one = SuggestionFactory(open=True)
        for _n in range(photos):
            AttachmentFactory(suggestion=one)
        with django_assert_max_num_queries(60) as captured:
            assert office.get(page_of(one)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- correcting ---------------------------------------------------------------------------------
def edit(client: Client, one: Suggestion, **changes: Any) -> Any:
    fields = ("title", "topic", "area", "place", "body", "wish", "is_public")
    data = {name: getattr(one, f"{name}_id" if name in ("topic", "area") else name) for name in fields}
    data |= {"version": one.history.first().history_id} | changes
    return client.post(reverse("office:edit", args=[one.number]), {k: v for k, v in data.items() if v is not None})


def test_what_is_public_is_corrected_with_a_reason_that_stays(office: Client, officer: Any) -> None:
    one = SuggestionFactory(open=True)
    assert "请写明为什么更正" in edit(office, one, place="东门").content.decode()
    assert edit(office, one, place="东门", reason="提出人来电补充").status_code == 302
    one.refresh_from_db()
    latest = one.history.first()
    assert (one.place, one.status) == ("东门", Status.OPEN)
    assert (latest.history_change_reason, latest.history_user) == ("提出人来电补充", officer)
    assert "提出人来电补充" in office.get(page_of(one)).content.decode()


def test_before_publication_no_reason_is_asked(office: Client) -> None:
    one = SuggestionFactory()
    assert edit(office, one, place="东门").status_code == 302


def test_whoever_edits_an_older_text_sees_the_newer_one_first(office: Client) -> None:
    one = SuggestionFactory(open=True)
    version = one.history.first().history_id
    edit(office, one, place="东门", reason="提出人来电补充")
    response = edit(office, one, version=version, place="西门", reason="信上写的是西门")
    assert response.status_code == 409
    assert {"label": "具体地点", "value": "东门"} in response.context["newer"]
    assert "西门" in response.content.decode()
    one.refresh_from_db()
    assert one.place == "东门"


def test_releasing_a_photo_later_is_logged(office: Client, officer: Any) -> None:
    photo = AttachmentFactory()
    office.post(reverse("office:release_photos", args=[photo.suggestion.number]), {"photos": [photo.pk]})
    photo.refresh_from_db()
    assert photo.is_released
    assert ModelLogEntry.objects.get(action="portal.photos").user == officer
    office.post(reverse("office:release_photos", args=[photo.suggestion.number]), {})
    photo.refresh_from_db()
    assert not photo.is_released
