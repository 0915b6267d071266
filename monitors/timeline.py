"""The life of a problem as `components/lifeline.html` draws it. Nobody is named: roles only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from config.templatetags.ui import cn_date
from monitors.models import Problem


def problem_entries(problem: Problem) -> list[dict[str, Any]]:
    """One entry per move, oldest first, and the answer that is still to come."""
    monitor, unit, office = _("群众监督员"), problem.unit.short_name, _("改革办")
    actors = {
        "create": monitor, "confirm": monitor, "dispute": monitor,
        "answer": unit,
        "hand_over": office, "drop": office,
    }  # fmt: skip
    entries = [
        {
            "state": move.new_label,
            "when": move.at,
            "who": actors[move.verb],
            "title": _("反映问题") if move.verb == "create" else move.verb_label,
            "text": problem.text if move.verb == "create" else move.public_note,
            "latest": False,
        }
        for move in problem.moves.all()
    ]
    if entries:
        entries[-1]["latest"] = True
    if problem.can("answer"):
        entries.append(
            {
                "state": _("等单位答复"),
                "open": True,
                "who": unit,
                "title": _("应于 %s前答复") % cn_date(problem.due_on),
                "light_state": problem.light(),
                "light_text": problem.light_text(),
            }
        )
    return entries
