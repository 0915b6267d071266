"""The demo city as a whole: who takes part, what happens, in what order, and what is tidied up at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import modelsearch.signal_handlers
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.search.backends import get_search_backend
from wagtail.signal_handlers import disable_reference_index_auto_update

import portal.models.notice
import portal.models.suggestion
import voting.models.support
from home.demo.allotment import Allotment
from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.oversight import Oversight
from home.demo.papers import Papers
from home.demo.posters import Posters
from home.demo.press import Press, words_of_the_front_page
from home.demo.scoring import Scoring
from home.demo.sheets import Sheets
from home.demo.stage import Stage, put_aside
from home.demo.voices import Voice, Voices
from home.demo.works import Works
from portal import searching
from portal.duties import light_all
from portal.models import Counter, Notice, Suggestion
from portal.models.notice import MAX_ATTEMPTS
from projects.models import Project
from voting.models import Support
from voting.tasks import recount

MARK = "demo-city"  # stands among the counters once the city is there


class QuickHasher(Argon2PasswordHasher):
    """Receipt codes of the demo are strings of chance that nobody was given: the cheapest parameters will do. The
    stored text carries them, so the site's own hasher can check it."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def _quick_hash(code: str) -> str:
    hasher = QuickHasher()
    return hasher.encode(code, hasher.salt())


class _NoTask:
    """In the place of the task that indexes one record: at the end all are indexed together."""

    @staticmethod
    def enqueue(*args: Any) -> None:
        return None


@contextmanager
def quiet_machinery() -> Iterator[None]:
    """Without what only a living site needs after each change: slow hashes, search index, hints to the worker."""
    with ExitStack() as stack:
        stack.enter_context(disable_reference_index_auto_update())
        stack.enter_context(put_aside(portal.models.suggestion, "make_password", _quick_hash))
        stack.enter_context(put_aside(portal.models.notice, "_hint_worker", lambda: None))
        stack.enter_context(put_aside(voting.models.support, "_recount_soon", lambda pk: None))
        stack.enter_context(put_aside(searching, "keep", lambda pks: 0))
        stack.enter_context(put_aside(modelsearch.signal_handlers, "insert_or_update_object_task", _NoTask))
        yield


def is_loaded() -> bool:
    return Counter.objects.filter(key=MARK).exists()


def load(say: Callable[[str], None]) -> None:
    """Make the city, all of it or nothing. Reference data, groups and the site's pages are there already."""
    stage = Stage(timezone.now(), say)
    with quiet_machinery(), transaction.atomic():
        _live(stage)
        _tidy_up(stage)
        _index(say)
        Counter.objects.create(key=MARK, value=1)
    searching.catch_up()


def _live(stage: Stage) -> None:
    began = time.monotonic()
    stage.say("   人员和单位…")
    cast = Cast(stage)
    cast.appoint_monitors()
    campaigns = Campaigns(stage, cast)
    allotment = Allotment(stage, campaigns)
    posters = Posters(stage, cast, campaigns)
    Voices(stage, cast, campaigns, allotment.voices, posters, Papers(stage, cast, campaigns))
    works = Works(stage, cast, allotment)
    Oversight(stage, cast, works)
    Scoring(stage, cast, works)
    Press(stage, cast)
    Sheets(stage, cast, campaigns)
    claim(allotment.voices, cast)
    done = stage.run()
    stage.say(f"   按时间顺序办完 {done:,} 件事（{time.monotonic() - began:.0f} 秒）")


def _tidy_up(stage: Stage) -> None:
    """What the daily sweeps would have done by now, and no message left to be sent."""
    light_all(stage.today)
    for pk in Support.objects.values_list("suggestion", flat=True).distinct():
        recount(pk)
    words_of_the_front_page(stage)
    _settle_notices(stage)


def _settle_notices(stage: Stage) -> None:
    """Sent and mostly read; two that the gateway never took, for somebody to look into."""
    waiting = Notice.objects.filter(sent_at=None)
    stuck = list(waiting.order_by("-pk").values_list("pk", flat=True)[:200:100])
    waiting.exclude(pk__in=stuck).update(sent_at=F("created_at"), next_try_at=None)
    waiting.filter(pk__in=stuck).update(attempts=MAX_ATTEMPTS, next_try_at=None, trouble="网关没有收下：号码不存在")
    old = Notice.objects.filter(channel=Notice.Channel.IN_APP, created_at__lt=stage.now - timedelta(days=5))
    old.update(read_at=F("created_at") + timedelta(hours=3))


def claim(voices: Sequence[Voice], cast: Cast) -> None:
    """Six suggestions of different fates are the demo citizen's own."""
    mine: list[Voice | None] = [
        next((one for one in voices if one.row["title"] == title), None)
        for title in ("课后服务能不能延到六点半", "车棚早该修了，电动车没处去")
    ]
    for key, pace, verdict in (
        ("this", "fast", False), ("last", "usual", True), ("this", "open", False), ("this", "due", False),
    ):  # fmt: skip
        fitting = (one for one in voices if (one.key, one.pace) == (key, pace) and not one.lead)
        mine.append(next((one for one in fitting if _may_claim(one) and _answered(one, pace, verdict)), None))
    for voice in mine:
        if voice is not None:
            voice.author = cast.demo["citizen"]


def _may_claim(voice: Voice) -> bool:
    return voice.row["channel"] in ("web", "qr") and voice.author is None


def _answered(voice: Voice, pace: str, verdict: bool) -> bool:
    """Of those with an answer: one on which the verdict is still to be given, one on which it is."""
    return pace == "open" or ("reply" in voice.row and ("verdict" in voice.row) == verdict)


def _index(say: Callable[[str], None]) -> None:
    say("   建立检索…")
    backend = get_search_backend()
    for model in (Suggestion, Project):
        backend.add_bulk(model, model.objects.all())
