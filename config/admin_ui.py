"""Pages of our own in the Wagtail admin: who may see them, how they act, and where they stand in the menu.

A page is a plain function view under `office_view`, drawn by `admin_page`; what changes something goes through `act` or
`ask`, so that a refused move is always answered by its sentence. See `config/templates/config/admin/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from config.moves import MoveRefused, SomebodyWasFaster

View = Callable[..., HttpResponseBase]
Text = str | Promise
COUNT_CAP = 1000


# --- who ----------------------------------------------------------------------------------------
def office_view(*permissions: str) -> Callable[[View], View]:
    """For people who are signed in, may enter the admin and hold any of the permissions.

    Others go to the sign-in, or back to the admin's first page with a sentence. No permissions: all of the admin.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permissions and not any(request.user.has_perm(name) for name in permissions):
                return refuse(request)
            return view(request, *args, **kwargs)

        return wraps(view)(require_admin_access(checked))

    return decorate


def refuse(request: HttpRequest, sentence: str = "") -> HttpResponse:
    """Back to the admin's first page, with the reason."""
    messages.error(request, sentence or _("这一页不归您的角色。需要的话，请联系系统管理员或改革办负责人。"))
    return redirect("wagtailadmin_home")


# --- pages --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Action:
    """A button of a page's head. `kind`: "primary", "plain" or "danger"; `post`: sends a form instead of a link."""

    label: Text
    href: str
    kind: str = "plain"
    post: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of `config/admin/table.html`; plain values are shown as they are."""

    text: Any
    href: str = ""
    sub: Any = ""
    light: str = ""
    light_text: str = ""
    tag: bool = False
    numeric: bool = False
    nowrap: bool = False

    def __str__(self) -> str:
        return "" if self.text is None else str(self.text)


Crumb = tuple[Text, str]


def admin_page(
    request: HttpRequest,
    template: str,
    *,
    title: Text,
    icon: str = "",
    lead: Text = "",
    crumbs: Iterable[Crumb] = (),
    actions: Sequence[Action] = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Draw a page that extends `config/admin/page.html`. `crumbs` are the ancestors; the page itself is added.
    `wide=True` uses the whole window."""
    home = [{"url": reverse("wagtailadmin_home"), "label": _("首页")}]
    trail = home + [{"url": url, "label": label} for label, url in crumbs] + [{"url": "", "label": title}]
    context |= {"title": title, "icon": icon, "lead": lead, "actions": actions, "breadcrumbs_items": trail}
    return render(request, template, context, status=status)


def capped_count(queryset: QuerySet[Any], cap: int = COUNT_CAP) -> str:
    """How many rows, counted no further than `cap`: "37", or "1,000+"."""
    number = queryset.order_by()[: cap + 1].count()
    return f"{cap:,}+" if number > cap else f"{number:,}"


# --- acting -------------------------------------------------------------------------------------
def attempt(request: HttpRequest, do: Callable[[], Any], success: Text = "") -> bool:
    """Call a verb; say what became of it. True when it was done."""
    try:
        do()
    except SomebodyWasFaster as late:
        messages.warning(request, str(late))
        return False
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return False
    if success:
        messages.success(request, success)
    return True


def act(request: HttpRequest, do: Callable[[], Any], success: Text, back: str) -> HttpResponse:
    """Call a verb on POST and go `back` (an address of ours), with its outcome in a message."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    attempt(request, do, success)
    return redirect(back)


def ask(
    request: HttpRequest,
    *,
    title: Text,
    verb: Text,
    do: Callable[[dict[str, Any]], Any],
    success: Text,
    back: str,
    text: Text = "",
    facts: Sequence[dict[str, Any]] = (),
    form: type[forms.BaseForm] | Callable[..., forms.BaseForm] | None = None,
    crumbs: Iterable[Crumb] = (),
    icon: str = "",
    danger: bool = False,
    then: str = "",
) -> HttpResponse:
    """A page that asks before it acts: GET asks, POST calls `do` with the form's cleaned data and goes on to `then`.

    A refusal keeps the page and what was typed, and says why. `facts` are dicts `label, value`.
    """
    bound = form(request.POST or None, request.FILES or None) if form else None
    if request.method == "POST" and (bound is None or bound.is_valid()):
        data = bound.cleaned_data if bound is not None else {}
        if attempt(request, lambda: do(data), success):
            return redirect(then or back)
    return admin_page(
        request, "config/admin/confirm.html", title=title, icon=icon, lead=text, crumbs=crumbs,
        verb=verb, form=bound, facts=facts, back=back, danger=danger,
    )  # fmt: skip


# --- the menu -----------------------------------------------------------------------------------
# Group: (label, icon, order). Pages stand at 100, images at 300, reports at 9000.
GROUPS: dict[str, tuple[Text, str, int]] = {
    "work": (gettext_lazy("办理"), "tasks", 10),
    "ledger": (gettext_lazy("项目"), "clipboard-list", 20),
    "monitor": (gettext_lazy("监督与打分"), "view", 30),
    "records": (gettext_lazy("基础数据"), "list-ul", 40),
}


def menu_hook(group: str) -> str:
    """The hook of a group; a `ModelViewSet` joins the group by `menu_hook = menu_hook("records")`."""
    if group not in GROUPS:
        raise KeyError(group)
    return f"register_weitai_{group}_menu_item"


class OfficeMenuItem(MenuItem):
    """A menu item for holders of any of the permissions."""

    def __init__(self, label: Text, url: str, permissions: Sequence[str], **options: Any) -> None:
        self.permissions = permissions
        super().__init__(label, url, **options)

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(name) for name in self.permissions)


def register_office_item(
    label: Text, url_name: str, icon: str, permission: str | Sequence[str], order: int = 100, group: str = "work"
) -> None:
    """Put a page into a group of the menu. Call it in `wagtail_hooks.py`; the address is looked up later."""
    permissions = [permission] if isinstance(permission, str) else list(permission)
    name = url_name.replace(":", "-")

    def item() -> OfficeMenuItem:
        return OfficeMenuItem(label, reverse(url_name), permissions, icon_name=icon, order=order, name=name)

    hooks.register(menu_hook(group), item)


def group_menu_items() -> list[SubmenuMenuItem]:
    """The groups themselves; a group without a visible item is not shown."""
    return [
        SubmenuMenuItem(label, Menu(register_hook_name=menu_hook(key)), icon_name=icon, order=order, name=f"wt-{key}")
        for key, (label, icon, order) in GROUPS.items()
    ]
