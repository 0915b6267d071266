from django.urls import path

from portal.views import desk, self_report

app_name = "desk"
urlpatterns = [
    path("", desk.home, name="home"),
    path("proposals/", self_report.reports, name="self_reports"),
    path("proposals/new/", self_report.new, name="self_report_new"),
    path("proposals/<int:pk>/", self_report.report, name="self_report"),
    path("proposals/<int:pk>/sign/", self_report.sign, name="self_report_sign"),
    path("proposals/<int:pk>/return/", self_report.return_, name="self_report_return"),
    path("proposals/<int:pk>/drop/", self_report.drop, name="self_report_drop"),
    path("done/", desk.done_list, name="done"),
    path("assignments/<int:pk>/", desk.assignment, name="assignment"),
    path("assignments/<int:pk>/draft/", desk.assignment_draft, name="assignment_draft"),
    path("assignments/<int:pk>/sign/", desk.assignment_sign, name="assignment_sign"),
    path("assignments/<int:pk>/return/", desk.assignment_return, name="assignment_return"),
    path("assignments/<int:pk>/hand-back/", desk.assignment_hand_back, name="assignment_hand_back"),
    path("assignments/<int:pk>/extension/", desk.extension, name="extension"),
    path("assignments/<int:pk>/extension/send/", desk.extension_send, name="extension_send"),
    path("assignments/<int:pk>/extension/withdraw/", desk.extension_withdraw, name="extension_withdraw"),
]
