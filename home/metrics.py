"""The figures of the front page: one function each, used by every page, export and API that shows the figure.

A figure carries its numerator, its denominator and, in plain words, how it was counted. Where there is nothing to
divide its value is None, shown as 暂无数据: never 0 and never 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db.models import Func, IntegerField, Q, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import Assignment, Campaign, Suggestion, Verdict
from portal.models.campaign import pick_current

Values = Mapping[str, Any]
Status = Suggestion.Status
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figure:
    """One figure. `value`: an int, a percentage with one decimal, or None; `how`: the formula in plain words;
    `href`: where the rows behind it are listed."""

    label: str
    value: int | Decimal | None
    unit: str
    numerator: int | None = None
    denominator: int | None = None
    detail: str = ""
    how: str = ""
    href: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Year:
    """A campaign's year: from the day on which it opens to the day before the next one does, or to today."""

    campaign: Campaign
    first: date
    last: date
    today: date

    @classmethod
    def current(cls, campaigns: Iterable[Campaign] | None = None, at: datetime | None = None) -> Year | None:
        """The year of the campaign that has opened last. No query when the public campaigns are handed in."""
        campaigns = list(Campaign.objects.public() if campaigns is None else campaigns)
        today = timezone.localdate(at)
        campaign = pick_current([one for one in campaigns if one.opens_on <= today], today)
        return cls.of(campaign, campaigns, at) if campaign else None

    @classmethod
    def of(cls, campaign: Campaign, campaigns: Iterable[Campaign], at: datetime | None = None) -> Year:
        today = timezone.localdate(at)
        following = [one.opens_on - DAY for one in campaigns if one.opens_on > campaign.opens_on]
        return cls(campaign, campaign.opens_on, min([today, *following]), today)

    @property
    def words(self) -> str:
        return _("%(first)s至%(last)s") % {"first": _in_words(self.first), "last": _in_words(self.last)}

    def moments(self) -> tuple[datetime, datetime]:
        """The same span as moments of Asia/Shanghai: from the first, up to and without the second."""
        return _midnight(self.first), _midnight(self.last + DAY)

    def past_days(self) -> tuple[date, date]:
        """The days that are over. What is due today is not late yet, and so counts from tomorrow on."""
        return self.first, min(self.last, self.today - DAY)


