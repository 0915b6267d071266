from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("项目台账")

    def ready(self) -> None:
        from projects import personal_data

        personal_data.register()
