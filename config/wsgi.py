"""The WSGI entry. In the embedded mode (no Redis) the background work runs in this very process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
application = get_wsgi_application()

if os.environ.get("WEITAI_EMBEDDED_WORKER") == "1":
    from config.celery import start_embedded

    start_embedded()
