"""The one way out for tables: CSV that no spreadsheet program can mistake for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

# A cell that begins with one of these is a formula to some program, the full-width ones after its own normalisation.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
BLANKS = " \u00a0\u3000\ufeff"


def safe_cell(value: Any) -> Any:
    """The value as a cell: text that looks like a formula gets a leading apostrophe; NUL is dropped.

    Numbers stay numbers; None is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value).replace("\0", "")
    return f"'{text}" if text.lstrip(BLANKS).startswith(FORMULA_STARTS) else text


class _Line:
    """A file that gives back what is written to it, so that csv.writer can feed a stream."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The table as CSV lines, with the mark that makes Excel read it as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([safe_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])


def csv_response(filename: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The table as a download, streamed row by row."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
