"""What the rows of the permission matrix are about: for each thing, the record and the arguments of its address.

The citizen of the cast is the author of every suggestion here; clerk and unit_leader work for the unit that is asked,
other_leader for another one; monitor may score every project, recused_monitor none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.models import DeskDraft, Letter
from tests import factories as make
from tests import spreadsheets
from tests.cast import monitor_person, own_unit, person

Arguments = dict[str, Any]
THINGS: dict[str, Callable[[], Arguments]] = {}


def thing(build: Callable[[], Arguments]) -> Callable[[], Arguments]:
    """Register a thing under the function's name."""
    THINGS[build.__name__] = build
    return build


@thing
def nothing() -> Arguments:
    return {}


def suggestion(**traits: Any) -> Any:
    return make.SuggestionFactory(author=person("citizen"), **traits)


@thing
def received_suggestion() -> Arguments:
    return {"number": suggestion().number}


@thing
def open_suggestion() -> Arguments:
    return {"number": suggestion(open=True).number}


@thing
def own_consent() -> Arguments:
    return open_suggestion() | {"purpose": "publish"}


@thing
def private_suggestion() -> Arguments:
    return {"number": suggestion(open=True, is_public=False).number}


@thing
def refused_suggestion() -> Arguments:
    return {"number": suggestion(not_accepted=True).number}


@thing
def merged_suggestion() -> Arguments:
    return {"number": suggestion(merged=True).number}


@thing
def proposed_suggestion() -> Arguments:
    return {"number": suggestion(proposed=True).number}


@thing
def assigned_private_suggestion() -> Arguments:
    return {"number": suggestion(assigned=True, is_public=False).number}


@thing
def answered_suggestion() -> Arguments:
    return {"number": suggestion(answered=True).number}


MAIL = b"From: a@example.com\nSubject: light\nMessage-ID: <1@example.com>\n\nIt is dark."


@thing
def new_letter() -> Arguments:
    from portal import mailbox

    mailbox.keep(MAIL, 1, 1)
    return {"pk": Letter.objects.get().pk}


@thing
def own_draft() -> Arguments:
    """Of the officer."""
    key = "1c5b1a0e-7a39-4d0f-9b52-7d0c6a1c9f10"
    DeskDraft.objects.keep(person("officer"), key, {"title": "说到一半"})
    return {"key": key}


def import_batch(stage: str, **facts: Any) -> Any:
    return spreadsheets.batch(make.CampaignFactory(), stage=stage, **facts)


@thing
def uploaded_batch() -> Arguments:
    return {"pk": import_batch("preparing").pk}


@thing
def checked_batch() -> Arguments:
    return {"pk": import_batch("checked").pk}


@thing
def faulty_batch() -> Arguments:
    return {"pk": import_batch("checked", rows=[["", "李某", "没有编号", "昨天", "正文", ""]]).pk}


@thing
def failed_batch() -> Arguments:
    one = import_batch("running")
    one.fail("运行中断了。")
    return {"pk": one.pk}


@thing
def imported_batch() -> Arguments:
    return {"pk": import_batch("done").pk}


@thing
def paper_batch() -> Arguments:
    return {"pk": make.PaperBatchFactory().pk}


@thing
def closed_paper_batch() -> Arguments:
    return {"pk": make.PaperBatchFactory(closed=True).pk}


@thing
def paper_sheet() -> Arguments:
    one = make.PaperBatchFactory(sheets=1)
    return {"pk": one.pk, "sheet_pk": one.sheets.get().pk}


@thing
def collecting_campaign() -> Arguments:
    make.CampaignFactory()
    return {}


@thing
def drafted_self_report() -> Arguments:
    return {"pk": make.SelfReportFactory().pk}


@thing
def submitted_self_report() -> Arguments:
    return {"pk": make.SelfReportFactory(submitted=True).pk}


@thing
def poster() -> Arguments:
    return {"code": make.PosterFactory().code}


@thing
def retired_poster() -> Arguments:
    return {"code": make.PosterFactory(retired=True).code}


@thing
def link_token() -> Arguments:
    return {"token": suggestion(open=True).token}


