from django.urls import path

from portal.accounts import demo_views

app_name = "demo"
urlpatterns = [
    path("", demo_views.home, name="home"),
    path("<slug:role>/", demo_views.step_into, name="step_into"),
]
