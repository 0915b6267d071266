"""Importing in the admin: columns chosen and remembered, checked before anything is written, done in the background."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.models import ImportBatch, Suggestion
from portal.tasks import work_on_imports
from tests.factories import CampaignFactory
from tests.spreadsheets import HEAD, batch, lines, upload

pytestmark = pytest.mark.django_db

LIST, NEW = reverse("office:imports:list"), reverse("office:imports:new")
OTHER_HEAD = ["工单", "事项", "日子", "描述", "备注"]
OTHER_LINES = [["G1", "车站缺座椅", "2026-03-02", "等车没有地方坐。", "无"]]
OTHER_COLUMNS = {"reference": "工单", "title": "事项", "received_at": "日子", "body": "描述"}


@pytest.fixture(autouse=True)
def campaign() -> Any:
    return CampaignFactory()


@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def send(client: Client, campaign: Any, file: Any, **data: str) -> Any:
    return client.post(NEW, {"new_source": "市长信箱", "campaign": campaign.pk, "file": file} | data)


def address(name: str, one: ImportBatch | None = None) -> str:
    return reverse(f"office:imports:{name}", args=[(one or ImportBatch.objects.latest("pk")).pk])


def chosen_on(page: Any) -> dict[str, str]:
    """What the columns page has chosen beforehand, as its form would send it."""
    return {line["field"].name: line["head"] for line in page.context["lines"]}


def uploaded_and_checked(client: Client, campaign: Any, rows: Any, head: Any = HEAD, **data: str) -> Any:
    """The page of the check, after uploading and taking the columns as they were chosen beforehand."""
    page = client.get(send(client, campaign, upload(rows, head), **data)["Location"])
    client.post(address("columns"), chosen_on(page))
    work_on_imports()
    return client.get(address("batch"))


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


# --- the whole way ------------------------------------------------------------------------------
def test_a_spreadsheet_goes_from_upload_to_the_queue(office: Client, campaign: Any, officer: Any) -> None:
    rows = [*lines(2), ["T9", "王某", "校门口太挤", "2026/3/2 9:00:00", "放学时车进不去。", "交通运输"]]
    checked = uploaded_and_checked(office, campaign, rows)
    text = checked.content.decode()
    assert "校门口太挤" in text and "导入这 3 条" in text
    assert not Suggestion.objects.exists()

    started = office.post(address("start"))
    waiting = office.get(started["Location"]).content.decode()
    assert "正在导入" in waiting and "<progress" in waiting and "看最新进度" in waiting
    work_on_imports()
    done = office.get(address("batch"))
    assert "看这 3 条留言" in done.content.decode()
    listed = office.get(done.context["queue_href"]).content.decode()
    assert all(row[2] in listed for row in rows)

    one = Suggestion.objects.get(reference="T9")
    assert (one.source, one.batch, one.status, one.topic.slug) == (
        "市长信箱",
        ImportBatch.objects.get(),
        "received",
        "transport",
    )
    assert one.history.get().history_user == officer
    assert [(move.verb, move.by) for move in ImportBatch.objects.get().moves.exclude(by=None)] == [
        ("create", officer), ("choose", officer), ("start", officer)]  # fmt: skip


def test_the_filter_shows_this_batch_alone(office: Client, campaign: Any) -> None:
    first, second = batch(campaign, lines(1)), batch(campaign, lines(1, 50))
    page = office.get(office.get(address("batch", second)).context["queue_href"]).content.decode()
    assert "第50号路口" in page and "第1号路口" not in page
    assert f'value="{second.pk}" selected' in page
    assert str(first) not in office.get(reverse("office:queue")).content.decode()


# --- columns ------------------------------------------------------------------------------------
def test_known_heads_are_chosen_beforehand_with_samples_beside_them(office: Client, campaign: Any) -> None:
    page = office.get(send(office, campaign, upload(lines(5)))["Location"])
    assert chosen_on(page)["body"] == "留言详情" and chosen_on(page)["reply"] == ""
    title = next(line for line in page.context["lines"] if line["field"].name == "title")
    assert title["cells"] == [row[2] for row in lines(3)]


def test_the_next_file_of_a_source_finds_its_columns_chosen(office: Client, campaign: Any) -> None:
    send(office, campaign, upload(OTHER_LINES, OTHER_HEAD), new_source="热线")
    assert not any(chosen_on(office.get(address("columns"))).values())
    office.post(address("columns"), OTHER_COLUMNS)
    work_on_imports()
    office.post(address("start"))
    work_on_imports()
    assert Suggestion.objects.get(source="热线").title == "车站缺座椅"

    send(office, campaign, upload(OTHER_LINES, OTHER_HEAD), source="热线", new_source="")
    page = office.get(address("columns"))
    assert {field: head for field, head in chosen_on(page).items() if head} == OTHER_COLUMNS
    assert "已按上次的选法选好" in page.content.decode()


def test_a_field_without_a_column_or_a_column_used_twice_is_refused(office: Client, campaign: Any) -> None:
    send(office, campaign, upload(OTHER_LINES, OTHER_HEAD))
    page = office.post(address("columns"), OTHER_COLUMNS | {"reference": "", "name": "事项"})
    text = page.content.decode()
    assert "请选一列" in text and "“事项”已用作" in text
    assert ImportBatch.objects.get().status == "preparing"
    assert chosen_on(page)["body"] == "描述"


def test_without_a_title_column_the_first_line_of_the_body_stands_in(office: Client, campaign: Any) -> None:
    send(office, campaign, upload(OTHER_LINES, OTHER_HEAD))
    office.post(address("columns"), OTHER_COLUMNS | {"title": ""})
    work_on_imports()
    office.post(address("start"))
    work_on_imports()
    assert Suggestion.objects.get().title == "等车没有地方坐。"


# --- the check ----------------------------------------------------------------------------------
def test_faults_are_shown_row_by_row_and_stop_everything(office: Client, campaign: Any) -> None:
    bad = ["T8", "李某", "日期不对", "=cmd|' /C calc'!A0", "正文", ""]
    page = uploaded_and_checked(office, campaign, [*lines(1), bad, ["", "李某", "没有编号", "2026/3/1", "正文", ""]])
    text = page.content.decode()
    assert "有 2 处不能导入" in text and "编号是空的" in text and "不是能看懂的日期" in text
    assert address("start") not in text
    assert "还有 2 处不能导入" in told(office.post(address("start")))
    work_on_imports()
    assert not Suggestion.objects.exists()

    answer = office.get(address("faults"))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == ["行", "列", "内容", "原因"]
    assert [row[:2] for row in rows[1:]] == [["3", "留言时间"], ["4", "留言编号"]]
    assert rows[1][2].startswith("'=")
    assert "attachment" in answer["Content-Disposition"]


def test_the_check_tells_new_known_and_doubled_rows_apart(office: Client, campaign: Any) -> None:
    batch(campaign, lines(2))
    page = uploaded_and_checked(office, campaign, [*lines(3), ["T3", "李某", "编号用了两次", "2026/3/1", "正文", ""]])
    one = page.context["one"]
    assert (one.rows, one.new, one.known, one.faults) == (4, 1, 3, 0)
    text = page.content.decode()
    assert text.count("已有，跳过") == 2 and "编号与第 4 行相同" in text
    office.post(address("start"))
    work_on_imports()
    assert Suggestion.objects.get(reference="T3").title == "第3号路口的路灯不亮"
    assert "3 条" in office.get(address("batch")).content.decode()


def test_a_file_with_nothing_new_has_no_start(office: Client, campaign: Any) -> None:
    batch(campaign, lines(2))
    page = uploaded_and_checked(office, campaign, lines(2)).content.decode()
    assert "没有要新增的" in page and "导入这" not in page


def test_the_check_keeps_no_names_in_the_clear(office: Client, campaign: Any) -> None:
    uploaded_and_checked(office, campaign, lines(2))
    assert "李某" not in str(ImportBatch.objects.values_list("findings", flat=True).get())


def test_giving_up_removes_the_file_and_leaves_the_list_empty(office: Client, campaign: Any) -> None:
    uploaded_and_checked(office, campaign, lines(1))
    one = ImportBatch.objects.get()
    storage, name = one.file.storage, one.file.name
    assert storage.exists(name) and "留言" not in name
    office.post(address("drop"))
    assert not storage.exists(name)
    assert "还没有导入过表格" in office.get(LIST).content.decode()


# --- bad files ----------------------------------------------------------------------------------
def test_a_bad_file_gets_the_sentence_of_the_command_and_keeps_what_was_typed(
    office: Client, campaign: Any, tmp_path: Any
) -> None:
    path = tmp_path / "messages.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0 something else")
    with pytest.raises(CommandError) as said, path.open("rb") as file:
        page = send(office, campaign, file, new_source="信访系统")
        call_command("import_suggestions", str(path))
    assert str(said.value) in page.content.decode()
    assert 'value="信访系统"' in page.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("rows", "word"), [([["1", "u", "=1+1"]], "公式"), ([], "表格是空的")], ids=["formula", "empty"]
)
def test_formulas_and_empty_sheets_are_refused_at_the_door(
    rows: Any, word: str, office: Client, campaign: Any, tmp_path: Any
) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "f.xlsx")
    page = book.add_worksheet()
    for number, cells in enumerate([HEAD, *rows]):
        for column, value in enumerate(cells):
            page.write(number, column, value)
    book.close()
    with (tmp_path / "f.xlsx").open("rb") as file:
        assert word in send(office, campaign, file).content.decode()
    assert not ImportBatch.objects.exists()


def test_it_asks_for_source_and_file(office: Client, campaign: Any) -> None:
    text = office.post(NEW, {"campaign": campaign.pk}).content.decode()
    assert "请写这份表来自哪里" in text and "请选一份 xlsx 表格" in text


def test_a_new_name_beside_an_old_source_is_a_question(office: Client, campaign: Any) -> None:
    batch(campaign, source="热线")
    page = send(office, campaign, upload(lines(1)), source="热线", new_source="热线二期")
    assert "上面已选“热线”" in page.content.decode()


# --- the list -----------------------------------------------------------------------------------
def test_the_list_costs_the_same_for_one_and_for_many(
    office: Client, campaign: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    assert "还没有导入过表格" in office.get(LIST).content.decode()
    batch(campaign, lines(1))
    with django_assert_max_num_queries(20) as counted:
        office.get(LIST)
    for n in range(2):
        batch(campaign, lines(1, 10 + n))
    with django_assert_num_queries(len(counted)):
        text = office.get(LIST).content.decode()
    assert text.count("已导入") == 3 and "市长信箱" in text


def test_the_auditor_reads_everything_and_can_do_nothing(sign_in: Any, auditor: Any, campaign: Any) -> None:
    client = sign_in(auditor)
    checked, done = batch(campaign, stage="checked", source="甲"), batch(campaign, source="乙")
    text = "".join(
        client.get(url).content.decode() for url in (LIST, address("batch", checked), address("batch", done))
    )
    assert "第1号路口" in text
    for name, one in (("start", checked), ("drop", checked), ("columns", checked), ("undo", done)):
        assert address(name, one) not in text
        client.post(address(name, one))
    assert sorted(ImportBatch.objects.values_list("status", flat=True)) == ["checked", "done"]
