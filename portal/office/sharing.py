"""经办人: who of the office works on a suggestion. Taken, given, given back, and dealt out to several in one press."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from simple_history.utils import bulk_update_with_history
from wagtail.admin import messages

from config.admin_ui import admin_page, attempt, office_view
from config.moves import SomebodyWasFaster
from portal import permissions
from portal.models import Suggestion, User
from portal.office.queue import Queue

MOST = 5000  # dealt out at once
PIECE = 500


# --- one ------------------------------------------------------------------------------------------
class HandlerForm(forms.Form):
    """`was`: whom the page showed, so that nobody takes over unseen what somebody took a moment ago."""

    handler = forms.ModelChoiceField(User.objects.none(), label=_("经办人"), required=False, empty_label=_("未分派"))
    was = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = permissions.officers()  # type: ignore[attr-defined]


@transaction.atomic
def give(one: Suggestion, handler: User | None, *, was: int | None, by: Any) -> None:
    """Set who works on it. Raises `SomebodyWasFaster` when another person was set since the page was drawn."""
    now = Suggestion.objects.select_for_update().get(pk=one.pk)
    if now.handler_id != was:
        who = now.handler or _("没有人")
        raise SomebodyWasFaster(_("经办人刚刚改成了%(who)s，请看过再定。") % {"who": who})
    if now.handler != handler:
        now.handler = one.handler = handler
        now._history_user = by  # type: ignore[attr-defined]
        now.save(update_fields=["handler"])


@require_POST
@office_view(permissions.SCREEN)
def set_handler(request: HttpRequest, number: str) -> HttpResponse:
    """Take it, give it to somebody, or give it back."""
    back = reverse("office:suggestion", args=[number]) + Queue(request).query()
    one = Suggestion.objects.filter(number=number).first()
    form = HandlerForm(request.POST)
    if one and form.is_valid():
        data = form.cleaned_data
        said = _("%(number)s 由%(who)s经办。") if data["handler"] else _("%(number)s 已放回，等人接手。")
        done = said % {"number": number, "who": data["handler"]}
        attempt(request, lambda: give(one, data["handler"], was=data["was"], by=request.user), done)
    return redirect(back)


# --- many -----------------------------------------------------------------------------------------
def give_all(rows: list[Suggestion], handler: User | None, by: Any) -> int:
    """Set who works on all of these, each with its row of history; the number changed."""
    changed = [one for one in rows if one.handler_id != (handler.pk if handler else None)]
    for one in changed:
        one.handler = handler
    bulk_update_with_history(changed, Suggestion, ["handler"], batch_size=PIECE, default_user=by)
    return len(changed)


class DealForm(forms.Form):
    """How the list in hand is dealt out."""

    class Way:
        EVENLY, TOPIC, COUNTY = "evenly", "topic", "county"

    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("分给谁"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一个人。")},
    )  # fmt: skip
    way = forms.ChoiceField(
        label=gettext_lazy("怎样分"), widget=forms.RadioSelect, initial=Way.EVENLY,
        choices=[
            (Way.EVENLY, gettext_lazy("按收到先后轮流，人人一样多")),
            (Way.TOPIC, gettext_lazy("同一领域归同一人，总数尽量均匀")),
            (Way.COUNTY, gettext_lazy("同一县（市、区）归同一人，总数尽量均匀")),
        ],
    )  # fmt: skip
    count = forms.IntegerField(
        label=gettext_lazy("分多少条"), required=False, min_value=1, max_value=MOST,
        help_text=gettext_lazy("不填就是全部。从最早收到的分起。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = permissions.officers()  # type: ignore[attr-defined]


def dealt(rows: list[Suggestion], people: list[User], way: str) -> dict[User, list[Suggestion]]:
    """Who gets which. By topic or county a whole group goes to whoever has least so far, the largest group first."""
    hands: dict[User, list[Suggestion]] = {person: [] for person in people}
    groups: dict[Any, list[Suggestion]] = defaultdict(list)
    for n, one in enumerate(rows):
        county = one.area.code[:6] if one.area else ""
        groups[{DealForm.Way.TOPIC: one.topic_id, DealForm.Way.COUNTY: county}.get(way, n)].append(one)
    for group in sorted(groups.values(), key=len, reverse=True):
        hands[min(people, key=lambda person: len(hands[person]))] += group
    return hands


@office_view(permissions.SCREEN)
def deal(request: HttpRequest) -> HttpResponse:
    """Deal out what nobody works on yet, of the tab and filter in hand."""
    queue = Queue(request)
    waiting = queue.rows.filter(handler=None, status__in=Suggestion.TRIAGE)
    form = DealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with transaction.atomic():
            chosen = waiting.order_by("received_at", "pk").values_list("pk", flat=True)[: data["count"] or MOST]
            rows = Suggestion.objects.select_for_update(of=("self",)).filter(pk__in=list(chosen), handler=None)
            rows = rows.select_related("area").order_by("received_at", "pk")
            hands = dealt(list(rows), list(data["people"]), data["way"])
            counts = {person: give_all(some, person, request.user) for person, some in hands.items()}
        said = "，".join(_("%(who)s %(n)d 条") % {"who": person, "n": n} for person, n in counts.items())
        messages.success(request, _("已分派：%s。") % said)
        return redirect(queue.url)
    total = waiting.count()
    lead = ngettext("当前筛选下有 %d 条还没有经办人。", "当前筛选下有 %d 条还没有经办人。", total) % total
    return admin_page(
        request, "config/admin/confirm.html", title=_("分派给经办人"), icon="group", lead=lead, form=form,
        crumbs=[(_("建议办理"), reverse("office:queue")), (queue.tab.label, queue.url)], verb=_("分派"), back=queue.url,
    )  # fmt: skip
