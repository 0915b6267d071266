"""没有送达的通知: what stopped being tried, why, and what the office does about it: send again, or give up with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin_ui import Action, Cell, admin_page, ask, capped_count, office_view
from config.moves import MoveRefused
from config.personal import mask_strict
from config.privacy import mask_phone, surname_only
from portal import permissions
from portal.channels.base import Reason
from portal.models import Notice
from portal.models.notice import NoticeQuerySet
from portal.office.forms import ReasonField

ICON = "warning"
PAGE = 50


class StuckFilter(forms.Form):
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"), required=False, choices=[("", gettext_lazy("全部")), *Notice.Channel.choices]
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("原因"), required=False, choices=[("", gettext_lazy("全部")), *Reason.choices]
    )

    def rows(self) -> NoticeQuerySet:
        """What is stuck under the filter; a filter that does not exist narrows nothing."""
        self.is_valid()
        asked = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        return Notice.objects.stuck().filter(**asked).select_related("user").order_by("pk")


class GiveUpForm(forms.Form):
    reason = ReasonField(
        label=gettext_lazy("为什么不再发送"), help_text=gettext_lazy("例如：号码已停机，已当面告知本人。留在记录里。")
    )


def recipient(notice: Notice) -> str:
    """Surname and masked phone: beside a text with a number, more would say who wrote that suggestion."""
    name = surname_only(notice.user.display_name) if notice.user else ""
    return " ".join(part for part in (name, mask_phone(notice.phone)) if part)


@office_view(permissions.READ_NOTICES)
def queue(request: HttpRequest) -> HttpResponse:
    """The longest waiting first, a page at a time: whatever is dealt with makes room for the next."""
    may = request.user.has_perm(permissions.HANDLE_NOTICES)
    narrowed = StuckFilter(request.GET)
    rows = narrowed.rows()
    shown = list(rows[:PAGE])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    again = Action(_("全部重发"), reverse("office:stuck_retry_all") + query, kind="primary", post=True)
    return admin_page(
        request, "portal/admin/stuck.html", title=_("没有送达的通知"), icon=ICON,
        lead=_("试过几次都没有送达，已停止重试。先解决右边写的原因，再重发；同一条通知不会让人收到两遍。"),
        actions=[again] if may and shown else [], form=narrowed, reset_href=reverse("office:stuck"),
        columns=[_("通知"), _("渠道"), _("收件人"), _("原因"), _("产生时间"), *([_("办理"), ""] if may else [])],
        rows=[_line(one, may) for one in shown], count=capped_count(rows), shown=len(shown),
        empty={"title": _("没有停下来的通知"), "text": _("发不出去、已停止重试的通知会出现在这里。")},
    )  # fmt: skip


def _line(one: Notice, may: bool) -> dict[str, Any]:
    cells = [
        Cell(mask_strict(one.text)[:90]), Cell(one.get_channel_display(), nowrap=True), Cell(recipient(one), nowrap=True),
        Cell(one.get_reason_display() or _("其他"), sub=mask_strict(one.trouble)[:120]),
        Cell(f"{one.created_at:%Y-%m-%d}", nowrap=True),
    ]  # fmt: skip
    if may:
        cells.append(Cell(_("重发"), reverse("office:stuck_retry", args=[one.pk]), nowrap=True))
        cells.append(Cell(_("不再发送"), reverse("office:stuck_give_up", args=[one.pk]), nowrap=True))
    return {"pk": one.pk, "cells": cells}


def _page(request: HttpRequest, pk: int, **options: Any) -> HttpResponse:
    """A page that asks about one of them."""
    one = get_object_or_404(Notice.objects.select_related("user"), pk=pk)
    facts = [
        {"label": _("通知"), "value": mask_strict(one.text)},
        {"label": _("渠道"), "value": one.get_channel_display()},
        {"label": _("收件人"), "value": recipient(one)},
        {"label": _("原因"), "value": mask_strict(one.trouble) or one.get_reason_display()},
        {"label": _("试过"), "value": _("%d 次") % one.attempts},
    ]
    do, back = options.pop("do"), reverse("office:stuck")
    crumbs = [(_("没有送达的通知"), back)]
    return ask(request, facts=facts, crumbs=crumbs, icon=ICON, back=back, do=lambda data: do(one, data), **options)


def _done(was_stuck: bool) -> None:
    if not was_stuck:
        raise MoveRefused(_("这一条已经送达，或已有人处理过。"))


@office_view(permissions.HANDLE_NOTICES)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one again."""
    return _page(
        request, pk, title=_("重发这一条"), verb=_("重发"), success=_("已重新排队，几分钟内再试。"),
        do=lambda one, data: _done(one.retry()),
    )  # fmt: skip


@office_view(permissions.HANDLE_NOTICES)
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one no more."""
    return _page(
        request, pk, title=_("不再发送"), verb=_("不再发送"), form=GiveUpForm, success=_("已停发，理由已记下。"), danger=True,
        do=lambda one, data: _done(one.give_up(data["reason"], request.user)),
    )  # fmt: skip


@require_POST
@office_view(permissions.HANDLE_NOTICES)
def retry_all(request: HttpRequest) -> HttpResponse:
    """Try everything under the filter again: the gateway is back."""
    number = StuckFilter(request.GET).rows().retry()
    messages.success(request, _("%d 条已重新排队，几分钟内再试。") % number)
    return redirect("office:stuck")
