"""Public addresses of the projects. They carry numbers and random codes, never primary keys."""

from django.urls import path

from projects import numbers  # noqa: F401 — registers the converter "xm"
from projects.views import history, ledger, photos, project

app_name = "projects"
urlpatterns = [
    path("projects/", ledger.project_list, name="list"),
    path("projects/export.csv", ledger.project_csv, name="csv"),
    path("projects/<xm:number>/", project.detail, name="detail"),
    path("projects/<xm:number>/history/", history.history, name="history"),
    path("project-photos/<uuid:token>/", photos.photo, name="photo"),
    path("project-photos/<uuid:token>/s/", photos.photo, {"which": "thumb"}, name="photo_thumb"),
]
