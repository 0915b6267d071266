import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_consent"),
    ]

    operations = [
        migrations.CreateModel(
            name="Poster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(editable=False, max_length=6, unique=True, verbose_name="编号")),
                (
                    "status",
                    models.CharField(
                        choices=[("in_use", "在用"), ("retired", "已停用")],
                        default="in_use",
                        editable=False,
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="具体地点")),
                ("label", models.CharField(max_length=40, verbose_name="批次")),
                (
                    "size",
                    models.CharField(
                        choices=[
                            ("A3", "A3 海报"),
                            ("A4", "A4 海报"),
                            ("A5", "A5 桌牌（一张 A4 排 2 个）"),
                            ("A6", "A6 桌牌（一张 A4 排 4 个）"),
                        ],
                        default="A4",
                        max_length=2,
                        verbose_name="大小",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="制作时间")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="portal.area",
                        verbose_name="所在区划",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posters",
                        to="portal.campaign",
                        verbose_name="年度征集",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="制作人",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="portal.topic",
                        verbose_name="领域",
                    ),
                ),
            ],
            options={
                "verbose_name": "海报",
                "verbose_name_plural": "海报",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="suggestion",
            name="poster",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suggestions",
                to="portal.poster",
                verbose_name="海报",
            ),
        ),
        migrations.CreateModel(
            name="PosterDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("scans", models.PositiveIntegerField(default=0)),
                (
                    "poster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="portal.poster"
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="PosterMove",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="portal.poster"
                    ),
                ),
            ],
            options={
                "verbose_name": "海报动态",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="poster",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "in_use")),
                fields=("campaign", "area", "place", "size"),
                name="poster_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="poster",
            constraint=models.UniqueConstraint(
                condition=models.Q(("area", None), ("status", "in_use")),
                fields=("campaign", "place", "size"),
                name="poster_once_anywhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="posterday",
            constraint=models.UniqueConstraint(fields=("poster", "day"), name="poster_day_once"),
        ),
        AppendOnly("PosterMove"),
    ]
