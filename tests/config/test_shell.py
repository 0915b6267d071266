"""The shell of the site: components, elder mode, stylesheet, error pages. None of it needs a database."""

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from config import assets
from config.axis import build_axis
from config.context_processors import site
from config.forms import HintedRadioSelect, MultipleFileField, WeitaiFormRenderer
from config.templatetags import ui
from config.views import elder

TEMPLATES = Path(assets.__file__).parent / "templates"
STATIC = assets.STATIC


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


# --- stylesheet, icons, templates ---------------------------------------------------------------


def test_the_committed_stylesheet_matches_its_sources() -> None:
    assert assets.is_current(), "run: python -m config.assets"


def test_a_stale_stylesheet_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stale = tmp_path / "site.css"
    stale.write_text(assets.build_css() + "p{}", encoding="utf-8")
    monkeypatch.setattr(assets, "TARGET", stale)
    assert not assets.is_current()


def test_styles_and_scripts_leave_no_old_phone_behind() -> None:
    assert assets.modern_features() == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.css", ".choice:has(:checked) { color: red; }"),
        ("a.css", "a:focus-visible { color: red; }"),
        ("a.css", "input:not([type=radio], [type=file]) { width: 1px; }"),
        ("a.css", "  inset: 0;"),
        ("a.css", "  padding-inline: 4px;"),
        ("a.css", "  min-height: max(48px, 2em);"),
        ("a.css", "@media (width >= 600px) {"),
        ("a.js", "const a = b?.c;"),
        ("a.js", "const a = b ?? c;"),
        ("a.js", "await fetch(a);"),
        ("a.js", "list.replaceChildren(a);"),
        ("a.js", "list.at(-1);"),
    ],
)
def test_a_feature_that_old_phones_lack_is_found(tmp_path: Path, name: str, line: str) -> None:
    planted = tmp_path / name
    planted.write_text(f"/* a comment\n of two lines */\n{line}\n", encoding="utf-8")
    assert assets.modern_features([planted]) == [f"{name}:3: {line.strip()}"]


def test_an_improvement_on_a_plain_declaration_is_welcome(tmp_path: Path) -> None:
    planted = tmp_path / "a.css"
    planted.write_text("  width: 300px;\n  width: min(100%, 300px);\n:focus:not(:focus-visible) {}\n", encoding="utf-8")
    assert assets.modern_features([planted]) == []


def test_a_rule_that_asks_first_is_welcome(tmp_path: Path) -> None:
    planted = tmp_path / "a.css"
    planted.write_text("@supports selector(:has(a)) {\n  a:has(b) {\n  }\n}\nb:has(c) {}\n", encoding="utf-8")
    assert assets.modern_features([planted]) == ["a.css:5: b:has(c) {}"]


def test_styles_and_scripts_of_the_whole_site_stay_small() -> None:
    files = [assets.TARGET, *(path for path in assets.scripts_and_styles() if path not in assets.sources())]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 60 * 1024


def test_no_rule_is_written_twice() -> None:
    css = "\n".join(assets.squeeze(path.read_text("utf-8")) for path in assets.sources())
    context: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for piece in re.findall(r"[^{};]*[{};]", css):
        if piece.endswith("{"):
            context.append(" ".join(piece[:-1].split()))
            assert context[-1][:1] == "@" or tuple(context) not in seen, f"{context[-1]} is written twice"
            seen.add(tuple(context))
        elif piece.endswith("}"):
            context.pop()


def test_red_and_amber_are_kept_for_lights_and_errors() -> None:
    allowed = {"light.css", "form.css", "notice.css", "photos.css"}
    users = {path.name for path in assets.sources()[1:] if re.search(r"--(red|amber)\b", path.read_text("utf-8"))}
    assert users <= allowed


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_carry_nothing_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|\|safe\b", text)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))
    named = {
        name for path in TEMPLATES.rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8"))
    }
    assert named <= known
    assert {f"topic-{slug}" for slug in ui.TOPICS} <= known


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "403_csrf"])
def test_error_pages_render_without_any_context(name: str) -> None:
    html = get_template(f"{name}.html").render({})
    assert "<h1>" in html and 'href="/"' in html


def test_the_server_error_page_asks_nothing_of_the_template_engine() -> None:
    assert "{%" not in (TEMPLATES / "500.html").read_text("utf-8")


# --- elder mode ---------------------------------------------------------------------------------


def test_elder_mode_is_remembered_and_leads_back(rf: RequestFactory) -> None:
    response = elder(rf.post("/elder/", {"on": "1", "next": "/projects/?topic=medical"}))
    assert response["Location"] == "/projects/?topic=medical"
    assert response.cookies["elder"].value == "1"


def test_elder_mode_can_be_left(rf: RequestFactory) -> None:
    response = elder(rf.post("/elder/", {"on": "0", "next": "/"}))
    assert response.cookies["elder"]["max-age"] == 0


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_elder_mode_never_leads_to_another_site(rf: RequestFactory, target: str) -> None:
    assert elder(rf.post("/elder/", {"on": "1", "next": target}))["Location"] == "/"


def test_elder_mode_takes_no_get(rf: RequestFactory) -> None:
    assert elder(rf.get("/elder/")).status_code == 405


def test_pages_know_elder_mode_from_the_cookie_only(rf: RequestFactory) -> None:
    request = rf.get("/")
    assert site(request)["elder"] is False
    request.COOKIES["elder"] = "1"
    assert site(request)["elder"] is True


