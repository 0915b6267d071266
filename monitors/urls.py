from django.urls import path

from monitors.views import public, workspace

app_name = "monitors"
urlpatterns = [
    path("visits/", public.visit_list, name="visit_list"),
    path("visits/<slug:slug>/", public.visit, name="visit"),
    path("visits/photos/<uuid:token>/", public.visit_photo, name="visit_photo"),
    path("visits/photos/<uuid:token>/thumb/", public.visit_photo, {"which": "thumb"}, name="visit_photo_thumb"),
    path("monitors/", public.roster, name="roster"),
    path("monitor/", workspace.home, name="home"),
    path("monitor/sign-in/<str:code>/", workspace.sign_in, name="sign_in"),
    path("monitor/visits/<slug:slug>/<slug:number>/", workspace.note, name="note"),
    path("monitor/photos/", workspace.photo_upload, name="photo_upload"),
    path("monitor/problems/new/", workspace.problem_new, name="problem_new"),
    path("monitor/problems/<int:pk>/", workspace.problem, name="problem"),
    path("monitor/recuse/<slug:number>/", workspace.recuse, name="recuse"),
]
