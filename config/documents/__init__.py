"""Documents on paper: PDF from typst templates, tagged for readers (PDF/UA), with the fonts of the system.

A template is a `.typ` file in the `documents` folder of its app; it imports `/config/documents/base.typ` and reads its
data there. Texts reach it as JSON and are never read as source. Each document is made by a child process under a time
limit, so that a slow one holds nobody up. Where it cannot be made, the person gets the same content as a page to print.
"""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

logger = logging.getLogger(__name__)

SECONDS = 20
_COMPILE = Path(__file__).with_name("compile.py")


class NoDocument(Exception):
    """The PDF could not be made: no Chinese font, or it took too long. The log has the reason."""


def make_pdf(template: Path, data: dict[str, Any]) -> bytes:
    """The template filled with `data`. Raises `NoDocument`, also when a character is in none of the fonts."""
    job = {
        "template": str(template),
        "root": str(settings.BASE_DIR),
        "fonts": settings.WEITAI_FONTS,
        "system_fonts": settings.WEITAI_SYSTEM_FONTS,
        "data": data,
    }
    try:
        done = subprocess.run(  # noqa: S603 — our own script, with data on its standard input alone
            [sys.executable, "-I", str(_COMPILE)],
            input=json.dumps(job, ensure_ascii=False).encode(), capture_output=True, timeout=SECONDS, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        logger.error("PDF from %s took more than %s s", template.name, SECONDS)
        raise NoDocument from error
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", b"") or b""
        logger.error("no PDF from %s: %s", template.name, said.decode(errors="replace").splitlines()[:1])
        raise NoDocument from error
    return done.stdout


def pdf_response(
    request: HttpRequest, template: Path, data: dict[str, Any], filename: str, *, page: str
) -> HttpResponse:
    """The document as a download; or, when it cannot be made, the template `page` with the same data, to be printed."""
    try:
        made = make_pdf(template, data)
    except NoDocument:
        return render(request, page, {"data": data})
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def qr_svg(address: str) -> str:
    """A QR code to be printed: the highest error correction, with its quiet zone of four modules, as SVG."""
    out = io.BytesIO()
    code = segno.make(address, error="h", boost_error=False)
    code.save(out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return out.getvalue().decode()
