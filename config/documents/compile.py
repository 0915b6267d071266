"""The child process that turns a template into PDF: reads a job as JSON, writes the file. Knows nothing of the house."""

from __future__ import annotations

import json
import sys

import typst


def main() -> None:
    """`job`: template, root, fonts (folders), system_fonts, data. Missing characters are an error, not a box: PDF/UA
    asks for that."""
    job = json.load(sys.stdin)
    made = typst.compile(
        job["template"],
        root=job["root"],
        font_paths=job["fonts"],
        ignore_system_fonts=not job["system_fonts"],
        sys_inputs={"data": json.dumps(job["data"], ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    try:
        main()
    except typst.TypstError as error:
        sys.exit(f"{error.message}\n{error.diagnostic}"[:2000])
