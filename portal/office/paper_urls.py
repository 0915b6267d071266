"""Addresses of the paper questionnaires, below /admin/paper/."""

from django.urls import path

from portal.office import paper

app_name = "paper"
urlpatterns = [
    path("", paper.batches, name="list"),
    path("print/", paper.print_, name="print"),
    path("new/", paper.new, name="new"),
    path("<int:pk>/", paper.batch, name="batch"),
    path("<int:pk>/key/", paper.key, name="key"),
    path("<int:pk>/close/", paper.close, name="close"),
    path("<int:pk>/reopen/", paper.reopen, name="reopen"),
    path("<int:pk>/sheets/<int:sheet_pk>/", paper.edit, name="edit"),
    path("<int:pk>/sheets/<int:sheet_pk>/undo/", paper.undo, name="undo"),
]
