"""Similar suggestions: those that say the same are found among others, the index follows every change, and nothing that
is not public is shown to the public."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal import similar
from portal.models import Incoming, SimilarGram, SimilarPosting, SimilarText, Suggestion, bring_in
from tests.factories import CampaignFactory, SuggestionFactory

pytestmark = pytest.mark.django_db

# Three matters, each told by four people in their own words, and some that stand alone.
CLUSTERS = {
    "路灯": [
        ("和平路东头路灯不亮", "和平路从粮食局到铁道口这一段，路灯灭了快一个月，晚上下班骑车看不见坑。"),
        ("和平路铁道口附近晚上一片漆黑", "路灯坏了没人修，孩子上完晚自习回来要打手电，盼着早点修好和平路的路灯。"),
        ("反映和平路路灯长期不亮的问题", "您好，和平路东段的路灯从上个月起就不亮，已经有老人摔倒。"),
        ("请尽快维修和平路路灯", "家住粮食局宿舍，门口和平路的路灯整排不亮，晚上出门害怕。"),
    ],
    "公交": [
        ("建议12路公交延长到高铁站", "坐高铁回来还要换乘一次，12路终点站离高铁站只差两公里，能不能延长过去。"),
        ("高铁站没有直达公交", "拖着行李从高铁站出来，12路公交不进站，只能打车。"),
        ("12路公交车能否通到高铁站", "学生放假都要去高铁站，12路就差一点点，希望延长线路。"),
        ("希望开通到高铁站的公交", "现在去高铁站要倒两趟车，建议把12路延长。"),
    ],
    "接种": [
        ("社区医院打疫苗周末不上班", "河西街道社区卫生服务中心只在周二周四打疫苗，上班的家长要请假带孩子去。"),
        ("希望周末也能给孩子打疫苗", "河西社区卫生服务中心接种门诊周末关门，双职工家庭很不方便。"),
        ("疫苗接种时间太少", "河西街道卫生服务中心一周只开两天接种，每次排队三个小时，周末能不能开。"),
        ("建议接种门诊周末开放", "孩子打预防针总要请假，河西街道的接种门诊周末应当开半天。"),
    ],
}
ALONE = [
    ("菜市场没有公共厕所", "早市上千人，最近的厕所在八百米外。"),
    ("老年大学报名名额太少", "凌晨就有人排队，书法班十分钟报满。"),
    ("公园健身器材生锈", "滏阳公园的单杠松动，踏步机断了一只脚踏。"),
    ("小区门口电动车充电桩不够", "三百户只有八个插头，大家从楼上拉线充电。"),
    ("图书馆闭馆太早", "下班以后已经关门，希望延长到晚上九点。"),
    ("和平路中学门口放学拥堵", "家长的车停满两侧，公交过不去。"),
]


def write(pairs: Any, **facts: Any) -> list[Suggestion]:
    """Suggestions with these texts, compared as they would be after the transaction."""
    made = [SuggestionFactory(title=title, body=body, **facts) for title, body in pairs]
    similar.keep([one.pk for one in made])
    return made


def found(one: Suggestion, limit: int = 5) -> list[str]:
    return [like.suggestion.title for like in similar.similar_to(one, limit)]


def state() -> tuple[list[Any], list[Any], list[Any]]:
    """The whole index; grams that no text has any more count as none."""
    texts = SimilarText.objects.order_by("pk").values_list("pk", "title", "body")
    postings = SimilarPosting.objects.order_by("gram", "suggestion_id").values_list("gram", "suggestion_id")
    return list(texts), list(SimilarGram.objects.filter(texts__gt=0).order_by("gram").values_list()), list(postings)


def test_each_finds_the_others_of_its_matter_first() -> None:
    write(ALONE)
    made = {name: write(pairs) for name, pairs in CLUSTERS.items()}
    for name, members in made.items():
        own = {title for title, _body in CLUSTERS[name]}
        for one in members:
            titles = found(one, 3)
            assert titles[0] in own and one.title not in titles, (one.title, titles)


def test_scores_are_1_for_the_same_text_and_fall_to_nothing() -> None:
    write(ALONE)
    same, again = write([ALONE[0], ALONE[0]])
    assert similar.similar_to(same)[0].score == pytest.approx(1, abs=0.02)
    other = write([("Wi-Fi", "xyz")])[0]
    assert similar.similar_to(other) == [] and again.title not in found(other)
    assert similar.look_up("", "", Suggestion.objects.all(), 5) == []
    assert similar.look_up("，。！", "🙂", Suggestion.objects.all(), 5) == []


def test_one_more_is_found_at_once_and_one_less_leaves_no_trace() -> None:
    write(ALONE)
    one = write(CLUSTERS["路灯"][:1])[0]
    before = state()
    extra = write(CLUSTERS["路灯"][1:2])[0]
    assert found(one)[0] == extra.title
    similar.forget(extra.pk)
    assert extra.title not in found(one)
    assert state() == before


def test_a_changed_text_is_found_by_its_new_words_alone() -> None:
    write(ALONE)
    lamp, bus = write([CLUSTERS["路灯"][0], CLUSTERS["公交"][0]])
    changed = write([CLUSTERS["路灯"][2]])[0]
    assert changed.title in found(lamp)
    changed.title, changed.body = CLUSTERS["公交"][2]
    changed.save(update_fields=["title", "body"])
    assert similar.keep([changed.pk]) == 1 and similar.keep([changed.pk]) == 0  # the second time nothing has changed
    assert CLUSTERS["公交"][2][0] in found(bus) and CLUSTERS["公交"][2][0] not in found(lamp)
    fresh = state()
    similar.clear()
    similar.catch_up()
    assert state()[:2] == fresh[:2]  # as if built from nothing


def test_who_writes_keeps_the_index_fresh(django_capture_on_commit_callbacks: Any, sign_in: Any, officer: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        typed = SuggestionFactory(open=True, title="和平路东头路灯不亮", body="晚上看不清路。")
        row = Incoming(reference="88", title="和平路东头路灯不亮了", body="晚上看不清路。", received_at=timezone.now())
        bring_in([row], campaign=CampaignFactory(), source="旧平台")
    assert found(typed) == ["和平路东头路灯不亮了"]
    with django_capture_on_commit_callbacks(execute=True):
        office = sign_in(officer)
        address = f"/admin/suggestions/{typed.number}/edit/"
        form = office.get(address).context["form"]
        data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
        office.post(
            address, data | {"title": "图书馆闭馆太早", "body": "下班以后已经关门。", "reason": "按提出人来电更正"}
        )
    typed.refresh_from_db()
    assert typed.title == "图书馆闭馆太早" and found(typed) == []


def test_building_goes_on_where_it_was_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [SuggestionFactory(title=title, body=body) for title, body in ALONE]
    monkeypatch.setattr(similar, "BATCH", 2)

    def break_off(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        similar.catch_up(break_off)
    assert SimilarText.objects.count() == 2
    out = StringIO()
    call_command("index_similar", stdout=out)
    assert "编入 4 条" in out.getvalue()
    assert SimilarText.objects.count() == len(made)
    complete = state()
    call_command("index_similar", anew=True, stdout=out)
    assert state()[:2] == complete[:2]


def test_what_could_not_be_kept_is_kept_in_the_night(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write([*ALONE, CLUSTERS["路灯"][0], CLUSTERS["公交"][0]])
    Suggestion.objects.filter(pk=made[0].pk).update(title="和平路路灯不亮了", public_title="和平路路灯不亮了")
    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(similar, "_GRAM", "no_such_table")
        similar.keep_later([made[0].pk])
    assert "和平路路灯不亮了" not in found(made[-2])
    assert similar.catch_up() == 1
    assert "和平路路灯不亮了" in found(made[-2])


def test_what_was_measured_among_few_is_measured_anew_later() -> None:
    first = write(ALONE[:1])[0]
    write([pair for pairs in CLUSTERS.values() for pair in pairs])
    assert SimilarText.objects.get(pk=first.pk).among == 1
    assert similar.catch_up(most_anew=5) > 0
    assert SimilarText.objects.get(pk=first.pk).among == 13
    assert similar.catch_up() == 0


def test_the_public_sees_public_ones_alone_and_staff_all_but_the_refused() -> None:
    one, twin, private = CLUSTERS["路灯"][0], CLUSTERS["路灯"][2], CLUSTERS["路灯"][3]
    shown = write([twin], open=True)[0]
    hidden = [*write([twin]), *write([twin], not_accepted=True), *write([private], open=True, is_public=False)]
    assert [like.suggestion for like in similar.similar_in_public(*one, floor=0.01)] == [shown]
    mine = write([one], open=True)[0]
    staff = {like.suggestion.pk for like in similar.similar_to(mine)}
    assert staff == {shown.pk, hidden[0].pk, hidden[2].pk}


def test_a_merged_one_shows_the_suggestion_that_is_worked_on(officer: Any) -> None:
    lead, member = write([CLUSTERS["路灯"][0], CLUSTERS["路灯"][2]], open=True)
    member.merge_into(lead, officer)
    assert [like.suggestion for like in similar.similar_in_public(*CLUSTERS["路灯"][2], floor=0.01)] == [lead]


def test_public_ones_are_found_behind_a_hundred_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "ASKED_FOR", 4)
    write([CLUSTERS["路灯"][0]] * 12)
    shown = write([CLUSTERS["路灯"][2]], open=True)[0]
    assert [like.suggestion for like in similar.similar_in_public(*CLUSTERS["路灯"][0], floor=0.01)] == [shown]


def test_words_that_everybody_uses_still_find_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "ROWS_READ", 3)
    monkeypatch.setattr(similar, "NEWEST_OF_COMMON", 2)
    made = write([("路灯不亮", "")] * 6, open=True)
    assert {like.suggestion for like in similar.similar_in_public("路灯不亮", "")} == set(made[-2:])


def test_a_look_up_takes_the_same_few_queries_for_one_and_for_many(django_assert_num_queries: Any) -> None:
    one = write(CLUSTERS["路灯"][:1])[0]
    write(CLUSTERS["路灯"][1:2])
    with django_assert_num_queries(5):
        similar.similar_to(one)
    write([*CLUSTERS["路灯"][2:], *CLUSTERS["公交"], *ALONE])
    with django_assert_num_queries(5):
        [like.suggestion.area.full_name for like in similar.similar_to(one)]


def test_the_command_names_numbers_references_and_scores() -> None:
    one = write(CLUSTERS["路灯"][:1], reference="360100", source="旧平台")[0]
    twin = write(CLUSTERS["路灯"][2:3], reference="360101", source="旧平台")[0]
    for ref in ("360100", one.number, one.number.lower()):
        out = StringIO()
        call_command("similar", ref, limit=1, as_json=True, stdout=out)
        told = json.loads(out.getvalue())
        assert told["number"] == one.number
        assert [(row["number"], row["reference"]) for row in told["similar"]] == [(twin.number, "360101")]
        assert 0 < told["similar"][0]["score"] <= 1
    out = StringIO()
    call_command("similar", "360100", stdout=out)
    assert twin.title in out.getvalue()
    with pytest.raises(CommandError, match="没有编号或原编号"):
        call_command("similar", "没有这个")
