"""Wagtail's user administration with our forms; named in INSTALLED_APPS in its place."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleAppConfig(WagtailUsersAppConfig):
    user_viewset = "portal.office.people.PeopleViewSet"
