"""Words in public projects. There are some hundreds a year, so each is read: exactly the substrings are found."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Case, IntegerField, QuerySet, Value, When

from config import wording
from projects.models import Project

# Goals are left out: before the plan is agreed they are a draft.
_READ = ("number", "pain_point", "lead_unit__name", "lead_unit__short_name")
_normal = lru_cache(maxsize=20_000)(wording.normal)


def holding(projects: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Those of which every word stands in what the public reads, by whatever script, width or blanks it was typed;
    first those that have them in the title."""
    words = wording.words_of(text)
    in_title, found = [], []
    if words.all:
        for pk, title, *others in Project.objects.public().values_list("pk", "title", *_READ):
            texts = [_normal(one) for one in (title, *others)]
            if all(any(word in one for one in texts) for word in words.all):
                found.append(pk)
                if all(word in texts[0] for word in words.phrases or words.all):
                    in_title.append(pk)
    best = Case(When(pk__in=in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    return projects.filter(pk__in=found).order_by(best, "-year", "number")
