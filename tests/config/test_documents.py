"""PDF: made from data that is never read as source, with fonts inside, and a page instead when it cannot be made."""

from __future__ import annotations

import io
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from config import documents
from config.documents import NoDocument, make_pdf, pdf_response

TEMPLATE = """#import "/config/documents/base.typ": *
#show: document-of.with(data.title)
#data.words"""


@pytest.fixture
def template(settings: Any, tmp_path: Path) -> Path:
    """A template in a house of its own, which has our base."""
    base = Path(documents.__file__).with_name("base.typ")
    (tmp_path / "config" / "documents").mkdir(parents=True)
    (tmp_path / "config" / "documents" / "base.typ").write_text(base.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "words.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    settings.BASE_DIR = tmp_path
    return path


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_text_that_looks_like_source_is_printed_as_it_is(template: Path):
    words = '#read("/etc/passwd") *粗* $x$ #import "@preview/x:1.0.0" \\ "引号"'
    assert words in text_of(make_pdf(template, {"title": "试", "words": words})).replace("\n", " ")


def test_the_file_is_tagged_titled_names_nobody_and_carries_its_fonts(template: Path):
    made = make_pdf(template, {"title": "扫码海报", "words": "身边的小事"})
    facts = subprocess.run(["pdfinfo", "-"], input=made, capture_output=True, check=True).stdout.decode()
    assert "扫码海报" in facts and "Author" not in facts
    assert facts.split("Tagged:")[1].split()[0] == "yes"
    fonts = (
        subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode().splitlines()[2:]
    )
    assert fonts and all(line.split()[-5] == "yes" for line in fonts)  # the column "emb"


def test_without_a_chinese_font_there_is_a_page_to_print_and_the_log_says_why(
    template: Path, settings: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.WEITAI_SYSTEM_FONTS = False
    with pytest.raises(NoDocument), caplog.at_level(logging.ERROR):
        make_pdf(template, {"title": "试", "words": "身边"})
    assert "could not be displayed" in caplog.text
    monkeypatch.setattr(documents, "render", lambda _request, page, context: (page, context["data"]["words"]))
    answer = pdf_response(RequestFactory().get("/"), template, {"title": "试", "words": "身边"}, "a.pdf", page="p.html")
    assert answer == ("p.html", "身边")


def test_a_document_that_never_ends_is_given_up(template: Path, monkeypatch: pytest.MonkeyPatch):
    template.write_text(TEMPLATE + "\n#{ let n = 0; while true { n += 1; if n < 0 { break } } }", encoding="utf-8")
    monkeypatch.setattr(documents, "SECONDS", 0.3)
    with pytest.raises(NoDocument):
        make_pdf(template, {"title": "t", "words": "w"})


def test_a_printed_code_keeps_its_quiet_zone_and_mends_a_third_of_itself():
    from segno import make

    address = "https://weitai.example.cn/q/7K3M9P/"
    code = make(address, error="h", boost_error=False)
    assert code.error == "H"
    width = code.symbol_size(border=4)[0]
    assert f'viewBox="0 0 {width} {width}"' in documents.qr_svg(address)
    assert io.StringIO(documents.qr_svg(address)).read().startswith("<svg")
