"""The factories themselves: each trait ends in the status that it is named after, by legal moves only."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.factories.base import LivingFactory

pytestmark = pytest.mark.django_db

LIVING = [one for one in vars(factories).values() if isinstance(one, type) and issubclass(one, LivingFactory)]
TRAITS = [
    pytest.param(one, trait, id=f"{one._meta.model.__name__}-{trait}")
    for one in LIVING
    for trait in one._meta.parameters
    if hasattr(one._meta.model, "Status")
]


@pytest.mark.parametrize(("factory_class", "trait"), TRAITS)
def test_a_trait_ends_in_its_status(factory_class: Any, trait: str):
    record = factory_class(**{trait: True})
    assert record.status == trait
    assert record.moves.last().new == trait


def test_every_status_has_a_trait():
    for one in LIVING:
        if status := getattr(one._meta.model, "Status", None):
            assert set(status.values) <= set(one._meta.parameters), one


@pytest.mark.parametrize("name", [name for name in factories.__all__ if name.endswith("Factory")])
def test_every_factory_makes_a_saved_record_without_help(name: str):
    extra = {"round": factories.RoundFactory()} if name == "CriterionFactory" else {}
    assert getattr(factories, name)(**extra).pk
