"""What an editor writes: drawn with our components, found in Chinese, and without a way to put markup into it."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.models import Image
from wagtail.models import Page, Site

from home.blocks import BodyBlock
from home.models import HomePage, NewsIndexPage, NewsPage, PlainPage
from tests.factories.base import jpeg

pytestmark = pytest.mark.django_db


def image() -> Image:
    return Image.objects.create(title="照片", file=ContentFile(jpeg(800, 600).read(), name="a.jpg"))


def plain(body: list[dict[str, Any]], **facts: Any) -> PlainPage:
    facts = {"title": "关于微台", "slug": "about", "body": json.dumps(body)} | facts
    return HomePage.objects.get().add_child(instance=PlainPage(**facts))


def test_the_site_begins_with_a_front_page_and_an_empty_news_list():
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, HomePage)
    assert [type(page.specific) for page in site.root_page.get_children()] == [NewsIndexPage]
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    assert not any(Page.find_problems())


def test_a_plain_page_draws_each_kind_of_block(client):
    plain(
        [
            {"type": "heading", "value": "谁在办"},
            {"type": "paragraph", "value": "<p>由<b>责任单位</b>办。</p><ul><li>一</li></ul>"},
            {"type": "quote", "value": {"text": "修得快。", "source": "一位居民"}},
            {"type": "image", "value": {"image": image().pk, "alt": "修好的路灯", "caption": "十月"}},
        ],
        intro="听大家提小事的地方。",
    )  # fmt: skip
    page = client.get("/about/").content.decode()
    assert "<h2>谁在办</h2>" in page
    assert "<b>责任单位</b>" in page and "<li>一</li>" in page
    assert "修得快。" in page and "一位居民" in page
    assert 'alt="修好的路灯"' in page and "十月" in page
    assert "听大家提小事的地方。" in page


def test_markup_in_a_heading_or_quote_is_shown_as_typed(client):
    plain(
        [
            {"type": "heading", "value": "<script>alert(1)</script>"},
            {"type": "quote", "value": {"text": "<b>粗</b>", "source": ""}},
        ]
    )
    page = client.get("/about/").content.decode()
    assert "<script>alert(1)</script>" not in page and "&lt;script&gt;" in page
    assert "<b>粗</b>" not in page


def test_there_is_no_block_for_raw_html_and_rich_text_is_kept_short():
    blocks = BodyBlock().child_blocks
    assert list(blocks) == ["heading", "paragraph", "image", "quote"]
    assert blocks["paragraph"].features == ["bold", "link", "ol", "ul"]


def test_a_picture_needs_its_description():
    block = BodyBlock().child_blocks["image"]
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"image": image().pk, "alt": "", "caption": ""}))


def test_news_with_a_picture_needs_its_description():
    page = NewsPage(title="小巴开到小街", slug="bus", intro="微1路开通。", picture=image())
    with pytest.raises(ValidationError) as refused:
        page.clean()
    assert "picture_alt" in refused.value.message_dict


def test_a_news_page_shows_date_intro_picture_and_the_way_back(client):
    page = NewsPage(
        title="小巴开到小街", slug="bus", intro="微1路开通。", date=date(2026, 11, 3), picture=image(), picture_alt="小巴",
    )  # fmt: skip
    NewsIndexPage.objects.get().add_child(instance=page)
    text = client.get("/news/bus/").content.decode()
    for words in ("2026年11月3日", "微1路开通。", 'alt="小巴"', '<a href="/news/">新闻</a>'):
        assert words in text


def test_the_news_list_is_cut_into_pages_newest_first(client):
    index = NewsIndexPage.objects.get()
    for day in range(1, 15):
        index.add_child(instance=NewsPage(title=f"第{day}天", slug=f"d{day}", intro="消息。", date=date(2026, 11, day)))
    first, second = (client.get(f"/news/?page={n}").content.decode() for n in (1, 2))
    assert "第14天" in first and "第3天" in first and "第2天" not in first
    assert "第2天" in second and "第 2 页，共 2 页" in second
    assert client.get("/news/?page=99").status_code == 200


@pytest.mark.parametrize("words", ["打分", "规则", "回避", "去掉一个最高"])
def test_title_intro_and_body_are_found_by_any_run_of_characters(words):
    page = plain(
        [{"type": "paragraph", "value": "<p>去掉一个最高分和一个最低分。</p>"}],
        title="监督员打分规则", slug="rules", intro="怎么打，谁回避。",
    )  # fmt: skip
    assert [one.pk for one in PlainPage.objects.all().search(words)] == [page.pk]


def test_the_admin_finds_a_page_by_two_characters_inside_its_title(client, admin_user):
    plain([], title="监督员打分规则", slug="rules")
    client.force_login(admin_user)
    text = client.get("/admin/pages/search/?q=打分").content.decode()
    assert "监督员打分规则" in text


def test_an_editor_sees_what_they_wrote_before_it_is_published(client, admin_user):
    client.force_login(admin_user)
    for kind in ("homepage", "plainpage", "newsindexpage", "newspage"):
        page = Page.objects.filter(content_type__model=kind).first()
        if page is None:
            parent = NewsIndexPage.objects.get() if kind == "newspage" else HomePage.objects.get()
            assert client.get(f"/admin/pages/add/home/{kind}/{parent.pk}/").status_code == 200
        else:
            assert client.get(f"/admin/pages/{page.pk}/edit/").status_code == 200


def test_only_one_front_page_and_one_news_list_can_exist():
    assert not HomePage.can_create_at(Page.objects.get(depth=1))
    assert not NewsIndexPage.can_create_at(HomePage.objects.get())
    assert PlainPage.can_create_at(HomePage.objects.get())
    assert not PlainPage.can_create_at(NewsIndexPage.objects.get())


def photo_with_gps() -> bytes:
    """A JPEG that says where it was taken."""
    from PIL import Image as Pillow

    picture, exif, out = Pillow.new("RGB", (1600, 1200), "steelblue"), Pillow.Exif(), BytesIO()
    exif.get_ifd(0x8825)[2] = (37.0, 44.0, 12.0)
    exif[0x010F] = "SecretCamera"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_what_an_editor_uploads_is_kept_without_what_the_camera_wrote_into_it(client, admin_user):
    shot = photo_with_gps()
    assert b"SecretCamera" in shot
    client.force_login(admin_user)
    file = SimpleUploadedFile("gps.jpg", shot, "image/jpeg")
    client.post("/admin/images/add/", {"title": "照片", "file": file, "collection": 1})
    uploaded = Image.objects.get(title="照片")
    with uploaded.file.open("rb") as stored:
        assert b"Exif" not in stored.read()
    plain([{"type": "image", "value": {"image": uploaded.pk, "alt": "路灯", "caption": ""}}])
    address = re.search(r'src="(/media/images/[^"]+)"', client.get("/about/").content.decode())
    assert address
    answer = client.get(address[1])
    content = b"".join(answer.streaming_content)
    kept = (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"])
    assert kept == (200, "image/jpeg", "nosniff")
    assert b"SecretCamera" not in content and b"Exif" not in content


def test_a_broken_picture_is_refused_with_a_sentence(client, admin_user):
    client.force_login(admin_user)
    file = SimpleUploadedFile("a.jpg", photo_with_gps()[:900], "image/jpeg")
    answer = client.post("/admin/images/add/", {"title": "坏的", "file": file, "collection": 1})
    assert "没有传完整" in answer.content.decode()
    assert not Image.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/media/original_images/gps.jpg",
        "/media/images/none.jpg",
        "/media/images/page.html",
        "/media/images/..",
        "/media/",
    ],
)
def test_nothing_else_of_the_media_folder_has_an_address(client, path):
    Image.objects.create(title="照片", file=ContentFile(photo_with_gps(), name="gps.jpg"))
    assert client.get(path).status_code == 404
