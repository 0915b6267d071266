"""Following one's own suggestion: by receipt, QR code or account; and by nobody else."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from portal.models import Assignment, Suggestion, Verdict
from tests.cast import person
from tests.factories import AttachmentFactory, ProjectFactory, SuggestionFactory

URL = "/track/"
pytestmark = pytest.mark.django_db


def look_up(client: Client, number: str, code: str, **extra: Any) -> Any:
    return client.post(URL, {"number": number, "code": code}, **extra)


def author_of(one: Any) -> Client:
    """A browser in which the receipt has been shown."""
    client = Client()
    assert look_up(client, one.number, one.code).status_code == 302
    return client


def text(response: Any) -> str:
    return response.content.decode()


def states(page: str) -> list[str]:
    return re.findall(r'<span class="tag tag-state">([^<]+)</span>', page[page.index('class="lifeline"') :])


@pytest.mark.parametrize("typed", ["{n}|{c}", " {n} |{c}", "{nl}|{cl}", "{n}|{c5}", "{nf}|{cf}"])
def test_number_and_code_open_the_suggestion_however_they_are_typed(client: Client, typed: str) -> None:
    one = SuggestionFactory()
    full = str.maketrans(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ-", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＭＮＰＱＲＳＴＶＷＸＹＺ－"
    )
    number, code = typed.format(
        n=one.number, nl=one.number.lower(), nf=one.number.translate(full), c=one.code, cl=one.code.lower(),
        c5=f"{one.code[:5]}-{one.code[5:]}", cf=one.code.translate(full),
    ).split("|")  # fmt: skip
    response = look_up(client, number, code)
    assert response["Location"] == f"/track/{one.number}/"
    page = client.get(response["Location"])
    assert one.title in text(page) and one.body in text(page)
    assert "no-store" in page["Cache-Control"]


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(client: Client) -> None:
    one = SuggestionFactory()
    unknown = one.number[:-1] + ("0" if one.number[-1] != "0" else "1")
    wrong, missing = look_up(client, one.number, "0000000000"), look_up(client, unknown, "0000000000")

    def anonymous(response: Any) -> tuple[int, str, dict[str, str]]:
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text(response))
        return response.status_code, page.replace(one.number, "N").replace(unknown, "N"), dict(response.headers)

    assert anonymous(wrong) == anonymous(missing)
    assert "编号或查询码不对，请对照回执再看一遍。" in text(wrong)


def test_a_wrong_code_and_an_unknown_number_take_the_same_time(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    one = SuggestionFactory()
    Suggestion.objects.by_receipt("WJ2020-000000", "0000000000")  # the dummy is made on first use

    seconds: dict[str, list[float]] = {one.number: [], "WJ2020-000000": []}
    for _ in range(9):  # in turns, so that a machine that slows down slows both
        for number, taken in seconds.items():
            started = time.perf_counter()
            Suggestion.objects.by_receipt(number, "0000000000")
            taken.append(time.perf_counter() - started)
    known, unknown = (statistics.median(taken) for taken in seconds.values())
    assert abs(known - unknown) < 0.5 * known


def test_a_number_has_five_tries_in_a_quarter_of_an_hour_from_wherever_they_come(client: Client) -> None:
    one, other = SuggestionFactory(), SuggestionFactory()
    for n in range(5):
        assert look_up(Client(REMOTE_ADDR=f"203.0.113.{n}"), one.number, "0000000000").status_code == 422
    sixth = look_up(client, one.number, one.code)
    assert sixth.status_code == 429 and sixth["Retry-After"] == "900"
    assert "请过 15 分钟再试" in text(sixth) and f'value="{one.number}"' in text(sixth)
    assert look_up(client, other.number, other.code).status_code == 302


def test_an_address_has_twenty_tries_an_hour(client: Client) -> None:
    for n in range(20):
        assert look_up(client, f"WJ2020-{n:06d}", "0000000000").status_code == 422
    one = SuggestionFactory()
    assert look_up(client, one.number, one.code).status_code == 429
    assert look_up(Client(REMOTE_ADDR="203.0.113.1"), one.number, one.code).status_code == 302


def test_the_qr_code_opens_it_and_the_token_does_not_stay_in_the_address(client: Client) -> None:
    one = SuggestionFactory()
    response = client.get(f"/track/q/{one.token}/")
    assert response["Location"] == f"/track/{one.number}/"
    assert one.title in text(client.get(response["Location"]))
    wrong = Client().get("/track/q/not-a-token/")
    assert wrong.status_code == 404 and "请用编号和查询码查" in text(wrong)


def test_looking_up_gives_the_browser_a_new_session(client: Client) -> None:
    one = SuggestionFactory()
    session = client.session
    session["kept"] = True
    session.save()
    client.cookies["weitai-session"] = session.session_key
    look_up(client, one.number, one.code)
    assert client.session.session_key != session.session_key and client.session["kept"]


def test_after_two_hours_the_code_is_asked_for_again() -> None:
    one = SuggestionFactory()
    client = author_of(one)
    with time_machine.travel(timezone.now() + timedelta(minutes=119)):
        assert client.get(f"/track/{one.number}/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=121)):
        assert client.get(f"/track/{one.number}/")["Location"] == f"/track/?number={one.number}"


@pytest.mark.parametrize("path", ["", "verdict/", "claim/"])
def test_somebody_elses_number_and_an_unknown_one_get_the_same_answer(sign_in: Any, stranger: Any, path: str) -> None:
    mine, theirs = SuggestionFactory(), SuggestionFactory(answered=True)
    client = sign_in(stranger)
    look_up(client, mine.number, mine.code)
    for number in (theirs.number, "WJ2020-999999"):
        ask = client.get if not path else client.post
        response = ask(f"/track/{number}/{path}", {"level": "satisfied"} if path else {})
        assert response["Location"] == f"/track/?number={number}"
    theirs.refresh_from_db()
    assert theirs.author is None and not Verdict.objects.exists()


def test_the_author_reads_why_it_was_not_accepted_and_the_public_reads_nothing() -> None:
    one = SuggestionFactory(not_accepted=True)
    page = text(author_of(one).get(f"/track/{one.number}/"))
    assert "内容不具体，无法办理。请补充具体地点后重新提交" in page
    assert states(page)[-1] == "未受理"
    assert Client().get(f"/suggestions/{one.number}/").status_code == 404


def test_the_author_sees_own_photos_before_they_are_released() -> None:
    photo = AttachmentFactory(suggestion=SuggestionFactory())
    page = text(author_of(photo.suggestion).get(f"/track/{photo.suggestion.number}/"))
    assert photo.get_absolute_url() in page


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        ("received", ["已收到", "等初审"]),
        ("open", ["已收到", "已受理", "等定去向"]),
        ("proposed", ["已收到", "已受理", "拟定去向", "等审定"]),
        ("declined", ["已收到", "已受理", "拟定去向", "不予采纳"]),
        ("deferred", ["已收到", "已受理", "拟定去向", "分步推进"]),
        ("assigned", ["已收到", "已受理", "拟定去向", "转责任单位办理", "等责任单位答复"]),
        ("answered", ["已收到", "已受理", "拟定去向", "转责任单位办理", "已答复", "等提出人评价"]),
        ("reopened", ["已收到", "已受理", "拟定去向", "转责任单位办理", "已答复", "重新办理", "等责任单位答复"]),
        ("closed", ["已收到", "已受理", "拟定去向", "转责任单位办理", "已答复", "已办结"]),
    ],
)
def test_the_life_line_shows_each_state_that_was_set_and_what_comes_next(stage: str, line: list[str]) -> None:
    one = SuggestionFactory(**{stage: True})
    assert states(text(author_of(one).get(f"/track/{one.number}/"))) == line


def test_a_late_office_is_shown_as_late() -> None:
    one = SuggestionFactory(open=True, at=timezone.now() - timedelta(days=60))
    page = text(author_of(one).get(f"/track/{one.number}/"))
    assert re.search(r"逾期 \d+ 天", page) and "light-red" in page


def test_a_merged_one_goes_on_with_the_life_of_its_lead() -> None:
    lead = SuggestionFactory(open=True, at=timezone.now() - timedelta(days=3))
    one = SuggestionFactory(open=True, at=timezone.now() - timedelta(days=2))
    one.merge_into(lead, person("officer"), at=timezone.now() - timedelta(days=1))
    lead.refresh_from_db()
    client = author_of(one)
    assert states(text(client.get(f"/track/{one.number}/")))[-2:] == ["合并办理", "等定去向"]
    SuggestionFactory.to_adopted(lead, timezone.now() - timedelta(hours=1))
    page = text(client.get(f"/track/{one.number}/"))
    assert states(page) == ["已收到", "已受理", "合并办理", "拟定去向", "采纳，纳入项目库", "等列入年度清单"]
    assert lead.number in page and f'href="/suggestions/{lead.number}/"' in page


def test_merging_into_one_that_was_decided_says_how() -> None:
    lead = SuggestionFactory(declined=True, at=timezone.now() - timedelta(days=3))
    one = SuggestionFactory(open=True, at=timezone.now() - timedelta(days=2))
    one.merge_into(lead, person("officer"))
    page = text(author_of(one).get(f"/track/{one.number}/"))
    assert states(page) == ["已收到", "已受理", "合并办理"]
    assert "那条建议当时：不予采纳" in page and "办理条件具备。" in page


def test_the_life_goes_on_in_the_project() -> None:
    one = SuggestionFactory(adopted=True, at=timezone.now() - timedelta(days=90))
    project = ProjectFactory(active=True, sources=[one], at=timezone.now() - timedelta(days=61))
    page = text(author_of(one).get(f"/track/{one.number}/"))
    assert project.title in page and "已列入清单" in states(page) and "推进中" in states(page)
    assert "等列入年度清单" not in page


@pytest.mark.parametrize("level", ["satisfied", "basically", "dissatisfied"])
def test_the_author_judges_an_answer_once(level: str) -> None:
    one = SuggestionFactory(answered=True)
    client = author_of(one)
    assert "请您评价" in text(client.get(f"/track/{one.number}/"))
    page = text(
        client.post(
            f"/track/{one.number}/verdict/", {"result": "partly", "level": level, "comment": "谢谢"}, follow=True
        )
    )
    assert "您的评价已记下，谢谢。" in page and "请您评价" not in page
    verdict = Verdict.objects.get()
    assert (verdict.level, verdict.comment, verdict.assignment.suggestion) == (level, "谢谢", one)
    again = client.post(f"/track/{one.number}/verdict/", {"level": "satisfied"}, follow=True)
    assert "现在没有等您评价的答复。" in text(again)
    assert Verdict.objects.get().level == level


def test_a_dissatisfied_author_may_have_it_worked_on_once_more() -> None:
    one = SuggestionFactory(answered=True)
    client = author_of(one)
    data = {"result": "unsolved", "level": "dissatisfied", "comment": "遮雨棚还没装。", "reopen": "on"}
    client.post(f"/track/{one.number}/verdict/", data)
    one.refresh_from_db()
    assert one.status == Suggestion.Status.REOPENED
    second = one.assignments.latest("pk")
    assert second.status == Assignment.Status.DUE
    SuggestionFactory.to_answered(FromLatest(one, second), None)
    page = text(client.get(f"/track/{one.number}/"))
    assert "请您评价" in page and "要求重新办理" not in page[: page.index('class="lifeline"')]


class FromLatest:
    """Lets the factory answer the second assignment."""

    def __init__(self, one: Suggestion, assignment: Assignment) -> None:
        self.assignments = self
        self.get = lambda: Assignment.objects.get(pk=assignment.pk)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请在满意、基本满意、不满意里选一个。"),
        ({"level": "satisfied"}, "请在已解决、部分解决、未解决里选一个。"),
        (
            {"result": "partly", "level": "satisfied", "reopen": "on", "comment": "字"},
            "选“未解决”或“不满意”，才能要求重新办理。",
        ),
        (
            {"result": "unsolved", "level": "dissatisfied", "reopen": "on", "comment": " "},
            "请写明哪里没有办好，责任单位好对着改。",
        ),
    ],
)
def test_a_verdict_that_is_not_clear_is_asked_again(data: dict[str, str], sentence: str) -> None:
    one = SuggestionFactory(answered=True)
    response = author_of(one).post(f"/track/{one.number}/verdict/", data)
    assert response.status_code == 422 and sentence in text(response)
    assert not Verdict.objects.exists()


def test_the_public_never_reads_the_authors_comment() -> None:
    one = SuggestionFactory(answered=True)
    client = author_of(one)
    data = {"result": "unsolved", "level": "dissatisfied", "comment": "我住三单元五零二", "reopen": "on"}
    client.post(f"/track/{one.number}/verdict/", data)
    assert "三单元" in text(client.get(f"/track/{one.number}/"))
    public = text(Client().get(f"/suggestions/{one.number}/"))
    assert "三单元" not in public and "提出人要求重新办理。" in public and "提出人评价：不满意，未解决" in public


def test_a_citizen_claims_a_suggestion_and_needs_no_code_any_more(sign_in: Any, citizen: Any, stranger: Any) -> None:
    one = SuggestionFactory()
    client = sign_in(citizen)
    look_up(client, one.number, one.code)
    assert "认领到我的账号" in text(client.get(f"/track/{one.number}/"))
    client.post(f"/track/{one.number}/claim/")
    one.refresh_from_db()
    assert one.author == citizen
    assert sign_in(citizen).get(f"/track/{one.number}/").status_code == 200
    assert one.title in text(sign_in(citizen).get("/accounts/mine/"))
    assert one.history.first().author == citizen
    late = sign_in(stranger)
    look_up(late, one.number, one.code)
    assert "这条建议已由另一个账号认领。" in text(late.post(f"/track/{one.number}/claim/", follow=True))
    one.refresh_from_db()
    assert one.author == citizen


def test_nobody_claims_without_a_receipt_a_phone_or_a_sign_in(sign_in: Any, citizen: Any, officer: Any) -> None:
    one = SuggestionFactory()
    sign_in(citizen).post(f"/track/{one.number}/claim/")
    phoneless = sign_in(officer)
    look_up(phoneless, one.number, one.code)
    answer = phoneless.post(f"/track/{one.number}/claim/", follow=True)
    assert "请先用手机号登录，再认领建议。" in text(answer)
    assert author_of(one).post(f"/track/{one.number}/claim/")["Location"].startswith("/accounts/login/")
    one.refresh_from_db()
    assert one.author is None


@pytest.mark.parametrize("path", ["verdict/", "claim/"])
def test_nothing_changes_by_following_a_link(sign_in: Any, citizen: Any, path: str) -> None:
    one = SuggestionFactory(answered=True)
    client = sign_in(citizen)
    look_up(client, one.number, one.code)
    assert client.get(f"/track/{one.number}/{path}").status_code == 405


def test_imported_ones_without_a_receipt_cannot_be_opened_with_an_empty_code(client: Client) -> None:
    one = SuggestionFactory()
    Suggestion.objects.filter(pk=one.pk).update(receipt_hash="", link_digest="")
    for code in ("", " ", "0000000000"):
        assert look_up(client, one.number, code).status_code == 422
    assert client.get("/track/q/%20/").status_code == 404
