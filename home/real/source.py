"""The folder of spreadsheets: which of them hold messages, and which messages plainly speak of the same matter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from portal.importing import HEADS
from portal.models import Suggestion, Topic

CLUSTERS = "duplicate-clusters.json"
VOTED = "votes_for"
# What a city does not take on as a small project of its own, whatever the votes: crimes and disputes, quarrels with a
# builder, salaries, matters of law, and what only the province can build.
NOT_FOR_A_PROJECT = re.compile(
    "举报|造假|诈骗|集资|拖欠|工资|招标|违法|违规|威胁|黑社会|开发商|业主|质量|漏水|房产|限购|购房|毛坯|楼盘|收费|支付|竞争|"
    "奖|拆迁|征收|补偿|信访|法院|虚假|合法|县改区|烂尾|晚报|不真实|投诉|反对|调规|外迁|高速|地铁|棚改|高压|规划|工业用地|拆除|"
    "涉嫌|欺骗|骗取|别墅|违约|回复|存疑|质疑|成绩|争夺|主持公道|为民做主|补课|受害|费|地块|合理"
)
PER_PLACE = 3
PLACE = re.compile(r"[A-Z]\d{0,2}(?:市|区|县)")
TITLE_LENGTH = 30
OPENING = re.compile(
    "^(?:请问|问问|请敦促|请解决|请求|请将|请把|请|强烈建议|建议|反映|咨询|盼望|希望能将|希望能|希望|呼吁|恳请|关于申请|"
    "关于|给|感谢|强烈要求|投诉|举报|无视[^的]*的)+"
)
ASKING = re.compile("坚决反对|强制|能不能|到底|什么时候|何时才能|何时|能否|是否|怎么|如何|才能|请问")
CLOSING = re.compile(
    "的?(?:有关|几点|若干|诉求|申请|情况|疑问|疑惑|意见|建议书|建议|请求|咨询|投诉|维权|问题|反映|诉求|(?:可以|会|正式)?(?:启动|开始|进行))+$"
)
COMPLAINT = re.compile(
    "(?:严重超过.*|严重扰民|严重.*|扰民.*|太慢|破烂不堪.*|破损不堪.*|迟迟.*|急需.*|的?乱象.*|直排.*|味很大.*|不堪.*|难以.*|合法吗|，?堵车.*|泛滥.*|数百名.*|即将.*)$"
)
# What is done about it, where a title only complains.
REMEDY = {
    "education": "保障", "medical": "改进", "transport": "改善", "eldercare": "改善", "ecology": "治理", "security": "保障",
    "culture": "提升", "sports": "提升", "safety": "排查整治", "housing": "整治", "government": "优化", "citymgmt": "整治",
}  # fmt: skip


@dataclass
class Folder:
    """`tables` are the spreadsheets of messages, `others` what else lies there; `clusters` are lists of references in
    the table that carries votes."""

    tables: list[Path]
    others: list[Path]
    clusters: list[list[str]]
    voted: str


def read_folder(folder: Path) -> Folder:
    """What lies in the folder. Raises `FileNotFoundError` when there is no spreadsheet of messages."""
    heads = {path: _head(path) for path in sorted(folder.glob("*.xlsx"))}
    tables = [path for path, head in heads.items() if head & set(HEADS["reference"])]
    if not tables:
        raise FileNotFoundError(folder)
    voted = next((path.stem for path in tables if heads[path] & set(HEADS[VOTED])), "")
    clusters = folder / CLUSTERS
    found = json.loads(clusters.read_text()) if clusters.is_file() else {}
    return Folder(
        tables, [path for path in heads if path not in tables], [list(map(str, ids)) for ids in found.values()], voted
    )


def _head(path: Path) -> set[str]:
    try:
        first: list[Any] = next(iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()), [])
    except CalamineError:
        return set()
    return {str(cell).strip() for cell in first}


def most_voted(source: str, count: int, taken: set[int]) -> list[Suggestion]:
    """The messages with the most imported votes that a city could take on, a few from one place and one on one subject;
    `taken` are left out."""
    per_place: dict[str, int] = {}
    subjects: set[str] = set()
    chosen: list[Suggestion] = []
    rows = Suggestion.objects.filter(source=source, imported_for__gt=0).exclude(pk__in=taken)
    for one in rows.order_by("-imported_for", "reference").iterator():
        place = (PLACE.findall(one.title) or [""])[0]
        title = project_title(one.title)
        subject = PLACE.sub("", title)[:4]
        unfit = not place or len(title) < 8 or any(known in title for known in subjects)
        if unfit or NOT_FOR_A_PROJECT.search(one.title):
            continue
        if per_place.get(place, 0) < PER_PLACE:
            per_place[place] = per_place.get(place, 0) + 1
            subjects.add(subject)
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def project_title(title: str, topic: str = "") -> str:
    """A message's title as the name of a project, at most thirty characters: without asking, and where it only
    complains, with what the topic (a slug) does about it."""
    text = re.split(r"[？?！!。；;]", title.strip().strip("？?！!。，,；;：: "))[0]
    text = re.sub("^.*强烈要求", "", text)
    plea = bool(re.search("投诉|举报|无视|反对", text))
    text = CLOSING.sub("", ASKING.sub("", OPENING.sub("", text))) or text
    complaint = COMPLAINT.sub("", text).rstrip("，,、的 ")
    if len(complaint) >= 6 and (plea or complaint != text):
        text = complaint + REMEDY.get(topic, "")
    if len(text) > TITLE_LENGTH:
        part = re.split(r"[，,、]", text)[0]
        text = part if 8 <= len(part) <= TITLE_LENGTH else text[:TITLE_LENGTH]
    return text.strip("，,、的 ")


# Words that settle the topic whatever else the message holds.
SETTLING = {"高压|电线杆": "safety", "大道|公交|拉通|堵车|路.*进度": "transport", "小学|幼儿园|入学": "education"}


def topic_of(title: str, body: str) -> Topic:
    """The topic whose keywords the message holds most; the title counts three times."""
    topics = list(Topic.objects.select_related("default_unit"))
    for words, slug in SETTLING.items():
        if re.search(words, title) and (settled := next((one for one in topics if one.slug == slug), None)):
            return settled
    scores = [
        sum(3 * title.count(word) + body.count(word) for word in topic.keywords.split() if len(word) > 1)
        for topic in topics
    ]
    best = max(range(len(topics)), key=lambda n: (scores[n], -topics[n].position))
    if scores[best]:
        return topics[best]
    return next((topic for topic in topics if topic.slug == "citymgmt"), topics[0])
