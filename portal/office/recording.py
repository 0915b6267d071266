"""The front desk: entering what came by phone, by letter, at a stall or on a visit, so that nothing typed is lost and
nothing is entered twice."""

from __future__ import annotations

import uuid
from difflib import SequenceMatcher
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from config.admin_ui import admin_page, office_view
from config.uploads import Refused
from portal import intake, pending, permissions, similar
from portal.models import Attachment, Consent, DeputyPaper, DeskDraft, Letter, Notice, Recording, Suggestion
from portal.models.consent import TEXT_VERSION
from portal.models.people import phone_index
from portal.office import slips
from portal.office.record_forms import NOT_PUBLIC, REPEATED, RecordForm

MAX_SCANS = 9
LAST = "office_last_recorded"  # what repeats from one entry to the next, in the clerk's session
SAME_TITLE = 0.6  # of two titles, by `difflib`, from the same telephone on the same day
TYPED_AT_LEAST = 4


@office_view(permissions.RECORD)
def record(request: HttpRequest) -> HttpResponse:
    """The form; POST enters the suggestion once and goes on to its slip."""
    if request.method != "POST":
        return page(request, opening(request))
    if before := _entered_before(request):
        return before
    form = RecordForm(request.POST, request.FILES)
    scans = gather(request, form)
    if not form.is_valid():
        return page(request, form, scans)
    if twin := _entered_today(request, form):
        return page(request, form, scans, twin=twin)
    return enter(request, form, scans)


def opening(request: HttpRequest) -> RecordForm:
    """An empty form with what repeats, or one of the clerk's own drafts."""
    draft = DeskDraft.objects.filter(clerk=request.user.pk, key=request.GET.get("draft", "")).first()
    if draft:
        return RecordForm(initial={**draft.values, "submission_key": draft.key})
    return RecordForm(initial=request.session.get(LAST))


def _entered_before(request: HttpRequest) -> HttpResponse | None:
    """The button was pressed twice, or the answer got lost on the way: on to the one that was entered."""
    try:
        key = str(uuid.UUID(request.POST.get("submission_key", "")))
    except ValueError:
        return None
    number = Suggestion.objects.filter(submission_key=key).values_list("number", flat=True).first()
    if number is None:
        return None
    messages.info(request, _("这一份已经登记过，编号 %s，没有再登记一次。") % number)
    return redirect("office:slip", number=number)


def gather(request: HttpRequest, form: RecordForm) -> list[Attachment]:
    """The scans, cleaned and kept apart until the form is entered, so that a form that comes back still has them."""
    scans = pending.by_claim_tokens(request.POST.getlist("scan_tokens")[:MAX_SCANS])
    for number, file in enumerate(request.FILES.getlist("scans"), 1):
        if len(scans) >= MAX_SCANS:
            form.add_error("scans", _("最多 %d 个文件。") % MAX_SCANS)
            break
        try:
            scans.append(intake.take_in(file, by=request.user, kinds=intake.FROM_OFFICE))
        except Refused as refused:
            form.add_error("scans", _("第 %(n)d 个没有收下：%(why)s") % {"n": number, "why": refused})
    return scans


def _entered_today(request: HttpRequest, form: RecordForm) -> Suggestion | None:
    """What the same telephone said today in nearly the same words, unless the clerk knows and goes on."""
    phone, title = form.cleaned_data["phone"], form.cleaned_data["title"]
    if not phone or request.POST.get("not_same"):
        return None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(received_at__gte=midnight) | Q(recording__at__gte=midnight)
    rows = Suggestion.objects.standing().filter(today, phone_key=phone_index(phone)).defer("name", "phone")
    for one in rows[:20]:
        if SequenceMatcher(None, one.title, title, autojunk=False).ratio() >= SAME_TITLE:
            return one
    return None


def enter(
    request: HttpRequest, form: RecordForm, scans: list[Attachment], *, letter: Letter | None = None
) -> HttpResponse:
    """Write it down and show the slip. Raises `MoveRefused` when another clerk has used the letter meanwhile."""
    try:
        one, code, token = _receive(form, scans, request.user, letter)
    except IntegrityError:
        if before := _entered_before(request):  # by the other of two presses
            return before
        form.full_clean()  # the same deputy's paper, by another clerk a moment ago
        if not form.errors:
            raise
        return page(request, form, scans)
    slips.keep(request.session, one, code, token)
    if letter is None:
        request.session[LAST] = {name: form.data.get(name, "") for name in REPEATED}
    messages.success(request, _("已登记，编号 %s。") % one.number)
    return redirect("office:slip", number=one.number)


