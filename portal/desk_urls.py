from django.urls import path

from portal.views import desk

app_name = "desk"
urlpatterns = [
    path("", desk.home, name="home"),
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
