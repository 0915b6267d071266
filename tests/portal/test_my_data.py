"""我的资料: everything held about a person can be read, taken along, corrected and erased — and nothing is forgotten."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.holdings import DEEDS, HOLDINGS, NOT_PERSONAL
from config.moves import Move
from config.privacy import EncryptedTextField
from portal import erasing
from portal.models import (
    Consent,
    DeskDraft,
    Erasure,
    Follow,
    InternalNote,
    Letter,
    Notice,
    Reach,
    Recording,
    Reveal,
    SavedFilter,
    Subscription,
    Suggestion,
    User,
)
from portal.models.people import ERASED
from tests.addresses import OUR_APPS
from tests.factories import AttachmentFactory, CitizenFactory, MembershipFactory, SuggestionFactory
from tests.portal.accounts.browser import last_code
from voting.models import Support

pytestmark = pytest.mark.django_db
DATA = "/accounts/data/"
NAME, PHONE, MAIL = "钟离霜桐", "13766554433", "closet99@qq.com"
WORDS = ("phone", "mail", "openid", "unionid", "nick", "contact", "display_name", "caller", "id_card")


def looks_personal(field: Any) -> bool:
    return isinstance(field, EncryptedTextField) or field.related_model is User or any(w in field.name for w in WORDS)


def forgotten() -> list[str]:
    """Tables that may know a person and are in none of the lists."""
    listed = {label for one in HOLDINGS for label in one.models} | set(DEEDS) | set(NOT_PERSONAL)
    found = []
    for model in apps.get_models():
        label = model._meta.label
        ours = model._meta.app_label in OUR_APPS
        if label in listed or issubclass(model, Move) or not ours:
            continue
        names = [field.name for field in model._meta.concrete_fields if looks_personal(field)]
        if set(names) - {"history_user", "owner", "locked_by"}:
            found.append(f"{label}: {', '.join(names)}")
    return found


def test_every_table_that_may_know_a_person_is_registered():
    assert not forgotten(), "put these into a personal_data.py (see config/holdings.py):\n" + "\n".join(forgotten())


def test_a_forgotten_table_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    rest = [one for one in HOLDINGS if one.key != "notices"]
    monkeypatch.setattr("tests.portal.test_my_data.HOLDINGS", rest)
    assert [line for line in forgotten() if line.startswith("portal.Notice:")]


def life() -> Any:
    """A person who left something in every table."""
    user = CitizenFactory(display_name=NAME, phone=PHONE, email=MAIL)
    user.emailaddress_set.create(email=MAIL, verified=True)
    text = f"我叫{NAME}，电话{PHONE}，门口路灯不亮。"
    published = SuggestionFactory(author=user, name=NAME, phone=PHONE, body=text, shown_as="name", answered=True)
    waiting = SuggestionFactory(author=user, name=NAME, phone=PHONE, title=f"{NAME}家门口积水", body=text)
    for one in (published, waiting):
        Consent.objects.record(one, how=Consent.How.WEB)
        Notice.objects.tell(f"x:{one.pk}", f"{NAME}您好", user=user, phone=PHONE, url=one.get_absolute_url())
        AttachmentFactory(suggestion=one, caption=f"{NAME}拍的")
    answer = published.assignments.get()
    answer.answer = f"{NAME}您好，打 {PHONE} 没有接通，路灯已修好。"
    answer.save(update_fields=["answer"])
    published.decisions.update(reason=f"{NAME}反映的属实，交市政办理。")
    beside(user, published)
    other = SuggestionFactory(open=True)
    Support.objects.give(other, user)
    Follow.objects.keep(other, user)
    return user


def beside(user: Any, one: Any) -> None:
    """What the front desk, the mailbox and the office wrote down about the author."""
    clerk, now = CitizenFactory(display_name="登记人"), timezone.now()
    Recording.objects.create(suggestion=one, by=clerk, at=now, caller=PHONE)
    Letter.objects.create(suggestion=one, status="used", message_key="m", validity=1, uid=1, sender=MAIL,
                          sender_name=NAME, subject=f"{NAME}来信", text=f"{NAME} {PHONE}", received_at=now)  # fmt: skip
    InternalNote.objects.create(suggestion=one, by=clerk, text=one.hide_in(f"已电话联系{NAME}（{PHONE}）。"))
    Subscription.objects.create(suggestion=one).confirm_mail(MAIL)
    Reach.objects.ready(user).confirm_mail(MAIL)
    DeskDraft.objects.keep(user, "k", {"name": NAME})
    SavedFilter.objects.create(owner=user, name="常用", query=f"q={NAME}")


@pytest.fixture
def user() -> Any:
    return life()


@pytest.fixture
def client_of(sign_in: Any) -> Any:
    """A browser of this person that proved itself a moment ago, by the code that was sent."""

    def proved(user: Any) -> Client:
        client = sign_in(user)
        client.post("/accounts/prove/", {"send": "1"})
        sent = client.post("/accounts/prove/", {"code": last_code(), "next": DATA})
        assert sent["Location"] == DATA
        return client

    return proved


def everywhere(words: list[str]) -> list[str]:
    """Tables, sessions and private files in which one of the words stands; encrypted columns are read too."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [str(row) for row in cursor.fetchall()]
            found += [f"{table}: {word}" for word in words if any(word in row for row in rows)]
    for model in apps.get_models():
        sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        for values in model._default_manager.values_list(*sealed) if sealed else ():
            found += [f"{model._meta.label}: {word}" for word in words if word in str(values)]
    for session in Session.objects.all():
        found += [f"session: {word}" for word in words if word in str(session.get_decoded())]
    return found


