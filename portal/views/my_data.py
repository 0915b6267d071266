"""我的资料: what is held about a person, to read, to take along, to correct and to have erased."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.holdings import HOLDINGS, why_not_erase
from config.limits import over_limit
from config.moves import MoveRefused
from config.privacy import mask_phone
from config.views import too_many
from portal.accounts import codes
from portal.accounts.again import proved
from portal.accounts.forms import CodeForm, PhoneForm
from portal.erasing import erase_by_receipt
from portal.models import Erasure, Notice, Suggestion
from portal.views.track import ask_for_receipt, own_suggestion

log = logging.getLogger(__name__)
ROWS_SHOWN = 20
DOWNLOADS_PER_DAY = 10
NEW_PHONE = "new_phone"


@cache_control(private=True, no_store=True)
@login_required
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Every table that knows this person, in plain words."""
    context = {
        "parts": parts_of(request.user, ROWS_SHOWN),
        "erasure": Erasure.objects.open().filter(user=request.user).first(),
    }
    return render(request, "portal/my_data.html", context)


def parts_of(user: Any, shown: int | None = None) -> list[dict[str, Any]]:
    """Each kind of data with its purpose, its term and its rows; at most `shown` of them, with how many there are."""
    parts = []
    for one in HOLDINGS:
        rows = one.show(user)
        parts.append({"key": one.key, "title": one.title, "purpose": one.purpose, "kept": one.kept,
                      "rows": rows[:shown], "count": len(rows)})  # fmt: skip
    return parts


