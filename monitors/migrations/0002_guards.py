from django.db import migrations

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("monitors", "0001_initial")]

    operations = [
        AppendOnly("MonitorMove"),
        AppendOnly("VisitMove"),
        AppendOnly("ProblemMove"),
        AppendOnly("Recusal"),
        AppendOnly("Attendance"),
    ]
