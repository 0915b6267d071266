"""Checks every template: strict content policy (nothing inline), no foreign host, no unescaped output; then djlint.

Run from the project's root; prints one line per finding and exits with 1 when there is any.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "portal", "projects", "monitors", "voting", "home")
FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", re.I),
    "event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "foreign host": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.I),
    "unescaped output": re.compile(r"\|\s*safe\b|{%\s*autoescape off"),
}
# Wagtail's admin has a policy of its own, but our pages in it keep the strict rules too.


def findings(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", text, flags=re.S)
    found = []
    for name, pattern in FORBIDDEN.items():
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {name}: {match.group(0).strip()[:60]}")
    return found


def main() -> int:
    templates = sorted(p for name in PACKAGES for p in (ROOT / name).rglob("templates/**/*.html"))
    problems = [line for path in templates for line in findings(path)]
    print("\n".join([*problems, f"{len(templates)} templates, {len(problems)} findings"]))
    lint = subprocess.run(
        [sys.executable, "-m", "djlint", "--lint", "--quiet", *PACKAGES], cwd=ROOT, capture_output=True, text=True
    )
    if lint.returncode:
        print(lint.stdout[-6000:])
    return 1 if problems or lint.returncode or not templates else 0


if __name__ == "__main__":
    sys.exit(main())
