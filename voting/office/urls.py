from django.urls import path

from voting.office import rounds

app_name = "voting_office"
urlpatterns = [
    path("", rounds.rounds, name="rounds"),
    path("new/", rounds.round_new, name="round_new"),
    path("<slug:slug>/", rounds.round_, name="round"),
    path("<slug:slug>/edit/", rounds.round_edit, name="round_edit"),
    path("<slug:slug>/criteria/", rounds.round_criteria, name="round_criteria"),
    path("<slug:slug>/open/", rounds.round_open, name="round_open"),
    path("<slug:slug>/close/", rounds.round_close, name="round_close"),
    path("<slug:slug>/publish/", rounds.round_publish, name="round_publish"),
]
