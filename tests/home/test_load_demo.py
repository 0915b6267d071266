"""The demo city: every state and channel, consistent lights, in a minute, and only once.

It is loaded once for the whole file, inside a transaction that is taken back at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Q
from django.test import Client
from django.utils import timezone
from wagtail.search.backends import get_search_backend

from home import metrics
from home.demo import city
from home.metrics import Year
from home.models import NewsPage, PlainPage
from monitors.models import Monitor, Problem, Visit
from portal.duties import duty_models, light_all
from portal.models import (
    Assignment,
    Attachment,
    Campaign,
    Extension,
    Notice,
    PaperBatch,
    Poster,
    Suggestion,
    User,
    Verdict,
)
from projects.models import AnnualList, Photo, Project, Report, SupervisionOrder
from tests.factories import CampaignFactory
from voting.models import Result, Round, Support
from voting.tally import Tier

SECONDS = 60
MOVING = [
    Suggestion, Assignment, Project, Report, SupervisionOrder, Visit, Problem, Round, AnnualList, Monitor, Campaign,
    Poster, PaperBatch,
]  # fmt: skip


# Each test runs in a transaction inside the one that holds the city.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        out, began = StringIO(), time.process_time()
        call_command("load_demo", stdout=out)
        yield SimpleNamespace(out=out.getvalue(), seconds=time.process_time() - began)
        transaction.set_rollback(True)


# --- that it is all there -------------------------------------------------------------------------
@pytest.mark.parametrize("model", MOVING, ids=lambda model: model.__name__)
def test_every_state_occurs(model):
    now = set(model.objects.values_list("status", flat=True))
    been = set(model.objects.model._meta.get_field("moves").related_model.objects.values_list("new", flat=True))
    been |= set(model.objects.model._meta.get_field("moves").related_model.objects.values_list("old", flat=True))
    passing = {AnnualList: {"reviewed"}, Campaign: {"preparing"}}.get(model, set())
    assert set(model.Status.values) - now == passing
    assert passing <= been


def test_every_channel_occurs_and_there_are_more_than_three_hundred():
    assert Suggestion.objects.count() >= 300
    assert set(Suggestion.objects.values_list("channel", flat=True)) == set(Suggestion.Channel.values)


def test_three_campaigns_of_which_this_years_is_collecting():
    this = Campaign.objects.collecting()
    today = timezone.localdate()
    assert ((today - this.opens_on).days, (this.closes_on - today).days) == (20, 40)
    assert set(Campaign.objects.exclude(pk=this.pk).values_list("status", flat=True)) == {"closed"}
    assert Campaign.objects.count() == 3


def test_matters_that_several_people_raised_are_merged():
    leads = Suggestion.objects.filter(members__isnull=False).distinct()
    assert leads.count() >= 12
    assert not Suggestion.objects.filter(status="merged", lead__status__in=Suggestion.HIDDEN).exists()


def test_forty_projects_over_the_twelve_topics():
    told = Project.objects.filter(predecessor=None)
    assert told.count() == 40
    assert told.values("topic").distinct().count() == 12
    assert set(AnnualList.objects.values_list("status", flat=True)) == {"issued", "drafted"}
    assert Project.objects.filter(sources__isnull=False, status="completed").exists()


def test_lights_of_every_colour_stand_on_projects_now():
    lights = {str(project.light().state) for project in Project.objects.public().with_ledger()}
    assert {"red", "yellow", "none"} <= lights
    assert SupervisionOrder.objects.standing().count() == 2


def test_ledgers_are_lifelike():
    accepted = Report.objects.public()
    assert set(accepted.values_list("kind", flat=True)) == {"month", "quarter", "half_year", "concluding"}
    assert Photo.objects.public().values("project").distinct().count() >= 30
    concluded = Project.objects.filter(status__in=("completed", "concluded"))
    assert {project.progress() for project in concluded} == {100}
    twice = accepted.filter(kind__in=("quarter", "half_year")).values_list("project", "work")
    assert len(twice) == len(set(twice))


def test_rounds_of_two_years_are_published_with_every_tier_and_one_without_a_quorum():
    published = Result.objects.filter(entry__round__status="published")
    assert published.values("entry__round__year").distinct().count() == 2
    assert set(published.values_list("tier", flat=True)) == {*Tier.values, ""}
    assert published.filter(score=None).count() == 1
    assert all(result.n >= 5 for result in published)


def test_the_demo_monitor_has_something_to_score_and_to_sign_in_to():
    monitor = Monitor.objects.get(user__username="demo-monitor")
    (one,) = Round.objects.filter(status="open")
    assert one.is_accepting() and 9 <= (one.closes_at - timezone.now()).days <= 10
    assert any(not monitor.must_stand_aside(entry.project) for entry in one.entries.all())
    assert not monitor.sheets.filter(entry__round=one).exists()
    assert any(visit.takes_sign_in() for visit in Visit.objects.coming())
    assert Problem.objects.filter(monitor=monitor, status="answered").exists()


def test_posters_were_scanned_and_brought_suggestions():
    counted = Poster.objects.with_counts().filter(status="in_use")
    assert counted.count() == 6 and all(one.scan_count for one in counted)
    assert sum(one.received for one in counted) >= 5


def test_one_pile_of_paper_is_settled_and_one_is_half_keyed():
    closed, open_ = PaperBatch.objects.with_keyed().order_by("pk")
    assert (closed.status, open_.status) == ("closed", "keying")
    assert closed.keyed == closed.expected - 1 and 0 < open_.keyed < open_.expected


def test_thirty_monitors_serve():
    assert Monitor.objects.serving().count() == 30


def test_each_demo_person_finds_work():
    citizen = User.objects.get(username="demo-citizen")
    assert citizen.suggestions.count() == 6
    assert citizen.suggestions.filter(status="answered", assignments__verdict=None).exists()
    clerk = User.objects.get(username="demo-clerk")
    desk = [
        Assignment.objects.filter(status="due"),
        Report.objects.filter(status="due"),
        Problem.objects.filter(status="handed"),
    ]
    assert all(waiting.filter(unit__in=clerk.units_as()).exists() for waiting in desk), "an answer, a report, a problem"
    assert (
        Suggestion.objects.filter(status="proposed")
        .exclude(decisions__proposed_by__username="demo-office_leader")
        .exists()
    )


def test_units_asked_for_more_time_and_authors_for_another_answer():
    states = set(Extension.objects.values_list("status", flat=True))
    assert states == {"asked", "approved", "refused", "drafted"}
    moved = Extension.objects.select_related("assignment").get(status="approved")
    assert moved.assignment.due_on == moved.due_asked > moved.due_before
    again = Assignment.objects.filter(again=True)
    assert again.filter(status="due").exists() and again.filter(verdict__isnull=False).exists()
    assert set(Verdict.objects.values_list("result", flat=True)) == set(Verdict.Result.values)


def test_news_and_standing_pages_are_published():
    assert NewsPage.objects.live().count() == 8
    assert {"about", "privacy", "accessibility", "scoring-rules"} <= set(
        PlainPage.objects.live().values_list("slug", flat=True)
    )


# --- that it holds together -----------------------------------------------------------------------
@pytest.mark.parametrize("model", list(duty_models()), ids=lambda model: model.__name__)
def test_duties_agree_with_themselves(model):
    rows = model.objects.binding()
    assert not rows.filter(Q(done_at=None, done_on__isnull=False) | Q(done_on=None, done_at__isnull=False)).exists()
    assert not rows.filter(done_on__gt=F("due_on"), red_on=None).exists()
    assert not rows.filter(done_on__lte=F("due_on")).filter(red_on__isnull=False, red_on__gt=F("done_on")).exists()
    assert not rows.filter(red_on__isnull=False, yellow_on=None).exists()
    assert not rows.filter(warn_on__gt=F("due_on")).exists()


def test_every_light_that_should_be_on_is_on_record():
    assert light_all(timezone.localdate()) == 0


def test_nothing_has_happened_in_the_future_or_out_of_order():
    now = timezone.now()
    for model in MOVING:
        moves = model._meta.get_field("moves").related_model.objects
        assert not moves.filter(at__gt=now).exists(), model
        for subject in model.objects.prefetch_related("moves"):
            steps = list(subject.moves.all())
            assert [step.old for step in steps[1:]] == [step.new for step in steps[:-1]], subject
            assert not steps or steps[-1].new == subject.status


def test_office_moves_are_made_in_working_hours():
    moves = Suggestion._meta.get_field("moves").related_model.objects.filter(verb__in=("accept", "refuse", "adopt"))
    assert {7 <= timezone.localtime(move.at).hour < 18 for move in moves} == {True}


def test_numbers_are_given_in_the_order_of_time():
    rows = Suggestion.objects.exclude(channel="import").order_by("number").values_list("number", "received_at")
    for year in ("2024", "2025", "2026", "2027"):
        days = [at for number, at in rows if number.startswith(f"WJ{year}")]
        assert days == sorted(days)


def test_stored_counters_are_right():
    for suggestion in Suggestion.objects.filter(supports__isnull=False).distinct()[:60]:
        assert suggestion.support_count == Support.objects.count_for(suggestion.pk)


def test_no_message_waits_to_be_sent_and_two_are_stuck():
    assert not Notice.objects.waiting().exists()
    assert Notice.objects.stuck().count() == 2


def test_the_figures_of_the_front_page_have_data():
    assert None not in [figure.value for figure in metrics.figures(Year.current())]
    assert Verdict.objects.count() > 20


def test_search_finds_what_was_loaded():
    found = get_search_backend().search("操场", Suggestion)
    assert any("操场" in one.title for one in found)


def test_photos_lie_in_private_storage_and_carry_no_location():
    from PIL import Image

    for picture in (Photo.objects.first(), Attachment.objects.filter(is_released=True).first()):
        with storages["private"].open(picture.image.name) as file, Image.open(file) as image:
            assert image.format == "JPEG" and not image.getexif()


def test_public_pages_answer(demo):
    client = Client()
    for path in ("/", "/suggestions/", "/projects/", "/rounds/", "/visits/", "/news/", "/about/", "/track/"):
        assert client.get(path).status_code == 200, path


# --- loading --------------------------------------------------------------------------------------
def test_it_takes_less_than_a_minute(demo):
    assert demo.seconds < SECONDS


def test_it_says_what_it_is_doing(demo):
    assert "人员和单位" in demo.out and "演示城市装好了" in demo.out


def test_a_second_run_adds_nothing():
    def count() -> list[int]:
        return [model.objects.count() for model in (Suggestion, Project, Report, Notice, User, NewsPage, Photo)]

    before, out = count(), StringIO()
    call_command("load_demo", stdout=out)
    assert out.getvalue() == "演示城市已装载\n"
    assert count() == before


def test_a_run_that_fails_leaves_nothing(monkeypatch):
    def fail(*args: Any) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(city, "_live", fail)
    before = Suggestion.objects.count()
    with pytest.raises(RuntimeError):
        city.load(lambda line: None)
    assert Suggestion.objects.count() == before
    assert timezone.now.__module__ == "django.utils.timezone"


def test_only_a_demonstration_loads_it(settings):
    settings.WEITAI_DEMO = False
    with pytest.raises(CommandError, match="演示模式"):
        call_command("load_demo", stdout=StringIO())


def test_it_is_not_mixed_with_other_records(monkeypatch):
    monkeypatch.setattr(city, "is_loaded", lambda: False)
    CampaignFactory()
    with pytest.raises(CommandError, match="只装进空库"):
        call_command("load_demo", stdout=StringIO())
