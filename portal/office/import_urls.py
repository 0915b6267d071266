"""Addresses of the imports, below /admin/suggestions/imports/."""

from django.urls import path

from portal.office import importing

app_name = "imports"
urlpatterns = [
    path("", importing.batches, name="list"),
    path("new/", importing.new, name="new"),
    path("<int:pk>/", importing.batch, name="batch"),
    path("<int:pk>/columns/", importing.columns, name="columns"),
    path("<int:pk>/faults.csv", importing.faults, name="faults"),
    path("<int:pk>/start/", importing.start, name="start"),
    path("<int:pk>/retry/", importing.retry, name="retry"),
    path("<int:pk>/drop/", importing.drop, name="drop"),
    path("<int:pk>/undo/", importing.undo, name="undo"),
]
