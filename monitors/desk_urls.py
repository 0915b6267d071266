from django.urls import path

from monitors.views import desk

app_name = "monitor_desk"
urlpatterns = [path("problems/<int:pk>/", desk.problem, name="problem")]
