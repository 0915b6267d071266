"""Tables that leave the house: no cell can become a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from config.export import csv_lines, csv_response, safe_cell

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000@", "\u00a0+", "\ufeff=", "\0="]


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_that_looks_like_a_formula_becomes_text(start: str) -> None:
    cell = safe_cell(f"{start}HYPERLINK(1)")
    assert cell.startswith("'")
    assert "\0" not in cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (-3, -3), (1.5, 1.5), ("路灯-不亮", "路灯-不亮"), (Decimal("2.50"), "2.50"), ("", "")],
)
def test_ordinary_values_stay_as_they_are(value: object, cell: object) -> None:
    assert safe_cell(value) == cell


def test_the_table_reads_back_in_excel_and_elsewhere() -> None:
    text = "".join(csv_lines(["编号", "内容"], [["WJ1", '一行\n"两行"，逗号,'], ["WJ2", "=1+1"]]))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [
        ["编号", "内容"],
        ["WJ1", '一行\n"两行"，逗号,'],
        ["WJ2", "'=1+1"],
    ]


def test_rows_are_streamed_one_by_one() -> None:
    taken: list[int] = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield [number]

    response = csv_response("意见建议.csv", ["n"], rows())
    stream = iter(response.streaming_content)
    next(stream), next(stream)
    assert len(taken) == 1
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
