"""常用筛选: filters of the queue under a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from config.admin_ui import office_view
from portal import permissions
from portal.models import SavedFilter
from portal.office.queue import Queue

MOST = 20  # of one person


class SaveForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=20)
    is_shared = forms.BooleanField(label=gettext_lazy("全办可用"), required=False)


def chips(queue: Queue, user: Any) -> list[dict[str, Any]]:
    """The saved filters that this person may use; the one in hand is marked."""
    rows = SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner")
    return [
        {
            "pk": one.pk, "name": one.name, "href": f"{reverse('office:queue')}?{one.query}", "own": one.owner_id == user.pk,
            "note": "" if one.owner_id == user.pk else str(one.owner), "current": dict(queue.kept) == _pairs(one.query),
        }
        for one in rows
    ]  # fmt: skip


def _pairs(query: str) -> dict[str, str]:
    return QueryDict(query).dict()  # type: ignore[return-value]


@require_POST
@office_view(permissions.SCREEN)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter in hand; the same name again replaces it."""
    queue = Queue(request)
    by: Any = request.user
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请给这个筛选起个名字，不超过 20 个字。"))
    elif SavedFilter.objects.filter(owner=by).exclude(name=form.cleaned_data["name"]).count() >= MOST:
        messages.error(
            request, ngettext("最多存 %d 个，请先删去不用的。", "最多存 %d 个，请先删去不用的。", MOST) % MOST
        )
    else:
        facts = {"query": queue.query().lstrip("?"), "is_shared": form.cleaned_data["is_shared"]}
        SavedFilter.objects.update_or_create(owner=by, name=form.cleaned_data["name"], defaults=facts)
        messages.success(request, _("已存为“%s”。") % form.cleaned_data["name"])
    return redirect(queue.url)


@require_POST
@office_view(permissions.SCREEN)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own."""
    by: Any = request.user
    gone, _each = SavedFilter.objects.filter(owner=by, pk=pk).delete()
    if gone:
        messages.success(request, _("已删去。"))
    return redirect(Queue(request).url)
