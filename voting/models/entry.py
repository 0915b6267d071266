"""参评项目: one project in a round, the monitors' score sheets on it, and its result."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import MoveRefused
from monitors.models import Monitor
from projects.models import Project
from voting import tally
from voting.models.round import Criterion, Round


class Entry(models.Model):
    """One project in one round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="entries", verbose_name=_("打分"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="entries", verbose_name=_("项目"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("参评项目")
        verbose_name_plural = _("参评项目")
        constraints = [models.UniqueConstraint(fields=["round", "project"], name="entry_once")]

    def __str__(self) -> str:
        return self.project.title

    @property
    def latest_result(self) -> Result:
        """The result that counts: the last correction, or the first computation."""
        return max(self.results.all(), key=lambda result: result.version)

    def valid_sheets(self, eligible: set[int]) -> list[Sheet]:
        """The last sheet of each monitor who may score; sheets of recused monitors count neither way."""
        latest: dict[int, Sheet] = {}
        for sheet in self.sheets.filter(monitor__in=eligible).prefetch_related("marks").order_by("version"):
            latest[sheet.monitor_id] = sheet
        return list(latest.values())

    @transaction.atomic
    def submit(
        self, monitor: Monitor, points: dict[int, int], *, comment: str = "", seconds: int | None = None,
        at: datetime | None = None,
    ) -> Sheet:  # fmt: skip
        """Record a monitor's sheet; a later one replaces an earlier one, and both stay. `points` is criterion pk →
        0…100. Raises `MoveRefused` outside the window, for monitors who may not score, for a half-filled sheet."""
        # The row lock makes a closing round wait for a sheet that was in time, so that none slips between.
        locked = Round.objects.select_for_update().filter(pk=self.round_id)
        accepting = locked.get().is_accepting(at) if at else bool(locked & Round.objects.accepting())
        if not accepting:
            raise MoveRefused(_("这一轮打分不在开放时间内，不能打分。"))
        if not self.round.monitors().filter(pk=monitor.pk).exists():
            raise MoveRefused(_("您的任期不到这一轮截止的日子，不能打分。"))
        if why := monitor.must_stand_aside(self.project):
            raise MoveRefused(why)
        criteria = list(self.round.criteria.all())
        if {criterion.pk for criterion in criteria} != set(points):
            raise MoveRefused(_("还有标准没有打分，请全部打完再存。"))
        version = self.sheets.filter(monitor=monitor).count() + 1
        try:
            with transaction.atomic():
                sheet = Sheet.objects.create(
                    entry=self, monitor=monitor, version=version, comment=comment, seconds=seconds,
                    submitted_at=at or timezone.now(),
                )  # fmt: skip
        except IntegrityError:
            raise MoveRefused(_("刚才您在另一处存过这张打分表，请刷新后再看。")) from None
        Mark.objects.bulk_create([Mark(sheet=sheet, criterion=c, points=points[c.pk]) for c in criteria])
        return sheet

    def compute(self, eligible: set[int] | None = None, *, at: datetime | None = None) -> Result:
        """Compute and record the result; a later one stands beside the earlier ones and counts in their place.
        `eligible`: pks of the monitors who may score, when the caller knows them already."""
        eligible = self.round.eligible()[self.project_id] if eligible is None else eligible
        weights = {criterion.pk: criterion.weight for criterion in self.round.criteria.all()}
        marks = [{mark.criterion_id: mark.points for mark in s.marks.all()} for s in self.valid_sheets(eligible)]
        outcome = tally.tally(marks, weights, len(eligible))
        result = Result.objects.create(
            entry=self, version=self.results.count() + 1, formula=tally.FORMULA, computed_at=at or timezone.now(),
            n=outcome.n, eligible=outcome.eligible, trimmed=outcome.trimmed, score=outcome.score,
            tier=outcome.tier or "", **outcome.tiers,
        )  # fmt: skip
        ResultCriterion.objects.bulk_create(
            [ResultCriterion(result=result, criterion_id=pk, mean=mean) for pk, mean in outcome.means.items()]
        )
        return result


class Sheet(models.Model):
    """打分表: append-only; the highest version of a monitor counts."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="sheets", verbose_name=_("参评项目"))
    monitor = models.ForeignKey(Monitor, models.PROTECT, related_name="sheets", verbose_name=_("监督员"))
    version = models.PositiveSmallIntegerField(_("第几次"))
    comment = models.CharField(_("一句话理由"), max_length=200, blank=True)
    seconds = models.PositiveIntegerField(_("填写秒数"), null=True)
    submitted_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("打分表")
        verbose_name_plural = _("打分表")
        constraints = [models.UniqueConstraint(fields=["entry", "monitor", "version"], name="sheet_version_once")]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.version}"


class Mark(models.Model):
    """The points of one criterion on one sheet, 0 to 100; append-only."""

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(_("分数"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="mark_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=100), name="mark_0_100"),
        ]

    def __str__(self) -> str:
        return str(self.points)


class Result(models.Model):
    """打分结果: append-only. A correction is a new version beside the old one."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="results", verbose_name=_("参评项目"))
    version = models.PositiveSmallIntegerField(_("版本"))
    formula = models.CharField(_("算法版本"), max_length=20)
    computed_at = models.DateTimeField(_("计算时间"))
    n = models.PositiveSmallIntegerField(_("有效打分"))
    eligible = models.PositiveSmallIntegerField(_("应打分"))
    trimmed = models.PositiveSmallIntegerField(_("两端各去掉"))
    score: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("得分"), max_digits=5, decimal_places=2, null=True
    )
    tier = models.CharField(_("等次"), max_length=10, choices=tally.Tier, blank=True)
    excellent = models.PositiveSmallIntegerField(_("优秀张数"), default=0)
    good = models.PositiveSmallIntegerField(_("良好张数"), default=0)
    fair = models.PositiveSmallIntegerField(_("一般张数"), default=0)
    poor = models.PositiveSmallIntegerField(_("较差张数"), default=0)

    class Meta:
        verbose_name = _("打分结果")
        verbose_name_plural = _("打分结果")
        constraints = [models.UniqueConstraint(fields=["entry", "version"], name="result_version_once")]

    def __str__(self) -> str:
        return self.summary()

    @property
    def is_rated(self) -> bool:
        return self.score is not None

    def why_not_rated(self) -> str:
        """Which half of the quorum was missed, as a sentence; "" for a rated project."""
        if self.is_rated:
            return ""
        facts = {"n": self.n, "all": self.eligible, "least": tally.MIN_SHEETS, "share": int(tally.MIN_SHARE * 100)}
        if self.n < tally.MIN_SHEETS:
            return str(_("有效打分 %(n)d 张，不足 %(least)d 张。")) % facts
        return str(_("有效打分 %(n)d 张，不到应打分 %(all)d 人的 %(share)d%%。")) % facts

    def summary(self) -> str:
        """One sentence with the figure and how many sheets stand behind it."""
        if self.score is None:
            return str(_("未评级：%s")) % self.why_not_rated()
        return str(_("得分 %(score)s，%(tier)s（有效打分 %(n)d 张）。")) % {
            "score": self.score,
            "tier": self.get_tier_display(),
            "n": self.n,
        }

    def tiers(self) -> list[tuple[str, int]]:
        """How many sheets fell into each tier, best first; nothing for a project without a quorum."""
        return [(str(tier.label), getattr(self, tier.value)) for tier in tally.Tier] if self.is_rated else []


class ResultCriterion(models.Model):
    """The mean of one criterion, over all valid sheets (trimming is on sheet totals only); append-only."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="criteria")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    mean: models.DecimalField[Decimal, Decimal] = models.DecimalField(_("平均分"), max_digits=5, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["result", "criterion"], name="result_criterion_once")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.mean}"
