"""The front page, straight from its address, and the pictures of the editor's pages."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from home.models import HomePage

PICTURE_KINDS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
A_WEEK = 7 * 24 * 3600  # seconds; a picture that changes gets another name


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The editor's page, served without Wagtail's own look-ups of the site and its root."""
    page = HomePage.objects.live().first()
    if page is None:
        raise Http404
    return page.serve(request)  # type: ignore[no-any-return]


@require_safe
def rendition(request: HttpRequest, name: str) -> FileResponse:
    """A picture in the size in which a page shows it. What was uploaded, with all that a camera wrote into it, has no
    address."""
    kind = PICTURE_KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise Http404
    try:
        handle = default_storage.open(f"images/{name}", "rb")
    except (OSError, ValueError):
        raise Http404 from None
    response = FileResponse(handle, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={A_WEEK}"
    return response
