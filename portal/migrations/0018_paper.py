import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0017_co_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=60, verbose_name="从哪里收来")),
                ("received_on", models.DateField(verbose_name="收到日期")),
                ("expected", models.PositiveIntegerField(verbose_name="收到张数")),
                ("opened_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                (
                    "status",
                    models.CharField(
                        choices=[("keying", "录入中"), ("closed", "已结清")],
                        default="keying",
                        editable=False,
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.campaign",
                        verbose_name="年度征集",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "纸质问卷批次",
                "verbose_name_plural": "纸质问卷批次",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="PaperBatchMove",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="portal.paperbatch"
                    ),
                ),
            ],
            options={
                "verbose_name": "纸质问卷批次动态",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaperSheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("serial", models.CharField(max_length=16, verbose_name="表号")),
                ("keyed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="录入时间")),
                ("undone_at", models.DateTimeField(editable=False, null=True, verbose_name="撤回时间")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheets",
                        to="portal.paperbatch",
                        verbose_name="批次",
                    ),
                ),
                (
                    "keyed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "suggestion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_sheet",
                        to="portal.suggestion",
                        verbose_name="建议",
                    ),
                ),
            ],
            options={
                "verbose_name": "纸质问卷",
                "verbose_name_plural": "纸质问卷",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)), fields=("serial",), name="paper_serial_once"
                    )
                ],
            },
        ),
        AppendOnly("PaperBatchMove"),
    ]