@cache_control(private=True, no_store=True)
@require_POST
@proved
def download(request: HttpRequest) -> HttpResponse:
    """Everything as one archive: a page to read and JSON for machines."""
    user: Any = request.user
    if over_limit("my-data", str(user.pk), DOWNLOADS_PER_DAY, 24 * 3600):
        return too_many(request, _("今天下载得太多了，请明天再来。"), 24 * 3600)
    parts, now = parts_of(user), timezone.now()
    facts = {"made_at": now.isoformat(timespec="seconds"), "data": parts}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        file.writestr("data.html", render_to_string("portal/my_data_file.html", {"parts": parts, "made_at": now}))
    log.info("Account %s took its data along", user.pk)
    Notice.objects.tell(f"my-data:{user.pk}:{now.isoformat()}", _("您下载了一份本人资料。不是您本人操作的话，请马上联系我们。"),
                        user=user, url=reverse("portal:my_data"))  # fmt: skip
    response = HttpResponse(archive.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="weitai-{now:%Y%m%d}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- another phone ------------------------------------------------------------------------------
class NewPhoneForm(PhoneForm):
    everywhere = forms.BooleanField(
        label=gettext_lazy("我提过的建议也改用新号码联系"), required=False, initial=True,
    )  # fmt: skip


@cache_control(private=True, no_store=True)
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
@proved
def new_phone(request: HttpRequest) -> HttpResponse:
    """Proved by the old phone a moment ago; the new one gets a code of its own."""
    form, status = NewPhoneForm(request.POST or None), 200
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        if phone == request.user.phone:  # type: ignore[union-attr]
            form.add_error("phone", _("这就是您现在的号码。"))
        else:
            try:
                codes.send(request, phone, codes.NEW_PHONE)
            except codes.NotSent as refusal:
                form.add_error("phone", str(refusal))
                status = 429 if refusal.seconds else 503
            else:
                request.session[NEW_PHONE] = {"everywhere": form.cleaned_data["everywhere"]}
                return redirect("portal:new_phone_code")
    context = {
        "title": _("换手机号"), "verb": _("发送验证码"), "form": form, "cancel_href": reverse("portal:my_data"),
        "text": _("验证码发到新号码。换好以后，其他设备上的登录会全部退出。"),
    }  # fmt: skip
    return render(request, "confirm.html", context, status=status)


@cache_control(private=True, no_store=True)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@proved
def new_phone_code(request: HttpRequest) -> HttpResponse:
    number, wish = codes.pending_phone(request, codes.NEW_PHONE), request.session.get(NEW_PHONE)
    if not number or not wish or number == request.user.phone:  # type: ignore[union-attr]
        return redirect("portal:new_phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            proven = codes.redeem(request, form.cleaned_data["code"], codes.NEW_PHONE)
        except codes.WrongCode as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[NEW_PHONE]
            return _change_phone(request, proven, everywhere=wish["everywhere"])
    context = {"title": _("填写新号码收到的验证码"), "verb": _("换成这个号码"), "form": form,
               "text": _("短信已发到 %s，10 分钟内有效。") % mask_phone(number), "cancel_href": reverse("portal:my_data")}  # fmt: skip
    return render(request, "confirm.html", context)


def _change_phone(request: HttpRequest, phone: str, *, everywhere: bool) -> HttpResponse:
    """The account's phone, and that of its suggestions if wished; every other session ends with it."""
    user: Any = request.user
    old_key = user.phone_key
    try:
        with transaction.atomic():
            user.set_phone(phone)
            user.phone_verified = True
            if not user.has_usable_password():
                user.set_unusable_password()  # another one, to which no other session fits
            user.save()
            if everywhere:
                for one in Suggestion.objects.filter(author=user, phone_key=old_key):
                    one.set_phone(phone)
                    one.save(update_fields=["phone", "phone_key"])
                    one.history.update(phone="", phone_key="")
    except IntegrityError:
        messages.error(request, _("这个号码已有另一个账号，不能换过来。请用那个号码登录，或换一个号码。"))
        return redirect("portal:my_data")
    update_session_auth_hash(request, user)
    log.info("Account %s has another phone", user.pk)
    messages.success(request, _("手机号已换好。以后用新号码登录。"))
    return redirect("portal:my_data")


# --- gone ---------------------------------------------------------------------------------------
class EraseForm(forms.Form):
    unpublish = forms.BooleanField(
        label=gettext_lazy("已公开的建议也一起撤下"), required=False,
        help_text=gettext_lazy("不勾选，已公开的文字不署名留下，别人还能看、还能附议。"),
    )  # fmt: skip
    understood = forms.BooleanField(
        label=gettext_lazy("我知道注销以后不能恢复，查询码也不能再用"),
        error_messages={"required": gettext_lazy("请先看清上面写的，再勾选这一格。")},
    )


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
@proved
def erase(request: HttpRequest) -> HttpResponse:
    """What goes and what stays, said before; carried out after seven days."""
    reasons = why_not_erase(request.user)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            wish = Erasure.objects.ask(request.user, unpublish=form.cleaned_data["unpublish"])
        except MoveRefused as refused:
            reasons = [str(refused)]
        else:
            day = f"{timezone.localtime(wish.due_at):%Y年%-m月%-d日}"
            messages.success(request, _("已收到。%s起删除，在那以前登录就能撤销。") % day)
            return redirect("portal:my_data")
    status = 409 if reasons and request.method == "POST" else 200
    return render(request, "portal/erase.html", {"form": form, "reasons": reasons}, status=status)


@login_required
@require_POST
def keep_account(request: HttpRequest) -> HttpResponse:
    """Think better of it, as long as nothing was erased."""
    if Erasure.objects.cancel(request.user):
        messages.success(request, _("已撤销注销申请，账号照旧可用。"))
    else:
        messages.info(request, _("没有等着执行的注销申请。"))
    return redirect("portal:my_data")


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def erase_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Name and phone out of one suggestion, by receipt or account, at once."""
    one = own_suggestion(request, number)
    if one is None:
        return ask_for_receipt(request, number)
    back = reverse("portal:consents", args=[number])
    if request.method == "POST":
        erase_by_receipt(one)
        messages.success(request, _("这条建议里的姓名和手机号已经删除。编号和查询码照旧有效。"))
        return redirect(back)
    facts = [
        {"label": _("马上删除"), "value": _("姓名、手机号、来电号码、没有公开的照片，改动记录里的也删；原文换成遮住个人信息的文字。")},
        {"label": _("留下"), "value": _("公开的文字和办理经过，不署名。")},
        {"label": _("不能撤销的"), "value": _("删除后改革办没法再联系您，也没法恢复。")},
    ]  # fmt: skip
    context = {"title": _("删除姓名和手机号"), "verb": _("删除姓名和手机号"), "facts": facts, "cancel_href": back}
    return render(request, "confirm.html", context)


class AuthorNameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("您的姓名"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}), help_text=gettext_lazy("只有工作人员看得到；可以留空。"),
    )  # fmt: skip


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_name(request: HttpRequest, number: str) -> HttpResponse:
    """The name on one suggestion, put right by its author."""
    one = own_suggestion(request, number)
    if one is None:
        return ask_for_receipt(request, number)
    back = reverse("portal:consents", args=[number])
    form = AuthorNameForm(request.POST or None, initial={"name": one.name})
    if form.is_valid():
        if not form.cleaned_data["name"] and one.shown_as != Suggestion.ShownAs.ANONYMOUS:
            form.add_error("name", _("这条建议公开时署名，不能留空。不想署名，请先撤回署名。"))
        else:
            _rename(one, form.cleaned_data["name"])
            messages.success(request, _("姓名已更正。"))
            return redirect(back)
    context = {"title": _("更正姓名"), "verb": _("保存姓名"), "form": form, "cancel_href": back}
    return render(request, "confirm.html", context)


def _rename(one: Suggestion, name: str) -> None:
    """The wrong name leaves the history too; the public wording is written anew, since the name is masked in it."""
    one.name = name
    one._change_reason = str(_("提出人更正姓名"))  # type: ignore[attr-defined]
    one.save(update_fields=["name", "shown_words", "hidden_words"])
    one.history.exclude(name="").update(name=name)
