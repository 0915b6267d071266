"""What the scripted people see of a page, and what their browser sends."""

from __future__ import annotations

import pytest

from home.real.browser import NotOnPage, Page
from home.real.page import read

PAGE = """
<!doctype html><head><title>不算正文</title></head>
<body><script>var hidden = "<p>看不见</p>";</script>
<a href="/one/"><svg><title>图标</title></svg>第一 页</a>
<form action="/send/?next=1" method="post" enctype="multipart/form-data">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc">
  <label>姓名 <input name="name" value="陈&amp;李"></label>
  <textarea name="body">
第一行</textarea>
  <select name="unit"><option value="">请选择</option><option value="7" selected>卫健委</option><option value="8">教育局</option></select>
  <select name="area"><option value="1">桃城区</option><option value="2">冀州区</option></select>
  <label><input type="radio" name="route" value="adopt"> 采纳</label>
  <label><input type="radio" name="route" value="decline" checked> 不采纳</label>
  <label><input type="checkbox" name="topics" value="1" checked> 微教育</label>
  <label><input type="checkbox" name="topics" value="2"> 微医疗</label>
  <input type="checkbox" name="agree">
  <input type="file" name="photos">
  <input name="off" value="x" disabled>
  <input type="hidden" name="pick" value="A"><input type="hidden" name="pick" value="B">
  <button name="do" value="keep">先保存</button><button name="do" value="submit" formaction="/submit/">上报</button>
  <button type="button">加一行</button>
</form>
<input name="outside" value="远" form="far"><form id="far" method="get"><button disabled>停用</button></form>
<template><ul class="field-error"><li>模板里的</li></ul></template>
<ul class="field-error"><li><svg></svg><span>请填写姓名。</span></li></ul>
</body>
"""


def test_it_reads_what_a_person_reads() -> None:
    page = Page("/here/", 200, PAGE)
    assert page.says("第一 页", "先保存") and not page.says("看不见") and not page.says("不算正文")
    assert page.link("第一") == "/one/"
    assert page.errors == ["请填写姓名。"]


def test_an_untouched_form_sends_what_a_browser_sends() -> None:
    form = read(PAGE).forms[0]
    assert form.filled({}, press="先保存") == {
        "csrfmiddlewaretoken": ["abc"], "name": ["陈&李"], "body": ["第一行"], "unit": ["7"], "area": ["1"],
        "route": ["decline"], "topics": ["1"], "pick": ["A", "B"], "do": ["keep"],
    }  # fmt: skip
    assert form.target("先保存") == "/send/?next=1" and form.has_files


def test_choices_are_made_by_value_or_label_and_the_pressed_button_counts() -> None:
    form = read(PAGE).forms[0]
    sent = form.filled({"unit": "教育局", "route": "采纳", "topics": ["微医疗"], "agree": True, "name": None}, "上报")
    assert (sent["unit"], sent["route"], sent["topics"], sent["agree"]) == (["8"], ["adopt"], ["2"], ["on"])
    assert sent["do"] == ["submit"] and form.target("上报") == "/submit/" and sent["name"] == [""]


def test_a_field_may_stand_outside_its_form() -> None:
    far = read(PAGE).forms[1]
    assert far.filled({}) == {"outside": ["远"]} and far.method == "get" and far.buttons == []


@pytest.mark.parametrize("looked_for", [{"names": ["nothing"]}, {"press": "停用"}, {"action": "/elsewhere/"}])
def test_what_is_not_there_is_an_error(looked_for: dict) -> None:
    with pytest.raises(NotOnPage):
        Page("/here/", 200, PAGE).form(**looked_for)


def test_a_choice_that_is_not_offered_is_an_error() -> None:
    with pytest.raises(LookupError, match="没有“卫生局”这个选项"):
        read(PAGE).forms[0].filled({"unit": "卫生局"})
