"""One more step for a form whose network sends a lot: work that the browser does by itself, or a code by SMS."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.privacy import mask_phone
from portal import pending, proof
from portal.accounts import codes
from portal.accounts.forms import CodeForm, PhoneForm
from portal.forms import SuggestForm
from portal.models import Attachment

PREFIX = "sms"


@never_cache
@require_safe
def challenge(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """A new challenge for the form of this key."""
    return JsonResponse(proof.challenge(request, str(key)))


def ask(request: HttpRequest, form: SuggestForm, photos: list[Attachment]) -> HttpResponse | None:
    """The page that asks for a proof, with everything typed; None when none is needed or it has been given."""
    key = str(form.cleaned_data["submission_key"])
    if proof.has_phone(request, key):
        return None
    if "sms_send" in request.POST:
        return _send_code(request, form, photos)
    if "sms_check" in request.POST:
        return _check_code(request, form, photos, key)
    if not proof.is_needed(request) or proof.is_solved(request.POST.get("altcha", ""), key):
        return None
    why = _("没有确认成功，请再试一次，或者用短信确认。") if request.POST.get("altcha") else ""
    return _page(request, form, photos, why=why)


def _send_code(request: HttpRequest, form: SuggestForm, photos: list[Attachment]) -> HttpResponse:
    phone = PhoneForm(request.POST, prefix=PREFIX)
    if not phone.is_valid():
        return _page(request, form, photos, phone=phone)
    try:
        codes.send(request, phone.cleaned_data["phone"], codes.SUGGESTING)
    except codes.NotSent as refused:
        phone.add_error("phone", str(refused))
        return _page(request, form, photos, phone=phone)
    return _page(request, form, photos, code=CodeForm(prefix=PREFIX))


def _check_code(request: HttpRequest, form: SuggestForm, photos: list[Attachment], key: str) -> HttpResponse | None:
    code = CodeForm(request.POST, prefix=PREFIX)
    if not code.is_valid():
        return _page(request, form, photos, code=code)
    try:
        phone = codes.redeem(request, code.cleaned_data["code"], codes.SUGGESTING)
    except codes.WrongCode as refused:
        if refused.is_void:
            return _page(request, form, photos, why=str(refused))
        code.add_error("code", str(refused))
        return _page(request, form, photos, code=code)
    if proof.note_phone(request, key, phone):
        return None
    return _page(request, form, photos, why=_("这个手机号今天确认得太多了，请明天再试。您填的内容都在。"))


def _page(
    request: HttpRequest,
    form: SuggestForm,
    photos: list[Attachment],
    *,
    phone: PhoneForm | None = None,
    code: CodeForm | None = None,
    why: str = "",
) -> HttpResponse:
    form.auto_id = False  # the page carries it twice
    context: dict[str, Any] = {
        "form": form,
        "key": form.cleaned_data["submission_key"],
        "photos": [pending.as_upload(request, photo) for photo in photos],
        "phone": phone or PhoneForm(prefix=PREFIX, initial={"phone": form.cleaned_data["phone"]}),
        "code": code,
        "sent_to": mask_phone(codes.pending_phone(request, codes.SUGGESTING)) if code else "",
        "by_phone": bool(phone or code),
        "why": why,
    }
    return render(request, "portal/suggest_proof.html", context, status=422)
