"""Who writes does not publish, and who publishes does not write. `setup_site` makes it so, again and again."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from wagtail.models import GroupPagePermission, Page, Site, Workflow

from config import roles
from home.models import HomePage, NewsIndexPage, NewsPage, PlainPage

pytestmark = pytest.mark.django_db


def set_up() -> str:
    out = StringIO()
    call_command("setup_site", stdout=out)
    return out.getvalue()


@pytest.fixture
def site(db: None) -> None:
    set_up()


def rights(page: Page, user):
    return page.permissions_for_user(user)


def written_by(editor) -> NewsPage:
    """A piece of news that an editor saved as a draft in the admin."""
    page = NewsPage(title="小巴开到小街", slug="bus", intro="微1路开通。", live=False, owner=editor)
    NewsIndexPage.objects.get().add_child(instance=page)
    page.save_revision(user=editor)
    return page


def test_doing_it_twice_does_it_once():
    assert "新建 7 个" in set_up()
    before = Page.objects.count(), GroupPagePermission.objects.count(), Workflow.objects.filter(active=True).count()
    assert "新建 0 个" in set_up()
    assert before == (
        Page.objects.count(), GroupPagePermission.objects.count(), Workflow.objects.filter(active=True).count()
    )  # fmt: skip


def test_an_editor_writes_and_does_not_publish(site, editor):
    front = HomePage.objects.get()
    may = rights(front, editor)
    assert may.can_edit() and may.can_add_subpage()
    assert not may.can_publish() and not may.can_publish_subpage()
    page = PlainPage.objects.get(slug="about")
    assert rights(page, editor).can_submit_for_moderation()
    assert not rights(page, editor).can_unpublish()


def test_the_office_leader_publishes_and_does_not_write(site, office_leader):
    may = rights(PlainPage.objects.get(slug="about"), office_leader)
    assert may.can_publish() and may.can_unpublish()
    assert not may.can_edit()
    assert not rights(HomePage.objects.get(), office_leader).can_add_subpage()


@pytest.mark.parametrize("name", ["officer", "auditor", "sysadmin"])
def test_nobody_else_touches_pages(site, request, name):
    may = rights(PlainPage.objects.get(slug="about"), request.getfixturevalue(name))
    assert not may.can_edit() and not may.can_publish()


def test_what_an_editor_submits_the_leader_approves_and_it_is_public(site, editor, office_leader, sign_in, client):
    page = written_by(editor)
    assert client.get("/news/bus/").status_code == 404
    workflow = page.get_workflow()
    assert workflow.name == "审定后发布"
    workflow.start(page, editor)
    task = page.current_workflow_task_state
    desk = sign_in(office_leader)
    assert "小巴开到小街" in desk.get("/admin/").content.decode()
    answer = desk.post(f"/admin/pages/workflow/action/{page.pk}/approve/{task.pk}/", {"next": "/admin/"})
    assert answer.status_code in (200, 302)
    assert client.get("/news/bus/").status_code == 200


def test_an_editor_cannot_approve_their_own_page(site, editor, sign_in, client):
    page = written_by(editor)
    page.get_workflow().start(page, editor)
    task = page.current_workflow_task_state
    sign_in(editor).post(f"/admin/pages/workflow/action/{page.pk}/approve/{task.pk}/", {"next": "/admin/"})
    assert client.get("/news/bus/").status_code == 404


def test_the_editor_may_use_images_and_documents(site, editor, auditor):
    for permission in ("wagtailimages.add_image", "wagtailimages.choose_image", "wagtaildocs.add_document"):
        assert (
            Group.objects.get(name=roles.EDITOR)
            .collection_permissions.filter(permission__codename=permission.split(".")[1])
            .exists()
        )
    assert not Group.objects.get(name=roles.AUDITOR).collection_permissions.exists()


def test_wagtails_own_groups_are_gone_unless_somebody_is_in_them(citizen):
    set_up()
    assert not Group.objects.filter(name__in=("Moderators", "Editors")).exists()
    stays = Group.objects.create(name="Editors")
    citizen.groups.add(stays)
    GroupPagePermission.objects.create(group=stays, page=Page.objects.get(depth=1), permission_type="add")
    set_up()
    assert not stays.page_permissions.exists()


def test_surplus_permissions_are_taken_away(site, editor):
    group = Group.objects.get(name=roles.EDITOR)
    GroupPagePermission.objects.create(group=group, page=Page.objects.get(depth=1), permission_type="publish")
    set_up()
    assert not rights(HomePage.objects.get(), editor).can_publish()


def test_an_edited_standing_page_keeps_its_words(site):
    PlainPage.objects.filter(slug="about").update(intro="我们自己的话。")
    set_up()
    assert PlainPage.objects.get(slug="about").intro == "我们自己的话。"


def test_every_link_of_the_footer_leads_somewhere(site, client, settings):
    for key in ("accessibility_href", "privacy_href"):
        assert client.get(settings.WEITAI_FOOTER[key]).status_code == 200


def test_the_site_answers_under_its_public_address(site, settings):
    settings.PUBLIC_URL = "https://wt.example.gov.cn"
    set_up()
    one = Site.objects.get(is_default_site=True)
    assert (one.hostname, one.port) == ("wt.example.gov.cn", 443)


def test_without_groups_it_says_what_to_run_first(db):
    Group.objects.filter(name=roles.EDITOR).delete()
    with pytest.raises(CommandError, match="setup_roles"):
        set_up()
    assert not PlainPage.objects.exists()
