"""What is held about a monitor: the appointment, and what they said and did in that office."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.holdings import DEEDS, Holding, Rows, hold
from monitors.models import Monitor, Problem, Recusal


def show_monitor(user: Any) -> Rows:
    return [
        {
            _("监督员编号"): one.number,
            _("任期"): f"{one.term_from:%Y-%m-%d} — {one.term_to:%Y-%m-%d}",
            _("反映的问题"): Problem.objects.filter(monitor=one).count(),
            _("申报的回避"): Recusal.objects.filter(monitor=one).count(),
        }
        for one in Monitor.objects.filter(user=user)
    ]


def why_not(user: Any) -> str:
    """Who still serves hands over first."""
    if Monitor.objects.serving().filter(user=user).exists():
        return str(_("您还在群众监督员任期内，请先向改革办辞任。"))
    return ""


def register() -> None:
    hold(
        Holding("monitor", gettext_lazy("群众监督员"), gettext_lazy("聘任、观摩、打分"),
                gettext_lazy("任期结束后 3 年；注销后名册上不再写姓名。"), ["monitors.Monitor"], show_monitor, why_not=why_not)
    )  # fmt: skip
    DEEDS.update({"monitors.Recusal": ("declared_by",), "monitors.VisitPhoto": ("added_by",)})
