"""Photos of projects, to those who may see them."""

from __future__ import annotations

import uuid

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from config.uploads import serve_picture
from projects.models import Photo


@require_safe
def photo(request: HttpRequest, token: uuid.UUID, which: str = "image") -> FileResponse:
    """A photo. Whoever may not see it gets the same answer as for one that does not exist."""
    # Asked first, without touching the session, so that public photos stay cacheable.
    if found := Photo.objects.public().filter(token=token).first():
        return serve_picture(found, which, public=True)
    found = get_object_or_404(Photo.objects.visible_to(request.user), token=token)
    return serve_picture(found, which, public=False)
