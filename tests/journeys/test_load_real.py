"""A small folder of messages is carried to published scores by the scripted people, once."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from home.real.source import project_title
from monitors.models import Problem, Visit
from portal.models import Campaign, Decision, Suggestion
from projects.models import AnnualList, Project, Report
from voting.models import Result, Round

HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"]
TOGETHER = {"小区油烟": ["V1", "V4", "V7"], "公交站台": ["V2", "V5"]}
VOTED = {
    "V1": "投诉A3区幸福小区油烟扰民", "V4": "A3区幸福小区底商油烟直排", "V7": "幸福小区楼下饭店油烟太大",
    "V2": "请问A5区和平路公交站台什么时候修", "V5": "A5区和平路公交站台塌了一角",
    "V3": "建议A7县实验小学周末开放操场", "V6": "举报A7县某公司拖欠工资",
}  # fmt: skip


def _write(path: Path, more: list[str], rows: list[list[Any]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD, *more])
    for row in rows:
        sheet.append(row)
    book.save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three spreadsheets of twelve messages each, one with no messages, and what plainly belongs together."""
    voted = [[f"V{n}", "网民", VOTED.get(f"V{n}", f"A9市第{n}号路灯不亮的问题"), f"2019/{n}/3 8:00:00", "\t\n 天天如此。", 0, 20 - n]
             for n in range(1, 13)]  # fmt: skip
    _write(tmp_path / "voted.xlsx", ["反对数", "点赞数"], voted)
    replied = [
        [f"R{n}", "网民", f"A2区第{n}件事", "2020-01-02 09:03:11", "内容", "已办。", "2020/2/1 10:00:00"]
        for n in range(12)
    ]
    _write(tmp_path / "replied.xlsx", ["答复意见", "答复时间"], replied)
    labelled = [[f"L{n}", "网民", f"A1区第{n}件事", "2020-01-02 09:03:11", "内容", "环境保护"] for n in range(12)]
    _write(tmp_path / "labelled.xlsx", ["一级分类"], labelled)
    book = Workbook()
    book.active.append(["一级分类", "二级分类"])  # type: ignore[union-attr]
    book.save(tmp_path / "taxonomy.xlsx")
    (tmp_path / "duplicate-clusters.json").write_text(json.dumps(TOGETHER), encoding="utf-8")
    return tmp_path


def load(folder: Path) -> str:
    out = StringIO()
    call_command("load_real", folder, projects=3, monitors=6, pages=1, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_messages_go_all_the_way_to_published_scores_and_only_once(folder: Path) -> None:
    said = load(folder)
    assert "跳过《taxonomy.xlsx》" in said and "装载完成：留言 36 条，有得分的项目 3 个" in said
    assert Suggestion.objects.count() == 36 and Campaign.objects.count() == 1
    for references in TOGETHER.values():
        lead = Suggestion.objects.get(reference=references[0])
        assert lead.status == "adopted" and set(lead.members.values_list("reference", flat=True)) == set(references[1:])
    sources = Project.objects.values_list("sources__reference", flat=True)
    assert sorted(sources) == ["V1", "V2", "V3"], "the two leads, and the most voted that a city can take on"
    for project in Project.objects.all():
        assert project.status == "completed" and project.progress() == 100
        result = project.entries.get().latest_result
        assert result.is_rated and result.n >= 5, "one of six stands aside from one project"
    check_the_year()
    again = load(folder)
    assert again.strip() == "已装载：留言 36 条，有得分的项目 3 个。"
    assert Suggestion.objects.count() == 36 and Round.objects.count() == 1 and Result.objects.count() == 3


def check_the_year() -> None:
    """It passed in order, by several hands, and says everywhere that it is a rehearsal."""
    decisions = Decision.objects.filter(approved=True)
    assert all(one.proposed_by_id != one.decided_by_id for one in decisions)
    assert Decision.objects.filter(approved=False).count() == 1, "one was sent back first"
    issued = AnnualList.objects.get()
    accepted = Report.objects.filter(status="accepted")
    assert {"plan", "month", "quarter", "half_year", "concluding"} == set(accepted.values_list("kind", flat=True))
    assert all(report.work.startswith("（演练）") for report in accepted.exclude(kind="plan"))
    assert all(report.accepted_at.date() > issued.issued_on for report in accepted)
    assert Report.objects.filter(moves__verb="return").count() == 1
    assert Visit.objects.filter(status="published").count() >= 2 and Problem.objects.get().status == "confirmed"
    campaign, one = Campaign.objects.get(), Round.objects.get()
    assert (one.closes_at.date() - campaign.opens_on).days > 300, "a year lies between them"
    assert set(Suggestion.objects.values_list("received_at__year", flat=True)) == {2019, 2020}, (
        "as on the older platform"
    )


@pytest.mark.django_db
def test_a_folder_without_messages_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有留言表格") as refused:
        call_command("load_real", tmp_path)
    assert refused.value.returncode == 2 and not Campaign.objects.exists()


@pytest.mark.django_db
def test_it_never_runs_beside_real_work(folder: Path, settings: Any) -> None:
    settings.WEITAI_DEMO = False
    with pytest.raises(CommandError, match="只能在演示环境里运行"):
        call_command("load_real", folder)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(
    ("title", "topic", "name"),
    [
        ("请将A7县公交线路接入市区统一实时公交查询app的建议", "transport", "A7县公交线路接入市区统一实时公交查询app"),
        ("A3区郝家坪小学何时扩建？", "education", "A3区郝家坪小学扩建"),
        ("A7县星沙联络线噪音污染严重超过国家标准", "ecology", "A7县星沙联络线噪音污染治理"),
        ("投诉A3区幸福小区油烟扰民", "ecology", "A3区幸福小区油烟治理"),
    ],
)
def test_a_message_becomes_the_name_of_a_project(title: str, topic: str, name: str) -> None:
    assert project_title(title, topic) == name and len(name) <= 30
