from django.urls import path

from voting.views import rounds, scoring, support

app_name = "voting"
urlpatterns = [
    path("suggestions/<slug:number>/support/", support.support, name="support"),
    path("suggestions/<slug:number>/joined/", support.joined, name="joined"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/<slug:slug>/", rounds.round_detail, name="round"),
    path("rounds/<slug:slug>/results.csv", rounds.round_csv, name="round_csv"),
    path("monitor/rounds/<slug:slug>/", scoring.score_list, name="score_list"),
    path("monitor/rounds/<slug:slug>/<slug:number>/", scoring.score, name="score"),
]
