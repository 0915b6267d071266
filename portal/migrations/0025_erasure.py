import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0024_not_same")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(db_index=True, editable=False, max_length=64)),
                ("unpublish", models.BooleanField(default=False, verbose_name="撤下已公开的建议")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("due_at", models.DateTimeField(verbose_name="执行时间")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT,
                                           related_name="erasures", to=settings.AUTH_USER_MODEL, verbose_name="账号")),
            ],
            options={
                "verbose_name": "注销申请",
                "verbose_name_plural": "注销申请",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("cancelled_at", None), ("done_at", None)),
                                            fields=("user",), name="erasure_one_open")
                ],
            },
        ),
    ]  # fmt: skip
