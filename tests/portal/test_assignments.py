"""A unit's answer: written by one, signed by another, public only then; and the draft that is never lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from config.moves import MoveRefused
from portal import permissions
from portal.answers import version_of
from portal.models import Assignment, Notice, Suggestion
from tests.factories import AssignmentFactory, AttachmentFactory, MembershipFactory, VerdictFactory
from tests.factories.portal import ANSWER

Status = Assignment.Status
TEXT = "已到现场查看，九月底前在路口加装两盏路灯。"


def address(one: Assignment, part: str = "") -> str:
    return reverse(f"desk:assignment{part}", args=[one.pk])


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def write(client: Client, one: Assignment, text: str = TEXT, do: str = "submit", seen: str = "") -> Any:
    version = version_of(seen or Assignment.objects.get(pk=one.pk).answer)
    return client.post(address(one), {"answer": text, "version": version, "do": do})


def sign(client: Client, one: Assignment, seen: str = ANSWER) -> Any:
    return client.post(address(one, "_sign"), {"version": version_of(seen)})


# --- who ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", ["", "_draft", "_sign", "_return"])
@pytest.mark.parametrize("role", ["other_leader"])
def test_to_another_unit_it_does_not_exist(role: str, part: str, sign_in: Any, request: Any) -> None:
    one = AssignmentFactory(submitted=True)
    client = sign_in(request.getfixturevalue(role))
    ask = client.get if part == "" else client.post
    assert ask(address(one, part)).status_code == 404


@pytest.mark.parametrize("role", ["citizen", "officer", "office_leader", "auditor", "editor", "sysadmin", "monitor"])
def test_without_a_unit_the_desk_says_why_not(role: str, sign_in: Any, request: Any) -> None:
    one = AssignmentFactory()
    response = sign_in(request.getfixturevalue(role)).get(address(one))
    assert response.status_code == 403
    assert "还没有加入单位" in response.content.decode()


def test_a_person_who_left_the_unit_is_out(sign_in: Any, clerk: Any) -> None:
    one = AssignmentFactory()
    clerk.memberships.update(is_active=False)
    assert sign_in(clerk).get(address(one)).status_code == 403


@pytest.mark.parametrize(
    ("stage", "role", "answers", "signs"),
    [
        ("due", "clerk", True, False),
        ("due", "unit_leader", True, False),
        ("due", "other_leader", False, False),
        ("submitted", "clerk", False, False),
        ("submitted", "unit_leader", False, True),
        ("submitted", "other_leader", False, False),
        ("submitted", "office_leader", False, False),
        ("returned", "clerk", True, False),
        ("answered", "clerk", False, False),
        ("answered", "unit_leader", False, False),
    ],
)
def test_who_may_write_and_who_may_sign(
    stage: str, role: str, answers: bool, signs: bool, request: Any, db: None
) -> None:
    one, user = AssignmentFactory(**{stage: True}), request.getfixturevalue(role)
    assert (permissions.can_answer(user, one), permissions.can_sign(user, one)) == (answers, signs)


# --- what the unit sees -------------------------------------------------------------------------
def test_the_unit_reads_the_suggestion_and_never_its_author(sign_in: Any, clerk: Any) -> None:
    one = AssignmentFactory()
    for field, text in {
        "name": "欧阳晓梅",
        "place": "人民路小学东门",
        "body": "请打 13712345678 联系我。",
        "shown_as": "name",
    }.items():
        setattr(one.suggestion, field, text)
    one.suggestion.set_phone("13712345678")
    one.suggestion.save()
    shown = AttachmentFactory(suggestion=one.suggestion, released=True)
    hidden = AttachmentFactory(suggestion=one.suggestion)
    page = sign_in(clerk).get(address(one)).content.decode()
    assert "人民路小学东门" in page and str(shown.token) in page
    assert str(hidden.token) not in page
    assert "晓梅" not in page and "13712345678" not in page
    assert "137****5678" in page


def test_after_a_reopening_the_unit_reads_what_was_not_right(sign_in: Any, clerk: Any) -> None:
    first = AssignmentFactory(answered=True)
    VerdictFactory(assignment=first, level="dissatisfied", comment="路灯装了还是不亮。", reopen=True)
    again = first.suggestion.assignments.exclude(pk=first.pk).get()
    page = sign_in(clerk).get(address(again)).content.decode()
    assert "不满意" in page and "路灯装了还是不亮。" in page


# --- writing ------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_as_it_is_typed(sign_in: Any, clerk: Any) -> None:
    one = AssignmentFactory()
    client = sign_in(clerk)
    first = client.post(address(one, "_draft"), {"answer": "已到现场", "version": version_of("")}).json()
    second = client.post(address(one, "_draft"), {"answer": TEXT, "version": first["version"]})
    assert second.status_code == 200
    one.refresh_from_db()
    assert (one.answer, one.status) == (TEXT, Status.DUE)
    assert one.history.count() == 1
    assert TEXT in client.get(address(one)).content.decode()


def test_a_colleague_s_words_are_not_written_over(sign_in: Any, clerk: Any, unit_leader: Any) -> None:
    one = AssignmentFactory()
    write(sign_in(unit_leader), one, "负责人写的这一段不能丢。", do="save")
    draft = sign_in(clerk).post(address(one, "_draft"), {"answer": TEXT, "version": version_of("")})
    assert draft.status_code == 409
    assert "另一个人刚改过" in draft.json()["error"]
    response = sign_in(clerk).post(address(one), {"answer": TEXT, "version": version_of(""), "do": "submit"})
    page = response.content.decode()
    assert response.status_code == 409
    assert TEXT in page and "负责人写的这一段不能丢。" in page
    one.refresh_from_db()
    assert (one.answer, one.status) == ("负责人写的这一段不能丢。", Status.DUE)


def test_too_little_is_not_an_answer_and_stays_on_the_page(sign_in: Any, clerk: Any) -> None:
    one = AssignmentFactory()
    response = write(sign_in(clerk), one, "已阅。")
    assert "答复内容太短" in told(response)
    assert "已阅。" in response.content.decode()
    one.refresh_from_db()
    assert one.status == Status.DUE


def test_an_answer_with_the_leader_is_not_changed_behind_them(sign_in: Any, clerk: Any) -> None:
    one = AssignmentFactory(submitted=True)
    response = write(sign_in(clerk), one, "想再改一改，换成别的说法。", do="save")
    assert response.status_code == 409
    assert "想再改一改，换成别的说法。" in response.content.decode()
    one.refresh_from_db()
    assert one.answer == ANSWER


# --- signing ------------------------------------------------------------------------------------
def test_an_answer_is_not_public_before_the_leader_signs(
    sign_in: Any, clerk: Any, unit_leader: Any, client: Client
) -> None:
    one = AssignmentFactory()
    assert write(sign_in(clerk), one).status_code == 302
    one.refresh_from_db()
    public = one.suggestion.get_absolute_url()
    assert one.status == Status.SUBMITTED
    assert TEXT not in client.get(public).content.decode()
    assert not one.suggestion.moves.filter(public_note=TEXT).exists()

    assert sign(sign_in(unit_leader), one, TEXT).status_code == 302
    one.refresh_from_db()
    one.suggestion.refresh_from_db()
    assert (one.status, one.suggestion.status, one.was_on_time) == (Status.ANSWERED, Suggestion.Status.ANSWERED, True)
    assert TEXT in client.get(public).content.decode()
    assert TEXT[:10] in Notice.objects.filter(text__contains="已答复").latest("pk").text


def test_the_writer_does_not_sign(sign_in: Any, unit_leader: Any) -> None:
    one = AssignmentFactory()
    client = sign_in(unit_leader)
    write(client, one)
    response = sign(client, one, TEXT)
    assert "写答复的人不能自己签发" in told(response)
    one.refresh_from_db()
    assert one.status == Status.SUBMITTED
    with pytest.raises(MoveRefused):
        one.sign(unit_leader)


def test_a_clerk_does_not_sign_even_for_a_colleague(sign_in: Any) -> None:
    one = AssignmentFactory(submitted=True)
    colleague = MembershipFactory().user
    for part, data in (("_sign", {"version": version_of(ANSWER)}), ("_return", {"reason": "请写明完成时间。"})):
        response = sign_in(colleague).post(address(one, part), data)
        assert response.status_code == 403
        assert "由单位负责人办理" in response.content.decode()
    one.refresh_from_db()
    assert one.status == Status.SUBMITTED


def test_a_leader_signs_what_was_read_and_no_other_text(sign_in: Any, unit_leader: Any) -> None:
    one = AssignmentFactory(submitted=True)
    response = sign(sign_in(unit_leader), one, seen="另一段文字")
    assert "请看过新的内容再签发" in told(response)
    one.refresh_from_db()
    assert one.status == Status.SUBMITTED


def test_returning_takes_a_reason_that_the_clerk_reads(sign_in: Any, clerk: Any, unit_leader: Any) -> None:
    one = AssignmentFactory(submitted=True)
    leader = sign_in(unit_leader)
    assert "error" in leader.post(address(one, "_return"), {"reason": ""}).content.decode()
    leader.post(address(one, "_return"), {"reason": "请写明什么时候装好。"})
    one.refresh_from_db()
    assert (one.status, one.done_at) == (Status.RETURNED, None)
    assert "请写明什么时候装好。" in sign_in(clerk).get(address(one)).content.decode()
    assert write(sign_in(clerk), one).status_code == 302


@pytest.mark.parametrize("part", ["_draft", "_sign", "_return"])
def test_reading_an_address_of_a_verb_changes_nothing(part: str, sign_in: Any, unit_leader: Any) -> None:
    one = AssignmentFactory(submitted=True)
    assert sign_in(unit_leader).get(address(one, part)).status_code == 405
