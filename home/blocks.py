"""What an editor may put on a page: a short list on purpose, and never raw HTML."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["bold", "link", "ol", "ul"]


class PictureBlock(blocks.StructBlock):
    """An image with its description for people who cannot see it."""

    image = ImageChooserBlock(label=_("图片"))
    alt = blocks.CharBlock(label=_("图片说明"), max_length=120, help_text=_("说清图上是什么，读屏软件会读出来。必填。"))
    caption = blocks.CharBlock(label=_("图注"), required=False, max_length=120)

    class Meta:
        icon = "image"
        label = _("图片")
        template = "home/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, and whose they are."""

    text = blocks.TextBlock(label=_("原话"), rows=3)
    source = blocks.CharBlock(label=_("谁说的"), required=False, max_length=60)

    class Meta:
        icon = "openquote"
        label = _("引用")
        template = "home/blocks/quote.html"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("小标题"), icon="title", max_length=60, template="home/blocks/heading.html")
    paragraph = blocks.RichTextBlock(label=_("段落"), icon="pilcrow", features=TEXT_FEATURES)
    image = PictureBlock()
    quote = QuoteBlock()

    class Meta:
        template = "home/blocks/body.html"


def words_of(body: Any) -> str:
    """The plain words of a body, for the search index."""
    return " ".join(body.stream_block.get_searchable_content(body))
