"""The admin's first page says what waits, to those whose work it is, and nothing about the software."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories import ProblemFactory, ReportFactory, RoundFactory, SupervisionOrderFactory, VisitFactory

pytestmark = pytest.mark.django_db


def counts(page: str) -> dict[str, tuple[str, str]]:
    """Label → (count, address) of the panel 办理情况."""
    panel = page.partition("办理情况</h2>")[2].partition("</section>")[0]
    rows = re.findall(r'<a href="([^"]+)"><span class="wt-big">([^<]+)</span><span>([^<]+)</span>', panel)
    return {label: (count, href) for href, count, label in rows}


def test_the_office_sees_what_waits_and_where(sign_in, officer):
    project = ReportFactory(submitted=True).project
    SupervisionOrderFactory(project=project, replied=True)
    ProblemFactory.create_batch(2, project=project)
    VisitFactory(projects=[project], held=True, starts_at=timezone.now() - timedelta(hours=2))
    RoundFactory(closed=True)
    desk = sign_in(officer)
    shown = counts(desk.get("/admin/").content.decode())
    assert {label: count for label, (count, _href) in shown.items()} == {
        "待审核报告": "1", "督办待销号": "1", "监督员问题待核": "2", "观摩待写小结": "1", "打分待公布": "1",
    }  # fmt: skip
    for _count, href in shown.values():
        assert desk.get(href).status_code == 200


def test_nothing_waiting_is_nought(sign_in, auditor):
    assert {count for count, _href in counts(sign_in(auditor).get("/admin/").content.decode()).values()} == {"0"}


@pytest.mark.parametrize("name", ["editor", "sysadmin"])
def test_others_see_no_such_panel(sign_in, request, name):
    page = sign_in(request.getfixturevalue(name)).get("/admin/").content.decode()
    assert "办理情况" not in page


def test_the_admin_is_ours_by_name_and_mark(sign_in, officer):
    page = sign_in(officer).get("/admin/").content.decode()
    assert "<title>" in page and "- Wagtail" not in page
    assert "微台后台</title>" in page
    assert "config/favicon.svg" in page
    assert "whats_new" not in page and "releases.wagtail.org" not in page


def test_an_editor_begins_with_what_they_may_write(sign_in, editor, officer):
    call_command("setup_site", stdout=StringIO())
    page = sign_in(editor).get("/admin/").content.decode()
    panel = page.partition("网页和新闻</h2>")[2].partition("</section>")[0]
    links = re.findall(r'href="([^"]+)"', panel)
    assert len(links) == 4
    assert {sign_in(editor).get(href).status_code for href in links} == {200}
    assert "网页和新闻</h2>" not in sign_in(officer).get("/admin/").content.decode()
