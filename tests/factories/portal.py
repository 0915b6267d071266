"""People, campaigns, suggestions and what is decided and answered about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from portal.models import (
    Area,
    Assignment,
    Attachment,
    Campaign,
    Decision,
    Extension,
    ImportBatch,
    Membership,
    Notice,
    PaperBatch,
    Poster,
    SelfReport,
    Suggestion,
    Topic,
    Unit,
    User,
    Verdict,
)
from portal.models.paper import take_serials
from portal.workdays import WorkCalendar
from tests.cast import own_unit, person, worker_of
from tests.factories.base import LivingFactory, jpeg, stage_traits, this_year

ANSWER = "已派人到现场查看，九月底前加装两处遮雨棚。"


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody with a user name and no roles."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    display_name = factory.Sequence(lambda n: f"用户{n}")
    password = "!"


class CitizenFactory(UserFactory):
    """Somebody with a verified phone, who may support suggestions."""

    class Params:
        number = factory.Sequence(lambda n: f"139{n:08d}")

    phone_verified = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, phone: str = "", **facts: Any) -> Any:
        user = model_class(*args, **facts)
        user.set_phone(phone)
        user.save()
        return user

    phone = factory.LazyAttribute(lambda o: o.number)


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    slug = factory.Sequence(lambda n: f"unit-{n}")
    name = factory.Sequence(lambda n: f"衡水市第{n}局")
    short_name = factory.Sequence(lambda n: f"市第{n}局")
    kind = Unit.Kind.DEPARTMENT
    area = factory.LazyFunction(lambda: Area.objects.get(level=Area.Level.CITY))


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    unit = factory.LazyFunction(own_unit)
    role = Membership.Role.CLERK


class CampaignFactory(LivingFactory):
    """The campaign of a year, collecting now; one per year, so a second call gives the same one."""

    _path = {"announced": "preparing", "closed": "announced"}

    class Meta:
        model = Campaign

    Params = stage_traits("preparing", "announced", "closed")
    stage = "announced"
    year = factory.LazyFunction(this_year)
    title = factory.LazyAttribute(lambda o: f"{o.year}年“微、微创新”意见建议征集")
    opens_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    closes_on = factory.LazyAttribute(lambda o: o.opens_on + timedelta(days=60))
    list_on = factory.LazyAttribute(lambda o: o.closes_on + timedelta(days=40))
    work_from = factory.LazyAttribute(lambda o: o.list_on + timedelta(days=1))
    scoring_from = factory.LazyAttribute(lambda o: o.work_from + timedelta(days=200))
    ends_on = factory.LazyAttribute(lambda o: o.scoring_from + timedelta(days=30))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **facts: Any) -> Any:
        found = Campaign.objects.filter(year=facts["year"]).first()
        return found or super()._create(model_class, *args, **facts)

    @staticmethod
    def to_announced(campaign: Any, at: Any) -> None:
        campaign.announce(person("office_leader"))

    @staticmethod
    def to_closed(campaign: Any, at: Any) -> None:
        campaign.close(person("office_leader"))


class PaperBatchFactory(LivingFactory):
    """Three forms from a street office; nothing keyed unless `sheets` says how many."""

    _path = {"closed": "keying"}

    class Meta:
        model = PaperBatch

    Params = stage_traits("keying", "closed")
    stage = "keying"
    campaign = factory.SubFactory(CampaignFactory)
    source = "河西街道办事处"
    received_on = factory.LazyFunction(timezone.localdate)
    expected = 3
    opened_by = factory.LazyFunction(lambda: person("officer"))

    @classmethod
    def born(cls, model_class: Any, *, at: Any, sheets: int = 0, **facts: Any) -> Any:
        one = super().born(model_class, at=at, **facts)
        county = Area.objects.filter(level=Area.Level.COUNTY).earliest("code")
        for serial in take_serials(one.campaign.year, sheets):
            one.key_in(
                serial,
                by=one.opened_by,
                title="路口没有红绿灯",
                body="老人过马路害怕。",
                area=county,
                phone="13700000009",
            )
        return one

    @staticmethod
    def to_closed(one: Any, at: Any) -> None:
        one.close(person("officer"), note="3 张空白")


class PosterFactory(LivingFactory):
    """An A4 poster at a hospital's door, made by an officer."""

    _path = {"retired": "in_use"}

    class Meta:
        model = Poster

    Params = stage_traits("in_use", "retired")
    stage = "in_use"
    campaign = factory.SubFactory(CampaignFactory)
    area = factory.LazyFunction(lambda: Area.objects.get(name="河西街道"))
    place = factory.Sequence(lambda n: f"第{n}医院门诊大厅")
    label = "第一批"
    size = Poster.Size.A4

    @classmethod
    def born(cls, model_class: Any, *, at: Any, place: str, **facts: Any) -> Any:
        return Poster.objects.put_up([place], by=person("officer"), topic=facts.pop("topic", None), **facts)[0]

    @staticmethod
    def to_retired(one: Any, at: Any) -> None:
        one.retire(person("officer"))


