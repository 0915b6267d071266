"""Listings of the portal's records in the admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from config.admin_ui import menu_hook
from config.personal import mask_strict
from config.viewsets import RecordViewSet
from portal.duties import recount_provisional
from portal.models import AnswerTemplate, Area, Campaign, Membership, Notice, Suggestion, Topic, Unit, Workday
from portal.office.people import MembershipForm
from portal.office.stuck import recipient
from portal.workdays import WorkCalendar

IN_USE = BooleanColumn("is_active", label=gettext_lazy("在用"))
# Verb of a campaign's move → (label, icon).
CAMPAIGN_MOVES = {
    "announce": (gettext_lazy("发布公告"), "calendar-check"),
    "close": (gettext_lazy("归档"), "folder-inverse"),
}


def campaign_buttons(campaign: Campaign) -> list[Button]:
    """What may become of a campaign now; each leads to a page that asks."""
    return [
        Button(label, url=reverse(f"campaign_moves:{verb}", args=[campaign.year]), icon_name=icon, priority=5)
        for verb, (label, icon) in CAMPAIGN_MOVES.items()
        if campaign.can(verb)
    ]


class CampaignIndexView(generic.IndexView):
    def get_list_more_buttons(self, instance: Campaign) -> list[Any]:
        buttons: list[Any] = super().get_list_more_buttons(instance)
        return buttons + (campaign_buttons(instance) if self.get_edit_url(instance) else [])


class CampaignEditView(generic.EditView):
    @property
    def header_more_buttons(self) -> list[Any]:
        return [*super().header_more_buttons, *campaign_buttons(self.object)]


class CampaignViewSet(RecordViewSet):
    model = Campaign
    name = "campaigns"
    icon = "calendar-alt"
    menu_hook = menu_hook("records")
    menu_order = 10
    index_view_class = CampaignIndexView
    edit_view_class = CampaignEditView
    list_display = [
        "title",
        Column("status", label=gettext_lazy("状态"), accessor="get_status_display"),
        "opens_on",
        "closes_on",
        "list_on",
        "ends_on",
    ]
    search_fields = ["title"]
    form_fields = ["year", "title", "intro", "opens_on", "closes_on", "list_on", "work_from", "scoring_from", "ends_on",
                   "proposals_min", "proposals_max", "proposals_due"]  # fmt: skip
    inspect_view_fields = [*form_fields, "status"]


class UnitViewSet(RecordViewSet):
    """Units are switched off, never removed: what they answered stays theirs."""

    model = Unit
    name = "units"
    icon = "group"
    menu_hook = menu_hook("records")
    menu_order = 20
    list_display = [
        "name",
        "short_name",
        "kind",
        "area",
        "chief",
        BooleanColumn("is_active", label=gettext_lazy("在用")),
    ]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name", "chief"]
    form_fields = ["slug", "name", "short_name", "kind", "area", "parent", "chief", "is_active"]
    inspect_view_fields = form_fields


class MembershipViewSet(RecordViewSet):
    model = Membership
    name = "memberships"
    icon = "user"
    menu_hook = menu_hook("records")
    menu_order = 30
    list_display = ["user", "unit", "role", IN_USE]
    list_filter = ["role", "is_active", "unit"]
    search_fields = ["user__display_name", "unit__name", "unit__short_name"]
    inspect_view_fields = ["user", "unit", "role", "is_active"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return MembershipForm


class TopicViewSet(RecordViewSet):
    model = Topic
    name = "topics"
    icon = "tag"
    menu_hook = menu_hook("records")
    menu_order = 40
    ordering = ["position", "pk"]
    list_display = ["name", "description", "default_unit", "position"]
    search_fields = ["name", "description", "keywords"]
    form_fields = ["slug", "name", "description", "keywords", "default_unit", "position"]
    inspect_view_fields = form_fields


class AnswerTemplateViewSet(RecordViewSet):
    """Template answers are switched off, never removed."""

    model = AnswerTemplate
    name = "templates"
    icon = "openquote"
    menu_hook = menu_hook("records")
    menu_order = 45
    ordering = ["kind", "position", "pk"]
    list_display = ["title", "kind", Column("text", label=gettext_lazy("写法")), "used", IN_USE]
    list_filter = ["kind", "is_active"]
    search_fields = ["title", "text"]
    form_fields = ["kind", "title", "text", "position", "is_active"]
    inspect_view_fields = [*form_fields, "used"]


class AreaViewSet(RecordViewSet):
    model = Area
    name = "areas"
    icon = "site"
    read_only = True
    menu_hook = menu_hook("records")
    menu_order = 50
    list_display = ["name", "code", "level", "parent"]
    list_filter = ["level"]
    search_fields = ["name", "code"]
    inspect_view_fields = ["code", "name", "level", "parent"]


def count_again() -> None:
    """Dates that were counted over a changed day move with it, once the change is committed."""
    transaction.on_commit(_count_again)


def _count_again() -> None:
    calendar = WorkCalendar.current()
    recount_provisional(calendar)
    Suggestion.objects.recount_office_dates(calendar)


class _Recounting:
    """A view whose outcome changes the calendar."""

    def run_after_hook(self) -> Any:
        count_again()
        return super().run_after_hook()  # type: ignore[misc]


class WorkdayAddView(_Recounting, generic.CreateView):
    pass


class WorkdayEditView(_Recounting, generic.EditView):
    pass


class WorkdayDeleteView(_Recounting, generic.DeleteView):
    pass


class WorkdayViewSet(ModelViewSet):
    """The one listing with deletion: a day entered by mistake is an ordinary day again."""

    model = Workday
    name = "workdays"
    icon = "date"
    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_reference_index = False
    list_per_page = 50
    menu_hook = menu_hook("records")
    menu_order = 60
    ordering = ["-date"]
    add_view_class = WorkdayAddView
    edit_view_class = WorkdayEditView
    delete_view_class = WorkdayDeleteView
    list_display = ["date", BooleanColumn("is_workday", label=gettext_lazy("上班")), "name", "source"]
    list_filter = {"is_workday": ["exact"], "date": ["gte", "lte"]}
    search_fields = ["name", "source"]
    form_fields = ["date", "is_workday", "name", "source"]
    inspect_view_fields = form_fields


class NoticeFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("送达"), method="of_state", empty_label=gettext_lazy("全部"),
        choices=[
            ("stuck", gettext_lazy("没有送达，已停止重试")),
            ("waiting", gettext_lazy("等待发送")),
            ("sent", gettext_lazy("已送达")),
        ],
    )  # fmt: skip

    class Meta:
        model = Notice
        fields = ["channel", "reason", "kind"]

    def of_state(self, rows: Any, _name: str, value: str) -> Any:
        match value:
            case "stuck":
                return rows.stuck()
            case "waiting":
                return rows.filter(sent_at=None, next_try_at__isnull=False)
        return rows.filter(sent_at__isnull=False)


def notice_state(notice: Notice) -> str:
    """What became of a notice, in words."""
    if notice.sent_at:
        return _("已送达")
    if notice.given_up_at:
        return _("不再发送")
    if notice.led_by_id:
        return _("与另一条一起发")
    return _("等待发送") if notice.next_try_at else _("没有送达")


class NoticeIndexView(generic.IndexView):
    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("user")


class NoticeViewSet(RecordViewSet):
    """What was sent to whom, and what got stuck and why. Nothing is changed here."""

    model = Notice
    name = "notices"
    icon = "mail"
    read_only = True
    menu_hook = menu_hook("work")
    menu_order = 90
    ordering = ["-pk"]
    index_view_class = NoticeIndexView
    filterset_class = NoticeFilterSet
    list_display = [
        Column("text", label=gettext_lazy("内容"), accessor=lambda notice: mask_strict(notice.text)),
        "channel",
        Column("recipient", label=gettext_lazy("收件人"), accessor=recipient),
        Column("state", label=gettext_lazy("送达"), accessor=notice_state),
        Column("trouble", label=gettext_lazy("未送达原因")),
        DateColumn("created_at", label=gettext_lazy("产生时间")),
    ]
    search_fields = ["text", "event"]
    inspect_view_fields = ["event", "channel", "text", "created_at", "sent_at", "attempts", "trouble"]
    # Phones and the account behind a notice are the person's, not the listing's.
    inspect_view_fields_exclude = ["phone", "recipient_key", "user"]


VIEWSETS = [
    CampaignViewSet,
    UnitViewSet,
    MembershipViewSet,
    TopicViewSet,
    AnswerTemplateViewSet,
    AreaViewSet,
    WorkdayViewSet,
    NoticeViewSet,
]
