"""Where a person wants to hear: the account's addresses and wishes, and those of a receipt without an account."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.privacy import EncryptedTextField, keyed_index
from portal.models.numbers import new_link_token, token_digest
from portal.models.suggestion import Suggestion


class Kind(models.TextChoices):
    """What a notice is about, seen from whoever gets it."""

    OWN = "own", _("我提的建议有进展")
    FOLLOWED = "followed", _("我关注的建议有进展")
    DUTY = "duty", _("要我办的事")
    NEWS = "news", _("征集、投票等公告")


class Way(models.TextChoices):
    """How a notice reaches somebody."""

    IN_APP = "in_app", _("站内")
    SMS = "sms", _("短信")
    WECHAT = "wechat", _("微信")
    MAIL = "mail", _("邮件")


# Before anybody chose: the ways of each kind.
FIRST = {Kind.OWN: "in_app sms", Kind.FOLLOWED: "in_app", Kind.DUTY: "in_app sms", Kind.NEWS: "in_app"}
Hours = tuple[time, time]


def mail_index(mail: str) -> str:
    """The look-up value of an e-mail address, whatever its capitals."""
    return keyed_index(mail.strip().lower(), "mail")


def city_hours() -> Hours | None:
    """The hours in which nothing is sent to who did not choose their own; None when there are none."""
    if not settings.WEITAI_QUIET_HOURS:
        return None
    begins, ends = (time.fromisoformat(part.strip()) for part in settings.WEITAI_QUIET_HOURS.split("-"))
    return begins, ends


def after_quiet(at: datetime, hours: Hours | None) -> datetime:
    """`at`, or the end of the quiet hours that it lies in. The hour at which they end is not quiet any more."""
    if hours is None or hours[0] == hours[1]:
        return at
    begins, ends = hours
    local = timezone.localtime(at)
    now = local.time()
    over_night = begins > ends
    quiet = (now >= begins or now < ends) if over_night else begins <= now < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if over_night and now >= begins else 0)
    return timezone.make_aware(datetime.combine(day, ends))


class ReachManager(models.Manager["Reach"]):
    def of(self, user: Any) -> Reach:
        """The account's own, or an unsaved one with what holds before anybody chose."""
        return getattr(user, "reach", None) or Reach(user=user)

    def ready(self, user: Any) -> Reach:
        """The account's own, made now when there is none, to be changed."""
        return self.get_or_create(user=user)[0]


