"""The unit workspace: the list of what is owed, what is done, and answering a suggestion."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.moves import MoveRefused, SomebodyWasFaster
from portal import answers, permissions
from portal.desk import desk_page, desk_view, done, owed
from portal.desk_forms import AnswerForm, ExtensionForm, HandBackForm, ReturnForm, SignForm
from portal.duties import Duty
from portal.life import life_of
from portal.models import Assignment, Extension, Membership, Verdict
from portal.models.extension import latest_day

Status = Assignment.Status


# --- lists --------------------------------------------------------------------------------------
@require_GET
@desk_view
def home(request: HttpRequest) -> HttpResponse:
    """What is owed now, the reddest first, each with one verb; for leaders also what waits for their signature."""
    leads = set(
        request.user.memberships.filter(role=Membership.Role.LEADER, is_active=True).values_list("unit", flat=True)
    )
    many = request.user.memberships.filter(is_active=True).values("unit").distinct().count() > 1
    todo: list[Any] = []
    to_sign: list[Any] = []
    with_leader: list[Any] = []
    extensions = _open_extensions(request.user)
    for duty in owed(request.user):
        waits = isinstance(duty, Assignment) and duty.status == Status.SUBMITTED
        place = todo if not waits else to_sign if duty.unit_id in leads else with_leader
        one = card(duty, with_unit=many, may_sign=place is to_sign)
        if isinstance(duty, Assignment) and (words := extensions.get(duty.pk)):
            one["note"] = " · ".join(part for part in (one["note"], words) if part)
        place.append(one)
    context = {"todo": todo, "to_sign": to_sign, "with_leader": with_leader, "mine": len(todo) + len(to_sign)}
    return desk_page(request, "portal/desk/home.html", context)


def _open_extensions(user: Any) -> dict[int, str]:
    """For each thing with a request for more time that nobody has decided: where the request is. One query."""
    rows = Extension.objects.open().filter(assignment__unit__in=user.units_as())
    return {row.assignment_id: _("延期申请%(state)s") % {"state": row.get_status_display()} for row in rows}


@require_GET
@desk_view
def done_list(request: HttpRequest) -> HttpResponse:
    """What the person's units have done, the latest first."""
    return desk_page(request, "portal/desk/done.html", {"duties": done(request.user)})


def card(duty: Duty, *, with_unit: bool = False, may_sign: bool = False) -> dict[str, Any]:
    """A duty as `components/duty.html` draws it. A kind of duty may say more in a method `desk_facts`."""
    source = getattr(duty, "suggestion", None) or getattr(duty, "project", None)
    facts = {
        "light_state": duty.light().value,
        "light_text": duty.light_text(),
        "kind": duty.desk_label(),
        "title": duty.desk_title(),
        "number": getattr(source, "number", ""),
        "due_on": duty.due_on,
        "note": str(duty.unit) if with_unit else "",
        "href": duty.get_desk_url(),
        "verb": _("去办理"),
    }
    if isinstance(duty, Assignment):
        facts |= _assignment_facts(duty, may_sign)
    return facts | getattr(duty, "desk_facts", dict)()


def _assignment_facts(assignment: Assignment, may_sign: bool) -> dict[str, Any]:
    match assignment.status:
        case Status.SUBMITTED:
            return {"verb": _("看过并签发") if may_sign else _("看一看"), "missing": _("领导签发")}
        case Status.RETURNED:
            return {"verb": _("修改答复"), "missing": _("领导退回，修改后再送")}
    begun = assignment.answer.strip()
    return {
        "verb": _("接着写") if begun else _("写答复"),
        "missing": _("送领导签发") if begun else _("答复内容、领导签发"),
    }


# --- one assignment -----------------------------------------------------------------------------
def _own(request: HttpRequest, pk: int) -> Assignment:
    """The assignment, when it is with one of the person's units; to others it does not exist. Without its author."""
    rows = Assignment.objects.for_units(request.user.units_as()).filter(pk=pk)
    rows = rows.select_related("unit", "suggestion__topic", "suggestion__area__parent")
    found = rows.defer("suggestion__name", "suggestion__phone").first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@never_cache
