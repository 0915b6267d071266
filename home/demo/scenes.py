"""Plain flat scenes of the places that projects are about: a street, a school gate, a counter, a pond."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageOps

WIDTH, HEIGHT = 1600, 1060  # drawn large and made smaller, which smooths the edges
HORIZON = 640
Colour = tuple[int, int, int]

# sky above, sky at the horizon, ground, far things, near things, an accent
PALETTES: tuple[tuple[Colour, ...], ...] = (
    ((196, 214, 221), (238, 238, 228), (202, 199, 186), (156, 172, 174), (92, 118, 124), (201, 148, 92)),
    ((214, 206, 190), (246, 238, 222), (190, 182, 162), (170, 160, 142), (110, 104, 92), (62, 116, 130)),
    ((176, 200, 204), (226, 234, 224), (176, 188, 164), (132, 158, 148), (74, 106, 96), (190, 120, 84)),
    ((204, 198, 210), (240, 228, 220), (186, 178, 176), (150, 144, 156), (96, 92, 108), (196, 142, 100)),
)
NIGHT: tuple[Colour, ...] = ((34, 48, 62), (70, 88, 100), (58, 66, 72), (48, 62, 74), (30, 40, 50), (232, 196, 124))


class Scene:
    """A canvas with a palette and a few things that every scene needs."""

    def __init__(self, rng: random.Random, palette: Sequence[Colour]) -> None:
        self.rng = rng
        self.sky, self.haze, self.ground, self.far, self.near, self.accent = palette
        shade = Image.linear_gradient("L").resize((WIDTH, HORIZON))
        self.image = Image.new("RGB", (WIDTH, HEIGHT), self.ground)
        self.image.paste(ImageOps.colorize(shade, self.sky, self.haze), (0, 0))
        self.draw = ImageDraw.Draw(self.image)
        self.is_night = palette is NIGHT

    def mix(self, one: Colour, two: Colour, share: float) -> Colour:
        return tuple(round(a + (b - a) * share) for a, b in zip(one, two, strict=True))  # type: ignore[return-value]

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, radius: int = 0) -> None:
        """A rectangle that stands on `y` and is `h` high."""
        self.draw.rounded_rectangle((x, y - h, x + w, y), radius, fill=colour)

    def skyline(self) -> None:
        """Buildings far away, with a few windows."""
        x = -40
        while x < WIDTH:
            w, h = self.rng.randint(90, 210), self.rng.randint(90, 300)
            colour = self.mix(self.far, self.haze, self.rng.uniform(0.35, 0.6))
            self.box(x, HORIZON, w, h, colour)
            self.windows(x, HORIZON, w, h, self.mix(colour, self.haze, 0.35), 46)
            x += w + self.rng.randint(-10, 60)

    def windows(self, x: float, y: float, w: float, h: float, colour: Colour, step: int) -> None:
        for wx in range(int(x) + 18, int(x + w) - 26, step):
            for wy in range(int(y - h) + 22, int(y) - 30, step):
                lit = self.is_night and self.rng.random() < 0.3
                self.draw.rectangle((wx, wy, wx + step * 0.45, wy + step * 0.5), fill=self.accent if lit else colour)

    def tree(self, x: float, y: float, size: float) -> None:
        trunk = self.mix(self.near, self.accent, 0.25)
        leaf = self.mix((104, 136, 108), self.near, self.rng.uniform(0.15, 0.6))
        self.box(x - size * 0.05, y, size * 0.1, size * 0.5, trunk)
        for dx, dy, r in ((-0.22, 0.5, 0.26), (0.2, 0.52, 0.25), (0, 0.72, 0.3)):
            cx, cy, cr = x + dx * size, y - dy * size, r * size
            self.draw.ellipse((cx - cr, cy - cr, cx + cr, cy + cr), fill=leaf)

    def lamp(self, x: float, y: float, h: float) -> None:
        self.box(x - 5, y, 10, h, self.near)
        self.box(x - 5, y - h + 12, 70, 10, self.near)
        if self.is_night:
            glow = Image.new("L", self.image.size, 0)
            ImageDraw.Draw(glow).polygon([(x + 40, y - h + 12), (x - 120, y + 40), (x + 220, y + 40)], fill=54)
            self.image.paste(Image.new("RGB", self.image.size, self.accent), mask=glow)
        self.box(x + 32, y - h + 24, 44, 14, self.accent if self.is_night else self.mix(self.near, self.haze, 0.4), 6)

    def road(self) -> None:
        self.draw.rectangle((0, 790, WIDTH, HEIGHT), fill=self.mix(self.ground, self.near, 0.4))
        self.draw.rectangle((0, 770, WIDTH, 792), fill=self.mix(self.ground, self.haze, 0.5))
        for x in range(-60 + self.rng.randint(0, 80), WIDTH, 220):
            self.box(x, 930, 120, 12, self.mix(self.ground, self.haze, 0.7))

    def person(self, x: float, y: float, h: float) -> None:
        """Somebody, from afar."""
        coat = self.mix(self.near, self.accent, self.rng.random())
        self.draw.ellipse((x - h * 0.09, y - h, x + h * 0.09, y - h * 0.82), fill=self.mix(self.near, self.haze, 0.45))
        self.draw.rounded_rectangle((x - h * 0.15, y - h * 0.8, x + h * 0.15, y - h * 0.32), h * 0.08, fill=coat)
        for leg in (-0.12, 0.03):
            self.box(x + leg * h, y, h * 0.09, h * 0.36, self.near)

    def people(self, count: int, y: float = 770, h: float = 120) -> None:
        for _ in range(count):
            self.person(
                self.rng.uniform(160, WIDTH - 160), y + self.rng.uniform(-8, 60), h * self.rng.uniform(0.85, 1.1)
            )

    def sign(self, x: float, y: float, w: float, h: float) -> None:
        """A board with lines of writing too small to read."""
        self.box(x, y, w, h, self.mix(self.haze, (255, 255, 255), 0.5), 6)
        self.box(x, y - h + 30, w, 30, self.accent)
        for line in range(int(y - h) + 52, int(y) - 18, 24):
            self.box(x + 18, line + 8, (w - 36) * self.rng.uniform(0.5, 1), 8, self.mix(self.far, self.haze, 0.3))

    def room(self) -> None:
        """Indoors: a wall, a floor, a row of lights."""
        wall, floor = self.mix(self.haze, (255, 255, 255), 0.35), self.mix(self.ground, self.haze, 0.35)
        self.draw.rectangle((0, 0, WIDTH, 760), fill=wall)
        self.draw.rectangle((0, 760, WIDTH, HEIGHT), fill=floor)
        self.draw.rectangle((0, 748, WIDTH, 762), fill=self.mix(wall, self.far, 0.5))
        for x in range(120, WIDTH, 340):
            self.box(x, 84, 190, 18, self.mix(wall, self.accent, 0.25), 8)


def street(s: Scene) -> None:
    s.skyline()
    s.road()
    for x in range(90, WIDTH, 360):
        s.tree(x + s.rng.randint(-30, 30), 780, s.rng.uniform(230, 300))
    s.people(3, 770)
    bus, body = s.rng.randint(260, 760), s.mix(s.accent, s.near, 0.15)
    s.box(bus, 890, 560, 230, body, 26)
    for n in range(5):
        s.box(bus + 34 + n * 100, 790, 84, 86, s.mix(s.sky, (255, 255, 255), 0.35), 8)
    s.box(bus, 846, 560, 14, s.mix(body, s.haze, 0.6))
    for x in (bus + 110, bus + 440):
        s.draw.ellipse((x - 42, 850, x + 42, 934), fill=s.mix(s.near, (0, 0, 0), 0.4))


def bus_stop(s: Scene) -> None:
    s.skyline()
    s.road()
    left = s.rng.randint(180, 520)
    s.box(left, 470, 720, 26, s.near, 8)
    for x in (left + 40, left + 650):
        s.box(x, 790, 16, 330, s.near)
    s.box(left + 60, 760, 590, 230, s.mix(s.sky, (255, 255, 255), 0.4))
    s.sign(left + 400, 740, 210, 200)
    s.box(left + 90, 778, 260, 16, s.accent, 6)
    s.tree(left + 900, 790, 320)
    s.people(4, 800, 150)


def school(s: Scene) -> None:
    s.skyline()
    s.road()
    s.box(180, 770, 1240, 370, s.mix(s.haze, s.accent, 0.25))
    s.windows(200, 770, 1200, 350, s.mix(s.sky, s.far, 0.35), 92)
    s.box(700, 770, 200, 220, s.near, 10)
    s.box(716, 770, 168, 204, s.mix(s.sky, (255, 255, 255), 0.3))
    s.box(640, 420, 320, 54, s.accent, 6)
    s.box(1290, 770, 8, 480, s.near)
    s.draw.polygon([(1298, 292), (1390, 316), (1298, 344)], fill=s.mix(s.accent, (176, 60, 50), 0.6))
    s.people(8, 800, 100)
    for x in (90, 1510):
        s.tree(x, 800, 330)


def clinic(s: Scene) -> None:
    s.room()
    s.box(120, 700, 620, 300, s.mix(s.far, s.haze, 0.45), 8)
    s.windows(130, 700, 600, 290, s.mix(s.sky, (255, 255, 255), 0.5), 140)
    x, cross = 960, s.mix(s.near, (46, 125, 79), 0.5)
    s.box(x, 360, 180, 60, cross)
    s.box(x + 60, 420, 60, 180, cross)
    s.box(860, 880, 560, 230, s.near, 14)
    s.box(840, 662, 600, 26, s.mix(s.accent, s.haze, 0.3), 6)
    s.box(1180, 640, 150, 110, s.mix(s.near, (0, 0, 0), 0.35), 8)
    for n in range(4):
        s.box(150 + n * 150, 900, 120, 120, s.mix(s.accent, s.far, 0.4), 18)
    s.people(4, 900, 260)


def lobby(s: Scene) -> None:
    s.room()
    for n in range(4):
        x = 120 + n * 350
        s.box(x, 880, 310, 220, s.mix(s.near, s.haze, 0.15 * (n % 2)), 10)
        s.box(x - 10, 672, 330, 22, s.mix(s.accent, s.haze, 0.35), 6)
        s.box(x + 60, 330, 190, 70, s.mix(s.near, (0, 0, 0), 0.25), 8)
        s.box(x + 84, 306, 110 * s.rng.uniform(0.6, 1), 16, s.accent)
        if s.rng.random() < 0.8:
            s.person(x + 150, 690, 210)
    s.people(5, 980, 300)


def pond(s: Scene) -> None:
    s.skyline()
    bank = s.mix(s.ground, (120, 150, 104), 0.4)
    s.draw.rectangle((0, HORIZON - 30, WIDTH, HEIGHT), fill=bank)
    water = s.mix(s.sky, (84, 128, 140), 0.5)
    s.draw.ellipse((120, 690, 1480, 1010), fill=water)
    for _ in range(16):
        x, y = s.rng.uniform(300, 1200), s.rng.uniform(740, 960)
        s.box(x, y, s.rng.uniform(60, 190), 6, s.mix(water, (255, 255, 255), 0.35), 3)
    for x in (140, 420, 1180, 1470):
        s.tree(x, HORIZON + 40 + s.rng.randint(-10, 30), s.rng.uniform(240, 340))
    for x in range(60, 1560, 120):
        s.box(x, 1040, 8, 60, s.near)
    s.box(40, 994, 1520, 8, s.near)
    s.sign(1230, 900, 190, 150)


def village(s: Scene) -> None:
    s.draw.rectangle((0, HORIZON - 60, WIDTH, HEIGHT), fill=s.mix(s.ground, (140, 156, 104), 0.35))
    for n in range(4):
        x, w = 60 + n * 390 + s.rng.randint(-20, 20), 320
        wall = s.mix(s.haze, s.accent, 0.12 * n)
        s.box(x, 780, w, 190, wall)
        s.draw.polygon([(x - 26, 596), (x + w / 2, 500), (x + w + 26, 596)], fill=s.mix(s.accent, s.near, 0.45))
        s.box(x + 130, 780, 66, 120, s.near)
        for wx in (x + 36, x + 232):
            s.box(wx, 712, 56, 60, s.mix(s.sky, (255, 255, 255), 0.3))
    s.draw.polygon([(620, HEIGHT), (980, HEIGHT), (850, 780), (790, 780)], fill=s.mix(s.ground, s.haze, 0.5))
    s.tree(40, 860, 330)
    s.tree(1540, 850, 360)
    s.people(3, 880, 150)


def library(s: Scene) -> None:
    s.room()
    for n in range(3):
        x = 90 + n * 500
        s.box(x, 770, 430, 560, s.mix(s.accent, s.near, 0.4), 6)
        for shelf in range(4):
            y, bx = 340 + shelf * 136, x + 20
            s.box(x + 12, y, 406, 108, s.mix(s.near, s.haze, 0.12))
            while bx < x + 380:
                w = s.rng.randint(14, 34)
                spine = s.mix(s.rng.choice((s.accent, s.far, s.haze, s.near)), s.haze, s.rng.random() * 0.5)
                s.box(bx, y, w, s.rng.randint(66, 100), spine)
                bx += w + 3
    s.box(330, 940, 940, 34, s.mix(s.accent, s.haze, 0.35), 8)
    for x in (420, 1150):
        s.box(x, 1050, 26, 110, s.near)
    for x in (520, 800, 1080):
        s.person(x, 960, 260)


def court(s: Scene) -> None:
    s.skyline()
    ground = s.mix(s.accent, s.ground, 0.45)
    s.draw.polygon([(0, HEIGHT), (WIDTH, HEIGHT), (1380, 690), (220, 690)], fill=ground)
    line = s.mix(ground, (255, 255, 255), 0.7)
    s.draw.line([(90, 1030), (276, 710), (1324, 710), (1510, 1030)], fill=line, width=9)
    s.draw.line([(800, 690), (800, HEIGHT)], fill=line, width=9)
    s.draw.ellipse((660, 800, 940, 920), outline=line, width=9)
    for x in (210, 1370):
        s.box(x, 760, 14, 380, s.near)
        s.box(x - 70, 470, 154, 100, s.mix(s.haze, (255, 255, 255), 0.5), 4)
    for x in (60, 500, 1100, 1540):
        s.tree(x, 690, s.rng.uniform(180, 240))
    s.people(6, 860, 170)


def shed(s: Scene) -> None:
    s.box(60, 740, 520, 600, s.mix(s.haze, s.far, 0.4))
    s.windows(70, 740, 500, 580, s.mix(s.sky, s.near, 0.3), 110)
    s.box(1120, 740, 460, 500, s.mix(s.haze, s.far, 0.25))
    s.windows(1130, 740, 440, 480, s.mix(s.sky, s.near, 0.3), 110)
    s.draw.rectangle((0, 740, WIDTH, HEIGHT), fill=s.mix(s.ground, s.haze, 0.2))
    s.draw.polygon([(180, 560), (1420, 560), (1500, 500), (260, 500)], fill=s.accent)
    for x in range(220, 1440, 236):
        s.box(x, 940, 16, 380, s.near)
        s.box(x + 60, 720, 60, 90, s.mix(s.haze, (255, 255, 255), 0.6), 8)
        s.box(x + 78, 690, 24, 24, s.mix((46, 125, 79), s.haze, 0.2), 6)
    for x in range(270, 1360, 160):
        frame = s.mix(s.near, s.accent, s.rng.random() * 0.5)
        for wheel in (x, x + 92):
            s.draw.ellipse((wheel - 30, 890, wheel + 30, 950), outline=s.mix(s.near, (0, 0, 0), 0.4), width=10)
        s.draw.line([(x, 920), (x + 40, 850), (x + 92, 920)], fill=frame, width=16)
        s.box(x + 10, 852, 60, 16, s.near, 6)


def block(s: Scene) -> None:
    s.skyline()
    s.draw.rectangle((0, 780, WIDTH, HEIGHT), fill=s.mix(s.ground, s.haze, 0.25))
    for x, w, h in ((120, 560, 560), (860, 600, 640)):
        wall = s.mix(s.haze, s.accent, 0.18 + 0.1 * s.rng.random())
        s.box(x, 800, w, h, wall)
        s.windows(x + 10, 800, w - 20, h - 10, s.mix(s.sky, s.near, 0.3), 104)
    shaft = s.mix(s.sky, (255, 255, 255), 0.35)
    s.box(690, 800, 130, 620, shaft, 4)
    for y in range(220, 800, 96):
        s.draw.line([(690, y), (820, y)], fill=s.near, width=6)
    s.box(690, 800, 130, 620 * 0.02, s.near)
    s.box(712, 800 - s.rng.randint(60, 420), 86, 84, s.accent, 6)
    for x in (60, 1520):
        s.tree(x, 840, 320)
    s.sign(1180, 960, 200, 170)
    s.people(4, 880, 150)


def market(s: Scene) -> None:
    s.skyline()
    s.draw.rectangle((0, 760, WIDTH, HEIGHT), fill=s.mix(s.ground, s.haze, 0.3))
    for n in range(4):
        x = 70 + n * 385
        for stripe in range(8):
            colour = s.accent if stripe % 2 else s.mix(s.haze, (255, 255, 255), 0.5)
            s.draw.polygon(
                [
                    (x + stripe * 42, 520),
                    (x + stripe * 42 + 42, 520),
                    (x + stripe * 44 + 38, 600),
                    (x + stripe * 44 - 6, 600),
                ],
                fill=colour,
            )
        s.box(x + 10, 860, 12, 270, s.near)
        s.box(x + 314, 860, 12, 270, s.near)
        s.box(x, 860, 336, 120, s.mix(s.near, s.haze, 0.3), 8)
        for _ in range(12):
            fx, fy = x + s.rng.uniform(20, 300), s.rng.uniform(720, 748)
            fruit = s.mix(s.rng.choice(((150, 168, 96), (196, 116, 72), (210, 176, 96))), s.haze, 0.25)
            s.draw.ellipse((fx, fy, fx + 30, fy + 30), fill=fruit)
    s.people(6, 960, 230)


def canteen(s: Scene) -> None:
    s.room()
    s.box(100, 560, 560, 260, s.mix(s.far, s.haze, 0.35), 8)
    s.sign(130, 540, 220, 200)
    s.sign(400, 540, 220, 200)
    for n in range(3):
        x = 140 + n * 470
        s.person(x + 120, 1010, 330)
        s.person(x + 300, 1010, 330)
        s.box(x, 900, 400, 26, s.mix(s.accent, s.haze, 0.3), 10)
        s.box(x + 40, 1030, 20, 140, s.near)
        s.box(x + 340, 1030, 20, 140, s.near)
        for bowl in (x + 78, x + 258):
            s.draw.chord((bowl, 820, bowl + 86, 890), 0, 180, fill=s.mix(s.haze, (255, 255, 255), 0.7))


def parking(s: Scene) -> None:
    s.skyline()
    s.road()
    for x in range(60, 1560, 250):
        s.draw.polygon(
            [(x, 1040), (x + 12, 1040), (x + 92, 850), (x + 80, 850)], fill=s.mix(s.ground, (255, 255, 255), 0.7)
        )
    for x in (190, 690, 1190):
        if s.rng.random() < 0.8:
            car = s.mix(s.near, s.rng.choice((s.accent, s.haze, s.far)), 0.6)
            s.box(x, 960, 210, 70, car, 22)
            s.box(x + 36, 906, 130, 54, s.mix(car, s.haze, 0.35), 20)
            for wheel in (x + 46, x + 160):
                s.draw.ellipse((wheel - 24, 934, wheel + 24, 982), fill=s.mix(s.near, (0, 0, 0), 0.5))
    for x in (140, 640, 1140):
        s.lamp(x, 780, 420)
    s.sign(1340, 770, 150, 190)
