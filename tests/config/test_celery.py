"""The embedded worker does real work without Redis: a notice told in one process is delivered by its own thread."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import time
import django
django.setup()
from django.core.cache import cache
from django.core.management import call_command
call_command("migrate", verbosity=0)
from config.celery import start_embedded
from portal.models import Notice
start_embedded()
Notice.objects.tell("test:1", "您的建议已受理", phone="13812345678")
for _ in range(200):
    if cache.get("demo:sms"):
        break
    time.sleep(0.05)
print("delivered", [message["text"] for message in cache.get("demo:sms", [])], Notice.objects.get().sent_at is not None)
"""


def test_a_notice_is_delivered_by_the_worker_inside_the_process(tmp_path):
    env = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings.development", "WEITAI_VAR": str(tmp_path / "var")}
    env["DATABASE_URL"] = f"sqlite:///{tmp_path / 'weitai.sqlite3'}"
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert "delivered ['您的建议已受理'] True" in done.stdout, done.stderr[-2000:]


def test_every_scheduled_task_exists():
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert len(named) == len(app.conf.beat_schedule) > 5
    for name in named:
        module, _dot, task = name.rpartition(".")
        assert getattr(import_module(module), task).name == name
