"""Addresses of the departments' own proposals, below /admin/proposals/."""

from django.urls import path

from portal.office import self_reports

app_name = "self_reports"
urlpatterns = [
    path("", self_reports.quotas, name="list"),
    path("departments.csv", self_reports.table, name="csv"),
    path("remind/", self_reports.remind_all, name="remind"),
]