class Reach(models.Model):
    """怎么告诉我: an account's e-mail and WeChat, which news come over which way, and when it wants to be left alone."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reach", verbose_name=_("账号"))
    mail = EncryptedTextField(_("邮箱"), blank=True, default="")
    mail_confirmed_at = models.DateTimeField(_("邮箱验证时间"), null=True, blank=True)
    openid = EncryptedTextField(_("微信"), blank=True, default="")
    openid_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    own = models.CharField(Kind.OWN.label, max_length=40, blank=True, default=FIRST[Kind.OWN])
    followed = models.CharField(Kind.FOLLOWED.label, max_length=40, blank=True, default=FIRST[Kind.FOLLOWED])
    duty = models.CharField(Kind.DUTY.label, max_length=40, blank=True, default=FIRST[Kind.DUTY])
    news = models.CharField(Kind.NEWS.label, max_length=40, blank=True, default=FIRST[Kind.NEWS])
    quiet = models.BooleanField(_("夜里不打扰"), default=True)
    quiet_from = models.TimeField(_("从"), default=time(21))
    quiet_until = models.TimeField(_("到"), default=time(8))
    sms_instead = models.BooleanField(_("微信送不到时改发短信"), default=True)

    objects = ReachManager()

    class Meta:
        verbose_name = _("通知方式")
        verbose_name_plural = _("通知方式")

    def __str__(self) -> str:
        return str(self.user)

    def ways(self, kind: str) -> set[str]:
        """The ways chosen for a kind of news. What somebody has to do is always in their inbox."""
        chosen = set(getattr(self, kind).split())
        return chosen | {Way.IN_APP} if kind == Kind.DUTY else chosen

    def choose(self, kind: str, ways: Any) -> None:
        """Does not save."""
        setattr(self, kind, " ".join(way for way in Way.values if way in set(ways)))

    def address(self, way: str) -> str:
        """Where this way leads; "" when it leads nowhere."""
        match way:
            case Way.SMS:
                return str(self.user.phone)
            case Way.WECHAT:
                return self.openid
            case Way.MAIL:
                return self.mail if self.mail_confirmed_at else ""
        return ""

    def hours(self) -> Hours | None:
        """The quiet hours: one's own, or the city's as long as nothing was chosen."""
        if self.pk is None:
            return city_hours()
        return (self.quiet_from, self.quiet_until) if self.quiet else None

    # --- addresses --------------------------------------------------------------------------------
    def confirm_mail(self, mail: str, at: datetime | None = None) -> None:
        """This address belongs to the person; from now on news about their own suggestions come there too."""
        self.mail, self.mail_confirmed_at = mail, at or timezone.now()
        self._use(Way.MAIL)
        self.save()

    def drop_mail(self) -> None:
        self.mail, self.mail_confirmed_at = "", None
        self._leave(Way.MAIL)
        self.save()

    def bind(self, openid: str) -> None:
        """This WeChat belongs to the person. Raises `IntegrityError` when it is bound to another account."""
        self.openid, self.openid_key = openid, keyed_index(openid, "openid")
        self._use(Way.WECHAT)
        self.save()

    def unbind(self) -> None:
        self.openid, self.openid_key = "", None
        self._leave(Way.WECHAT)
        self.save()

    def _use(self, way: str) -> None:
        for kind in (Kind.OWN, Kind.FOLLOWED, Kind.DUTY):
            self.choose(kind, {*self.ways(kind), way})

    def _leave(self, way: str) -> None:
        for kind in Kind.values:
            self.choose(kind, self.ways(kind) - {way})


class Subscription(models.Model):
    """回执订阅: where the author of a suggestion hears without an account, and the address of its feed."""

    class By(models.TextChoices):
        SMS = "sms", _("短信，发到提建议时留的手机号")
        MAIL = "mail", _("邮件")
        PAGE = "page", _("都不用，我自己来查")

    suggestion = models.OneToOneField(Suggestion, models.CASCADE, related_name="subscription", verbose_name=_("建议"))
    by = models.CharField(_("怎么告诉您"), max_length=4, choices=By, default=By.SMS)
    mail = EncryptedTextField(_("邮箱"), blank=True, default="")
    mail_confirmed_at = models.DateTimeField(_("邮箱验证时间"), null=True, blank=True)
    feed_token = EncryptedTextField(blank=True, default="", editable=False)
    feed_digest = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)

    class Meta:
        verbose_name = _("回执订阅")
        verbose_name_plural = _("回执订阅")

    def __str__(self) -> str:
        return f"{self.suggestion.number} · {self.get_by_display()}"

    def confirm_mail(self, mail: str, at: datetime | None = None) -> None:
        self.mail, self.mail_confirmed_at, self.by = mail, at or timezone.now(), self.By.MAIL
        self.save()

    def drop_mail(self) -> None:
        """Hear no more by e-mail; the page stays."""
        self.mail, self.mail_confirmed_at, self.by = "", None, self.By.PAGE
        self.save()

    def renew_feed(self) -> None:
        """A new feed address; the old one leads nowhere from now on."""
        self.feed_token = new_link_token()
        self.feed_digest = token_digest(self.feed_token)
        self.save()

    def stop_feed(self) -> None:
        self.feed_token, self.feed_digest = "", ""
        self.save()


def author_reached(suggestion: Suggestion) -> tuple[str, str]:
    """How the author of a suggestion that no account has claimed hears: (way, address), or ("", "") when they look
    themselves."""
    chosen = getattr(suggestion, "subscription", None)
    by = chosen.by if chosen else Subscription.By.SMS
    if chosen and by == Subscription.By.MAIL and chosen.mail_confirmed_at:
        return Way.MAIL, chosen.mail
    if by == Subscription.By.SMS and suggestion.phone:
        return Way.SMS, suggestion.phone
    return "", ""
