"""What `make bench` prints, on a handful of messages, so that it cannot rot; and the list of pairs that were read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portal.models import Suggestion
from tests.spreadsheets import HEAD, xlsx

BENCH = Path(__file__).parent.parent / "bench"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCH))
    import run

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two people on each of three matters, others alone, and some with their class."""
    rows = []
    for n, (place, matter) in enumerate([("和平路", "路灯不亮"), ("人民路", "停车没有位置"), ("滨湖", "公交班次太少")]):
        for again in (0, 1):
            rows.append(
                [
                    f"{n}{again}",
                    "甲",
                    f"{place}{matter}{'了' * again}",
                    "2026/3/1 8:00:00",
                    f"{place}一带{matter}，请管一管。" * 2,
                ]
            )
    (tmp_path / "messages-with-votes.xlsx").write_bytes(xlsx([*rows, *_alone()], HEAD[:5]))
    labelled = [[*row, "交通运输" if n % 2 else "城乡建设"] for n, row in enumerate(rows + _alone())]
    (tmp_path / "messages-labelled.xlsx").write_bytes(xlsx(labelled))
    (tmp_path / "duplicate-clusters.json").write_text(json.dumps({"路灯": ["00", "01"], "停车": ["10", "11"]}))
    return tmp_path


def _alone() -> list[list[str]]:
    texts = ["图书馆闭馆太早，晚上没有地方看书。", "早市旁边没有公厕，要走八百米。", "老年大学名额太少，凌晨就排队。"]
    return [[f"9{n}", "乙", text[:6], "2026/3/2 9:00:00", text] for n, text in enumerate(texts)]


@pytest.mark.django_db
def test_every_figure_is_measured(bench: Any, folder: Path, capsys: Any) -> None:
    found = list(bench.figures(folder, bench.Size(filler=30, asked=8, checked=2, seeds=1)))
    figures = {one.name: one for one in found}
    assert Suggestion.objects.filter(source="filler").count() == 30
    assert figures["similar: a sibling among the first five"].value == "100.0%"
    assert figures["search: hits against reading every text"].value.startswith("0 missed, 0 too many")
    assert {name.split(":")[0] for name in figures} >= {"topic", "similar", "search", "one tap to merge", "import"}
    missed = bench.show(iter([bench.Figure("a", "1", "2", False), bench.Figure("b", "2", "2", True)]))
    assert missed == 1 and "NO" in capsys.readouterr().out


def test_of_the_pairs_that_were_read_nearly_all_say_the_same(bench: Any) -> None:
    pairs = bench.merges.read_pairs()
    assert len(pairs) == bench.merges.DRAWN and all(first < second for first, second in pairs)
    assert sum(pairs.values()) >= 0.95 * len(pairs)


def test_drawing_again_gives_the_same_pairs_in_whatever_order_they_come(bench: Any) -> None:
    offered = [(f"{n:03}", f"{n + 1:03}") for n in range(300)]
    drawn = bench.merges.draw(offered)
    assert len(set(drawn)) == bench.merges.DRAWN
    assert drawn == bench.merges.draw([*reversed(offered), *offered])
    assert drawn != bench.merges.draw(offered[:-1])
