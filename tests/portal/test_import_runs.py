"""What happens to a batch when a worker dies, when two want it, and when it is taken back."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.search.backends import get_search_backend

from home import metrics
from portal import importing_run, similar
from portal.models import ImportBatch, Suggestion, SuggestionMove
from portal.similar import similar_to
from portal.tasks import work_on_imports
from tests.cast import person
from tests.factories import CampaignFactory, SuggestionFactory
from tests.spreadsheets import batch, lines

pytestmark = pytest.mark.django_db
Status = Suggestion.Status


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def page_of(one: ImportBatch, name: str = "batch") -> str:
    return reverse(f"office:imports:{name}", args=[one.pk])


def taken_back(office: Client, one: ImportBatch) -> ImportBatch:
    office.post(page_of(one, "undo"))
    work_on_imports()
    one.refresh_from_db()
    return one


# --- crashes ------------------------------------------------------------------------------------
def die_at_the_third_piece(pk: int) -> None:
    """In a process of its own: bring in two pieces, and be killed inside the third."""
    real, calls = importing_run.bring_in, []

    def killed(*args: Any, **kwargs: Any) -> int:
        calls.append(1)
        done = real(*args, **kwargs)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    importing_run.bring_in = killed  # type: ignore[assignment]
    importing_run.work_on(pk)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_followed_by_another_and_nothing_is_doubled() -> None:
    one = batch(CampaignFactory(), lines(1200), stage="running")
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            die_at_the_third_piece(one.pk)
        finally:
            os._exit(0)
    _pid, outcome = os.waitpid(child, 0)
    assert os.WTERMSIG(outcome) == signal.SIGKILL
    one.refresh_from_db()
    assert (one.status, one.read, one.added) == ("running", 1000, 1000)
    assert one.suggestions.count() == 1000

    assert work_on_imports() == 0  # for two minutes the dead one may be alive
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        assert work_on_imports() == 1
    one.refresh_from_db()
    assert (one.status, one.added, one.known) == ("done", 1200, 0)
    assert one.suggestions.values("reference").distinct().count() == Suggestion.objects.count() == 1200
    numbers = sorted(Suggestion.objects.values_list("number", flat=True))
    assert int(numbers[-1][-6:]) - int(numbers[0][-6:]) == 1199
    assert SuggestionMove.objects.count() == 1200


def test_two_workers_never_write_the_same_batch() -> None:
    one = batch(CampaignFactory(), lines(3), stage="running")
    first, second = ImportBatch.objects.get(pk=one.pk), ImportBatch.objects.get(pk=one.pk)
    assert first.claim()
    assert not second.claim()
    assert not importing_run.work_on(one.pk)
    assert second.claim(by_force=True)
    with pytest.raises(importing_run.LeaseLost):
        importing_run.bring(first)
    assert not Suggestion.objects.exists()
    importing_run.bring(second)
    assert Suggestion.objects.count() == 3


def test_a_batch_that_always_breaks_is_given_up_with_a_reason_and_can_go_on(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = batch(CampaignFactory(), lines(3), stage="running")
    with monkeypatch.context() as broken:
        broken.setattr(importing_run, "bring_in", lambda *args, **kwargs: 1 // 0)
        for _sweep in range(6):
            work_on_imports()
    one.refresh_from_db()
    assert (one.status, Suggestion.objects.count()) == ("failed", 0)
    page = office.get(page_of(one)).content.decode()
    assert "连续 5 次都没有办完" in page and "接着导入" in page
    office.post(page_of(one, "retry"))
    work_on_imports()
    one.refresh_from_db()
    assert (one.status, one.added) == ("done", 3)


def test_a_file_that_changed_in_store_is_not_brought_in(office: Client) -> None:
    one = batch(CampaignFactory(), lines(3), stage="running")
    with open(one.file.path, "ab") as file:
        file.write(b"more")
    work_on_imports()
    assert not Suggestion.objects.exists()
    assert "与上传时不同" in office.get(page_of(one)).content.decode()


# --- taking back --------------------------------------------------------------------------------
def test_a_batch_is_taken_back_but_for_what_was_worked_on(office: Client, officer: Any) -> None:
    one = batch(CampaignFactory(), lines(6))
    accepted, refused, edited, *rest = one.suggestions.order_by("pk")
    accepted.accept(officer)
    refused.refuse(officer, "unclear")
    refused.reconsider(officer)  # back where it was, and still somebody's work
    edited.place = "人民路口"
    edited.save()
    asked = office.get(page_of(one, "undo")).content.decode()
    assert "撤回这 3 条" in asked and "这 3 条已有人办理，会留下" in asked
    assert accepted.number in asked and rest[0].number not in asked

    one = taken_back(office, one)
    assert (one.status, one.removed) == ("undone", 3)
    assert set(one.suggestions.standing()) == {accepted, refused, edited}
    voided = Suggestion.objects.get(pk=rest[0].pk)
    last = voided.moves.last()
    assert (voided.status, last.verb, last.by) == (Status.VOIDED, "void", officer)
    assert "3 条，已有人办理" in office.get(page_of(one)).content.decode()


def test_a_message_that_others_were_merged_into_stays(office: Client, officer: Any) -> None:
    campaign = CampaignFactory()
    head = ["留言编号", "留言主题", "留言时间", "留言详情", "答复意见"]
    one = batch(campaign, [[f"A{n}", "标题", "2026/3/1", "正文", "已办。"] for n in range(2)], head=head)
    lead, other = Suggestion.objects.order_by("pk")
    SuggestionFactory(open=True, campaign=campaign).merge_into(lead, officer)
    taken_back(office, one)
    assert [Suggestion.objects.get(pk=row.pk).status for row in (lead, other)] == [Status.ANSWERED, Status.VOIDED]


def test_what_was_taken_back_counts_nowhere(office: Client, client: Client) -> None:
    campaign = CampaignFactory()
    year = metrics.Year.current()
    assert year
    one = batch(campaign, lines(3))
    assert metrics.received(year).value == 3
    voided = one.suggestions.earliest("pk")
    likely = SuggestionFactory(campaign=campaign, title=voided.title, body=voided.body)
    similar.catch_up()
    assert voided.pk in {found.suggestion.pk for found in similar_to(likely)}
    taken_back(office, one)

    assert metrics.received(year).value == 1
    assert similar_to(likely) == []
    assert client.get(reverse("portal:suggestion", args=[voided.number])).status_code == 404
    queue, public = reverse("office:queue"), reverse("portal:suggestion_list")
    for page in (office.get(queue, {"tab": "all", "q": voided.number}), client.get(public, {"q": voided.title})):
        assert reverse("office:suggestion", args=[voided.number]) not in page.content.decode()
    assert not Suggestion.objects.public().filter(pk=voided.pk).exists()
    found = get_search_backend().search("路灯", Suggestion.objects.all())
    assert voided.pk not in {row.pk for row in found}


def test_taken_back_messages_can_be_brought_in_again_under_new_numbers(office: Client) -> None:
    campaign = CampaignFactory()
    old = taken_back(office, batch(campaign, lines(3)))
    again = batch(campaign, lines(3))
    assert (again.added, again.known) == (3, 0)
    assert not set(again.suggestions.values_list("number")) & set(old.suggestions.values_list("number"))
    assert Suggestion.objects.standing().count() == 3


def test_when_all_was_worked_on_there_is_nothing_to_take_back(office: Client, officer: Any) -> None:
    one = batch(CampaignFactory(), lines(1))
    one.suggestions.get().accept(officer)
    assert "撤回这" not in office.get(page_of(one, "undo")).content.decode()
    assert taken_back(office, one).status == "done"


def test_the_database_keeps_every_move_of_a_batch() -> None:
    one = batch(CampaignFactory(), lines(1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_importbatchmove")
    assert [move.verb for move in one.moves.all()] == ["create", "choose", "checked", "start", "finish"]
    assert person("officer") == one.asked_by("start")
