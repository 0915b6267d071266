"""People: everyone who signs in, and who works for which unit."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.privacy import EncryptedTextField, keyed_index, mask_phone, normal_phone

ERASED = "已注销用户"  # what stands for a person whose account is gone


def phone_index(phone: str) -> str:
    """The look-up value of a phone number; the same number always gives the same 64 hex digits."""
    return keyed_index(normal_phone(phone), "phone")


def random_username() -> str:
    """Citizens sign in by phone; their user name only has to be unique."""
    return f"u{uuid.uuid4().hex[:20]}"


class PeopleManager(UserManager["User"]):
    def by_phone(self, phone: str) -> User | None:
        """The account of a phone number, if there is one."""
        return self.filter(phone_key=phone_index(phone)).first() if normal_phone(phone) else None

    def create_citizen(self, phone: str, display_name: str = "") -> User:
        """A new account with a verified phone and no password."""
        user = self.model(username=random_username(), display_name=display_name, phone_verified=True)
        user.set_phone(phone)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person with an account. Roles are groups; a verified phone makes a person of identity level L1."""

    username = models.CharField(_("用户名"), max_length=150, unique=True, default=random_username)  # type: ignore[misc]
    display_name = models.CharField(_("姓名"), max_length=40, blank=True)
    phone = EncryptedTextField(_("手机号"), blank=True, default="")
    phone_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    phone_verified = models.BooleanField(_("手机号已验证"), default=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    class Meta(AbstractUser.Meta):
        verbose_name = _("用户")  # type: ignore[assignment]
        verbose_name_plural = _("用户")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def set_phone(self, phone: str) -> None:
        """Set the phone and its look-up value together; "" clears both. Does not save."""
        self.phone = normal_phone(phone)
        self.phone_key = phone_index(phone) if self.phone else None

    def get_full_name(self) -> str:
        return self.display_name or f"{self.last_name}{self.first_name}" or mask_phone(self.phone)

    def get_short_name(self) -> str:
        return self.get_full_name()

    @property
    def identity_level(self) -> int:
        """0 without a verified phone, 1 with one. Level 2 (real name) comes with the provincial sign-in."""
        return 1 if self.phone_verified and self.phone_key else 0

    def units_as(self, *roles: str) -> Any:
        """Primary keys of the units this person works for in any of the roles."""
        return self.memberships.filter(role__in=roles or Membership.Role.values, is_active=True).values("unit")


class Membership(models.Model):
    """Who acts for a unit, and as what."""

    class Role(models.TextChoices):
        CLERK = "clerk", _("经办人")
        LEADER = "leader", _("负责人")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("用户"))
    unit = models.ForeignKey("portal.Unit", models.PROTECT, related_name="memberships", verbose_name=_("责任单位"))
    role = models.CharField(_("角色"), max_length=10, choices=Role)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("单位人员")
        verbose_name_plural = _("单位人员")
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.unit} · {self.get_role_display()}"
