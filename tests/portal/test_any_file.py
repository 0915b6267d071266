"""The commands that measure, on the spreadsheets of another city: other heads' order, further columns, other places."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal import similar
from portal.models import Suggestion
from tests.factories import CampaignFactory
from tests.spreadsheets import xlsx

pytestmark = pytest.mark.django_db

HEAD = [
    "受理区县",
    "一级分类",
    "留言时间",
    "留言详情",
    "经办人",
    "留言主题",
    "留言用户",
    "点赞数",
    "反对数",
    "留言编号",
]
MATTERS = {
    "交通运输": ("滨江大道公交站没有雨棚", "滨江大道的公交站没有雨棚，下雨天等车的人都淋湿。"),
    "城乡建设": ("东湖花园自来水发黄", "东湖花园三号楼的自来水发黄，放半小时还是黄的。"),
}
ALONE = ["图书馆晚上闭馆太早", "广场舞音响吵到半夜", "老年食堂离家太远", "体育场周末不开放"]


def rows() -> list[list[Any]]:
    found = []
    for label, (title, body) in MATTERS.items():
        for n in range(6):
            told = f"{body}反映第{n + 1}次了，\t\n　　希望管一管。"
            found.append(
                [
                    "江北区",
                    label,
                    f"2026-03-{n + 1:02} 08:00:00",
                    told,
                    "略",
                    f"{title}{'，' * (n % 2)}",
                    "市民",
                    3,
                    0,
                    len(found) + 70001,
                ]
            )
    for n, title in enumerate(ALONE):
        found.append(["江北区", "", "2026/3/9 8:00", title + "。", "略", title, "", "", "", 80001 + n])
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "另一座城市.xlsx"
    path.write_bytes(xlsx(rows(), HEAD))
    return path


def run(*words: Any, **options: Any) -> Any:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_similar_finds_the_others_of_the_matter_by_the_imported_number(file: Path) -> None:
    CampaignFactory(year=2026)
    run("import_suggestions", str(file), campaign=2026)
    similar.catch_up()
    assert Suggestion.objects.count() == len(rows())
    told = json.loads(run("similar", "70001", "--limit", "5", "--json"))
    assert {one["reference"] for one in told["similar"]} == {"70002", "70003", "70004", "70005", "70006"}
    assert [one["score"] for one in told["similar"]] == sorted((one["score"] for one in told["similar"]), reverse=True)


def test_topics_are_evaluated_with_the_file_s_own_classes(file: Path) -> None:
    told = json.loads(run("evaluate_topics", "--train", str(file), "--test", str(file), "--json"))
    assert (told["train_rows"], told["test_rows"], told["accuracy"]) == (12, 12, 1.0)
    assert {row["label"] for row in told["classes"]} == set(MATTERS)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("旧表.xls", b"\xd0\xcf\x11\xe0 old", "xlsx"),
        ("表.csv", "留言编号,留言主题\n1,路灯\n".encode(), "xlsx"),
        ("缺列.xlsx", xlsx([["1", "路灯"]], ["留言编号", "留言主题"]), "缺少列"),
        ("空.xlsx", xlsx([], HEAD), "表格是空的"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run("evaluate_topics", "--train", str(path), "--test", str(path))
