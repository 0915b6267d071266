"""Visits: announced, signed in to, noted at, published; each only while its time is."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from config.moves import MoveRefused
from monitors.models import Attendance, Visit, VisitNote, VisitPhoto
from monitors.tasks import drop_unclaimed_photos
from portal.models import Notice
from tests.cast import person
from tests.factories import MonitorFactory, ProjectFactory, VisitFactory, VisitNoteFactory, VisitPhotoFactory, jpeg

pytestmark = pytest.mark.django_db


def test_announcing_tells_every_serving_monitor_and_nobody_else() -> None:
    serving, ended = MonitorFactory(), MonitorFactory(ended=True)
    visit = VisitFactory(planned=True)
    visit.announce(person("officer"))
    told = set(Notice.objects.filter(event__startswith="visit-move:").values_list("user", flat=True))
    assert told == {serving.user_id} and ended.user_id not in told


def test_a_visit_without_projects_is_not_announced() -> None:
    with pytest.raises(MoveRefused, match="请先选要看的项目"):
        VisitFactory(planned=True, projects=[]).announce(person("officer"))


def test_the_public_does_not_hear_of_a_visit_that_was_called_off_while_it_was_planned() -> None:
    quiet, known = VisitFactory(planned=True), VisitFactory(announced=True)
    for visit in (quiet, known):
        visit.cancel(person("officer"), "当天有暴雨预警。")
    assert list(Visit.objects.public()) == [known]
    with pytest.raises(MoveRefused, match="理由"):
        VisitFactory(announced=True).cancel(person("officer"), " ")


@pytest.mark.parametrize(("minutes", "open_"), [(-121, False), (-120, True), (0, True), (480, True), (481, False)])
def test_sign_in_is_open_from_two_hours_before_until_eight_hours_after(minutes: int, open_: bool) -> None:
    visit = VisitFactory(announced=True)
    assert visit.takes_sign_in(visit.starts_at + timedelta(minutes=minutes)) is open_


@pytest.mark.parametrize("state", ["planned", "held", "cancelled"])
def test_nobody_signs_in_to_a_visit_that_is_not_on(state: str) -> None:
    visit = VisitFactory(**{state: True})
    with pytest.raises(MoveRefused):
        visit.sign_in(MonitorFactory())
    assert not Attendance.objects.exists()


def test_signing_in_twice_is_an_ordinary_answer() -> None:
    visit, monitor = VisitFactory(announced=True), MonitorFactory()
    assert (visit.sign_in(monitor), visit.sign_in(monitor)) == (True, False)
    assert visit.attendances.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs writers that run at the same time")
def test_eight_taps_at_the_same_moment_are_one_attendance() -> None:
    visit, monitor = VisitFactory(announced=True), MonitorFactory()
    gate, answers = threading.Barrier(8), []

    def tap() -> None:
        gate.wait()
        answers.append(visit.sign_in(monitor))
        connection.close()

    threads = [threading.Thread(target=tap) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
    assert visit.attendances.count() == 1


# --- notes --------------------------------------------------------------------------------------
def attended(**facts: Any) -> tuple[Visit, Any]:
    visit, monitor = VisitFactory(announced=True, **facts), MonitorFactory()
    visit.sign_in(monitor)
    return visit, monitor


def test_a_note_is_taken_from_those_who_came_on_what_was_seen() -> None:
    visit, monitor = attended()
    project = visit.projects.get()
    assert visit.take_note(monitor, project, "站牌清楚。").text == "站牌清楚。"
    with pytest.raises(MoveRefused, match="没有在这次观摩签到"):
        visit.take_note(MonitorFactory(), project, "我也写")
    with pytest.raises(MoveRefused, match="不看这个项目"):
        visit.take_note(monitor, ProjectFactory(), "别的项目")


def test_the_same_sending_is_stored_once_with_its_photos() -> None:
    visit, monitor = attended()
    photo = VisitPhotoFactory(note=None, added_by=monitor.user)
    sent = {"client_key": "key-1", "photos": [photo]}
    first = visit.take_note(monitor, visit.projects.get(), "站牌清楚。", **sent)
    again = visit.take_note(monitor, visit.projects.get(), "站牌清楚。", **sent)
    assert first == again and VisitNote.objects.count() == 1 and first.photos.get() == photo


def test_keys_of_two_monitors_do_not_collide() -> None:
    visit, one = attended()
    other = MonitorFactory()
    visit.sign_in(other)
    for monitor in (one, other):
        visit.take_note(monitor, visit.projects.get(), str(monitor), client_key="same")
    assert VisitNote.objects.count() == 2


def test_nobody_claims_another_persons_photo_or_one_that_is_in_a_note() -> None:
    visit, monitor = attended()
    foreign = VisitPhotoFactory(note=None, added_by=MonitorFactory().user)
    used = VisitPhotoFactory(added_by=monitor.user)
    note = visit.take_note(monitor, visit.projects.get(), "站牌清楚。", photos=[foreign, used])
    assert not note.photos.exists()


def test_notes_are_taken_until_the_summary_is_out_and_then_stand() -> None:
    visit, monitor = attended()
    visit.hold(person("officer"))
    note = visit.take_note(monitor, visit.projects.get(), "回家补记。")
    visit.summary = "看了一处。"
    visit.save()
    visit.publish(person("officer"))
    with pytest.raises(MoveRefused, match="小结已公布"):
        visit.take_note(monitor, visit.projects.get(), "又想起来。")
    note.refresh_from_db()
    with pytest.raises(MoveRefused, match="小结已公布"):
        note.set_public(False)


def test_nothing_is_published_without_a_summary() -> None:
    with pytest.raises(MoveRefused, match="请先写小结"):
        VisitFactory(held=True).publish(person("officer"))


def test_public_notes_are_those_of_published_visits_that_were_not_held_back() -> None:
    visit = VisitFactory(announced=True)
    shown, held = VisitNoteFactory(visit=visit), VisitNoteFactory(visit=visit)
    held.set_public(False)
    assert not VisitNote.objects.public().exists()
    VisitFactory.to_held(visit, None)
    VisitFactory.to_published(visit, None)
    assert list(VisitNote.objects.public()) == [shown]


def test_photos_of_forms_that_were_never_sent_go_after_a_day_with_their_files() -> None:
    day_ago = timezone.now() - timedelta(hours=25)
    old = VisitPhotoFactory(note=None, added_at=day_ago)
    fresh, claimed = VisitPhotoFactory(note=None), VisitPhotoFactory(added_at=day_ago)
    storage, name = old.image.storage, old.image.name
    assert storage.exists(name)
    assert drop_unclaimed_photos() == 1
    assert set(VisitPhoto.objects.all()) == {fresh, claimed} and not storage.exists(name)


def test_a_photo_is_seen_by_its_owner_and_the_office_until_it_is_public() -> None:
    photo = VisitPhotoFactory(image=jpeg(), added_by=MonitorFactory().user)

    def seen_by(user: Any) -> bool:
        return VisitPhoto.objects.visible_to(user).exists()

    assert seen_by(photo.added_by) and seen_by(person("officer")) and seen_by(person("auditor"))
    assert not seen_by(person("clerk")) and not seen_by(MonitorFactory().user)
