"""回执订阅: where the author of a receipt hears without an account, and a feed of its public steps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from portal.channels import mail as mail_channel
from portal.life import in_order, life_of
from portal.models import Subscription, Suggestion
from portal.models.numbers import token_digest
from portal.reach_forms import HearForm
from portal.views.reach import ask_to_confirm
from portal.views.track import ask_for_receipt, own_suggestion, tracked_page

FEED_ENTRIES = 30


def hear_form(suggestion: Suggestion, data: Any = None) -> HearForm | None:
    """The choice for a receipt that no account has claimed; None when the account's own wishes hold."""
    if suggestion.author_id is not None:
        return None
    chosen = getattr(suggestion, "subscription", None) or Subscription()
    by = chosen.by if chosen.by != Subscription.By.SMS or suggestion.phone else Subscription.By.PAGE
    initial, sends_mail = {"by": by, "mail": chosen.mail}, mail_channel.post() is not None
    return HearForm(data, initial=initial, prefix="hear", phone=suggestion.phone, mail_sent=sends_mail)


def feed_url(suggestion: Suggestion) -> str:
    """The whole feed address to show to its owner; "" when there is none."""
    own = getattr(suggestion, "subscription", None)
    return settings.PUBLIC_URL + reverse("portal:feed", args=[own.feed_token]) if own and own.feed_token else ""


@cache_control(private=True, no_store=True)
@require_POST
def hear(request: HttpRequest, number: str) -> HttpResponse:
    """Choose SMS, e-mail or the page alone. An e-mail address counts once the letter to it was confirmed."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    form = hear_form(suggestion, request.POST)
    if form is None:
        return redirect("portal:reach" if request.user.is_authenticated else "portal:tracked", *_of(request, number))
    if not form.is_valid():
        return tracked_page(request, suggestion, hear_form=form, status=422)
    said = form.cleaned_data
    own = Subscription.objects.get_or_create(suggestion=suggestion)[0]
    if said["by"] == Subscription.By.MAIL and not (own.mail_confirmed_at and own.mail == said["mail"]):
        if refusal := ask_to_confirm(said["mail"], {"suggestion": suggestion.pk}, who=suggestion.number):
            form.add_error("mail", refusal)
            return tracked_page(request, suggestion, hear_form=form, status=422)
        messages.success(
            request, _("信已发到 %s，请在 24 小时内打开它确认。确认以前照原来的办法告诉您。") % said["mail"]
        )
    else:
        own.by = said["by"]
        own.save()
        messages.success(request, _("已保存，从下一个进展起照这样告诉您。"))
    return redirect("portal:tracked", number)


def _of(request: HttpRequest, number: str) -> tuple[str, ...]:
    return () if request.user.is_authenticated else (number,)


@cache_control(private=True, no_store=True)
@require_POST
def feed_address(request: HttpRequest, number: str) -> HttpResponse:
    """Make a feed address, replace it by a new one, or with `off=1` take it away."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    own = Subscription.objects.get_or_create(suggestion=suggestion)[0]
    if request.POST.get("off") == "1":
        own.stop_feed()
        messages.success(request, _("订阅地址已停用。"))
    else:
        own.renew_feed()
        messages.success(request, _("订阅地址已生成。知道地址的人都能看，请不要发给别人。"))
    return redirect("portal:tracked", number)


@cache_control(private=True, no_store=True)
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The public steps of one suggestion as Atom, for feed readers. Of one that is not public, states and dates."""
    rows = Subscription.objects.filter(feed_digest=token_digest(token)).select_related("suggestion__lead")
    found = rows.first()
    if found is None:
        raise Http404
    one = found.suggestion
    page = settings.PUBLIC_URL + (reverse("portal:track") if one.is_hidden else one.get_absolute_url())
    title = one.number if one.is_hidden else f"{one.number} {one.public_title}"
    atom = Atom1Feed(title=title, link=page, description="", language="zh-hans", feed_guid=f"urn:weitai:{one.number}")
    for n, entry in list(enumerate(in_order(life_of(one))))[-FEED_ENTRIES:][::-1]:
        when = entry["when"]
        words = "" if one.is_hidden else "\n".join(part for part in (entry.get("title", ""), entry["text"]) if part)
        atom.add_item(
            title=str(entry["state"]), link=page, description=words, pubdate=timezone.localtime(when),
            updateddate=timezone.localtime(when), unique_id=f"urn:weitai:{one.number}:{n}",
        )  # fmt: skip
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
