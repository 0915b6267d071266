import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import config.privacy


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0010_posters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                ("caller", config.privacy.EncryptedTextField(blank=True, default="", verbose_name="来电号码")),
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="信上的日期")),
                ("postmarked_on", models.DateField(blank=True, null=True, verbose_name="邮戳日期")),
                ("stall", models.CharField(blank=True, max_length=80, verbose_name="现场地点")),
                ("team", models.CharField(blank=True, max_length=80, verbose_name="走访小组")),
                ("households", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="走访户数")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told_again",
                        to="portal.suggestion",
                        verbose_name="提出人说是同一件事",
                    ),
                ),
                (
                    "suggestion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recording",
                        to="portal.suggestion",
                        verbose_name="建议",
                    ),
                ),
            ],
            options={
                "verbose_name": "登记情况",
                "verbose_name_plural": "登记情况",
            },
        ),
        migrations.CreateModel(
            name="DeskDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("typed", config.privacy.EncryptedTextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "clerk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "登记草稿",
                "verbose_name_plural": "登记草稿",
                "ordering": ["-saved_at"],
                "constraints": [models.UniqueConstraint(fields=("clerk", "key"), name="desk_draft_once")],
            },
        ),
    ]