# --- fields -------------------------------------------------------------------------------------


class Sample(forms.Form):
    default_renderer = WeitaiFormRenderer
    title = forms.CharField(label="标题", help_text="一句话")
    phone = forms.CharField(label="电话", required=False)
    shown = forms.ChoiceField(
        label="称呼",
        choices=[("no", "匿名"), ("yes", "实名")],
        widget=HintedRadioSelect(hints={"no": "别人看不到"}),
    )
    agree = forms.BooleanField(label="我知道会公开")


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    html = str(Sample({"shown": "no", "agree": "on"})["title"].as_field_group())
    assert '<label for="id_title">' in html
    assert 'id="id_title_helptext"' in html and 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html and 'aria-invalid="true"' in html


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    form = Sample()
    assert "选填" in str(form["phone"].as_field_group())
    assert "选填" not in str(form["title"].as_field_group())


def test_radio_cards_are_a_fieldset_with_hints() -> None:
    html = str(Sample()["shown"].as_field_group())
    assert "<fieldset" in html and "<legend>称呼" in html and html.count('type="radio"') == 2
    assert "别人看不到" in html


def test_the_error_summary_links_to_each_field_that_needs_mending() -> None:
    html = str(Sample({"title": "", "shown": ""}))
    assert 'href="#id_title"' in html and 'href="#id_shown_0"' in html and 'href="#id_agree"' in html
    assert 'id="id_shown_0"' in html
    assert 'href="#id_phone"' not in html


def test_labels_and_values_are_escaped() -> None:
    html = str(Sample({"title": "<b>x</b>", "shown": "no"}))
    assert "<b>x</b>" not in html


def test_several_files_clean_to_a_list() -> None:
    assert MultipleFileField(required=False).clean([]) == []
    with pytest.raises(forms.ValidationError):
        MultipleFileField().clean([])


# --- filters and drawings -----------------------------------------------------------------------


def test_dates_read_as_the_public_writes_them() -> None:
    assert ui.cn_date(date(2026, 11, 21)) == "2026年11月21日"
    assert ui.cn_datetime(datetime(2026, 11, 21, 16, 5, tzinfo=UTC)) == "2026年11月22日 00:05"
    assert ui.cn_date(None) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 21, 3, 59, 40, tzinfo=UTC), "刚刚"),
        (datetime(2026, 11, 21, 3, 30, tzinfo=UTC), "30 分钟前"),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), "昨天"),
        (date(2026, 11, 21), "今天"),
        (date(2026, 11, 24), "3 天后"),
        (date(2026, 3, 2), "3月2日"),
        (date(2025, 3, 2), "2025年3月2日"),
    ],
)
def test_relative_dates_keep_the_full_date_behind(value: date, words: str) -> None:
    now = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # noon in Shanghai
    html = ui.ago(value, now)
    assert f">{words}</time>" in html and f'title="{ui.cn_datetime(value)}"' in html


def test_nothing_to_count_is_no_data_and_never_a_zero() -> None:
    html = render_to_string("components/figures.html", {"figures": [{"label": "满意率", "value": None, "unit": "%"}]})
    assert "暂无数据" in html and "0" not in re.sub(r"<[^>]+>", "", html)


def test_a_light_is_a_word_and_a_shape_as_well_as_a_colour() -> None:
    html = render_to_string("components/light.html", {"state": "red", "text": "已逾期 3 天"})
    assert "icons" in html and "#light-red" in html and "红灯" in html and "已逾期 3 天" in html


def test_filter_links_keep_other_filters_and_go_back_to_the_first_page(rf: RequestFactory) -> None:
    request = rf.get("/projects/?topic=medical&light=red&after=99")
    assert render("{% query_replace light='' unit=7 %}", request=request) == "?topic=medical&amp;unit=7"


def test_a_step_that_is_late_says_by_how_many_days() -> None:
    steps = [
        {"name": "a", "planned_start": date(2026, 2, 1), "planned_end": date(2026, 3, 10),
         "actual_start": date(2026, 2, 1), "actual_end": date(2026, 3, 26)},
        {"name": "b", "planned_start": date(2026, 3, 1), "planned_end": date(2026, 4, 10)},
        {"name": "c", "planned_start": date(2026, 4, 1), "planned_end": date(2026, 12, 20)},
    ]  # fmt: skip
    axis = build_axis(steps, today=date(2026, 4, 15))
    assert [row.state for row in axis.rows] == ["完成，晚 16 天", "已晚 5 天", "未开始"]
    assert len(axis.months) == 11 and axis.months[0].label == "2月"
    assert axis.rows[0].planned is not None and axis.rows[0].planned.x == 0
    assert axis.summary == "3 个步骤，完成 1 个；1 个晚于计划。"


def test_an_axis_without_dates_still_draws() -> None:
    axis = build_axis([{"name": "a"}], today=date(2026, 12, 31))
    assert axis.rows[0].planned is None and len(axis.months) >= 3


def test_a_distribution_shows_shares_of_the_total_and_survives_none() -> None:
    rows = [{"label": "优秀", "count": 9}, {"label": "良好", "count": 7}]
    html = render("{% distribution rows '16 人打分' %}", rows=rows)
    assert 'width="56.2%"' in html and "16 人打分" in html
    assert "0%" not in render("{% distribution rows %}", rows=[{"label": "优秀", "count": 0}]).replace("100%", "")
