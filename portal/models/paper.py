"""纸质问卷: forms filled in by hand, counted when they come in and keyed one by one."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models.campaign import Campaign
from portal.models.consent import TEXT_VERSION, Consent, purposes_used
from portal.models.notice import Notice
from portal.models.numbers import Counter
from portal.models.suggestion import Suggestion

_SERIAL = re.compile(r"(?:BD)?(?:(?P<year>\d{4})-)?(?P<n>\d{1,6})(?P<copy>-[2-9]\d?)?")
GAPS_SHOWN = 20


def _series(year: int) -> str:
    return f"BD{year}"


def take_serials(year: int, count: int) -> list[str]:
    """The next numbers for forms that are about to be printed: BD2026-00041 and so on."""
    return [f"{_series(year)}-{n:05d}" for n in Counter.take(_series(year), count)]


def read_serial(text: str, year: int) -> str:
    """The number of a form as a clerk typed it: "41" is enough, a photocopy is told apart by "41-2". "" when it is none
    that was ever printed for this year."""
    found = _SERIAL.fullmatch("".join(text.upper().split()))
    if not found or int(found["year"] or year) != year:
        return ""
    printed = Counter.objects.filter(key=_series(year)).values_list("value", flat=True).first() or 0
    n = int(found["n"])
    return f"{_series(year)}-{n:05d}{found['copy'] or ''}" if 1 <= n <= printed else ""


class PaperBatchQuerySet(models.QuerySet["PaperBatch"]):
    def with_keyed(self) -> PaperBatchQuerySet:
        """With `keyed`: how many sheets are in."""
        return self.annotate(keyed=Count("sheets", filter=Q(sheets__undone_at=None)))


class PaperBatch(Moving, models.Model):
    """A pile of forms from one place, keyed in by and by."""

    class Status(models.TextChoices):
        KEYING = "keying", _("录入中")
        CLOSED = "closed", _("已结清")

    MOVES = {
        "close": verb(Status.KEYING, Status.CLOSED, _("结清")),
        "reopen": verb(Status.CLOSED, Status.KEYING, _("重新打开")),
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name=_("年度征集"))
    source = models.CharField(_("从哪里收来"), max_length=60)
    received_on = models.DateField(_("收到日期"))
    expected = models.PositiveIntegerField(_("收到张数"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    opened_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.KEYING, editable=False)

    objects = PaperBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("纸质问卷批次")
        verbose_name_plural = _("纸质问卷批次")

    def __str__(self) -> str:
        return f"{self.source} {self.received_on:%Y-%m-%d}"

    def standing(self) -> models.QuerySet[PaperSheet]:
        """The sheets that are in, without those taken back."""
        return self.sheets.filter(undone_at=None)  # type: ignore[attr-defined, no-any-return]

    def gaps(self) -> list[str]:
        """Numbers between the lowest and the highest keyed here that were keyed nowhere: mislaid, or never given out."""
        prefix = f"{_series(self.campaign.year)}-"
        own = [int(serial[7:12]) for serial in self.standing().values_list("serial", flat=True)]
        if not own:
            return []
        span = [f"{prefix}{n:05d}" for n in range(min(own), max(own) + 1)][:5000]
        known = set(
            PaperSheet.objects.filter(undone_at=None, serial__range=(span[0], f"{span[-1]}-99"))
            .values_list("serial", flat=True)
        )  # fmt: skip
        keyed = {serial[:12] for serial in known}
        return [serial for serial in span if serial not in keyed]

    def key_in(self, serial: str, *, by: Any, **facts: Any) -> tuple[PaperSheet, str, str]:
        """One sheet: its suggestion with code and token, and the author's consent on paper, all or nothing. Raises
        `MoveRefused` when the number was keyed before, also by somebody else in this moment, or the batch is closed."""
        try:
            with transaction.atomic():
                # Waits for whoever is closing the batch, so that nothing comes in after the count.
                locked = PaperBatch.objects.select_for_update().get(pk=self.pk)
                if locked.status != self.Status.KEYING:
                    raise MoveRefused(_("这一批已经结清，要补录请先重新打开。"))
                sheet = PaperSheet(batch=self, serial=serial, keyed_by=by)
                sheet.suggestion, code, token = Suggestion.objects.receive(
                    campaign=self.campaign, channel=Suggestion.Channel.FORM, recorded_by=by, **facts
                )
                sheet.save()
                _keep_consent(sheet.suggestion, by)
                _tell(sheet.suggestion)
        except IntegrityError:
            twin = PaperSheet.objects.filter(serial=serial, undone_at=None).select_related("suggestion").first()
            if twin is None:
                raise
            raise MoveRefused(twin.keyed_before()) from None
        return sheet, code, token

    def close(self, by: Any, *, note: str = "") -> Move:
        """Nothing more comes in. Raises `MoveRefused` when the count differs and nobody says why."""
        with transaction.atomic():
            locked = PaperBatch.objects.select_for_update().get(pk=self.pk)
            keyed = locked.standing().count()
            if keyed != locked.expected and not note.strip():
                raise MoveRefused(
                    _("收到 %(expected)d 张，录入 %(keyed)d 张，对不上。请写明原因。")
                    % {"expected": locked.expected, "keyed": keyed}
                )
            return self._move("close", by=by, internal_note=note)

    def reopen(self, by: Any) -> Move:
        return self._move("reopen", by=by)


def _keep_consent(suggestion: Suggestion, by: Any) -> None:
    """What was ticked on paper; that the form asked, and publication was not wanted, too."""
    facts: dict[str, Any] = {"how": Consent.How.PAPER, "by": by}
    Consent.objects.record(suggestion, **facts)
    if not suggestion.is_public:
        facts |= {"at": timezone.now(), "text_version": TEXT_VERSION, "given": False}
        Consent.objects.create(suggestion=suggestion, purpose=Consent.Purpose.PUBLISH, **facts)


def _tell(suggestion: Suggestion) -> None:
    """Who left a phone hears that the sheet has arrived. The receipt code stays on the slip."""
    if suggestion.phone:
        text = _("您填的纸质问卷已登记，受理编号 %s。有进展会再发短信告诉您。") % suggestion.number
        Notice.objects.tell(
            f"paper-received:{suggestion.pk}", text, phone=suggestion.phone, url=suggestion.get_absolute_url()
        )


class PaperBatchMove(Move):
    subject = models.ForeignKey(PaperBatch, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("纸质问卷批次动态")


class PaperSheet(models.Model):
    """One form: its printed number, and the suggestion that was keyed from it."""

    batch = models.ForeignKey(PaperBatch, models.PROTECT, related_name="sheets", verbose_name=_("批次"))
    serial = models.CharField(_("表号"), max_length=16)
    suggestion = models.OneToOneField(Suggestion, models.PROTECT, related_name="paper_sheet", verbose_name=_("建议"))
    keyed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人"))
    keyed_at = models.DateTimeField(_("录入时间"), default=timezone.now)
    undone_at = models.DateTimeField(_("撤回时间"), null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("纸质问卷")
        verbose_name_plural = _("纸质问卷")
        constraints = [
            models.UniqueConstraint(fields=["serial"], condition=Q(undone_at=None), name="paper_serial_once"),
        ]

    def __str__(self) -> str:
        return self.serial

    def keyed_before(self) -> str:
        """What to tell whoever types this number again."""
        return _("表号 %(serial)s 已经录过，编号 %(number)s。是同一张就不用再录；是复印的另一张，请在表号后面加 -2。") % {
            "serial": self.serial, "number": self.suggestion.number}  # fmt: skip

    @property
    def may_change(self) -> bool:
        """Whether keying can still be mended here: nobody has screened it, and the batch is open."""
        return (
            self.undone_at is None
            and self.batch.status == PaperBatch.Status.KEYING
            and self.suggestion.status == Suggestion.Status.RECEIVED
        )

    @transaction.atomic
    def mend(self, by: Any, **facts: Any) -> None:
        """Correct what was keyed. Raises `MoveRefused` once somebody has screened it."""
        self.require_open()
        one = self.suggestion
        for name, value in facts.items():
            setattr(one, name, value)
        one.set_phone(facts.get("phone", one.phone))
        one._change_reason = str(_("更正纸质问卷的录入"))  # type: ignore[attr-defined]
        one.save()
        self._match_consent(by)

    def _match_consent(self, by: Any) -> None:
        """What the mended sheet says is the last word on each purpose."""
        last, used = Consent.objects.standing(self.suggestion), purposes_used(self.suggestion)
        given = {purpose for purpose, word in last.items() if word.given}
        facts = {"suggestion": self.suggestion, "how": Consent.How.PAPER, "by": by, "at": timezone.now()}
        for purpose in sorted(given.symmetric_difference(used)):
            Consent.objects.create(purpose=purpose, given=purpose in used, text_version=TEXT_VERSION, **facts)

    @transaction.atomic
    def undo(self, by: Any) -> None:
        """Keyed by mistake: the suggestion is void, the number is free again."""
        self.require_open()
        self.suggestion.void(by, note=str(_("撤回纸质问卷 %s 的录入") % self.serial))
        PaperSheet.objects.filter(pk=self.pk).update(undone_at=timezone.now())

    def require_open(self) -> None:
        if not self.may_change:
            raise MoveRefused(_("这一张已经初审或批次已经结清，不能在这里改。请到“建议办理”里更正。"))
