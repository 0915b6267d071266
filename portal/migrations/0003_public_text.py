from django.db import migrations, models

import portal.models.public_text
from config.personal import mask
from portal.models.public_text import TEXTS, personal_spans


def write_public_texts(apps, schema_editor):
    """The public wording of what is here already. By the rules of today on purpose, though a migration is old code one
    day: rules that find more are what an old row needs, and nothing is public without a wording."""
    rows = apps.get_model("portal", "Suggestion").objects.only("pk", "name", "shown_as", *TEXTS).order_by("pk")
    batch = []
    for row in rows.iterator(chunk_size=500):
        name = "" if row.shown_as == "name" else row.name.strip()
        for field in TEXTS:
            text = getattr(row, field)
            setattr(row, f"public_{field}", mask(text, personal_spans(text, name=name)))
        batch.append(row)
        if len(batch) == 500:
            rows.model.objects.bulk_update(batch, [f"public_{field}" for field in TEXTS])
            batch = []
    rows.model.objects.bulk_update(batch, [f"public_{field}" for field in TEXTS])


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalsuggestion",
            name="hidden_words",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="另外遮住的字句"),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="public_body",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="body", verbose_name="公开的内容"
            ),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="public_place",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="place", verbose_name="公开的地点"
            ),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="public_title",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="title", verbose_name="公开的标题"
            ),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="public_wish",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="wish", verbose_name="公开的改进想法"
            ),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="shown_words",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="经确认可以公开的字句"),
        ),
        migrations.AddField(
            model_name="historicalsuggestion",
            name="text_checked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="公开文字确认时间"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="hidden_words",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="另外遮住的字句"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="public_body",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="body", verbose_name="公开的内容"
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="public_place",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="place", verbose_name="公开的地点"
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="public_title",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="title", verbose_name="公开的标题"
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="public_wish",
            field=portal.models.public_text.PublicTextField(
                blank=True, default="", editable=False, source="wish", verbose_name="公开的改进想法"
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="shown_words",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="经确认可以公开的字句"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="text_checked_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="公开文字确认时间"),
        ),
        migrations.RunPython(write_public_texts, migrations.RunPython.noop),
    ]
