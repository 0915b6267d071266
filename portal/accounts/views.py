"""Signing in: a phone and a code for everybody, a password for staff."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordChangeView
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.limits import client_address, over_limit
from config.privacy import mask_phone
from config.views import too_many
from portal.accounts import codes
from portal.accounts.doors import is_staff, own_door
from portal.accounts.forms import ChangePasswordForm, CodeForm, PhoneForm
from portal.models import User
from portal.models.people import phone_index

NEXT = "sign_in_next"
# Going "back" to one of these after signing in would lead round in a circle.
ROUND = ("", "login/", "code/", "password/", "logout/", "after/", "inactive/", "mfa/authenticate/")
SIGN_IN_PAGES = {f"/accounts/{page}" for page in ROUND}
PASSWORDS_PER_MINUTE, CHANGES_PER_HOUR = 10, 10


def safe_next(request: HttpRequest, target: str) -> str:
    """`target` if it is an address of ours other than a sign-in page, else ""."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and urlsplit(target).path not in SIGN_IN_PAGES else ""


def after_address(request: HttpRequest, target: str = "") -> str:
    """Where the way leads after signing in; `target` is where the person was going."""
    target = safe_next(request, target)
    address = reverse("portal:after_sign_in")
    return f"{address}?{urlencode({'next': target})}" if target else address


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a phone number and send it a code."""
    target = safe_next(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(after_address(request, target))
    form = PhoneForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            codes.send(request, form.cleaned_data["phone"])
        except codes.NotSent as refusal:
            form.add_error("phone", str(refusal))
            status = 429 if refusal.seconds else 503
        else:
            request.session[NEXT] = target
            return redirect("account_code")
    return render(request, "account/login.html", {"form": form, "next": target}, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and sign in; a new phone gets an account."""
    number = codes.pending_phone(request)
    if request.user.is_authenticated or not number:
        return redirect("account_login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            proven = codes.redeem(request, form.cleaned_data["code"])
        except codes.WrongCode as refusal:
            if refusal.is_void:
                messages.error(request, str(refusal))
                return redirect("account_login")
            form.add_error("code", str(refusal))
        else:
            return _enter(request, proven)
    return render(request, "account/code.html", {"form": form, "phone": mask_phone(number)})


@never_cache
@require_POST
def code_again(request: HttpRequest) -> HttpResponse:
    """Send another code to the same phone."""
    number = codes.pending_phone(request)
    if not number:
        return redirect("account_login")
    try:
        codes.send(request, number)
    except codes.NotSent as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("新的验证码已发出，请看最新的一条短信。"))
    return redirect("account_code")


def _enter(request: HttpRequest, number: str) -> HttpResponse:
    """Sign in the account of a proven phone."""
    user = citizen_of(number)
    target = request.session.pop(NEXT, "")
    if not user.is_active:
        messages.error(request, _("这个手机号的账号已停用。如有疑问，请联系页脚上的主办单位。"))
        return redirect("account_login")
    if is_staff(user):
        # A phone alone never opens the admin, not even as the first of two factors.
        messages.info(request, _("这个手机号属于工作人员账号，请用用户名和密码登录。"))
        return redirect(f"{reverse('account_password')}?{urlencode({'next': target})}")
    record_authentication(request, user, method="code")
    response: HttpResponse = perform_login(
        request, user, email_verification="none", redirect_url=after_address(request, target)
    )
    return response


def citizen_of(number: str) -> User:
    """The account of a proven phone number, made now when there is none."""
    user = User.objects.by_phone(number)
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_citizen(number)
        except IntegrityError:  # the same phone in another window, a moment ago
            user = User.objects.get(phone_key=phone_index(number))
    if not user.phone_verified:
        user.phone_verified = True
        user.save(update_fields=["phone_verified"])
    return user


class PasswordSignIn(LoginView):  # type: ignore[misc]
    """User name and password; a second factor is asked for when the account has one."""

    template_name = "account/password.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if over_limit("password-address", client_address(request), PASSWORDS_PER_MINUTE, codes.MINUTE):
            return too_many(request, _("这个网络试密码的次数太多了，请一分钟后再试。"), codes.MINUTE)
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def get_success_url(self) -> str:
        return after_address(self.request, self.get_next_url() or "")

    def get_authenticated_redirect_url(self) -> str:
        return self.get_success_url()


class ActivateTotp(ActivateTOTPView):  # type: ignore[misc]
    """Setting up an authenticator app proves it for this session, so that nobody has to wait for the next code."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp")
        return response


class ChangePassword(PasswordChangeView):
    """Signs every other session of the account out."""

    form_class = ChangePasswordForm
    template_name = "account/password_change.html"
    success_url = reverse_lazy("account_change_password")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if over_limit("password-change", str(request.user.pk), CHANGES_PER_HOUR, codes.HOUR):
            return too_many(request, _("试的次数太多了，请一小时后再试。"), codes.HOUR)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("密码已改好。其他设备上的登录已全部退出。"))
        return super().form_valid(form)


@never_cache
@require_safe
@login_required
def after(request: HttpRequest) -> HttpResponse:
    """On to where the person was going, else to their workspace, else to their own page."""
    return redirect(safe_next(request, request.GET.get("next", "")) or own_door(request.user))
