"""Whether a form comes from a person: asked only of a network that sends a lot or has fallen into a trap.

The proof is work that the browser does by itself in a moment (altcha's scheme, PBKDF2; no outside service), or a code by
SMS for who cannot or will not let it. A network that asks often is given harder work, so that a script with a solver is
slowed while the ones before it were quick. A solved challenge counts once, for the form it was made for.

Somebody without a session needs no question of its own: without its cookie the CSRF check has refused them already.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import altcha
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from config.limits import client_address, counted, is_blocked, over_limit
from portal.models.people import phone_index

HOUR, DAY = 3600, 24 * 3600
TRAPS_FREE = 2  # of one network in an hour: autofill may do that once

LIFE = timedelta(minutes=10)
ALGORITHM, COST = "PBKDF2/SHA-256", 5_000
COUNTER = 40  # a challenge takes as many to twice as many tries; a few tenths of a second on an ordinary phone
HARDER_EVERY, HARDEST = 5, 6  # challenges of a network within the hour before work doubles, and how often it does
MOST_SIGNS = 4_000  # of a solution
PROVEN = "proven_forms"  # in the session: keys of forms whose author proved a phone
KEPT = 5


# --- is one needed --------------------------------------------------------------------------------
def is_needed(request: HttpRequest) -> bool:
    """Whether this form needs a proof; counts it."""
    address = client_address(request)
    if is_blocked("trap", address, TRAPS_FREE + 1):
        return True
    if request.user.is_authenticated:
        return False
    return over_limit("suggest-free", address, settings.WEITAI_SUBMITS_FREE_PER_HOUR, HOUR)


def note_trap(request: HttpRequest) -> None:
    """A form of this network was filled in as by a machine."""
    over_limit("trap", client_address(request), TRAPS_FREE, HOUR)


def refusal(request: HttpRequest, phone: str) -> str:
    """Why not even somebody with a proof can send now, as a sentence; "" when they can. Counts it."""
    user = request.user
    person = f"user:{user.pk}" if user.is_authenticated else phone_index(phone) if phone else ""
    if person and over_limit("suggest-day", person, settings.WEITAI_SUBMITS_PER_PERSON_DAY, DAY):
        return _("今天用这个账号或手机号提交得太多了，请明天再点“提交建议”。您填的内容都在。")
    if user.is_authenticated:
        return ""
    address = client_address(request)
    if over_limit("suggest-hour", address, settings.WEITAI_SUBMITS_PER_HOUR, HOUR):
        return _("这个网络提交得太多了，请过一小时再点“提交建议”。您填的内容都在。")
    if over_limit("suggest-day", address, settings.WEITAI_SUBMITS_PER_DAY, DAY):
        return _("这个网络今天提交得太多了，请明天再点“提交建议”。您填的内容都在。")
    return ""


# --- by work --------------------------------------------------------------------------------------
def challenge(request: HttpRequest, form_key: str) -> dict[str, Any]:
    """Work for one form, harder the more this network has asked for within the hour."""
    asked = counted("challenge", client_address(request), HOUR)
    tries = (COUNTER + secrets.randbelow(COUNTER)) << min(HARDEST, asked // HARDER_EVERY)
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=tries,
        expires_at=int((timezone.now() + LIFE).timestamp()),
        data={"form": form_key},
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    answer: dict[str, Any] = made.to_dict()
    return answer


def _secret(use: str) -> str:
    return salted_hmac("portal.proof", use, algorithm="sha256").hexdigest()


def is_solved(solution: str, form_key: str) -> bool:
    """Whether this is the solution of a challenge of ours for this form, in time and for the first time."""
    if not solution or len(solution) > MOST_SIGNS:
        return False
    try:
        payload = altcha.Payload.from_base64(solution)
        result = altcha.verify_solution(payload, _secret("challenge"), hmac_key_secret=_secret("key"))
        made_for = (payload.challenge.parameters.data or {}).get("form")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    # `add` is one step in the cache that all processes share: of two that send it at once one is first.
    return bool(result.verified) and made_for == form_key and cache.add(_used(payload), 1, LIFE.seconds)


def _used(payload: altcha.Payload) -> str:
    return f"proof:{payload.challenge.signature}"


# --- by phone -------------------------------------------------------------------------------------
def note_phone(request: HttpRequest, form_key: str, phone: str) -> bool:
    """The author of a form proved a phone; False when that phone has vouched for enough forms today."""
    if over_limit("proof-phone", phone_index(phone), settings.WEITAI_SUBMITS_PER_PERSON_DAY, DAY):
        return False
    request.session[PROVEN] = [form_key, *request.session.get(PROVEN, [])][:KEPT]
    return True


def has_phone(request: HttpRequest, form_key: str) -> bool:
    """Whether the author of the form proved a phone in this session."""
    return form_key in request.session.get(PROVEN, [])