class SelfReportFactory(LivingFactory):
    """What the health commission puts forward itself, drafted by its clerk."""

    _path = {"submitted": "draft", "returned": "submitted", "signed": "submitted", "dropped": "draft"}

    class Meta:
        model = SelfReport

    Params = stage_traits("draft", *_path)
    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.LazyFunction(own_unit)
    title = factory.Sequence(lambda n: f"第{n}卫生院中午不打烊")
    body = "上班族只有中午有空，窗口却关着。"
    wish = "十二点到两点留一个窗口，年底前做到。"
    topic = factory.LazyFunction(lambda: Topic.objects.earliest("position"))
    drafted_by = factory.LazyFunction(lambda: person("clerk"))

    @staticmethod
    def to_submitted(one: Any, at: Any) -> None:
        one.submit(one.drafted_by)

    @staticmethod
    def to_returned(one: Any, at: Any) -> None:
        one.return_(person("unit_leader"), "写清哪天做到。")

    @staticmethod
    def to_signed(one: Any, at: Any) -> None:
        one.sign(person("unit_leader"))

    @staticmethod
    def to_dropped(one: Any, at: Any) -> None:
        one.drop(one.drafted_by)


class SuggestionFactory(LivingFactory):
    """Received from the website, with a phone and a name. `code` and `token` of its receipt are set on the object."""

    _path = {
        "not_accepted": "received", "open": "received", "merged": "open", "proposed": "open", "adopted": "open",
        "referred": "open", "deferred": "open", "assigned": "open", "declined": "open", "answered": "assigned",
        "reopened": "answered", "closed": "answered", "voided": "received",
    }  # fmt: skip

    class Meta:
        model = Suggestion

    Params = stage_traits("received", *_path)
    campaign = factory.SubFactory(CampaignFactory)
    topic = factory.LazyFunction(lambda: Topic.objects.earliest("position"))
    area = factory.LazyFunction(lambda: Area.objects.filter(level=Area.Level.COUNTY).earliest("code"))
    title = factory.Sequence(lambda n: f"第{n}小学门口放学时拥堵")
    body = "下午四点半放学，家长的车停满两侧，孩子要从车流里穿过去。"
    wish = "划出接送区，错峰放学。"
    name = "李晓梅"
    phone = factory.Sequence(lambda n: f"137{n:08d}")
    author = None

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        if at:
            facts.setdefault("received_at", at)
        suggestion, code, token = Suggestion.objects.receive(**facts)
        suggestion.code, suggestion.token = code, token
        return suggestion

    @staticmethod
    def to_not_accepted(one: Any, at: Any) -> None:
        one.refuse(person("officer"), Suggestion.Refusal.UNCLEAR, note="请补充具体地点后重新提交", at=at)

    @staticmethod
    def to_open(one: Any, at: Any) -> None:
        if one.must_be_read:
            one.confirm_text(shown=one.shown_words, hidden=one.hidden_words, at=at)
        one.accept(person("officer"), at=at)

    @staticmethod
    def to_merged(one: Any, at: Any) -> None:
        one.merge_into(SuggestionFactory(open=True, campaign=one.campaign, at=at), person("officer"), at=at)

    @staticmethod
    def to_proposed(one: Any, at: Any) -> None:
        propose(one, Decision.Route.ADOPT, at)

    @staticmethod
    def to_adopted(one: Any, at: Any) -> None:
        propose(one, Decision.Route.ADOPT, at).approve(person("office_leader"), at=at)

    @staticmethod
    def to_referred(one: Any, at: Any) -> None:
        propose(one, Decision.Route.REFER, at).approve(person("office_leader"), at=at)

    @staticmethod
    def to_deferred(one: Any, at: Any) -> None:
        propose(one, Decision.Route.DEFER, at).approve(person("office_leader"), at=at)

    @staticmethod
    def to_assigned(one: Any, at: Any) -> None:
        propose(one, Decision.Route.ASSIGN, at).approve(person("office_leader"), at=at)

    @staticmethod
    def to_declined(one: Any, at: Any) -> None:
        propose(one, Decision.Route.DECLINE, at).approve(person("office_leader"), at=at)

    @staticmethod
    def to_answered(one: Any, at: Any) -> None:
        AssignmentFactory.to_submitted(one.assignments.get(), at)
        AssignmentFactory.to_answered(one.assignments.get(), at)

    @staticmethod
    def to_reopened(one: Any, at: Any) -> None:
        Verdict.give(one.assignments.get(), Verdict.Level.DISSATISFIED, comment="遮雨棚还没有装。", reopen=True, at=at)

    @staticmethod
    def to_closed(one: Any, at: Any) -> None:
        Verdict.give(one.assignments.get(), Verdict.Level.SATISFIED, at=at)

    @staticmethod
    def to_voided(one: Any, at: Any) -> None:
        one.batch = ImportBatch.objects.create(campaign=one.campaign, source="老平台", file_name="留言.xlsx")
        one.save(update_fields=["batch"])
        one.void(person("officer"))


