"""People in the admin: accounts with name and phone, and who works for which unit. Nobody changes their own roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import EditView, IndexView, UserViewSet

from config.privacy import mask_phone, normal_phone
from config.roles import ROLES
from portal.models import Membership, User
from portal.models.people import phone_index

UNUSED = ("email", "first_name", "last_name", "is_superuser")


def free_phone(text: str, owner: User | None) -> str:
    """The number in eleven digits. Refuses what is no mobile number, and one that belongs to another account."""
    text = text.strip()
    if not text:
        return ""
    phone = normal_phone(text)
    if not phone:
        raise forms.ValidationError(_("请填 11 位手机号。"))
    others = User.objects.filter(phone_key=phone_index(phone)).exclude(pk=(owner and owner.pk) or 0)
    if others.exists():
        raise forms.ValidationError(_("这个手机号已经属于另一个账号。"))
    return phone


class _Person(forms.ModelForm):  # type: ignore[type-arg]
    """What every account has: one name, a phone that is stored with its look-up value."""

    field_order = ("username", "display_name", "phone_number", "password1", "password2", "is_active", "groups")
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)
    phone_number = forms.CharField(
        label=gettext_lazy("手机号"), required=False, max_length=20,
        help_text=gettext_lazy("用手机号登录的人必填。"), widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in UNUSED:
            self.fields.pop(name, None)
        if "groups" in self.fields:
            self.fields["groups"].queryset = Group.objects.filter(name__in=ROLES)  # type: ignore[attr-defined]
        self.fields["phone_number"].initial = self.instance.phone
        self.fields["display_name"].initial = self.instance.display_name

    def clean_phone_number(self) -> str:
        return free_phone(self.cleaned_data["phone_number"], self.instance if self.instance.pk else None)

    def save(self, commit: bool = True) -> Any:
        self.instance.display_name = self.cleaned_data["display_name"]
        phone = self.cleaned_data["phone_number"]
        if phone != self.instance.phone:
            self.instance.phone_verified = False  # the new number has not received a code yet
        self.instance.set_phone(phone)
        return super().save(commit)


class PersonCreationForm(_Person, UserCreationForm):  # type: ignore[misc]
    """The random user name is for those who sign in by phone; staff are given one that they can remember."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["username"] = ""
        self.fields["username"].help_text = _("登录用，只用字母、数字和 @ . + - _。")


class PersonEditForm(_Person, UserEditForm):  # type: ignore[misc]
    """Without the roles when people edit themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.editing_self = kwargs.get("editing_self", False)
        super().__init__(*args, **kwargs)
        if self.editing_self:
            self.fields.pop("groups", None)


class PeopleIndexView(IndexView):
    """Who works here, found by name as well as by user name. Citizens, who sign in by phone alone, are nobody's
    business in a list."""

    search_fields = ("username", "display_name")

    def get_base_queryset(self) -> Any:
        citizens = User.objects.filter(password__startswith="!", groups=None, memberships=None, is_superuser=False)  # noqa: S106 — no password
        return super().get_base_queryset().exclude(pk__in=citizens.values("pk"))


class PersonEditView(EditView):
    """Break-glass accounts are not touched from here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.object.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PeopleViewSet(UserViewSet):
    """Accounts are switched off, never deleted: what a person did stays theirs."""

    index_view_class = PeopleIndexView
    edit_view_class = PersonEditView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    copy_view_enabled = False

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"delete_url_name": self.UNDEFINED} | kwargs)

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return PersonEditForm if for_update else PersonCreationForm


class AssignRole(AssignRoleBulkAction):
    """Never to oneself, never to a break-glass account."""

    def check_perm(self, obj: Any) -> bool:
        return bool(super().check_perm(obj)) and obj != self.request.user and not obj.is_superuser


class SetActive(SetActiveStateBulkAction):
    def check_perm(self, obj: Any) -> bool:
        return bool(super().check_perm(obj)) and obj != self.request.user and not obj.is_superuser


class MembershipForm(WagtailAdminModelForm):
    """Who acts for a unit, by phone number; an account is made for a number that has none."""

    phone = forms.CharField(
        label=gettext_lazy("手机号"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=40)

    class Meta:
        model = Membership
        fields = ["phone", "display_name", "unit", "role", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["phone"].initial = mask_phone(self.instance.user.phone)
            self.fields["display_name"].initial = self.instance.user.display_name
            self.fields["phone"].disabled = self.fields["display_name"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.instance.pk and "phone" in data:
            phone = normal_phone(data["phone"])
            if not phone:
                self.add_error("phone", _("请填 11 位手机号。"))
                return data
            self.person = User.objects.by_phone(phone)
            data["phone"] = phone
        else:
            self.person = self.instance.user if self.instance.pk else None
        self._check(data)
        return data

    def _check(self, data: dict[str, Any]) -> None:
        if self.person is None:
            return
        if self.for_user is not None and self.person.pk == self.for_user.pk:
            raise forms.ValidationError(_("不能给自己登记或更改单位身份，请由另一位同事办理。"))
        same = Membership.objects.filter(user=self.person, unit=data.get("unit"), role=data.get("role"))
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("这个人在该单位已经是这个角色了。"))

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        if not self.instance.pk:
            self.instance.user = self._account()
        return super().save(commit)

    def _account(self) -> User:
        """The account of the phone; a new one signs in by SMS code, which then verifies the number."""
        person: User = self.person or User()
        if self.person is None:
            person.set_phone(self.cleaned_data["phone"])
            person.set_unusable_password()
        person.display_name = person.display_name or self.cleaned_data["display_name"]
        person.save()
        return person
