from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "微台"

    def ready(self) -> None:
        from django.db.models import fields

        from config import checks  # noqa: F401 — registers the system checks

        fields.BLANK_CHOICE_LABEL = _("请选择")  # Django's own is not translated yet; this is its way to set it
