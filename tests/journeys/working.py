"""Steps 7 to 9: the project, the annual list, plan and quarterly report at the desk, the conclusion."""

from __future__ import annotations

from datetime import date, timedelta

from portal.models import Unit
from projects.models import AnnualList, Project, Report
from tests.journeys.city import City, refusal

PLAN_DAYS = (-160, -30)
STEPS = (("查线路、定灯杆位置", "40"), ("装灯通电", "60"))
DOC_NUMBER = "衡改办〔2026〕7号"


# --- 7: the project and the list ----------------------------------------------------------------
def open_project(city: City, suggestion: str) -> str:
    """A project from the adopted suggestion; it stays in the pool until it is on an issued list."""
    city.on(-180)
    officer, stranger = city.person("officer"), city.stranger()
    officer.open("/admin/ledger/")
    officer.submit({"pick": [suggestion]}, press="立项")
    unit = Unit.objects.get(slug="health")
    page = officer.submit({"title": "人民医院东门装路灯", "lead_unit": str(unit.pk)}, press="立项入库")
    project = Project.objects.get()
    assert page.says(project.number, "入库") and project.year == city.today.year
    assert stranger.open(f"/projects/{project.number}/", check=False).status == 404
    assert officer.open("/admin/ledger/").says("采纳的建议都立项了"), "one suggestion, one project"
    return project.number


def issue_the_list(city: City, number: str) -> None:
    """The officer puts the list together, the leader reviews and issues it; the officer may not."""
    city.on(-172)
    officer, leader, stranger = city.person("officer"), city.person("office_leader"), city.stranger()
    year, address = city.today.year, f"/admin/ledger/lists/{city.today.year}/"
    officer.open("/admin/ledger/lists/new/")
    page = officer.submit({"year": str(year), "title": "年度项目清单"})
    officer.submit(
        {"pick": [option.value for option in page.form(["pick"]).controls["pick"].options]}, press="选入清单"
    )
    assert officer.browser.send(f"{address}review/").says("这一页不归您的角色")
    assert AnnualList.objects.get().status == "drafted"
    leader.open(address)
    leader.submit(press="审核通过")
    city.on(-170)
    leader.open(f"{address}issue/")
    tomorrow = (city.today + timedelta(days=1)).isoformat()
    assert refusal(leader, {"doc_number": DOC_NUMBER, "issued_on": tomorrow}).says("印发日期不能晚于今天")
    leader.submit({"doc_number": DOC_NUMBER, "issued_on": (city.today - timedelta(days=170)).isoformat()})
    public = stranger.open(f"/projects/{number}/")
    assert public.says("人民医院东门装路灯", DOC_NUMBER, "实施方案还没有审定")
    assert stranger.open("/projects/").says("人民医院东门装路灯")


# --- 8: the plan and the quarterly report -------------------------------------------------------
def plan_fields(city: City) -> dict[str, str]:
    first, last = (city.today + timedelta(days=days) for days in PLAN_DAYS)
    middle = first + timedelta(days=60)
    fields = {
        "chief": "副主任", "owner": "后勤保障科", "goal": "东门两侧装灯 6 盏，天黑前自动亮。", "effect": "晚上看得清台阶。",
        "plan_from": first.isoformat(), "plan_to": last.isoformat(), "indicators-0-name": "装好的路灯",
        "indicators-0-measure": "盏", "indicators-0-before": "0", "indicators-0-target": "6",
    }  # fmt: skip
    spans = ((first, middle), (middle + timedelta(days=1), last))
    for n, ((title, weight), (begin, end)) in enumerate(zip(STEPS, spans, strict=True)):
        row = {"title": title, "weight": weight, "planned_from": begin.isoformat(), "planned_to": end.isoformat()}
        fields |= {f"steps-{n}-{name}": value for name, value in row.items()}
    return fields


def plan(city: City, number: str) -> None:
    """The clerk writes the plan; half-empty it is refused, and what was typed stays; the office agrees to it."""
    city.on(-166)
    clerk, other, officer = city.person("clerk"), city.person("other_leader"), city.person("officer")
    report = Report.objects.get(kind="plan")
    address = f"/desk/reports/{report.pk}/"
    assert clerk.open("/desk/").says("人民医院东门装路灯", "要做 1 件事", "实施方案")
    assert other.come().open(address, check=False).status == 404, "not one's own unit: it does not exist"
    clerk.open(address)
    fields = plan_fields(city)
    page = refusal(clerk, fields | {"goal": "", "steps-1-weight": "50"}, press="上报")
    assert page.form(["owner"])["owner"] == "后勤保障科", "nothing typed is lost"
    page = refusal(clerk, fields | {"steps-1-weight": "50"}, press="上报")
    assert page.says("各步骤的权重相加要等于 100，现在是 90")
    assert clerk.submit({"steps-1-weight": "60"}, press="上报").says("已上报，等改革办审核")
    assert not city.stranger().open(f"/projects/{number}/").says("后勤保障科"), "a plan is a draft until it is agreed"
    city.on(-164)
    officer.open(f"/admin/ledger/reports/{report.pk}/")
    officer.submit(press="审核通过")
    assert (
        city.stranger()
        .open(f"/projects/{number}/")
        .says("东门两侧装灯 6 盏", "后勤保障科", *[name for name, _w in STEPS])
    )


