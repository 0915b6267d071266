"""`/desk/projects/<number>/plan/`: change a plan that is public already. The reason is published with the change."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.desk import desk_page, desk_view
from projects import permissions
from projects.desk.own import own_project
from projects.forms.plan import PlanEditor, ReasonForm, with_more_rows
from projects.models import Project, Report

ROWS = {"add-step": "steps", "add-indicator": "indicators"}


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def change_plan(request: HttpRequest, number: str) -> HttpResponse:
    """The plan as it stands, to be changed with a reason; what is done stays done."""
    project = own_project(request.user, number)
    if not permissions.can_change_plan(request.user, project):
        raise PermissionDenied(_("方案还没有审定，或者项目已经停下来，现在没有可以调整的计划。"))
    if request.method != "POST":
        return _page(request, project, PlanEditor(project), ReasonForm())
    if rows := ROWS.get(request.POST.get("do", "")):
        editor = PlanEditor(project, with_more_rows(request.POST, rows))
        editor.quiet()
        reason = ReasonForm(initial={"reason": request.POST.get("reason", "")})
        return _page(request, project, editor, reason)
    editor, reason = PlanEditor(project, request.POST, handing_in=True), ReasonForm(request.POST)
    if not all([editor.is_valid(), reason.is_valid()]):
        return _page(request, project, editor, reason, status=422)
    if faults := editor.faults():
        for sentence in faults:
            reason.add_error(None, sentence)
        return _page(request, project, editor, reason, status=422)
    _publish(request, project, editor, reason.cleaned_data["reason"])
    return redirect("project_desk:project", project.number)


@transaction.atomic
def _publish(request: HttpRequest, project: Project, editor: PlanEditor, reason: str) -> None:
    """Write the change with its reason; the reports that are owed follow the new dates."""
    rows = Project.objects.select_for_update().filter(pk=project.pk, status=project.status)
    if not rows.values_list("pk"):
        raise PermissionDenied(_("项目刚才已经停下来，现在不能调整计划。"))
    editor.save(reason)
    Report.objects.owe_all(project, since=timezone.localdate(), by=request.user)
    messages.success(request, _("计划已调整。原来的内容和理由都留在变更记录里，大家看得到。"))


def _page(
    request: HttpRequest, project: Project, editor: PlanEditor, reason: ReasonForm, *, status: int = 200
) -> HttpResponse:
    context = {"project": project, "editor": editor, "reason": reason}
    return desk_page(request, "projects/desk/change_plan.html", context, status=status)
