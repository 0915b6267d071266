"""Tags and filters of the site's own components. They know no app."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.axis import Axis, build_axis

register = template.Library()
MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
# Slugs of the twelve topics that have a symbol of their own in icons.svg.
TOPICS = frozenset(
    [
        "education",
        "medical",
        "transport",
        "eldercare",
        "ecology",
        "security",
        "culture",
        "sports",
        "safety",
        "housing",
        "government",
        "citymgmt",
    ]
)


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """A symbol of icons.svg. Hidden from readers unless it has a label, since a word mostly stands beside it."""
    href = f"{static('config/icons.svg')}#{name}"
    size = f"icon {extra}".strip()
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', size, label, href)
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>', size, href)


def _local(value: date | datetime) -> date | datetime:
    aware = isinstance(value, datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if aware else value  # type: ignore[arg-type]


def _day(value: date | datetime) -> date:
    local = _local(value)
    return local.date() if isinstance(local, datetime) else local


@register.filter
def cn_date(value: date | datetime | None) -> str:
    """2026年11月21日."""
    if not isinstance(value, date):
        return value or ""
    day = _local(value)
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}


@register.filter
def cn_datetime(value: date | datetime | None) -> str:
    """2026年11月21日 09:05; a date without a time stays a date; text is left as it is."""
    if not isinstance(value, datetime):
        return cn_date(value)
    return f"{cn_date(value)} {_local(value):%H:%M}"


def _relative(value: date | datetime, now: datetime) -> str:
    if not isinstance(value, datetime):
        return _relative_days((value - timezone.localdate(now)).days, value, now)
    seconds = (now - value).total_seconds() if timezone.is_aware(value) else DAY * 365
    if 0 <= seconds < MINUTE:
        return _("刚刚")
    if 0 <= seconds < HOUR:
        return _("%(n)s 分钟前") % {"n": int(seconds // MINUTE)}
    if 0 <= seconds < 6 * HOUR:
        return _("%(n)s 小时前") % {"n": int(seconds // HOUR)}
    day = _day(value)
    return _relative_days((day - timezone.localdate(now)).days, day, now)


def _relative_days(days: int, day: date, now: datetime) -> str:
    words = {0: _("今天"), -1: _("昨天"), 1: _("明天"), -2: _("前天"), 2: _("后天")}
    if days in words:
        return words[days]
    if -30 <= days < 0:
        return _("%(n)s 天前") % {"n": -days}
    if 0 < days <= 30:
        return _("%(n)s 天后") % {"n": days}
    if day.year == timezone.localdate(now).year:
        return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}
    return cn_date(day)


@register.filter
def ago(value: date | datetime | None, now: datetime | None = None) -> SafeString | str:
    """A relative date inside <time>, with the full date behind it. Text is left as it is."""
    if not isinstance(value, date):
        return value or ""
    full = cn_datetime(value)
    words = _relative(value, now or timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', _local(value).isoformat(), full, words)


@register.filter
def full_date(value: date | datetime | str | None) -> SafeString | str:
    """The full date inside <time>; text is left as it is."""
    if not isinstance(value, date):
        return value or ""
    return format_html('<time datetime="{}">{}</time>', _local(value).isoformat(), cn_datetime(value))


@register.filter
def thousands(value: float | Decimal | str | None) -> str:
    """1,284; 94.60 keeps its decimals; None is the word for no data; text is left as it is."""
    if value is None or value == "":
        return _("暂无数据")
    return value if isinstance(value, str) else f"{value:,}"


@register.filter
def choice_hint(radio: BoundWidget) -> str:
    """The line of explanation under a radio card, see `config.forms.HintedRadioSelect`."""
    hints = getattr(radio.parent_widget, "hints", {})
    return hints.get(str(radio.data["value"]), "")


@register.filter
def error_target(field: BoundField) -> str:
    """The id of the element that a link in an error summary should lead to: the first choice of a group."""
    grouped = field.widget_type in {"radioselect", "checkboxselectmultiple", "hintedradioselect"}
    return f"{field.auto_id}_0" if grouped else field.auto_id


@register.simple_tag(takes_context=True)
def query_replace(context: RequestContext, **changes: Any) -> str:
    """The present query string with some keys changed; None or "" removes one. Starts with "?".

    The page marks `after` and `before` of keyset lists are dropped, since a changed filter starts at the first page.
    """
    query = context["request"].GET.copy()
    for mark in ("after", "before", "page"):
        query.pop(mark, None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/navlink.html", takes_context=True)
def navlink(
    context: RequestContext,
    to: str,
    label: str,
    symbol: str = "",
    exact: bool = False,
    count: int | None = None,
) -> dict[str, Any]:
    """A link of a navigation bar that knows whether it is current. `to` is a URL name or a path.

    An address that does not exist leaves the link out, so that a shell never breaks a page.
    """
    try:
        href = to if to.startswith("/") else reverse(to)
    except NoReverseMatch:
        href = ""
    path = getattr(context.get("request"), "path", "")
    current = "page" if path == href else "true" if href and not exact and path.startswith(href) else ""
    return {"href": href, "label": label, "symbol": symbol, "current": current, "count": count}


@register.inclusion_tag("components/steps_axis.html")
def steps_axis(steps: Iterable[Any], today: date | None = None) -> dict[str, Axis]:
    """Planned against actual steps on an axis of months; see `config.axis.build_axis` for what a step has."""
    return {"axis": build_axis(steps, today)}


@register.inclusion_tag("components/distribution.html")
def distribution(rows: Iterable[dict[str, Any]], sentence: str = "", unit: str = "") -> dict[str, Any]:
    """How many in each tier: rows of label, count and optionally note. Bars are shares of the total, 0 to 100."""
    items = list(rows)
    total = sum(row["count"] for row in items)
    shaped = [{**row, "share": round(row["count"] * 100 / total, 1) if total else None} for row in items]
    return {"rows": shaped, "total": total, "sentence": sentence, "unit": unit}


@register.filter
def topic_icon(slug: str | None) -> str:
    """The symbol of a topic; topics added later by the office share one."""
    return f"topic-{slug}" if slug in TOPICS else "topic-other"


@register.filter
def svg_share(value: float | Decimal) -> str:
    """A share of a drawing's width as an SVG attribute: "61.5%", from 0 to 100, never with a decimal comma."""
    return f"{min(max(float(value), 0.0), 100.0):g}%"


@register.filter
def times(number: int) -> range:
    """1 to number, to loop over in a template."""
    return range(1, int(number) + 1)
