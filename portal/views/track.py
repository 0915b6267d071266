"""Track: the author's own view of a suggestion, by number and code, by the receipt's QR code, or by account."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import client_address, over_limit
from config.moves import MoveRefused
from portal import receipts
from portal.forms import ReopenForm, TrackForm, VerdictForm
from portal.models import Assignment, Suggestion, Verdict
from portal.reach_forms import HearForm

REOPENED = gettext_lazy("已退回责任单位重新办理，7 个工作日内再次答复，到时会告诉您。")
TRIES_PER_NUMBER, NUMBER_SECONDS = 5, 15 * 60
TRIES_PER_ADDRESS, ADDRESS_SECONDS = 20, 3600


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Number and code. A wrong number and a wrong code get the same answer in the same time."""
    if request.method != "POST":
        return _track_page(request, TrackForm(initial={"number": request.GET.get("number", "")[:40]}))
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _track_page(request, form, status=422)
    number, code = (unicodedata.normalize("NFKC", form.cleaned_data[name]) for name in ("number", "code"))
    number = "".join(number.split()).upper()
    if _too_many_tries(request, number):
        return _track_page(request, form, why=_("试的次数太多了，请过 15 分钟再试。"), status=429)
    suggestion = Suggestion.objects.by_receipt(number, code)
    if suggestion is None:
        return _track_page(request, form, why=_("编号或查询码不对，请对照回执再看一遍。"), status=422)
    return _follow(request, suggestion)


def _too_many_tries(request: HttpRequest, number: str) -> bool:
    """Counts this try for the number and for the address."""
    of_number = over_limit("track-number", number, TRIES_PER_NUMBER, NUMBER_SECONDS)
    of_address = over_limit("track-address", client_address(request), TRIES_PER_ADDRESS, ADDRESS_SECONDS)
    return of_number or of_address


def _track_page(request: HttpRequest, form: TrackForm, *, why: str = "", status: int = 200) -> HttpResponse:
    response = render(request, "portal/track.html", {"form": form, "why": why}, status=status)
    if status == 429:
        response["Retry-After"] = str(NUMBER_SECONDS)
    return response


def _follow(request: HttpRequest, suggestion: Suggestion) -> HttpResponse:
    request.session.cycle_key()  # the session is worth more from here on
    receipts.remember(request.session, suggestion)
    return redirect("portal:tracked", suggestion.number)


@cache_control(private=True, no_store=True)
@require_safe
def track_link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in a receipt's QR code; leads on at once, so that the token does not stay in sight."""
    suggestion = Suggestion.objects.by_link(token)
    if suggestion is None:
        form = TrackForm()
        return _track_page(request, form, why=_("这个二维码查不到建议，请用编号和查询码查。"), status=404)
    return _follow(request, suggestion)


def own_suggestion(request: HttpRequest, number: str) -> Suggestion | None:
    """The suggestion, when whoever asks is its author."""
    related = ("topic", "area__parent", "campaign", "lead", "subscription")
    suggestion = Suggestion.objects.select_related(*related).filter(number=number).first()
    return suggestion if suggestion and receipts.may_follow(request, suggestion) else None


def ask_for_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The same answer for a number that does not exist and for somebody else's."""
    messages.info(request, _("请用受理编号和查询码打开这条建议。"))
    response = redirect("portal:track")
    response["Location"] += f"?number={number}"
    return response


def _open_answer(suggestion: Suggestion) -> Assignment | None:
    """The answer that its author has not judged yet."""
    if suggestion.status != Suggestion.Status.ANSWERED:
        return None
    answered = Assignment.objects.to_judge().filter(suggestion=suggestion).select_related("unit").last()
    return answered  # type: ignore[no-any-return]


def _verdict_form(answer: Assignment, data: Any = None) -> VerdictForm:
    return VerdictForm(data, may_reopen=answer.may_be_reopened())


