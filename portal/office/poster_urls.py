"""Addresses of the posters, below /admin/posters/."""

from django.urls import path

from portal.office import posters

app_name = "posters"
urlpatterns = [
    path("", posters.posters, name="list"),
    path("new/", posters.new, name="new"),
    path("posters.pdf", posters.pdf, name="pdf"),
    path("posters.csv", posters.table, name="csv"),
    path("<slug:code>/", posters.poster, name="poster"),
    path("<slug:code>/qr.svg", posters.qr, name="qr"),
    path("<slug:code>/retire/", posters.retire, name="retire"),
    path("<slug:code>/restore/", posters.restore, name="restore"),
]