def quarter_end(city: City) -> date:
    """The last day of the last quarter that ended well within the plan."""
    day = city.today + timedelta(days=PLAN_DAYS[1] - 15)
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first - timedelta(days=1)


def report_the_quarter(city: City, number: str) -> None:
    """A quarterly report is drafted, handed in, returned with a reason, handed in again, accepted, and public."""
    end = quarter_end(city)
    clerk, officer, stranger = city.person("clerk"), city.person("officer"), city.stranger()
    report = Report.objects.get(kind="quarter", period_to=end)
    address, public = f"/desk/reports/{report.pk}/", f"/projects/{number}/"
    step, indicator = report.project.steps.earliest("position"), report.project.indicators.get()
    declared = {f"step-{step.pk}-done": True, f"step-{step.pk}-done_on": end.isoformat(),
                f"step-{step.pk}-note": "灯杆位置已与医院现场确认。", f"indicator-{indicator.pk}-value": "2"}  # fmt: skip
    city.on((end - city.today).days - 7)
    clerk.open(address)
    page = clerk.submit({"work": "先记一笔。", "problems": "无", "next": "接着装。"}, press="上报")
    assert page.says("到时再上报") and Report.objects.get(pk=report.pk).status == "due", "kept, not handed in"
    city.on((end - city.today).days + 4)
    clerk.open(address)
    refusal(clerk, {"work": "", "problems": "", "next": ""}, press="上报")
    clerk.submit({"work": "装了几盏灯。", "problems": "无。", "next": "接着装。"} | declared, press="上报")
    assert not stranger.open(public).says("装了几盏灯"), "handed in is not public yet"
    officer.open(f"/admin/ledger/reports/{report.pk}/return/")
    officer.submit({"reason": "请写明装了几盏、在哪里。"})
    back = clerk.open(address)
    assert back.says("退回修改", "请写明装了几盏、在哪里。") and back.form(["work"])["work"] == "装了几盏灯。"
    clerk.submit({"work": "东门台阶两侧装灯 2 盏，均已通电。"}, press="上报")
    assert "已经上报" in clerk.browser.send(address, {"work": "再改", "do": "submit"}).text
    officer.open(f"/admin/ledger/reports/{report.pk}/")
    officer.submit(press="审核通过")
    page = stranger.open(public)
    assert page.says(report.name, "东门台阶两侧装灯 2 盏", "40%", "灯杆位置已与医院现场确认")
    assert not page.says("请写明装了几盏"), "the return stays between office and unit"
    correct(city, report, public)


def correct(city: City, report: Report, public: str) -> None:
    """What is public is corrected with a reason, and everybody can read what it said before."""
    officer, stranger = city.person("officer"), city.stranger()
    officer.open(f"/admin/ledger/reports/{report.pk}/correct/")
    officer.submit({"work": "东门台阶两侧装灯 3 盏，均已通电。", "reason": "单位来电更正：另有一盏装在坡道口。"})
    assert stranger.open(public).says("装灯 3 盏")
    history = stranger.open(f"{public}history/")
    assert history.says("单位来电更正：另有一盏装在坡道口。", "装灯 2 盏", "装灯 3 盏")


# --- 9: the conclusion --------------------------------------------------------------------------
def conclude(city: City, number: str) -> None:
    """Refused while a step is open; with the last step declared it goes to the office, and on to scoring."""
    city.on(PLAN_DAYS[1] + 2)
    clerk, officer = city.person("clerk"), city.person("officer")
    report = Report.objects.get(kind="concluding")
    step, indicator = report.project.steps.get(done_on=None), report.project.indicators.get()
    address = f"/desk/reports/{report.pk}/"
    words = {"work": "6 盏灯全部装好，天黑自动亮。", "problems": "无。", "next": "交后勤科每周巡查。"}
    clerk.open(address)
    assert refusal(clerk, words, press="上报").says("还有步骤没有完成")
    last = (city.today + timedelta(days=PLAN_DAYS[1])).isoformat()
    done = {f"step-{step.pk}-done": True, f"step-{step.pk}-done_on": last, f"step-{step.pk}-note": "通电验收单已存档。"}
    clerk.open(address)
    clerk.submit(words | done | {f"indicator-{indicator.pk}-value": "6"}, press="上报")
    assert Project.objects.get().status == "concluding"
    officer.open(f"/admin/ledger/reports/{report.pk}/")
    officer.submit(press="审核通过")
    page = city.stranger().open(f"/projects/{number}/")
    assert page.says("已结题，待打分", "6 盏灯全部装好", "100%")
    assert clerk.open("/desk/").says("现在没有要做的事"), "reports for the time to come are not owed any more"
