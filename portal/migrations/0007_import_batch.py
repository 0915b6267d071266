import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.models.attachment
import portal.models.batch
from config.append_only import AppendOnly

STATUSES = [
    ("preparing", "待选列"), ("checking", "正在检查"), ("checked", "已检查，未导入"), ("running", "正在导入"),
    ("done", "已导入"), ("failed", "没有导完"), ("undoing", "正在撤回"), ("undone", "已撤回"), ("dropped", "已放弃"),
]  # fmt: skip
SUGGESTION_STATUSES = [
    ("received", "已收到"), ("not_accepted", "未受理"), ("open", "已受理"), ("merged", "合并办理"),
    ("proposed", "拟定去向"), ("adopted", "采纳，纳入项目库"), ("referred", "转民生实事"), ("deferred", "分步推进"),
    ("assigned", "转责任单位办理"), ("declined", "不予采纳"), ("answered", "已答复"), ("reopened", "重新办理"),
    ("closed", "已办结"), ("voided", "已作废"),
]  # fmt: skip


def person(label: str, **options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, null=True, related_name="+", verbose_name=label,
        **options,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_similar")]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("campaign", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                               to="portal.campaign", verbose_name="年度征集")),
                ("source", models.CharField(max_length=60, verbose_name="来源平台")),
                ("file", models.FileField(blank=True, storage=portal.models.attachment.private_storage,
                                          upload_to=portal.models.batch.batch_path, verbose_name="表格")),
                ("file_name", models.CharField(max_length=200, verbose_name="原文件名")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("mapping", models.JSONField(blank=True, default=dict, verbose_name="各字段用哪一列")),
                ("status", models.CharField(choices=STATUSES, default="preparing", editable=False, max_length=10,
                                            verbose_name="状态")),
                ("by", person("上传人", blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="上传时间")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("new", models.PositiveIntegerField(default=0, verbose_name="将新增")),
                ("faults", models.PositiveIntegerField(default=0, verbose_name="错误")),
                ("read", models.PositiveIntegerField(default=0, verbose_name="已处理")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="新增")),
                ("removed", models.PositiveIntegerField(default=0, verbose_name="已撤回")),
                ("findings", models.JSONField(blank=True, default=dict, editable=False)),
                ("trouble", models.TextField(blank=True, verbose_name="没有办成的原因")),
                ("worker", models.CharField(blank=True, editable=False, max_length=32)),
                ("worked_at", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                "verbose_name": "导入批次",
                "verbose_name_plural": "导入批次",
                "ordering": ["-pk"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["source", "-id"], name="import_batch_source")],
            },
        ),
        migrations.CreateModel(
            name="ImportBatchMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=32, verbose_name="动作")),
                ("old", models.CharField(max_length=20, verbose_name="原状态")),
                ("new", models.CharField(max_length=20, verbose_name="新状态")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("public_note", models.TextField(blank=True, verbose_name="公开说明")),
                ("internal_note", models.TextField(blank=True, verbose_name="内部备注")),
                ("by", person("经办人")),
                ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="moves",
                                              to="portal.importbatch")),
            ],
            options={
                "verbose_name": "导入批次动态",
                "ordering": ["at", "pk"],
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="suggestion",
            name="batch",
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                                    related_name="suggestions", to="portal.importbatch", verbose_name="导入批次"),
        ),
        migrations.AlterField(
            model_name="suggestion",
            name="status",
            field=models.CharField(choices=SUGGESTION_STATUSES, db_index=True, default="received", editable=False,
                                   max_length=12, verbose_name="状态"),
        ),
        # A message of an import that was taken back may come in again.
        migrations.RemoveConstraint(model_name="suggestion", name="suggestion_reference_once"),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(
                fields=["source", "reference"], condition=~models.Q(status="voided"), name="suggestion_reference_once"
            ),
        ),
        AppendOnly("ImportBatchMove"),
    ]  # fmt: skip
