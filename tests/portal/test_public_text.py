"""What the public reads of a suggestion: personal data masked everywhere, the original kept, a person decides."""

from __future__ import annotations

import logging
from html import unescape
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from config.moves import MoveRefused, SomebodyWasFaster
from portal.models import Notice, Suggestion
from portal.models.imported import Incoming, bring_in
from portal.models.public_text import TEXTS
from tests.cast import person
from tests.factories import CampaignFactory, ProjectFactory, SuggestionFactory

pytestmark = pytest.mark.django_db

PHONE, WIDE, ID, PLATE, CARD = (
    "13987651234",
    "１３６８７６５４３２１",
    "131102198506151231",
    "冀T7K2M9",
    "6222021001123456789",
)
NAME, OWN, DOOR, MAIL, CHAT = "钟离霜", "欧阳建国", "18号楼3单元2107", "canary77@163.com", "canary_wx_88"
CANARIES = (PHONE, WIDE, ID, PLATE, CARD, NAME, DOOR, MAIL, CHAT, "建国")
FACTS: dict[str, Any] = {
    "name": OWN,
    "title": f"{PLATE}长期占道，请打{PHONE}",
    "place": f"翠湖小区{DOOR}",
    "body": f"我叫{NAME.replace('钟离', '钟')}，证件{ID}，住{DOOR}，银行卡{CARD}，邮箱{MAIL}，微信号{CHAT}。{OWN}敬上",
    "wish": f"回电{WIDE}，或{PHONE}。",
}
CANARY_NAME = NAME.replace("钟离", "钟")


def secrets_in(text: str) -> list[str]:
    """The canaries that a text holds."""
    return [secret for secret in (*CANARIES, CANARY_NAME) if secret in unescape(text)]


def text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8-sig")


def send(client: Client, one: Suggestion, verb: str = "accept", **data: Any) -> Any:
    every = [str(n) for n in range(len(one.found()))]
    fields = {"seen": one.status, "read": one.text_version(), "hide": every} | data
    return client.post(
        reverse(f"office:{verb}", args=[one.number]), {f"{verb}-{name}": value for name, value in fields.items()}
    )


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


# --- canaries -------------------------------------------------------------------------------------
def _everywhere(one: Suggestion, member: Suggestion) -> list[str]:
    project = one.projects.get()
    lists = reverse("portal:suggestion_list")
    return [
        "/", lists, f"{lists}?q=占道", f"{lists}?q=翠湖", f"{lists}?sort=supported", reverse("portal:suggestion_csv"),
        one.get_absolute_url(), member.get_absolute_url(), project.get_absolute_url(),
        reverse("portal:tracked", args=[one.number]), reverse("portal:track"), reverse("projects:list"),
        f"{reverse('portal:track')}?number={one.number}",
    ]  # fmt: skip