@thing
def feed_token() -> Arguments:
    from portal.models import Subscription

    own = Subscription(suggestion=suggestion(open=True))
    own.renew_feed()
    return {"token": own.feed_token}


@thing
def wrong_link_token() -> Arguments:
    return {"token": "A" * 22}


@thing
def some_key() -> Arguments:
    return {"key": "00000000-0000-4000-8000-000000000000"}


@thing
def unknown_token() -> Arguments:
    return {"token": "6a8f3c0e-0000-4000-8000-000000000000"}


@thing
def signed_nothing() -> Arguments:
    return {"signed": "forged:signature"}


@thing
def released_photo() -> Arguments:
    return {"token": make.AttachmentFactory(released=True, suggestion=suggestion(open=True)).token}


@thing
def released_voice() -> Arguments:
    return {"token": make.AttachmentFactory(voice=True, released=True, suggestion=suggestion(open=True)).token}


@thing
def private_voice() -> Arguments:
    return {"token": make.AttachmentFactory(voice=True, suggestion=suggestion(open=True)).token}


@thing
def letter() -> Arguments:
    return {"token": make.AttachmentFactory(document=True, suggestion=suggestion(open=True)).token}


@thing
def voice_at_the_office() -> Arguments:
    voice = make.AttachmentFactory(voice=True, suggestion=suggestion(open=True))
    return {"number": voice.suggestion.number, "token": voice.token}


@thing
def private_photo() -> Arguments:
    return {"token": make.AttachmentFactory(suggestion=suggestion(open=True)).token}


@thing
def photo_of_private_suggestion() -> Arguments:
    photo = make.AttachmentFactory(released=True, suggestion=suggestion(open=True, is_public=False))
    return {"token": photo.token}


def assignment(**traits: Any) -> Arguments:
    return {"pk": make.AssignmentFactory(suggestion=suggestion(open=True), **traits).pk}


@thing
def handed_back_assignment() -> Arguments:
    one = make.AssignmentFactory(suggestion=suggestion(open=True))
    one.hand_back(person("unit_leader"), "不归本单位管，请转交通局。")
    return {"pk": one.pk}


@thing
def stuck_notice() -> Arguments:
    one = make.NoticeFactory(stuck=True)
    return {"pk": one.pk}


@thing
def due_assignment() -> Arguments:
    return assignment(due=True)


@thing
def submitted_assignment() -> Arguments:
    return assignment(submitted=True)


def extension_of(**traits: Any) -> Any:
    return make.ExtensionFactory(assignment__suggestion=suggestion(open=True), **traits)


@thing
def assignment_with_drafted_extension() -> Arguments:
    return {"pk": extension_of(drafted=True).assignment_id}


@thing
def asked_extension() -> Arguments:
    return {"pk": extension_of(asked=True).pk}


@thing
def discontent_suggestion() -> Arguments:
    one = suggestion(answered=True)
    make.VerdictFactory(assignment=one.assignments.get(), level="dissatisfied")
    return {"number": one.number}


@thing
def pooled_project() -> Arguments:
    return {"number": make.ProjectFactory().number}


@thing
def listed_project() -> Arguments:
    return {"number": make.ProjectFactory(listed=True).number}


@thing
def active_project() -> Arguments:
    return {"number": make.ProjectFactory(active=True).number}


@thing
def suspended_project() -> Arguments:
    return {"number": make.ProjectFactory(suspended=True).number}


@thing
def project_photo() -> Arguments:
    return {"token": make.PhotoFactory().token}


@thing
def due_report() -> Arguments:
    return {"pk": make.ReportFactory().pk}


@thing
def submitted_report() -> Arguments:
    return {"pk": make.ReportFactory(submitted=True).pk}


@thing
def accepted_report() -> Arguments:
    return {"pk": make.ReportFactory(accepted=True).pk}


@thing
def issued_order() -> Arguments:
    return {"pk": make.SupervisionOrderFactory().pk}


@thing
def replied_order() -> Arguments:
    return {"pk": make.SupervisionOrderFactory(replied=True).pk}


@thing
def drafted_list() -> Arguments:
    return {"year": make.ProjectFactory(annual_list=make.AnnualListFactory()).annual_list.year}