def propose(suggestion: Any, route: str, at: Any = None, *, unit: Any = None, reason: str = "") -> Decision:
    """An officer's proposal for an open suggestion, with what that route needs."""
    suggestion.refresh_from_db(fields=["status"])
    facts: dict[str, Any] = {}
    if route == Decision.Route.ASSIGN:
        facts["unit"] = unit or own_unit()
    if route == Decision.Route.DEFER:
        facts |= {"phase": "先试点两所学校", "target_year": suggestion.campaign.year + 1}
    return Decision.objects.propose(
        suggestion, by=person("officer"), route=route, reason=reason or "办理条件具备。", at=at, **facts
    )


class DecisionFactory(LivingFactory):
    """A proposal on a suggestion of its own; `pending`, `approved` or `sent_back`."""

    _path = {"approved": "pending", "sent_back": "pending"}

    class Meta:
        model = Decision

    Params = stage_traits("pending", *_path)
    suggestion = factory.SubFactory(SuggestionFactory, open=True)
    route = Decision.Route.ADOPT
    reason = "办理条件具备。"
    unit = None

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        return propose(facts["suggestion"], facts["route"], at, unit=facts["unit"], reason=facts["reason"])

    @staticmethod
    def to_approved(decision: Any, at: Any) -> None:
        decision.approve(person("office_leader"), at=at)

    @staticmethod
    def to_sent_back(decision: Any, at: Any) -> None:
        decision.send_back(person("office_leader"), "理由要写得更具体。", at=at)


class AssignmentFactory(LivingFactory):
    """A suggestion handed to a unit; `due`, `submitted`, `returned`, `answered`, `handed_back` or `released`."""

    _path = {
        "submitted": "due",
        "returned": "submitted",
        "answered": "submitted",
        "handed_back": "due",
        "released": "handed_back",
    }

    class Meta:
        model = Assignment

    Params = stage_traits("due", *_path)
    unit = factory.LazyFunction(own_unit)
    suggestion = None

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        suggestion = facts["suggestion"] or SuggestionFactory(open=True, at=at)
        propose(suggestion, Decision.Route.ASSIGN, at, unit=facts["unit"]).approve(person("office_leader"), at=at)
        return suggestion.assignments.latest("pk")

    @staticmethod
    def to_submitted(assignment: Any, at: Any) -> None:
        assignment.answer = ANSWER
        assignment.save()
        assignment.submit(worker_of(assignment.unit, "clerk"), at=at)

    @staticmethod
    def to_returned(assignment: Any, at: Any) -> None:
        assignment.return_(worker_of(assignment.unit, "leader"), "请写明完成时间。", at=at)

    @staticmethod
    def to_answered(assignment: Any, at: Any) -> None:
        assignment.sign(worker_of(assignment.unit, "leader"), at=at)

    @staticmethod
    def to_handed_back(assignment: Any, at: Any) -> None:
        assignment.hand_back(worker_of(assignment.unit, "leader"), "不归本单位管，请转交通局。", at=at)

    @staticmethod
    def to_released(assignment: Any, at: Any) -> None:
        assignment.release(person("office_leader"), "核对了职责，确实不归该单位。", other=UnitFactory(), at=at)