def test_what_was_planted_is_nowhere_in_public(
    client: Client, sign_in: Any, stranger: Any, clerk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lead = SuggestionFactory(open=True, **FACTS)
    member = SuggestionFactory(open=True, **FACTS)
    member.merge_into(lead, person("officer"))
    ProjectFactory(active=True, sources=[_adopted(lead)])
    lead.refresh_from_db()
    for visitor in (client, sign_in(stranger), sign_in(clerk)):
        for address in _everywhere(lead, member):
            response = visitor.get(address, follow=True)
            assert response.status_code == 200, address
            page = text(response)
            assert not secrets_in(page), address
    assert "139****1234" in text(client.get(lead.get_absolute_url()))
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert not secrets_in(logged)
    assert not secrets_in("\n".join(ModelLogEntry.objects.values_list("label", flat=True)))


def _adopted(one: Suggestion) -> Suggestion:
    SuggestionFactory.to_adopted(one, None)
    return one


@pytest.mark.parametrize(
    "asked", [NAME, CANARY_NAME, "建国", PLATE, "K2M9", DOOR, "2107", PHONE, CHAT, MAIL, "canary", WIDE, ID[:10]]
)
def test_what_is_masked_cannot_be_found(client: Client, asked: str) -> None:
    one = SuggestionFactory(open=True, **FACTS)
    assert one.number not in text(client.get(reverse("portal:suggestion_list"), {"q": asked}))


def test_the_units_and_their_messages_get_the_public_wording(sign_in: Any, clerk: Any, unit_leader: Any) -> None:
    suggestion = SuggestionFactory(open=True, **FACTS)
    SuggestionFactory.to_assigned(suggestion, None)
    desk = sign_in(clerk)
    owed = suggestion.assignments.get()
    for address in ("/desk/", owed.get_desk_url()):
        assert not secrets_in(text(desk.get(address))), address
    told = Notice.objects.exclude(event__startswith="suggestion-move")
    assert told and not [notice for notice in told if secrets_in(notice.text)]


def test_an_answer_that_repeats_the_person_is_masked_and_the_units_own_hotline_stays(client: Client) -> None:
    one = SuggestionFactory(open=True, **FACTS)
    SuggestionFactory.to_assigned(one, None)
    said = f"{CANARY_NAME}您好，{OWN}您好：{PLATE}已拖离，如有问题请致电0318-2024321，联系人：王建设。"
    owed = one.assignments.get()
    owed.answer = said
    owed.save()
    owed.submit(person("clerk"))
    owed.sign(person("unit_leader"))
    page = text(client.get(one.get_absolute_url()))
    assert not secrets_in(page)
    assert "0318-2024321" in page and "王建设" in page and "钟**您好" in page


# --- the original -----------------------------------------------------------------------------------
def test_the_author_reads_every_word(client: Client) -> None:
    one = SuggestionFactory(open=True, **FACTS)
    client.get(reverse("portal:track_link", args=[one.token]))
    page = unescape(text(client.get(reverse("portal:tracked", args=[one.number]))))
    assert all(secret in page for secret in (PHONE, WIDE, ID, PLATE, DOOR, MAIL, CHAT, CANARY_NAME))


def test_the_history_keeps_original_and_wording(office: Client) -> None:
    one = SuggestionFactory(**FACTS)
    send(office, one, also="长期")
    row = one.history.first()
    assert (row.title, row.hidden_words) == (FACTS["title"], ["长期"])
    assert "***占道" in row.public_title and PHONE not in row.public_title


def test_whoever_chose_to_be_named_is_named_in_the_text(client: Client) -> None:
    one = SuggestionFactory(open=True, name=OWN, shown_as="name", body=f"路灯坏了。{OWN}敬上")
    assert f"{OWN}敬上" in text(client.get(one.get_absolute_url()))


# --- written together -------------------------------------------------------------------------------
def test_a_batch_from_elsewhere_is_masked_as_it_arrives_and_waits_to_be_looked_at(
    client: Client, office: Client
) -> None:
    row = Incoming(
        reference="A1", title=FACTS["title"], body=FACTS["body"], received_at=timezone.now(), name=OWN, reply="已处理。"
    )
    bring_in([row], campaign=CampaignFactory(), source="旧平台")
    one = Suggestion.objects.get()
    page = text(client.get(one.get_absolute_url()))
    assert not secrets_in(page) and "未经人工确认" in page
    queue = f"{reverse('office:queue')}?tab=all"
    assert "公开文字未经人工确认" in text(office.get(queue))
    assert one.number in text(office.get(f"{queue}&text=unchecked"))
    assert send(office, one, "public_text").status_code == 302
    assert office.get(f"{queue}&text=unchecked").context["rows"] == []
    assert "未经人工确认" not in text(client.get(one.get_absolute_url()))


def test_an_edit_of_the_text_is_masked_and_waits_to_be_looked_at_again(office: Client) -> None:
    one = SuggestionFactory()
    send(office, one, topic=one.topic_id)
    one.refresh_from_db()
    assert one.text_checked_at
    one.body = f"电话{PHONE}。"
    one.save(update_fields=["body"])
    one.refresh_from_db()
    assert one.public_body == "电话139****1234。"
    version = one.history.values_list("history_id", flat=True).first()
    fields = {
        "title": one.title,
        "body": f"微信号{CHAT}",
        "topic": one.topic_id,
        "area": one.area_id or "",
        "is_public": "on",
    }
    office.post(reverse("office:edit", args=[one.number]), fields | {"reason": "提出人来电更正", "version": version})
    one.refresh_from_db()
    assert (one.public_body, one.text_checked_at) == ("微信号******", None)


def test_no_row_has_personal_data_in_its_public_columns() -> None:
    SuggestionFactory(open=True, **FACTS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT public_title, public_place, public_body, public_wish FROM portal_suggestion")
        assert not secrets_in(str(cursor.fetchall()))


# --- the clerk decides ------------------------------------------------------------------------------
def test_the_screen_marks_what_was_found_and_previews_what_will_be_public(office: Client) -> None:
    one = SuggestionFactory(**FACTS)
    page = unescape(text(office.get(reverse("office:suggestion", args=[one.number]))))
    assert "公众会看到" in page and "冀*****长期占道" in page
    assert all(
        label in page for label in ("手机号", "身份证号", "车牌号", "姓名", "门牌", "邮箱", "微信、QQ 号", "银行卡号")
    )
    assert f">{PLATE}</mark>" in page and f">{DOOR}</mark>" in page
    assert PHONE not in page and ID not in page and OWN not in page, "numbers of a person take a reason to be read"


def test_accepting_without_having_seen_the_text_is_not_possible(office: Client) -> None:
    one = SuggestionFactory(**FACTS)
    for read in ("", "0" * 16):
        assert "请先看过公众会看到的文字" in text(send(office, one, read=read))
    seen = one.text_version()
    one.body += "另：我是李小龙。"
    one.save(update_fields=["body"])
    assert "李小龙" in text(send(office, one, read=seen))
    one.refresh_from_db()
    assert one.status == Suggestion.Status.RECEIVED


def test_one_find_is_kept_visible_and_other_words_are_masked(office: Client, client: Client) -> None:
    one = SuggestionFactory(body=f"{PLATE}占道，老张头最清楚。电话{PHONE}。", wish="老张头可以作证。")
    keep = [n for n, found in enumerate(one.found()) if found.words == PLATE]
    hide = [str(n) for n in range(len(one.found())) if n not in keep]
    assert send(office, one, hide=hide, also="老张头").status_code == 302
    page = text(client.get(one.get_absolute_url()))
    assert PLATE in page and PHONE not in page and "老张头" not in page and "***最清楚" in page
    entry = ModelLogEntry.objects.get(action="portal.public_text")
    assert entry.data == {"found": 2, "shown": 1, "by_hand": 1}


def test_a_preview_changes_nothing_and_keeps_what_was_typed(office: Client) -> None:
    one = SuggestionFactory(body="老张头最清楚。")
    address = reverse("office:accept", args=[one.number])
    fields = {
        "accept-seen": one.status,
        "accept-read": one.text_version(),
        "accept-also": "老张头",
        "accept-note": "谢谢您",
        "preview": "1",
    }
    page = text(office.post(address, fields))
    assert "***最清楚" in page and "谢谢您" in page and "老张头</textarea>" in page
    one.refresh_from_db()
    assert (one.status, one.hidden_words) == (Suggestion.Status.RECEIVED, [])


@pytest.mark.parametrize(("typed", "why"), [("老李头", "在原文里没有找到"), ("老", "只有一个字")])
def test_words_that_cannot_be_masked_are_told_and_kept(office: Client, typed: str, why: str) -> None:
    one = SuggestionFactory(body="老张头最清楚。")
    page = text(send(office, one, also=typed))
    assert why in page and f"{typed}</textarea>" in page
    one.refresh_from_db()
    assert one.status == Suggestion.Status.RECEIVED


def test_later_the_decision_can_be_changed(office: Client, client: Client) -> None:
    one = SuggestionFactory(body=f"{PLATE}占道。")
    send(office, one, hide=[])
    assert PLATE in text(client.get(one.get_absolute_url()))
    one.refresh_from_db()
    send(office, one, "public_text")
    assert PLATE not in text(client.get(one.get_absolute_url()))
    assert "确认公开文字" in text(office.get(reverse("office:suggestion", args=[one.number])))


def test_in_bulk_only_what_has_nothing_personal_is_accepted(office: Client) -> None:
    plain, personal = SuggestionFactory(), SuggestionFactory(**FACTS)
    address, picked = reverse("office:bulk"), {"do": "accept", "pick": [plain.number, personal.number]}
    assert "请逐条看过再受理" in text(office.get(address, picked))
    office.post(address, picked)
    for one in (plain, personal):
        one.refresh_from_db()
    assert (plain.status, personal.status) == (Suggestion.Status.OPEN, Suggestion.Status.RECEIVED)
    assert plain.text_checked_at is None


def test_no_path_accepts_personal_data_that_nobody_has_looked_at(officer: Any) -> None:
    one = SuggestionFactory(**FACTS)
    with pytest.raises(MoveRefused, match="请先打开看过公众会看到的文字"):
        one.accept(officer)
    one.refresh_from_db()
    assert (one.status, one.moves.count()) == (Suggestion.Status.RECEIVED, 1)
    one.confirm_text(shown=[], hidden=[])
    one.accept(officer)
    assert one.status == Suggestion.Status.OPEN


def test_a_text_that_changed_meanwhile_is_not_confirmed_unread(officer: Any) -> None:
    one = SuggestionFactory(**FACTS)
    newer = Suggestion.objects.get(pk=one.pk)
    newer.body = f"{newer.body}还有{PLATE}。"
    newer.save(update_fields=["body"])
    with pytest.raises(SomebodyWasFaster, match="原文刚刚被改过"):
        one.confirm_text(shown=[], hidden=[])
    one.refresh_from_db()
    assert one.text_checked_at is None and PLATE in one.body


def test_numbers_that_lead_to_a_person_stand_on_no_screen_of_the_office_unasked(office: Client) -> None:
    one, other = SuggestionFactory(open=True, **FACTS), SuggestionFactory(**FACTS)
    merge = f"{reverse('office:merge')}?pick={one.number}&pick={other.number}"
    pages = [
        reverse("office:queue") + "?tab=all",
        merge,
        *(reverse("office:suggestion", args=[n]) for n in (one.number, other.number)),
    ]
    for address in pages:
        page = unescape(text(office.get(address)))
        assert other.number in page
        assert not [secret for secret in (PHONE, WIDE, ID, CARD, OWN) if secret in page], address


def test_rows_from_before_get_their_wording_from_the_migration() -> None:
    one = SuggestionFactory(open=True, **FACTS)
    Suggestion.objects.update(public_title="", public_place="", public_body="", public_wish="")
    import_module("portal.migrations.0003_public_text").write_public_texts(apps, None)
    written = Suggestion.objects.get()
    assert [getattr(written, f"public_{name}") for name in TEXTS] == [getattr(one, f"public_{name}") for name in TEXTS]
    assert not secrets_in(written.public_body) and written.public_body
