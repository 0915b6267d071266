import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0011_recordings"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("accept", "受理"),
                            ("refuse", "不受理"),
                            ("adopt", "采纳，纳入项目库"),
                            ("refer", "转民生实事"),
                            ("defer", "分步推进"),
                            ("assign", "转责任单位答复"),
                            ("decline", "不予采纳"),
                        ],
                        max_length=10,
                        verbose_name="用于",
                    ),
                ),
                ("title", models.CharField(max_length=30, verbose_name="简称")),
                (
                    "text",
                    models.TextField(
                        help_text="可以留空由系统填写：{编号} {标题} {领域} {地点} {单位} {期限} {年度}。",
                        max_length=500,
                        verbose_name="写法",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="在用")),
                ("position", models.PositiveSmallIntegerField(default=10, verbose_name="次序")),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="用过几次")),
            ],
            options={
                "verbose_name": "参考写法",
                "verbose_name_plural": "参考写法",
                "ordering": ["kind", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="InternalNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="时间")),
                ("text", models.TextField(max_length=2000, verbose_name="内部备注")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "suggestion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="internal_notes",
                        to="portal.suggestion",
                        verbose_name="建议",
                    ),
                ),
            ],
            options={
                "verbose_name": "内部备注",
                "verbose_name_plural": "内部备注",
                "ordering": ["at", "pk"],
            },
        ),
        AppendOnly("InternalNote"),
    ]
