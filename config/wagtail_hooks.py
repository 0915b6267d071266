"""What every page of the admin carries: our stylesheet and the groups of the menu."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import SubmenuMenuItem

from config.admin_ui import group_menu_items


@hooks.register("insert_global_admin_css")
def stylesheet() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("config/admin.css"))


def _group(item: SubmenuMenuItem) -> SubmenuMenuItem:
    return item


for _item in group_menu_items():
    hooks.register("register_admin_menu_item", partial(_group, _item))


@hooks.register("construct_main_menu")
def without_help(request: HttpRequest, items: list[Any]) -> None:
    """Wagtail's help leads to a foreign site in English."""
    items[:] = [item for item in items if item.name != "help"]
