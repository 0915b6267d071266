import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import config.privacy
from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0018_paper"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("new", "待处理"), ("used", "已转为建议"), ("set_aside", "已搁置")],
                        default="new",
                        editable=False,
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("message_key", models.CharField(editable=False, max_length=64, unique=True)),
                ("validity", models.BigIntegerField(editable=False)),
                ("uid", models.BigIntegerField(editable=False)),
                ("sender", config.privacy.EncryptedTextField(blank=True, default="", verbose_name="发件地址")),
                ("sender_name", config.privacy.EncryptedTextField(blank=True, default="", verbose_name="发件人")),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="主题")),
                ("text", models.TextField(blank=True, verbose_name="正文")),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="取信时间")),
                ("trouble", models.TextField(blank=True, verbose_name="没有收下的部分")),
                (
                    "suggestion",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="portal.suggestion",
                        verbose_name="建议",
                    ),
                ),
            ],
            options={
                "verbose_name": "来信",
                "verbose_name_plural": "来信",
                "ordering": ["-received_at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="attachment",
            name="letter",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attachments",
                to="portal.letter",
                verbose_name="来信",
            ),
        ),
        migrations.CreateModel(
            name="LetterMove",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="portal.letter"
                    ),
                ),
            ],
            options={
                "verbose_name": "来信动态",
                "ordering": ["at", "pk"],
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["validity", "uid"], name="letter_place"),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["status", "received_at"], name="letter_queue"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "used"), ("suggestion__isnull", False)),
                    models.Q(models.Q(("status", "used"), _negated=True), ("suggestion__isnull", True)),
                    _connector="OR",
                ),
                name="letter_used_has_suggestion",
            ),
        ),
        AppendOnly("LetterMove"),
    ]
