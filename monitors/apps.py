from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitorsConfig(AppConfig):
    name = "monitors"
    verbose_name = _("群众监督")

    def ready(self) -> None:
        from monitors import personal_data
        from monitors.models import Monitor
        from portal.accounts import doors

        personal_data.register()
        doors.register(30, "/monitor/", lambda user: Monitor.objects.of(user) is not None)
