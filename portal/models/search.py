"""What is kept so that suggestions are found by words. Written and read by `portal.searching` alone."""

from __future__ import annotations

from django.db import models

from portal.models.suggestion import Suggestion


class SearchText(models.Model):
    """The public words of one suggestion in normal form (`config.wording`), each field on a line of its own.

    Which grams stand in them the database keeps in a form of its own: PostgreSQL in a column with an inverted index,
    SQLite in a full-text table; see the migration.
    """

    suggestion = models.OneToOneField(
        Suggestion, models.CASCADE, primary_key=True, related_name="search_text", verbose_name="意见建议"
    )
    title = models.TextField()
    words = models.TextField()
    number = models.TextField()

    def __str__(self) -> str:
        return f"{self.number} {self.title[:20]}"
