from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("media/images/<str:name>", views.rendition, name="rendition"),
]
