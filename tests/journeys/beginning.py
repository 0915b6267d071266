"""Steps 1 to 6 and 12: the campaign, a suggestion with its receipt, an import, screening, deciding, support."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook

from config import roles
from home.real.browser import Browser
from home.real.people import sign_in_by_code
from portal.models import Assignment, Campaign, Suggestion, Unit
from tests import cast
from tests.factories.base import jpeg
from tests.journeys.city import City, refusal

TITLE = "人民医院东门晚上没有路灯"
SAME = "人民医院东门口路灯不亮，老人不敢走"
ANSWERABLE = "挂号窗口午休没有人值班"
# Days of the campaign, counted from today.
WINDOW = {"opens_on": -205, "closes_on": -185, "list_on": -170, "work_from": -160, "scoring_from": -10, "ends_on": 60}


def open_campaign(city: City) -> Campaign:
    """1. An officer enters and announces the campaign; before its window the public form says when it opens."""
    city.on(-215)
    officer, stranger = city.person("officer"), city.stranger()
    assert stranger.open("/suggestions/new/").says("现在没有征集")
    dates = {name: (city.today + timedelta(days=days)).isoformat() for name, days in WINDOW.items()}
    year = city.today.year
    officer.open("/admin/campaigns/new/")
    wrong_order = dates | {"closes_on": dates["ends_on"]}
    said = refusal(officer, {"year": year, "title": "年度征集", "intro": "身边小事，您来提。"} | wrong_order)
    assert said.says("日期要按先后排")
    officer.submit({"year": year, "title": "年度征集", "intro": "身边小事，您来提。"} | dates)
    assert stranger.open("/suggestions/new/").says("现在没有征集"), "a campaign in preparation is nobody's business"
    officer.open(f"/admin/campaign-moves/{year}/announce/")
    officer.submit(press="发布公告")
    campaign = Campaign.objects.get()
    early = stranger.open("/suggestions/new/")
    assert early.says(f"{campaign.opens_on.month}月{campaign.opens_on.day}日开始征集")
    assert not any("body" in form.names for form in early.forms), "no form outside the window"
    city.on(-204)
    home = stranger.open("/")
    assert home.says("征集建议", "还剩", "天")
    return campaign


# --- suggesting ---------------------------------------------------------------------------------
def suggest(city: City, title: str, body: str, **more: object) -> tuple[str, str]:
    """2. Somebody without an account fills in the form. The number and the receipt code."""
    browser = city.stranger()
    browser.open("/suggestions/new/")
    city.wait(40)
    browser.submit({"title": title, "body": body, "county": "131102000000", "topic": "citymgmt"} | more)
    page = browser.submit(press="提交建议")
    assert page.says("收到了，谢谢您", title) and "二维码" in page.html
    found = re.search(r"受理编号\s*(WJ\d{4}-\d{6}).*?查询码\s*([0-9A-Z]{5}[\s-]?[0-9A-Z]{5})", page.text)
    assert found, page.text
    return found[1], found[2]


def suggest_from_a_phone(city: City) -> tuple[str, str]:
    """2. With a photo, a surname and a phone; nothing typed is lost when something is wrong."""
    browser = city.stranger()
    browser.open("/suggestions/new/")
    city.wait(30)
    typed = {"title": TITLE, "body": "天一黑就看不清台阶，老人摔过两次。", "wish": "装两盏路灯。", "topic": "citymgmt"}
    said = refusal(browser, typed | {"shown_as": "surname"})
    assert said.status == 422 and said.says("请选一个县（市、区）", "您选了署名，请填姓名")
    assert said.form(["body"])["body"] == typed["body"]
    photo = SimpleUploadedFile("IMG_1.jpg", jpeg(640, 480).read(), "image/jpeg")
    review = browser.submit({"county": "131102000000", "name": "欧阳建国", "phone": "138 0000 7777", "photos": [photo]})
    assert review.says("提交前看一看", "欧阳**", "13800007777", "1 个")
    page = browser.submit(press="提交建议")
    assert page.says("收到了，谢谢您", "1 张", "欧阳**") and page.url == "/suggestions/receipt/"
    found = re.search(r"(WJ\d{4}-\d{6}).*?查询码\s*(\S{5}[\s-]?\S{5})", page.text)
    assert found
    again = browser.open("/suggestions/new/")
    assert again.form(["body"])["body"] == ""
    assert city.stranger().open(f"/suggestions/{found[1]}/", check=False).status == 404, "not public before screening"
    assert refusal(_at_track(city), {"number": found[1], "code": "0000000000"}).says("编号或查询码不对")
    return found[1], found[2]


def _at_track(city: City) -> Browser:
    browser = city.stranger()
    browser.open("/track/")
    return browser


def track(city: City, number: str, code: str) -> Browser:
    """6. Number and code open the author's own page."""
    browser = _at_track(city)
    page = browser.submit({"number": number, "code": code})
    assert page.url == f"/track/{number}/" and page.says("这一页只有您看得到")
    return browser


