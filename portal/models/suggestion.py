"""意见建议: one suggestion, from whatever channel, and its whole life."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from wagtail.search import index

from config.moves import BIRTH, Move, MoveRefused, Moving, verb
from config.privacy import EncryptedTextField, normal_phone, surname_only
from config.search import ChineseSearchField
from portal.models.campaign import Campaign
from portal.models.numbers import (
    new_link_token,
    new_receipt_code,
    normal_receipt_code,
    suggestion_numbers,
    token_digest,
)
from portal.models.people import phone_index
from portal.models.places import Area, Topic
from portal.models.public_text import CHOICES, TEXTS, PublicText, PublicTextField
from portal.workdays import WorkCalendar

SCREENING_DAYS = 2
DECISION_DAYS = 15


def office_dates(day: date, calendar: WorkCalendar) -> dict[str, date]:
    """By when the office screens and decides what it received on `day`."""
    return {"screen_by": calendar.add(day, SCREENING_DAYS), "decide_by": calendar.add(day, DECISION_DAYS)}


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def public(self) -> SuggestionQuerySet:
        """What everybody may read: screened, and not asked to be kept private."""
        return self.filter(is_public=True).exclude(status__in=Suggestion.HIDDEN)

    def visible_to(self, user: Any) -> SuggestionQuerySet:
        """What this person may read: the public ones, their own, and everything for the office and the auditor."""
        if not user.is_authenticated:
            return self.public()
        if user.has_perm("portal.view_suggestion"):
            return self.all()
        own = Q(author=user) | Q(assignments__unit__in=user.units_as())
        return (self.public() | self.filter(own)).distinct()

    def containing(self, text: str) -> SuggestionQuerySet:
        """Whose public words or number hold every word of the text; see `portal.searching`."""
        from portal.searching import Search

        return Search(text).among(self)  # type: ignore[return-value]

    def standing(self) -> SuggestionQuerySet:
        """All but those of an import that was taken back: they count nowhere and stand in no list."""
        return self.exclude(status=Suggestion.Status.VOIDED)

    def untouched(self) -> SuggestionQuerySet:
        """As an import left them: not moved, not edited, not claimed, and no row of any table was added to them."""
        here = OuterRef("pk")
        moved = SuggestionMove.objects.filter(subject=here).exclude(verb__in=Suggestion.ARRIVALS)
        edited = Suggestion.history.model.objects.filter(id=here, history_type="~")
        rows = self.filter(~Exists(moved), ~Exists(edited), status__in=Suggestion.VOIDABLE, author=None)
        for link in Suggestion._meta.related_objects:
            if link.name not in ("moves", "imported_reply", "similar_text", "search_text", "reveals"):
                others = link.related_model._base_manager.filter(**{link.field.name: here})
                rows = rows.filter(~Exists(others))
        return rows

    def taken_back(self) -> SuggestionQuerySet:
        """Whose author agreed to publication once and withdrew it; who never agreed is not among them."""
        rows = self.filter(is_public=False, consents__purpose="publish", consents__given=False)
        return rows.filter(consents__purpose="publish", consents__given=True).distinct()

    def left_with_phone_of(self, user: Any) -> SuggestionQuerySet:
        """What nobody has claimed and was left with the phone that this account has proven; none without one."""
        if not user.is_authenticated or user.identity_level < 1:
            return self.none()
        return self.standing().filter(author=None, phone_key=user.phone_key)

    def unanswered(self) -> SuggestionQuerySet:
        """还没有回音: accepted and without a public end."""
        return self.filter(status__in=Suggestion.UNDECIDED)

    def recount_office_dates(self, calendar: WorkCalendar) -> int:
        """After the calendar changed: count the office's own dates again where it still owes something; the number
        of suggestions whose dates moved. Nothing else of them changes, so no history is written: the calendar has its own."""
        waiting = self.filter(status__in=Suggestion.AWAITING)
        moved = 0
        for day in waiting.annotate(day=TruncDate("received_at")).order_by().values_list("day", flat=True).distinct():
            dates = office_dates(day, calendar)
            moved += waiting.filter(received_at__date=day).exclude(**dates).update(**dates)
        return moved

    def unchecked(self) -> SuggestionQuerySet:
        """公开文字未经人工确认: in public as masked by rule, and nobody has looked at it yet."""
        return self.public().filter(text_checked_at=None)


class SuggestionManager(models.Manager.from_queryset(SuggestionQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def receive(self, *, calendar: WorkCalendar | None = None, **facts: Any) -> tuple[Suggestion, str, str]:
        """Record a new suggestion: the row, its receipt code and its link token, both shown once and never stored.

        `facts` are field values; `campaign` and `phone` among them. Runs in one transaction with the first move row.
        """
        at: datetime = facts.setdefault("received_at", timezone.now())
        suggestion = self.model(**facts)
        code, token = new_receipt_code(), new_link_token()
        suggestion.receipt_hash, suggestion.link_digest = make_password(code), token_digest(token)
        suggestion.set_phone(facts.get("phone", ""))
        suggestion.set_office_dates(calendar or WorkCalendar.current())
        suggestion.number = suggestion_numbers(suggestion.campaign.year)[0]
        suggestion.save()
        suggestion._begin(by=suggestion.recorded_by, at=at)
        return suggestion, code, token

    def by_receipt(self, number: str, code: str) -> Suggestion | None:
        """The suggestion of a number and its receipt code. A wrong number takes as long as a wrong code."""
        found = self.filter(number=number.strip().upper()).exclude(receipt_hash="").first()
        reference = found.receipt_hash if found else _dummy_hash()
        return found if check_password(normal_receipt_code(code), reference) and found else None

    def by_link(self, token: str) -> Suggestion | None:
        """The suggestion of the address in a receipt's QR code."""
        return self.filter(link_digest=token_digest(token)).first() if token else None


