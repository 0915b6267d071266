"""Template answers on the work screen: which fit, what is filled in where they left a place open, how often each is used."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.models import AnswerTemplate, Suggestion
from portal.models.assignment import ANSWER_DAYS
from portal.models.triage import PLACE, PLACES

Facts = dict[str, str]
BY_VERB = {"accept": ("accept",), "refuse": ("refuse",), "propose": ("adopt", "refer", "defer", "assign", "decline")}


def offered(verbs: Any) -> dict[str, list[AnswerTemplate]]:
    """The templates in use for these forms: kind → templates. One query."""
    kinds = [kind for verb in verbs for kind in BY_VERB.get(verb, ())]
    found: dict[str, list[AnswerTemplate]] = {}
    if kinds:
        for one in AnswerTemplate.objects.filter(kind__in=kinds, is_active=True).order_by("position", "pk"):
            found.setdefault(one.kind, []).append(one)
    return found


def known(one: Suggestion) -> Facts:
    """What can be filled in before anything is chosen."""
    return {
        "编号": one.number,
        "标题": one.public_title,
        "领域": str(one.topic) if one.topic else "",
        "地点": one.public_place or (one.area.full_name if one.area else ""),
        "期限": _("%d 个工作日内") % ANSWER_DAYS,
        "年度": str(one.campaign.year),
    }


def filled(text: str, facts: Facts) -> str:
    """The text with every known place filled in."""
    return PLACE.sub(lambda found: facts.get(found[1]) or found[0], text)


def still_open(text: str) -> list[str]:
    """Places that nobody has filled in: names of our own only, so that other braces stay what they are."""
    return [name for name in PLACE.findall(text) if name in PLACES]
