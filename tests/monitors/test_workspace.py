"""`/monitor/` over HTTP: for serving monitors only, and nothing sent twice is stored twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitors.models import Attendance, Problem, Recusal, VisitNote, VisitPhoto
from tests.cast import monitor_person, person
from tests.factories import (
    CitizenFactory,
    MonitorFactory,
    NoticeFactory,
    ProblemFactory,
    ProjectFactory,
    RoundFactory,
    VisitFactory,
    jpeg,
)

pytestmark = pytest.mark.django_db
HOME = "/monitor/"


@pytest.fixture
def me(db: None) -> Any:
    return monitor_person("monitor").monitor


@pytest.fixture
def browser(me: Any, sign_in: Any) -> Client:
    return sign_in(me.user)


def text_of(response: Any) -> str:
    return response.content.decode()


def upload(name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg().read(), "image/jpeg")


# --- who ----------------------------------------------------------------------------------------
def test_others_read_why_they_may_not(sign_in: Any) -> None:
    today = timezone.localdate()
    over = MonitorFactory(term_from=today - timedelta(days=9), term_to=today - timedelta(days=1)).user
    cases = [
        (CitizenFactory(), "没有聘任记录"), (MonitorFactory(ended=True).user, "聘任已结束"), (over, "不在任期内"),
        (person("officer"), "没有聘任记录"),
    ]  # fmt: skip
    for user, why in cases:
        answer = sign_in(user).get(HOME)
        assert answer.status_code == 403 and why in text_of(answer)


def test_the_qr_code_leads_through_the_sign_in_and_back(client: Client) -> None:
    address = reverse("monitors:sign_in", args=[VisitFactory(announced=True).sign_in_code])
    answer = client.get(address)
    assert answer.status_code == 302 and answer["Location"] == f"{reverse('account_login')}?next={address}"


# --- home ---------------------------------------------------------------------------------------
def test_home_shows_what_is_coming_what_is_open_and_what_was_said(me: Any, browser: Client) -> None:
    coming = VisitFactory(announced=True, title="傍晚看学校门口")
    VisitFactory(planned=True, title="还没定的观摩")
    ProblemFactory(answered=True, monitor=me)
    mine = ProblemFactory(raised=True, monitor=me)
    ProblemFactory(answered=True, monitor=MonitorFactory(), project=ProjectFactory(active=True, title="别人反映的项目"))
    one = RoundFactory(open=True, projects=ProjectFactory.create_batch(3, concluded=True))
    one.entries.first().submit(me, {c.pk: 90 for c in one.criteria.all()})
    me.declare_recusal(one.entries.last().project, "亲属在施工单位", by=me.user)
    NoticeFactory(user=me.user, channel="in_app", text="明天八点集合。")
    page = text_of(browser.get(HOME))
    for words in (coming.title, "看答复，确认是否解决", mine.project.title, "1 / 2", "1 个回避", "明天八点集合。"):
        assert words in page
    assert "还没定的观摩" not in page and "别人反映的项目" not in page


# --- sign-in ------------------------------------------------------------------------------------
def test_opening_the_address_asks_and_posting_signs_in_once(me: Any, browser: Client) -> None:
    visit = VisitFactory(announced=True)
    address = reverse("monitors:sign_in", args=[visit.sign_in_code])
    assert "我到了，签到" in text_of(browser.get(address)) and not Attendance.objects.exists()
    assert "签到成功" in text_of(browser.post(address, follow=True))
    assert "您已签到" in text_of(browser.post(address, follow=True))
    assert visit.attendances.get().monitor == me
    assert "签到。" in text_of(browser.get(address))


def test_out_of_time_there_is_no_button_and_posting_says_why(browser: Client) -> None:
    visit = VisitFactory(announced=True, starts_at=timezone.now() + timedelta(hours=3))
    address = reverse("monitors:sign_in", args=[visit.sign_in_code])
    assert "我到了，签到" not in text_of(browser.get(address))
    assert "现在不能签到" in text_of(browser.post(address, follow=True))
    assert browser.get(reverse("monitors:sign_in", args=["made-up"])).status_code == 404


# --- notes --------------------------------------------------------------------------------------
@pytest.fixture
def attended(me: Any) -> Any:
    visit = VisitFactory(announced=True)
    visit.sign_in(me)
    return visit


def note_url(visit: Any) -> str:
    return reverse("monitors:note", args=[visit.slug, visit.projects.get().number])


def test_a_note_sent_again_with_the_same_key_is_stored_once(attended: Any, browser: Client) -> None:
    key = browser.get(note_url(attended)).context["form"]["client_key"].value()
    sent = {"client_key": key, "text": "站牌清楚，等车十分钟。"}
    for _ in range(2):
        assert browser.post(note_url(attended), sent).status_code == 302
    assert VisitNote.objects.get().text == "站牌清楚，等车十分钟。"
    again = browser.get(note_url(attended)).context["form"]["client_key"].value()
    assert again != key


def test_a_stored_note_does_not_come_back_as_a_draft(attended: Any, browser: Client) -> None:
    before = browser.get(note_url(attended)).context["draft"]
    after = browser.post(note_url(attended), {"client_key": uuid.uuid4(), "text": "站牌清楚。"}, follow=True)
    assert f'data-draft-clear="{before}"' in text_of(after)
    assert browser.get(note_url(attended)).context["draft"] != before


def test_photos_are_uploaded_one_by_one_and_go_with_the_note(me: Any, attended: Any, browser: Client) -> None:
    answer = browser.post(reverse("monitors:photo_upload"), {"file": upload()}).json()
    foreign = VisitPhoto.objects.create(image=jpeg(), thumb=jpeg(), added_by=MonitorFactory().user)
    tokens = [answer["token"], str(foreign.token), "not-a-token"]
    sent = {"client_key": uuid.uuid4(), "text": "看照片。", "photo_tokens": tokens}
    browser.post(note_url(attended), sent)
    photo = VisitNote.objects.get().photos.get()
    assert str(photo.token) == answer["token"] and photo.added_by == me.user
    assert browser.get(answer["thumb"]).status_code == 200
    assert Client().get(answer["thumb"]).status_code == 404


def test_without_scripts_photos_come_with_the_form(attended: Any, browser: Client) -> None:
    sent = {"client_key": uuid.uuid4(), "text": "看照片。", "photos": [upload("a.jpg"), upload("b.jpg")]}
    assert browser.post(note_url(attended), sent).status_code == 302
    assert VisitNote.objects.get().photos.count() == 2


def test_what_is_no_photo_is_refused_and_the_words_stay(attended: Any, browser: Client) -> None:
    fake = SimpleUploadedFile("photo.jpg", b"<script>alert(1)</script>", "image/jpeg")
    refused = browser.post(reverse("monitors:photo_upload"), {"file": fake})
    assert refused.status_code == 400 and "照片" in refused.json()["error"]
    fake.seek(0)
    page = browser.post(note_url(attended), {"client_key": uuid.uuid4(), "text": "写了很多字。", "photos": fake})
    assert page.status_code == 422 and "写了很多字。" in text_of(page)
    assert not VisitNote.objects.exists() and not VisitPhoto.objects.exists()


def test_who_did_not_come_finds_no_form(browser: Client) -> None:
    assert browser.get(note_url(VisitFactory(announced=True))).status_code == 404


# --- problems -----------------------------------------------------------------------------------
def test_a_problem_is_raised_once_and_linked_to_the_visit_where_it_was_found(
    me: Any, attended: Any, browser: Client
) -> None:
    number = attended.projects.get().number
    address = f"{reverse('monitors:problem_new')}?project={number}&visit={attended.slug}"
    form = browser.get(address).context["form"]
    assert form["project"].value() == number
    sent = {"client_key": form["client_key"].value(), "project": number, "kind": "last", "text": "药房没人。"}
    for _ in range(2):
        assert "改革办核对后" in text_of(browser.post(address, sent, follow=True))
    problem = Problem.objects.get()
    assert (problem.monitor, problem.visit, problem.status) == (me, attended, Problem.Status.RAISED)


def test_projects_that_the_public_does_not_know_cannot_be_picked(browser: Client) -> None:
    pooled = ProjectFactory()
    sent = {"client_key": uuid.uuid4(), "project": pooled.number, "kind": "last", "text": "药房没人。"}
    page = browser.post(reverse("monitors:problem_new"), sent)
    assert page.status_code == 422 and "没有这个项目" in text_of(page)
    assert pooled.title not in text_of(page)


def test_confirming_and_disputing_an_answer(me: Any, browser: Client) -> None:
    confirmed, disputed = ProblemFactory(answered=True, monitor=me), ProblemFactory(answered=True, monitor=me)
    browser.post(reverse("monitors:problem", args=[confirmed.pk]), {"verb": "confirm"})
    page = browser.post(reverse("monitors:problem", args=[disputed.pk]), {"verb": "dispute", "reason": ""})
    assert page.status_code == 422 and "请写明哪里还没有解决" in text_of(page)
    browser.post(reverse("monitors:problem", args=[disputed.pk]), {"verb": "dispute", "reason": "药房还是关的。"})
    states = dict(Problem.objects.values_list("pk", "status"))
    assert states == {confirmed.pk: "confirmed", disputed.pk: "disputed"}


def test_another_monitors_problem_is_not_there(browser: Client) -> None:
    foreign = ProblemFactory(answered=True, monitor=MonitorFactory())
    address = reverse("monitors:problem", args=[foreign.pk])
    assert browser.get(address).status_code == 404
    assert browser.post(address, {"verb": "confirm"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == Problem.Status.ANSWERED


# --- recusal ------------------------------------------------------------------------------------
def test_standing_aside_is_asked_then_recorded_and_leads_back(me: Any, browser: Client) -> None:
    project = ProjectFactory(concluded=True)
    address = f"{reverse('monitors:recuse', args=[project.number])}?next=/monitor/rounds/2026/"
    browser.get(address)
    assert not Recusal.objects.exists()
    answer = browser.post(address, {"reason": "施工单位是亲属开的"})
    assert (answer.status_code, answer["Location"]) == (302, "/monitor/rounds/2026/")
    assert Recusal.objects.get().declared_by == me.user
    assert "已登记回避" in text_of(browser.get(address))


def test_it_leads_nowhere_outside(browser: Client) -> None:
    project = ProjectFactory(concluded=True)
    address = f"{reverse('monitors:recuse', args=[project.number])}?next=https://evil.example/"
    assert browser.post(address, {"reason": "施工单位是亲属开的"})["Location"] == HOME
