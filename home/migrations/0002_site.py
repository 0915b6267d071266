"""The site's own front page in the place of Wagtail's welcome page, with an empty news list below it."""

from django.db import migrations

TITLE = "微台首页"
LEAD = "每年十一月起，征集大家身边“办起来不方便”的小事。每条建议都公开答复，每个项目都公开台账，结题由群众监督员打分。"


def make_site(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    HomePage = apps.get_model("home", "HomePage")
    NewsIndexPage = apps.get_model("home", "NewsIndexPage")
    if HomePage.objects.exists():
        return
    locale = Locale.objects.earliest("pk")

    def kind(model):
        return ContentType.objects.get_or_create(app_label="home", model=model)[0]

    page_type = ContentType.objects.get_or_create(app_label="wagtailcore", model="page")[0]
    welcome = Page.objects.filter(depth=2, slug="home", content_type=page_type)
    Site.objects.filter(root_page__in=welcome).delete()
    welcome.delete()
    front = HomePage.objects.create(
        title=TITLE, draft_title=TITLE, slug="home", path="00010001", depth=2, numchild=1, url_path="/home/", live=True,
        content_type=kind("homepage"), locale=locale, lead=LEAD,
    )  # fmt: skip
    NewsIndexPage.objects.create(
        title="新闻", draft_title="新闻", slug="news", path="000100010001", depth=3, numchild=0, url_path="/home/news/",
        live=True, content_type=kind("newsindexpage"), locale=locale, intro="征集、项目和现场观摩的消息。",
    )  # fmt: skip
    Page.objects.filter(depth=1).update(numchild=Page.objects.filter(depth=2).count())
    Site.objects.create(hostname="localhost", port=80, root_page_id=front.pk, is_default_site=True, site_name="微台")


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_site, migrations.RunPython.noop)]
