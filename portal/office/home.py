"""The admin's first page for the office: what waits, and what would soon go wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from config.admin_ui import capped_count
from portal.models import Assignment, Extension, Notice
from portal.office.queue import TABS, in_tab
from portal.workdays import WorkCalendar

WARN_FROM_MONTH = 11  # the State Council's notice comes out in early November


class OfficePanel(Component):
    name = "office"
    template_name = "portal/admin/home_panel.html"
    order = 10

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        address = reverse("office:queue")
        counts = [
            {
                "label": tab.label,
                "count": capped_count(in_tab(tab.key, self.request.user)),
                "href": f"{address}?tab={tab.key}",
            }
            for tab in TABS.values()
            if tab.key not in ("all", "done")
        ]
        waiting = capped_count(Extension.objects.waiting())
        counts.append({"label": _("延期待审批"), "count": waiting, "href": reverse("office:extensions")})
        back = capped_count(Assignment.objects.handed_back())
        counts.append({"label": _("单位退回待处理"), "count": back, "href": reverse("office:handed_back")})
        return {"counts": counts, "warnings": list(self.warnings())}

    def warnings(self) -> Any:
        """Sentences with an address where the trouble is mended."""
        if stuck := Notice.objects.stuck().count():
            yield {"text": _("有 %d 条通知没有送达，已停止重试。") % stuck, "href": reverse("office:stuck")}
        today = timezone.localdate()
        coming = today.year + (today.month >= WARN_FROM_MONTH)
        if coming not in WorkCalendar.current().years:
            text = _("工作日历还没有 %d 年的放假调休安排，跨年的期限只是暂定。") % coming
            yield {"text": text, "href": reverse("workdays:index")}
