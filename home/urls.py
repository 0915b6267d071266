from django.urls import path

from home import views
from home.search import search

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("search/", search, name="search"),
    path("media/images/<str:name>", views.rendition, name="rendition"),
]
