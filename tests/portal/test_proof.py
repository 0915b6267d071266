"""Proof that a person sends: never seen by an honest one, a wall for a script that does not solve, slow for one that does."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import altcha
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from config.limits import counted
from portal import proof
from portal.models import Campaign, Suggestion
from tests.factories import CampaignFactory
from tests.portal.accounts.browser import last_code, messages_sent
from tests.portal.test_suggest import BODY, RECEIPT, TOKENS, URL, WISH, filled, photo, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(db: None, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setattr(proof, "COST", 5)  # the scheme at full length, the work short
    return CampaignFactory()


def challenge(client: Client, key: str) -> dict[str, Any]:
    return client.get(f"/suggestions/challenge/{key}/").json()


def solved(client: Client, key: str) -> str:
    """What a browser sends after its work."""
    found = altcha.Challenge.from_dict(challenge(client, key))
    return altcha.Payload(found, altcha.solve_challenge(found)).to_base64()


def use_up(client: Client, free: int = 5) -> None:
    for _ in range(free):
        assert client.post(URL, filled()).status_code == 302


def test_an_honest_person_never_sees_it(client: Client, campaign: Campaign) -> None:
    for _ in range(5):
        assert client.post(URL, filled())["Location"] == RECEIPT


def test_a_script_that_does_not_solve_is_stopped_and_nothing_that_was_typed_is_lost(
    client: Client, campaign: Campaign
) -> None:
    use_up(client)
    answers = [client.post(URL, filled(photos=[photo()])) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {422} and Suggestion.objects.count() == 5
    page = text(answers[0])
    assert "还差一步" in page and "用短信确认" in page and "0318-0000000" in page
    assert BODY in page and WISH in page and len(set(TOKENS.findall(page))) == 1
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post(URL, filled()).status_code == 302, "its neighbours are not stopped with it"


def test_a_script_that_solves_gets_harder_work_each_time_and_ends_at_the_limit(
    client: Client, campaign: Campaign, settings: Any
) -> None:
    settings.WEITAI_SUBMITS_PER_HOUR = 12
    use_up(client)
    tries, answers = [], []
    for _ in range(9):
        data = filled()
        payload = solved(client, data["submission_key"])
        tries.append(json.loads(base64.b64decode(payload))["solution"]["counter"])
        answers.append(client.post(URL, data | {"altcha": payload}).status_code)
    assert answers == [302] * 7 + [429] * 2
    assert max(tries[:4]) < 2 * proof.COUNTER <= min(tries[5:])
    for _ in range(60):
        challenge(client, str(uuid.uuid4()))
    found = altcha.Challenge.from_dict(challenge(client, str(uuid.uuid4())))
    counter = altcha.solve_challenge(found).counter
    assert proof.COUNTER << proof.HARDEST <= counter < proof.COUNTER << (proof.HARDEST + 1)


def test_a_solution_counts_once_for_its_own_form_in_time_and_unchanged(client: Client, campaign: Campaign) -> None:
    use_up(client)
    data = filled()
    key = data["submission_key"]
    payload = solved(client, key)
    assert client.post(URL, filled() | {"altcha": payload}).status_code == 422, "made for another form"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.post(URL, data | {"altcha": payload}).status_code == 422, "too late"
    assert not proof.is_solved(_with(payload, cost=1), key), "made easier"
    assert client.post(URL, data | {"altcha": payload}).status_code == 302
    assert not proof.is_solved(payload, key), "used"


def _with(payload: str, **changes: Any) -> str:
    inner = json.loads(base64.b64decode(payload))
    inner["challenge"]["parameters"] |= changes
    return packed(inner)


ODD = {
    "challenge": {"parameters": {"algorithm": 1, "nonce": 2, "salt": 3, "cost": 4}, "signature": 7},
    "solution": {"counter": [], "derivedKey": {}},
}


def packed(thing: Any) -> str:
    return base64.b64encode(json.dumps(thing).encode()).decode()


@pytest.mark.parametrize(
    "payload", ["x", "é", packed([]), packed(None), packed({"challenge": 1}), packed(ODD), "A" * 5000]
)
def test_what_is_no_solution_is_refused_without_an_error(client: Client, campaign: Campaign, payload: str) -> None:
    use_up(client)
    answer = client.post(URL, filled(altcha=payload))
    assert answer.status_code == 422 and "没有确认成功" in text(answer)


def test_whoever_falls_into_a_trap_again_and_again_is_asked(client: Client, campaign: Campaign) -> None:
    for _ in range(2):
        client.post(URL, filled(homepage="https://spam.example"))
    assert client.post(URL, filled()).status_code == 302, "a person whose browser filled it in passes"
    client.post(URL, filled(homepage="https://spam.example"))
    assert client.post(URL, filled()).status_code == 422


def test_a_code_by_sms_is_as_good_without_any_script(client: Client, campaign: Campaign) -> None:
    use_up(client)
    data = filled(photos=[photo()])
    page = text(client.post(URL, data))
    assert re.search(r'name="sms-phone" value="13800001111"', page)
    data |= {"photos": [], "photo_tokens": TOKENS.findall(page)[:1]}
    wrong = client.post(URL, data | {"sms-phone": "123", "sms_send": "1"})
    assert "请填写 11 位手机号" in text(wrong)
    sent = client.post(URL, data | {"sms-phone": "１３９００００２２２２", "sms_send": "1"})
    assert "139****2222" in text(sent) and BODY in text(sent)
    assert "用于提交建议" in messages_sent()[0]["text"]
    mistyped = client.post(URL, data | {"sms-code": "000000", "sms_check": "1"})
    assert "验证码不对" in text(mistyped)
    done = client.post(URL, data | {"sms-code": last_code(), "sms_check": "1"})
    assert done["Location"] == RECEIPT
    assert Suggestion.objects.latest("pk").attachments.count() == 1
    assert Suggestion.objects.latest("pk").phone == "13800001111", "the phone that vouches is not the one that is kept"


def test_a_code_for_a_suggestion_signs_nobody_in(client: Client, campaign: Campaign) -> None:
    use_up(client)
    client.post(URL, filled() | {"sms-phone": "13900002222", "sms_send": "1"})
    assert client.get("/accounts/code/")["Location"] == "/accounts/login/"


def test_one_phone_has_its_own_limit_in_whatever_network(client: Client, campaign: Campaign, settings: Any) -> None:
    settings.WEITAI_SUBMITS_PER_PERSON_DAY = 2
    answers = [Client(REMOTE_ADDR=f"203.0.113.{n}").post(URL, filled()).status_code for n in range(3)]
    assert answers == [302, 302, 429]
    assert client.post(URL, filled(phone="")).status_code == 302


def test_counting_is_of_one_window(db: None) -> None:
    assert [counted("a", "b", 60) for _ in range(3)] == [1, 2, 3]