@require_http_methods(["GET", "POST"])
@desk_view
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the suggestion, write the answer. POST keeps it; `do=submit` also gives it to the leader."""
    one = _own(request, pk)
    if request.method == "GET":
        return _page(request, one)
    if not permissions.can_answer(request.user, one):
        messages.warning(request, _("这份答复已经送领导或已签发，现在不能改。"))
        return _page(request, one, typed=request.POST.get("answer", ""), status=409)
    saving = request.POST.get("do") != "submit"
    form = AnswerForm(request.POST, draft=saving)
    if not form.is_valid():
        return _page(request, one, form=form)
    text, seen = form.cleaned_data["answer"], form.cleaned_data["version"]
    if saving:
        return _attempt(request, one, form, lambda: answers.keep(one, text, seen), _("草稿已保存。"), "desk:assignment")
    sentence = _("已送领导签发。")
    return _attempt(request, one, form, lambda: answers.submit(one, text, seen, request.user), sentence, "desk:home")


def _attempt(
    request: HttpRequest, one: Assignment, form: AnswerForm, do: Any, done_text: str, then: str
) -> HttpResponse:
    """Do it and go on, or come back to the page with the reason and every word typed."""
    try:
        do()
    except MoveRefused as refused:
        late = isinstance(refused, SomebodyWasFaster)
        (messages.warning if late else messages.error)(request, str(refused))
        fresh = _own(request, one.pk)
        if not permissions.can_answer(request.user, fresh):
            return _page(request, fresh, typed=form.cleaned_data["answer"], status=409)
        return _page(request, fresh, form=form, newer=fresh.answer if late else "", status=409 if late else 200)
    messages.success(request, done_text)
    return redirect(then, one.pk) if then == "desk:assignment" else redirect(then)


@require_POST
@desk_view
def assignment_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is being typed: {version, saved} or {error} with a sentence."""
    one = _own(request, pk)
    form = AnswerForm(request.POST, draft=True)
    if not form.is_valid() or not permissions.can_answer(request.user, one):
        return JsonResponse({"error": _("没有存上，请刷新页面看看。")}, status=409)
    try:
        version = answers.keep(one, form.cleaned_data["answer"], form.cleaned_data["version"])
    except SomebodyWasFaster as late:
        return JsonResponse({"error": str(late)}, status=409)
    return JsonResponse({"version": version, "saved": f"{timezone.localtime():%H:%M}"})


@require_POST
@desk_view
def assignment_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader signs: the answer is public at once."""
    one = _own(request, pk)
    _require_leader(request, one)
    form = SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有签发，请看过答复再签。"))
        return redirect("desk:assignment", pk)
    try:
        answers.sign(one, form.cleaned_data["version"], request.user)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect("desk:assignment", pk)
    messages.success(request, _("答复已签发并公开，提出人会收到通知。"))
    return redirect("desk:home")


@require_POST
@desk_view
def assignment_return(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader gives it back to be changed, and says why."""
    one = _own(request, pk)
    _require_leader(request, one)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, one, return_form=form)
    try:
        one.return_(request.user, form.cleaned_data["reason"])
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return _page(request, _own(request, pk), typed=form.cleaned_data["reason"], status=409)
    messages.success(request, _("已退回经办人修改。"))
    return redirect("desk:home")


@require_POST
@desk_view
def assignment_hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader says that it is not theirs; the office decides. Units asked at the same time go on."""
    one = _own(request, pk)
    _require_leader(request, one, _("退回改革办由单位负责人办理。"))
    form = HandBackForm(request.POST, prefix="hand-back")
    if not form.is_valid():
        return _page(request, one, hand_back_form=form, status=422)
    try:
        one.hand_back(request.user, form.cleaned_data["reason"])
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return _page(request, _own(request, pk), typed=form.cleaned_data["reason"], status=409)
    messages.success(request, _("已退回改革办，由改革办决定改派还是仍由本单位办理。"))
    return redirect("desk:home")


def _side_by_side(one: Assignment) -> list[dict[str, Any]]:
    """The units asked at the same time, with their words once submitted; never a draft."""
    shown = (Status.SUBMITTED, Status.ANSWERED)
    return [
        {"one": other, "light": other.light(), "light_text": other.light_text(),
         "text": other.answer if other.status in shown else ""}
        for other in one.round() if other.pk != one.pk
    ]  # fmt: skip


def _require_leader(request: HttpRequest, one: Assignment, why: str = "") -> None:
    if not permissions.works_for(request.user, one.unit_id, Membership.Role.LEADER):
        raise PermissionDenied(why or _("签发和退回由单位负责人办理。"))


# --- more time ----------------------------------------------------------------------------------
@require_POST
@desk_view
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for more time: a leader asks the office at once, a clerk's words go to the leader first."""
    one = _own(request, pk)
    form = _extension_form(one, request.POST)
    if not form.is_valid():
        return _page(request, one, extension_form=form, status=422)
    leads = permissions.works_for(request.user, one.unit_id, Membership.Role.LEADER)
    said = form.cleaned_data
    try:
        Extension.objects.ask(one, by=request.user, until=said["until"], reason=said["reason"], send=leads)
    except MoveRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, _own(request, pk), extension_form=form, status=422)
    sentence = _("已送改革办审批。批下来以前，原定期限照算。") if leads else _("已交单位负责人，由负责人送改革办审批。")
    messages.success(request, sentence)
    return redirect("desk:assignment", pk)


