"""One field over suggestions and projects: the best of each, and the way to all of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.wording import Words, parts
from portal.models import Suggestion
from portal.searching import Search
from projects.ledger import as_row, public_ledger
from projects.models import Project
from projects.searching import holding

SHOWN = 6  # of each


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("找建议和项目"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search", "placeholder": _("几个字，或编号")}),
    )  # fmt: skip


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The first of either kind; a whole number leads straight to its record."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    looked = Search(text)
    if record := _record(looked.words):
        return redirect(record)
    context: dict[str, Any] = {"form": form, "text": text, "words": looked.words.all}
    if looked.words.all:
        rows = Suggestion.objects.public().select_related("topic", "area__parent")
        hits = looked.hits(rows, ("received_at", "id"), best_first=True)
        context["suggestions"] = _first(hits.sections)
        projects = list(holding(public_ledger(), text)[: SHOWN + 1])
        context["projects"] = [_card(project, looked.words) for project in projects]
    return render(request, "home/search.html", context | {"shown": SHOWN})


def _record(words: Words) -> Any:
    number = words.record
    kind = Project.objects.public() if number.startswith("XM") else Suggestion.objects.public()
    return kind.filter(number=number).first() if number else None  # type: ignore[attr-defined]


def _first(sections: Any) -> list[Suggestion]:
    found: list[Suggestion] = []
    for section in sections:
        found += section.beyond(None, SHOWN + 1 - len(found), backwards=False)
        if len(found) > SHOWN:
            break
    return found


def _card(project: Project, words: Words) -> dict[str, Any]:
    return as_row(project) | {"title_parts": parts(project.title, words.all)}
