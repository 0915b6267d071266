"""Correcting a suggestion's fields. What is public is corrected with a reason, which stays readable for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from config.admin_ui import admin_page, office_view
from portal import permissions, similar
from portal.models import Suggestion
from portal.office import screen
from portal.office.forms import EditForm
from portal.office.queue import Queue


@office_view(permissions.EDIT)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    one = screen.load(number)
    back = reverse("office:suggestion", args=[number]) + Queue(request).query()
    version = one.history.values_list("history_id", flat=True).first() or 0
    form = EditForm(request.POST or None, instance=one, version=version)
    newer: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        if form.is_stale:
            newer = _saved_values(number, form)
            form.data = form.data | {"version": version}  # type: ignore[operator]
            messages.warning(request, _("您打开之后，有人改过这条建议。请对照下面的现值，再保存一次。"))
        else:
            _save(form)
            messages.success(request, _("%s 已更正。") % number)
            return redirect(back)
    return admin_page(
        request, "portal/admin/edit.html", title=_("更正 %s") % number, icon="edit", form=form, back=back, newer=newer,
        crumbs=[(_("建议办理"), reverse("office:queue")), (number, back)], status=409 if newer else 200,
    )  # fmt: skip


def _save(form: EditForm) -> None:
    edited = [name for name in form.changed_data if name in form.Meta.fields]
    if edited:
        form.instance._change_reason = form.cleaned_data["reason"] or None  # type: ignore[attr-defined]
        form.instance.save(update_fields=edited)
        similar.keep_later([form.instance.pk])


def _saved_values(number: str, form: EditForm) -> list[dict[str, Any]]:
    """What is saved now, of the fields where the form says something else."""
    saved = Suggestion.objects.select_related("topic", "area").get(number=number)
    differing = [name for name in form.Meta.fields if getattr(saved, name) != form.cleaned_data[name]]
    return [{"label": form.fields[name].label, "value": str(getattr(saved, name) or _("（空）"))} for name in differing]
