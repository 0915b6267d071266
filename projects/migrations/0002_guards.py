from django.db import migrations

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        AppendOnly("AnnualListMove"),
        AppendOnly("ProjectMove"),
        AppendOnly("ReportMove"),
        AppendOnly("SupervisionOrderMove"),
    ]
