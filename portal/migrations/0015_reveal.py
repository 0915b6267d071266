import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly

WHY = [
    ("verify", "核实情况"), ("call_back", "回访、答复提出人"), ("visit", "约提出人到现场"),
    ("correct", "应本人要求更正或删除"), ("law", "有权机关依法调取"), ("other", "其他，写明事由"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("portal", "0014_search")]

    operations = [
        migrations.CreateModel(
            name="Reveal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=80, verbose_name="角色")),
                ("why", models.CharField(choices=WHY, max_length=10, verbose_name="事由类别")),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                ("fields", models.CharField(max_length=40, verbose_name="查看了什么")),
                ("address", models.CharField(max_length=45, verbose_name="来自网络")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                         to=settings.AUTH_USER_MODEL, verbose_name="查看人")),
                ("suggestion", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reveals",
                                                 to="portal.suggestion", verbose_name="建议")),
            ],
            options={
                "verbose_name": "查看身份记录",
                "verbose_name_plural": "查看身份记录",
                "default_permissions": ("view",),
            },
        ),
        AppendOnly("Reveal"),
    ]  # fmt: skip
