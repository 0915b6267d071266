"""查看身份: nobody sees who wrote a suggestion without a reason, and every look stays on record for auditor and author."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.models import Notice, Reveal
from tests.cast import PASSWORD
from tests.factories import SuggestionFactory
from tests.portal.test_screening import page_of

pytestmark = pytest.mark.django_db
LOG = "/admin/suggestions/reveals/"


def test_the_person_is_masked_until_revealed_with_a_reason(sign_in: Any, office_leader: Any) -> None:
    one = SuggestionFactory(name="欧阳晓梅", phone="13712345678")
    client = sign_in(office_leader)
    page = client.get(page_of(one)).content.decode()
    assert "欧阳**" in page and "137****5678" in page
    assert "晓梅" not in page and "13712345678" not in page

    address = reverse("office:reveal", args=[one.number])
    assert "13712345678" not in client.post(address, {"reason": ""}).content.decode()
    assert not Reveal.objects.exists()

    shown = client.post(address, {"why": "verify", "reason": "电话核实现场位置"})
    assert "欧阳晓梅" in shown.content.decode() and "13712345678" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = Reveal.objects.get()
    assert (entry.by, entry.suggestion, entry.reason) == (office_leader, one, "电话核实现场位置")
    assert (entry.role, entry.why, entry.fields, entry.address) == (
        "改革办负责人",
        "verify",
        "name phone text",
        "127.0.0.*",
    )
    assert "13712345678" not in client.get(page_of(one)).content.decode()


def test_revealing_asks_for_the_password_again_and_then_goes_on(
    sign_in: Any, office_leader: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEITAI_STAFF_MFA = True
    monkeypatch.setattr("allauth.mfa.utils.is_mfa_enabled", lambda user, types=None: types is None)
    one = SuggestionFactory(name="欧阳晓梅")
    client = sign_in(office_leader)
    session = client.session
    long_ago = time.time() - 900
    session.update({"signed_in_at": long_ago, "seen_at": time.time(), "session_ages": [1800, 28800]})
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": long_ago}]
    session["account_authentication_methods_user"] = str(office_leader.pk)
    session.save()
    asked = client.post(
        reverse("office:reveal", args=[one.number]), {"why": "verify", "reason": "电话核实现场位置", "tab": "received"}
    )
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    assert not Reveal.objects.exists()
    shown = client.post(asked["Location"], {"password": PASSWORD})
    assert "欧阳晓梅" in shown.content.decode()
    assert Reveal.objects.get().by == office_leader


@pytest.mark.parametrize("role", ["officer", "auditor", "sysadmin", "editor"])
def test_who_may_not_reveal_leaves_no_name_on_the_page(role: str, sign_in: Any, request: Any) -> None:
    one = SuggestionFactory(name="赵晓梅", phone="13712345678")
    client = sign_in(request.getfixturevalue(role))
    response = client.post(
        reverse("office:reveal", args=[one.number]), {"why": "other", "reason": "想看看是谁写的"}, follow=True
    )
    assert "赵晓梅" not in response.content.decode()
    assert not Reveal.objects.exists()


def look(by: Any, one: Any = None, reason: str = "电话核实现场位置") -> Reveal:
    one = one or SuggestionFactory(name="赵晓梅", phone="13712345678")
    return Reveal.objects.record(one, by=by, why="verify", reason=reason, address="10.1.2.3")


def test_a_category_and_a_sentence_are_asked_for(sign_in: Any, office_leader: Any) -> None:
    one = SuggestionFactory(name="赵晓梅")
    client, address = sign_in(office_leader), reverse("office:reveal", args=[one.number])
    for data in (
        {"reason": "电话核实现场位置"},
        {"why": "verify", "reason": "核实"},
        {"why": "x", "reason": "电话核实现场"},
    ):
        page = client.post(address, data).content.decode()
        assert "赵晓梅" not in page and data["reason"] in page  # nothing typed is lost
    assert not Reveal.objects.exists()


def test_a_record_is_never_changed_and_holds_no_number(office_leader: Any) -> None:
    row = look(office_leader, reason="打 13712345678 核实情况")
    assert "13712345678" not in row.reason
    for change in (lambda: Reveal.objects.update(reason="x"), lambda: Reveal.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_auditor_finds_looks_by_person_reason_and_day_and_takes_them_along(
    sign_in: Any, auditor: Any, office_leader: Any, officer: Any
) -> None:
    first, second = look(office_leader), look(officer, reason="约到现场看积水点")
    client = sign_in(auditor)
    page = client.get(LOG).content.decode()
    assert first.suggestion.number in page and second.suggestion.number in page
    assert "赵晓梅" not in page and "13712345678" not in page and "10.1.2.3" not in page
    narrowed = client.get(LOG, {"who": "王经办"}).content.decode()
    assert first.suggestion.number not in narrowed and second.suggestion.number in narrowed
    assert client.get(LOG, {"since": "2999-01-01"}).content.decode().count("没有查看记录") == 1
    table = b"".join(client.get(f"{LOG}export.csv", {"who": "王经办"}))
    assert "约到现场看积水点" in table.decode() and first.suggestion.number not in table.decode()


def test_who_looks_at_very_many_is_told_to_the_auditor_once_a_day(
    office_leader: Any, auditor: Any, settings: Any
) -> None:
    settings.WEITAI_REVEALS_PER_DAY = 2
    for n in range(4):
        look(office_leader)
        assert Notice.objects.filter(user=auditor).count() == (n >= 2)


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_asks_as_often_for_one_as_for_three(
    n: int, sign_in: Any, auditor: Any, office_leader: Any, django_assert_max_num_queries: Any
) -> None:
    for _n in range(n):
        look(office_leader)
    client = sign_in(auditor)
    client.get(LOG)
    with django_assert_max_num_queries(15):
        client.get(LOG)


def test_correcting_a_text_shows_no_number_and_loses_none(sign_in: Any, officer: Any) -> None:
    one = SuggestionFactory(name="欧阳晓梅", body="路灯不亮，打 13712345678。欧阳晓梅")
    address, client = reverse("office:edit", args=[one.number]), sign_in(officer)
    page = client.get(address)
    text = page.content.decode()
    assert "欧阳晓梅" not in text and "13712345678" not in text and "137****5678" in text
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"body": "三盏路灯不亮，打 137****5678。欧阳**"}
    sent["area"] = one.area_id
    assert client.post(address, sent).status_code == 302
    one.refresh_from_db()
    assert one.body == "三盏路灯不亮，打 13712345678。欧阳晓梅"
