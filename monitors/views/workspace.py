"""`/monitor/`: what a monitor does, with one hand, on a phone."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import over_limit
from config.moves import MoveRefused
from config.uploads import Refused, store_picture
from monitors import permissions
from monitors.forms import DisputeForm, NoteForm, ProblemForm, RecusalForm, fresh_key
from monitors.models import Monitor, Problem, Visit, VisitPhoto
from monitors.timeline import problem_entries
from monitors.workspace import forget_draft, monitor_page, monitor_view
from portal.models import Notice
from projects.models import Project

UPLOADS_PER_HOUR = 120
SHOWN_NOTICES, SHOWN_PROBLEMS = 5, 30
ask = require_http_methods(["GET", "HEAD", "POST"])


@monitor_view
@require_safe
def home(request: HttpRequest, monitor: Monitor) -> HttpResponse:
    """What is coming, what to do, what was raised and what became of it."""
    mine = monitor.problems.select_related("project__lead_unit")[:SHOWN_PROBLEMS]
    noted = Counter(monitor.visit_notes.values_list("visit", "project"))
    attended = Visit.objects.attended_by(monitor)
    to_note = attended.filter(status__in=(Visit.Status.ANNOUNCED, Visit.Status.HELD)).prefetch_related("projects")
    context = {
        "monitor": monitor,
        "coming": Visit.objects.coming().exclude(pk__in=attended.values("pk")).prefetch_related("projects"),
        "to_note": [(one, [(p, noted[one.pk, p.pk]) for p in one.projects.all()]) for one in to_note],
        "to_judge": [one for one in mine if one.can("confirm")],
        "problems": [one for one in mine if not one.can("confirm")],
        "notices": Notice.objects.inbox_of(request.user)[:SHOWN_NOTICES],
    }
    return monitor_page(request, "monitors/workspace/home.html", context)


@monitor_view
@ask
def sign_in(request: HttpRequest, monitor: Monitor, code: str) -> HttpResponse:
    """The page behind the QR code at the meeting point: it asks, and POST records that the monitor came."""
    visit = get_object_or_404(Visit, sign_in_code=code)
    signed = visit.attendances.filter(monitor=monitor).first()
    if request.method == "POST":
        try:
            first = visit.sign_in(monitor)
        except MoveRefused as refused:
            messages.error(request, str(refused))
            return redirect("monitors:sign_in", code)
        messages.success(request, _("签到成功，看完记得写观摩记录。") if first else _("您已签到，不用再签。"))
        return redirect("monitors:home")
    return monitor_page(
        request, "monitors/workspace/sign_in.html", {"visit": visit, "signed": signed, "monitor": monitor}
    )


@monitor_view
@ask
def note(request: HttpRequest, monitor: Monitor, slug: str, number: str) -> HttpResponse:
    """Write a note on one project of a visit that the monitor attended."""
    visit = get_object_or_404(Visit.objects.attended_by(monitor), slug=slug)
    project = get_object_or_404(visit.projects.select_related("lead_unit"), number=number)
    earlier = monitor.visit_notes.filter(visit=visit, project=project).prefetch_related("photos")
    # The number of notes is part of the key, so that a stored note never comes back as a draft of the next one.
    draft = f"note-{slug}-{number}-{len(earlier)}"
    form = NoteForm(request.POST, request.FILES) if request.method == "POST" else NoteForm.opening()
    if request.method == "POST" and form.is_valid() and _store_note(request, monitor, visit, project, form):
        messages.success(request, _("观摩记录已存好。"))
        forget_draft(request, draft)
        return redirect("monitors:home")
    uploads = [{"token": p.token, "thumb": p.get_thumb_url()} for p in form.uploaded(request.user)]
    context = {"visit": visit, "project": project, "form": form, "earlier": earlier, "uploads": uploads, "draft": draft}
    return monitor_page(request, "monitors/workspace/note.html", context, status=_status(form))


def _store_note(request: HttpRequest, monitor: Monitor, visit: Visit, project: Project, form: NoteForm) -> bool:
    """Store the note with its photos; False with the reason on the form."""
    data = form.cleaned_data
    try:
        # Without scripts the photos come with the form itself.
        sent = [store_picture(VisitPhoto, file, added_by=request.user) for file in data["photos"]]
        photos = form.uploaded(request.user) + sent
        visit.take_note(monitor, project, data["text"], client_key=str(data["client_key"]), photos=photos)
    except Refused as refused:
        form.add_error("photos", str(refused))
    except MoveRefused as refused:
        form.add_error(None, str(refused))
    return form.is_valid()


@monitor_view
@require_POST
def photo_upload(request: HttpRequest, monitor: Monitor) -> JsonResponse:
    """Take one photo while the note is being written: {token, thumb}, or {error}."""
    if over_limit("visit-photo", str(request.user.pk), UPLOADS_PER_HOUR, 3600):
        return JsonResponse({"error": _("上传太频繁，请过一会儿再传。")}, status=429)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("没有收到照片，请再选一次。")}, status=400)
    try:
        photo = store_picture(VisitPhoto, file, added_by=request.user)
    except Refused as refused:
        return JsonResponse({"error": str(refused)}, status=400)
    return JsonResponse({"token": str(photo.token), "thumb": photo.get_thumb_url()})


@monitor_view
@ask
def problem_new(request: HttpRequest, monitor: Monitor) -> HttpResponse:
    """Raise a problem on a project; `?project=` and `?visit=` say on which and where it was found."""
    number, slug = request.GET.get("project", ""), request.GET.get("visit", "")
    form = ProblemForm(request.POST or None, initial=fresh_key() | {"project": number})
    draft = f"problem-{monitor.problems.count()}-{number}"
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found_at = Visit.objects.attended_by(monitor).filter(slug=slug, projects=data["project"]).first()
        problem = Problem.objects.report(
            project=data["project"], monitor=monitor, kind=data["kind"], text=data["text"], visit=found_at,
            client_key=str(data["client_key"]),
        )  # fmt: skip
        messages.success(request, _("问题已提交。改革办核对后转给责任单位，限 7 个工作日答复。"))
        forget_draft(request, draft)
        return redirect("monitors:problem", problem.pk)
    context = {"form": form, "draft": draft}
    return monitor_page(request, "monitors/workspace/problem_new.html", context, status=_status(form))


@monitor_view
@ask
def problem(request: HttpRequest, monitor: Monitor, pk: int) -> HttpResponse:
    """One's own problem: what became of it, and whether the answer will do."""
    found = get_object_or_404(monitor.problems.select_related("project__lead_unit", "visit"), pk=pk)
    form = DisputeForm(request.POST if request.POST.get("verb") == "dispute" else None)
    if request.method == "POST" and _judge(request, found, form):
        return redirect("monitors:problem", pk)
    context = {
        "problem": found,
        "entries": problem_entries(found),
        "may_judge": permissions.can_judge(request.user, found),
        "may_dispute": permissions.can_dispute(request.user, found),
        "form": form,
    }
    return monitor_page(request, "monitors/workspace/problem.html", context, status=_status(form))