# --- importing ----------------------------------------------------------------------------------
def bring_in_a_spreadsheet(city: City, folder: Path, campaign: Campaign) -> str:
    """3. Two messages from an older platform, once however often it runs. The number of the first."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"])
    when = f"{city.today - timedelta(days=230):%Y/%-m/%-d} 11:25:05"
    sheet.append(["188801", "网民1", SAME, when, "\t\n\u3000\u3000东门口三盏灯都不亮。\n\n\n", "1", 25])
    sheet.append(["188802", "网民2", "公交站牌掉了", "2020-01-02 09:03:11", "站牌倒在地上。", 0, "3"])
    path = folder / "older.xlsx"
    book.save(path)
    for _twice in range(2):
        call_command("import_suggestions", path, campaign=campaign.year, verbosity=0)
    rows = Suggestion.objects.filter(source="older")
    assert [row.reference for row in rows.order_by("reference")] == ["188801", "188802"]
    first = rows.get(reference="188801")
    assert first.body == "东门口三盏灯都不亮。" and (first.imported_for, first.support_count) == (25, 0)
    return first.number


# --- screening and merging ----------------------------------------------------------------------
def screen_and_merge(city: City, lead: str, member: str, other: str) -> None:
    """4. An officer accepts from the queue, refuses one with a reason, merges two, undoes it, and merges again."""
    city.on(-202)
    officer, stranger = city.person("officer"), city.stranger()
    assert officer.open("/admin/suggestions/").says(TITLE, SAME, ANSWERABLE, "待初审")
    for number in (lead, member, other):
        officer.open(f"/admin/suggestions/{number}/")
        officer.submit(press="受理并公开")
    unwanted = Suggestion.objects.get(reference="188802")
    officer.open(f"/admin/suggestions/{unwanted.number}/")
    assert refusal(officer, {"refuse-reason": "unclear", "refuse-note": "看不懂"}).errors, "a reason takes a sentence"
    officer.submit({"refuse-reason": "unclear", "refuse-note": "没有写明是哪个站，请补充站名后再提。"})
    assert stranger.open(f"/suggestions/{unwanted.number}/", check=False).status == 404
    for undo in (True, False):
        officer.open(f"/admin/suggestions/merge/?pick={lead}&pick={member}")
        officer.submit({"lead": str(Suggestion.objects.get(number=lead).pk)}, press="并案")
        merged = stranger.open(f"/suggestions/{member}/")
        assert (
            merged.says("合并办理", "原平台点赞 25") and merged.link("看一并办理的那条建议") == f"/suggestions/{lead}/"
        )
        assert stranger.open(f"/suggestions/{lead}/").says("一并办理的相同建议", SAME)
        if undo:
            officer.open(f"/admin/suggestions/{member}/")
            officer.submit(press="取消合并")
            assert stranger.open(f"/suggestions/{member}/").says("已受理")


# --- support ------------------------------------------------------------------------------------
def support(city: City, number: str) -> None:
    """12. Somebody signs in by a code on the phone and supports, once; the second time is an ordinary answer."""
    citizen = Browser("10.9.2.1")
    page = citizen.open(f"/suggestions/{number}/")
    assert page.says("0 人附议", "登录后可附议")
    citizen.follow("登录后可附议")
    page = sign_in_by_code(citizen, "13800008888", citizen.page.url)
    assert page.url == f"/suggestions/{number}/", "back to where the person came from"
    after = citizen.submit(press="附议")
    assert after.says("您已附议", "1 人附议"), after.text
    citizen.page = page  # the same page was still open in another tab
    second = citizen.submit(press="附议")
    assert second.status == 200 and second.says("您已附议过")
    assert city.stranger().open(f"/suggestions/{number}/").says("1 人附议"), "counted once"


# --- deciding -----------------------------------------------------------------------------------
def decide(city: City, adopted: str, assigned: str) -> None:
    """5. Two people: one proposes, another one approves. The same person is refused, whatever the role."""
    city.on(-195)
    officer, leader = city.person("officer"), city.person("office_leader")
    leader.open(f"/admin/suggestions/{adopted}/")
    leader.submit({"propose-route": "adopt", "propose-reason": "确有不便，装灯就能解决。"})
    own = leader.open(f"/admin/suggestions/{adopted}/")
    assert own.says("要由另一位负责人审定") and not any(form.button("同意并公开") for form in own.forms)
    assert officer.open(f"/admin/suggestions/{adopted}/").says("等改革办负责人审定")
    refused = refusal(leader, {}, action=f"/{adopted}/approve/")
    assert refused.says("提出办理意见的人不能自己审定")
    assert not city.stranger().open(f"/suggestions/{adopted}/").says("装灯就能解决"), "prepared privately"
    cast.person("second_officer").groups.add(Group.objects.get(name=roles.OFFICE_LEADER))
    deputy = city.person("second_officer")
    deputy.open(f"/admin/suggestions/{adopted}/")
    deputy.submit(press="同意并公开")
    assert city.stranger().open(f"/suggestions/{adopted}/").says("采纳，纳入项目库", "确有不便，装灯就能解决。")
    unit = Unit.objects.get(slug="health")
    officer.open(f"/admin/suggestions/{assigned}/")
    officer.submit(
        {"propose-route": "assign", "propose-reason": "请卫健委答复窗口值班安排。", "propose-unit": str(unit.pk)}
    )
    leader.open(f"/admin/suggestions/{assigned}/")
    leader.submit(press="同意并公开")
    assert city.stranger().open(f"/suggestions/{assigned}/").says("转责任单位办理", "请卫健委答复窗口值班安排。")


def answer(city: City, number: str, code: str) -> None:
    """5. The unit answers at its desk, its leader signs, the author reads it by receipt and says so."""
    city.on(-192)
    clerk, chief, other = city.person("clerk"), city.person("unit_leader"), city.person("other_leader")
    assignment = Assignment.objects.get()
    address = f"/desk/assignments/{assignment.pk}/"
    assert clerk.open("/desk/").says(ANSWERABLE, "要做 1 件事")
    assert other.come().open(address, check=False).status in (403, 404)
    clerk.open(address)
    assert refusal(clerk, {"answer": "好的"}, press="送领导签发").says("答复内容太短")
    clerk.submit({"answer": "经核实情况属实，自本周起午休安排一个窗口值班，每天公示值班人。"}, press="送领导签发")
    assert not any(form.button("签发") for form in clerk.open(address).forms)
    chief.open(address)
    chief.submit(press="签发并公开")
    author = track(city, number, code)
    assert author.page.says("自本周起午休安排一个窗口值班", "请您评价")
    author.submit({"result": "partly", "level": "satisfied", "comment": "去看过了，确实有人。"})
    assert author.page.says("已办结", "满意", "去看过了，确实有人。")
    public = city.stranger().open(f"/suggestions/{number}/")
    assert public.says("满意") and not public.says("去看过了"), "the comment is for the office and the unit"


def whole_life(city: City, number: str, code: str) -> None:
    """6. The author reads the whole way by receipt, each entry with the state that it set, in the order of time."""
    page = track(city, number, code).page
    states = ["已收到", "已受理", "采纳，纳入项目库", "已列入清单", "方案已定", "推进中", "已结题，待打分", "已完成"]
    life = page.text[page.text.index("办到哪一步") :]
    places = [life.find(state) for state in states]
    assert -1 not in places and places == sorted(places), (places, life)
    assert page.says("确有不便，装灯就能解决。", "看路灯", "86.75")
