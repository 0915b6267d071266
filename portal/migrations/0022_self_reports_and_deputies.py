import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0021_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeputyPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("congress", "人大代表建议"), ("cppcc", "政协提案")], max_length=8, verbose_name="类别"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("national", "全国"), ("province", "省"), ("city", "市"), ("county", "县（市、区）")],
                        default="city",
                        max_length=8,
                        verbose_name="级别",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("number", models.CharField(max_length=20, verbose_name="正式编号")),
                ("series", models.CharField(editable=False, max_length=40)),
            ],
            options={
                "verbose_name": "代表建议、委员提案",
                "verbose_name_plural": "代表建议、委员提案",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SelfReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "起草中"),
                            ("submitted", "等负责人签发"),
                            ("returned", "退回修改"),
                            ("signed", "已报送"),
                            ("dropped", "已作废"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("title", models.CharField(max_length=60, verbose_name="一句话说清要改什么")),
                ("body", models.TextField(max_length=3000, verbose_name="现在哪里不方便")),
                ("wish", models.TextField(max_length=2000, verbose_name="准备怎么改")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="具体地点")),
            ],
            options={
                "verbose_name": "部门自报",
                "verbose_name_plural": "部门自报",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SelfReportMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=32, verbose_name="动作")),
                ("old", models.CharField(max_length=20, verbose_name="原状态")),
                ("new", models.CharField(max_length=20, verbose_name="新状态")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("public_note", models.TextField(blank=True, verbose_name="公开说明")),
                ("internal_note", models.TextField(blank=True, verbose_name="内部备注")),
            ],
            options={
                "verbose_name": "部门自报动态",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="campaign",
            name="proposals_due",
            field=models.DateField(
                blank=True, help_text="不填就是征集截止那天", null=True, verbose_name="部门自报截止"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="proposals_max",
            field=models.PositiveSmallIntegerField(default=2, verbose_name="每个单位最多自报几条"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="proposals_min",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="每个市直部门至少自报几条"),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="proposed_by_unit",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="own_suggestions",
                to="portal.unit",
                verbose_name="自报单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposals_min__lte", models.F("proposals_max"))),
                name="campaign_proposals_in_order",
                violation_error_message="自报条数的下限不能大于上限。",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proposals_due", None),
                    models.Q(
                        ("proposals_due__gte", models.F("opens_on")), ("proposals_due__lte", models.F("closes_on"))
                    ),
                    _connector="OR",
                ),
                name="campaign_proposals_due_while_collecting",
                violation_error_message="部门自报截止要在征集期内。",
            ),
        ),
        migrations.AddField(
            model_name="deputypaper",
            name="suggestion",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputy_paper",
                to="portal.suggestion",
                verbose_name="建议",
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="portal.area",
                verbose_name="在哪里",
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.campaign",
                verbose_name="年度征集",
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="起草人",
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="suggestion",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="self_report",
                to="portal.suggestion",
                verbose_name="建议",
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="portal.topic", verbose_name="领域"
            ),
        ),
        migrations.AddField(
            model_name="selfreport",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="self_reports",
                to="portal.unit",
                verbose_name="自报单位",
            ),
        ),
        migrations.AddField(
            model_name="selfreportmove",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="selfreportmove",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="portal.selfreport"
            ),
        ),
        migrations.AddConstraint(
            model_name="deputypaper",
            constraint=models.UniqueConstraint(fields=("series", "number"), name="deputy_paper_once"),
        ),
        AppendOnly("SelfReportMove"),
    ]
