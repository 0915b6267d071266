"""Every address of the site, read from the resolver, for tests that must miss none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

OUR_APPS = ("config", "portal", "projects", "monitors", "voting", "home")
OTHERS = ("allauth.", "wagtail.")


@dataclass(frozen=True)
class Address:
    """One pattern. `name` is "namespace:name", or the route when it has no name."""

    name: str
    route: str
    callback: Callable[..., Any]
    parameters: dict[str, str]
    is_named: bool

    @property
    def in_admin(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def view(self) -> Any:
        """The class behind a class-based view, else the function."""
        return getattr(self.callback, "view_class", self.callback)

    @property
    def model(self) -> Any:
        """The model that a generic admin view works on."""
        return getattr(self.callback, "view_initkwargs", {}).get("model")

    @property
    def is_ours(self) -> bool:
        """Written by us, or generic but about one of our records. Pages that Wagtail serves itself are not."""
        if getattr(getattr(self.model, "_meta", None), "app_label", "") in OUR_APPS:
            return True
        return self.view.__module__.split(".")[0] in OUR_APPS or (
            not self.in_admin and not self.view.__module__.startswith(OTHERS)
        )

    def url(self, kwargs: dict[str, Any]) -> str:
        return reverse(self.name, kwargs=kwargs) if self.is_named else "/" + self.route


def walk(resolver: Any = None, route: str = "", names: tuple[str, ...] = ()) -> Iterator[Address]:
    """All patterns, depth first."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern).lstrip("^")
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            yield from walk(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*names, pattern.name)) if pattern.name else here
            converters = {key: type(one).__name__ for key, one in pattern.pattern.converters.items()}
            regex = getattr(pattern.pattern, "regex", None)
            groups = {key: "regex" for key in regex.groupindex} if regex and not converters else {}
            callback = pattern.callback
            while hasattr(callback, "__wrapped__") and not hasattr(callback, "view_class"):
                callback = callback.__wrapped__
            yield Address(name, here, callback, converters or groups, bool(pattern.name))


def ours() -> list[Address]:
    """What we answer for: everything but the pages of Wagtail and allauth themselves."""
    return [address for address in walk() if address.is_ours]


def our_models() -> list[Any]:
    """Every model of ours, histories included."""
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


__all__ = ["Address", "NoReverseMatch", "our_models", "ours", "walk"]
