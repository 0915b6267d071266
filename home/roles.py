"""Who may do what with pages, images and documents. What editors write, the office's leader publishes.

`manage.py setup_site` makes the site match this table. Groups are made by `setup_roles` and get everything else there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from config.roles import EDITOR, OFFICE_LEADER

# The leader writes nothing, and so publishes what somebody else wrote.
PAGES: dict[str, tuple[str, ...]] = {EDITOR: ("add", "change", "lock"), OFFICE_LEADER: ("publish", "unlock")}
FILES: dict[str, tuple[str, ...]] = {EDITOR: ("add", "change", "choose"), OFFICE_LEADER: ("choose",)}
FILE_KINDS = (("wagtailimages", "image"), ("wagtaildocs", "document"))
WORKFLOW, TASK = "审定后发布", "改革办负责人审定"
FOREIGN_GROUPS = ("Moderators", "Editors")  # made by Wagtail's own migrations


class MissingGroup(LookupError):
    """`setup_roles` has not run yet; the message says so."""


class Change(NamedTuple):
    what: str
    added: int
    removed: int


def match_site() -> list[Change]:
    """Page and collection permissions exactly as in the table, and the workflow on every page."""
    changes = [change for name in PAGES for change in (_match_pages(name), _match_files(name))]
    _drop_foreign_groups()
    return [*changes, _match_workflow()]


def _group(name: str) -> Group:
    group = Group.objects.filter(name=name).first()
    if group is None:
        raise MissingGroup(_("还没有“%s”这个用户组，请先运行 setup_roles。") % name)
    return group


def _match_pages(name: str) -> Change:
    group, root = _group(name), Page.objects.get(depth=1)
    wanted = set(
        Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=[f"{kind}_page" for kind in PAGES[name]]
        )
    )
    return _match(f"{name} · 页面", GroupPagePermission, wanted, group=group, page=root)


def _match_files(name: str) -> Change:
    group, root = _group(name), Collection.objects.get(depth=1)
    wanted: set[Permission] = set()
    for app, model in FILE_KINDS:
        codenames = [f"{verb}_{model}" for verb in FILES[name]]
        wanted |= set(Permission.objects.filter(content_type__app_label=app, codename__in=codenames))
    return _match(f"{name} · 图片和文档", GroupCollectionPermission, wanted, group=group, collection=root)


def _match(what: str, model: Any, wanted: set[Permission], *, group: Group, **place: Any) -> Change:
    """The group has these permissions at this place, and none anywhere else."""
    kept = model.objects.filter(group=group, permission__in=wanted, **place)
    removed, _each = model.objects.filter(group=group).exclude(pk__in=kept.values("pk")).delete()
    missing = wanted - {row.permission for row in kept.select_related("permission")}
    for permission in missing:
        model.objects.create(group=group, permission=permission, **place)
    return Change(what, len(missing), removed)


def _drop_foreign_groups() -> None:
    """English groups that nobody is in; with somebody in them they stay, without a right to any page."""
    for group in Group.objects.filter(name__in=FOREIGN_GROUPS):
        GroupPagePermission.objects.filter(group=group).delete()
        GroupCollectionPermission.objects.filter(group=group).delete()
        if not group.user_set.exists():
            group.delete()


def _match_workflow() -> Change:
    """One task for the office's leader, on every page from the root down."""
    before = Workflow.objects.filter(active=True).values_list("name", flat=True)
    surplus = [name for name in before if name != WORKFLOW]
    task = GroupApprovalTask.objects.filter(name=TASK).first() or GroupApprovalTask.objects.create(name=TASK)
    task.groups.set([_group(OFFICE_LEADER)])
    workflow, created = Workflow.objects.get_or_create(name=WORKFLOW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    for old in Workflow.objects.filter(active=True).exclude(pk=workflow.pk):
        old.deactivate()
    WorkflowPage.objects.update_or_create(page=Page.objects.get(depth=1), defaults={"workflow": workflow})
    return Change(WORKFLOW, int(created), len(surplus))