@require_POST
@desk_view
def extension_send(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader puts the clerk's request to the office."""
    one = _own(request, pk)
    _require_leader(request, one, _("延期申请由单位负责人送出。"))
    return _do_with_extension(request, one, "send", _("已送改革办审批。批下来以前，原定期限照算。"))


@require_POST
@desk_view
def extension_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the request back, as long as it is not decided."""
    return _do_with_extension(request, _own(request, pk), "withdraw", _("延期申请已撤回，原定期限照旧。"))


def _do_with_extension(request: HttpRequest, one: Assignment, verb: str, done_text: str) -> HttpResponse:
    live = one.extensions.live().select_related("assignment").first()
    try:
        if live is None:
            raise SomebodyWasFaster(_("没有可办的延期申请，可能刚被撤回。"))
        getattr(live, verb)(request.user)
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done_text)
    return redirect("desk:assignment", one.pk)


def _extension_form(one: Assignment, data: Any = None) -> ExtensionForm:
    return ExtensionForm(data, after=one.due_on + timedelta(days=1), latest=latest_day(one), prefix="extension")


def _extension_facts(request: HttpRequest, one: Assignment, form: ExtensionForm | None) -> dict[str, Any]:
    """What the page says of more time: the request that there is, or the form while one may be asked for."""
    live = one.extensions.live().first()
    if live is not None:
        live.assignment = one
    may_ask = live is None and permissions.can_ask_extension(request.user, one) and timezone.localdate() <= one.due_on
    return {
        "extension": live,
        "extension_moves": list(live.moves.select_related("by")) if live else [],
        "extension_form": form or (_extension_form(one) if may_ask else None),
        "may_send_extension": bool(live and permissions.can_send_extension(request.user, live)),
        "may_withdraw_extension": bool(live and live.can("withdraw") and one.done_at is None),
        "leads_unit": permissions.works_for(request.user, one.unit_id, Membership.Role.LEADER),
    }


def _page(
    request: HttpRequest,
    one: Assignment,
    *,
    form: AnswerForm | None = None,
    return_form: ReturnForm | None = None,
    extension_form: ExtensionForm | None = None,
    hand_back_form: HandBackForm | None = None,
    typed: str = "",
    newer: str = "",
    status: int = 200,
) -> HttpResponse:
    """`typed`: words that could not be kept; `newer`: the text that somebody else saved meanwhile."""
    suggestion, version = one.suggestion, answers.version_of(one.answer)
    if form is None:
        form = AnswerForm(initial={"answer": one.answer, "version": version})
    elif newer:
        form.data = {**form.data, "version": version}  # read and compared: the next save is meant
    verdicts = Verdict.objects.filter(assignment__suggestion=suggestion).exclude(assignment=one)
    context = {
        "one": one,
        "suggestion": suggestion,
        "light": {"state": one.light().value, "text": one.light_text()},
        "photos": _photos(suggestion),
        "life": life_of(suggestion),
        "form": form if permissions.can_answer(request.user, one) else None,
        "may_sign": permissions.can_sign(request.user, one),
        "sign_form": SignForm(initial={"version": version}),
        "return_form": return_form or ReturnForm(),
        "returned": one.moves.filter(verb="return").select_related("by").last()
        if one.status == Status.RETURNED
        else None,
        "submitted": one.moves.filter(verb="submit").select_related("by").last(),
        "verdicts": verdicts.order_by("-at"),
        "reopened": suggestion.moves.filter(verb="reopen").last() if one.again else None,
        "typed": typed,
        "newer": newer,
        "others": _side_by_side(one),
    }
    if permissions.can_hand_back(request.user, one):
        context["hand_back_form"] = hand_back_form or HandBackForm(prefix="hand-back")
    context |= _extension_facts(request, one, extension_form)
    return desk_page(request, "portal/desk/assignment.html", context, status=status)


def _photos(suggestion: Any) -> list[dict[str, Any]]:
    """The photos that were released; others are between the author and the office."""
    return [
        {"src": photo.get_absolute_url(), "thumb": photo.get_thumb_url(), "href": photo.get_absolute_url(),
         "alt": photo.caption or _("提出人拍的照片"), "width": photo.width, "height": photo.height}
        for photo in suggestion.attachments.released().filter(kind="photo")
    ]  # fmt: skip
