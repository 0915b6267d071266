"""Score sheets over HTTP: one thumb, no surprises, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import monitor_person
from tests.factories import CitizenFactory, MonitorFactory, ProjectFactory, RoundFactory, VisitNoteFactory
from voting.models import Round, Sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(db: None) -> Any:
    return monitor_person("monitor").monitor


@pytest.fixture
def browser(me: Any, sign_in: Any) -> Client:
    return sign_in(me.user)


@pytest.fixture
def one(me: Any) -> Round:
    return RoundFactory(open=True, projects=ProjectFactory.create_batch(3, concluded=True))


def entries(one: Round) -> list[Any]:
    return list(one.entries.all())


def url(entry: Any) -> str:
    return reverse("voting:score", args=[entry.round.slug, entry.project.number])


def list_url(one: Round) -> str:
    return reverse("voting:score_list", args=[one.slug])


def filled(entry: Any, *figures: int, **extra: Any) -> dict[str, Any]:
    criteria = entry.round.criteria.all()
    return {f"c{criterion.pk}": figure for criterion, figure in zip(criteria, figures, strict=True)} | extra


def text_of(response: Any) -> str:
    return response.content.decode()


def marks(sheet: Sheet) -> list[int]:
    return list(sheet.marks.order_by("criterion__position").values_list("points", flat=True))


def test_saving_leads_to_the_next_project_without_a_sheet_and_at_last_to_the_list(one: Round, browser: Client) -> None:
    first, second, third = entries(one)
    way = [browser.post(url(entry), filled(entry, 84, 91, 67))["Location"] for entry in (second, third, first)]
    assert way == [url(third), url(first), list_url(one)]
    page = text_of(browser.get(list_url(one)))
    assert "3 / 3" in page and "这一轮您都打完了" in page


def test_what_was_entered_is_what_is_stored(one: Round, me: Any, browser: Client) -> None:
    entry = entries(one)[0]
    browser.post(url(entry), filled(entry, 84, 91, 67, comment="说好的站点开了十个。"))
    sheet = Sheet.objects.get()
    assert (sheet.monitor, sheet.comment, marks(sheet)) == (me, "说好的站点开了十个。", [84, 91, 67])


def test_it_works_without_scripts_with_the_figure_alone_or_with_a_tier_that_agrees(one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    tiers = {f"c{c.pk}_tier": "good" for c in one.criteria.all()}
    assert browser.post(url(entry), filled(entry, 75, 80, 89) | tiers).status_code == 302
    page = browser.post(url(entry), filled(entry, 75, 80, 90) | tiers)
    assert page.status_code == 422 and "您选了良好，90 分却属于优秀" in text_of(page)
    assert Sheet.objects.count() == 1


@pytest.mark.parametrize("figure", ["", "101", "-1", "80.5", "abc", "９０"])
def test_what_is_no_score_is_refused_and_the_rest_stays(figure: str, one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    criterion = one.criteria.first()
    page = browser.post(url(entry), filled(entry, 80, 80, 80, comment="写了一句。") | {f"c{criterion.pk}": figure})
    if figure == "９０":  # full-width digits are digits
        assert page.status_code == 302 and marks(Sheet.objects.get())[0] == 90
        return
    assert page.status_code == 422 and "写了一句。" in text_of(page)
    assert f'href="#id_c{criterion.pk}"' in text_of(page)
    assert not Sheet.objects.exists()


def test_the_sheet_comes_back_filled_in_and_saving_it_again_replaces_it(one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    browser.post(url(entry), filled(entry, 84, 91, 67, comment="第一次。"))
    page = text_of(browser.get(url(entry)))
    assert 'value="84"' in page and 'value="91"' in page and 'value="67"' in page and "第一次。" in page
    browser.post(url(entry), filled(entry, 0, 0, 0))
    assert [marks(sheet) for sheet in Sheet.objects.order_by("version")] == [[84, 91, 67], [0, 0, 0]]
    page = text_of(browser.get(url(entry)))
    assert 'value="0"' in page and 'value="84"' not in page


def test_the_stored_draft_is_forgotten_by_the_device(one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    draft = browser.get(url(entry)).context["draft"]
    after = browser.post(url(entry), filled(entry, 84, 91, 67), follow=True)
    assert f'data-draft-clear="{draft}"' in text_of(after)
    assert draft not in text_of(browser.get(url(entry)))


def test_the_time_spent_is_measured_by_our_own_signed_clock(one: Round, browser: Client) -> None:
    entry, other = entries(one)[:2]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        started = browser.get(url(entry)).context["form"]["started"].value()
        clock.shift(timedelta(seconds=95))
        browser.post(url(entry), filled(entry, 84, 91, 67, started=started))
        browser.post(url(entry), filled(entry, 84, 91, 67, started=started[:-1] + "x"))
        browser.post(url(other), filled(other, 84, 91, 67, started=started))  # of another sheet
        browser.post(url(other), filled(other, 84, 91, 67))
    assert list(Sheet.objects.order_by("pk").values_list("seconds", flat=True)) == [95, None, None, None]


# --- standing aside -----------------------------------------------------------------------------
def test_a_project_one_stands_aside_from_has_its_reason_and_no_form(one: Round, me: Any, browser: Client) -> None:
    entry = entries(one)[1]
    me.declare_recusal(entry.project, "施工单位是亲属开的", by=me.user)
    for address in (url(entry), list_url(one)):
        assert "施工单位是亲属开的" in text_of(browser.get(address))
    assert "存好，下一个" not in text_of(browser.get(url(entry)))
    browser.post(url(entry), filled(entry, 84, 91, 67))
    assert not Sheet.objects.exists()


def test_every_sheet_offers_to_stand_aside_and_comes_back_to_the_list(one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    link = f"{reverse('monitors:recuse', args=[entry.project.number])}?next={list_url(one)}"
    assert link in text_of(browser.get(url(entry)))


def test_the_count_leaves_out_what_one_stands_aside_from(one: Round, me: Any, browser: Client) -> None:
    first, second, _third = entries(one)
    me.declare_recusal(first.project, "施工单位是亲属开的", by=me.user)
    assert "第 1 个，共 2 个" in text_of(browser.get(url(second)))
    assert "0 / 2" in text_of(browser.get(list_url(one)))


# --- when ---------------------------------------------------------------------------------------
def test_after_closing_one_reads_ones_own_sheet_and_changes_nothing(one: Round, browser: Client) -> None:
    entry = entries(one)[0]
    browser.post(url(entry), filled(entry, 84, 91, 67))
    one.close(at=one.closes_at)
    page = text_of(browser.get(url(entry)))
    assert "已截止" in page and "84 分，良好" in page and "存好，下一个" not in page
    browser.post(url(entry), filled(entry, 1, 1, 1))
    assert marks(Sheet.objects.get()) == [84, 91, 67]


def test_before_the_opening_time_there_is_nothing_to_fill_in(me: Any, browser: Client) -> None:
    one = RoundFactory(open=True, opens_at=timezone.now() + timedelta(hours=1))
    assert "还没有开始" in text_of(browser.get(url(one.entries.get())))


def test_a_drafted_round_and_a_foreign_project_are_not_there(one: Round, me: Any, browser: Client) -> None:
    assert browser.get(list_url(RoundFactory(drafted=True))).status_code == 404
    foreign = ProjectFactory(concluded=True)
    answer = browser.get(reverse("voting:score", args=[one.slug, foreign.number]))
    assert (answer.status_code, answer["Location"]) == (302, list_url(one))


# --- who ----------------------------------------------------------------------------------------
def test_only_serving_monitors_score_and_others_read_why_not(one: Round, sign_in: Any, client: Client) -> None:
    entry = entries(one)[0]
    for user in (CitizenFactory(), MonitorFactory(ended=True).user):
        answer = sign_in(user).post(url(entry), filled(entry, 84, 91, 67))
        assert answer.status_code == 403 and "聘任" in text_of(answer)
    assert client.post(url(entry), filled(entry, 84, 91, 67)).status_code == 302
    assert not Sheet.objects.exists()


def test_nobody_sees_another_monitors_sheet(one: Round, browser: Client) -> None:
    entry, other = entries(one)[0], MonitorFactory()
    entry.submit(other, {c.pk: 97 for c in one.criteria.all()}, comment="金丝雀")
    for address in (url(entry), list_url(one), "/monitor/"):
        text = text_of(browser.get(address))
        assert "金丝雀" not in text and 'value="97"' not in text and other.number not in text


def test_ones_own_notes_are_at_hand_while_scoring(one: Round, me: Any, browser: Client) -> None:
    entry = entries(one)[0]
    VisitNoteFactory(project=entry.project, monitor=me, text="七点半还在接诊。")
    VisitNoteFactory(project=entry.project, monitor=MonitorFactory(), text="别人的记录。")
    page = text_of(browser.get(url(entry)))
    assert "七点半还在接诊。" in page and "别人的记录。" not in page


def test_the_list_costs_the_same_queries_for_one_project_and_for_three(
    one: Round, browser: Client, django_assert_max_num_queries: Any
) -> None:
    single = RoundFactory(open=True)
    spent = []
    browser.get(list_url(single))  # the first page of a session asks more
    for round_ in (single, one):
        with django_assert_max_num_queries(20) as queries:
            browser.get(list_url(round_))
        spent.append(len(queries))
    assert spent[0] == spent[1]
