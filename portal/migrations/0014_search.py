import django.db.models.deletion
from django.db import migrations, models

INDEX = {
    "postgresql": [
        "ALTER TABLE portal_searchtext ADD COLUMN grams bigint[] NOT NULL DEFAULT '{}'",
        # Never read, so kept beside the row; no statistics, so that every look-up has the same plan.
        "ALTER TABLE portal_searchtext ALTER COLUMN grams SET STORAGE EXTERNAL",
        "ALTER TABLE portal_searchtext ALTER COLUMN grams SET STATISTICS 0",
        # What waits to be sorted in is read by every look-up: little of it may wait.
        "CREATE INDEX portal_searchtext_grams ON portal_searchtext USING gin (grams) WITH (gin_pending_list_limit = 256)",
    ],
    "sqlite": ["CREATE VIRTUAL TABLE portal_searchgram USING fts5 (grams, detail = none)"],
}
GONE = {"postgresql": [], "sqlite": ["DROP TABLE portal_searchgram"]}


def _run(statements):
    def run(apps, schema_editor):
        for sql in statements[schema_editor.connection.vendor]:
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0013_first_templates"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "suggestion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="portal.suggestion",
                        verbose_name="意见建议",
                    ),
                ),
                ("title", models.TextField()),
                ("words", models.TextField()),
                ("number", models.TextField()),
            ],
        ),
        migrations.RunPython(_run(INDEX), _run(GONE)),
    ]
