"""The unit workspace: who may enter, what is owed now, and what every page of it shows.

Pages of every app use `desk_view` and `desk_page`, and extend `desk_base.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import chain
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.privacy import EncryptedTextField
from portal.duties import Duty, DutyQuerySet, duty_models
from portal.models import Assignment, Membership, Unit, User
from portal.permissions import can_enter_desk

View = Callable[..., HttpResponseBase]
DONE_SHOWN = 100


def desk_view(view: View) -> View:
    """For people who act for a unit; others read why not."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not can_enter_desk(request.user):
            raise PermissionDenied(
                _("工作台给责任单位的经办人和负责人使用。您的账号还没有加入单位，请联系改革办登记。")
            )
        return view(request, *args, **kwargs)

    return wraps(view)(login_required(checked))


def desk_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Draw a page of the workspace, with the unit's name and the number of things to do in its head."""
    shell = {"desk_unit": units_name(request.user), "duty_count": owed_count(request.user)}
    return render(request, template, shell | (context or {}), status=status)


def units_name(user: Any) -> str:
    """The unit, or how many units, that the person acts for."""
    names = list(Unit.objects.filter(pk__in=user.units_as()).values_list("short_name", flat=True)[:9])
    return names[0] if len(names) == 1 else _("%(first)s等 %(count)d 个单位") % {"first": names[0], "count": len(names)}


def owed_count(user: Any) -> int:
    """How many things wait for this person: what the units owe, without the answers that wait for another's signature."""
    owing = sum(kind.owed().for_units(user.units_as()).count() for kind in _kinds())
    with_leader = Assignment.objects.for_units(user.units_as()).filter(status=Assignment.Status.SUBMITTED)
    return owing - with_leader.exclude(unit__in=user.units_as(Membership.Role.LEADER)).count()


def owed(user: Any) -> list[Duty]:
    """What the person's units owe now, of every kind, the reddest first. One query per kind."""
    rows = chain.from_iterable(with_titles(kind.owed().for_units(user.units_as())) for kind in _kinds())
    return sorted(rows, key=lambda duty: (duty.due_on, duty._meta.label, duty.pk))


def done(user: Any) -> list[Duty]:
    """What the person's units have done, the latest first."""
    finished = (kind.for_units(user.units_as()).filter(done_at__isnull=False) for kind in _kinds())
    rows = chain.from_iterable(with_titles(rows).order_by("-done_at")[:DONE_SHOWN] for rows in finished)
    return sorted(rows, key=lambda duty: duty.done_at, reverse=True)[:DONE_SHOWN]  # type: ignore[arg-type, return-value]


def _kinds() -> Iterator[Any]:
    return (model.objects for model in duty_models())  # type: ignore[attr-defined]


def with_titles(duties: DutyQuerySet) -> DutyQuerySet:
    """With the records that a duty's title comes from, and without the personal fields of those records."""
    links = [field for field in duties.model._meta.concrete_fields if field.many_to_one]
    shown = [field for field in links if not issubclass(field.related_model, User)]
    sealed = [
        f"{field.name}__{inner.name}"
        for field in shown
        for inner in field.related_model._meta.concrete_fields
        if isinstance(inner, EncryptedTextField)
    ]
    return duties.select_related(*(field.name for field in shown)).defer(*sealed)
