"""Listings of records in the admin that keep what they hold: searched, read and edited, never copied or deleted."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet


class RecordViewSet(ModelViewSet):
    """A `ModelViewSet` without the ways to lose a record. `read_only` also takes away adding and editing.

    Status is never in `form_fields`; it changes through moves, on pages of our own.
    """

    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_reference_index = False
    list_per_page = 50
    read_only = False
    form_fields: list[str] = []

    @property
    def closed(self) -> set[str]:
        """Views that this listing does not have."""
        return {"delete", "copy", "usage"} | ({"add", "edit", "history"} if self.read_only else set())

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        closed = {f"{name}_url_name": ViewSet.UNDEFINED for name in self.closed}
        return super().get_common_view_kwargs(**closed | kwargs)

    def get_urlpatterns(self) -> list[Any]:
        closed = {*self.closed, *(f"{name}_results" for name in self.closed)}
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in closed]

    def register_admin_url_finder(self) -> None:
        if not self.read_only:
            super().register_admin_url_finder()
