"""The unit's desk: filling in, saving as one types, handing in; and that other units' work does not exist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from projects.models import Photo, Project, Reading, Report, StepClaim
from tests.factories import (
    IndicatorFactory,
    ProjectFactory,
    ReportFactory,
    SupervisionOrderFactory,
    jpeg,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Any:
    """A monthly report whose period is over."""
    found: Any = ReportFactory()
    day = timezone.localdate() - timedelta(days=1)
    Report.objects.filter(pk=found.pk).update(period_to=day, due_on=day + timedelta(days=5), warn_on=day)
    return Report.objects.select_related("project").get(pk=found.pk)


def status_of(report: Report) -> str:
    return Report.objects.get(pk=report.pk).status


# --- whose --------------------------------------------------------------------------------------
def test_what_belongs_to_another_unit_does_not_exist(sign_in: Any, other_leader: Any) -> None:
    report: Any = ReportFactory()
    order: Any = SupervisionOrderFactory(project=report.project)
    pages = (
        report.get_desk_url(), f"{report.get_desk_url()}photos/", order.get_desk_url(), f"{order.get_desk_url()}photos/",
        f"/desk/projects/{report.project.number}/", f"/desk/projects/{report.project.number}/plan/",
    )  # fmt: skip
    client = sign_in(other_leader)
    for page in pages:
        assert client.post(page, {"do": "submit", "work": "x", "answer": "x" * 20}).status_code in (404, 405), page
        assert client.get(page).status_code in (404, 405), page
    assert status_of(report) == "due"


def test_our_projects_are_ours(sign_in: Any, clerk: Any, reference: Any) -> None:
    own: Any = ProjectFactory(active=True)
    pooled: Any = ProjectFactory()
    other: Any = ProjectFactory(listed=True, lead_unit=reference.education)
    page = sign_in(clerk).get("/desk/projects/").content.decode()
    assert own.number in page
    assert other.number not in page and pooled.number not in page


def test_a_leader_hands_in_as_well(sign_in: Any, unit_leader: Any, report: Any) -> None:
    sign_in(unit_leader).post(report.get_desk_url(), {"work": "完成四个站点。", "do": "submit"})
    assert status_of(report) == "submitted"


# --- filling in ---------------------------------------------------------------------------------
def test_what_is_typed_is_kept_and_not_checked(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    answer = client.post(page, {"work": "写到一", "step-0-done_on": "不是日期", "save": "1"})
    assert answer.status_code == 204
    report.refresh_from_db()
    assert report.work == "", "a draft is no record"
    assert client.get(page).context["editor"].words["work"].value() == "写到一"


def test_a_draft_can_be_given_up(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    client.post(page, {"work": "写错了", "save": "1"})
    client.post(page, {"do": "discard"})
    assert client.get(page).context["editor"].words["work"].value() == ""


def test_saving_keeps_what_is_right_and_marks_what_is_not(sign_in: Any, clerk: Any, report: Any) -> None:
    step = report.project.steps.first()
    sent = {"work": "完成四个站点。", f"step-{step.pk}-done": "on", "do": "keep"}
    answer = sign_in(clerk).post(report.get_desk_url(), sent)
    report.refresh_from_db()
    assert answer.status_code == 422
    assert "完成的步骤要有日期和凭据。" in answer.content.decode()
    assert report.work == "完成四个站点。"
    assert not StepClaim.objects.exists()
    assert f"step-{step.pk}-done" in report.draft


def test_the_checklist_leads_to_what_is_missing(sign_in: Any, clerk: Any) -> None:
    report: Any = ReportFactory(kind="quarter")
    client, page = sign_in(clerk), report.get_desk_url()
    client.post(page, {"work": "完成四个站点。", "problems": "无", "do": "keep"})
    answer = client.get(page)
    assert "4 项已填 2 项" in answer.content.decode()
    assert [(item.label, item.href) for item in answer.context["checklist"].missing] == [("下一步", "#id_next")]


def test_a_report_is_not_handed_in_half_empty(sign_in: Any, clerk: Any, report: Any) -> None:
    answer = sign_in(clerk).post(report.get_desk_url(), {"work": "  ", "do": "submit"})
    assert answer.status_code == 422
    assert status_of(report) == "due"


def test_a_period_that_goes_on_is_saved_and_not_handed_in(sign_in: Any, clerk: Any, report: Any) -> None:
    today = timezone.localdate()
    Report.objects.filter(pk=report.pk).update(
        period_to=today + timedelta(days=9), due_on=today + timedelta(days=14), warn_on=today + timedelta(days=11)
    )
    answer = sign_in(clerk).post(report.get_desk_url(), {"work": "先写一点。", "do": "submit"}, follow=True)
    report.refresh_from_db()
    assert (report.status, report.work) == ("due", "先写一点。")
    assert "到时再上报" in answer.content.decode()


def test_steps_and_figures_are_declared_with_the_report(sign_in: Any, clerk: Any, report: Any) -> None:
    step, indicator = report.project.steps.first(), IndicatorFactory(project=report.project)
    today = timezone.localdate()
    sent = {
        "work": "完成首批。", "do": "submit", f"indicator-{indicator.pk}-value": "7.5",
        f"step-{step.pk}-done": "on", f"step-{step.pk}-done_on": today.isoformat(), f"step-{step.pk}-note": "名单已公示。",
        f"step-{step.pk}-started_on": (today - timedelta(days=20)).isoformat(),
    }  # fmt: skip
    sign_in(clerk).post(report.get_desk_url(), sent)
    claim = StepClaim.objects.get()
    assert status_of(report) == "submitted"
    assert (claim.step, claim.done_on, claim.note) == (step, today, "名单已公示。")
    assert Reading.objects.get().value == 7.5
    assert Project.objects.get(pk=report.project_id).progress() == 0


@pytest.mark.parametrize(
    ("name", "value"), [("done_on", "2999-01-01"), ("started_on", "2999-01-01"), ("done_on", "昨天")]
)
def test_a_step_is_not_declared_for_a_day_to_come(name: str, value: str, sign_in: Any, clerk: Any, report: Any) -> None:
    step = report.project.steps.first()
    sent = {
        "work": "x",
        f"step-{step.pk}-done": "on",
        f"step-{step.pk}-note": "有凭据",
        f"step-{step.pk}-{name}": value,
    }
    assert sign_in(clerk).post(report.get_desk_url(), sent).status_code == 422
    assert not StepClaim.objects.exists()


def test_one_starts_from_the_last_report(sign_in: Any, clerk: Any) -> None:
    first: Any = ReportFactory(accepted=True)
    second: Any = ReportFactory(project=first.project)
    client = sign_in(clerk)
    offered = client.get(second.get_desk_url())
    assert first.name in offered.content.decode()
    page = client.get(f"{second.get_desk_url()}?start=last")
    assert page.context["editor"].words["work"].value() == first.work
    second.refresh_from_db()
    assert second.work == "", "looking changes nothing"


def test_a_returned_report_says_why_on_top(sign_in: Any, clerk: Any) -> None:
    report: Any = ReportFactory(returned=True)
    page = sign_in(clerk).get(report.get_desk_url()).content.decode()
    assert "请写明是哪四个站点。" in page
    assert "<textarea" in page


@pytest.mark.parametrize("stage", ["submitted", "accepted"])
def test_what_is_handed_in_is_read_only(stage: str, sign_in: Any, clerk: Any) -> None:
    report: Any = ReportFactory(**{stage: True})
    client = sign_in(clerk)
    page = client.get(report.get_desk_url()).content.decode()
    assert report.work in page and "<textarea" not in page
    client.post(report.get_desk_url(), {"work": "偷偷改", "do": "keep"})
    assert client.post(report.get_desk_url(), {"work": "偷偷改", "save": "1"}).status_code != 204
    report.refresh_from_db()
    assert report.work == "完成四个站点的排班和公示。" and report.draft == ""


def test_a_plan_is_drawn_up_and_handed_in(sign_in: Any, clerk: Any) -> None:
    bare = {"chief": "", "owner": "", "goal": "", "effect": "", "plan_from": None, "plan_to": None}
    project: Any = ProjectFactory(listed=True, **bare)
    report = project.reports.get()
    sent = {
        "chief": "副主任", "owner": "基层卫生科", "goal": "十个站", "effect": "下班能看病",
        "plan_from": "2030-03-01", "plan_to": "2030-11-30",
        "steps-TOTAL_FORMS": "3", "steps-INITIAL_FORMS": "0", "indicators-TOTAL_FORMS": "1", "indicators-INITIAL_FORMS": "0",
        "steps-0-title": "后一步", "steps-0-weight": "60", "steps-0-planned_from": "2030-07-01", "steps-0-planned_to": "2030-11-30",
        "steps-1-title": "先一步", "steps-1-weight": "35", "steps-1-planned_from": "2030-03-01", "steps-1-planned_to": "2030-06-30",
        "indicators-0-name": "站点", "indicators-0-measure": "个", "indicators-0-target": "10",
    }  # fmt: skip
    client, page = sign_in(clerk), report.get_desk_url()
    refused = client.post(page, sent | {"do": "submit"}, follow=True)
    assert "各步骤的权重相加要等于 100，现在是 95。" in refused.content.decode()
    assert [step.title for step in project.steps.all()] == ["先一步", "后一步"], (
        "what was right is saved, in order of dates"
    )
    again = {
        key: value for key, value in sent.items() if not key.startswith(("steps-", "indicators-"))
    } | {"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0", "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "2"}  # fmt: skip
    for place, step in enumerate(project.steps.all()):
        again |= {
            f"steps-{place}-id": str(step.pk), f"steps-{place}-title": step.title, f"steps-{place}-weight": ("40", "60")[place],
            f"steps-{place}-planned_from": str(step.planned_from), f"steps-{place}-planned_to": str(step.planned_to),
        }  # fmt: skip
    client.post(page, again | {"do": "submit"})
    assert status_of(report) == "submitted"


# --- photos -------------------------------------------------------------------------------------
def test_a_photo_stays_outside_until_the_form_names_it(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    answer = client.post(f"{page}photos/", {"file": jpeg(640, 480)})
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert client.get(answer.json()["thumb"]).status_code == 200, "the unit sees it at once"
    assert not report.photos.kept().exists()
    sent = {
        "work": "x",
        "photos_listed": "1",
        "photo_tokens": [token],
        f"photo-{token}-caption": "二号站",
        "do": "keep",
    }
    client.post(page, sent)
    assert report.photos.kept().get().caption == "二号站"
    client.post(page, {"work": "x", "photos_listed": "1", "do": "keep"})
    assert not report.photos.kept().exists()


def test_a_photo_named_by_a_draft_is_there_when_one_comes_back(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    token = client.post(f"{page}photos/", {"file": jpeg()}).json()["token"]
    draft = {"photos_listed": "1", "photo_tokens": [token], f"photo-{token}-caption": "写到一半", "save": "1"}
    client.post(page, draft)
    (row,) = client.get(page).context["photos"]
    assert (row["token"], row["form"]["caption"].value()) == (token, "写到一半")
    assert not report.photos.kept().exists()


def test_photos_that_were_left_out_go_a_day_after_handing_in(sign_in: Any, clerk: Any, report: Any) -> None:
    from projects.tasks import drop_left_out_photos

    client, page = sign_in(clerk), report.get_desk_url()
    client.post(f"{page}photos/", {"file": jpeg()})
    client.post(page, {"work": "完成四个站点。", "photos": [jpeg()], "do": "keep"})
    Photo.objects.update(added_at=timezone.now() - timedelta(days=2))
    assert drop_left_out_photos() == 0, "the form may still want it"
    client.post(page, {"work": "完成四个站点。", "do": "submit"})
    assert drop_left_out_photos() == 1
    assert Photo.objects.get().is_kept


def test_what_a_colleague_handed_in_is_not_overwritten(sign_in: Any, clerk: Any, report: Any) -> None:
    from projects.desk import reports

    client, page = sign_in(clerk), report.get_desk_url()
    seen = reports.own_report

    def handed_in_meanwhile(user: Any, pk: int) -> Report:
        found = seen(user, pk)
        other = Report.objects.get(pk=pk)
        other.work = "同事上报的话。"
        other.save()
        other.submit(user)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reports, "own_report", handed_in_meanwhile)
        answer = client.post(page, {"work": "晚了一步的话。", "do": "keep"}, follow=False)
    report.refresh_from_db()
    assert answer.status_code == 302
    assert (report.status, report.work, report.draft) == ("submitted", "同事上报的话。", "")


def test_a_form_that_does_not_show_photos_leaves_them_alone(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    client.post(page, {"work": "x", "photos": [jpeg(), jpeg()], "do": "keep"})
    client.post(page, {"work": "y", "do": "keep"})
    assert report.photos.kept().count() == 2


def test_a_photo_is_taken_out_without_javascript(sign_in: Any, clerk: Any, report: Any) -> None:
    client, page = sign_in(clerk), report.get_desk_url()
    client.post(page, {"work": "x", "photos": [jpeg(), jpeg()], "do": "keep"})
    first, second = (str(photo.token) for photo in report.photos.all())
    client.post(page, {"photos_listed": "1", "photo_tokens": [first, second], "photo_removed": [first], "do": "keep"})
    assert str(report.photos.kept().get().token) == second


def test_another_reports_photo_cannot_be_claimed(sign_in: Any, clerk: Any, report: Any) -> None:
    from tests.factories import PhotoFactory

    foreign: Any = PhotoFactory(project=ProjectFactory(active=True), is_kept=False)
    sign_in(clerk).post(
        report.get_desk_url(), {"photos_listed": "1", "photo_tokens": [str(foreign.token)], "do": "keep"}
    )
    foreign.refresh_from_db()
    assert foreign.report is None and not foreign.is_kept


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7"])
def test_what_is_no_photo_is_refused_with_a_sentence(content: bytes, sign_in: Any, clerk: Any, report: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("photo.jpg", content)
    answer = sign_in(clerk).post(f"{report.get_desk_url()}photos/", {"file": file})
    assert answer.status_code in (400, 422) and answer.json()["error"]
    assert not Photo.objects.exists()


def test_nobody_adds_photos_to_what_is_handed_in(sign_in: Any, clerk: Any) -> None:
    report: Any = ReportFactory(submitted=True)
    assert sign_in(clerk).post(f"{report.get_desk_url()}photos/", {"file": jpeg()}).status_code == 409


# --- orders -------------------------------------------------------------------------------------
def test_the_unit_replies_to_an_order_once(sign_in: Any, clerk: Any) -> None:
    order: Any = SupervisionOrderFactory()
    client, page = sign_in(clerk), order.get_desk_url()
    assert client.post(page, {"answer": "好"}).status_code == 422
    client.post(page, {"answer": "两个站点已于本周开放，附排班表。", "photos": [jpeg()]})
    order.refresh_from_db()
    assert (order.status, order.photos.count()) == ("replied", 1)
    assert client.post(page, {"answer": "两个站点已于本周开放，附排班表。"}).status_code == 403
    assert order.demand in client.get(page).content.decode()


def test_photos_of_a_reply_are_public_once_the_order_is_discharged(client: Any, sign_in: Any, clerk: Any) -> None:
    from tests.cast import person

    order: Any = SupervisionOrderFactory()
    sign_in(clerk).post(order.get_desk_url(), {"answer": "两个站点已于本周开放。", "photos": [jpeg()]})
    photo = order.photos.get()
    assert client.get(photo.get_absolute_url()).status_code == 404
    order.refresh_from_db()
    order.discharge(person("second_officer"), "现场核实属实。")
    assert client.get(photo.get_absolute_url()).status_code == 200
