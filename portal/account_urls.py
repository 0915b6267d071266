"""Everything under `/accounts/` but the way onwards, which has its name in `portal.urls`."""

from allauth.account import views as allauth_views
from django.urls import include, path
from django.views.generic import RedirectView

from portal.accounts import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="account_login")),
    path("login/", views.phone, name="account_login"),
    path("code/", views.code, name="account_code"),
    path("code/again/", views.code_again, name="account_code_again"),
    path("password/", views.PasswordSignIn.as_view(), name="account_password"),
    path("password/change/", views.ChangePassword.as_view(), name="account_change_password"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("mfa/totp/activate/", views.ActivateTotp.as_view(), name="mfa_activate_totp"),
    path("mfa/", include("allauth.mfa.urls")),
]
