"""Addresses of the office's pages on projects, below /admin/ledger/."""

from django.urls import path

from projects import numbers  # noqa: F401 — registers the converter "xm"
from projects.office import lists, orders, pool, projects, reports

app_name = "project_office"
urlpatterns = [
    path("", pool.pool, name="pool"),
    path("open/", pool.open_project, name="open"),
    path("attach/", pool.attach, name="attach"),
    path("projects/", projects.project_list, name="projects"),
    path("projects/<xm:number>/", projects.project, name="project"),
    path("projects/<xm:number>/edit/", projects.edit, name="edit"),
    path("projects/<xm:number>/supervise/", orders.issue, name="supervise"),
    path("projects/<xm:number>/suspend/", projects.interrupt, {"verb": "suspend"}, name="suspend"),
    path("projects/<xm:number>/resume/", projects.interrupt, {"verb": "resume"}, name="resume"),
    path("projects/<xm:number>/cancel/", projects.interrupt, {"verb": "cancel"}, name="cancel"),
    path("projects/<xm:number>/carry-over/", projects.interrupt, {"verb": "carry_over"}, name="carry_over"),
    path("lists/", lists.annual_lists, name="lists"),
    path("lists/new/", lists.draft, name="draft_list"),
    path("lists/<int:year>/", lists.annual_list, name="list"),
    path("lists/<int:year>/add/", lists.add, name="list_add"),
    path("lists/<int:year>/remove/", lists.remove, name="list_remove"),
    path("lists/<int:year>/review/", lists.review, name="list_review"),
    path("lists/<int:year>/redraft/", lists.redraft, name="list_redraft"),
    path("lists/<int:year>/issue/", lists.issue, name="list_issue"),
    path("reports/", reports.queue, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/accept/", reports.accept, name="accept_report"),
    path("reports/<int:pk>/return/", reports.return_, name="return_report"),
    path("reports/<int:pk>/correct/", reports.correct, name="correct_report"),
    path("orders/", orders.order_list, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/return/", orders.return_, name="return_order"),
    path("orders/<int:pk>/discharge/", orders.discharge, name="discharge_order"),
]
