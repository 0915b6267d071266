"""Texts that people and attackers type: what a field keeps to the letter, and what it refuses with a sentence.

Generated, so that every sign is named. `python -m tests.text_corpus` prints the list.
"""

from __future__ import annotations

import unicodedata

# Names and places that a Chinese city really has, and that older systems lose.
RARE = {
    "ext_a": "㛃䶮",
    "ext_b": "𠮷𣗋",
    "ext_c": "𪜀",
    "ext_d": "𫝀",
    "ext_e": "𫠠",
    "ext_f": "𬺰",
    "ext_g": "𰀀",
    "ext_h": "𱍐",
    "pua": "\ue863\U000f0000",
    "compatibility": "凞\ufa0e",
}
MARKS = {
    "family": "👨‍👩‍👧‍👦👩🏽‍🚒🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "decomposed": unicodedata.normalize("NFD", "café ńg"),
    "combining_flood": "z" + "\u0301\u0323\u0489" * 15 + "路灯",
    "rtl_override": "路灯\u202e坏了\u202c",
    "isolates": "\u2067שלום\u2069路灯",
    "zero_width": "路\u200b灯\u200d坏\ufeff了",
    "full_width": "１２３ＡＢＣ，。！＜ｓｃｒｉｐｔ＞",
    "homoglyphs": "аdmіn 管理员",
    "ideographic_space": "甲\u3000乙",
    "other_scripts": "ئۇيغۇرچە བོད་ཡིག ᠮᠣᠩᠭᠣᠯ",
}
ACTIVE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "svg": "<svg/onload=alert(1)>",
    "attribute": "' autofocus onfocus=alert(1) x='",
    "address": "javascript:alert(1)",
    "template": "{{7*7}}{% debug %}${7*7}#{7*7}",
    "close": "</textarea></title></style><script>alert(1)</script>",
    "comment": "--><iframe src=javascript:alert(1)>",
    "entity": "&#60;script&#62;alert(1)&lt;/script&gt;",
    "json": '"}]});alert(1);//',
    "data": "data:text/html,<script>alert(1)</script>",
}
ASKING = {
    "sql": "' OR 1=1; DROP TABLE portal_suggestion; --",
    "like": "100%_\\%",
    "regex": "(a+)+$[[](?=.*)*",
    "formula": "=HYPERLINK(1)",
    "format": "%s%n{0}{x.__class__}",
    "path": "../../etc/passwd",
    "shell": "`id`$(id)|id",
    "null_word": "NULL undefined NaN",
}
KEPT = RARE | MARKS | ACTIVE | ASKING

# Line breaks where a line is asked for: a message or a header would end there.
BREAKS = {
    "crlf": "路灯\r\nBcc: all@example.org\r\n\r\n坏了",
    "vertical": "路灯\x0b坏\x0c了\x85好\u2028吗\u2029是",
}
REFUSED = {"nul": "路灯\x00坏了", "megabyte": "灯" * 350_000}
# What can only be sent past a browser: bytes that are no text.
BYTES = {
    "lone_surrogate": b"\xed\xa0\x80\xed\xb0\x80",
    "cut": b"\xe8\xb7",
    "latin": b"caf\xe9",
    "overlong": b"\xc0\xaf",
}
# Slow for patterns that try again and again.
SLOW = {
    "digits": "1" * 3000,
    "dashes": "1-" * 1500,
    "brackets": "(" * 3000,
    "letters": "a" * 3000 + "!",
    "mails": "a@" * 1500,
    "names": "我叫" * 1500,
    "doors": "1号楼" * 1000,
    "spaces": " \u3000" * 1500 + "x",
}


if __name__ == "__main__":
    for group in (KEPT, BREAKS, REFUSED, BYTES, SLOW):
        for name, text in group.items():
            print(f"{name}\t{len(text)}\t{text[:40]!r}")
