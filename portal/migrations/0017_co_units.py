from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0016_attachment_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="is_lead",
            field=models.BooleanField(default=True, editable=False, verbose_name="牵头"),
        ),
        migrations.AddField(
            model_name="decision",
            name="co_units",
            field=models.ManyToManyField(blank=True, related_name="+", to="portal.unit", verbose_name="配合单位"),
        ),
        migrations.AddField(
            model_name="historicalassignment",
            name="is_lead",
            field=models.BooleanField(default=True, editable=False, verbose_name="牵头"),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="status",
            field=models.CharField(
                choices=[
                    ("due", "待答复"),
                    ("submitted", "待领导签发"),
                    ("returned", "领导退回"),
                    ("answered", "已答复"),
                    ("handed_back", "退回改革办"),
                    ("released", "不再办理"),
                ],
                default="due",
                editable=False,
                max_length=12,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "released"), _negated=True),
                fields=("suggestion", "again", "unit"),
                name="assignment_unit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_lead", True), models.Q(("status", "released"), _negated=True)),
                fields=("suggestion", "again"),
                name="assignment_one_lead",
            ),
        ),
    ]
