"""年度项目清单: the list that is issued once a year, with its document number."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb

if TYPE_CHECKING:
    from projects.models.project import Project


class AnnualListQuerySet(models.QuerySet["AnnualList"]):
    def public(self) -> AnnualListQuerySet:
        return self.filter(status=AnnualList.Status.ISSUED)


class AnnualListManager(models.Manager.from_queryset(AnnualListQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def draft(self, year: int, title: str, *, by: Any, at: datetime | None = None) -> AnnualList:
        """Start the list of a year. Raises `MoveRefused` when the year has one."""
        if self.filter(year=year).exists():
            raise MoveRefused(_("%d 年已有清单，一年只印发一份。") % year)
        return self.create(year=year, title=title)._begin(by=by, at=at)  # type: ignore[no-any-return]


class AnnualList(Moving, models.Model):
    class Status(models.TextChoices):
        DRAFTED = "drafted", _("拟定中")
        REVIEWED = "reviewed", _("已审核")
        ISSUED = "issued", _("已印发")

    MOVES = {
        "review": verb(Status.DRAFTED, Status.REVIEWED, _("审核通过")),
        "redraft": verb(Status.REVIEWED, Status.DRAFTED, _("退回修改")),
        "issue": verb(Status.REVIEWED, Status.ISSUED, _("印发")),
    }
    MOVE_FACTS = ("doc_number", "issued_on")

    year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    title = models.CharField(_("标题"), max_length=80)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFTED, editable=False)
    doc_number = models.CharField(
        _("文号"), max_length=40, blank=True, help_text=_("例如：衡改办〔2026〕3号。印发时填写。")
    )
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)

    objects = AnnualListManager()

    class Meta:
        ordering = ["-year"]
        verbose_name = _("年度项目清单")
        verbose_name_plural = _("年度项目清单")
        permissions = [("issue_annuallist", _("审核、印发清单"))]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="issued") | (~models.Q(doc_number="") & models.Q(issued_on__isnull=False)),
                name="issued_list_has_number",
            )
        ]

    def __str__(self) -> str:
        return self.title

    # --- what stands on it ------------------------------------------------------------------------
    def add(self, project: Project) -> None:
        """Put a pooled project of the same year on the list. Raises `MoveRefused` once the list is reviewed."""
        self._only_drafted()
        if project.status != "pooled" or project.year != self.year:
            raise MoveRefused(_("%s 不是本年度在库的项目，不能选入。") % project.number)
        if project.annual_list_id not in (None, self.pk):
            raise MoveRefused(_("%s 已在另一份清单里。") % project.number)
        project.annual_list = self
        project.save(update_fields=["annual_list"])

    def remove(self, project: Project) -> None:
        """Back to the pool."""
        self._only_drafted()
        if project.annual_list_id == self.pk:
            project.annual_list = None
            project.save(update_fields=["annual_list"])

    def _only_drafted(self) -> None:
        if self.status != self.Status.DRAFTED:
            raise MoveRefused(_("清单%s，不能再增减项目；要改请先退回修改。") % self.get_status_display())

    # --- moves ------------------------------------------------------------------------------------
    def review(self, by: Any, *, at: datetime | None = None) -> Move:
        if not self.projects.exists():
            raise MoveRefused(_("清单里还没有项目，请先从项目库选入。"))
        return self._move("review", by=by, at=at)

    def redraft(self, by: Any, reason: str = "", *, at: datetime | None = None) -> Move:
        return self._move("redraft", by=by, internal_note=reason, at=at)

    @transaction.atomic
    def issue(self, by: Any, doc_number: str, issued_on: date | None = None, *, at: datetime | None = None) -> Move:
        """Publish the list: every project on it is listed, and each lead unit owes its plan in 15 working days."""
        if not doc_number.strip():
            raise MoveRefused(_("请填写文号，例如：衡改办〔2026〕3号。"))
        issued_on = issued_on or timezone.localdate(at)
        if issued_on > timezone.localdate(at):
            raise MoveRefused(_("印发日期不能晚于今天。"))
        move = self._move("issue", by=by, at=at, public_note=doc_number, doc_number=doc_number, issued_on=issued_on)
        for project in self.projects.filter(status="pooled").order_by("pk"):
            project.list_(by=by, note=f"{self.title}　{doc_number}", issued_on=issued_on, at=at)
        return move


class AnnualListMove(Move):
    subject = models.ForeignKey(AnnualList, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("清单动态")
