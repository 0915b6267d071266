"""Numbers that people read aloud, and secrets that only their owner knows."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models, transaction
from django.db.models import F

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Counter(models.Model):
    """The last number given out per series. Taken inside the caller's transaction, so numbers have no gaps."""

    key = models.CharField(max_length=20, unique=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"

    @classmethod
    def take(cls, key: str, count: int = 1) -> range:
        """The next `count` numbers of a series. The row stays locked until the caller's transaction ends."""
        with transaction.atomic():
            cls.objects.bulk_create([cls(key=key)], ignore_conflicts=True)  # type: ignore[list-item]
            cls.objects.filter(key=key).update(value=F("value") + count)
            last = cls.objects.values_list("value", flat=True).get(key=key)
        return range(last - count + 1, last + 1)


def suggestion_numbers(year: int, count: int = 1) -> list[str]:
    """WJ2026-000123 and so on."""
    return [f"WJ{year}-{n:06d}" for n in Counter.take(f"WJ{year}", count)]


def new_receipt_code() -> str:
    """Ten characters of Crockford base 32: 50 random bits, no I, L, O, U to misread."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(10))


def normal_receipt_code(text: str) -> str:
    """What a person typed, with spaces and dashes gone and look-alike letters read as digits."""
    table = str.maketrans({"I": "1", "L": "1", "O": "0", " ": "", "-": "", "　": ""})
    return text.strip().upper().translate(table)


def new_link_token() -> str:
    """128 random bits for the address in a receipt's QR code."""
    return secrets.token_urlsafe(16)


def token_digest(token: str) -> str:
    """What is stored of a link token: with 128 random bits a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
