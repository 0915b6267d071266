"""Photos for the demo city, drawn by the loader: a scene that fits the matter, with the moment in its corner.

Nobody's face, no real place, no file to ship. The same seed draws the same picture.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from home.demo.scenes import (
    NIGHT,
    PALETTES,
    Scene,
    block,
    bus_stop,
    canteen,
    clinic,
    court,
    library,
    lobby,
    market,
    parking,
    pond,
    school,
    shed,
    street,
    village,
)

SHOWN = (1120, 742)  # scenes are drawn larger and made smaller, which smooths the edges
Painter = Callable[[Scene], None]
# The first word that stands in the title decides; the topic does where none stands there.
WORDS: tuple[tuple[tuple[str, ...], tuple[Painter, ...]], ...] = (
    (("坑塘", "污水", "河"), (pond,)),
    (("书屋", "图书", "博物馆"), (library,)),
    (("操场", "体育", "健身", "球"), (court,)),
    (("食堂", "送餐", "热饭"), (canteen,)),
    (("卫生", "影像", "检查", "门诊", "慢病"), (clinic,)),
    (("村", "乡", "戏", "代办"), (village,)),
    (("大集", "早市", "市场"), (market,)),
    (("站牌",), (bus_stop,)),
    (("公交", "小巴", "路口", "车台"), (street,)),
    (("停车", "泊位", "路灯", "公厕", "厕所"), (parking,)),
    (("电动车", "充电"), (shed,)),
    (("水箱", "老楼", "小区", "维修", "软管", "油烟", "烟感"), (block,)),
    (("校", "幼儿园", "课后"), (school,)),
    (("窗口", "证明", "参保", "办证", "津贴", "认定"), (lobby,)),
)
TOPICS: dict[str, tuple[Painter, ...]] = {
    "education": (school,), "medical": (clinic,), "transport": (street, bus_stop), "eldercare": (canteen, block),
    "ecology": (pond,), "security": (lobby,), "culture": (library,), "sports": (court,), "safety": (shed, market),
    "housing": (block,), "government": (lobby,), "citymgmt": (parking, street),
}  # fmt: skip
NIGHT_SCENES = (parking, street, block, shed)


def draw(topic: str, title: str, seed: int, taken: datetime) -> ContentFile[bytes]:
    """A JPEG of a scene that fits the title or the topic, with the moment in its corner."""
    rng = random.Random(f"{topic}:{seed}")  # noqa: S311 — decoration, and the same every time
    named = next((painters for words, painters in WORDS if any(word in title for word in words)), ())
    painter = rng.choice(named or TOPICS.get(topic, (street,)))
    local = timezone.localtime(taken)
    dark = painter in NIGHT_SCENES and (local.hour >= 18 or local.hour < 6)
    scene = Scene(rng, NIGHT if dark else rng.choice(PALETTES))
    painter(scene)
    image = scene.image.resize(SHOWN, Image.Resampling.BOX)
    _stamp(image, f"{local:%Y-%m-%d  %H:%M}")
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return ContentFile(out.getvalue(), name="scene.jpg")


def _stamp(image: Image.Image, text: str) -> None:
    """The moment in a corner, as cameras write it."""
    font = ImageFont.load_default(size=26)
    pen = ImageDraw.Draw(image)
    x, y = image.width - 34 - pen.textlength(text, font), image.height - 58
    pen.text((x + 2, y + 2), text, font=font, fill=(40, 40, 40))
    pen.text((x, y), text, font=font, fill=(250, 246, 232))
