"""What citizens said, and what became of it: every suggestion on its way from the first day to its end."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from config.moves import MoveRefused
from config.uploads import store_picture
from home.demo import pictures
from home.demo.campaigns import Campaigns
from home.demo.cast import Cast
from home.demo.papers import Papers
from home.demo.posters import Posters
from home.demo.stage import Stage
from home.demo.texts import Row
from portal.models import (
    Area,
    Assignment,
    Attachment,
    Decision,
    Extension,
    Incoming,
    Suggestion,
    Topic,
    User,
    Verdict,
    bring_in,
)
from voting.models import Support

OLD_PLATFORM = "衡水市群众留言平台（旧）"
REFUSALS = {
    "内容不具体": "unclear", "涉诉": "litigation", "个人隐私": "private", "重复": "duplicate", "不属于": "out_of_scope",
}  # fmt: skip
SECOND_ANSWER = "您反映没有办到位的地方，我们已再到现场核对，由分管负责人盯着补办。办完当面请您看过，再报改革办。"
# Beside each level, what most said of the matter itself, and what a few did.
RESULTS = {"satisfied": ("solved", "partly"), "basically": ("partly", "solved"), "dissatisfied": ("unsolved", "partly")}
WHY_MORE_TIME = (
    "现场要和供电、供水两家一起看，两家都约在下周，看过以后才定得下办法和完工的日子。",
    "需要请有资质的单位出检测报告，报告要一周，拿到以后才能答复群众准数。",
    "经办人外出培训，回来以后再答复。",
    "涉及三个乡镇，要逐个核实情况，原定时间来不及走完。",
)
ANSWER_BESIDE = "已和牵头单位一起到现场看过，本单位管的这一段安排专人配合，需要清理和疏导的当天办完。"
NOT_OURS = "看过现场，这一段不在本单位的管护范围，请由牵头单位一并办理。"
RELEASED = "核对了管护分工，确实不归该单位，由牵头单位答复。"
NO_MORE_TIME = "经办人外出可以换人办，请按原定期限答复。"
SEND_BACK = "理由写得太笼统，请写明由谁办、什么时候有结果。"
# Paces of this year's suggestions that go through in days, so that every state is there whatever today's date is.
QUICK = ("fast", "reopened", "due", "overdue", "submitted", "returned")
OFFLINE = {"phone", "letter", "email", "stall", "form", "visit", "deputy", "self_report"}


@dataclass
class Voice:
    """One suggestion to be: its text, its campaign, and how fast the office is with it."""

    row: Row
    key: str
    n: int
    received_at: datetime
    pace: str = "usual"
    lead: Voice | None = None
    record: Suggestion | None = None
    accepted_at: datetime | None = None
    decided_at: datetime | None = None
    photos: int = 0
    supporters: int = 0
    author: User | None = None
    members: list[Voice] = field(default_factory=list)

    @property
    def adopted(self) -> bool:
        return "adopt_reason" in self.row

    def fresh(self) -> Suggestion:
        """The record as it is now."""
        if self.record is None:
            raise LookupError(self.row["title"])
        return Suggestion.objects.select_related("lead").get(pk=self.record.pk)


class Voices:
    """All suggestions, put on the programme of the stage."""

    def __init__(
        self, stage: Stage, cast: Cast, campaigns: Campaigns, voices: list[Voice], posters: Posters, papers: Papers
    ) -> None:
        self.stage, self.cast, self.campaigns, self.voices = stage, cast, campaigns, voices
        self.posters, self.papers = posters, papers
        self.gave_back: set[str] = set()
        self.shared_due = False
        self.asking: list[Voice] = []
        self.areas = {area.name: area for area in Area.objects.filter(level=Area.Level.COUNTY)}
        self.townships: dict[int, list[Area]] = defaultdict(list)
        for area in Area.objects.filter(level=Area.Level.TOWNSHIP):
            self.townships[area.parent_id or 0].append(area)
        self.topics = {topic.slug: topic for topic in Topic.objects.all()}
        for voice in voices:
            stage.at(voice.received_at, self.receive, voice)

    # --- in ---------------------------------------------------------------------------------------
    def receive(self, voice: Voice) -> None:
        if voice.row["channel"] == "import":
            self._bring_in(voice)
        elif voice.row["channel"] == "form" and voice.key == "this":
            voice.record = self.papers.key_in(self._facts(voice))
        else:
            voice.record, _code, _link = Suggestion.objects.receive(
                calendar=self.stage.calendar, campaign=self.campaigns.made[voice.key], **self._facts(voice)
            )
        if voice.author and voice.record:
            voice.record.claim(voice.author)
        for n in range(voice.photos):
            taken = voice.received_at - timedelta(minutes=20 + n)
            store_picture(
                Attachment, pictures.draw(voice.row["topic"], voice.row["title"], 900 + voice.n * 3 + n, taken), suggestion=voice.record,
                added_at=voice.received_at,
            )  # fmt: skip
        if voice.record and voice.fresh().status == Suggestion.Status.RECEIVED:
            self._screen(voice)

    def _bring_in(self, voice: Voice) -> None:
        """From the older platform, some days after it was written there, perhaps with the answer it had there."""
        row, at = voice.row, voice.received_at
        reply = row.get("reply", "")
        item = Incoming(
            reference=f"{80000 + voice.n}", title=row["title"], body=f"{row['body']}{row['wish']}", received_at=at,
            name=self._citizen(voice).display_name, topic=self.topics[row["topic"]],
            votes_for=self.stage.chance.randint(0, 60), votes_against=self.stage.chance.randint(0, 4), reply=reply,
            replied_at=at + timedelta(days=6) if reply else None,
        )  # fmt: skip
        bring_in([item], campaign=self.campaigns.made[voice.key], source=OLD_PLATFORM, by=self.cast.officer(1))
        voice.record = Suggestion.objects.get(source=OLD_PLATFORM, reference=item.reference)
        voice.record.area, voice.record.place = self.areas[row["county"]], row["place"]
        voice.record.save()

    def _citizen(self, voice: Voice) -> Any:
        return voice.author or self.cast.citizens[voice.n % len(self.cast.citizens)]

    def _facts(self, voice: Voice) -> dict[str, Any]:
        row, chance, citizen = voice.row, self.stage.chance, self._citizen(voice)
        private = row["channel"] == "self_report"
        shown_as = chance.choices(("anonymous", "surname", "name"), (5, 4, 2))[0]
        county = self.areas[row["county"]]
        inside = [area for area in self.townships[county.pk] if area.name in row["place"]]
        return {
            "topic": self.topics[row["topic"]], "area": inside[0] if inside else county,
            "place": row["place"], "title": row["title"], "body": row["body"], "wish": row["wish"],
            "channel": row["channel"], "received_at": voice.received_at,
            "poster": self.posters.of(voice.n) if row["channel"] == "qr" and voice.key == "this" else None,
            "recorded_by": self.cast.officer(voice.n) if row["channel"] in OFFLINE else None,
            "name": "" if private else citizen.display_name,
            "phone": citizen.phone if not private and chance.random() < 0.7 else "",
            "shown_as": "anonymous" if private else shown_as, "is_public": bool(voice.members) or voice.n % 41 != 0,
        }  # fmt: skip

    # --- screened ---------------------------------------------------------------------------------
    def _screen(self, voice: Voice) -> None:
        days = 0 if voice.pace in QUICK else self.stage.chance.choices((0, 1, 2, 3), (4, 5, 3, 1))[0]
        at = self.stage.at_work(self.stage.later(voice.received_at, days), after=voice.received_at)
        if voice.lead and voice.lead.accepted_at:
            at = max(at, self.stage.at_work(voice.lead.accepted_at, after=voice.lead.accepted_at))
        voice.accepted_at = at
        reason = voice.row.get("not_accepted_reason")
        self.stage.at(at, self._refuse if reason else self._accept, voice)

    def _refuse(self, voice: Voice) -> None:
        text = voice.row["not_accepted_reason"]
        kind = next(code for words, code in REFUSALS.items() if text.startswith(words))
        note = text.split("：", 1)[-1].rstrip("。")
        voice.fresh().refuse(self.cast.officer(voice.n), kind, note=note)

    def _accept(self, voice: Voice) -> None:
        record = voice.fresh()
        record.confirm_text(shown=[], hidden=[])
        record.accept(self.cast.officer(voice.n))
        record.attachments.update(is_released=True)
        at = self.stage.now
        if voice.lead:
            self._merge_later(voice)
        elif self._has_end(voice) or voice.pace == "proposed":
            at = self._propose_later(voice)
        self._supporters(voice, until=at)

    def _merge_later(self, voice: Voice) -> None:
        assert voice.accepted_at  # noqa: S101 — set by the screening
        at = self.stage.at_work(self.stage.later(voice.accepted_at, 1), after=voice.accepted_at)
        self.stage.at(at, self._merge, voice)

    def _merge(self, voice: Voice) -> None:
        lead = voice.lead.fresh() if voice.lead and voice.lead.record else None
        if lead and lead.status not in (Suggestion.Status.MERGED, *Suggestion.HIDDEN):
            voice.fresh().merge_into(lead, self.cast.officer(voice.n))

    def _supporters(self, voice: Voice, until: datetime) -> None:
        begin = voice.accepted_at or voice.received_at
        people = self.stage.chance.sample(self.cast.citizens, min(voice.supporters, len(self.cast.citizens)))
        for citizen in people:
            at = begin + (until - begin) * self.stage.chance.betavariate(1, 1.6)
            self.stage.at(at, self._support, voice, citizen)

    def _support(self, voice: Voice, citizen: Any) -> None:
        with suppress(MoveRefused):  # decided by now, or their own
            Support.objects.give(voice.fresh(), citizen)

    # --- decided ----------------------------------------------------------------------------------
    @staticmethod
    def _has_end(voice: Voice) -> bool:
        return any(
            key in voice.row for key in ("adopt_reason", "reply", "refer_reason", "defer_reason", "decline_reason")
        )

    def _propose_later(self, voice: Voice) -> datetime:
        """When it will be proposed; also when, after that, it will be decided."""
        stage, accepted_at = self.stage, voice.accepted_at
        assert accepted_at  # noqa: S101 — set by the screening
        days = 1 if voice.pace in QUICK else stage.chance.randint(2, 4 if voice.pace == "adopt" else 6)
        last_member = max([member.received_at for member in voice.members], default=accepted_at)
        day = max(stage.later(accepted_at, days), stage.later(last_member, 3) if voice.members else date.min)
        at = stage.at_work(day, after=accepted_at)
        stage.at(at, self._propose, voice)
        if voice.pace != "proposed":
            approved_at = stage.at_work(stage.later(at, 1 if voice.pace in QUICK else stage.chance.randint(1, 3)), at)
            sent_back = voice.pace == "usual" and voice.n % 17 == 0
            stage.at(approved_at, self._send_back if sent_back else self._approve, voice)
            voice.decided_at = approved_at
        return at

    def _propose(self, voice: Voice) -> None:
        row, record = voice.row, voice.fresh()
        unit = self.cast.units[row["unit"]]
        routes = {
            "adopt_reason": "adopt",
            "refer_reason": "refer",
            "defer_reason": "defer",
            "decline_reason": "decline",
        }
        key = next((key for key in routes if key in row), "")
        facts: dict[str, Any] = {"route": routes.get(key, "assign")}
        facts["reason"] = (
            row.get(key, "").format(unit=unit.name) or f"属于{unit.name}的职责，请到现场看过以后公开答复。"
        )
        if facts["route"] == "assign":
            facts["unit"] = unit
            first_due = voice.pace == "due" and not self.shared_due
            if first_due or (voice.pace == "usual" and voice.n % 7 == 4 and "reopen_reason" not in row):
                self.shared_due = self.shared_due or first_due
                facts["co_units"] = [
                    self.cast.units["urban-management" if unit.slug != "urban-management" else "traffic-police"]
                ]
        if facts["route"] == "defer":
            facts |= {"phase": row["phase"], "target_year": record.campaign.year + 2}
        Decision.objects.propose(record, by=self.cast.officer(voice.n), **facts)

    def _pending(self, voice: Voice) -> Decision:
        return Decision.objects.pending().select_related("suggestion").get(suggestion=voice.record)

    def _send_back(self, voice: Voice) -> None:
        self._pending(voice).send_back(self.cast.chief(voice.n), SEND_BACK)
        again = self.stage.at_work(self.stage.later(timezone.now(), 1))
        self.stage.at(again, self._propose, voice)
        self.stage.at(self.stage.at_work(self.stage.later(again, 1)), self._approve, voice)

    def _approve(self, voice: Voice) -> None:
        self._pending(voice).approve(self.cast.chief(voice.n))
        if "reply" in voice.row:
            self._answer_later(voice, voice.row["reply"])

    # --- answered ---------------------------------------------------------------------------------
    def _answer_later(self, voice: Voice, text: str) -> None:
        """Written, perhaps returned, signed; mostly in time."""
        stage, now = self.stage, timezone.now()
        for beside in voice.record.assignments.filter(is_lead=False, done_at=None):
            stage.at(stage.at_work(stage.later(now, 1), after=now), self._work_beside, beside.pk, voice.pace)
        if voice.pace in ("due", "overdue"):
            self._ask_for_time(voice)
            return
        late = voice.n % 13 == 5
        soon = voice.pace in QUICK
        days = 1 + voice.n % 2 if soon else stage.chance.randint(8, 10) if late else stage.chance.randint(3, 6)
        submitted = stage.at_work(stage.later(now, days), after=now)
        stage.at(submitted, self._submit, voice, text)
        signed = stage.at_work(submitted, after=submitted)
        if voice.pace == "submitted":
            return
        if voice.pace == "returned" or (voice.n % 11 == 3 and not soon):
            stage.at(signed, self._return, voice)
            if voice.pace == "returned":
                return
            again = stage.at_work(signed, after=signed)
            stage.at(again, self._submit, voice, text)
            signed = stage.at_work(again, after=again)
        stage.at(signed, self._sign, voice)

    def _work_beside(self, pk: int, pace: str) -> None:
        """A unit that was asked together with the lead answers before it does. Of those that give it back, the first is
        released and the first of the latest days still waits for the office's word."""
        one = Assignment.objects.select_related("suggestion", "unit").get(pk=pk)
        if pace not in self.gave_back:
            self.gave_back.add(pace)
            one.hand_back(self.cast.leader(one.unit), NOT_OURS)
            if pace != "due":
                one.release(self.cast.chief(pk), RELEASED)
            return
        one.answer = ANSWER_BESIDE
        one.save()
        one.submit(self.cast.clerk(one.unit))
        one.sign(self.cast.leader(one.unit))

    def _assignment(self, voice: Voice) -> Assignment:
        rows = Assignment.objects.select_related("suggestion", "unit").filter(suggestion=voice.record, is_lead=True)
        return rows.latest("pk")

    def _ask_for_time(self, voice: Voice) -> None:
        """Of those whose answer is under way: the first waits for the office's word on more time, the second was given
        it, the third was not, the fourth waits for the unit's own leader."""
        place, now = len(self.asking), timezone.now()
        if voice.pace != "due" or place >= len(WHY_MORE_TIME):
            return
        self.asking.append(voice)
        self.stage.at(now + timedelta(minutes=20), self._ask, voice, place)
        if place < 3:
            self.stage.at(now + timedelta(minutes=35), self._send, voice)
        if place in (1, 2):
            self.stage.at(now + timedelta(minutes=70), self._decide, voice, place == 1)

    def _ask(self, voice: Voice, place: int) -> None:
        one = self._assignment(voice)
        until = self.stage.calendar.add(one.due_on, 5 + place)
        Extension.objects.ask(one, by=self.cast.clerk(one.unit), until=until, reason=WHY_MORE_TIME[place], send=False)

    def _send(self, voice: Voice) -> None:
        one = self._assignment(voice)
        one.extensions.get().send(self.cast.leader(one.unit))

    def _decide(self, voice: Voice, agreed: bool) -> None:
        extension, officer = self._assignment(voice).extensions.get(), self.cast.officer(voice.n)
        if agreed:
            extension.approve(officer)
        else:
            extension.refuse(officer, NO_MORE_TIME)

    def _submit(self, voice: Voice, text: str) -> None:
        one = self._assignment(voice)
        one.answer = text
        one.save()
        one.submit(self.cast.clerk(one.unit))

    def _return(self, voice: Voice) -> None:
        one = self._assignment(voice)
        one.return_(self.cast.leader(one.unit), "请写明哪一天办完，由哪个科室办。")

    def _sign(self, voice: Voice) -> None:
        one = self._assignment(voice)
        one.sign(self.cast.leader(one.unit))
        row, now = voice.row, timezone.now()
        if "verdict" in row:
            days = 1 if voice.pace in QUICK else self.stage.chance.randint(1, 7)
            at = self.stage.any_time(self.stage.later(now, days))
            self.stage.at(max(at, now + timedelta(hours=3)), self._judge, voice)

    def _judge(self, voice: Voice) -> None:
        row, one = voice.row, self._assignment(voice)
        second = one.suggestion.moves.filter(verb="reopen").exists()
        if second:
            comment = "这次来人看了，也定了日子。"
            Verdict.give(one, Verdict.Level.BASICALLY, result=Verdict.Result.PARTLY, comment=comment)
        elif "reopen_reason" in row:
            given = {"result": Verdict.Result.UNSOLVED, "comment": row["reopen_reason"]}
            Verdict.give(one, Verdict.Level.DISSATISFIED, reopen=True, **given)
            if voice.pace != "reopened":
                self._answer_later(voice, SECOND_ANSWER)
        else:
            result = RESULTS[row["verdict"]][voice.n % 4 == 1]
            Verdict.give(one, row["verdict"], result=result, comment=row["verdict_text"])