# --- looking ------------------------------------------------------------------------------------
def test_one_sees_everything_of_ones_own_and_who_looked_at_it(
    sign_in: Any, user: Any, stranger: Any, office_leader: Any
):
    one = Suggestion.objects.filter(author=user).earliest("pk")
    Reveal.objects.record(one, by=office_leader, why="verify", reason="电话核实路灯位置", address="10.0.0.1")
    page = sign_in(user).get(DATA).content.decode()
    for word in (NAME, PHONE, MAIL, one.number, "电话核实路灯位置", "改革办负责人", "公开这条建议"):
        assert word in page, word
    assert "褚负责人" not in page  # the role, not the colleague
    other = sign_in(stranger).get(DATA).content.decode()
    assert NAME not in other and one.number not in other


def test_taking_along_needs_a_fresh_code_and_gives_all_rows(sign_in: Any, client_of: Any, user: Any):
    stale = sign_in(user).post(DATA + "download/")
    assert stale["Location"].startswith("/accounts/prove/")
    client = client_of(user)
    answer = client.post(DATA + "download/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))["data"]
        page = archive.read("data.html").decode()
    counts = {part["key"]: part["count"] for part in data}
    assert counts["suggestions"] == 2 and counts["supports"] == 1 and counts["follows"] == 1 and counts["account"] == 1
    assert NAME in page and PHONE in page
    assert Notice.objects.filter(user=user, channel="in_app", text__contains="下载了一份本人资料").count() == 1
    for _n in range(9):
        client.post(DATA + "download/")
    assert client.post(DATA + "download/").status_code == 429


def test_a_wrong_code_proves_nothing(sign_in: Any, user: Any):
    client = sign_in(user)
    client.post("/accounts/prove/", {"send": "1"})
    wrong = f"{(int(last_code()) + 1) % 10**6:06d}"
    assert "验证码不对" in client.post("/accounts/prove/", {"code": wrong}).content.decode()
    assert client.post(DATA + "download/").status_code == 302


# --- correcting ---------------------------------------------------------------------------------
def test_another_phone_takes_both_codes_and_ends_other_sessions(client_of: Any, sign_in: Any, user: Any):
    elsewhere, client = sign_in(user), client_of(user)
    client.post(DATA + "phone/", {"phone": "139 1111 2222", "everywhere": "on"})
    done = client.post(DATA + "phone/code/", {"code": last_code()})
    assert done["Location"] == DATA
    user.refresh_from_db()
    assert user.phone == "13911112222" and User.objects.by_phone(PHONE) is None
    assert {one.phone for one in Suggestion.objects.filter(author=user)} == {"13911112222"}
    assert client.get(DATA).status_code == 200
    assert elsewhere.get(DATA)["Location"].startswith("/accounts/login/")


def test_a_phone_of_another_account_is_not_taken_over(client_of: Any, user: Any, stranger: Any):
    client = client_of(user)
    client.post(DATA + "phone/", {"phone": stranger.phone})
    page = client.post(DATA + "phone/code/", {"code": last_code()}, follow=True).content.decode()
    assert "已有另一个账号" in page
    user.refresh_from_db()
    assert user.phone == PHONE


def test_the_name_on_a_suggestion_is_put_right_and_masked_anew(client: Client):
    one: Any = SuggestionFactory(open=True, name="李晓美", body="路灯不亮。欧阳蔚蓝")
    client.post("/track/", {"number": one.number, "code": one.code})
    assert "欧阳蔚蓝" in one.public_body
    client.post(f"/track/{one.number}/name/", {"name": "欧阳蔚蓝"})
    one = Suggestion.objects.get(pk=one.pk)
    assert one.name == "欧阳蔚蓝" and "欧阳蔚蓝" not in one.public_body
    assert not one.history.filter(name="李晓美").exists()


# --- erasing ------------------------------------------------------------------------------------
def test_erasing_waits_seven_days_and_can_be_called_off(client_of: Any, user: Any):
    client = client_of(user)
    assert "请先看清" in client.post(DATA + "erase/", {}).content.decode()
    client.post(DATA + "erase/", {"understood": "on"})
    wish = Erasure.objects.get(user=user)
    assert timedelta(days=6, hours=23) < wish.due_at - timezone.now() <= timedelta(days=7)
    assert erasing.erase_due() == 0
    client.post(DATA + "keep/")
    assert erasing.erase_due(wish.due_at + timedelta(days=1)) == 0
    user.refresh_from_db()
    assert user.phone == PHONE


def erased(user: Any, **choice: Any) -> None:
    wish = Erasure.objects.ask(user, unpublish=choice.get("unpublish", False))
    assert erasing.erase_due(wish.due_at) == 1
    assert erasing.erase_due(wish.due_at) == 0  # once


def test_after_it_no_table_history_session_or_file_knows_the_person(
    sign_in: Any, user: Any, settings: Any, tmp_path: Any
):
    settings.WEITAI_ERASURES = str(tmp_path / "erasures.txt")
    client = sign_in(user)
    client.get(DATA)
    before = everywhere([NAME, PHONE, MAIL])
    tables = {line.split(":")[0] for line in before}
    assert {"portal.User", "portal.Suggestion", "portal_suggestion", "portal_assignment", "portal_decision"} <= tables
    assert {"portal.Recording", "portal.Letter", "portal.Subscription", "portal.Reach", "portal.DeskDraft"} <= tables
    assert {"portal_letter"} <= tables
    files = [one.image.path for one in _attachments(user)]
    published = Suggestion.objects.filter(author=user).earliest("pk")
    erased(user)
    assert everywhere([NAME, PHONE, MAIL, user.username]) == []
    assert not [path for path in files if Path(path).exists()]
    user.refresh_from_db()
    assert str(user) == ERASED and not user.is_active
    shown = Client().get(published.get_absolute_url()).content.decode()
    assert "路灯不亮" in shown and "匿名" in shown  # what was published stays, unsigned
    assert Support.objects.count() == 1
    assert client.get(DATA)["Location"].startswith("/accounts/login/")
    line = (tmp_path / "erasures.txt").read_text()
    assert len(line.split()) == 1 and PHONE not in line


def _attachments(user: Any) -> Any:
    return [a for one in Suggestion.objects.filter(author=user) for a in one.attachments.all()]


def test_with_the_texts_taken_down_when_asked(user: Any):
    public = Suggestion.objects.public().filter(author=user).get()
    erased(user, unpublish=True)
    assert not Suggestion.objects.public().filter(pk=public.pk).exists()


def test_an_unscreened_one_is_not_published_when_nobody_can_be_asked_any_more(user: Any):
    waiting = Suggestion.objects.get(author=user, status="received")
    erased(user)
    waiting.refresh_from_db()
    assert not waiting.is_public and waiting.status == "received"


def test_who_has_duties_hands_them_over_first(client_of: Any, user: Any):
    member = MembershipFactory(user=user)
    page = client_of(user).post(DATA + "erase/", {"understood": "on"})
    assert page.status_code == 409 and "移交" in page.content.decode()
    assert not Erasure.objects.exists()
    member.is_active = False
    member.save()
    erased(user)


def test_a_receipt_is_enough_to_erase_name_and_phone(client: Client):
    one: Any = SuggestionFactory(open=True, name=NAME, phone=PHONE, body=f"{PHONE}找我，{NAME}")
    client.post("/track/", {"number": one.number, "code": one.code})
    client.post(f"/track/{one.number}/erase/")
    assert everywhere([NAME, PHONE]) == []
    assert client.get(f"/track/{one.number}/").status_code == 200  # number and code live on


def test_a_restored_backup_is_erased_again(user: Any, settings: Any, tmp_path: Any):
    settings.WEITAI_ERASURES = str(tmp_path / "erasures.txt")
    rows = User.objects.filter(pk=user.pk).values().get()
    one = Suggestion.objects.filter(author=user).earliest("pk")
    erased(user)
    Erasure.objects.all().delete()  # the backup is older than the wish
    User.objects.filter(pk=user.pk).update(**{k: v for k, v in rows.items() if k != "id"})
    Suggestion.objects.filter(pk=one.pk).update(name=NAME, phone=PHONE, author=user.pk)
    stranger = CitizenFactory(display_name="路人甲", phone="13911112222")
    call_command("reapply_erasures")
    assert everywhere([NAME, PHONE, MAIL]) == []
    stranger.refresh_from_db()
    assert stranger.phone == "13911112222"
