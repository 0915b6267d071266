"""消息怎么收: which news over which way, an e-mail address that is confirmed, a WeChat that is bound, and how to stop.

Addresses in messages open a page that asks; only its button acts.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from config.limits import over_limit
from config.privacy import keyed_index, mask_phone
from config.views import too_many
from portal.channels import mail as mail_channel
from portal.channels import wechat
from portal.channels.base import Message, Trouble
from portal.delivery import STOP
from portal.models import Kind, Reach, Subscription
from portal.models.reach import mail_index
from portal.reach_forms import MailForm, WishesForm

CONFIRM, BIND = "portal.confirm-mail", "portal.bind-wechat"
CONFIRM_SECONDS, BIND_SECONDS, DAY = 24 * 3600, 600, 24 * 3600
MAILS_PER_DAY, MAILS_PER_ADDRESS = 5, 3


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Wishes and addresses of the account."""
    if request.method != "POST":
        return _reach_page(request)
    form = WishesForm(request.POST, instance=Reach.objects.of(request.user), kinds=_kinds(request.user))
    if not form.is_valid():
        return _reach_page(request, form, status=422)
    form.save()
    messages.success(request, _("已保存，从下一条消息起照这样告诉您。"))
    return redirect("portal:reach")


def _kinds(user: Any) -> list[str]:
    """What there is to hear for this person: duties only for who works for a unit or monitors."""
    has_duties = user.units_as().exists() or getattr(user, "monitor", None) is not None
    return [kind for kind in (Kind.OWN, Kind.FOLLOWED, Kind.DUTY) if kind != Kind.DUTY or has_duties]


def _reach_page(
    request: HttpRequest, form: WishesForm | None = None, mail_form: MailForm | None = None, *, status: int = 200
) -> HttpResponse:
    own = Reach.objects.of(request.user)
    account = wechat.account()
    context = {
        "reach": own,
        "form": form or WishesForm(instance=own, kinds=_kinds(request.user)),
        "mail_form": mail_form or MailForm(auto_id="id_mail_%s"),
        "sends_mail": mail_channel.post() is not None,
        "wechat_url": account.authorize_url(_state(request), _back(request)) if account and not own.openid else "",
        "has_wechat": account is not None,
    }
    return render(request, "portal/reach.html", context, status=status)


# --- e-mail -------------------------------------------------------------------------------------
@never_cache
@login_required
@require_POST
def send_confirmation(request: HttpRequest) -> HttpResponse:
    """Send a letter to an address, so that whoever reads it there can confirm it."""
    form = MailForm(request.POST, auto_id="id_mail_%s")
    if not form.is_valid():
        return _reach_page(request, mail_form=form, status=422)
    mail = form.cleaned_data["mail"]
    if refusal := ask_to_confirm(mail, {"user": request.user.pk}, who=str(request.user.pk)):
        return refusal_page(request, refusal)
    messages.success(request, _("信已发到 %s，请在 24 小时内打开它确认。没有收到就看看垃圾邮件。") % mail)
    return redirect("portal:reach")


def ask_to_confirm(mail: str, whose: dict[str, Any], *, who: str) -> str:
    """Send the letter; a sentence when it cannot be sent. `who` is counted, and so is the address."""
    channel = mail_channel.post()
    if channel is None:
        return _("本站没有开通邮件。")
    of_who = over_limit("confirm-mail", who, MAILS_PER_DAY, DAY)
    if of_who or over_limit("confirm-address", mail_index(mail), MAILS_PER_ADDRESS, DAY):
        return _("今天发的确认信太多了，请明天再试。")
    path = reverse("portal:reach_confirm", args=[signing.dumps(whose | {"mail": mail}, salt=CONFIRM)])
    text = _("有人在微台填了这个邮箱，要在这里收建议的进展。是您本人，请打开下面的地址确认；不是，不用理会。")
    try:
        message = Message(text, "confirm", {"subject": _("请确认您的邮箱")}, path)
        channel.send(mail, message, key=f"confirm-{keyed_index(path, 'mail-key')[:32]}")
    except Trouble:
        return _("信没有发出去，请看看邮箱对不对，或者过一会儿再试。")
    return ""


