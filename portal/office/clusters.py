"""相近的成组看: accepted suggestions that very probably say the same, side by side, to merge or to tell apart for good."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from config.admin_ui import admin_page, attempt, office_view
from config.moves import MoveRefused
from portal import permissions
from portal.models import NotSame, Suggestion
from portal.office.merging import Group, likely_group, merge_all
from portal.office.queue import Mark, later_than
from portal.similar import LIKELY, similar_to

SEEDS = 60  # suggestions looked up for one page
SHOWN = 8  # groups on one page
CARDS = 12  # in one group
STEPS = 6  # look-ups beyond the first, for those that are alike through another
Status = Suggestion.Status


def group_around(seed: Suggestion) -> Group | None:
    """What is connected with this one by very likely pairs, if it is the oldest of them: so each group is met once."""
    found = {seed.pk: seed}
    to_ask, asked = [seed], 0
    likely = []
    while to_ask and asked <= STEPS and len(found) < CARDS:
        asked += 1
        for like in similar_to(to_ask.pop(0), floor=LIKELY, limit=CARDS):
            other = like.suggestion
            if other.pk not in found and other.campaign_id == seed.campaign_id and other.status == Status.OPEN:
                found[other.pk] = other
                likely.append(like)
                to_ask.append(other)
    group = likely_group(seed, likely) if likely else None
    if group is None:
        return None
    oldest = min((group.lead, *group.rest), key=lambda one: (one.received_at, one.pk))
    return group if oldest.pk == seed.pk else None


def groups(after: Mark | None) -> tuple[list[Group], Mark | None]:
    """A page of groups, and where the next page goes on; None at the end."""
    rows = Suggestion.objects.filter(status=Status.OPEN)
    rows = later_than(rows, after) if after else rows.order_by("received_at", "pk")
    seeds = list(rows[: SEEDS + 1])
    found: list[Group] = []
    for n, seed in enumerate(seeds[:SEEDS]):
        if group := group_around(seed):
            found.append(group)
        if len(found) == SHOWN:
            return found, Mark.of(seed) if n + 1 < len(seeds) else None
    return found, Mark.of(seeds[SEEDS - 1]) if len(seeds) > SEEDS else None


@office_view(permissions.SCREEN)
def clusters(request: HttpRequest) -> HttpResponse:
    """GET shows groups; POST merges the ticked ones of a group, and remembers that the others are another matter."""
    here = request.get_full_path()
    if request.method == "POST":
        _decide(request)
        return redirect(here)
    found, further = groups(Mark.read(request.GET.get("after", "")))
    return admin_page(
        request, "portal/admin/clusters.html", title=_("成组看相近的建议"), icon="link", wide=True,
        lead=_("很可能说同一件事的排在一起。去掉不是一回事的勾，选好为主的一条，一次合并；以后不再把去掉的和它排在一起。"),
        crumbs=[(_("建议办理"), reverse("office:queue"))], groups=found,
        following=f"{reverse('office:clusters')}?{urlencode({'after': further})}" if further else "", searched=SEEDS,
    )  # fmt: skip


def _decide(request: HttpRequest) -> None:
    every = list(Suggestion.objects.filter(number__in=request.POST.getlist("group")[:CARDS]).order_by("pk"))
    ticked = [one for one in every if one.number in request.POST.getlist("pick")]
    lead = next((one for one in every if one.number == request.POST.get("lead")), None)
    by: Any = request.user
    if "apart" in request.POST:
        pairs = NotSame.objects.remember(every, by=by)
        messages.success(request, ngettext("记下了：%d 对不是同一件事。", "记下了：%d 对不是同一件事。", pairs) % pairs)
    elif lead is None:
        messages.error(request, _("请选一条为主。"))
    else:
        rest = [one for one in ticked if one != lead]
        others = [one for one in every if one not in ticked and one != lead]
        done = ngettext("%(n)d 条已并入 %(lead)s。", "%(n)d 条已并入 %(lead)s。", len(rest))
        attempt(request, lambda: _merge(lead, rest, others, by), done % {"n": len(rest), "lead": lead.number})


@transaction.atomic
def _merge(lead: Suggestion, rest: list[Suggestion], others: list[Suggestion], by: Any) -> None:
    if not rest:
        raise MoveRefused(_("请至少勾选一条并入，或按“都不是同一件事”。"))
    merge_all(lead, rest, by, "")
    for one in others:
        NotSame.objects.remember([lead, one], by=by)
