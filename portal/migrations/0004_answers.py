import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Exists, OuterRef

from config.append_only import AppendOnly


def mark_second_answers(apps, schema_editor):
    """Hand-overs that followed an earlier one of the same suggestion are what its author had worked on again."""
    Assignment = apps.get_model("portal", "Assignment")
    earlier = Assignment.objects.filter(suggestion=OuterRef("suggestion"), pk__lt=OuterRef("pk"))
    Assignment.objects.filter(Exists(earlier)).update(again=True)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_public_text"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="again",
            field=models.BooleanField(default=False, editable=False, verbose_name="重办"),
        ),
        migrations.AddField(
            model_name="historicalassignment",
            name="again",
            field=models.BooleanField(default=False, editable=False, verbose_name="重办"),
        ),
        migrations.AddField(
            model_name="verdict",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[("solved", "已解决"), ("partly", "部分解决"), ("unsolved", "未解决")],
                default="",
                max_length=10,
                verbose_name="事情办得怎样",
            ),
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("drafted", "待单位负责人送出"),
                            ("asked", "待改革办审批"),
                            ("approved", "同意延期"),
                            ("refused", "不同意延期"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="drafted",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("due_before", models.DateField(verbose_name="原定期限")),
                ("due_asked", models.DateField(verbose_name="申请延到")),
                ("reason", models.TextField(verbose_name="延期的理由")),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="portal.assignment",
                        verbose_name="转办件",
                    ),
                ),
            ],
            options={
                "verbose_name": "延期申请",
                "verbose_name_plural": "延期申请",
                "ordering": ["pk"],
                "permissions": [("decide_extension", "审批延期")],
            },
        ),
        migrations.CreateModel(
            name="ExtensionMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=32, verbose_name="动作")),
                ("old", models.CharField(max_length=20, verbose_name="原状态")),
                ("new", models.CharField(max_length=20, verbose_name="新状态")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("public_note", models.TextField(blank=True, verbose_name="公开说明")),
                ("internal_note", models.TextField(blank=True, verbose_name="内部备注")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="portal.extension"
                    ),
                ),
            ],
            options={
                "verbose_name": "延期动态",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "withdrawn"), _negated=True),
                fields=("assignment",),
                name="extension_asked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_asked__gt", models.F("due_before"))), name="extension_is_later"
            ),
        ),
        AppendOnly("ExtensionMove"),
        migrations.RunPython(mark_second_answers, migrations.RunPython.noop, elidable=True),
    ]
