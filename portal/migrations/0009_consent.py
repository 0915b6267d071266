import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.append_only import AppendOnly

PURPOSES = [("publish", "公开这条建议"), ("contact", "用手机号联系我"), ("name", "公开时署名")]
HOW = [("web", "网上勾选"), ("desk", "当面或电话口头"), ("paper", "纸质签字")]


class Migration(migrations.Migration):
    dependencies = [("portal", "0008_follow")]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(choices=PURPOSES, max_length=8, verbose_name="用途")),
                ("given", models.BooleanField(verbose_name="同意")),
                ("how", models.CharField(choices=HOW, max_length=6, verbose_name="方式")),
                ("text_version", models.CharField(max_length=12, verbose_name="告知文本版本")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                         to=settings.AUTH_USER_MODEL, verbose_name="经办人")),
                ("suggestion", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="consents",
                                                 to="portal.suggestion", verbose_name="建议")),
            ],
            options={
                "verbose_name": "授权",
                "verbose_name_plural": "授权",
                "default_permissions": (),
                "indexes": [models.Index(fields=["suggestion", "purpose", "-id"], name="consent_last_word")],
            },
        ),
        AppendOnly("Consent"),
    ]  # fmt: skip
