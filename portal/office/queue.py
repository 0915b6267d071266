"""The office's work list: tabs, filters, pages that do not slow down, and the neighbours of one suggestion in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from config.admin_ui import COUNT_CAP, capped_count
from config.moves import BIRTH
from portal import permissions
from portal.models import Area, Attachment, Decision, ImportBatch, Suggestion, SuggestionMove, Topic
from portal.models.suggestion import SuggestionQuerySet

PAGE = 30
Status = Suggestion.Status


class Tab(NamedTuple):
    key: str
    label: Any
    empty: Any
    newest_first: bool = False
    order: str = "received_at"


TABS = {
    tab.key: tab
    for tab in (
        Tab("mine", _("待我处理"), _("没有等您处理的建议")),
        Tab("received", _("待初审"), _("没有等着初审的建议")),
        Tab("open", _("待定去向"), _("没有等着定去向的建议")),
        Tab("proposed", _("待审定"), _("没有等着审定的办理意见")),
        Tab("returned", _("退回重拟"), _("没有被退回的办理意见")),
        Tab("done", _("我已办的"), _("您还没有办过建议"), newest_first=True, order="done_at"),
        Tab("all", _("全部"), _("没有符合条件的建议"), newest_first=True),
    )
}


class QueueFilter(forms.Form):
    """What the queue can be narrowed by."""

    q = forms.CharField(label=_("查找"), required=False, max_length=60)
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("领域"), required=False, empty_label=_("全部"))
    county = forms.ModelChoiceField(
        Area.objects.filter(level=Area.Level.COUNTY), label=_("县（市、区）"), required=False, empty_label=_("全部")
    )
    channel = forms.ChoiceField(
        choices=[("", _("全部")), *Suggestion.Channel.choices], label=_("来源渠道"), required=False
    )
    batch = forms.ModelChoiceField(
        ImportBatch.objects.filter(status__in=ImportBatch.SHOWN).defer("findings"),
        label=_("导入批次"), required=False, empty_label=_("全部"),
    )  # fmt: skip

    text = forms.ChoiceField(
        choices=[("", _("全部")), ("unchecked", _("未经人工确认"))], label=_("公开文字"), required=False
    )

    handler = forms.ChoiceField(label=_("经办人"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), str(one)) for one in permissions.officers()]
        self.fields["handler"].choices = [("", _("全部")), ("none", _("未分派")), *people]  # type: ignore[attr-defined]
        if not self.data.get("batch"):  # one comes from a batch's page; nobody else needs the choice
            self.fields["batch"].widget = forms.HiddenInput()
        self.fields["q"].widget.attrs.update({"data-key": "/"}, type="search", placeholder=_("标题、内容、地点或编号"))


def in_tab(key: str, user: Any) -> SuggestionQuerySet:
    """The suggestions of a tab; `user` says whose 待我处理 and 我已办的."""
    rows: SuggestionQuerySet = Suggestion.objects.standing()
    sent_back = Exists(Decision.objects.filter(suggestion=OuterRef("pk"), approved=False))
    match key:
        case "mine":
            return rows.filter(_waiting_for(user))
        case "done":
            mine = SuggestionMove.objects.filter(subject=OuterRef("pk"), by=user).exclude(verb=BIRTH)
            latest = mine.order_by("-at").values("at")[:1]
            return rows.filter(Exists(mine)).annotate(done_at=Subquery(latest))
        case "received":
            return rows.filter(status=Status.RECEIVED)
        case "open":
            return rows.filter(~sent_back, status=Status.OPEN)
        case "proposed":
            return rows.filter(status=Status.PROPOSED)
        case "returned":
            return rows.filter(sent_back, status=Status.OPEN)
    return rows


def _waiting_for(user: Any) -> Q:
    """What somebody has taken or been given and has a next step to make in; for who approves, every proposal of
    others too."""
    mine = Q(handler=user, status__in=(Status.RECEIVED, Status.OPEN))
    if not user.has_perm(permissions.APPROVE):
        return mine
    own = Decision.objects.pending().filter(proposed_by=user).values("suggestion")
    return mine | (Q(status=Status.PROPOSED) & ~Q(pk__in=own))


def matching(rows: SuggestionQuerySet, asked: dict[str, Any]) -> SuggestionQuerySet:
    """The rows that a filter asks for."""
    if topic := asked.get("topic"):
        rows = rows.filter(topic=topic)
    if county := asked.get("county"):
        rows = rows.filter(area__code__startswith=county.code[:6])
    if batch := asked.get("batch"):
        rows = rows.filter(batch=batch)
    if channel := asked.get("channel"):
        rows = rows.filter(channel=channel)
    if handler := asked.get("handler"):
        rows = rows.filter(handler=None if handler == "none" else int(handler))
    if asked.get("text"):
        rows = rows.unchecked()
    if text := asked.get("q", "").strip():
        found = Q(title__icontains=text) | Q(body__icontains=text) | Q(place__icontains=text)
        rows = rows.filter(found | Q(number__icontains=text) | Q(reference__icontains=text))
    return rows


@dataclass(frozen=True)
class Mark:
    """A place in the order of receipt: lists go on from it, however long they are."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.pk}"

    @classmethod
    def of(cls, row: Suggestion, order: str = "received_at") -> Mark:
        return cls(getattr(row, order), row.pk)

    @classmethod
    def read(cls, text: str) -> Mark | None:
        at, _separator, pk = text.partition("_")
        try:
            moment = parse_datetime(at)
        except ValueError:
            return None
        return cls(moment, int(pk)) if moment and moment.tzinfo and pk.isdecimal() and len(pk) < 19 else None


