"""What the site itself adds to the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.views.home import UpgradeNotificationPanel, WhatsNewInWagtailVersionPanel

from home.admin_home import WatchPanel, WritingPanel, may_write, queues

NEWS_OF_THE_SOFTWARE = (UpgradeNotificationPanel, WhatsNewInWagtailVersionPanel)


@hooks.register("construct_homepage_panels")
def panels(request: HttpRequest, items: list[Any]) -> None:
    """What waits, for those who may see it; nothing about Wagtail itself."""
    items[:] = [item for item in items if not isinstance(item, NEWS_OF_THE_SOFTWARE)]
    if any(request.user.has_perm(queue.permission) for queue in queues()):
        items.append(WatchPanel(request))
    if may_write(request.user):
        items.append(WritingPanel())
