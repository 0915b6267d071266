from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("意见建议")

    def ready(self) -> None:
        from portal import personal_data

        personal_data.register()
