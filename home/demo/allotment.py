"""Which text belongs to which campaign, on which day it came in, and which suggestions each project grew out of."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from home.demo.campaigns import Campaigns
from home.demo.stage import Stage
from home.demo.texts import Row
from home.demo.voices import Voice

# Projects by their place in the texts, from 1. These came out of the campaign before the last one.
EARLIER_PROJECTS = frozenset((3, 4, 7, 14, 17, 18, 21, 22, 29))
# What each grew out of. The others are units' own measures.
SOURCES: dict[int, tuple[str, ...]] = {
    1: ("课后服务能不能延到六点半",),
    2: ("校门口接送孩子天天堵成一团",),
    6: ("社区医院晚上没人，孩子发烧只能跑大医院",),
    7: ("拟推行检查结果互认告知单",),
    8: ("希望村卫生室备上抗过敏的药",),
    9: ("晚上下高铁没有公交车", "夜班工人没有公交坐"),
    10: ("学校路口缺个红绿灯",),
    12: ("想让社区办个老年食堂", "小区楼下有个食堂就好了"),
    13: ("独居老人过世几天没人知道",),
    16: ("村边坑塘成了垃圾场",),
    17: ("学校旁边的流动摊油烟呛人",),
    18: ("残疾人证换证来回五趟",),
    20: ("来电咨询慢性病认定太繁琐",),
    21: ("县图书馆的门跟上班一个点",),
    22: ("讲解只在周末，我带孩子总赶不上",),
    23: ("戏台底下全是台阶，老人看戏坐地上",),
    24: ("放学和周末操场锁着，孩子在马路边踢球",),
    25: ("轮椅上的人也想锻炼", "小区没有乒乓球台，打球要过两条大街"),
    26: ("街头篮球架的网子没了，灯也坏",),
    27: ("楼道里飞线充电，看着就害怕",),
    30: ("五层老人一年没下过楼",),
    33: ("没物业的小区成了没妈的孩子",),
    34: ("中午大厅没人，上班族永远办不成事",),
    35: ("社区的章还是要盖一大堆", "开个小面馆，材料清单看得头大"),
    36: ("村里代办员的电话打不通",),
    38: ("公厕十点就锁，夜里憋得满街跑",),
    39: ("高中走读生晚自习下课没有路灯", "新区的楼灯坏了没有人管"),
    40: ("公交站牌上的字老年人看不清",),
}
ENDS = ("reply", "refer_reason", "defer_reason", "decline_reason", "not_accepted_reason")
# Where what has an end belongs, in turn; answers of units more often to this year.
TURNS = ("this", "last", "before", "last")
ANSWERED_TURNS = ("this", "last", "this", "before", "last")
# How far they are where that is not "fast": by which answer of this year it is, in the order of the texts.
UNDER_WAY = {3: "due", 6: "submitted", 8: "overdue", 11: "returned", 13: "due", 17: "due", 21: "due"}
# How many working days ago those came in whose answer is still under way, so that each is where it should be today.
WORKDAYS_AGO = {"due": (3, 4, 5), "submitted": (6,), "returned": (6,), "reopened": (7, 8), "overdue": (12,)}
REASON = "反映的问题具体，改动小、见效快，列入年度项目，由{unit}牵头办理。"


class Allotment:
    """`voices`: every suggestion to be, in the order of time; `sources`: for each project those it grew out of."""

    def __init__(self, stage: Stage, campaigns: Campaigns) -> None:
        self.stage, self.campaigns = stage, campaigns
        self.sources: dict[int, list[Voice]] = defaultdict(list)
        self.voices: list[Voice] = []
        self._ended = self._answers = self._reopened = 0
        places = {title: place for place, titles in SOURCES.items() for title in titles}
        clusters: dict[str, list[int]] = defaultdict(list)
        for n, row in enumerate(stage.texts.suggestions):
            clusters[row["theme"]].append(n)
        for first, *others in clusters.values():
            lead = self._voice(first, places.get(stage.texts.suggestions[first]["title"], 0))
            for n in others:
                self._follow(n, lead)
        self.voices.sort(key=lambda voice: voice.received_at)

    def _voice(self, n: int, place: int) -> Voice:
        row = self.stage.texts.suggestions[n]
        if place:
            key, pace = ("before" if place in EARLIER_PROJECTS else "last"), "adopt"
            row = {"adopt_reason": REASON} | row
        else:
            key, pace = self._campaign_of(n, row)
        voice = Voice(row, key, n, self._moment_of(key, row, pace), pace, supporters=self._supporters(n, key))
        if n % 21 == 4 and row["channel"] in ("web", "qr"):
            voice.photos = 1 + n % 2
        if place:
            self.sources[place].append(voice)
        self.voices.append(voice)
        return voice

    def _campaign_of(self, n: int, row: Row) -> tuple[str, str]:
        """What has an end lies in all three campaigns, so that this one has every state; the rest is this year's."""
        if "reopen_reason" in row and row["channel"] != "import":
            self._reopened += 1
            return ("this", "reopened") if self._reopened % 2 else ("last", "usual")
        if any(key in row for key in ENDS):
            self._ended += 1
            turns = ANSWERED_TURNS if "reply" in row and row["channel"] != "import" else TURNS
            key = turns[self._ended % len(turns)]
            if key == "this" and "reply" in row:
                self._answers += 1
                return key, UNDER_WAY.get(self._answers, "fast")
            return key, "fast" if key == "this" else "usual"
        if "adopt_reason" in row:
            return "this", ("fast", "open", "proposed", "open", "open", "open")[n % 6]
        return "this", "proposed" if n % 9 == 3 else "open"

    def _moment_of(self, key: str, row: Row, pace: str) -> datetime:
        """Early for what has an end by now, late for what is still open; adopted early enough to be on the list."""
        opens, chance = self.campaigns.opens(key), self.stage.chance
        if key != "this":
            days: float = chance.randint(0, 40 if pace == "adopt" else 57)
        elif pace in WORKDAYS_AGO:
            day = self.stage.calendar.subtract(self.stage.today, chance.choice(WORKDAYS_AGO[pace]))
            return self.stage.moment(max(day, opens), chance.uniform(8.6, 9.9))
        elif pace == "fast":
            days = chance.randint(0, 2) if chance.random() < 0.8 else chance.randint(3, 5)
        elif pace == "proposed":
            days = chance.randint(4, 13)
        else:
            days = chance.triangular(2, 20, 17)
        at = self.stage.any_time(opens + timedelta(days=round(days)))
        return min(at, self.stage.now - timedelta(minutes=chance.randint(25, 600)))

    def _supporters(self, n: int, key: str) -> int:
        """Few have many, most have some."""
        if n % 4:
            return min(38, int(self.stage.chance.paretovariate(1.5) * 1.2))
        return self.stage.chance.randint(0, 5 if key == "before" else 9)

    def _follow(self, n: int, lead: Voice) -> None:
        """One more who says the same, some days after the first."""
        at = lead.received_at + timedelta(hours=self.stage.chance.uniform(5, 110))
        at = min(at, self.stage.now - timedelta(minutes=self.stage.chance.randint(25, 300)))
        voice = Voice(self.stage.texts.suggestions[n], lead.key, n, at, "usual", lead, supporters=3)
        lead.members.append(voice)
        lead.supporters = max(lead.supporters, 18)
        self.voices.append(voice)
