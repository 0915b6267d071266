"""The unit's part of `/desk/`: its projects, reports and orders."""

from django.urls import path

from projects import numbers  # noqa: F401 — registers the converter "xm"
from projects.desk import orders, photos, plans, projects, reports

app_name = "project_desk"
urlpatterns = [
    path("projects/", projects.project_list, name="projects"),
    path("projects/<xm:number>/", projects.project, name="project"),
    path("projects/<xm:number>/plan/", plans.change_plan, name="change_plan"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/photos/", photos.report_photo, name="report_photo"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/photos/", photos.order_photo, name="order_photo"),
]
