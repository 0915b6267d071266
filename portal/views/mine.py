"""我的: everything of one's own on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.moves import MoveRefused
from portal.forms import NameForm, VerdictForm
from portal.life import next_steps
from portal.models import Assignment, Follow, Notice, Reach, Suggestion, Way

NOTICES_SHOWN, SUGGESTIONS_SHOWN, FOLLOWS_SHOWN, ANSWERS_SHOWN, CLAIMED_AT_ONCE = 20, 50, 30, 5, 50


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request, NameForm(initial={"display_name": request.user.display_name}))


def _page(request: HttpRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    user: Any = request.user
    own = Suggestion.objects.filter(author=user).select_related("topic", "area__parent", "campaign", "lead__campaign")
    inbox = Notice.objects.inbox_of(user)
    follows = Follow.objects.filter(user=user).select_related("suggestion__topic", "suggestion__area__parent")
    suggestions = list(own[:SUGGESTIONS_SHOWN])
    coming = next_steps(suggestions)
    for one in suggestions:
        one.coming = coming.get(one.pk)  # type: ignore[attr-defined]
    context = {
        "answers": _answers_to_judge(user),
        "suggestions": suggestions,
        "follows": [row.suggestion for row in follows.order_by("-pk")[:FOLLOWS_SHOWN]],
        "notices": list(inbox[:NOTICES_SHOWN]),
        "unread": inbox.filter(read_at=None).count(),
        "to_claim": list(Suggestion.objects.left_with_phone_of(user).only("number", "title")[:CLAIMED_AT_ONCE]),
        "reached": _reached(user),
        "form": form,
        "works_for_unit": user.units_as().exists(),
    }
    return render(request, "portal/mine.html", context, status=status)


def _reached(user: Any) -> str:
    """By which ways this account can be reached, as a sentence."""
    own = Reach.objects.of(user)
    ways = [str(way.label) for way in (Way.SMS, Way.WECHAT, Way.MAIL) if own.address(way)]
    return _("现在能用的：站内消息%s。") % "".join(f"、{way}" for way in ways)


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
def mine_claim(request: HttpRequest) -> HttpResponse:
    """Tie what was left with this account's proven phone to it: those that were ticked."""
    ticked = request.POST.getlist("number")[:CLAIMED_AT_ONCE]
    claimed = 0
    for one in Suggestion.objects.left_with_phone_of(request.user).filter(number__in=ticked):
        try:
            one.claim(request.user)
            claimed += 1
        except MoveRefused as refused:
            messages.error(request, str(refused))
    if claimed:
        messages.success(request, _("已认领 %d 条，有进展会告诉您。") % claimed)
    elif not ticked:
        messages.info(request, _("请先勾选要认领的建议。"))
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
