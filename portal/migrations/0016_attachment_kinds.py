from django.db import migrations, models

from portal.models.attachment import media_path, private_storage

KINDS = [("photo", "照片"), ("voice", "录音"), ("video", "视频"), ("document", "文件")]
STATES = [("received", "等待处理"), ("processing", "正在处理"), ("ready", "可以看"), ("rejected", "没有收下")]


def add(name, field):
    return migrations.AddField(model_name="attachment", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("portal", "0015_reveal")]

    operations = [
        add("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
        add("kind", models.CharField("种类", max_length=8, choices=KINDS, default="photo", editable=False)),
        add("media", models.FileField("声音、视频或文件", blank=True, storage=private_storage, upload_to=media_path)),
        add("original", models.FileField(blank=True, editable=False, storage=private_storage, upload_to=media_path)),
        add("seconds", models.PositiveSmallIntegerField("时长（秒）", null=True, editable=False)),
        add("state", models.CharField("处理情况", max_length=10, choices=STATES, default="ready", editable=False)),
        add("transcript", models.TextField("文字说明", blank=True)),
        add("trouble", models.CharField("没有收下的原因", max_length=200, blank=True, editable=False)),
        add("worked_at", models.DateTimeField(null=True, editable=False)),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                fields=["worked_at"],
                condition=models.Q(state__in=["received", "processing"]),
                name="attachment_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_released", True), ("kind", "document"), _negated=True),
                name="attachment_document_stays_private",
            ),
        ),
    ]
