"""Test settings: fast hashing, tasks run in place, files in a temporary folder."""

import tempfile
from pathlib import Path

from config.settings.development import *  # noqa: F403
from config.settings.development import CACHES, DATABASES, REDIS_URL, STORAGES, env

DEBUG = False
WEITAI_DEMO = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

VAR_DIR = Path(tempfile.mkdtemp(prefix="weitai-test-"))
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
WEITAI_ERASURES = str(VAR_DIR / "erasures.txt")
STORAGES = STORAGES | {
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["NAME"] = VAR_DIR / "weitai.sqlite3"  # never touched: tests have a database of their own
    DATABASES["default"]["TEST"] = {"NAME": env.str("WEITAI_TEST_DB", default=str(VAR_DIR / "test.sqlite3"))}

# Tests empty the cache, which on Redis empties the whole numbered database: each parallel worker has its own.
if REDIS_URL:
    worker = int(env.str("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw"))
    base, _, number = REDIS_URL.rpartition("/")
    CACHES["default"]["LOCATION"] = f"{base}/{int(number) + worker}"
