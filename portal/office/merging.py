"""并案: several suggestions that say the same are worked on as one. Found, previewed, merged; undone one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.admin_ui import admin_page, attempt, office_view
from portal import permissions
from portal.models import NotSame, Suggestion
from portal.office.forms import MergeForm
from portal.office.queue import with_facts
from portal.similar import WORTH_SHOWING, Likeness, similar_to

MOST = 50  # merged at once
FOUND = 20
Status = Suggestion.Status


@office_view(permissions.SCREEN)
def merge(request: HttpRequest) -> HttpResponse:
    """GET shows what was picked and helps to find more; POST merges all of them into the chosen lead."""
    numbers = (request.POST if request.method == "POST" else request.GET).getlist("pick")[:MOST]
    picked = Suggestion.objects.filter(number__in=numbers)
    form = MergeForm(request.POST or None, picked=picked, initial={"lead": request.GET.get("lead")})
    if request.method == "POST" and form.is_valid():
        lead = form.cleaned_data["lead"]
        rest = [one for one in picked if one.pk != lead.pk]
        done = ngettext("%(n)d 条已并入 %(lead)s。", "%(n)d 条已并入 %(lead)s。", len(rest))
        done %= {"n": len(rest), "lead": lead.number}
        if rest and attempt(request, lambda: merge_all(lead, rest, request.user, form.cleaned_data["note"]), done):
            return redirect("office:suggestion", number=lead.number)
    return _page(request, form, list(with_facts(picked).order_by("received_at", "pk")))


@transaction.atomic
def merge_all(lead: Suggestion, rest: list[Suggestion], by: Any, note: str) -> None:
    """All or none."""
    for one in rest:
        one.merge_into(lead, by, note=note)


def _page(request: HttpRequest, form: MergeForm, picked: list[Suggestion]) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    similar = similar_to(picked[0], floor=WORTH_SHOWING) if len(picked) == 1 and not text else []
    chosen = form.data.get("lead") or form.initial.get("lead") or (str(_best_lead(picked)) if picked else "")
    return admin_page(
        request, "portal/admin/merge.html", title=_("并案"), icon="link",
        lead=_("把说同一件事的建议合在一起办。每位提出人的编号、查询码和署名都保留，可以随时取消。"),
        crumbs=[(_("建议办理"), reverse("office:queue"))], form=form, chosen=chosen,
        picked=[(one, _obstacle(one)) for one in picked], ready=len(picked) > 1,
        q=text, found=_find(text, picked) if text else [],
        similar=similar, likely=likely_group(picked[0], similar) if similar else None,
    )  # fmt: skip


class Group(NamedTuple):
    """Suggestions that one tap would merge."""

    lead: Suggestion
    rest: list[Suggestion]

    @property
    def all(self) -> list[Suggestion]:
        return [self.lead, *self.rest]

    @property
    def numbers(self) -> list[str]:
        return [self.lead.number, *(one.number for one in self.rest)]


def likely_group(one: Suggestion, similar: list[Likeness]) -> Group | None:
    """This one and those of its year that very probably say the same, as far as they can be merged now; None when there
    is nothing to merge."""
    apart = NotSame.objects.apart_from(one)
    likely = [like.suggestion for like in similar if like.is_likely and like.suggestion.pk not in apart]
    pks = [other.pk for other in likely if other.campaign_id == one.campaign_id]
    rows = with_facts(Suggestion.objects.filter(pk__in=[one.pk, *pks])).exclude(
        status__in=(*Suggestion.HIDDEN, Status.MERGED)
    )
    able = list(rows.order_by("received_at", "pk"))
    if one not in able or len(able) < 2:
        return None
    best = _best_lead([row for row in able if row.is_public] or able)
    lead = next(row for row in able if row.pk == best)
    rest = [row for row in able if row != lead and not _obstacle(row)]
    return Group(lead, rest) if rest and one in (lead, *rest) else None


def likely_lead(one: Suggestion, similar: list[Likeness]) -> Suggestion | None:
    """The best of those that one which is not accepted yet could be merged into at once."""
    for like in similar:
        other = like.suggestion
        if (
            like.is_likely
            and like.may_lead
            and other.campaign_id == one.campaign_id
            and other.is_public >= one.is_public
        ):
            return other
    return None


def _best_lead(picked: list[Suggestion]) -> int:
    """The one that others were merged into already, else the first to arrive that may lead."""
    able = [one for one in picked if one.status not in (*Suggestion.HIDDEN, Status.MERGED)] or picked
    return max(able, key=lambda one: (one.member_count, one.status != Status.OPEN, -one.received_at.timestamp())).pk  # type: ignore[attr-defined]


def _obstacle(one: Suggestion) -> str:
    """Why this one cannot be merged into another; it may still lead, unless it is not accepted or merged itself."""
    if one.status in Suggestion.HIDDEN:
        return _("尚未受理，先初审再并案")
    if one.status == Status.MERGED:
        return _("已并入另一条")
    if one.status != Status.OPEN:
        return _("已定去向或正在审定，只能作为主建议")
    if one.member_count:  # type: ignore[attr-defined]
        return _("已有并入的建议，只能作为主建议")
    return ""


def _find(text: str, picked: list[Suggestion]) -> list[Suggestion]:
    """Accepted suggestions by number, title or content, the newest first."""
    rows = Suggestion.objects.exclude(status__in=(*Suggestion.HIDDEN, Status.MERGED))
    rows = rows.exclude(pk__in=[one.pk for one in picked])
    found = Q(number__icontains=text) | Q(title__icontains=text) | Q(body__icontains=text)
    return list(with_facts(rows.filter(found)).order_by("-received_at", "-pk")[:FOUND])
