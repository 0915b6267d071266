"""The portal's records in the admin: campaigns, units, people, the calendar and notices."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config import roles
from portal.models import Campaign, Membership, Unit, User, Workday
from portal.viewsets import VIEWSETS
from tests.factories import AssignmentFactory, CampaignFactory, NoticeFactory, SuggestionFactory


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


# --- every listing ------------------------------------------------------------------------------
@pytest.mark.parametrize("viewset", VIEWSETS, ids=lambda viewset: viewset.name)
@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_the_office_and_the_auditor_read_every_listing(viewset: Any, role: str, sign_in: Any, request: Any) -> None:
    SuggestionFactory(open=True)
    NoticeFactory(stuck=True)
    Membership.objects.get_or_create(user=request.getfixturevalue("clerk"), unit=Unit.objects.first(), role="clerk")
    client = sign_in(request.getfixturevalue(role))
    assert client.get(reverse(f"{viewset.name}:index")).status_code == 200
    record = viewset.model.objects.first()
    assert client.get(reverse(f"{viewset.name}:inspect", args=[record.pk])).status_code == 200


@pytest.mark.parametrize("viewset", VIEWSETS, ids=lambda viewset: viewset.name)
def test_the_auditor_adds_and_changes_nothing(viewset: Any, sign_in: Any, auditor: Any) -> None:
    CampaignFactory()
    record, client = viewset.model.objects.first(), sign_in(auditor)
    for name, args in (("add", []), ("edit", [record.pk if record else 1]), ("delete", [record.pk if record else 1])):
        try:
            address = reverse(f"{viewset.name}:{name}", args=args)
        except NoReverseMatch:
            continue
        assert client.get(address).status_code in (302, 403)
        assert client.post(address, {}).status_code in (302, 403)


@pytest.mark.parametrize("name", ["campaigns", "units", "memberships", "topics", "areas", "notices"])
def test_what_has_a_history_has_no_address_for_deleting(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"{name}:delete", args=[1])


@pytest.mark.parametrize("name", ["areas", "notices"])
def test_what_is_only_read_has_no_form(name: str) -> None:
    for view, args in (("add", []), ("edit", [1])):
        with pytest.raises(NoReverseMatch):
            reverse(f"{name}:{view}", args=args)


@pytest.mark.parametrize(("text", "found"), [("健康", True), ("生健", True), ("档案馆", False)])
def test_two_characters_inside_a_unit_s_name_find_it(text: str, found: bool, office: Client, reference: Any) -> None:
    response = office.get(reverse("units:index_results"), {"q": text})
    assert (reference.health in response.context["object_list"]) is found


# --- campaigns ----------------------------------------------------------------------------------
def dates(year: int = 2031, **changes: Any) -> dict[str, Any]:
    return {
        "year": year, "title": f"{year}年意见建议征集", "intro": "", "opens_on": f"{year}-01-05",
        "closes_on": f"{year}-02-05", "list_on": f"{year}-04-01", "work_from": f"{year}-04-02",
        "scoring_from": f"{year}-11-01", "ends_on": f"{year}-12-20",
        "proposals_min": "1", "proposals_max": "2",
    } | changes  # fmt: skip


def test_a_campaign_is_made_announced_and_closed_by_pages_that_ask(
    office: Client, officer: Any, client: Client
) -> None:
    office.post(reverse("campaigns:add"), dates())
    campaign = Campaign.objects.get(year=2031)
    assert campaign.status == Campaign.Status.PREPARING
    for verb, status in (("announce", Campaign.Status.ANNOUNCED), ("close", Campaign.Status.CLOSED)):
        address = reverse(f"campaign_moves:{verb}", args=[2031])
        assert "2031-01-05" in office.get(address).content.decode()
        campaign.refresh_from_db()
        assert campaign.status != status
        assert office.post(address).status_code == 302
        campaign.refresh_from_db()
        assert (campaign.status, campaign.moves.last().by) == (status, officer)


def test_dates_out_of_order_are_answered_in_a_sentence(office: Client) -> None:
    page = office.post(reverse("campaigns:add"), dates(closes_on="2031-01-01")).content.decode()
    assert "日期要按先后排" in page
    assert not Campaign.objects.filter(year=2031).exists()


def test_a_status_sent_with_the_form_is_ignored(office: Client) -> None:
    campaign = CampaignFactory()
    data = dates(campaign.year, title="改过的标题", status="closed")
    office.post(reverse("campaigns:edit", args=[campaign.pk]), data)
    campaign.refresh_from_db()
    assert (campaign.title, campaign.status) == ("改过的标题", Campaign.Status.ANNOUNCED)


def test_announcing_twice_is_answered_in_a_sentence(office: Client) -> None:
    campaign = CampaignFactory()
    response = office.post(reverse("campaign_moves:announce", args=[campaign.year]))
    assert response.status_code == 200
    assert "状态下不能发布公告" in told(response)


@pytest.mark.parametrize("role", ["auditor", "editor", "sysadmin"])
def test_who_may_not_announce(role: str, sign_in: Any, request: Any) -> None:
    campaign = CampaignFactory(year=2031, stage="")
    sign_in(request.getfixturevalue(role)).post(reverse("campaign_moves:announce", args=[2031]))
    campaign.refresh_from_db()
    assert campaign.status == Campaign.Status.PREPARING


# --- the calendar -------------------------------------------------------------------------------
def test_a_new_day_off_moves_what_was_counted_over_it(office: Client, django_capture_on_commit_callbacks: Any) -> None:
    one = AssignmentFactory()
    before = one.due_on
    with django_capture_on_commit_callbacks(execute=True):
        office.post(reverse("workdays:add"), {"date": before, "name": "临时放假", "source": "市政府通知"})
    one.refresh_from_db()
    assert one.due_on > before
    assert one.history.first().history_change_reason == "工作日历更新，重新计算期限"


def test_a_day_entered_by_mistake_can_be_taken_out(office: Client) -> None:
    day = Workday.objects.create(date=date(2031, 3, 4), is_workday=False)
    assert office.post(reverse("workdays:delete", args=[day.pk])).status_code == 302
    assert not Workday.objects.filter(pk=day.pk).exists()


# --- notices ------------------------------------------------------------------------------------
def test_stuck_notices_are_found_with_their_trouble_and_without_the_phone(office: Client) -> None:
    NoticeFactory(stuck=True, phone="13712345678", text="您的建议已受理，回拨 13712345678。")
    NoticeFactory(sent=True, text="另一条已经送达的短信。")
    page = office.get(reverse("notices:index"), {"state": "stuck"}).content.decode()
    assert "网关没有应答" in page
    assert "另一条已经送达的短信" not in page
    assert "13712345678" not in page and "137****5678" in page


# --- people -------------------------------------------------------------------------------------
def account(**changes: Any) -> dict[str, Any]:
    return {
        "username": "newcomer", "display_name": "钱新人", "phone_number": "138 0013 8000",
        "password1": "correct horse battery", "password2": "correct horse battery",
    } | changes  # fmt: skip


def edit_address(user: Any) -> str:
    return reverse("wagtailusers_users:edit", args=[user.pk])


def test_an_account_is_made_with_name_and_findable_phone(sign_in: Any, sysadmin: Any) -> None:
    officers = Group.objects.get(name=roles.OFFICER)
    response = sign_in(sysadmin).post(
        reverse("wagtailusers_users:add"), account(groups=[officers.pk], is_superuser="on")
    )
    assert response.status_code == 302
    user = User.objects.get(username="newcomer")
    assert (str(user), User.objects.by_phone("13800138000")) == ("钱新人", user)
    assert user.check_password("correct horse battery")
    assert user.has_perm("portal.screen_suggestion")
    assert not user.is_superuser


@pytest.mark.parametrize(
    ("phone", "sentence"), [("0318-2024321", "请填 11 位手机号"), ("13800000003", "已经属于另一个账号")]
)
def test_a_phone_that_cannot_be_is_refused(phone: str, sentence: str, sign_in: Any, sysadmin: Any, clerk: Any) -> None:
    response = sign_in(sysadmin).post(reverse("wagtailusers_users:add"), account(phone_number=phone))
    assert sentence in response.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


def test_nobody_changes_their_own_roles(sign_in: Any, sysadmin: Any) -> None:
    leaders = Group.objects.get(name=roles.OFFICE_LEADER)
    client, before = sign_in(sysadmin), set(sysadmin.groups.all())
    data = {"username": "sysadmin", "display_name": "改过的名字", "phone_number": "", "groups": [leaders.pk]}
    client.post(edit_address(sysadmin), data)
    bulk = reverse("wagtail_bulk_action", args=["portal", "user", "assign_role"])
    client.post(f"{bulk}?id={sysadmin.pk}", {"role": leaders.pk})
    sysadmin.refresh_from_db()
    assert (sysadmin.display_name, set(sysadmin.groups.all())) == ("改过的名字", before)


def test_roles_are_given_to_others(sign_in: Any, sysadmin: Any, editor: Any) -> None:
    officers = Group.objects.get(name=roles.OFFICER)
    data = {
        "username": "editor",
        "display_name": "沈编辑",
        "phone_number": "",
        "is_active": "on",
        "groups": [officers.pk],
    }
    assert sign_in(sysadmin).post(edit_address(editor), data).status_code == 302
    assert set(editor.groups.all()) == {officers}


def test_the_sealed_account_is_out_of_reach(sign_in: Any, sysadmin: Any) -> None:
    sealed = User.objects.create_superuser("sealed", password="a-sealed-long-password")
    client = sign_in(sysadmin)
    client.post(edit_address(sealed), account(username="sealed"))
    bulk = reverse("wagtail_bulk_action", args=["portal", "user", "set_active_state"])
    client.post(f"{bulk}?id={sealed.pk}", {"mark_as_active": ""})
    sealed.refresh_from_db()
    assert sealed.is_active and sealed.check_password("a-sealed-long-password")


def test_accounts_are_switched_off_not_deleted(sign_in: Any, sysadmin: Any, editor: Any) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("wagtailusers_users:delete", args=[editor.pk])
    data = {"username": "editor", "display_name": "沈编辑", "phone_number": ""}
    sign_in(sysadmin).post(edit_address(editor), data)
    editor.refresh_from_db()
    assert not editor.is_active


@pytest.mark.parametrize("role", ["officer", "office_leader", "auditor", "editor"])
def test_only_the_system_administrator_opens_accounts(role: str, sign_in: Any, request: Any, clerk: Any) -> None:
    client = sign_in(request.getfixturevalue(role))
    for address in (reverse("wagtailusers_users:index"), reverse("wagtailusers_users:add"), edit_address(clerk)):
        assert client.get(address).status_code in (302, 403)


def join(client: Client, **changes: Any) -> Any:
    health = Unit.objects.get(slug="health")
    data = {"phone": "13800138000", "display_name": "钱新人", "unit": health.pk, "role": "clerk", "is_active": "on"}
    return client.post(reverse("memberships:add"), data | changes)


def test_a_person_joins_a_unit_by_phone_and_gets_an_account(office: Client) -> None:
    assert join(office).status_code == 302
    person = User.objects.by_phone("13800138000")
    assert person is not None
    assert (person.display_name, person.has_usable_password(), person.phone_verified) == ("钱新人", False, False)
    assert person.memberships.get().unit.slug == "health"


def test_a_known_phone_keeps_its_account(office: Client, citizen: Any) -> None:
    join(office, phone="13800000001", display_name="另一个名字")
    citizen.refresh_from_db()
    assert (citizen.display_name, citizen.memberships.count()) == ("陈市民", 1)
    assert "已经是这个角色了" in join(office, phone="13800000001").content.decode()


def test_nobody_puts_themselves_into_a_unit(office: Client, officer: Any) -> None:
    officer.set_phone("13800138000")
    officer.save()
    assert "不能给自己登记" in join(office).content.decode()
    assert not officer.memberships.exists()
