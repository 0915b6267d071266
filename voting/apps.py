from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("评议打分")

    def ready(self) -> None:
        from voting import personal_data

        personal_data.register()