def later_than(rows: SuggestionQuerySet, mark: Mark, order: str = "received_at") -> SuggestionQuerySet:
    beyond = Q(**{f"{order}__gt": mark.at}) | Q(pk__gt=mark.pk)
    return rows.filter(beyond, **{f"{order}__gte": mark.at}).order_by(order, "pk")


def earlier_than(rows: SuggestionQuerySet, mark: Mark, order: str = "received_at") -> SuggestionQuerySet:
    before = Q(**{f"{order}__lt": mark.at}) | Q(pk__lt=mark.pk)
    return rows.filter(before, **{f"{order}__lte": mark.at}).order_by(f"-{order}", "-pk")


class Queue:
    """One tab under one filter, as an address asks for it; or as a form does that must have a bare address."""

    def __init__(self, request: HttpRequest, params: QueryDict | None = None) -> None:
        self.params: QueryDict = request.GET if params is None else params
        self.user = request.user
        self.tab = TABS.get(self.params.get("tab", ""), TABS["received"])
        self.filter = QueueFilter(self.params)
        self.filter.is_valid()
        self.asked = self.filter.cleaned_data

    @property
    def is_filtered(self) -> bool:
        return any(self.asked.values())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The tab and the filter as keys and values, for forms that must not lose them."""
        pairs = [("tab", self.tab.key), *((key, self.params.get(key, "")) for key in self.filter.fields)]
        return [(key, value) for key, value in pairs if value]

    def query(self, **changes: str) -> str:
        """The query string that leads back here, or to a neighbouring view of the same filter."""
        query = QueryDict(mutable=True)
        query.update(dict(self.kept) | changes)
        return f"?{query.urlencode()}" if query else ""

    @property
    def url(self) -> str:
        return reverse("office:queue") + self.query()

    @cached_property
    def rows(self) -> SuggestionQuerySet:
        return matching(in_tab(self.tab.key, self.user), self.asked)

    def tabs(self) -> list[dict[str, Any]]:
        """Every tab with how many there are under the present filter."""
        return [
            {
                "label": tab.label,
                "href": reverse("office:queue") + self.query(tab=tab.key),
                "count": capped_count(matching(in_tab(tab.key, self.user), self.asked)),
                "current": tab.key == self.tab.key,
            }
            for tab in TABS.values()
        ]

    def page(self) -> tuple[list[Suggestion], str, str]:
        """The rows of one page and the addresses of the pages before and after it ("" when there is none)."""
        order, last = self.tab.order, self.tab.newest_first
        down, up = (earlier_than, later_than) if last else (later_than, earlier_than)
        first = (f"-{order}", "-pk") if last else (order, "pk")
        after, before = Mark.read(self.params.get("after", "")), Mark.read(self.params.get("before", ""))
        rows = with_facts(self.rows)
        if before:
            found = list(up(rows, before, order)[: PAGE + 1])
            more = len(found) > PAGE
            found = found[:PAGE][::-1]
            return found, self._page_url("before", found[0]) if more else "", self._page_url("after", found[-1])
        found = list((down(rows, after, order) if after else rows.order_by(*first))[: PAGE + 1])
        more = len(found) > PAGE
        found = found[:PAGE]
        previous = self._page_url("before", found[0]) if after and found else ""
        return found, previous, self._page_url("after", found[-1]) if more else ""

    def _page_url(self, key: str, row: Suggestion) -> str:
        return reverse("office:queue") + self.query(**{key: str(Mark.of(row, self.tab.order))})

    def mark_of(self, suggestion: Suggestion) -> tuple[Mark, bool]:
        """Where a suggestion stands in the order of this list, and whether it is in it."""
        own = self.rows.filter(pk=suggestion.pk).first()
        if own:
            return Mark.of(own, self.tab.order), True
        return Mark(suggestion.received_at, suggestion.pk), False

    def neighbours(self, suggestion: Suggestion) -> tuple[Suggestion | None, Suggestion | None]:
        """The ones before and after a suggestion in this list, whether or not it is still in it itself."""
        mark, _is_in = self.mark_of(suggestion)
        light, order = self.rows.only("number", "received_at"), self.tab.order
        earlier, later = earlier_than(light, mark, order).first(), later_than(light, mark, order).first()
        return (later, earlier) if self.tab.newest_first else (earlier, later)

    def position(self, suggestion: Suggestion) -> tuple[str, str] | None:
        """(which, of how many) in this list; None when it does not stand there."""
        mark, is_in = self.mark_of(suggestion)
        if not is_in:
            return None
        before = (later_than if self.tab.newest_first else earlier_than)(self.rows, mark, self.tab.order)
        n = before.order_by()[: COUNT_CAP + 1].count()
        return (f"{n + 1:,}" if n <= COUNT_CAP else f"{COUNT_CAP:,}+"), capped_count(self.rows)


def _count(rows: Any, link: str) -> Any:
    """How many rows point here by `link`, counted for the lines that are shown and for no others."""
    counted = rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def with_facts(rows: SuggestionQuerySet) -> SuggestionQuerySet:
    """With what a line of the queue shows; without the person."""
    return (
        rows.select_related("topic", "area", "area__parent", "lead", "handler")
        .defer("name", "phone", "lead__name", "lead__phone")
        .annotate(
            photo_count=_count(Attachment.objects.all(), "suggestion"),
            member_count=_count(Suggestion.objects.all(), "lead"),
        )
    )