@thing
def reviewed_list() -> Arguments:
    one = make.ProjectFactory(annual_list=make.AnnualListFactory()).annual_list
    one.review(person("office_leader"))
    return {"year": one.year}


@thing
def planned_visit() -> Arguments:
    return {"slug": make.VisitFactory().slug}


@thing
def announced_visit() -> Arguments:
    return {"slug": make.VisitFactory(announced=True).slug}


@thing
def planned_visit_pk() -> Arguments:
    return {"pk": make.VisitFactory().pk}


@thing
def announced_visit_pk() -> Arguments:
    return {"pk": make.VisitFactory(announced=True).pk}


@thing
def held_visit_pk() -> Arguments:
    return {"pk": make.VisitFactory(held=True).pk}


@thing
def sign_in_code() -> Arguments:
    return {"code": make.VisitFactory(announced=True).sign_in_code}


@thing
def visit_and_project() -> Arguments:
    visit = make.VisitFactory(announced=True)
    make.AttendanceFactory(visit=visit, monitor=monitor_person("monitor").monitor)
    return {"slug": visit.slug, "number": visit.projects.get().number}


@thing
def visit_note() -> Arguments:
    return {"pk": make.VisitNoteFactory().pk}


@thing
def visit_photo() -> Arguments:
    return {"token": make.VisitPhotoFactory().token}


@thing
def raised_problem() -> Arguments:
    return {"pk": make.ProblemFactory().pk}


@thing
def handed_problem() -> Arguments:
    return {"pk": make.ProblemFactory(handed=True).pk}


@thing
def answered_problem() -> Arguments:
    return {"pk": make.ProblemFactory(answered=True).pk}


@thing
def serving_monitor() -> Arguments:
    return {"pk": make.MonitorFactory().pk}


@thing
def ended_monitor() -> Arguments:
    return {"pk": make.MonitorFactory(ended=True).pk}


@thing
def drafted_round() -> Arguments:
    return {"slug": make.RoundFactory().slug}


@thing
def open_round() -> Arguments:
    return {"slug": make.RoundFactory(open=True).slug}


@thing
def closed_round() -> Arguments:
    return {"slug": make.RoundFactory(closed=True).slug}


@thing
def open_entry() -> Arguments:
    one = make.RoundFactory(open=True)
    return {"slug": one.slug, "number": one.entries.get().project.number}


@thing
def campaign_pk() -> Arguments:
    return {"pk": make.CampaignFactory().pk}


@thing
def preparing_campaign() -> Arguments:
    return {"year": make.CampaignFactory(preparing=True).year}


@thing
def announced_campaign() -> Arguments:
    return {"year": make.CampaignFactory().year}


@thing
def unit_pk() -> Arguments:
    return {"pk": own_unit().pk}


@thing
def membership_pk() -> Arguments:
    return {"pk": make.MembershipFactory().pk}


@thing
def saved_filter() -> Arguments:
    from portal.models import SavedFilter

    return {"pk": SavedFilter.objects.create(owner=person("officer"), name="路灯", query="q=路灯").pk}


@thing
def template_pk() -> Arguments:
    from portal.models import AnswerTemplate

    return {"pk": AnswerTemplate.objects.earliest("pk").pk}


@thing
def topic_pk() -> Arguments:
    from portal.models import Topic

    return {"pk": Topic.objects.earliest("position").pk}


@thing
def area_pk() -> Arguments:
    from portal.models import Area

    return {"pk": Area.objects.earliest("code").pk}


@thing
def workday_pk() -> Arguments:
    from portal.models import Workday

    return {"pk": Workday.objects.latest("date").pk}


@thing
def notice_pk() -> Arguments:
    return {"pk": make.NoticeFactory(stuck=True).pk}


@thing
def user_pk() -> Arguments:
    return {"pk": make.UserFactory().pk}


@thing
def missing_picture() -> Arguments:
    return {"name": "no-such-picture.max-800x600.jpg"}


@thing
def demo_role() -> Arguments:
    from portal.accounts.demo import ensure_demo_people

    ensure_demo_people()
    return {"role": "citizen"}
