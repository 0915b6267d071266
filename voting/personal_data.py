"""What voting holds about a person: which suggestions they support, found by tag, and their own score sheets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.holdings import NOT_PERSONAL, Holding, Rows, hold
from portal.models import Suggestion
from portal.personal_data import when
from voting.models import Sheet, Support
from voting.models.support import tag_of


def show_supports(user: Any) -> Rows:
    """Nowhere is written who supported what; only the person's own number makes the tags that stand there."""
    supported = Suggestion.objects.filter(supports__isnull=False).distinct()
    tags = {tag_of(user.pk, pk): number for pk, number in supported.values_list("pk", "number")}
    rows = Support.objects.filter(person_tag__in=tags) if len(tags) <= 500 else _own(tags)
    return [{_("建议"): tags[row.person_tag], _("时间"): when(row.at)} for row in rows]


def _own(tags: dict[str, str]) -> list[Support]:
    """Of very many, piece by piece: databases take only so many values in one question."""
    keys = list(tags)
    pieces = (keys[start : start + 500] for start in range(0, len(keys), 500))
    return [row for piece in pieces for row in Support.objects.filter(person_tag__in=piece)]


def show_sheets(user: Any) -> Rows:
    rows = Sheet.objects.filter(monitor__user=user).select_related("entry__project").order_by("-pk")
    return [
        {
            _("项目"): row.entry.project.title,
            _("第几次"): row.version,
            _("打分"): "、".join(str(mark.points) for mark in row.marks.all()),
            _("一句话理由"): row.comment,
            _("时间"): when(row.submitted_at),
        }
        for row in rows.prefetch_related("marks")
    ]


def register() -> None:
    for one in (
        Holding("supports", gettext_lazy("我的附议"), gettext_lazy("一人一条只计一次"),
                gettext_lazy("只存打乱的标记，不存是谁；计数留下，认不出人。"), ["voting.Support"], show_supports),
        Holding("sheets", gettext_lazy("我的打分表"), gettext_lazy("结题打分"),
                gettext_lazy("任期结束后 3 年；公布时不写是谁。"), ["voting.Sheet"], show_sheets),
    ):  # fmt: skip
        hold(one)
    NOT_PERSONAL["voting.Criterion"] = "names of criteria"
