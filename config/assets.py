"""The one stylesheet of the site, put together from its sources.

Sources are small and named after what they style; a page loads `site.css`, which is committed. After a change to a
source run `python -m config.assets`; `is_current()` tells whether somebody forgot, and `modern_features()` lists what
the oldest browsers we serve (Chromium 78, iOS 13.4: the webviews of older phones) would drop or stumble over.

The sources say with `@layer` what they are; the built file holds the rules of the layers one after another without the
wrapping, because webviews of older phones (before Chromium 99) drop layered rules altogether. Sources therefore keep
selectors short, so that order decides between layers as the layers would.
"""

import re
from pathlib import Path

STATIC = Path(__file__).parent / "static" / "config"
TARGET = STATIC / "site.css"
# The order of layers is stated once, at the head of tokens.css.
FIRST = ("tokens.css", "base.css")

# Staff work in the admin on the office's own computers.
NOT_FOR_OLD = ("site.css", "admin.css")
OTHERS = {"admin", "vendor"}  # what is not ours asks by itself whether it can run, see the module that loads it
# An unknown pseudo-class drops the whole rule with it; an unknown property leaves its state without a look.
MODERN_CSS = re.compile(
    r":(?:has|is|where|dir)\(|(?<!:not\():focus-visible|:not\([^()]*,|^\s*inset\s*:|@(?:container|scope|property)\b"
    r"|(?:padding|margin|border|inset)-(?:inline|block)\b(?!-)|@media[^{]*[<>]=|:\s*revert\b|^\s*&"
)
# Good enough as an improvement on a plain declaration of the same property in the line before.
IMPROVEMENT_CSS = re.compile(
    r"(?<![\w-])(?:min|max|clamp|color-mix|light-dark|oklch)\(|\d[dsl]v[hw]\b|\bsubgrid\b|\banywhere\b"
)
MODERN_JS = re.compile(
    r"\?\.(?!\d)|\?\?|\|\|=|&&=|\d_\d|^await\b|\.(?:at|replaceAll|replaceChildren|findLast|toSorted|requestSubmit|showModal)\("
    r"|\b(?:structuredClone|Object\.hasOwn|Promise\.any|WeakRef|randomUUID)\b|^\s*(?:static\s*\{|#\w)|:(?:has|is|where)\("
)


def sources() -> list[Path]:
    """Source files in the order in which they are joined."""
    return [STATIC / name for name in FIRST] + sorted((STATIC / "components").glob("*.css"))


def squeeze(css: str) -> str:
    """Drop comments and indentation. Strings in our sources hold neither comments nor line breaks."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.strip() for line in css.splitlines() if line.strip())


def unwrap(css: str) -> str:
    """The rules of all `@layer` blocks in the order of the layers, without the wrapping; other rules come first."""
    order = re.search(r"@layer ([\w, -]+);", css)
    names = [name.strip() for name in order.group(1).split(",")] if order else []
    layers: dict[str, list[str]] = {name: [] for name in names}
    rest, position = "", 0
    for block in re.finditer(r"@layer ([\w-]+) ?\{", css):
        end = _closing_brace(css, block.end())
        rest += css[position : block.start()]
        layers[block.group(1)].append(css[block.end() : end].strip())
        position = end + 1
    rest = re.sub(r"@layer [\w, -]+;", "", rest + css[position:]).strip()
    return "\n".join([part for part in [rest, *("\n".join(rules) for rules in layers.values())] if part])


def _closing_brace(css: str, start: int) -> int:
    depth = 1
    for position in range(start, len(css)):
        depth += {"{": 1, "}": -1}.get(css[position], 0)
        if depth == 0:
            return position
    raise ValueError("a block is not closed")


def build_css() -> str:
    """The text that `site.css` should hold."""
    css = unwrap("\n".join(squeeze(path.read_text(encoding="utf-8")) for path in sources()))
    return f"/* Built by config/assets.py from tokens, base and components. Do not edit. */\n{css}\n"


def is_current() -> bool:
    """Whether the committed `site.css` matches its sources."""
    return TARGET.exists() and TARGET.read_text(encoding="utf-8") == build_css()


def scripts_and_styles() -> list[Path]:
    """Every script and stylesheet source of all packages that a page outside the admin may load."""
    found = (p for kind in ("js", "css") for p in STATIC.parents[2].glob(f"*/static/**/*.{kind}"))
    return sorted(path for path in found if path.name not in NOT_FOR_OLD and not OTHERS & set(path.parts))


def modern_features(paths: list[Path] | None = None) -> list[str]:
    """Each use of something newer than Chromium 78 that old browsers cannot do without, as `file:line: text`."""
    found = []
    for path in scripts_and_styles() if paths is None else paths:
        lines = _everywhere(path.read_text(encoding="utf-8")).splitlines()
        for number, line in enumerate(lines, start=1):
            before = lines[number - 2] if number > 1 else ""
            if MODERN_JS.search(line) if path.suffix == ".js" else _too_modern(line, before):
                found.append(f"{path.name}:{number}: {line.strip()}")
    return found


def _everywhere(text: str) -> str:
    """The text without comments and without what asks first (`@supports selector(…)`), on the same lines as before."""
    for comment in re.findall(r"/\*.*?\*/|(?m:^[ \t]*//[^\n]*)", text, flags=re.DOTALL):
        text = text.replace(comment, "\n" * comment.count("\n"), 1)
    while asked := re.search(r"@supports selector\([^{]*\{", text):
        end = _closing_brace(text, asked.end()) + 1
        text = text[: asked.start()] + "\n" * text.count("\n", asked.start(), end) + text[end:]
    return text


def _too_modern(line: str, before: str) -> bool:
    if MODERN_CSS.search(line):
        return True
    name = line.partition(":")[0]
    return bool(IMPROVEMENT_CSS.search(line)) and before.partition(":")[0] != name


def write() -> None:
    """Write `site.css`."""
    TARGET.write_text(build_css(), encoding="utf-8")


if __name__ == "__main__":
    write()
