"""What is kept so that suggestions which say the same are found quickly. Written and read by `portal.similar` alone."""

from __future__ import annotations

from django.db import models

from portal.models.suggestion import Suggestion


class SimilarText(models.Model):
    """One suggestion as it is compared: its words without noise, and the length of their vector.

    `among` is how many texts there were when the length was computed; `catch_up` computes it anew when that was long ago.
    """

    suggestion = models.OneToOneField(
        Suggestion, models.CASCADE, primary_key=True, related_name="similar_text", verbose_name="意见建议"
    )
    title = models.TextField()
    body = models.TextField()
    length = models.FloatField()
    among = models.PositiveIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.suggestion_id}: {self.title[:20]}"


class SimilarGram(models.Model):
    """Two or three neighbouring characters, as a number, and how many texts have them. Row 0 counts the texts."""

    gram = models.BigIntegerField(primary_key=True)
    texts = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.gram}: {self.texts}"


class SimilarPosting(models.Model):
    """A gram that weighs much in a suggestion. No foreign key: a row that is left over finds nothing and harms nobody."""

    pk = models.CompositePrimaryKey("gram", "suggestion_id")
    gram = models.BigIntegerField()
    suggestion_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.gram} in {self.suggestion_id}"
