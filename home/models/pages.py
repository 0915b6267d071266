"""What an editor writes: the front page's words, plain pages, news. All figures on them come from the records."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from config.search import ChineseAutocompleteField, ChineseSearchField
from home.blocks import BodyBlock, words_of

NEWS_PER_PAGE = 12
# Wagtail keeps its own title field in the index; its words are Latin ones, so the Chinese stand beside it.
TITLE_FIELDS = [ChineseSearchField("chinese_title", boost=3), ChineseAutocompleteField("chinese_title")]


class ChineseTitle(models.Model):
    """A page whose title can be found by any two characters of it, by the public and in the admin."""

    title: str

    class Meta:
        abstract = True

    def chinese_title(self) -> str:
        return self.title


class HomePage(ChineseTitle, Page):
    """首页: two sentences by the editor; the rest is drawn from the records."""

    headline = models.CharField(_("大标题"), max_length=40, default="身边的小事，您来提；办得怎么样，您来评。")
    lead = models.CharField(_("一句话说明"), max_length=160, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("headline"), FieldPanel("lead")]
    search_fields = [*Page.search_fields, *TITLE_FIELDS]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.PlainPage", "home.NewsIndexPage"]
    max_count = 1

    class Meta:
        verbose_name = _("首页")
        verbose_name_plural = _("首页")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.front import front_page

        return super().get_context(request, *args, **kwargs) | front_page()

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """None, and no question asked: the front page of a public office is public."""
        return PageViewRestriction.objects.none()


class PlainPage(ChineseTitle, Page):
    """普通页面: about, rules, privacy, accessibility and the like."""

    intro = models.CharField(_("开头一段"), max_length=200, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("正文"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields = [
        *Page.search_fields, *TITLE_FIELDS, ChineseSearchField("intro"), ChineseSearchField("words"),
    ]  # fmt: skip
    parent_page_types = ["home.HomePage", "home.PlainPage"]
    subpage_types = ["home.PlainPage"]

    class Meta:
        verbose_name = _("普通页面")
        verbose_name_plural = _("普通页面")

    def words(self) -> str:
        return words_of(self.body)


class NewsIndexPage(ChineseTitle, Page):
    """新闻: the list of news pages, newest first."""

    intro = models.CharField(_("开头一段"), max_length=200, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    search_fields = [*Page.search_fields, *TITLE_FIELDS, ChineseSearchField("intro")]
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.NewsPage"]
    max_count = 1

    class Meta:
        verbose_name = _("新闻栏目")
        verbose_name_plural = _("新闻栏目")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        news = NewsPage.objects.live().child_of(self).newest_first().select_related("picture")
        page = Paginator(news, NEWS_PER_PAGE).get_page(request.GET.get("page"))
        return super().get_context(request, *args, **kwargs) | {
            "news": page,
            "prev": f"?page={page.previous_page_number()}" if page.has_previous() else "",
            "next": f"?page={page.next_page_number()}" if page.has_next() else "",
        }


class NewsQuerySet(PageQuerySet):  # type: ignore[misc]
    def newest_first(self) -> NewsQuerySet:
        return self.order_by("-date", "-pk")


class NewsPage(ChineseTitle, Page):
    """一条新闻."""

    date = models.DateField(_("日期"), default=timezone.localdate)
    intro = models.CharField(_("导语"), max_length=200)
    picture = models.ForeignKey(
        get_image_model_string(), models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("题图")
    )
    picture_alt = models.CharField(
        _("题图说明"), max_length=120, blank=True, help_text=_("有题图时必填：说清图上是什么。")
    )
    body = StreamField(BodyBlock(), verbose_name=_("正文"), blank=True)

    objects = PageManager.from_queryset(NewsQuerySet)()

    content_panels = [
        *Page.content_panels, FieldPanel("date"), FieldPanel("intro"), FieldPanel("picture"),
        FieldPanel("picture_alt"), FieldPanel("body"),
    ]  # fmt: skip
    search_fields = [
        *Page.search_fields, *TITLE_FIELDS, ChineseSearchField("intro"), ChineseSearchField("words"),
    ]  # fmt: skip
    parent_page_types = ["home.NewsIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("新闻")
        verbose_name_plural = _("新闻")
        indexes = [models.Index(fields=["-date", "-page_ptr"], name="news_newest")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        index = self.get_parent()
        crumbs = [
            {"text": _("首页"), "href": "/"},
            {"text": index.title, "href": index.get_url(request)},
            {"text": self.title},
        ]
        return super().get_context(request, *args, **kwargs) | {"crumbs": crumbs}

    def words(self) -> str:
        return words_of(self.body)

    def clean(self) -> None:
        super().clean()
        if self.picture_id and not self.picture_alt.strip():
            raise ValidationError({"picture_alt": _("请写题图说明，看不见图的人靠它了解内容。")})
