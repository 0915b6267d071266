"""`/desk/problems/…`: a unit answers what a monitor found. Who the monitor is stays unknown to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.moves import MoveRefused
from monitors import permissions
from monitors.forms import AnswerForm
from monitors.models import Problem
from monitors.timeline import problem_entries
from portal.desk import desk_page, desk_view


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a problem that was handed to one's own unit, and answer it."""
    found = get_object_or_404(Problem.objects.public().select_related("project", "unit", "visit"), pk=pk)
    if not permissions.can_read_at_desk(request.user, found):
        raise PermissionDenied(_("这个问题交给了%s，由他们答复。") % found.unit)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found.reply(request.user, form.cleaned_data["answer"])
        except MoveRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("答复已公开，已请监督员确认。"))
            return redirect("monitor_desk:problem", pk)
    context = {
        "problem": found,
        "entries": problem_entries(found),
        "form": form if permissions.can_answer(request.user, found) else None,
        "draft": f"problem-answer-{found.pk}-{found.moves.count()}",
        "sent_draft": f"problem-answer-{found.pk}-{found.moves.count() - 1}",
    }
    return desk_page(request, "monitors/desk/problem.html", context, status=422 if form.errors else 200)
