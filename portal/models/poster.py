"""海报: a QR code on a wall or a table, and what it brought."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.moves import Move, MoveRefused, Moving, verb
from portal.models.campaign import Campaign
from portal.models.numbers import CROCKFORD, normal_receipt_code
from portal.models.places import Area, Topic

CODE_LENGTH = 6
TRIES = 5


def new_poster_code() -> str:
    """Six characters that a person can read off a wall and type; a thousand posters among a thousand million codes."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))


class PosterQuerySet(models.QuerySet["Poster"]):
    def of_code(self, text: str) -> Poster | None:
        """The poster of a code as somebody typed or scanned it."""
        rows = self.select_related("campaign", "area__parent", "topic")
        code = normal_receipt_code(text[:20])
        return rows.filter(code=code).first() if code.isalnum() else None  # PostgreSQL cannot even look for a NUL

    def with_counts(self) -> PosterQuerySet:
        """With `scan_count`, and of the suggestions that came by each: `received`, `accepted`, `adopted` (those merged
        into an adopted one among them)."""
        from portal.models.suggestion import Suggestion

        days = PosterDay.objects.filter(poster=models.OuterRef("pk")).order_by().values("poster")
        scans = days.annotate(n=models.Sum("scans")).values("n")
        standing = ~Q(suggestions__status=Suggestion.Status.VOIDED)
        adopted = Q(suggestions__status=Suggestion.Status.ADOPTED)
        adopted |= Q(suggestions__lead__status=Suggestion.Status.ADOPTED)
        return self.annotate(
            scan_count=models.functions.Coalesce(models.Subquery(scans), 0),
            received=Count("suggestions", filter=standing),
            accepted=Count("suggestions", filter=~Q(suggestions__status__in=Suggestion.HIDDEN)),
            adopted=Count("suggestions", filter=adopted),
        )


class PosterManager(models.Manager.from_queryset(PosterQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def put_up(self, places: list[str], *, by: Any, **facts: Any) -> list[Poster]:
        """One poster for each place, all or none. Raises `MoveRefused` when a place has the same one already."""
        Campaign.objects.select_for_update().get(pk=facts["campaign"].pk)
        known = self.filter(status=Poster.Status.IN_USE, place__in=places, size=facts["size"], area=facts.get("area"))
        if twin := known.filter(campaign=facts["campaign"]).order_by("pk").first():
            raise MoveRefused(
                _("“%(place)s”已经有一张同样大小的海报（编号 %(code)s），直接下载它就行。")
                % {"place": twin.full_place or _("不限地点"), "code": twin.code}
            )
        made = [self.model(place=place, code=self._free_code(), made_by=by, **facts) for place in places]
        for one in made:
            one.save()
            one._begin(by=by)
        return made

    def _free_code(self) -> str:
        for _try in range(TRIES):
            code = new_poster_code()
            if not self.filter(code=code).exists():
                return code
        raise RuntimeError("no free poster code")


class Poster(Moving, models.Model):
    class Status(models.TextChoices):
        IN_USE = "in_use", _("在用")
        RETIRED = "retired", _("已停用")

    class Size(models.TextChoices):
        A3 = "A3", _("A3 海报")
        A4 = "A4", _("A4 海报")
        A5 = "A5", _("A5 桌牌（一张 A4 排 2 个）")
        A6 = "A6", _("A6 桌牌（一张 A4 排 4 个）")

    MOVES = {
        "retire": verb(Status.IN_USE, Status.RETIRED, _("停用")),
        "restore": verb(Status.RETIRED, Status.IN_USE, _("恢复使用")),
    }

    code = models.CharField(_("编号"), max_length=CODE_LENGTH, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="posters", verbose_name=_("年度征集"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.IN_USE, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name=_("所在区划"))
    place = models.CharField(_("具体地点"), max_length=120, blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("领域"))
    label = models.CharField(_("批次"), max_length=40)
    size = models.CharField(_("大小"), max_length=2, choices=Size, default=Size.A4)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("制作人"))
    made_at = models.DateTimeField(_("制作时间"), auto_now_add=True)

    objects = PosterManager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("海报")
        verbose_name_plural = _("海报")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "area", "place", "size"], condition=Q(status="in_use"), name="poster_once"
            ),
            models.UniqueConstraint(
                fields=["campaign", "place", "size"],
                condition=Q(status="in_use", area=None),
                name="poster_once_anywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.full_place}"

    @property
    def full_place(self) -> str:
        """Where it hangs, as printed: the area and the place; "" when it hangs nowhere in particular."""
        return " · ".join(part for part in (self.area.full_name if self.area else "", self.place) if part)

    @property
    def address(self) -> str:
        """What the QR code says."""
        return settings.PUBLIC_URL + reverse("portal:scan", args=[self.code])

    def fills_in(self) -> dict[str, str]:
        """What the form knows from the start, by the names that its address uses."""
        known = {
            "poster": self.code,
            "channel": "qr",
            "area": self.area.code if self.area else "",
            "place": self.place,
            "topic": self.topic.slug if self.topic else "",
        }
        return {name: value for name, value in known.items() if value}

    def retire(self, by: Any) -> Move:
        """Taken down: its code leads to a page that says so."""
        return self._move("retire", by=by)

    def restore(self, by: Any) -> Move:
        """Up again. Raises `MoveRefused` when a newer one hangs at the same place."""
        twins = Poster.objects.filter(campaign=self.campaign_id, area=self.area_id, place=self.place, size=self.size)
        if twins.filter(status=self.Status.IN_USE).exists():
            raise MoveRefused(_("这个地点已经换了新的海报，旧的不能恢复。"))
        return self._move("restore", by=by)

    def count_scan(self, day: date) -> None:
        """One scan more on this day; exact however many come at once."""
        with transaction.atomic():
            PosterDay.objects.bulk_create([PosterDay(poster=self, day=day)], ignore_conflicts=True)
            PosterDay.objects.filter(poster=self, day=day).update(scans=F("scans") + 1)


class PosterMove(Move):
    subject = models.ForeignKey(Poster, models.PROTECT, related_name="moves")

    class Meta(Move.Meta):
        verbose_name = _("海报动态")


class PosterDay(models.Model):
    """How often a poster was scanned on a day; nothing about who."""

    poster = models.ForeignKey(Poster, models.PROTECT, related_name="days")
    day = models.DateField()
    scans = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["poster", "day"], name="poster_day_once")]

    def __str__(self) -> str:
        return f"{self.poster_id} {self.day}: {self.scans}"
