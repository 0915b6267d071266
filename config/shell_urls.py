from django.urls import path

from config import views

app_name = "config"
urlpatterns = [path("elder/", views.elder, name="elder")]
