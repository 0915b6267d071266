"""`/desk/reports/<pk>/`: fill in what is owed on a project, save it as one types, hand it in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.moves import MoveRefused, SomebodyWasFaster
from portal.desk import desk_page, desk_view
from projects import permissions
from projects.checklist import checklist
from projects.desk.own import own_report
from projects.forms.photos import MAX_PHOTOS, PhotosForm, arrange_photos, photo_rows, receive_photos
from projects.forms.plan import PlanEditor, with_more_rows
from projects.forms.report import ReportEditor
from projects.life import as_photo
from projects.models import Report
from projects.models.plan import plain_number

Editor = ReportEditor | PlanEditor
ROWS = {"add-step": "steps", "add-indicator": "indicators"}


@desk_view
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of one report, or what it says once it is handed in."""
    found = own_report(request.user, pk)
    if not permissions.can_fill_report(request.user, found):
        if request.method == "POST":
            messages.error(request, _("这份报告已经上报，或者项目已停下来，现在不能修改。"))
            return redirect(found.get_desk_url())
        return _read(request, found)
    if request.method == "POST":
        return _act(request, found)
    return _fill(request, found, _editor_of(request, found))


def _edit(found: Report, typed: QueryDict | None = None, **options: Any) -> Editor:
    if found.kind == Report.Kind.PLAN:
        options.pop("initial", None)
        return PlanEditor(found.project, typed, **options)
    return ReportEditor(found, typed, **options)


def _editor_of(request: HttpRequest, found: Report) -> Editor:
    """The draft if there is one, else what is saved, else the last report to start from if that is asked for."""
    if found.draft:
        editor = _edit(found, QueryDict(found.draft))
        editor.quiet()
        return editor
    return _edit(found, initial=_start(found) if request.GET.get("start") == "last" else None)


def _start(found: Report) -> dict[str, str]:
    last = found.predecessor()
    names = [name for name in ("work", "problems", "next") if not getattr(found, name)]
    return {name: getattr(last, name) for name in names} if last else {}


# --- acting -------------------------------------------------------------------------------------
def _act(request: HttpRequest, found: Report) -> HttpResponse:
    if request.POST.get("save"):  # as somebody types: nothing is checked, nothing is published
        return HttpResponse(status=204 if found.keep_draft(request.POST) else 409)
    match request.POST.get("do"):
        case "discard":
            found.drop_draft()
            messages.info(request, _("没保存的内容已放弃，下面是上次保存的。"))
            return redirect(found.get_desk_url())
        case "add-step" | "add-indicator" as what:
            found.keep_draft(with_more_rows(request.POST, ROWS[what]))
            return redirect(f"{found.get_desk_url()}#{ROWS[what]}-end")
    do = _hand_in if request.POST.get("do") == "submit" else _keep
    try:
        return do(request, found)
    except SomebodyWasFaster as late:
        messages.error(request, str(late))
        return redirect(found.get_desk_url())


def _take(request: HttpRequest, found: Report, *, handing_in: bool) -> tuple[Editor, bool]:
    """Save what is right and keep the rest as a draft; whether everything was right."""
    received, errors = receive_photos(request, found)  # takes its time, so it is done before anything is locked
    for error in errors:
        messages.error(request, error)
    with transaction.atomic():
        _lock(found)
        found.keep_draft(request.POST)
        found.refresh_from_db(fields=["draft", "draft_at"])
        arrange_photos(request, found, received)
        editor = _edit(found, request.POST, handing_in=handing_in)
        is_valid = editor.is_valid()
        editor.save_valid()
        if is_valid:
            found.drop_draft()
    return editor, is_valid


def _lock(found: Report) -> None:
    """Raises `SomebodyWasFaster` when a colleague has handed the report in: what is under review stands still."""
    if not Report.objects.select_for_update().filter(pk=found.pk, status=found.status).values_list("pk"):
        raise SomebodyWasFaster(_("刚才同事已经上报了这一份，现在不能再改。"))


def _keep(request: HttpRequest, found: Report) -> HttpResponse:
    editor, is_valid = _take(request, found, handing_in=False)
    if not is_valid:
        messages.warning(request, _("已存成草稿。下面标出的地方改好，才能上报。"))
        return _fill(request, found, editor, status=422)
    messages.success(request, _("已保存，随时可以接着填。"))
    return redirect(found.get_desk_url())


def _hand_in(request: HttpRequest, found: Report) -> HttpResponse:
    editor, is_valid = _take(request, found, handing_in=True)
    if not is_valid:
        return _fill(request, found, editor, status=422)
    if found.is_early():
        messages.warning(request, _("已保存。这一期到 %s 结束，到时再上报。") % f"{found.period_to:%Y-%m-%d}")
        return redirect(found.get_desk_url())
    try:
        found.submit(request.user)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect(found.get_desk_url())
    messages.success(request, _("已上报，等改革办审核。审核通过后公开，退回会短信通知您。"))
    return redirect(found.get_desk_url())


# --- pages --------------------------------------------------------------------------------------
def _fill(request: HttpRequest, found: Report, editor: Editor, *, status: int = 200) -> HttpResponse:
    is_plan = isinstance(editor, PlanEditor)
    photos = [] if is_plan else photo_rows(found, QueryDict(found.draft) if found.draft else None)
    items = editor.checklist() if isinstance(editor, PlanEditor) else editor.checklist(len(photos))
    can_start = not is_plan and not found.draft and not found.work and "start" not in request.GET
    context = _head(found) | {
        "editor": editor,
        "checklist": checklist(items),
        "photos": photos,
        "photo_form": PhotosForm(),
        "max_photos": MAX_PHOTOS,
        "last": found.predecessor() if can_start else None,
        "is_early": found.is_early(),
        "has_faults": status != 200,
    }
    template = "projects/desk/plan.html" if is_plan else "projects/desk/report.html"
    return desk_page(request, template, context, status=status)


def _read(request: HttpRequest, found: Report) -> HttpResponse:
    context = _head(found) | {
        "texts": [
            (found._meta.get_field(name).verbose_name, getattr(found, name)) for name in ("work", "problems", "next")
        ],
        "claims": found.step_claims.select_related("step"),
        "readings": [(r.indicator, plain_number(r.value)) for r in found.readings.select_related("indicator")],
        "shown_photos": [as_photo(photo) for photo in found.photos.kept()],
        "steps": found.project.steps.all(),
        "is_plan": found.kind == Report.Kind.PLAN,
    }
    return desk_page(request, "projects/desk/report_read.html", context)


def _head(found: Report) -> dict[str, Any]:
    """What every page about a report shows on top: its light, and why it was returned."""
    moves = list(found.moves.all())
    returned = [move for move in moves if move.verb == "return"]
    is_returned = found.status == Report.Status.RETURNED
    return {
        "report": found,
        "project": found.project,
        "light_state": str(found.light()),
        "light_text": found.light_text(),
        "returned": returned[-1] if returned and is_returned else None,
    }
