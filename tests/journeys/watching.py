"""Steps 10, 11 and 13: monitors and a visit, the scores and their result, the front page with an editor's news."""

from __future__ import annotations

import re
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page as WagtailPage

from home.models import NewsIndexPage
from monitors.models import Monitor, Visit
from portal.models import Unit
from tests.journeys.city import City, refusal
from voting import tally
from voting.models import Round, Sheet

NAMES = ("甲", "乙", "丙", "丁", "戊", "己")
# Points of the three criteria, weighing 40, 40 and 20 percent, and so each sheet's total:
#   90 + …                  90,  82,            96,             62,           84,           91
POINTS = ((90, 90, 90), (80, 90, 70), (100, 95, 90), (60, 70, 50), (85, 80, 90), (88, 92, 95))
# Six sheets: the highest (96) and the lowest (62) are left out; (82 + 84 + 90 + 91) ÷ 4.
RESULT, TIER = "86.75", "良好"
RECUSED = "庚"


# --- 10: monitors and a visit -------------------------------------------------------------------
def appoint(city: City) -> None:
    """Six citizens, and one who works for the unit that leads the project."""
    city.on(-163)
    officer = city.person("officer")
    term = {"term_from": (city.today - timedelta(days=165)).isoformat(),
            "term_to": (city.today + timedelta(days=300)).isoformat()}  # fmt: skip
    for n, name in enumerate((*NAMES, RECUSED)):
        officer.open("/admin/monitors/people/new/")
        facts = {"phone": f"1370000{n:04d}", "name": f"监督员{name}", "field": "居民"} | term
        if name == RECUSED:
            facts["employer"] = str(Unit.objects.get(slug="health").pk)
        officer.submit(facts)
        city.person(name, phone=facts["phone"])
    roster = city.stranger().open("/monitors/")
    assert roster.says(Monitor.objects.earliest("pk").number, "居民") and not roster.says("监督员甲"), (
        "numbers, no names"
    )


def visit(city: City, number: str) -> None:
    """A visit is announced; monitors sign in by the QR address and note what they see; the summary is published."""
    city.on(-161)
    officer, stranger = city.person("officer"), city.stranger()
    day = city.calendar.next_workday(city.today - timedelta(days=156))
    officer.open("/admin/monitors/visits/new/")
    officer.submit({
        "title": "看路灯", "projects": [_label(officer.browser.page, number)], "starts_at": f"{day}T18:00",
        "place": "人民医院东门", "seats": "10",
    })  # fmt: skip
    planned = Visit.objects.get()
    assert stranger.open(planned.get_absolute_url(), check=False).status == 404
    officer.open(f"/admin/monitors/visits/{planned.pk}/")
    officer.submit(press="公告")
    assert stranger.open("/visits/").says("看路灯", "人民医院东门")
    found = re.search(r"/monitor/sign-in/[\w-]+/", officer.open(f"/admin/monitors/visits/{planned.pk}/code/").text)
    assert found
    first, second = city.person("甲"), city.person("乙")
    assert first.open(found[0]).says("现在不能签到", "开始前两小时"), "days too early"
    assert first.browser.send(found[0]).errors == [
        "现在不能签到。签到从开始前两小时到开始后八小时，观摩结束后也不再签到。"
    ]
    city.on((day - city.today).days, 18, 5)
    first.open(found[0])
    assert first.submit(press="签到").says("签到成功")
    note = f"/monitor/visits/{planned.slug}/{number}/"
    assert second.come().open(note, check=False).status == 404, "who did not come has nothing to note"
    first.open(note)
    first.submit({"text": "灯杆位置画好了，坡道口漏了一处。"})
    assert not stranger.open(planned.get_absolute_url()).says("坡道口漏了一处")
    officer.open(f"/admin/monitors/visits/{planned.pk}/")
    officer.submit(press="观摩结束")
    officer.open(f"/admin/monitors/visits/{planned.pk}/summary/")
    officer.submit({"summary": "坡道口补一盏，列入第二步。"})
    officer.open(f"/admin/monitors/visits/{planned.pk}/")
    officer.submit(press="公布小结")
    page = stranger.open(planned.get_absolute_url())
    assert page.says("坡道口补一盏", "灯杆位置画好了，坡道口漏了一处。") and not page.says("监督员甲")


def _label(page: object, number: str) -> str:
    """The choice whose label holds the project's number."""
    options = page.form(["projects"]).controls["projects"].options  # type: ignore[attr-defined]
    return next(option.value for option in options if number in option.label)


# --- 11: the scores -----------------------------------------------------------------------------
def open_round(city: City, number: str) -> Round:
    """In the real present, since the database's own clock says when a round is open."""
    city.now()
    officer, stranger = city.person("officer"), city.stranger()
    now = timezone.localtime()
    officer.open("/admin/rounds/new/")
    officer.submit({
        "title": "本年结题打分", "year": city.today.year, "projects": [_label(officer.browser.page, number)],
        "opens_at": f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}",
        "closes_at": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}",
    })  # fmt: skip
    one = Round.objects.get()
    assert stranger.open(one.get_absolute_url(), check=False).status == 404
    officer.open(f"/admin/rounds/{one.slug}/open/")
    officer.submit(press="开始打分")
    assert stranger.open(one.get_absolute_url()).says("本年结题打分", "打分中", "办成了没有")
    return one


