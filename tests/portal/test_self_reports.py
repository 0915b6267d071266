"""What departments put forward themselves, and what deputies and committee members bring."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.moves import MoveRefused
from portal.models import DeputyPaper, Notice, SelfReport, Suggestion, Topic, Unit
from portal.self_reports import departments, quota_of, remind
from tests.cast import own_unit, person
from tests.factories import CampaignFactory, SelfReportFactory, SuggestionFactory, UnitFactory

pytestmark = pytest.mark.django_db
Status = SelfReport.Status


def page(response: Any) -> str:
    return response.content.decode()


def written(**changes: Any) -> dict[str, Any]:
    topic = Topic.objects.earliest("position")
    return {
        "unit": own_unit().pk, "title": "卫生院中午不打烊", "body": "上班族只有中午有空。", "wish": "中午留一个窗口。",
        "topic": topic.pk, "area": "", "place": "", "do": "submit",
    } | changes  # fmt: skip


# --- from the unit to the office ------------------------------------------------------------------
def test_clerk_writes_leader_signs_and_it_is_received_in_the_name_of_the_unit(
    sign_in: Any, clerk: Any, unit_leader: Any, officer: Any
):
    CampaignFactory()
    desk = sign_in(clerk)
    desk.post("/desk/proposals/new/", written())
    one = SelfReport.objects.get()
    assert (one.status, one.drafted_by, Suggestion.objects.count()) == (Status.SUBMITTED, clerk, 0)
    assert {notice.user for notice in Notice.objects.all()} == {unit_leader}
    assert "签发报送" not in page(desk.get(f"/desk/proposals/{one.pk}/"))  # a clerk has no such button
    leader = sign_in(unit_leader)
    assert "签发报送" in page(leader.get(f"/desk/proposals/{one.pk}/"))
    leader.post(f"/desk/proposals/{one.pk}/sign/")
    one.refresh_from_db()
    suggestion = Suggestion.objects.get()
    assert (one.status, one.suggestion) == (Status.SIGNED, suggestion)
    assert (suggestion.channel, suggestion.proposed_by_unit, suggestion.recorded_by) == (
        "self_report",
        own_unit(),
        clerk,
    )
    suggestion.accept(officer)
    assert f"{own_unit().short_name}自报" in page(leader.get(suggestion.get_absolute_url()))


def test_returned_with_a_reason_it_is_written_on_and_sent_again(sign_in: Any, clerk: Any, unit_leader: Any):
    one = SelfReportFactory(submitted=True)
    sign_in(unit_leader).post(f"/desk/proposals/{one.pk}/return/", {"reason": "写清哪天做到。"})
    desk = sign_in(clerk)
    assert "写清哪天做到。" in page(desk.get(f"/desk/proposals/{one.pk}/"))
    desk.post(f"/desk/proposals/{one.pk}/", written(wish="十月底前中午留窗口。"))
    one.refresh_from_db()
    assert (one.status, one.wish) == (Status.SUBMITTED, "十月底前中午留窗口。")


def test_a_faulty_form_says_so_and_keeps_the_words(sign_in: Any, clerk: Any):
    CampaignFactory()
    response = sign_in(clerk).post("/desk/proposals/new/", written(title=""))
    assert response.status_code == 422 and "上班族只有中午有空。" in page(response)
    assert not SelfReport.objects.exists()


def test_nobody_signs_what_they_submitted(unit_leader: Any):
    one = SelfReportFactory(drafted_by=unit_leader, submitted=True)
    with pytest.raises(MoveRefused, match="不能自己签发"):
        one.sign(unit_leader)
    assert not Suggestion.objects.exists()


def test_what_is_with_the_leader_is_not_changed_and_a_clerk_cannot_sign(sign_in: Any, clerk: Any):
    one = SelfReportFactory(submitted=True)
    desk = sign_in(clerk)
    desk.post(f"/desk/proposals/{one.pk}/", written(title="换了"))
    assert desk.post(f"/desk/proposals/{one.pk}/sign/").status_code == 403
    one.refresh_from_db()
    assert (one.title, one.status) != ("换了", Status.SIGNED) and one.status == Status.SUBMITTED


def test_drafts_are_for_the_own_unit_alone(sign_in: Any, other_leader: Any):
    one = SelfReportFactory()
    desk = sign_in(other_leader)
    assert one.title not in page(desk.get("/desk/proposals/"))
    assert desk.get(f"/desk/proposals/{one.pk}/").status_code == 404
    foreign = desk.post("/desk/proposals/new/", written())  # in the name of a unit that is not theirs
    assert foreign.status_code == 422 and SelfReport.objects.count() == 1


def test_not_more_than_the_years_number_and_not_after_the_last_day(unit_leader: Any):
    for _n in range(2):
        SelfReportFactory(signed=True)
    third = SelfReportFactory(submitted=True)
    with pytest.raises(MoveRefused, match="已经报送 2 条"):
        third.sign(unit_leader)
    SelfReport.objects.earliest("pk").suggestion.refuse(person("officer"), "unclear")
    third.sign(unit_leader)  # one that was not accepted does not count
    late = SelfReportFactory(submitted=True)
    with time_machine.travel(timezone.now() + timedelta(days=90)), pytest.raises(MoveRefused, match="征集期"):
        late.sign(unit_leader)


# --- who has and who has not ----------------------------------------------------------------------
def test_departments_owe_counties_may_and_a_refused_one_is_owed_again():
    campaign = CampaignFactory()
    one = SelfReportFactory(signed=True, campaign=campaign)
    county = UnitFactory(kind=Unit.Kind.COUNTY)
    mine, other, free = quota_of(campaign, [one.unit, UnitFactory(), county])
    assert (mine.missing, other.missing, free.missing, free.owes) == (0, 1, 0, False)
    assert other.due_on == campaign.closes_on and other.light[0] == "green"
    one.suggestion.refuse(person("officer"), "unclear")
    assert quota_of(campaign, [one.unit])[0].missing == 1


def test_the_light_turns_yellow_three_days_before_and_red_the_day_after():
    campaign = CampaignFactory()
    (one,) = quota_of(campaign, [UnitFactory()])
    for days, state in ((-4, "green"), (-3, "yellow"), (0, "yellow"), (1, "red")):
        with time_machine.travel(timezone.now() + timedelta(days=30 + days)):
            assert one.light[0] == state, days


def test_a_reminder_reaches_those_who_owe_once_a_day(
    sign_in: Any, clerk: Any, unit_leader: Any, other_leader: Any, officer: Any
):
    SelfReportFactory(signed=True, unit=other_leader.memberships.get().unit)
    office = sign_in(officer)
    for _n in range(2):
        office.post("/admin/proposals/remind/")
    told = Notice.objects.filter(event__startswith="self-report:", channel="in_app")
    assert {notice.user for notice in told} == {clerk, unit_leader} and told.count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        remind(CampaignFactory())
    assert told.all().count() == 4


def test_the_offices_page_and_table_say_who_has_with_dates(
    sign_in: Any, officer: Any, django_assert_max_num_queries: Any
):
    one = SelfReportFactory(signed=True)
    office = sign_in(officer)
    text = page(office.get("/admin/proposals/"))
    total = len(departments(one.campaign))
    assert (
        f"{total} 个市直部门，1 个已报送" in text
        and one.suggestion.number in text
        and f"还没报的 {total - 1} 个" in text
    )
    lines = b"".join(office.get("/admin/proposals/departments.csv")).decode().splitlines()
    assert len(lines) == total + 1 and sum(one.suggestion.number in line for line in lines) == 1
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/proposals/")
    SelfReportFactory(signed=True, unit=UnitFactory())
    with django_assert_max_num_queries(len(few.captured_queries)):
        office.get("/admin/proposals/")


# --- deputies -------------------------------------------------------------------------------------
def paper(**changes: Any) -> DeputyPaper:
    facts = {"kind": "congress", "level": "city", "year": 2026, "number": "32"} | changes
    series = DeputyPaper.series_of(facts["kind"], facts["level"], facts["year"], changes.pop("area", None))
    facts.pop("area", None)
    return DeputyPaper.objects.create(suggestion=SuggestionFactory(open=True), series=series, **facts)


def test_a_formal_number_is_entered_once_per_kind_level_and_year():
    one = paper()
    with pytest.raises(IntegrityError), transaction.atomic():
        paper()
    for other in ({"kind": "cppcc"}, {"year": 2025}, {"level": "province"}, {"number": "33"}):
        paper(**other)
    assert str(one) == "市人大代表建议 2026 年第 32 号"


def test_the_public_reads_kind_and_number(client: Any):
    one = paper(kind="cppcc")
    assert "市政协提案 2026 年第 32 号" in page(client.get(one.suggestion.get_absolute_url()))


def test_the_front_desk_asks_for_all_of_it_or_nothing_and_names_the_one_entered_before(sign_in: Any, officer: Any):
    from tests.portal.test_recording import entry as told

    CampaignFactory()
    office = sign_in(officer)
    formal = {"deputy_kind": "congress", "deputy_level": "city", "deputy_year": "2026", "deputy_number": "第０32号"}
    half = office.post("/admin/suggestions/record/", told(channel="deputy", deputy_kind="congress"))
    assert half.status_code == 422 and "这四项都留空" in page(half)
    office.post("/admin/suggestions/record/", told(channel="deputy", **formal))
    first = DeputyPaper.objects.get()
    assert (first.number, first.suggestion.channel) == ("32", "deputy")
    again = office.post("/admin/suggestions/record/", told(channel="deputy", title="另一个标题", **formal))
    assert first.suggestion.number in page(again) and Suggestion.objects.count() == 1
    assert "市人大代表建议 2026 年第 32 号" in page(office.get(f"/admin/suggestions/{first.suggestion.number}/"))
