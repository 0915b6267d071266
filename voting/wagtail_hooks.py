"""The office's pages about rounds, in the admin's menu."""

from typing import Any

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from config.admin_ui import register_office_item
from voting import permissions as may


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    return [path("rounds/", include("voting.office.urls"))]


register_office_item(_("结题打分"), "voting_office:rounds", "form", may.READ_ROUNDS, 30, "monitor")
