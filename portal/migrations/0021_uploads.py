import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0020_reach")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("owner", models.CharField(db_index=True, max_length=64)),
                ("network", models.CharField(db_index=True, max_length=64)),
                ("as_voice", models.BooleanField(default=False)),
                ("size", models.BigIntegerField(verbose_name="大小")),
                ("offset", models.BigIntegerField(default=0, verbose_name="已收到")),
                ("trouble", models.CharField(blank=True, max_length=200, verbose_name="没有收下的原因")),
                (
                    "created_at",
                    models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="开始时间"),
                ),
                (
                    "attachment",
                    models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="+", to="portal.attachment"),
                ),
            ],
            options={
                "verbose_name": "续传",
                "verbose_name_plural": "续传",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(offset__gte=0, offset__lte=models.F("size")),
                        name="upload_offset_within_size",
                    )
                ],
            },
        ),
    ]