@transaction.atomic
def _receive(form: RecordForm, scans: list[Attachment], by: Any, letter: Letter | None) -> tuple[Suggestion, str, str]:
    """The suggestion with its scans, how it came, the message to its author; or nothing of it."""
    facts = form.facts() | ({"received_at": letter.received_at} if letter else {})
    one, code, token = Suggestion.objects.receive(recorded_by=by, **facts)
    Attachment.objects.filter(pk__in=[scan.pk for scan in scans]).claim_for(one)
    if letter:
        letter.use(by, one)
        letter.attachments.update(suggestion=one)
    Recording.objects.create(suggestion=one, by=by, at=timezone.now(), **form.recording())
    if paper := form.deputy():
        DeputyPaper.objects.create(suggestion=one, **paper)
    _keep_consent(one, form.cleaned_data["consent"], by)
    DeskDraft.objects.filter(clerk=by, key=facts["submission_key"]).delete()
    _tell(one)
    return one, code, token


def _keep_consent(one: Suggestion, said: str, by: Any) -> None:
    """What the author agreed to, and that they were asked and did not want it published."""
    how = Consent.How.DESK if said == NOT_PUBLIC else said
    Consent.objects.record(one, how=how, by=by)
    if said == NOT_PUBLIC:
        facts = {"how": how, "by": by, "at": timezone.now(), "text_version": TEXT_VERSION}
        Consent.objects.create(suggestion=one, purpose=Consent.Purpose.PUBLISH, given=False, **facts)


def _tell(one: Suggestion) -> None:
    """The number alone: whoever reads the telephone must not be able to follow the matter with it."""
    if one.screen_by and one.screen_by >= timezone.localdate():
        when = _("我们会在 %s 前审看。") % f"{one.screen_by:%Y-%m-%d}"
    else:
        when = _("我们会尽快审看。")
    words = _("您的建议已登记，编号 %s。") % one.number + when + _("查询码在回执单上，请向登记人员索取。")
    Notice.objects.tell(f"recorded:{one.pk}", words, phone=one.phone, url="/track/")


def page(
    request: HttpRequest,
    form: RecordForm,
    scans: list[Attachment] | None = None,
    *,
    twin: Suggestion | None = None,
    template: str = "portal/admin/record.html",
    status: int = 0,
    **shown: Any,
) -> HttpResponse:
    """The form's page. `shown`: what a template that extends it wants to be told, and another title."""
    key = str(form["submission_key"].value())
    drafts = DeskDraft.objects.filter(clerk=request.user.pk).exclude(key=key)
    context = {
        "title": _("登记建议"), "icon": "plus", "crumbs": [(_("建议办理"), reverse("office:queue"))],
        "lead": _("登记电话、信件、现场、走访等渠道收到的建议。登记后打印回执交给提出人。"),
        "drafts": [] if form.is_bound or shown else drafts[:8], "key": key, "twin": twin,
        "scans": [pending.as_upload(request, scan) for scan in scans or []], "same": form["same_as"].value() or "",
        "several_campaigns": form.fields["campaign"].queryset.count() > 1,  # type: ignore[attr-defined]
    }  # fmt: skip
    status = status or (422 if form.is_bound and form.errors else 200)
    return admin_page(request, template, form=form, status=status, **(context | shown))


# --- while it is typed --------------------------------------------------------------------------
@require_POST
@office_view(permissions.RECORD)
def draft(request: HttpRequest) -> JsonResponse:
    """Keep what is being typed: {saved} or {error} with a sentence. Files are not kept here."""
    form = RecordForm(request.POST)
    try:
        key = str(uuid.UUID(request.POST.get("submission_key", "")))
    except ValueError:
        return JsonResponse({"error": _("没有存上，请刷新页面再试。")}, status=400)
    if Suggestion.objects.filter(submission_key=key).exists():
        return JsonResponse({"error": _("这一份已经登记了。")}, status=409)
    typed = form.typed()
    worth = any(typed.get(name, "").strip() for name in ("title", "body", "wish", "name", "phone", "caller"))
    DeskDraft.objects.keep(request.user, key, typed if worth else {})
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@require_POST
@office_view(permissions.RECORD)
def drop_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Forget one of the clerk's own drafts."""
    get_object_or_404(DeskDraft, clerk=request.user.pk, key=key).delete()
    messages.success(request, _("草稿已丢弃。"))
    return redirect("office:record")


@require_POST
@office_view(permissions.RECORD)
def similar_cards(request: HttpRequest) -> HttpResponse:
    """While a clerk types: what was said before in much the same words, screened or not. Keeps nothing."""
    title, body = request.POST.get("title", "")[:120].strip(), request.POST.get("body", "")[:600]
    if len(title) < TYPED_AT_LEAST:
        return HttpResponse(status=204)
    rows = Suggestion.objects.standing().exclude(status=Suggestion.Status.NOT_ACCEPTED)
    rows = rows.select_related("area__parent", "topic", "lead").defer("name", "phone")
    alike = similar.look_up(title, body, rows, 5, similar.WORTH_SHOWING)
    if not alike:
        return HttpResponse(status=204)
    return render(request, "portal/admin/_record_similar.html", {"alike": alike})
