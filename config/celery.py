"""The Celery application, its daily and minutely schedule, and the embedded mode for machines without Redis."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("weitai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The queue carries hints and the rows hold the truth: each of these finds its work in the database, so a run that was
# missed or doubled does no harm.
app.conf.beat_schedule = {
    "deliver-waiting-notices": {"task": "portal.tasks.deliver_waiting", "schedule": 60.0},
    "work-on-imports": {"task": "portal.tasks.work_on_imports", "schedule": 60.0},
    "work-on-recordings": {"task": "portal.tasks.work_on_recordings", "schedule": 60.0},
    "light-duties": {"task": "portal.tasks.light_duties", "schedule": crontab(hour="0", minute="10")},
    "start-due-projects": {"task": "projects.tasks.start_due", "schedule": crontab(hour="0", minute="20")},
    "drop-left-out-photos": {"task": "projects.tasks.drop_left_out_photos", "schedule": crontab(minute="50")},
    "close-due-rounds": {"task": "voting.tasks.close_due_rounds", "schedule": 60.0},
    "recount-recent-supports": {"task": "voting.tasks.recount_recent", "schedule": 120.0},
    "recount-supports": {"task": "voting.tasks.recount_all", "schedule": crontab(hour="3", minute="0")},
    "drop-unclaimed-visit-photos": {
        "task": "monitors.tasks.drop_unclaimed_photos",
        "schedule": crontab(minute="40"),
    },
    "erase-due": {"task": "portal.tasks.erase_due", "schedule": crontab(minute="15")},
    "apply-retention": {"task": "portal.tasks.apply_retention", "schedule": crontab(hour="4", minute="10")},
    "drop-expired-sessions": {"task": "portal.tasks.drop_expired_sessions", "schedule": crontab(hour="3", minute="30")},
    "fetch-letters": {"task": "portal.tasks.fetch_letters", "schedule": 300.0},
    "catch-up-search": {"task": "portal.tasks.catch_up_search", "schedule": crontab(hour="3", minute="40")},
    "catch-up-similar": {"task": "portal.tasks.catch_up_similar", "schedule": crontab(hour="3", minute="50")},
    "drop-unclaimed-uploads": {"task": "portal.tasks.drop_unclaimed_uploads", "schedule": crontab(minute="30")},
}


def start_embedded() -> None:
    """Run a worker and the beat as threads of this process on the in-memory broker. One web process only."""
    from celery.beat import EmbeddedService
    from celery.contrib.testing.worker import start_worker
    from django.conf import settings

    Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)  # the beat keeps there what ran when
    started = threading.Event()

    def work() -> None:
        with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, loglevel="WARNING"):
            started.set()
            threading.Event().wait()

    threading.Thread(target=work, name="weitai-worker", daemon=True).start()
    started.wait(10)
    beat: Any = EmbeddedService(app, thread=True)
    beat.daemon = True
    beat.start()
