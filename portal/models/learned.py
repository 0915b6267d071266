"""分类模型: what the machine has learned from the office's own work. It proposes; a person decides."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from portal.classify import Classifier

KEPT = 3  # of each kind, the newest


class LearnedManager(models.Manager["LearnedModel"]):
    def newest(self, kind: str) -> int | None:
        """The key of the model in use, None before the first training. One small query."""
        return self.filter(kind=kind).order_by("-pk").values_list("pk", flat=True).first()

    @transaction.atomic
    def keep(self, kind: str, model: Classifier, *, examples: int, source: str) -> LearnedModel:
        """Put a new model into use; all but the newest few are forgotten."""
        learned = self.create(
            kind=kind, data=model.dump(), examples=examples, source=source[:200],
            right=model.held_out[0], asked=model.held_out[1],
        )  # fmt: skip
        old = self.filter(kind=kind).order_by("-pk").values_list("pk", flat=True)[KEPT:]
        self.filter(pk__in=list(old)).delete()
        return learned


class LearnedModel(models.Model):
    class Kind(models.TextChoices):
        TOPIC = "topic", _("领域")
        UNIT = "unit", _("责任单位")

    kind = models.CharField(_("提示什么"), max_length=8, choices=Kind, db_index=True)
    made_at = models.DateTimeField(_("学习时间"), auto_now_add=True)
    source = models.CharField(_("例子的来源"), max_length=200, blank=True)
    examples = models.PositiveIntegerField(_("例子数"))
    right = models.PositiveIntegerField(_("留出检验说对的"), default=0)
    asked = models.PositiveIntegerField(_("留出检验的"), default=0)
    data = models.BinaryField(editable=False)

    objects = LearnedManager()

    class Meta:
        verbose_name = _("分类模型")
        verbose_name_plural = _("分类模型")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.made_at:%Y-%m-%d %H:%M}"
