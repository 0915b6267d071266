"""`/monitor/rounds/…`: a monitor scores concluded projects. Nobody sees another's sheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.moves import MoveRefused
from monitors.models import Monitor
from monitors.workspace import forget_draft, monitor_page, monitor_view
from voting import tally
from voting.forms import ScoreForm
from voting.models import Entry, Round
from voting.worklist import Line, lines_of


@monitor_view
@require_safe
def score_list(request: HttpRequest, monitor: Monitor, slug: str) -> HttpResponse:
    """What there is to score in a round, what is done, and what one stands aside from."""
    one = get_object_or_404(Round.objects.public(), slug=slug)
    lines = lines_of(one, monitor)
    mine = [line for line in lines if not line.aside]
    context = {
        "round": one,
        "lines": lines,
        "total": len(mine),
        "done": sum(line.sheet is not None for line in mine),
        "accepting": one.is_accepting(),
    }
    return monitor_page(request, "voting/scoring/list.html", context)


@monitor_view
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, monitor: Monitor, slug: str, number: str) -> HttpResponse:
    """One score sheet: fill it in, change it until the round closes, read it afterwards."""
    one = get_object_or_404(Round.objects.public(), slug=slug)
    lines = lines_of(one, monitor)
    line = next((line for line in lines if line.entry.project.number == number), None)
    if line is None:
        return redirect("voting:score_list", slug)
    if line.aside or not one.is_accepting():
        return _closed(request, one, line)
    form = ScoreForm(request.POST or None, entry=line.entry, last=line.sheet)
    draft = f"score-{slug}-{number}-{line.sheet.version if line.sheet else 0}"
    if request.method == "POST" and form.is_valid() and _submit(line.entry, monitor, form):
        forget_draft(request, draft)
        return _next(request, one, lines, line)
    todo = [other for other in lines if not other.aside]
    context = {
        "round": one, "line": line, "form": form, "draft": draft,
        "position": todo.index(line) + 1, "total": len(todo),
        "notes": monitor.visit_notes.filter(project=line.entry.project),
    }  # fmt: skip
    return monitor_page(request, "voting/scoring/sheet.html", context, status=422 if form.errors else 200)


def _submit(entry: Entry, monitor: Monitor, form: ScoreForm) -> bool:
    """Record the sheet; False with the reason on the form."""
    try:
        entry.submit(monitor, form.points(), comment=form.cleaned_data["comment"], seconds=form.seconds())
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _next(request: HttpRequest, one: Round, lines: list[Line], line: Line) -> HttpResponse:
    """On to the next project without a sheet, round the corner of the list; or back to the list."""
    at = lines.index(line)
    waiting = [other for other in lines[at + 1 :] + lines[:at] if not other.aside and other.sheet is None]
    if not waiting:
        messages.success(request, _("存好了，这一轮您都打完了。截止前随时可以改。"))
        return redirect("voting:score_list", one.slug)
    messages.success(request, _("《%s》存好了。") % line.entry.project.title)
    return redirect("voting:score", one.slug, waiting[0].entry.project.number)


def _closed(request: HttpRequest, one: Round, line: Line) -> HttpResponse:
    """Why there is nothing to fill in, and one's own sheet if there is one."""
    marks = line.sheet.marks.select_related("criterion") if line.sheet else []
    facts: list[dict[str, Any]] = [
        {"label": mark.criterion.name, "value": _("%(points)d 分，%(tier)s") % {
            "points": mark.points, "tier": tally.tier_of(mark.points).label}}
        for mark in marks
    ]  # fmt: skip
    if line.sheet and line.sheet.comment:
        facts.append({"label": _("一句话理由"), "value": line.sheet.comment})
    if line.aside:
        title, text = _("您回避这个项目"), line.aside
    elif one.is_coming():
        title, text = _("还没有开始"), _("到了开始时间，这里就能打分。")
    else:
        title, text = _("已截止"), _("打分表已封存，不能再改。结果由改革办公布。")
    context = {"round": one, "line": line, "title": title, "text": text, "facts": facts}
    return monitor_page(
        request, "voting/scoring/closed.html", context | {"back": reverse("voting:score_list", args=[one.slug])}
    )
