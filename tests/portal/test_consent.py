"""授权: what authors agreed to stays on record, and what they take back is gone at once from where it was used."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from portal import similar
from portal.models import Attachment, Consent, Notice, Suggestion
from tests.factories import AttachmentFactory, CampaignFactory, ProjectFactory, SuggestionFactory
from tests.portal.test_suggest import URL as FORM
from tests.portal.test_suggest import filled

pytestmark = pytest.mark.django_db
P = Consent.Purpose


def agreed(one: Suggestion) -> Suggestion:
    Consent.objects.record(one, how=Consent.How.WEB)
    return one


def words(one: Suggestion) -> set[tuple[str, bool]]:
    return {(row.purpose, row.given) for row in one.consents.all()}


def as_author(client: Client, one: Any) -> Client:
    client.post("/track/", {"number": one.number, "code": one.code})
    return client


def test_the_form_records_what_it_makes_use_of_and_nothing_else(client: Client) -> None:
    CampaignFactory()
    sent = client.post(FORM, filled(name="王小明", phone="13912345678", shown_as="anonymous", is_public="on"))
    assert sent.status_code == 302, sent.content.decode()
    one = Suggestion.objects.latest("pk")
    assert words(one) == {(P.PUBLISH, True), (P.CONTACT, True)}
    assert {row.text_version for row in one.consents.all()} != {""}


def test_a_word_once_given_is_never_rewritten() -> None:
    row = agreed(SuggestionFactory()).consents.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(given=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=row.pk).delete()


def public_pages(client: Client, one: Suggestion, photo: Attachment, project: Any) -> list[str]:
    """Everything public that could show it, as text."""
    found = [
        one.get_absolute_url(), "/suggestions/", "/suggestions/?q=看不清斑马线", "/suggestions/export.csv", "/",
        photo.get_absolute_url(), photo.get_thumb_url(), f"/projects/{project.number}/",
    ]  # fmt: skip
    answers = [client.get(url) for url in found]
    answers.append(client.post("/suggestions/similar/", {"title": one.title, "body": one.body}))
    bodies = []
    for answer in answers:
        content = b"".join(answer) if answer.streaming else answer.content
        bodies.append(content.decode("utf-8", "replace") if answer["Content-Type"].startswith("text") else "")
    return bodies + [str(answer.status_code) for answer in answers]


def test_taking_the_publication_back_removes_it_from_every_public_page(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    one: Any = agreed(SuggestionFactory(adopted=True, title="蓝花楹路口夜里看不清斑马线"))
    photo = AttachmentFactory(suggestion=one, released=True)
    project = ProjectFactory(listed=True)
    project.sources.add(one)
    similar.keep([one.pk])
    before = public_pages(Client(), one, photo, project)
    assert sum("蓝花楹" in page for page in before) >= 3 and before.count("200") >= 7  # the pages would show it
    author = as_author(client, one)
    asked = author.get(f"/track/{one.number}/consent/publish/").content.decode()
    assert "不会撤销" in asked and Suggestion.objects.public().filter(pk=one.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        author.post(f"/track/{one.number}/consent/publish/")
    after = public_pages(Client(), one, photo, project)
    assert not any("蓝花楹" in page for page in after) and one.number not in "".join(after[1:])
    assert any("一位市民（已撤回公开）" in page for page in after)
    assert after.count("404") == 3  # the suggestion and its photo, twice


def test_the_number_and_the_office_go_on_after_it(client: Client, sign_in: Any, officer: Any) -> None:
    one: Any = agreed(SuggestionFactory(open=True))
    Consent.objects.withdraw(one, P.PUBLISH, how=Consent.How.WEB)
    assert one.number in as_author(client, one).get(f"/track/{one.number}/").content.decode()
    office = sign_in(officer)
    assert one.number in office.get(f"/admin/suggestions/{one.number}/").content.decode()
    sent = office.post(
        f"/admin/suggestions/{one.number}/edit/",
        {"title": one.title, "body": one.body, "wish": one.wish, "is_public": "on", "topic": one.topic_id,
         "area": one.area_id, "place": one.place, "version": one.history.first().history_id},
    )  # fmt: skip
    assert "撤回了公开授权" in sent.content.decode()
    one.refresh_from_db()
    assert not one.is_public


def test_taking_contact_back_erases_the_phone_and_stops_what_waits(client: Client) -> None:
    one: Any = agreed(SuggestionFactory(phone="13712340001"))
    other: Any = SuggestionFactory(phone="13712340001")
    for suggestion in (one, other):
        Notice.objects.tell("e", "受理了", phone=suggestion.phone, url=suggestion.get_absolute_url())
        Notice.objects.tell(f"e:{suggestion.pk}", "又有进展", phone=suggestion.phone, url=suggestion.get_absolute_url())
    as_author(client, one).post(f"/track/{one.number}/consent/contact/")
    one.refresh_from_db()
    assert (one.phone, one.phone_key) == ("", "")
    assert not one.history.exclude(phone="").exists()
    assert not Notice.objects.waiting().filter(url=one.get_absolute_url()).exists()
    assert Notice.objects.waiting().filter(url=other.get_absolute_url()).exists()  # the other one was not meant
    one.accept(None)
    assert not Notice.objects.waiting().filter(url=one.get_absolute_url()).exists()


def test_taking_the_name_back_hides_it_in_the_text_too() -> None:
    one: Any = agreed(
        SuggestionFactory(open=True, name="欧阳建国", shown_as="name", body="这几盏路灯早就不亮。欧阳建国")
    )
    assert one.author_shown == "欧阳建国" and "欧阳建国" in one.public_body
    assert Consent.objects.withdraw(one, P.NAME, how=Consent.How.WEB)
    one = Suggestion.objects.get(pk=one.pk)
    assert "欧阳建国" not in one.author_shown + one.public_body + one.public_title
    assert not Consent.objects.withdraw(one, P.NAME, how=Consent.How.WEB)  # once
    assert words(one) == {(P.PUBLISH, True), (P.CONTACT, True), (P.NAME, True), (P.NAME, False)}


def test_a_stranger_takes_nothing_back(sign_in: Any, stranger: Any) -> None:
    one = agreed(SuggestionFactory(open=True))
    sent = sign_in(stranger).post(f"/track/{one.number}/consent/publish/")
    assert sent["Location"].startswith("/track/?")
    assert Suggestion.objects.get(pk=one.pk).is_public
