"""Tags of suggestion pages: the life line, cards, masked text."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from config import media, wording
from config.personal import mask_strict
from portal import life
from portal.models import Attachment, Follow, Suggestion

register = template.Library()
EXCERPT = 90  # characters


@register.simple_tag
def life_of(suggestion: Suggestion, private: bool = False) -> list[life.Entry]:
    """`{% life_of suggestion as entries %}`: the portal's part of the life line, as a list to add to."""
    return life.life_of(suggestion, private=private)


@register.simple_tag
def add_entry(entries: list[life.Entry], **entry: Any) -> str:
    """`{% add_entry entries state=… when=… text=… %}`: one more entry, from wherever down the house it comes."""
    entries.append(entry)
    return ""


@register.simple_tag
def add_next_step(entries: list[life.Entry], suggestion: Suggestion) -> str:
    """What is expected next, when anything is."""
    if step := life.next_step(suggestion):
        entries.append(step)
    return ""


@register.inclusion_tag("portal/_follow.html", takes_context=True)
def follow_button(context: RequestContext, suggestion: Suggestion) -> dict[str, Any]:
    """How many follow a suggestion, and the button to join or leave them.

    Visitors who have not signed in get a link and no CSRF token, so that the page around it can be cached for all.
    """
    user = context["request"].user
    shared = {"suggestion": suggestion, "count": Follow.objects.count_for(suggestion), "following": False}
    if not user.is_authenticated:
        login = f"{reverse('account_login')}?{urlencode({'next': suggestion.get_absolute_url()})}"
        return shared | {"login": login}
    following = Follow.objects.about(suggestion).filter(user=user).exists()
    own = suggestion.is_author(user)
    # An inclusion tag's own context holds no token unless it is handed over.
    return shared | {"following": following, "own": own, "csrf_token": context.get("csrf_token")}


@register.filter
def in_order(entries: list[life.Entry]) -> list[life.Entry]:
    return life.in_order(entries)


@register.filter
def masked(text: str | None) -> str:
    """Text as the public may read it: mobile numbers masked."""
    return mask_strict(text or "")


@register.filter
def grouped(code: str) -> str:
    """A receipt code in two halves, to read aloud and to copy by hand: ABCDE-FGHJK."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


@register.filter
def card(suggestion: Suggestion) -> dict[str, Any]:
    """What `components/card_suggestion.html` shows of a public suggestion."""
    body = " ".join(suggestion.public_body.split())
    return {
        "href": suggestion.get_absolute_url(),
        "title": suggestion.public_title,
        "state_label": suggestion.get_status_display(),
        "topic_slug": suggestion.topic.slug if suggestion.topic else "",
        "topic_name": suggestion.topic.name if suggestion.topic else "",
        "area": suggestion.area.full_name if suggestion.area else "",
        "excerpt": body if len(body) <= EXCERPT else body[:EXCERPT] + "…",
        "number": suggestion.number,
        "who": suggestion.author_shown,
        "date": suggestion.received_at,
        "supports": suggestion.support_count,
    }


@register.filter
def found_card(suggestion: Suggestion, words: tuple[str, ...]) -> dict[str, Any]:
    """The same of one that was looked for: title and excerpt in parts, the hits apart; the excerpt around the first."""
    title, body = suggestion.public_title, suggestion.public_body
    if not any(part.is_hit for part in wording.parts(" ".join(body.split()), words)):
        others = (suggestion.public_wish, suggestion.public_place)
        body = next((text for text in others if any(part.is_hit for part in wording.parts(text, words))), body)
    return card(suggestion) | {
        "title_parts": wording.parts(title, words),
        "excerpt_parts": wording.parts(wording.excerpt(body, words, EXCERPT), words),
    }


@register.filter
def similar_card(suggestion: Suggestion) -> dict[str, Any]:
    """The same beside a form that may say the same."""
    return card(suggestion) | {"supportable": suggestion.status in Suggestion.SUPPORTABLE}


@register.filter
def own_card(suggestion: Suggestion) -> dict[str, Any]:
    """The same for its author, leading to the author's own page, with what comes next and when."""
    step = getattr(suggestion, "coming", None) or {}
    said = "，".join(str(part) for part in (step.get("state"), step.get("when")) if part)
    coming = {"outcome": said, "light_state": step.get("light_state", ""), "light_text": step.get("light_text", "")}
    return (
        card(suggestion)
        | coming
        | {"href": reverse("portal:tracked", args=[suggestion.number]), "title": suggestion.title}
    )


@register.filter
def photo_rows(attachments: Any) -> list[dict[str, Any]]:
    """Attachments as `components/photo_grid.html` draws them."""
    return [
        {
            "src": photo.get_absolute_url(),
            "thumb": photo.get_thumb_url(),
            "alt": photo.caption or _("提出人拍的照片，第 %d 张") % number,
            "caption": photo.caption,
            "width": photo.width,
            "height": photo.height,
        }
        for number, photo in enumerate((one for one in attachments if getattr(one, "kind", "photo") == "photo"), 1)
    ]


@register.simple_tag
def recordings_offered() -> bool:
    """Whether sound and video can be taken in on this machine."""
    return media.is_offered()


@register.filter
def recording_rows(attachments: Any) -> list[dict[str, Any]]:
    """Attachments as `components/recordings.html` draws them: the sound and video among them."""
    return [_recording(one) for one in attachments if one.kind in ("voice", "video")]


def _recording(one: Attachment) -> dict[str, Any]:
    kind = one.get_kind_display()
    row = {"kind": one.kind, "label": f"{kind} {one.length}".strip(), "transcript": mask_strict(one.transcript)}
    if one.state == Attachment.State.REJECTED:
        return row | {"trouble": _("%(kind)s没有收下：%(why)s") % {"kind": kind, "why": one.trouble}}
    if not one.is_ready:
        return row | {"waiting": _("%s已收到，正在处理，过几分钟再来看。") % kind}
    poster = one.get_thumb_url() if one.thumb else ""
    return row | {"src": one.get_absolute_url(), "poster": poster, "width": one.width, "height": one.height}
