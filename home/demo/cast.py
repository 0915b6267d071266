"""Who lives and works in the demo city: citizens, monitors, the people of units and of the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

from config import roles
from home.demo.stage import Stage
from monitors.models import Monitor
from portal.accounts.demo import ensure_demo_people
from portal.models import Membership, Topic, Unit, User

OFFICE_GROUPS = {
    "officer": roles.OFFICER, "office_leader": roles.OFFICE_LEADER, "editor": roles.EDITOR, "auditor": roles.AUDITOR,
}  # fmt: skip
# Numbers of no network: whoever tests with them rings nobody. The last five digits make each of them one person.
CITIZEN_PHONE, STAFF_PHONE, MONITOR_PHONE = "139000{:05d}", "139001{:05d}", "139002{:05d}"
EMPLOYED_BY = {"常素芳": "health", "宫铁军": "public-transit", "戎志国": "education"}
FORMER = "殷冬梅"


class Cast:
    """Everybody, made on creation."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.joined_at = stage.moment(stage.day(-800), 9)
        self.demo = ensure_demo_people()
        User.objects.filter(pk__in=[user.pk for user in self.demo.values()]).update(date_joined=self.joined_at)
        people = stage.texts.people
        self.citizens = [
            self._person(row["name"], CITIZEN_PHONE.format(n + 10)) for n, row in enumerate(people["citizens"])
        ]
        self._clerks: dict[int, User] = {}
        self._leaders: dict[int, User] = {}
        self.units = {unit.slug: unit for unit in Unit.objects.all()}
        self._office(people["office"])
        self._units(people["staff"])
        self.monitors: list[Monitor] = []

    def _person(self, name: str, phone: str = "") -> User:
        user = User(display_name=name, phone_verified=bool(phone), date_joined=self.joined_at)
        user.set_phone(phone)
        user.set_unusable_password()
        user.save()
        return user

    def _office(self, rows: list[dict[str, Any]]) -> None:
        self.office: dict[str, list[User]] = {key: [self.demo[key]] for key in OFFICE_GROUPS}
        for row in rows:
            user = self._person(row["name"])
            user.groups.add(Group.objects.get(name=OFFICE_GROUPS[row["role"]]))
            self.office[row["role"]].append(user)

    def _units(self, rows: list[dict[str, Any]]) -> None:
        """The people named in the texts, and a nameless clerk and leader for each of the other units."""
        named = {(row["unit"], row["role"]): row["name"] for row in rows}
        for n, unit in enumerate(self.units.values()):
            for role, kept, word in (("clerk", self._clerks, "经办人"), ("leader", self._leaders, "负责人")):
                name = named.get((unit.slug, role), f"{unit.short_name}{word}")
                user = self._person(name, STAFF_PHONE.format(2 * n + (role == "leader") + 1))
                Membership.objects.create(user=user, unit=unit, role=role)
                kept[unit.pk] = user

    # --- who acts ---------------------------------------------------------------------------------
    def clerk(self, unit: Unit) -> User:
        return self._clerks[unit.pk]

    def leader(self, unit: Unit) -> User:
        return self._leaders[unit.pk]

    def officer(self, n: int = 0) -> User:
        """One of the office's officers; the same `n` is the same person, another `n` may be another."""
        people = self.office["officer"]
        return people[n % len(people)]

    def chief(self, n: int = 0) -> User:
        people = self.office["office_leader"]
        return people[n % len(people)]

    # --- monitors ---------------------------------------------------------------------------------
    def appoint_monitors(self) -> None:
        """Thirty who serve, the demo's own among them, and one whose term is over."""
        stage = self.stage
        at = stage.at_work(stage.day(-640))
        for n, row in enumerate(stage.texts.people["monitors"]):
            stage.at(at, self._appoint, row, MONITOR_PHONE.format(n + 1))
        stage.at(at, self._appoint_demo)
        stage.at(stage.at_work(stage.day(-90)), self._dismiss)

    def _appoint(self, row: dict[str, Any], phone: str) -> None:
        employer = self.units.get(EMPLOYED_BY.get(row["name"], ""))
        self.appoint(self._person(row["name"], phone), row["field"], row["topics"], employer=employer)

    def _appoint_demo(self) -> None:
        self.appoint(self.demo["monitor"], "社区志愿者", ["medical", "government", "citymgmt"])

    def appoint(self, user: User, field: str, topics: list[str], at: datetime | None = None, **facts: Any) -> None:
        monitor = Monitor.objects.appoint(
            user, by=self.officer(), topics=Topic.objects.filter(slug__in=topics), field=field, at=at,
            term_from=self.stage.day(-630), term_to=self.stage.day(101), **facts,
        )  # fmt: skip
        self.monitors.append(monitor)

    def _dismiss(self) -> None:
        former = next(monitor for monitor in self.monitors if monitor.user.display_name == FORMER)
        former.end(self.officer(), "本人搬到外地居住，申请不再担任。")
        self.monitors.remove(former)

    @property
    def demo_monitor(self) -> Monitor:
        return next(monitor for monitor in self.monitors if monitor.user_id == self.demo["monitor"].pk)

    def monitors_for(self, topic: Topic, count: int) -> list[Monitor]:
        """Some monitors, those who care for the topic before others."""
        chance = self.stage.chance
        caring = [monitor for monitor in self.monitors if topic in monitor.topics.all()]
        others = [monitor for monitor in self.monitors if monitor not in caring]
        chance.shuffle(others)
        return (caring + others)[:count]