def _judge(request: HttpRequest, found: Problem, form: DisputeForm) -> bool:
    """Confirm or dispute; True when the page is to be shown anew."""
    if form.is_bound and not form.is_valid():
        return False
    try:
        if form.is_bound:
            found.dispute(request.user, form.cleaned_data["reason"])
            messages.success(request, _("异议已提交，责任单位要再答复一次。"))
            forget_draft(request, f"dispute-{found.pk}")
        else:
            found.confirm(request.user)
            messages.success(request, _("已确认解决，谢谢您。"))
    except MoveRefused as refused:
        messages.error(request, str(refused))
    return True


@monitor_view
@ask
def recuse(request: HttpRequest, monitor: Monitor, number: str) -> HttpResponse:
    """A page that asks, then records that the monitor stands aside from a project."""
    project = get_object_or_404(Project.objects.public(), number=number)
    back = _safe_next(request) or reverse("monitors:home")
    form = RecusalForm(request.POST or None)
    already = monitor.must_stand_aside(project)
    if request.method == "POST" and not already and form.is_valid():
        monitor.declare_recusal(project, form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("已登记回避。您打过的分不再计入。"))
        return redirect(back)
    context: dict[str, Any] = {"project": project, "form": form, "already": already, "back": back}
    return monitor_page(request, "monitors/workspace/recuse.html", context, status=_status(form))


def _safe_next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else ""


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
