"""Addresses. Public ones carry numbers or random codes, never primary keys."""

from allauth.account.views import logout as sign_out
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from config import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("shell/", include(("config.shell_urls", "config"))),
    # Wagtail's own sign-ins, for the admin and for private pages, would bypass second factor and limits; everybody signs
    # in at one door.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/logout/", sign_out),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("accounts/", include("portal.account_urls")),
    path("desk/", include("portal.desk_urls")),
    path("desk/", include("projects.desk_urls")),
    path("desk/", include("monitors.desk_urls")),
    path("", include("portal.urls")),
    path("", include("projects.urls")),
    path("", include("monitors.urls")),
    path("", include("voting.urls")),
    path("", include("home.urls")),
]

if settings.WEITAI_DEMO:
    urlpatterns.append(path("demo/", include("portal.demo_urls")))

urlpatterns.append(path("", include(wagtail_urls)))

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