def _to_reopen(suggestion: Suggestion) -> Verdict | None:
    """The verdict whose author may still have it worked on again."""
    if suggestion.status != Suggestion.Status.CLOSED:
        return None
    verdicts = Verdict.objects.filter(assignment__suggestion=suggestion).select_related("assignment__unit")
    last = verdicts.order_by("assignment").last()
    if last is None:
        return None
    last.assignment.suggestion = suggestion
    return None if last.why_not_reopen() else last


@cache_control(private=True, no_store=True)
@require_safe
def tracked(request: HttpRequest, number: str) -> HttpResponse:
    """The whole life of one's own suggestion, private things among it."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    return tracked_page(request, suggestion)


def tracked_page(
    request: HttpRequest,
    suggestion: Suggestion,
    form: VerdictForm | None = None,
    *,
    reopen_form: ReopenForm | None = None,
    hear_form: HearForm | None = None,
    status: int = 200,
) -> HttpResponse:
    from portal.views.hear import feed_url
    from portal.views.hear import hear_form as form_to_hear

    answer, to_reopen = _open_answer(suggestion), _to_reopen(suggestion)
    context = {
        "suggestion": suggestion,
        "attachments": list(suggestion.attachments.all()),
        "answer": answer,
        "answers": list(answer.round()) if answer else [],
        "form": form or (_verdict_form(answer) if answer else None),
        "to_reopen": to_reopen,
        "reopen_form": reopen_form or (ReopenForm(prefix="reopen") if to_reopen else None),
        "may_claim": suggestion.author_id is None,
        "hear_form": hear_form or form_to_hear(suggestion),
        "feed_url": feed_url(suggestion),
        "same_phone": _left_with_same_phone(request, suggestion),
    }
    return render(request, "portal/tracked.html", context, status=status)


@cache_control(private=True, no_store=True)
@require_POST
def give_verdict(request: HttpRequest, number: str) -> HttpResponse:
    """已解决 / 部分解决 / 未解决, 满意 / 基本满意 / 不满意, and once the wish to have it worked on again."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    answer = _open_answer(suggestion)
    if answer is None:
        messages.info(request, _("现在没有等您评价的答复。"))
        return redirect("portal:tracked", number)
    form = _verdict_form(answer, request.POST)
    if not form.is_valid():
        return tracked_page(request, suggestion, form, status=422)
    said = form.cleaned_data
    again = said.get("reopen", False)
    try:
        Verdict.give(answer, said["level"], result=said["result"], comment=said["comment"], reopen=again)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return tracked_page(request, own_suggestion(request, number) or suggestion, form, status=409)
    messages.success(request, REOPENED if again else _("您的评价已记下，谢谢。"))
    return redirect("portal:tracked", number)


@cache_control(private=True, no_store=True)
@require_POST
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Worked on again, once, within thirty days of the answer, with the reason."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    verdict, form = _to_reopen(suggestion), ReopenForm(request.POST, prefix="reopen")
    if verdict is None:
        messages.info(
            request, _("现在不能要求重新办理：要在答复后 30 天内，评价为“未解决”或“不满意”，并且没有重办过。")
        )
        return redirect("portal:tracked", number)
    if not form.is_valid():
        return tracked_page(request, suggestion, reopen_form=form, status=422)
    try:
        verdict.reopen(form.cleaned_data["reason"])
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return tracked_page(request, suggestion, reopen_form=form, status=409)
    messages.success(request, REOPENED)
    return redirect("portal:tracked", number)


def _left_with_same_phone(request: HttpRequest, suggestion: Suggestion) -> int:
    """How many others that nobody claimed were left with the verified phone of whoever is signed in."""
    if not request.user.is_authenticated:
        return 0
    return Suggestion.objects.left_with_phone_of(request.user).exclude(pk=suggestion.pk).count()


@login_required
@require_POST
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Tie one's own suggestion to the account that is signed in."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    try:
        suggestion.claim(request.user)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已认领。以后登录就能在“我的”里看到它，不用再输查询码。"))
    return redirect("portal:tracked", number)