def score(city: City, one: Round, number: str) -> None:
    """Every monitor scores on their phone; one replaces a sheet; the one with an interest is kept out."""
    address = f"/monitor/rounds/{one.slug}/{number}/"
    criteria = [row.pk for row in one.criteria.all()]
    aside = city.person(RECUSED).open(address)
    assert aside.says("您回避这个项目", "责任单位") and "data-score" not in aside.html
    page = city.person(RECUSED).browser.send(address, {f"c{pk}": 100 for pk in criteria})
    assert page.says("您回避这个项目") and not Sheet.objects.exists()
    for name, points in zip(NAMES, POINTS, strict=True):
        monitor = city.person(name)
        assert monitor.open(f"/monitor/rounds/{one.slug}/").says("人民医院东门装路灯")
        if name == NAMES[-1]:
            _send(monitor, address, criteria, (10, 10, 10))
            monitor.open(address)
            assert refusal(monitor, {f"c{criteria[0]}": "88"}).says("您选了较差，88 分却属于良好")
        else:
            monitor.open(address)
            assert refusal(monitor, {f"c{criteria[0]}": "101"}).errors, "0 to 100"
        assert _send(monitor, address, criteria, points).says("存好了")
    assert Sheet.objects.count() == len(NAMES) + 1, "the replaced sheet stays on record"
    last = city.person(NAMES[-1]).open(address)
    assert last.form([f"c{criteria[0]}"])[f"c{criteria[0]}"] == "88", "one's own last sheet"


def _send(monitor: object, address: str, criteria: list[int], points: tuple[int, ...]) -> object:
    """Tick the tier and give the points of each criterion."""
    monitor.open(address)  # type: ignore[attr-defined]
    given = dict(zip(criteria, points, strict=True))
    tiers = {f"c{pk}_tier": tally.tier_of(one).value for pk, one in given.items()}
    return monitor.submit({f"c{pk}": str(one) for pk, one in given.items()} | tiers)  # type: ignore[attr-defined]


def close_and_publish(city: City, one: Round, number: str) -> None:
    """Closed by the clock, never by hand before; the leader publishes; everybody can count it again."""
    officer, leader, stranger = city.person("officer"), city.person("office_leader"), city.stranger()
    address, office = one.get_absolute_url(), f"/admin/rounds/{one.slug}/"
    assert not any(form.button("截止并计算") for form in officer.open(office).forms)
    assert officer.browser.send(f"{office}close/").says("还没有到截止时间")
    # An hour passes. The database's clock cannot be put forward, so the closing time comes to meet it.
    Round.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    late = city.person("甲").open(f"/monitor/rounds/{one.slug}/{number}/")
    assert late.says("已截止") and "data-score" not in late.html
    officer.open(office)
    officer.submit(press="截止并计算")
    assert not stranger.open(address).says(RESULT), "computed is not published"
    assert officer.browser.send(f"{office}publish/").says("这一页不归您的角色")
    leader.open(f"{office}publish/")
    leader.submit(press="公布结果")
    page = stranger.open(address)
    assert page.says(RESULT, TIER, "6 张有效，应打 6 人", "两端各去掉 1 张", "算法版本")
    assert re.search(r"优秀\D{0,20}3 .*良好\D{0,20}2 .*一般\D{0,20}1 ", page.text), page.text
    assert not any(f"监督员{name}" in page.text for name in NAMES), "no attribution"
    assert stranger.open(f"/projects/{number}/").says("已完成", RESULT)


# --- 13: the front page -------------------------------------------------------------------------
def front_page(city: City, editor_writes: str) -> None:
    """Phase, five figures with their formulas, the newest result; an editor's news, published by another person."""
    page = city.stranger().open("/")
    assert page.says("结题打分", "年度到现在", "怎么算的", RESULT, "人民医院东门装路灯")
    # Two from the form and two imported, one of them not accepted; one answer, on time, and its author content.
    for figure in (
        "收到建议 4",
        "其中导入 2 条",
        "已公开答复",
        "按时答复率 100",
        "满意率 100",
        "1 / 1 件",
        "还没有回音 0",
    ):
        assert figure in page.text, (figure, page.text)
    editor, leader = city.person("editor"), city.person("office_leader")
    index = NewsIndexPage.objects.get()
    editor.open(f"/admin/pages/add/home/newspage/{index.pk}/")
    # The block editor is a script; this is what it adds for one block.
    block = {"count": "1", "0-type": "heading", "0-order": "0", "0-deleted": "", "0-id": "", "0-value": "晚上也好走"}
    body = {f"body-{name}": value for name, value in block.items()}
    editor.submit({"title": editor_writes, "slug": "lamps", "intro": "六盏灯都亮了。"}, press="提交", added=body)
    news = WagtailPage.objects.get(slug="lamps")
    assert not city.stranger().open("/").says(editor_writes), "what an editor writes waits for somebody else"
    state = news.current_workflow_task_state
    leader.open(f"/admin/pages/{news.pk}/edit/")
    leader.browser.send(
        reverse("wagtailadmin_pages:workflow_action", args=[news.pk, "approve", state.pk]), {"comment": ""}
    )
    assert city.stranger().open("/").says(editor_writes, "六盏灯都亮了。")


def audit(city: City, suggestion: str, number: str) -> None:
    """The auditor reads everything and changes nothing."""
    auditor = city.person("auditor")
    page = auditor.open(f"/admin/suggestions/{suggestion}/")
    assert page.says("经过", "确有不便，装灯就能解决。") and not page.says("欧阳建国")
    assert not [form for form in page.forms if form.method == "post" and "logout" not in form.action]
    assert auditor.open(f"/admin/ledger/projects/{number}/").says("人民医院东门装路灯")
    for address in (f"/admin/suggestions/{suggestion}/unmerge/", f"/admin/ledger/projects/{number}/cancel/"):
        assert auditor.browser.send(address, {"reason": "试试"}).says("这一页不归您的角色"), address