def refusal_page(request: HttpRequest, sentence: str) -> HttpResponse:
    if "太多" in sentence:
        return too_many(request, sentence, DAY)
    messages.error(request, sentence)
    return redirect("portal:reach")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the letter: asks, and with the button the e-mail address counts."""
    try:
        said = signing.loads(token, salt=CONFIRM, max_age=CONFIRM_SECONDS)
    except signing.BadSignature:
        return _gone(request, _("这个确认地址已过期，请回到网站上重新填一次邮箱。"))
    owner = _owner(said)
    if owner is None:
        return _gone(request, _("要确认的账号或建议已不在。"))
    if request.method == "POST":
        owner.confirm_mail(said["mail"])
        return _done(request, _("邮箱已确认"), _("有进展会发到 %s。") % said["mail"])
    whose = owner.suggestion.number if isinstance(owner, Subscription) else mask_phone(owner.user.phone)
    text = _("%(whose)s 的进展以后发到 %(mail)s。") % {"whose": whose, "mail": said["mail"]}
    return _asking(request, _("确认这个邮箱"), text, _("确认，发到这里"))


@never_cache
@login_required
@require_POST
def drop_mail(request: HttpRequest) -> HttpResponse:
    Reach.objects.ready(request.user).drop_mail()
    messages.success(request, _("邮箱已删除，不再发邮件。"))
    return redirect("portal:reach")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Where an e-mail's last line and its List-Unsubscribe lead: asks, then no more e-mail comes."""
    try:
        owner = _owner(signing.loads(token, salt=STOP))
    except signing.BadSignature:
        owner = None
    if owner is None:
        return _gone(request, _("这个退订地址不对。登录后在“我的”里也可以关掉邮件。"))
    if request.method == "POST":
        owner.drop_mail()
        return _done(request, _("已退订"), _("以后不再发邮件。进展随时可以在网站上看。"))
    return _asking(request, _("不再收邮件"), _("退订后，这个邮箱不再收到建议的进展。"), _("退订邮件"))


def _owner(said: dict[str, Any]) -> Reach | Subscription | None:
    """Whose e-mail it is: of an account or of a receipt; made now when there is nothing yet."""
    from portal.models import Suggestion, User

    if user := User.objects.filter(pk=said.get("user", 0), is_active=True).first():
        return Reach.objects.ready(user)
    if "suggestion" in said and Suggestion.objects.filter(pk=said["suggestion"]).exists():
        return Subscription.objects.get_or_create(suggestion_id=said["suggestion"])[0]
    return Subscription.objects.filter(pk=said.get("receipt", 0)).first()


def _asking(request: HttpRequest, title: str, text: str, verb: str) -> HttpResponse:
    context = {"title": title, "text": text, "verb": verb, "cancel_href": "/"}
    return render(request, "confirm.html", context)


def _done(request: HttpRequest, title: str, text: str) -> HttpResponse:
    return render(request, "portal/reach_done.html", {"title": title, "text": text})


def _gone(request: HttpRequest, text: str) -> HttpResponse:
    context = {"title": _("打不开了"), "text": text}
    return render(request, "portal/reach_done.html", context, status=410)


# --- WeChat -------------------------------------------------------------------------------------
def _back(request: HttpRequest) -> str:
    return settings.PUBLIC_URL + reverse("portal:reach_wechat_back")


def _state(request: HttpRequest) -> str:
    """Ties the way back from WeChat to this account in this browser, so that nobody can be led to bind another's."""
    session = keyed_index(request.session.session_key or "", "wechat-state")
    return signing.dumps([request.user.pk, session[:16]], salt=BIND)


def _is_ours(request: HttpRequest, state: str) -> bool:
    try:
        said = signing.loads(state, salt=BIND, max_age=BIND_SECONDS)
    except signing.BadSignature:
        return False
    return bool(said == signing.loads(_state(request), salt=BIND))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wechat_back(request: HttpRequest) -> HttpResponse:
    """Back from WeChat with a code: asks, and with the button this WeChat is bound to the account."""
    typed = request.POST if request.method == "POST" else request.GET
    code, state, account = typed.get("code", ""), typed.get("state", ""), wechat.account()
    if account is None or not code or not _is_ours(request, state):
        return _gone(request, _("没有绑成：这个地址不是刚才从“消息怎么收”打开的，或者过了十分钟。请回去再点一次。"))
    if request.method == "POST":
        return _bind(request, account, code)
    context = {"code": code, "state": state, "phone": mask_phone(request.user.phone)}
    return render(request, "portal/reach_wechat.html", context)


def _bind(request: HttpRequest, account: wechat.Account, code: str) -> HttpResponse:
    try:
        openid = account.openid_of(code)
    except Trouble:
        messages.error(request, _("微信没有认出您，请再点一次“绑定微信”。"))
        return redirect("portal:reach")
    try:
        with transaction.atomic():
            Reach.objects.ready(request.user).bind(openid)
    except IntegrityError:
        messages.error(request, _("这个微信已绑定另一个账号，请先在那个账号里解除。"))
    else:
        messages.success(request, _("微信已绑定。关注公众号以后，有进展会在微信里告诉您。"))
    return redirect("portal:reach")


@never_cache
@login_required
@require_POST
def wechat_drop(request: HttpRequest) -> HttpResponse:
    Reach.objects.ready(request.user).unbind()
    messages.success(request, _("微信已解除绑定。"))
    return redirect("portal:reach")
