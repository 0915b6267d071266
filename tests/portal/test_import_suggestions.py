"""Spreadsheets come in whole, once, and clean; bad files are refused with one sentence and leave nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.importing import clean_text, read_moment
from portal.models import ImportBatch, Suggestion
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db

HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]
ROW = ["190001", "A0001", "路灯不亮", "2019/2/28 11:25:05", "\n\t\t\n\t　　三号楼前的路灯\n\n坏了两个月\t", "0", "12"]
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"


@pytest.fixture(autouse=True)
def campaign():
    return CampaignFactory()


@pytest.fixture
def sheet(tmp_path):
    """`sheet(rows, head)` writes a spreadsheet and gives its path."""

    def write(rows, head=HEAD, name="messages.xlsx"):
        path = tmp_path / name
        book = xlsxwriter.Workbook(path)
        page = book.add_worksheet()
        for number, cells in enumerate([head, *rows] if head else rows):
            for column, value in enumerate(cells):
                if isinstance(value, datetime):
                    page.write_datetime(number, column, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
                else:
                    page.write(number, column, value)
        book.close()
        return path

    return write


def bring(path, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_suggestions", str(path), stdout=out, stderr=err, **options)
    return out.getvalue()


def refused(path, **options):
    """The sentence with which a file is refused; nothing may have been written."""
    with pytest.raises(CommandError) as caught:
        bring(path, **options)
    assert caught.value.returncode == 2
    assert not Suggestion.objects.exists()
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith("。")
    return sentence


def test_a_row_comes_in_clean_with_its_old_number_and_votes_apart(sheet):
    bring(sheet([ROW]), source="留言板")
    suggestion = Suggestion.objects.get()
    assert (suggestion.reference, suggestion.source, suggestion.channel) == ("190001", "留言板", "import")
    assert suggestion.body == "三号楼前的路灯\n坏了两个月"
    assert suggestion.received_at == timezone.make_aware(datetime(2019, 2, 28, 11, 25, 5))
    assert (suggestion.imported_for, suggestion.imported_against, suggestion.support_count) == (12, 0, 0)
    assert suggestion.status == Suggestion.Status.RECEIVED
    assert [move.verb for move in suggestion.moves.all()] == ["create"]
    assert suggestion.history.get().history_change_reason == "导入：留言板"


@pytest.mark.parametrize(
    "written",
    ["2020-01-02 09:03:11", "2020/1/2 9:03:11", datetime(2020, 1, 2, 9, 3, 11)],
    ids=["dashes", "slashes", "date cell"],
)
def test_every_form_of_date_is_the_same_moment(sheet, written):
    bring(sheet([[*ROW[:3], written, *ROW[4:]]]))
    assert Suggestion.objects.get().received_at == timezone.make_aware(datetime(2020, 1, 2, 9, 3, 11))


def test_a_row_with_a_reply_arrives_answered_on_the_day_of_the_reply(sheet):
    head = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
    bring(
        sheet(
            [
                [*ROW[:5], "已转城管局，三月底前修好。", "2019/3/1 8:00:00"],
                ["2", "B", "又一条", "2019/3/1", "正文", "", ""],
            ],
            head,
        )
    )
    answered, waiting = Suggestion.objects.order_by("-reference")[1], Suggestion.objects.get(reference="2")
    assert answered.status == Suggestion.Status.ANSWERED
    assert answered.imported_reply.text == "已转城管局，三月底前修好。"
    assert [(m.verb, timezone.localdate(m.at)) for m in answered.moves.all()] == [
        ("create", date(2019, 2, 28)),
        ("bring_answer", date(2019, 3, 1)),
    ]
    assert waiting.status == Suggestion.Status.RECEIVED


def test_running_it_again_adds_nothing_and_new_rows_join(sheet):
    rows = [[str(n), *ROW[1:]] for n in range(700)]
    assert "新增 700 条" in bring(sheet(rows), source="x")
    assert "新增 0 条，已有 700 条" in bring(sheet(rows), source="x")
    assert "新增 1 条，已有 700 条" in bring(sheet([*rows, ["9999", *ROW[1:]]]), source="x")
    assert Suggestion.objects.count() == 701
    assert Suggestion.objects.values("number").distinct().count() == 701


def test_a_broken_run_goes_on_where_it_stopped(sheet, monkeypatch):
    from portal import importing_run

    rows = [[str(n), *ROW[1:]] for n in range(1200)]
    real, calls = importing_run.bring_in, []

    def breaks_at_the_third(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(importing_run, "bring_in", breaks_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        bring(sheet(rows), source="x")
    assert Suggestion.objects.count() == 1000
    monkeypatch.undo()
    assert "新增 200 条，已有 1,000 条" in bring(sheet(rows), source="x")


def test_other_heads_are_mapped(sheet):
    path = sheet([["7", "标题七", "2020-01-01", "正文七"]], ["工单", "事项", "日子", "描述"])
    bring(path, map=["工单=reference", "事项=title", "日子=received_at", "描述=body"])
    assert Suggestion.objects.get().title == "标题七"


def test_an_empty_title_takes_the_first_line_of_the_body(sheet):
    bring(sheet([["1", "", "", "2020-01-01", "第一行\n第二行", "", ""]]))
    assert Suggestion.objects.get().title == "第一行"


def test_the_command_leaves_the_record_that_the_screens_show(sheet):
    bring(sheet([ROW]), source="留言板")
    one = ImportBatch.objects.get()
    assert (one.status, one.rows, one.added, one.source, one.by) == ("done", 1, 1, "留言板", None)
    assert one.mapping["body"] == "留言详情"
    assert Suggestion.objects.get().batch == one
    with pytest.raises(CommandError):
        bring(sheet([["", *ROW[1:]]]))
    refused = ImportBatch.objects.first()
    assert (refused.status, refused.faults, refused.file.name) == ("dropped", 1, "")


# --- refused -----------------------------------------------------------------------------------


def test_it_refuses_what_is_no_spreadsheet(tmp_path):
    path = tmp_path / "messages.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0 this is something else")
    assert "不是 xlsx" in refused(path)


def test_it_refuses_a_missing_file(tmp_path):
    assert "找不到" in refused(tmp_path / "nothing.xlsx")


def test_it_refuses_wrong_columns_and_names_those_it_found(sheet):
    sentence = refused(sheet([["a", "b"]], ["一级分类", "二级分类"]))
    assert "缺少列" in sentence and "二级分类" in sentence


def test_it_refuses_a_formula_and_names_the_cell(sheet):
    assert "C2" in refused(sheet([["1", "u", "=1+1", *ROW[3:]]]))


def test_it_refuses_a_date_in_2099_and_lists_every_fault(sheet, tmp_path):
    bad = [[str(n), "u", "t", "2099/1/1 0:00:00" if n % 2 else "昨天", "正文", "x", "1"] for n in range(3)]
    assert "6 处" in refused(sheet([ROW, *bad]))
    with (tmp_path / "messages-错误.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["行", "列", "内容", "原因"]
    assert rows[1][:2] == ["3", "留言时间"] and "昨天" in rows[1][2]
    assert {row[0] for row in rows[1:]} == {"3", "4", "5"}
    assert any("将来" in row[3] for row in rows)


def test_an_amount_that_is_no_number_gives_a_chinese_row_fault(sheet, tmp_path):
    refused(sheet([[*ROW[:6], "abc"]]))
    assert "不是整数" in (tmp_path / "messages-错误.csv").read_text(encoding="utf-8-sig")


def test_the_error_file_holds_no_formula_for_excel_to_run(sheet, tmp_path):
    refused(sheet([[*ROW[:3], "+cmd|' /C calc'!A0", *ROW[4:]]]))
    with (tmp_path / "messages-错误.csv").open(encoding="utf-8-sig") as file:
        assert list(csv.reader(file))[1][2].startswith("'")


@pytest.mark.parametrize("head", [None, HEAD], ids=["nothing at all", "only a head"])
def test_it_refuses_an_empty_sheet(sheet, head):
    assert "空" in refused(sheet([], head))


def test_it_refuses_a_bomb_before_opening_it(sheet, tmp_path):
    path = sheet([ROW])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet9.xml", b"0" * 50_000_000)
    assert path.stat().st_size < 1_000_000
    assert "太大" in refused(path)


def test_it_refuses_a_year_without_a_campaign(sheet):
    assert "没有1999年度征集" in refused(sheet([ROW]), campaign=1999)


# --- reading ------------------------------------------------------------------------------------


def test_cleaning_keeps_lines_and_drops_wrapping():
    assert clean_text("\n\t\t　　一\u3000二\x00\n\n \t三\u200b\r\n") == "一 二\n三"


@pytest.mark.parametrize("value", ["", "2020", "31/12/2020", "2020-13-01", "1999-01-01"])
def test_what_is_no_plausible_date_is_refused(value):
    with pytest.raises(ValueError):
        read_moment(value)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real messages are not beside the project")
@pytest.mark.parametrize(
    ("name", "count", "answered"),
    [("messages-with-votes", 2228, 0), ("messages-with-replies", 1408, 1408), ("messages-labelled", 247, 0)],
)
def test_the_real_files_come_in_whole(name, count, answered, tmp_path):
    errors = tmp_path / "errors.csv"
    bring(REAL / f"{name}.xlsx", errors=errors)
    rows = Suggestion.objects.filter(source=name)
    assert rows.count() == count
    assert rows.filter(status="answered").count() == answered
    assert not errors.exists()
    assert "新增 0 条" in bring(REAL / f"{name}.xlsx", errors=errors)
