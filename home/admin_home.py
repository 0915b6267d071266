"""The admin's first page: what waits for the office in projects, supervision, visits and scoring.

Suggestions stand above it, in the portal's own panel; the portal cannot see the packages that this one counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from config.admin_ui import Text, capped_count
from home.models import HomePage, NewsIndexPage
from monitors import permissions as monitoring
from monitors.models import Problem, Visit
from projects import permissions as ledger
from projects.models import Report, SupervisionOrder
from voting import permissions as scoring
from voting.models import Round


class Queue(NamedTuple):
    """What waits, for holders of the permission, and the page where it is worked on."""

    label: Text
    permission: str
    page: str
    rows: QuerySet[Any]


def queues() -> list[Queue]:
    return [
        Queue(_("待审核报告"), ledger.READ_REPORTS, "project_office:reports",
              Report.objects.filter(status=Report.Status.SUBMITTED)),
        Queue(_("督办待销号"), ledger.READ_ORDERS, "project_office:orders",
              SupervisionOrder.objects.filter(status=SupervisionOrder.Status.REPLIED)),
        Queue(_("监督员问题待核"), monitoring.READ_PROBLEMS, "monitor_office:problems",
              Problem.objects.filter(status=Problem.Status.RAISED)),
        Queue(_("观摩待写小结"), monitoring.READ_VISITS, "monitor_office:visits",
              Visit.objects.filter(status=Visit.Status.HELD)),
        Queue(_("打分待公布"), scoring.READ_ROUNDS, "voting_office:rounds",
              Round.objects.filter(status=Round.Status.CLOSED)),
    ]  # fmt: skip


class WatchPanel(Component):
    name = "watch"
    template_name = "home/admin/watch_panel.html"
    order = 20

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        shown = (queue for queue in queues() if self.request.user.has_perm(queue.permission))
        return {"counts": [_counted(queue) for queue in shown]}


def _counted(queue: Queue) -> dict[str, Any]:
    try:
        href = reverse(queue.page)
    except NoReverseMatch:
        href = ""
    return {"label": queue.label, "count": capped_count(queue.rows), "href": href}


class WritingPanel(Component):
    """Where an editor begins."""

    name = "writing"
    template_name = "home/admin/writing_panel.html"
    order = 30

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        news, front = NewsIndexPage.objects.first(), HomePage.objects.first()
        links = []
        if news:
            links.append((_("写一条新闻"), reverse("wagtailadmin_pages:add", args=["home", "newspage", news.pk])))
            links.append((_("已有的新闻"), reverse("wagtailadmin_explore", args=[news.pk])))
        if front:
            links.append((_("首页的话"), reverse("wagtailadmin_pages:edit", args=[front.pk])))
            links.append((_("全部页面"), reverse("wagtailadmin_explore", args=[front.pk])))
        return {"links": [{"label": label, "href": href} for label, href in links]}


def may_write(user: Any) -> bool:
    """Somebody who adds news; the rights are those of `home.roles`."""
    news = NewsIndexPage.objects.first()
    return bool(news and news.permissions_for_user(user).can_add_subpage())
