"""The office's part of the year before the units begin: campaign, screening, merging, deciding, the list."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import batched
from urllib.parse import urlencode

from home.real.source import project_title, topic_of
from home.real.texts import nth, texts
from home.real.year import Stage, Work
from portal.models import Campaign, Suggestion, SuggestionMove
from portal.office.queue import PAGE

QUEUE = "/admin/suggestions/"
FURTHER_PAGES = 10  # pages of the queue that are accepted beyond the chosen ones, so that there is something to support


# --- the campaign -------------------------------------------------------------------------------
def open_campaign(stage: Stage) -> Campaign:
    """An officer enters this year's campaign and announces it."""
    year, officer = stage.year, stage.people.officer
    dates = ("opens_on", "closes_on", "list_on", "work_from", "scoring_from", "ends_on")
    facts = {name: getattr(year, name).isoformat() for name in dates}
    title = texts()["campaign_title"].format(year=year.number)
    officer.open("/admin/campaigns/new/")
    officer.submit({"year": year.number, "title": title, "intro": texts()["campaign_intro"]} | facts)
    officer.open(f"/admin/campaign-moves/{year.number}/announce/")
    officer.submit(press="发布公告")
    return Campaign.objects.get(year=year.number, status=Campaign.Status.ANNOUNCED)


# --- screening and merging ----------------------------------------------------------------------
def choose(clusters: list[list[Suggestion]], voted: list[Suggestion]) -> list[Work]:
    """The matters of the year: the first message of each cluster, then the voted ones."""
    works = []
    for n, members in enumerate([*clusters, *([one] for one in voted)]):
        lead = members[0]
        topic = topic_of(" ".join(one.title for one in members), " ".join(one.body for one in members))
        works.append(Work(n, lead, topic, project_title(lead.public_title, topic.slug), len(members)))
    return works


def screen(stage: Stage, clusters: list[list[Suggestion]], further_pages: int = FURTHER_PAGES) -> int:
    """Accept the chosen ones one by one, with a topic; the rest of the clusters, and some further pages of the queue,
    in one go each. How many were accepted."""
    officer = stage.people.officer
    for work in stage.works:
        officer.open(f"{QUEUE}{work.suggestion.number}/")
        officer.submit({"accept-topic": work.topic.pk}, press="受理并公开")
    others = [one.number for members in clusters for one in members[1:]]
    for numbers in batched(others, PAGE):
        officer.open(f"{QUEUE}bulk/?do=accept&{_picks(numbers)}")
        officer.submit(press="受理")
    for _n in range(further_pages):
        _accept_page(stage)
    return SuggestionMove.objects.filter(verb="accept").count()


def _accept_page(stage: Stage) -> None:
    """Tick everything on the first page of the queue and accept it; what holds personal data is left for a person."""
    second = stage.people.second
    page = second.open(QUEUE)
    if "受理选中的" not in page.html:
        return
    waiting = [option.value for option in page.form(["pick"]).controls["pick"].options]
    second.submit({"pick": waiting}, press="受理选中的")
    second.submit(press="受理")


def merge(stage: Stage, clusters: list[list[Suggestion]]) -> int:
    """Merge each cluster into its first message; how many were merged."""
    officer = stage.people.officer
    for members in clusters:
        officer.open(f"{QUEUE}merge/?{_picks(one.number for one in members)}")
        officer.submit({"lead": str(members[0].pk)}, press="并案")
    return Suggestion.objects.filter(status=Suggestion.Status.MERGED).count()


def _picks(numbers: Iterable[str]) -> str:
    return urlencode([("pick", number) for number in numbers])


# --- deciding -----------------------------------------------------------------------------------
def propose(stage: Stage) -> None:
    """An officer proposes to take each matter into the pool, with a reason for the public."""
    officer = stage.people.officer
    for work in stage.works:
        officer.open(f"{QUEUE}{work.suggestion.number}/")
        officer.submit({"propose-route": "adopt", "propose-reason": nth(texts()["reasons"], work.n)}, press="提交审定")


def approve(stage: Stage) -> None:
    """The office's leader approves them; the first one only after it was sent back once and proposed anew."""
    officer, leader = stage.people.officer, stage.people.leader
    first = f"{QUEUE}{stage.works[0].suggestion.number}/"
    leader.open(first)
    leader.submit({"send_back-reason": texts()["sent_back"]}, press="退回")
    officer.open(first)
    officer.submit({"propose-route": "adopt", "propose-reason": texts()["reasons"][1]}, press="提交审定")
    for work in stage.works:
        leader.open(f"{QUEUE}{work.suggestion.number}/")
        leader.submit(press="同意并公开")