_DUMMY: list[str] = []


def _dummy_hash() -> str:
    if not _DUMMY:
        _DUMMY.append(make_password(new_receipt_code()))
    return _DUMMY[0]


class Suggestion(index.Indexed, PublicText, Moving, models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received", _("已收到")
        NOT_ACCEPTED = "not_accepted", _("未受理")
        OPEN = "open", _("已受理")
        MERGED = "merged", _("合并办理")
        PROPOSED = "proposed", _("拟定去向")
        ADOPTED = "adopted", _("采纳，纳入项目库")
        REFERRED = "referred", _("转民生实事")
        DEFERRED = "deferred", _("分步推进")
        ASSIGNED = "assigned", _("转责任单位办理")
        DECLINED = "declined", _("不予采纳")
        ANSWERED = "answered", _("已答复")
        REOPENED = "reopened", _("重新办理")
        CLOSED = "closed", _("已办结")
        VOIDED = "voided", _("已作废")

    HIDDEN = (Status.RECEIVED, Status.NOT_ACCEPTED, Status.VOIDED)
    TRIAGE = (Status.RECEIVED, Status.OPEN, Status.PROPOSED)
    UNDECIDED = (Status.OPEN, Status.PROPOSED, Status.ASSIGNED, Status.REOPENED)
    AWAITING = (Status.RECEIVED, Status.OPEN, Status.PROPOSED)
    SUPPORTABLE = (Status.OPEN, Status.PROPOSED)
    DECIDED = (Status.ADOPTED, Status.REFERRED, Status.DEFERRED, Status.ASSIGNED, Status.DECLINED)
    ARRIVALS = (BIRTH, "bring_answer")
    VOIDABLE = (Status.RECEIVED, Status.ANSWERED)
    ENDED = (Status.ADOPTED, Status.REFERRED, Status.DEFERRED, Status.DECLINED, Status.ANSWERED, Status.CLOSED)

    MOVES = {
        "accept": verb(Status.RECEIVED, Status.OPEN, _("受理")),
        "refuse": verb(Status.RECEIVED, Status.NOT_ACCEPTED, _("不受理")),
        "reconsider": verb(Status.NOT_ACCEPTED, Status.RECEIVED, _("重新审看")),
        "merge": verb(Status.OPEN, Status.MERGED, _("与相同建议合并办理")),
        "unmerge": verb(Status.MERGED, Status.OPEN, _("取消合并")),
        "propose": verb(Status.OPEN, Status.PROPOSED, _("提出办理意见")),
        "send_back": verb(Status.PROPOSED, Status.OPEN, _("退回重拟")),
        "withdraw": verb(Status.PROPOSED, Status.OPEN, _("撤回办理意见")),
        "adopt": verb(Status.PROPOSED, Status.ADOPTED, _("采纳")),
        "refer": verb(Status.PROPOSED, Status.REFERRED, _("转民生实事")),
        "defer": verb(Status.PROPOSED, Status.DEFERRED, _("分步推进")),
        "assign": verb(Status.PROPOSED, Status.ASSIGNED, _("转责任单位")),
        "decline": verb(Status.PROPOSED, Status.DECLINED, _("不予采纳")),
        "answer": verb([Status.ASSIGNED, Status.REOPENED], Status.ANSWERED, _("公开答复")),
        "reopen": verb([Status.ANSWERED, Status.CLOSED], Status.REOPENED, _("重新办理")),
        "close": verb(Status.ANSWERED, Status.CLOSED, _("办结")),
        "bring_answer": verb(Status.RECEIVED, Status.ANSWERED, _("导入原平台答复")),
        "void": verb(VOIDABLE, Status.VOIDED, _("撤回")),
    }

    class Channel(models.TextChoices):
        WEB = "web", _("网站")
        QR = "qr", _("扫码")
        PHONE = "phone", _("电话")
        LETTER = "letter", _("信件")
        EMAIL = "email", _("邮箱")
        STALL = "stall", _("现场")
        FORM = "form", _("问卷")
        VISIT = "visit", _("走访")
        DEPUTY = "deputy", _("代表委员")
        SELF_REPORT = "self_report", _("部门自报")
        IMPORT = "import", _("导入")

    class ShownAs(models.TextChoices):
        ANONYMOUS = "anonymous", _("匿名")
        SURNAME = "surname", _("只显示姓氏")
        NAME = "name", _("显示姓名")

    class Refusal(models.TextChoices):
        DUPLICATE = "duplicate", _("与本人已提交的建议重复")
        OUT_OF_SCOPE = "out_of_scope", _("不属于本市职责范围")
        UNCLEAR = "unclear", _("内容不具体，无法办理")
        LITIGATION = "litigation", _("已进入诉讼、仲裁或信访程序")
        PRIVATE = "private", _("含他人隐私或不实指控")
        ABUSIVE = "abusive", _("含辱骂、广告等内容")

    number = models.CharField(_("受理编号"), max_length=14, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="suggestions", verbose_name=_("年度征集"))
    status = models.CharField(
        _("状态"), max_length=12, choices=Status, default=Status.RECEIVED, editable=False, db_index=True
    )
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("领域"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("所在区划"))
    place = models.CharField(_("具体地点"), max_length=120, blank=True)
    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("遇到了什么不方便"))
    wish = models.TextField(_("怎样会更好"), blank=True)
    # What the public reads; written whenever the text is, see `portal.models.public_text`.
    public_title = PublicTextField(_("公开的标题"), source="title")
    public_place = PublicTextField(_("公开的地点"), source="place")
    public_body = PublicTextField(_("公开的内容"), source="body")
    public_wish = PublicTextField(_("公开的改进想法"), source="wish")
    shown_words = models.JSONField(_("经确认可以公开的字句"), default=list, blank=True, editable=False)
    hidden_words = models.JSONField(_("另外遮住的字句"), default=list, blank=True, editable=False)
    text_checked_at = models.DateTimeField(_("公开文字确认时间"), null=True, editable=False)
    channel = models.CharField(_("来源渠道"), max_length=12, choices=Channel, default=Channel.WEB)
    received_at = models.DateTimeField(_("收到时间"), db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="suggestions",
        verbose_name=_("认领人"),
    )  # fmt: skip
    name = EncryptedTextField(_("姓名"), blank=True, default="")
    phone = EncryptedTextField(_("联系电话"), blank=True, default="")
    phone_key = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    shown_as = models.CharField(_("署名方式"), max_length=10, choices=ShownAs, default=ShownAs.ANONYMOUS)
    is_public = models.BooleanField(_("可以公开"), default=True)
    receipt_hash = models.CharField(max_length=160, blank=True, default="", editable=False)
    link_digest = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    submission_key = models.CharField(max_length=40, unique=True, null=True, editable=False)

    source = models.CharField(_("来源平台"), max_length=60, blank=True, default="")
    reference = models.CharField(_("原编号"), max_length=40, null=True, blank=True)
    batch = models.ForeignKey(
        "portal.ImportBatch", models.PROTECT, null=True, blank=True, editable=False, related_name="suggestions",
        verbose_name=_("导入批次"),
    )  # fmt: skip
    proposed_by_unit = models.ForeignKey(
        "portal.Unit", models.PROTECT, null=True, blank=True, editable=False, related_name="own_suggestions",
        verbose_name=_("自报单位"),
    )  # fmt: skip
    poster = models.ForeignKey(
        "portal.Poster", models.PROTECT, null=True, blank=True, editable=False, related_name="suggestions",
        verbose_name=_("海报"),
    )  # fmt: skip
    imported_for = models.PositiveIntegerField(_("原平台点赞数"), null=True, blank=True)
    imported_against = models.PositiveIntegerField(_("原平台反对数"), null=True, blank=True)

    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="handled",
        verbose_name=_("经办人"),
    )  # fmt: skip
    lead = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("并入")
    )
    refusal = models.CharField(_("不受理原因"), max_length=14, choices=Refusal, blank=True, default="")
    support_count = models.PositiveIntegerField(_("附议人数"), default=0, editable=False)
    screen_by = models.DateField(_("应于此日前初审"), null=True, editable=False)
    decide_by = models.DateField(_("应于此日前定去向"), null=True, editable=False)

    objects = SuggestionManager()
    history = HistoricalRecords(
        excluded_fields=[
            "status",
            "support_count",
            "receipt_hash",
            "link_digest",
            "submission_key",
            "batch",
            "poster",
            "proposed_by_unit",
        ],
        history_change_reason_field=models.TextField(null=True),
    )

    search_fields = [
        ChineseSearchField("public_title", boost=3),
        ChineseSearchField("public_body"),
        ChineseSearchField("public_wish"),
        ChineseSearchField("public_place"),
        index.SearchField("number"),
        index.SearchField("reference"),
        index.FilterField("status"),
        index.FilterField("is_public"),
        index.FilterField("topic_id"),
        index.FilterField("area_id"),
        index.FilterField("campaign_id"),
        index.FilterField("channel"),
        index.FilterField("received_at"),
    ]

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("意见建议")
        verbose_name_plural = _("意见建议")
        permissions = [
            ("screen_suggestion", _("初审、并案")),
            ("propose_decision", _("提出办理意见")),
            ("approve_decision", _("审定办理意见")),
            ("reveal_person", _("查看提出人身份")),
        ]
        indexes = [
            models.Index(fields=["status", "-received_at", "-id"], name="suggestion_queue"),
            models.Index(fields=["-received_at", "-id"], name="suggestion_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference"], condition=~Q(status="voided"), name="suggestion_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(status="merged", lead__isnull=False) | (~Q(status="merged") & Q(lead__isnull=True)),
                name="suggestion_merged_has_lead",
            ),
            models.CheckConstraint(condition=~Q(lead=F("id")), name="suggestion_not_own_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.public_title}"

    def save(self, *args: Any, **options: Any) -> None:
        """Whatever rewrites the public wording brings the indexes of words and of similar ones up to date too."""
        from portal import searching, similar

        named = options.get("update_fields")
        if named is not None and not {*named} & {*TEXTS, *CHOICES}:
            super().save(*args, **options)
            return
        with transaction.atomic():
            super().save(*args, **options)
            searching.keep([self.pk])
            similar.keep_later([self.pk])

    def get_absolute_url(self) -> str:
        return reverse("portal:suggestion", args=[self.number])

    # --- who, when ------------------------------------------------------------------------------
    def set_phone(self, phone: str) -> None:
        """Set the phone and its look-up value together. Does not save."""
        self.phone = normal_phone(phone)
        self.phone_key = phone_index(phone) if self.phone else ""

    def set_office_dates(self, calendar: WorkCalendar) -> None:
        """The office's own deadlines for this suggestion, counted in working days from its receipt."""
        dates = office_dates(timezone.localdate(self.received_at), calendar)
        self.screen_by, self.decide_by = dates["screen_by"], dates["decide_by"]

    @property
    def author_shown(self) -> str:
        """The author as they chose to be shown; a department by its name."""
        if self.proposed_by_unit_id:
            return str(_("%s自报") % self.proposed_by_unit)
        match self.shown_as:
            case self.ShownAs.NAME if self.name:
                return self.name
            case self.ShownAs.SURNAME if self.name:
                return surname_only(self.name)
        return str(_("匿名"))

    @property
    def is_hidden(self) -> bool:
        """Not for the public: not screened yet, refused, or asked to be kept private."""
        return not self.is_public or self.status in self.HIDDEN

    @property
    def lead_or_self(self) -> Suggestion:
        """The suggestion that is being worked on for this one."""
        return self.lead or self

    def is_author(self, user: Any) -> bool:
        """Whether this account has claimed the suggestion."""
        return bool(user.is_authenticated and self.author_id == user.pk)

    @transaction.atomic
    def claim(self, user: Any) -> None:
        """Tie the suggestion to the account of its author, who has shown the receipt. Raises `MoveRefused` when the
        account has no verified phone or when another account was faster."""
        if user.identity_level < 1:
            raise MoveRefused(_("请先用手机号登录，再认领建议。"))
        fresh = Suggestion.objects.select_for_update().get(pk=self.pk)
        if fresh.author_id not in (None, user.pk):
            raise MoveRefused(_("这条建议已由另一个账号认领。"))
        fresh.author = self.author = user
        fresh.save(update_fields=["author"])

    # --- moves ----------------------------------------------------------------------------------
    def _move(self, name: str, *, public_note: str = "", internal_note: str = "", **facts: Any) -> Move:
        """As everywhere; rows of moves can never be changed, so the author's name and numbers stay out of them."""
        public_note, internal_note = self.office_wording(public_note), self.office_wording(internal_note)
        return super()._move(name, public_note=public_note, internal_note=internal_note, **facts)

    def _move_and_tell(self, name: str, *, by: Any, note: str = "", at: datetime | None = None, **facts: Any) -> Move:
        """Move, and tell the authors and followers of this suggestion and of those merged into it. An `internal_note` is for the
        office alone."""
        from portal.models.notice import tell_of_move

        with transaction.atomic():
            move = self._move(name, by=by, public_note=note, at=at, **facts)
            tell_of_move(self, move)
        return move

    def accept(self, by: Any, *, note: str = "", at: datetime | None = None) -> Move:
        """Screened: shown in public, can be supported. Raises `MoveRefused` when there is personal data in the text and
        nobody has looked at what the public will read: rules alone publish nothing like that."""
        with transaction.atomic():
            now = Suggestion.objects.select_for_update().get(pk=self.pk)
            if now.status == self.Status.RECEIVED and now.must_be_read:
                kinds = "、".join(now.found_kinds())
                raise MoveRefused(
                    _("%(number)s 的文字里可能有个人信息（%(kinds)s），请先打开看过公众会看到的文字，再受理。")
                    % {"number": self.number, "kinds": kinds}
                )
            return self._move_and_tell("accept", by=by, note=note, at=at)

    def refuse(self, by: Any, reason: str, *, note: str = "", at: datetime | None = None) -> Move:
        """Not accepted, with a reason from the list and a sentence for the author."""
        text = "。".join(part for part in (str(self.Refusal(reason).label), note) if part)
        return self._move_and_tell("refuse", by=by, note=text, at=at, refusal=reason)

    def reconsider(self, by: Any, *, note: str = "", at: datetime | None = None) -> Move:
        """Undo a refusal: back into the screening queue."""
        return self._move_and_tell("reconsider", by=by, note=note, at=at, refusal="")

    def merge_into(self, lead: Suggestion, by: Any, *, note: str = "", at: datetime | None = None) -> Move:
        """Work on this one together with `lead`; number, receipt and credit stay with its author."""
        with transaction.atomic():
            if lead.pk == self.pk:
                raise MoveRefused(_("不能并入自己，请另选一条为主。"))
            # Both, in one order for everybody: whoever merges the lead elsewhere at this moment waits, or is waited for.
            both = Suggestion.objects.select_for_update(of=("self",)).filter(pk__in=[self.pk, lead.pk]).order_by("pk")
            locked = {one.pk: one for one in both}[lead.pk]
            if locked.status in (*self.HIDDEN, self.Status.MERGED):
                raise MoveRefused(_("“%s”不能作为主建议：它尚未受理，或已并入另一条。") % locked.number)
            if self.is_public and not locked.is_public:
                raise MoveRefused(_("“%s”不公开，公开的建议不能并入它，请另选一条为主。") % locked.number)
            if self.members.exists():
                raise MoveRefused(_("%s 之下已有并入的建议，请先取消它们的合并。") % self.number)
            note = note or str(_("与 %(number)s《%(title)s》说的是同一件事，合并办理。编号和查询码照旧有效。")) % {
                "number": locked.number,
                "title": locked.public_title,
            }
            return self._move_and_tell("merge", by=by, note=note, at=at, lead=locked)

    def unmerge(self, by: Any, *, note: str = "", at: datetime | None = None) -> Move:
        return self._move_and_tell("unmerge", by=by, note=note, at=at, lead=None)

    def close(self, by: Any = None, *, note: str = "", at: datetime | None = None) -> Move:
        return self._move("close", by=by, public_note=note, at=at)

    def void(self, by: Any, *, note: str = "") -> Move:
        """Taken back with its import; the same message may come in again later under a new number. Raises
        `MoveRefused` for what a person handed in here."""
        if self.batch_id is None and not hasattr(self, "paper_sheet"):
            raise MoveRefused(_("只有从表格导入或按纸质问卷录入的建议能撤回。"))
        return self._move("void", by=by, internal_note=note)


class SuggestionMove(Move):
    subject = models.ForeignKey(Suggestion, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("建议动态")


class ImportedReply(models.Model):
    """The answer that an older platform gave, kept apart from answers given here: it counts in no rate of ours."""

    suggestion = models.OneToOneField(Suggestion, models.PROTECT, related_name="imported_reply")
    text = models.TextField(_("原平台答复"))
    replied_at = models.DateTimeField(_("答复时间"))

    def __str__(self) -> str:
        return f"{self.suggestion.number}: {self.replied_at:%Y-%m-%d}"
