from django.db import migrations

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("voting", "0001_initial")]

    operations = [
        AppendOnly("RoundMove"),
        AppendOnly("Support"),
        AppendOnly("Sheet"),
        AppendOnly("Mark"),
        AppendOnly("Result"),
        AppendOnly("ResultCriterion"),
    ]