def _in_words(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class Metric(NamedTuple):
    """`parts`: what the database counts, by name; `figure`: what is made of the counts."""

    parts: Callable[[Year], dict[str, Any]]
    figure: Callable[[Year, Values], Figure]


def _count(rows: QuerySet[Any], field: str = "pk") -> Subquery:
    """How many rows, as a part of a larger query."""
    counted = Func(field, function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(counted=counted).values("counted"))


def _percent(part: int, whole: int) -> Decimal | None:
    """One decimal, half up; None without a whole. "100.0" only when it is all, "0.0" only when it is none."""
    if not whole:
        return None
    share = (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if 0 < part < whole:
        return min(max(share, Decimal("0.1")), Decimal("99.9"))
    return share


def _list_of(query: str) -> str:
    try:
        return f"{reverse('portal:suggestion_list')}?{query}"
    except NoReverseMatch:
        return ""


# --- 收到建议 -------------------------------------------------------------------------------------
def _received_parts(year: Year) -> dict[str, Any]:
    rows = Suggestion.objects.standing().filter(campaign=year.campaign)
    return {"received": _count(rows), "received_import": _count(rows.filter(channel=Suggestion.Channel.IMPORT))}


def _received_figure(year: Year, values: Values) -> Figure:
    brought = values["received_import"]
    return Figure(
        label=_("收到建议"),
        value=values["received"],
        unit=_("条"),
        numerator=values["received"],
        detail=_("其中导入 %(n)s 条") % {"n": f"{brought:,}"} if brought else "",
        how=_(
            "%(year)s年度征集收到的全部建议，各种渠道都算，从其他平台导入的也算。"
            "没有受理的、合并办理的、不公开的都在内，所以比列表里的多。"
        ) % {"year": year.campaign.year},
        href=_list_of(f"year={year.campaign.year}"),
        link_text=_("看已公开的"),
    )  # fmt: skip


# --- 已有结果 -------------------------------------------------------------------------------------
def _answered_parts(year: Year) -> dict[str, Any]:
    rows = Suggestion.objects.standing().filter(campaign=year.campaign)
    ended = Q(status__in=Suggestion.ENDED) | Q(status=Status.MERGED, lead__status__in=Suggestion.ENDED)
    brought = Q(imported_reply__isnull=False)
    return {"answered": _count(rows.filter(ended).exclude(brought)), "answered_elsewhere": _count(rows.filter(brought))}


def _answered_figure(year: Year, values: Values) -> Figure:
    elsewhere = values["answered_elsewhere"]
    return Figure(
        label=_("已公开答复"),
        value=values["answered"],
        unit=_("条"),
        numerator=values["answered"],
        detail=_("另有 %(n)s 条带着原平台的答复") % {"n": f"{elsewhere:,}"} if elsewhere else "",
        how=_(
            "%(year)s年度征集的建议里，已经有公开去向的：采纳、转民生实事、分步推进、不予采纳，或者责任单位已答复。"
            "并入别的建议的，随那一条算。导入时带来的原平台答复不算。"
        ) % {"year": year.campaign.year},
        href=_list_of(f"year={year.campaign.year}&state=answered"),
        link_text=_("看答复"),
    )  # fmt: skip


# --- 按时答复率 -----------------------------------------------------------------------------------
def _on_time_parts(year: Year) -> dict[str, Any]:
    due = Assignment.objects.binding().due_between(*year.past_days())
    return {"due": _count(due), "on_time": _count(due.on_time())}


def _on_time_figure(year: Year, values: Values) -> Figure:
    return _rate(
        _("按时答复率"), values["on_time"], values["due"],
        how=_(
            "按时答复的件数 ÷ 到期应答复的件数。转给责任单位的建议，交办后 7 个工作日内要答复，改革办同意延期的按新期限算，"
            "期限当天答复算按时。"
            "只算 %(span)s之间到期的，今天到期的明天再算。导入时带来的原平台答复不算。"
        ) % {"span": _span(*year.past_days())},
        unit=_("件"),
    )  # fmt: skip


def _span(first: date, last: date) -> str:
    return _("%(first)s至%(last)s") % {"first": _in_words(first), "last": _in_words(max(first, last))}


# --- 满意率 ---------------------------------------------------------------------------------------
def _satisfaction_parts(year: Year) -> dict[str, Any]:
    given = Verdict.objects.last_given(*year.moments())
    results = {f"result_{result}": _count(given.filter(result=result)) for result in Verdict.Result.values}
    content = given.exclude(level=Verdict.Level.DISSATISFIED)
    return {"verdicts": _count(given), "content": _count(content)} | results


def _satisfaction_figure(year: Year, values: Values) -> Figure:
    figure = _rate(
        _("满意率"), values["content"], values["verdicts"],
        how=_(
            "选“满意”和“基本满意”的件数 ÷ 提出人评价的件数，只算 %(span)s之间给出的评价。重新办理过的，只算最后一次评价。"
            "没有评价的不算满意，也不算不满意。原平台的答复不能在这里评价，不计入。"
            "事情解决了没有，由提出人在评价时另外选，只列件数。"
        ) % {"span": year.words},
        unit=_("件"),
    )  # fmt: skip
    return replace(figure, detail=_("；").join(part for part in (figure.detail, _results_in_words(values)) if part))


def _results_in_words(values: Values) -> str:
    """What the authors said of the matter itself, as counts; nothing when nobody said anything."""
    counts = [(result.label, values[f"result_{result}"]) for result in Verdict.Result]
    if not any(count for _label, count in counts):
        return ""
    return _("，").join(_("%(label)s %(n)s") % {"label": label, "n": f"{count:,}"} for label, count in counts)


def _rate(label: str, part: int, whole: int, *, how: str, unit: str) -> Figure:
    counts = {"part": f"{part:,}", "whole": f"{whole:,}", "unit": unit}
    detail = _("%(part)s / %(whole)s %(unit)s") % counts if whole else ""
    return Figure(label, _percent(part, whole), "%", part, whole, detail, how)


# --- 还没有回音 -----------------------------------------------------------------------------------
def _unanswered_parts(year: Year) -> dict[str, Any]:
    rows = Suggestion.objects.unanswered()
    oldest = rows.order_by("received_at").values("received_at")[:1]
    return {"unanswered": _count(rows), "oldest": Subquery(oldest)}


def _unanswered_figure(year: Year, values: Values) -> Figure:
    oldest = values["oldest"]
    days = (year.today - timezone.localdate(oldest)).days if oldest else 0
    return Figure(
        label=_("还没有回音"),
        value=values["unanswered"],
        unit=_("条"),
        numerator=values["unanswered"],
        detail=_("最久的一条 %(days)s 天") % {"days": f"{days:,}"} if oldest else "",
        how=_(
            "现在已经受理、还没有公开去向的建议，不分年度，导入的也算。天数从收到那天算起，按日历天数，"
            "包括等着定去向的和责任单位还没有答复的。"
        ),
        href=_list_of("state=waiting"),
        link_text=_("看是哪些"),
    )


RECEIVED = Metric(_received_parts, _received_figure)
ANSWERED = Metric(_answered_parts, _answered_figure)
ON_TIME = Metric(_on_time_parts, _on_time_figure)
SATISFACTION = Metric(_satisfaction_parts, _satisfaction_figure)
UNANSWERED = Metric(_unanswered_parts, _unanswered_figure)
FRONT = (RECEIVED, ANSWERED, ON_TIME, SATISFACTION, UNANSWERED)


def figures(year: Year, metrics: Iterable[Metric] = FRONT) -> list[Figure]:
    """The figures of a year, all of them in one query."""
    metrics = list(metrics)
    parts = {name: part for metric in metrics for name, part in metric.parts(year).items()}
    values = Campaign.objects.filter(pk=year.campaign.pk).values(**parts).get()
    return [metric.figure(year, values) for metric in metrics]


def received(year: Year) -> Figure:
    """收到建议: every suggestion of the campaign, imported ones too."""
    return figures(year, [RECEIVED])[0]


def answered(year: Year) -> Figure:
    """已公开答复: those of them that have a public end; answers of older platforms do not count."""
    return figures(year, [ANSWERED])[0]


def on_time_answers(year: Year) -> Figure:
    """按时答复率: assignments answered on or before the due date ÷ assignments that fell due in the year."""
    return figures(year, [ON_TIME])[0]


def satisfaction(year: Year) -> Figure:
    """满意率: (满意 + 基本满意) ÷ verdicts given in the year, the last one of each suggestion."""
    return figures(year, [SATISFACTION])[0]


def unanswered(year: Year) -> Figure:
    """还没有回音: accepted and without a public end now, whatever their year, and the age of the oldest in days."""
    return figures(year, [UNANSWERED])[0]