class ExtensionFactory(LivingFactory):
    """More time for an answer, by default to five working days after the date that holds: `drafted` by the clerk,
    `asked` by the leader, `approved`, `refused` or `withdrawn`."""

    _path = {"asked": "drafted", "approved": "asked", "refused": "asked", "withdrawn": "drafted"}

    class Meta:
        model = Extension

    Params = stage_traits("drafted", *_path)
    assignment = factory.SubFactory(AssignmentFactory)
    until = None
    reason = "要等供电公司下周来现场核实线路。"

    @classmethod
    def born(cls, model_class: Any, *, at: Any, **facts: Any) -> Any:
        one = facts.pop("assignment")
        until = facts.pop("until") or WorkCalendar.current().add(one.due_on, 5)
        clerk = worker_of(one.unit, "clerk")
        return Extension.objects.ask(one, by=clerk, until=until, send=False, at=at, **facts)

    @staticmethod
    def to_asked(one: Any, at: Any) -> None:
        one.send(worker_of(one.assignment.unit, "leader"), at=at)

    @staticmethod
    def to_approved(one: Any, at: Any) -> None:
        one.approve(person("officer"), at=at)

    @staticmethod
    def to_refused(one: Any, at: Any) -> None:
        one.refuse(person("officer"), "现场一天就能看完，请按原定期限答复。", at=at)

    @staticmethod
    def to_withdrawn(one: Any, at: Any) -> None:
        one.withdraw(worker_of(one.assignment.unit, "clerk"), at=at)


class VerdictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Verdict

    assignment = factory.SubFactory(AssignmentFactory, answered=True)
    level = Verdict.Level.SATISFIED
    result = ""
    comment = ""
    reopen = False
    at = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, assignment: Any, level: str, **facts: Any) -> Any:
        return Verdict.give(assignment, level, **facts)


class AttachmentFactory(factory.django.DjangoModelFactory):
    """A photo of an open suggestion; private unless `released=True`."""

    class Meta:
        model = Attachment

    class Params:
        released = factory.Trait(is_released=True)
        unclaimed = factory.Trait(suggestion=None)

        voice = factory.Trait(
            kind="voice",
            seconds=65,
            media=factory.LazyFunction(lambda: ContentFile(b"sound" * 200, "x.m4a")),
            image="",
            thumb="",
        )
        video = factory.Trait(
            kind="video", seconds=9, media=factory.LazyFunction(lambda: ContentFile(b"film" * 200, "x.mp4"))
        )
        document = factory.Trait(
            kind="document", media=factory.LazyFunction(lambda: ContentFile(b"%PDF-1.7", "x.pdf")), image="", thumb=""
        )

    suggestion = factory.SubFactory(SuggestionFactory, open=True)
    image = factory.LazyFunction(jpeg)
    thumb = factory.LazyFunction(lambda: jpeg(16, 12))


class NoticeFactory(factory.django.DjangoModelFactory):
    """An SMS in the outbox, waiting; `sent=True` and `stuck=True` for the others."""

    class Meta:
        model = Notice

    class Params:
        sent = factory.Trait(sent_at=factory.LazyFunction(timezone.now), next_try_at=None)
        stuck = factory.Trait(next_try_at=None, attempts=6, trouble="网关没有应答")

    event = factory.Sequence(lambda n: f"test:{n}")
    channel = Notice.Channel.SMS
    phone = "13700000000"
    recipient_key = factory.Sequence(lambda n: f"key-{n}")
    text = "您的建议已受理。"
    created_at = factory.LazyFunction(timezone.now)
    next_try_at = factory.LazyFunction(timezone.now)
