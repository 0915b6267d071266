from django.db import migrations

from config.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        AppendOnly("CampaignMove"),
        AppendOnly("SuggestionMove"),
        AppendOnly("AssignmentMove"),
    ]
