"""Background work of the projects."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config.uploads import drop_files
from projects.models import Photo, Project

BATCH = 200


@shared_task
def start_due() -> int:
    """Start every planned project whose first day has come; the number started."""
    due = Project.objects.filter(status=Project.Status.PLANNED, plan_from__lte=timezone.localdate())
    for project in due:
        project.start()
    return len(due)


@shared_task
def drop_left_out_photos() -> int:
    """Remove photos that were uploaded to a form and taken out again before it was handed in; the number removed."""
    dropped = 0
    for photo in Photo.objects.left_out()[:BATCH]:
        photo.delete()
        drop_files(photo)
        dropped += 1
    return dropped
