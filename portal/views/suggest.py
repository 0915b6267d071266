"""Suggest: the form, its receipt, and everything that keeps a suggestion from being lost or sent twice."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import client_address, over_limit
from portal import pending, proof, receipts, similar
from portal.forms import SuggestForm, filled_too_fast
from portal.models import Attachment, Campaign, Consent, Suggestion
from portal.models.suggestion import DECISION_DAYS, SCREENING_DAYS
from portal.views import proving
from portal.workdays import WorkCalendar

LOOK_UPS_PER_HOUR = 120  # for similar ones, of one address
TYPED_AT_LEAST = 4  # characters of a title, before it says anything
ALIKE_ENOUGH = 0.2  # to be shown beside the form; to be asked about before sending it takes `similar.LIKELY`


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """The form; outside the campaign's window, when it opens or that it has closed."""
    campaign = Campaign.objects.collecting()
    if request.method == "POST":
        return _submit(request, campaign)
    if receipts.has_unseen(request.session):  # the last one arrived, its receipt did not
        return redirect("portal:receipt")
    if campaign is None:
        return _closed(request)
    pending.owner(request)  # a session from the start, so that a retry finds its receipt and a draft its photos
    return _page(request, SuggestForm.opening(request.GET), campaign)


def _submit(request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
    key = _key(request)
    if key and Suggestion.objects.filter(submission_key=key).exists():
        return _received_before(request, key)
    form = SuggestForm(request.POST, request.FILES)
    if campaign is None:
        return _closed(request, form)
    photos, errors = pending.gather(request, request.FILES.getlist("photos"), request.POST.getlist("photo_tokens"))
    if why := _trap(request):
        proof.note_trap(request)
        return _page(request, form, campaign, photos, why=why, status=422)
    valid = form.is_valid()
    for error in errors:
        form.add_error("photos", error)
    if not valid or errors:
        return _page(request, form, campaign, photos, status=422)
    if request.POST.get("edit"):
        return _page(request, form, campaign, photos)
    if alike := _to_ask_about(request, form):
        return _page(request, form, campaign, photos, alike=alike)
    if not _is_reviewed(request):
        return _review_page(request, form, photos)
    if question := proving.ask(request, form, photos):
        return question
    if why := proof.refusal(request, form.cleaned_data["phone"]):
        return _page(request, form, campaign, photos, why=why, status=429)
    return _receive(request, form, photos, campaign)


def _key(request: HttpRequest) -> str:
    try:
        return str(uuid.UUID(request.POST.get("submission_key", "")))
    except ValueError:
        return ""


def _trap(request: HttpRequest) -> str:
    """A plain sentence when the form looks filled in by a machine. Pressing the button again is all a person needs."""
    if request.POST.get("homepage"):
        return _("有一格本该空着的被自动填上了，已经替您清掉。请再点一次“提交建议”，您填的内容都在。")
    if filled_too_fast(request.POST.get("opened", "")):
        return _("提交得太快，我们没法确认不是机器。请等几秒再点一次“提交建议”，您填的内容都在。")
    return ""


def _to_ask_about(request: HttpRequest, form: SuggestForm) -> list[similar.Likeness]:
    """Public suggestions that very probably say the same, unless the person has seen some and goes on."""
    if request.POST.get("similar_seen") or _looked_up_too_often(request):
        return []
    data = form.cleaned_data
    return similar.similar_in_public(data["title"], data["body"], floor=similar.LIKELY)


def _looked_up_too_often(request: HttpRequest) -> bool:
    return over_limit("similar", client_address(request), LOOK_UPS_PER_HOUR, 3600)


@cache_control(private=True, no_store=True)
@require_POST
def similar_cards(request: HttpRequest) -> HttpResponse:
    """While somebody types: public suggestions like it, as cards; nothing when there are none. Keeps nothing."""
    title, body = request.POST.get("title", "")[:120].strip(), request.POST.get("body", "")[:600]
    if len(title) < TYPED_AT_LEAST:
        return HttpResponse(status=204)
    if _looked_up_too_often(request):
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    alike = similar.similar_in_public(title, body, floor=ALIKE_ENOUGH)
    if not alike:
        return HttpResponse(status=204)
    return render(request, "portal/_similar.html", {"alike": alike})


def _is_reviewed(request: HttpRequest) -> bool:
    """Whether the person was shown what becomes of it. Reviewing is for them and guards nothing: a form that knows
    nothing of it, such as one opened before an update, is taken as it is."""
    return request.POST.get("reviewed", "1") == "1"


@cache_control(private=True, no_store=True)
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """For the last screen of the form: what becomes of what was typed. 422 with a sentence per field that is wrong."""
    form = SuggestForm(request.POST)
    if not form.is_valid():
        wrong = {name: str(errors[0]) for name, errors in form.errors.items()}
        return JsonResponse({"errors": wrong}, status=422)
    return render(request, "portal/_review.html", _reviewed(form, len(request.POST.getlist("photo_tokens"))))


def _review_page(request: HttpRequest, form: SuggestForm, photos: list[Attachment]) -> HttpResponse:
    """The same as a page of its own, for browsers without scripts; it carries the whole form along."""
    uploads = [pending.as_upload(request, photo) for photo in photos]
    context = _reviewed(form, len(photos)) | {"form": form, "photos": uploads}
    return render(request, "portal/suggest_review.html", context)


def _reviewed(form: SuggestForm, photo_count: int) -> dict[str, Any]:
    """Who handles it, what everybody will read, what only staff see, and by when there is an answer."""
    draft = form.draft()
    public = draft.wording_with(shown=[], hidden=[])
    unit = draft.topic.default_unit if draft.topic else None
    return {
        "draft": draft,
        "public": public,
        "personal": "、".join(draft.found_kinds()),
        "photo_count": photo_count,
        "unit": unit if unit and unit.is_active else None,
        **_promise(),
    }


def _receive(request: HttpRequest, form: SuggestForm, photos: list[Attachment], campaign: Campaign) -> HttpResponse:
    """The row, its photos and its receipt in one transaction: whoever finds the row finds the receipt too."""
    facts = form.facts()
    user = request.user
    if user.is_authenticated and user.identity_level >= 1:
        facts["author"] = user
    try:
        with transaction.atomic():
            suggestion, code, token = Suggestion.objects.receive(campaign=campaign, **facts)
            Consent.objects.record(suggestion, how=Consent.How.WEB)
            Attachment.objects.filter(pk__in=[photo.pk for photo in photos]).claim_for(suggestion)
            receipts.put(request.session, suggestion, code, token)
            request.session.save()
    except IntegrityError:
        if not Suggestion.objects.filter(submission_key=facts["submission_key"]).exists():
            raise
        # The button was pressed twice; the other press has just stored its receipt in the same session.
        request.session = type(request.session)(request.session.session_key)
        return _received_before(request, facts["submission_key"])
    return redirect("portal:receipt")


def _received_before(request: HttpRequest, key: str) -> HttpResponse:
    if receipts.bring_back(request.session, key):
        return redirect("portal:receipt")
    number = Suggestion.objects.values_list("number", flat=True).get(submission_key=key)
    return render(request, "portal/received_before.html", {"number": number})


def _page(
    request: HttpRequest,
    form: SuggestForm,
    campaign: Campaign,
    photos: list[Attachment] | None = None,
    *,
    why: str = "",
    alike: list[similar.Likeness] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "campaign": campaign,
        "photos": [pending.as_upload(request, photo) for photo in photos or []],
        "max_photos": pending.MAX_PHOTOS,
        "why": why,
        "personal": "、".join(form.personal()) if form.is_bound else "",
        "alike": alike,
        "similar_seen": bool(alike or request.POST.get("similar_seen")),
        **_promise(),
    }
    response = render(request, "portal/suggest.html", context, status=status)
    if status == 429:
        response["Retry-After"] = "3600"
    return response


def _promise() -> dict[str, Any]:
    """By when somebody looks at it, and by when its way is decided, if it is sent today."""
    calendar, today = WorkCalendar.current(), timezone.localdate()
    screen_by, decide_by = calendar.add(today, SCREENING_DAYS), calendar.add(today, DECISION_DAYS)
    provisional = calendar.is_provisional(screen_by, decide_by)
    return {"screen_by": screen_by, "decide_by": decide_by, "provisional": provisional}


def _closed(request: HttpRequest, form: SuggestForm | None = None) -> HttpResponse:
    """Not collecting now. What somebody had already typed is shown to be copied."""
    campaign = Campaign.objects.current()
    today = timezone.localdate()
    context = {
        "campaign": campaign,
        "opens": campaign if campaign and campaign.opens_on > today else None,
        "ran_out": campaign is not None and campaign.closes_on < today,  # otherwise it was closed before its time
        "typed": form.typed() if form else [],
    }
    return render(request, "portal/suggest_closed.html", context, status=409 if form else 200)


@cache_control(private=True, no_store=True)
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """The receipt of what this browser has just sent; for half an hour, then only the track page knows it."""
    shown = receipts.show(request.session)
    if shown is None:
        return render(request, "portal/receipt_gone.html", status=404)
    suggestion = Suggestion.objects.get(number=shown.number)
    address = request.build_absolute_uri(reverse("portal:track_link", args=[shown.token]))
    context = {
        "suggestion": suggestion,
        "receipt": shown,
        "qr_src": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        "photo_count": suggestion.attachments.count(),
        "personal": "、".join(suggestion.found_kinds()),
    }
    return render(request, "portal/receipt.html", context)
