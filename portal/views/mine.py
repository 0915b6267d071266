"""我的: one's own suggestions, messages and name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.forms import NameForm, VerdictForm
from portal.models import Assignment, Notice, Suggestion

NOTICES_SHOWN, SUGGESTIONS_SHOWN, ANSWERS_SHOWN = 30, 50, 5


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request, NameForm(initial={"display_name": request.user.display_name}))


def _page(request: HttpRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    own = Suggestion.objects.filter(author=request.user).select_related("topic", "area__parent")
    inbox = list(Notice.objects.inbox_of(request.user)[:NOTICES_SHOWN])
    context = {
        "answers": _answers_to_judge(request.user),
        "suggestions": own[:SUGGESTIONS_SHOWN],
        "notices": inbox,
        "unread": sum(notice.read_at is None for notice in inbox),
        "form": form,
        "works_for_unit": request.user.units_as().exists(),
    }
    return render(request, "portal/mine.html", context, status=status)


def _answers_to_judge(user: Any) -> list[dict[str, Any]]:
    """The answers that wait for this person's word, each with its small form. One query."""
    rows = Assignment.objects.to_judge().filter(suggestion__author=user)
    rows = rows.select_related("suggestion", "unit").defer("suggestion__name", "suggestion__phone").order_by("done_at")
    return [
        {"answer": one, "form": VerdictForm(may_reopen=one.may_be_reopened(), auto_id=f"id_{one.suggestion.number}_%s")}
        for one in rows[:ANSWERS_SHOWN]
    ]


@login_required
@require_POST
def mine_read(request: HttpRequest) -> HttpResponse:
    """Everything in the inbox has been read."""
    Notice.objects.inbox_of(request.user).filter(read_at=None).order_by().update(read_at=timezone.now())
    return redirect("portal:mine")


@login_required
@require_POST
def mine_name(request: HttpRequest) -> HttpResponse:
    """Change the name that the account shows."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    request.user.display_name = form.cleaned_data["display_name"]
    request.user.save(update_fields=["display_name"])  # type: ignore[call-arg]
    messages.success(request, _("显示姓名已保存。"))
    return redirect("portal:mine")
