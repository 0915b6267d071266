"""导入批次: one spreadsheet from another platform, from its upload to what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models.attachment import private_storage
from portal.models.campaign import Campaign

LEASE = timedelta(minutes=2)  # a worker that says nothing for so long is taken to be gone
MAX_ATTEMPTS = 5


class LeaseLost(Exception):
    """Another worker has taken the batch over; what this one had in hand is rolled back."""


def batch_path(instance: Any, filename: str) -> str:
    """A random name; the original one is kept in a field."""
    return f"importbatch/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}.xlsx"


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def waiting(self, at: datetime | None = None) -> ImportBatchQuerySet:
        """With work to do that no living worker has in hand."""
        silent = Q(worked_at=None) | Q(worked_at__lt=(at or timezone.now()) - LEASE)
        return self.filter(silent, status__in=ImportBatch.WORKING)

    def kept(self) -> ImportBatchQuerySet:
        """Without those that were given up before anything was written."""
        return self.exclude(status=ImportBatch.Status.DROPPED)

    def remembered(self, source: str) -> dict[str, str]:
        """Which columns this source used the last time."""
        used = self.filter(source=source).exclude(mapping={}).order_by("-pk").values_list("mapping", flat=True)
        return used.first() or {}


class ImportBatch(Moving, models.Model):
    class Status(models.TextChoices):
        PREPARING = "preparing", _("待选列")
        CHECKING = "checking", _("正在检查")
        CHECKED = "checked", _("已检查，未导入")
        RUNNING = "running", _("正在导入")
        DONE = "done", _("已导入")
        FAILED = "failed", _("没有导完")
        UNDOING = "undoing", _("正在撤回")
        UNDONE = "undone", _("已撤回")
        DROPPED = "dropped", _("已放弃")

    WORKING = (Status.CHECKING, Status.RUNNING, Status.UNDOING)
    SHOWN = (Status.DONE, Status.FAILED, Status.UNDONE)

    MOVES = {
        "choose": verb([Status.PREPARING, Status.CHECKED], Status.CHECKING, _("选定列")),
        "checked": verb(Status.CHECKING, Status.CHECKED, _("检查完")),
        "unread": verb(Status.CHECKING, Status.PREPARING, _("没有查成")),
        "start": verb(Status.CHECKED, Status.RUNNING, _("开始导入")),
        "finish": verb(Status.RUNNING, Status.DONE, _("导入完")),
        "fail": verb(Status.RUNNING, Status.FAILED, _("没有导完")),
        "retry": verb(Status.FAILED, Status.RUNNING, _("接着导入")),
        "undo": verb([Status.DONE, Status.FAILED], Status.UNDOING, _("撤回整批")),
        "undone": verb(Status.UNDOING, Status.UNDONE, _("撤回完")),
        "drop": verb([Status.PREPARING, Status.CHECKED], Status.DROPPED, _("放弃")),
    }

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name=_("年度征集"))
    source = models.CharField(_("来源平台"), max_length=60)
    file = models.FileField(_("表格"), storage=private_storage, upload_to=batch_path, blank=True)
    file_name = models.CharField(_("原文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    mapping = models.JSONField(_("各字段用哪一列"), default=dict, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PREPARING, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("上传人")
    )
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now)

    rows = models.PositiveIntegerField(_("行数"), default=0)
    new = models.PositiveIntegerField(_("将新增"), default=0)
    faults = models.PositiveIntegerField(_("错误"), default=0)
    read = models.PositiveIntegerField(_("已处理"), default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    removed = models.PositiveIntegerField(_("已撤回"), default=0)
    # Until the import starts: the first rows as they will become, and the faults.
    findings = models.JSONField(default=dict, blank=True, editable=False)
    trouble = models.TextField(_("没有办成的原因"), blank=True)

    worker = models.CharField(max_length=32, blank=True, editable=False)
    worked_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ImportBatchQuerySet.as_manager()

    MOVE_FACTS = ("worker", "worked_at", "attempts", "rows", "new", "faults", "read", "added", "removed", "findings")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        # Who may record a suggestion may import many; there is no permission of its own.
        default_permissions = ()
        indexes = [models.Index(fields=["source", "-id"], name="import_batch_source")]

    def __str__(self) -> str:
        day = timezone.localtime(self.created_at)
        return f"{self.source} {day:%Y-%m-%d %H:%M}"

    @property
    def known(self) -> int:
        """Rows that were here before, or twice in the spreadsheet."""
        return self.rows - self.faulty_rows - (self.new if self.status == self.Status.CHECKED else self.added)

    @property
    def faulty_rows(self) -> int:
        return int(self.findings.get("faulty_rows", 0))

    @property
    def can_start(self) -> bool:
        return self.can("start") and not self.faults and self.new > 0

    def asked_by(self, *names: str) -> Any:
        """Who asked for what is being done now."""
        last = self.moves.filter(verb__in=names).select_related("by").last()
        return last.by if last else None

    # --- the worker that has it in hand ---------------------------------------------------------
    def claim(self, at: datetime | None = None, *, by_force: bool = False) -> bool:
        """Take the batch in hand; False when another worker has it. By force it is taken from that worker, which
        notices before it writes anything more."""
        now, key = at or timezone.now(), uuid.uuid4().hex
        rows = ImportBatch.objects.filter(pk=self.pk, status=self.status)
        if not by_force:
            rows = rows.waiting(now)
        if not rows.update(worker=key, worked_at=now, attempts=F("attempts") + 1):
            return False
        self.refresh_from_db()
        return True

    def hold(self, **facts: Any) -> None:
        """Say that the work goes on, with what changed. In the transaction of a piece of work it locks the row, so
        that two workers never write the same piece. Raises `LeaseLost`."""
        rows = ImportBatch.objects.filter(pk=self.pk, worker=self.worker, status=self.status)
        if not rows.update(worked_at=timezone.now(), **facts):
            raise LeaseLost(str(self))

    def let_go(self) -> None:
        """Leave the batch to whoever comes next."""
        ImportBatch.objects.filter(pk=self.pk, worker=self.worker).update(worked_at=None)

    # --- moves ----------------------------------------------------------------------------------
    _FREE: ClassVar[dict[str, Any]] = {"worker": "", "worked_at": None, "attempts": 0}

    def choose(self, by: Any, mapping: dict[str, str]) -> Move:
        """Field → head of its column, "" for a field that is not used; the check begins."""
        return self._move("choose", by=by, mapping=mapping, read=0, trouble="", findings={}, **self._FREE)

    def checked(self, *, rows: int, new: int, faults: int, findings: dict[str, Any]) -> Move:
        return self._move("checked", rows=rows, new=new, faults=faults, findings=findings, read=0, **self._FREE)

    def unread(self, reason: str) -> Move:
        """The check could not be made; the columns can be chosen again."""
        return self._move("unread", internal_note=reason, trouble=reason, **self._FREE)

    def start(self, by: Any) -> Move:
        """Raises `MoveRefused` when the check found faults: then nothing of the spreadsheet is written."""
        if self.faults:
            raise MoveRefused(_("表里还有 %d 处不能导入，改好后重新上传。") % self.faults)
        return self._move("start", by=by, read=0, findings={}, **self._FREE)

    def finish(self) -> Move:
        return self._move("finish", trouble="", **self._FREE)

    def fail(self, reason: str) -> Move:
        return self._move("fail", internal_note=reason, trouble=reason, **self._FREE)

    def retry(self, by: Any) -> Move:
        return self._move("retry", by=by, read=0, trouble="", **self._FREE)

    def undo(self, by: Any) -> Move:
        """Take back what nobody has worked on; the work follows. Raises `MoveRefused` when there is nothing of it."""
        if self.suggestions.exists() and not self.suggestions.untouched().exists():
            raise MoveRefused(_("这一批的留言都已有人办理，不能撤回。"))
        return self._move("undo", by=by, trouble="", **self._FREE)

    def undone(self) -> Move:
        return self._move("undone", **self._FREE)

    def drop(self, by: Any) -> Move:
        """Give it up before anything was written; the spreadsheet goes, it holds people's names."""
        move = self._move("drop", by=by, findings={}, **self._FREE)
        self.file.delete(save=False)
        ImportBatch.objects.filter(pk=self.pk).update(file="")
        return move


class ImportBatchMove(Move):
    subject = models.ForeignKey(ImportBatch, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("导入批次动态")
        default_permissions = ()
