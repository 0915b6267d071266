"""授权: what the author of a suggestion agreed to, for one purpose each, and what they took back. Rows are only added."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models.public_text import CHOICES
from portal.models.suggestion import Suggestion

# The wording that people see beside the form. A change of `ASKED` or of the privacy page needs a new version.
TEXT_VERSION = "2026-11"
ASKED = {
    "publish": gettext_lazy("受理后公开标题、地点、内容和看过后放出的照片；电话、证件号、姓名、门牌先遮住。"),
    "contact": gettext_lazy("用留下的手机号告诉我办理进展，必要时打电话核实。号码加密保存，不公开，不给责任单位。"),
    "name": gettext_lazy("公开时按我选的方式署名。"),
}


class ConsentManager(models.Manager["Consent"]):
    def record(
        self,
        suggestion: Suggestion,
        *,
        how: str,
        by: Any = None,
        at: datetime | None = None,
        purposes: Iterable[str] | None = None,
    ) -> None:
        """Write down what the author agreed to by handing this in: to each purpose that the suggestion makes use of,
        or to `purposes` when they are named. `by` is the clerk who asked, None when the author ticked it."""
        wanted = purposes_used(suggestion) if purposes is None else purposes
        facts = {"how": how, "by": by, "at": at or timezone.now(), "text_version": TEXT_VERSION, "given": True}
        self.bulk_create(Consent(suggestion=suggestion, purpose=purpose, **facts) for purpose in wanted)

    def standing(self, suggestion: Suggestion) -> dict[str, Consent]:
        """Purpose → the last word on it; a purpose that was never asked about is missing."""
        rows = self.filter(suggestion=suggestion).order_by("pk")
        return {row.purpose: row for row in rows}

    def is_withdrawn(self, suggestion: Suggestion, purpose: str) -> bool:
        last = self.filter(suggestion=suggestion, purpose=purpose).order_by("pk").last()
        return last is not None and not last.given

    @transaction.atomic
    def withdraw(
        self, suggestion: Suggestion, purpose: str, *, how: str, by: Any = None, at: datetime | None = None
    ) -> bool:
        """The author takes their consent back, and it takes effect with this transaction; False when it was taken back
        before. What was done until now stays lawful and is not undone."""
        locked = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
        if self.is_withdrawn(locked, purpose):
            return False
        facts = {"how": how, "by": by, "at": at or timezone.now(), "text_version": TEXT_VERSION, "given": False}
        self.create(suggestion=locked, purpose=purpose, **facts)
        _EFFECTS[purpose](locked)
        suggestion.refresh_from_db()
        return True


def purposes_used(suggestion: Suggestion) -> list[str]:
    """For what this suggestion, as it stands, makes use of its author's data."""
    uses = {
        Consent.Purpose.PUBLISH: suggestion.is_public,
        Consent.Purpose.CONTACT: bool(suggestion.phone),
        Consent.Purpose.NAME: suggestion.shown_as != Suggestion.ShownAs.ANONYMOUS,
    }
    return [purpose for purpose, used in uses.items() if used]


def _unpublish(one: Suggestion) -> None:
    one.is_public = False
    one._change_reason = str(_("提出人撤回公开授权"))  # type: ignore[attr-defined]
    one.save(update_fields=["is_public"])


def _forget_phone(one: Suggestion) -> None:
    """Out of the suggestion, its history and the messages about it."""
    from portal.models.notice import Notice
    from portal.models.reach import Subscription

    one.set_phone("")
    one._change_reason = str(_("提出人撤回联系授权"))  # type: ignore[attr-defined]
    one.save(update_fields=["phone", "phone_key"])
    one.history.update(phone="", phone_key="")
    Notice.objects.forget_phone_about(one)
    Subscription.objects.filter(suggestion=one).delete()


def _unname(one: Suggestion) -> None:
    one.shown_as = Suggestion.ShownAs.ANONYMOUS
    one._change_reason = str(_("提出人撤回署名授权"))  # type: ignore[attr-defined]
    one.save(update_fields=["shown_as", *CHOICES])  # the wordings are written anew: the name is masked in them now


_EFFECTS = {"publish": _unpublish, "contact": _forget_phone, "name": _unname}


class Consent(models.Model):
    """One word of the author on one purpose: given, or taken back. The last one counts. Append-only."""

    class Purpose(models.TextChoices):
        PUBLISH = "publish", gettext_lazy("公开这条建议")
        CONTACT = "contact", gettext_lazy("用手机号联系我")
        NAME = "name", gettext_lazy("公开时署名")

    class How(models.TextChoices):
        WEB = "web", gettext_lazy("网上勾选")
        DESK = "desk", gettext_lazy("当面或电话口头")
        PAPER = "paper", gettext_lazy("纸质签字")

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, related_name="consents", verbose_name=gettext_lazy("建议")
    )
    purpose = models.CharField(gettext_lazy("用途"), max_length=8, choices=Purpose)
    given = models.BooleanField(gettext_lazy("同意"))
    how = models.CharField(gettext_lazy("方式"), max_length=6, choices=How)
    text_version = models.CharField(gettext_lazy("告知文本版本"), max_length=12)
    at = models.DateTimeField(gettext_lazy("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=gettext_lazy("经办人")
    )

    objects = ConsentManager()

    class Meta:
        verbose_name = gettext_lazy("授权")
        verbose_name_plural = gettext_lazy("授权")
        default_permissions = ()
        indexes = [models.Index(fields=["suggestion", "purpose", "-id"], name="consent_last_word")]

    def __str__(self) -> str:
        word = _("同意") if self.given else _("撤回")
        return f"{word}{self.get_purpose_display()}"
