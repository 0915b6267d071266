"""授权: what the author of a suggestion agreed to, and taking it back, by account or by receipt."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from portal.models import Consent, Suggestion
from portal.models.consent import ASKED, purposes_used
from portal.views.track import ask_for_receipt, own_suggestion


class Taking(NamedTuple):
    """How taking one consent back is put to the author."""

    verb: Any
    goes: Any  # what happens at once
    stays: Any  # what cannot be undone
    done: Any


TAKING = {
    "publish": Taking(
        gettext_lazy("撤回公开"),
        gettext_lazy("这条建议马上从公开页面、列表、搜索、下载表格里消失，照片也不再公开。编号和查询码照旧有效，改革办继续办理。"),
        gettext_lazy("已经立项的项目、已经公开的统计数字不会撤销；项目页上只写“一位市民（已撤回公开）”。别人已经看过、下载过的，我们收不回来。"),
        gettext_lazy("已撤回公开。这条建议不再公开显示，办理不受影响。"),
    ),
    "contact": Taking(
        gettext_lazy("撤回联系"),
        gettext_lazy("您留的手机号马上从这条建议里删除，不再发短信，也不再打电话。"),
        gettext_lazy("已经发出的短信收不回来。以后要看进展，请用编号和查询码，或登录“我的”。"),
        gettext_lazy("已撤回联系，手机号已从这条建议里删除。"),
    ),
    "name": Taking(
        gettext_lazy("撤回署名"),
        gettext_lazy("公开的地方马上改成“匿名”，文字里您自己的姓名也会遮住。"),
        gettext_lazy("别人已经看过、下载过的，我们收不回来。"),
        gettext_lazy("已撤回署名，公开的地方改成了“匿名”。"),
    ),
}  # fmt: skip


@cache_control(private=True, no_store=True)
@require_safe
def consents(request: HttpRequest, number: str) -> HttpResponse:
    """What was agreed to, when and how, each with the way to take it back."""
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    context = {"suggestion": suggestion, "rows": _rows(suggestion)}
    return render(request, "portal/consents.html", context)


def _rows(suggestion: Suggestion) -> list[dict[str, Any]]:
    standing, used = Consent.objects.standing(suggestion), purposes_used(suggestion)
    return [
        {
            "purpose": purpose,
            "label": Consent.Purpose(purpose).label,
            "asked": ASKED[purpose],
            "last": standing.get(purpose),
            "in_use": purpose in used,
            "verb": taking.verb,
        }
        for purpose, taking in TAKING.items()
    ]


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str, purpose: str) -> HttpResponse:
    """Ask first, with what goes and what stays; take it back on POST."""
    if purpose not in TAKING:
        raise Http404
    suggestion = own_suggestion(request, number)
    if suggestion is None:
        return ask_for_receipt(request, number)
    taking, back = TAKING[purpose], reverse("portal:consents", args=[number])
    if purpose not in purposes_used(suggestion):
        messages.info(request, _("这一项现在没有在用，不需要撤回。"))
        return redirect(back)
    if request.method == "POST":
        Consent.objects.withdraw(suggestion, purpose, how=Consent.How.WEB)
        messages.success(request, str(taking.done))
        return redirect(back)
    facts = [
        {"label": _("建议"), "value": f"{suggestion.number} {suggestion.title}"},
        {"label": _("撤回以后"), "value": taking.goes},
        {"label": _("不能撤销的"), "value": taking.stays},
    ]
    context = {"title": taking.verb, "verb": taking.verb, "cancel_href": back, "facts": facts}
    return render(request, "confirm.html", context)
