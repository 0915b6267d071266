"""One suggestion's way through the house, from the campaign to the published score, as people see it.

Everything happens in the browser, in more than eight roles: an anonymous citizen, one signed in by SMS code, officer,
office leader, clerk, unit leader, another unit's leader, six monitors and a recused one, editor, auditor.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.journeys import beginning, watching, working
from tests.journeys.city import City


@pytest.fixture
def city(transactional_db: None, clocked_cache: None) -> Iterator[City]:
    call_command("setup_site", verbosity=0)
    stage = City()
    yield stage
    stage.leave()


def test_from_the_campaign_to_the_published_score(city: City, tmp_path: Path) -> None:
    campaign = beginning.open_campaign(city)
    number, code = beginning.suggest_from_a_phone(city)
    asked, asked_code = beginning.suggest(city, beginning.ANSWERABLE, "中午去挂号，窗口一个人也没有。")
    imported = beginning.bring_in_a_spreadsheet(city, tmp_path, campaign)
    beginning.screen_and_merge(city, number, imported, asked)
    beginning.support(city, number)
    beginning.decide(city, number, asked)
    beginning.answer(city, asked, asked_code)

    project = working.open_project(city, number)
    working.issue_the_list(city, project)
    working.plan(city, project)
    watching.appoint(city)
    watching.visit(city, project)
    working.report_the_quarter(city, project)
    working.conclude(city, project)

    one = watching.open_round(city, project)
    watching.score(city, one, project)
    watching.close_and_publish(city, one, project)
    watching.front_page(city, "人民医院东门亮灯了")
    watching.audit(city, number, project)
    beginning.whole_life(city, number, code)
