"""What belongs to a person's units. What belongs to others does not exist for them."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404

from projects.models import Project, Report, SupervisionOrder


def own_project(user: Any, number: str) -> Project:
    """A listed project that one of the person's units leads. Raises `Http404` otherwise."""
    mine = Project.objects.public().for_units(user.units_as()).with_ledger()
    return get_object_or_404(mine.select_related("topic", "lead_unit", "area__parent", "annual_list"), number=number)


def own_report(user: Any, pk: int) -> Report:
    """A report that one of the person's units owes or owed."""
    mine = Report.objects.binding().for_units(user.units_as())
    return get_object_or_404(mine.select_related("unit", "project__annual_list", "project__topic"), pk=pk)


def own_order(user: Any, pk: int) -> SupervisionOrder:
    """A supervision order on one of the person's units."""
    mine = SupervisionOrder.objects.for_units(user.units_as())
    return get_object_or_404(mine.select_related("unit", "project__annual_list"), pk=pk)
