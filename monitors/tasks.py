"""Background work of the monitors."""

from __future__ import annotations

from celery import shared_task

from config.uploads import drop_files
from monitors.models import VisitPhoto

BATCH = 200


@shared_task
def drop_unclaimed_photos() -> int:
    """Remove photos of notes that were never sent; the number removed."""
    photos = list(VisitPhoto.objects.unclaimed()[:BATCH])
    for photo in photos:
        photo.delete()
        drop_files(photo)
    return len(photos)
