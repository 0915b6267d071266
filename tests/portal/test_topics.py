"""Topic and unit are proposed, never decided: quality, figures, commands, screens."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal import proposals
from portal.classify import Classifier, Example, Guess, NothingToLearn, Told, cross_validate, folds, train
from portal.labelled import FLOOR, SURE, class_words, confidence_word, figures
from portal.models import Decision, LearnedModel, Suggestion, Topic, Unit
from portal.proposals import propose_topics, propose_units, starter, topic_words
from tests.factories import SuggestionFactory, UnitFactory

HERE = Path(__file__).resolve().parent
REAL = HERE.parents[2] / "shared" / "data" / "real" / "messages-labelled.xlsx"
HEAD = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级分类"]
Kind = LearnedModel.Kind


@cache
def texts() -> list[Example]:
    """At least ten texts per topic, written for these tests."""
    rows = [line.split("\t") for line in (HERE / "topic_texts.tsv").read_text("utf-8").splitlines()[1:]]
    return [Example(title, body, slug) for slug, title, body in rows]


@pytest.fixture
def topics(db: None) -> dict[str, Topic]:
    return {topic.slug: topic for topic in Topic.objects.all()}


@pytest.fixture
def sheet(tmp_path: Path) -> Any:
    def write(examples: list[Example], head: list[str] = HEAD, name: str = "labelled.xlsx") -> Path:
        path = tmp_path / name
        book = xlsxwriter.Workbook(path)
        page = book.add_worksheet()
        rows = [[str(n), "", one.title, "2020/1/2 10:00:00", one.body, one.label] for n, one in enumerate(examples)]
        for number, cells in enumerate([head, *rows]):
            page.write_row(number, 0, cells[: len(head)])
        book.close()
        return path

    return write


def run(command: str, *words: str) -> str:
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def refused(command: str, *words: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(command, *words)
    assert caught.value.returncode == 2
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith("。")
    return sentence


# --- how well -----------------------------------------------------------------------------------
def test_the_words_alone_tell_most_texts_of_every_topic(topics: dict[str, Topic]) -> None:
    words = topic_words(topics.values())
    measured = figures([Told(one.label, starter(one, words) or [Guess("", 0.0)]) for one in texts()])
    assert {row["label"] for row in measured["classes"]} == set(topics)
    assert all(row["rows"] >= 10 and row["recall"] >= 0.7 for row in measured["classes"])
    assert measured["accuracy"] >= 0.9
    assert measured["confidence"][0]["accuracy"] >= 0.9


def test_a_model_tells_texts_that_it_has_not_seen() -> None:
    measured = figures(cross_validate(texts(), class_words(), 5, seed=0))
    assert measured["accuracy"] >= 0.8 and measured["top2"] >= 0.9


def test_without_any_words_it_still_learns_from_the_texts() -> None:
    pair = [one for one in texts() if one.label in ("education", "medical", "transport")]
    assert figures(cross_validate(pair, None, 5, seed=0))["accuracy"] >= 0.6


@pytest.mark.skipif(not REAL.exists(), reason="the labelled messages are not here")
def test_real_messages_are_told_as_well_as_promised() -> None:
    out = json.loads(run("evaluate_topics", str(REAL), "--folds", "5", "--seeds", "1", "--json"))
    assert out["accuracy"] >= 0.78 and out["top2"] >= 0.92
    assert out["calibration_error"] <= 0.12


def test_the_same_texts_give_the_same_model() -> None:
    some = texts()[::3]
    assert train(some, class_words()).dump() == train(some, class_words()).dump()


def test_a_model_comes_back_from_storage_as_it_was() -> None:
    model = train(texts()[::2], class_words())
    again = Classifier.load(model.dump())
    for one in texts()[1::20]:
        kept, fresh = again.guess(one), model.guess(one)
        assert [guess.label for guess in kept[:2]] == [guess.label for guess in fresh[:2]]
        assert kept[0].confidence == pytest.approx(fresh[0].confidence, abs=0.01)
        assert sum(guess.confidence for guess in kept) == pytest.approx(1)


def test_folds_hold_every_text_once_and_every_class_evenly() -> None:
    labels = [one.label for one in texts()]
    parts = folds(labels, 5, seed=3)
    assert sorted(position for part in parts for position in part) == list(range(len(labels)))
    assert all(sum(labels[position] == "sports" for position in part) == 2 for part in parts)
    assert parts != folds(labels, 5, seed=4)


def test_one_class_is_nothing_to_learn() -> None:
    with pytest.raises(NothingToLearn):
        train([one for one in texts() if one.label == "sports"])


def test_confidence_is_said_in_words_and_not_at_all_below_the_floor() -> None:
    assert [confidence_word(value) for value in (SURE, SURE - 0.01, FLOOR, FLOOR - 0.01)] == [
        "很可能",
        "可能",
        "可能",
        "",
    ]


# --- proposing ----------------------------------------------------------------------------------
def test_nothing_is_proposed_for_a_text_that_says_nothing(topics: dict[str, Topic]) -> None:
    one = SuggestionFactory(title="你好", body="谢谢", wish="", topic=None)
    assert propose_topics(one) == [] and propose_units(one, []) == []


def test_with_nothing_learned_the_words_propose_topic_and_usual_unit(topics: dict[str, Topic]) -> None:
    one = SuggestionFactory(title="医院挂号太难", body="门诊排队，医生少，取药要等", wish="", topic=None)
    found = propose_topics(one)
    assert found[0].record == topics["medical"] and found[0].word == "很可能"
    assert propose_units(one, found)[0].record == topics["medical"].default_unit


def test_the_offices_own_keywords_count_at_once(topics: dict[str, Topic]) -> None:
    one = SuggestionFactory(title="候鸟书包计划", body="候鸟书包", wish="", topic=None)
    topics["eldercare"].keywords = "候鸟书包计划 候鸟书包 候鸟"
    topics["eldercare"].save()
    assert propose_topics(one)[0].record == topics["eldercare"]


def test_a_model_below_the_floor_proposes_nothing(topics: dict[str, Topic]) -> None:
    LearnedModel.objects.keep(Kind.TOPIC, proposals.learn_topics(texts()), examples=120, source="")
    assert propose_topics(SuggestionFactory(title="嗯", body="嗯", wish="", topic=None)) == []


def test_a_newer_model_is_used_without_a_restart(topics: dict[str, Topic]) -> None:
    one = SuggestionFactory(title="医院挂号太难", body="门诊排队，医生少", wish="", topic=None)
    LearnedModel.objects.keep(Kind.TOPIC, proposals.learn_topics(texts()), examples=120, source="")
    assert propose_topics(one)[0].record == topics["medical"]
    swapped = [text._replace(label="sports" if text.label == "medical" else text.label) for text in texts()]
    LearnedModel.objects.keep(Kind.TOPIC, train(swapped), examples=120, source="")
    assert propose_topics(one)[0].record == topics["sports"]


def test_proposing_takes_few_queries(topics: dict[str, Topic], django_assert_max_num_queries: Any) -> None:
    LearnedModel.objects.keep(Kind.TOPIC, proposals.learn_topics(texts()), examples=120, source="")
    one = Suggestion.objects.select_related("topic__default_unit", "area").get(pk=SuggestionFactory(topic=None).pk)
    propose_topics(one)
    with django_assert_max_num_queries(3):
        propose_units(one, propose_topics(one))


# --- evaluate_topics ----------------------------------------------------------------------------
def test_a_test_against_another_file_gives_all_figures_as_json(sheet: Any) -> None:
    first, second = sheet(texts()[::2], name="a.xlsx"), sheet(texts()[1::2], name="b.xlsx")
    out = json.loads(run("evaluate_topics", "--train", str(first), "--test", str(second), "--json"))
    assert (out["train_rows"], out["test_rows"], out["rows"]) == (60, 60, 60)
    assert 0.7 <= out["accuracy"] <= out["top2"] <= 1
    assert len(out["classes"]) == 12 and {"label", "rows", "recall", "precision", "top2"} == out["classes"][0].keys()
    assert [row["word"] for row in out["confidence"]] == ["很可能", "可能", "不提示"]
    assert sum(row["rows"] for row in out["confidence"]) == 60
    assert out["unseen_labels"] == []


def test_folds_are_averaged_over_seeds(sheet: Any) -> None:
    some = [one for one in texts() if one.label in ("education", "medical")]
    out = json.loads(run("evaluate_topics", str(sheet(some)), "--folds", "4", "--seeds", "2", "--json"))
    assert (out["examples"], out["folds"], [one["seed"] for one in out["seeds"]]) == (20, 4, [0, 1])
    assert out["accuracy"] == pytest.approx(sum(one["accuracy"] for one in out["seeds"]) / 2, abs=1e-3)


def test_a_class_that_was_never_learned_counts_as_wrong_and_is_named(sheet: Any) -> None:
    known = [one for one in texts() if one.label in ("education", "medical")]
    strange = [one for one in texts() if one.label == "sports"][:3]
    files = sheet(known, name="a.xlsx"), sheet([*known[:3], *strange], name="b.xlsx")
    out = json.loads(run("evaluate_topics", "--train", str(files[0]), "--test", str(files[1]), "--json"))
    assert out["unseen_labels"] == ["sports"] and out["accuracy"] == 0.5


def test_people_are_answered_in_sentences(sheet: Any) -> None:
    file = str(sheet([one for one in texts() if one.label in ("education", "medical")]))
    assert run("evaluate_topics", "--train", file, "--test", file).startswith("首选说对 ")


def test_files_that_cannot_be_used_are_refused_with_one_sentence(sheet: Any, tmp_path: Path) -> None:
    good = str(sheet(texts()[:40]))
    text = tmp_path / "text.xlsx"
    text.write_text("not a table")
    assert "不是 xlsx" in refused("evaluate_topics", "--train", good, "--test", str(text))
    assert "找不到文件" in refused("evaluate_topics", "--train", str(tmp_path / "none.xlsx"), "--test", good)
    bare = sheet(texts()[:4], head=HEAD[:5], name="bare.xlsx")
    assert "缺少列：分类" in refused("evaluate_topics", "--train", good, "--test", str(bare))
    empty = sheet([one._replace(label="") for one in texts()[:4]], name="empty.xlsx")
    assert "没有一行写了分类" in refused("evaluate_topics", "--train", str(empty), "--test", good)
    same = sheet(texts()[:4], name="same.xlsx")
    assert "两个类别" in refused("evaluate_topics", "--train", str(same), "--test", good)
    assert "--folds" in refused("evaluate_topics", good)
    assert "--folds" in refused("evaluate_topics", good, "--folds", "1")


# --- train_topics -------------------------------------------------------------------------------
def test_a_file_teaches_with_its_classes_mapped(topics: dict[str, Topic], sheet: Any) -> None:
    names = {"education": "教育文体", "medical": "卫生计生", "culture": "商贸旅游"}
    rows = [one._replace(label=names[one.label]) for one in texts() if one.label in names]
    said = run("train_topics", "--from", str(sheet(rows)), "--map", "商贸旅游=微文化")
    assert "领域：学了 30 条" in said
    model = proposals.learned(Kind.TOPIC)
    assert model and set(model.labels) == set(topics)
    said = run("train_topics", "--from", str(sheet(rows)))
    assert "10 行的类别没有对应的领域" in said and "商贸旅游" in said


def test_a_wrong_mapping_or_file_teaches_nothing(topics: dict[str, Topic], sheet: Any, tmp_path: Path) -> None:
    file = str(sheet(texts()[:40]))
    assert "微教育" in refused("train_topics", "--from", file, "--map", "教育=不存在")
    assert "--from" in refused("train_topics", "--map", "教育=education")
    assert "找不到文件" in refused("train_topics", "--from", str(tmp_path / "none.xlsx"))
    assert not LearnedModel.objects.exists()


def test_too_few_examples_teach_nothing(topics: dict[str, Topic]) -> None:
    said = run("train_topics")
    assert "先不学" in said and not LearnedModel.objects.exists()


def test_what_was_accepted_and_assigned_is_learned_and_stays_as_decided(topics: dict[str, Topic]) -> None:
    """Every row of a suggestion, its moves, its history and its assignments are the same after learning."""
    pairs = [("medical", "health"), ("education", "education")]
    for slug, unit in pairs:
        for text in [one for one in texts() if one.label == slug]:
            facts = {"title": text.title, "body": text.body, "wish": ""}
            one = SuggestionFactory(assigned=True, topic=topics[slug], **facts)
            one.assignments.update(unit=Unit.objects.get(slug=unit))
    SuggestionFactory(title="没有初审过的", topic=topics["sports"])
    before = [list(model.objects.order_by("pk").values()) for model in (Suggestion, Suggestion.history.model, Decision)]
    said = run("train_topics")
    assert "领域：学了 20 条" in said and "责任单位：学了 20 条" in said
    after = [list(model.objects.order_by("pk").values()) for model in (Suggestion, Suggestion.history.model, Decision)]
    assert before == after
    one = SuggestionFactory(title="医生太少，挂号难", body="医院门诊的医生太少", wish="", topic=topics["medical"])
    assert propose_units(one, [])[0].record.slug == "health"
    run("train_topics")
    run("train_topics")
    run("train_topics")
    assert LearnedModel.objects.filter(kind=Kind.TOPIC).count() == 3


# --- screens ------------------------------------------------------------------------------------
@pytest.fixture
def office(sign_in: Any, officer: Any) -> Client:
    return sign_in(officer)


def page_of(one: Suggestion) -> str:
    return reverse("office:suggestion", args=[one.number])


def medical(**facts: Any) -> Suggestion:
    wording = {"title": "医院挂号太难", "body": "门诊排队，医生少，取药要等", "wish": "", "topic": None}
    return SuggestionFactory(**(wording | facts))


def test_screening_shows_topic_and_unit_with_a_button_that_writes_nothing(
    topics: dict[str, Topic], office: Client
) -> None:
    one, pk = medical(), topics["medical"].pk
    page = office.get(page_of(one)).content.decode()
    assert "很可能" in page and f'value="topic:{pk}"' in page and "市卫健委" in page
    address = reverse("office:accept", args=[one.number])
    sent = {"accept-seen": "received", "accept-note": "谢谢您的建议", "take": f"topic:{pk}"}
    back = office.post(address, sent)
    html = back.content.decode()
    assert back.status_code == 200 and "已替您选上" in html and "谢谢您的建议" in html
    assert f'<option value="{pk}" selected>微医疗</option>' in html
    one.refresh_from_db()
    assert (one.status, one.topic, one.history.count()) == ("received", None, 1)


def test_accepting_with_the_proposed_topic_says_who_took_it(
    topics: dict[str, Topic], office: Client, officer: Any
) -> None:
    one, pk = medical(), topics["medical"].pk
    sent = {
        "accept-seen": "received",
        "accept-read": one.text_version(),
        "accept-topic": pk,
        "accept-taken": pk,
        "accept-area": one.area_id or "",
    }
    office.post(reverse("office:accept", args=[one.number]), sent)
    one.refresh_from_db()
    entry = one.history.first()
    assert (one.status, one.topic_id) == ("open", pk)
    assert (entry.history_user, entry.history_change_reason) == (officer, "采纳系统提示的领域")


def test_another_topic_than_the_one_taken_is_the_persons_own(topics: dict[str, Topic], office: Client) -> None:
    one = medical()
    sent = {
        "accept-seen": "received", "accept-topic": topics["eldercare"].pk, "accept-taken": topics["medical"].pk,
        "accept-area": one.area_id or "", "accept-read": one.text_version(),
    }  # fmt: skip
    office.post(reverse("office:accept", args=[one.number]), sent)
    assert one.history.first().history_change_reason == "初审时更正"


def test_proposing_takes_topic_and_unit_and_keeps_what_was_typed(topics: dict[str, Topic], office: Client) -> None:
    one, health = medical(open=True), Unit.objects.get(slug="health")
    page = office.get(page_of(one)).content.decode()
    assert f'value="topic:{topics["medical"].pk}"' in page and f'value="unit:{health.pk}"' in page
    address = reverse("office:propose", args=[one.number])
    sent = {"propose-seen": "open", "propose-route": "assign", "propose-reason": "请卫健委查清以后公开答复"}
    html = office.post(address, sent | {"take": f"unit:{health.pk}"}).content.decode()
    assert "请卫健委查清以后公开答复" in html and "已替您选上" in html
    assert f'<option value="{health.pk}" selected>' in html
    assert not one.decisions.exists()
    office.post(address, sent | {"propose-unit": health.pk, "propose-topic": topics["medical"].pk})
    one.refresh_from_db()
    assert (one.status, one.topic, one.decisions.get().unit) == ("proposed", topics["medical"], health)
    assert one.history.first().history_change_reason == "拟定去向时更正"


def test_a_decision_without_a_topic_in_the_form_leaves_the_topic(topics: dict[str, Topic], office: Client) -> None:
    one = medical(open=True, topic=topics["eldercare"])
    sent = {"propose-seen": "open", "propose-route": "decline", "propose-reason": "现行规定不允许这样做"}
    office.post(reverse("office:propose", args=[one.number]), sent)
    one.refresh_from_db()
    assert (one.status, one.topic) == ("proposed", topics["eldercare"])


def test_what_cannot_be_chosen_is_refused_in_words(topics: dict[str, Topic], office: Client) -> None:
    one = medical(open=True)
    gone = UnitFactory(is_active=False)
    address = reverse("office:propose", args=[one.number])
    sent = {"propose-seen": "open", "propose-reason": "写到一半的理由"}
    for asked in (f"unit:{gone.pk}", "unit:0", "unit:x", "route:assign", "nonsense"):
        html = office.post(address, sent | {"take": asked}).content.decode()
        assert "已经不能采纳" in html and "写到一半的理由" in html


def test_taking_after_somebody_was_faster_keeps_the_words(topics: dict[str, Topic], office: Client) -> None:
    one = medical(open=True)
    sent = {"accept-seen": "received", "accept-note": "写好的一句话", "take": f"topic:{topics['medical'].pk}"}
    back = office.post(reverse("office:accept", args=[one.number]), sent)
    assert back.status_code == 409 and "写好的一句话" in back.content.decode()


def test_the_auditor_is_offered_nothing(topics: dict[str, Topic], sign_in: Any, auditor: Any) -> None:
    page = sign_in(auditor).get(page_of(medical())).content.decode()
    assert 'name="take"' not in page
