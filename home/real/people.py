"""Who takes part, and how each of them signs in: staff by password, everybody else by a code on their phone."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from django.contrib.auth.models import Group
from django.core.cache import cache

from config import roles
from home.real.browser import Browser, Page
from portal.channels.demo import DEMO_KEY
from portal.models import Unit, User

PASSWORD = "rehearsal-of-a-year"  # noqa: S105 — of accounts that exist in a rehearsal only
STAYS = 6 * 3600  # seconds after which a person signs in again; staff sessions end after eight hours
MONITORS = (
    ("孙秀兰", "退休教师"), ("李建国", "社区网格员"), ("王海燕", "个体经营者"), ("赵志刚", "公交驾驶员"),
    ("刘淑珍", "退休医生"), ("陈立新", "企业职工"), ("杨春梅", "全职家长"), ("黄国强", "退役军人"),
    ("周晓东", "大学生"), ("吴玉芬", "退休会计"), ("徐长河", "农民"), ("马丽娟", "物业管家"),
)  # fmt: skip


@dataclass
class Person:
    """One scripted person with a browser of their own. Staff have a `username`, the others a `phone`."""

    name: str
    address: str
    phone: str = ""
    username: str = ""
    password: str = PASSWORD
    browser: Browser = field(init=False)
    came_at: float = -1e12

    def __post_init__(self) -> None:
        self.browser = Browser(self.address)

    def come(self) -> Browser:
        """The person's browser, signed in."""
        if time.time() - self.came_at > STAYS or time.time() < self.came_at:
            self.browser = Browser(self.address)
            self._sign_in()
            self.came_at = time.time()
        return self.browser

    def open(self, address: str) -> Page:
        """Come, and go to an address."""
        return self.come().open(address)

    def submit(self, *args: object, **kwargs: object) -> Page:
        """Fill in the form that is in front of the person."""
        return self.browser.submit(*args, **kwargs)  # type: ignore[arg-type]

    def _sign_in(self) -> None:
        if self.username:
            self.browser.open("/accounts/password/")
            self.browser.submit({"login": self.username, "password": self.password})
        else:
            sign_in_by_code(self.browser, self.phone)


def sign_in_by_code(browser: Browser, phone: str, address: str = "/accounts/login/") -> Page:
    """Ask for a code, read it on the phone, type it."""
    if browser.page.url != address:
        browser.open(address)
    browser.submit({"phone": phone})
    return browser.submit({"code": newest_code(phone)})


def newest_code(phone: str) -> str:
    """The code in the last message to this phone, as the demo's gateway keeps it."""
    for message in cache.get(DEMO_KEY, []):
        found = re.search(r"验证码 (\d{6})", message["text"])
        if message["phone"] == phone and found:
            return found[1]
    raise LookupError(f"没有发给 {phone[:3]}… 的验证码")


class People:
    """Everybody in the rehearsal. The administrator's account is made as an installation makes its first one; the
    administrator makes the office's, the office registers units and monitors, and those sign in by phone."""

    def __init__(self) -> None:
        self._phones = 0
        self.admin = self._staff("管理员", "real-sysadmin")
        self.officer = self._staff("高经办", "real-officer")
        self.second = self._staff("林经办", "real-officer-2")
        self.leader = self._staff("何主任", "real-leader")
        self.clerks: dict[int, Person] = {}
        self.leaders: dict[int, Person] = {}
        self.monitors: list[Person] = []

    def _staff(self, name: str, username: str) -> Person:
        return Person(name, self._address(), username=username)

    def _address(self) -> str:
        """An address of their own for everybody, as limits per address expect."""
        self._phones += 1
        return f"10.20.{self._phones // 250}.{self._phones % 250 + 1}"

    def _with_phone(self, name: str) -> Person:
        address = self._address()
        return Person(name, address, phone=f"1390002{self._phones:04d}")

    # --- how they come to their roles -----------------------------------------------------------
    def make_administrator(self) -> None:
        user = User(username=self.admin.username, display_name=self.admin.name)
        user.set_password(PASSWORD)
        user.save()
        user.groups.add(Group.objects.get(name=roles.SYSADMIN))

    def make_office(self) -> None:
        """The administrator makes an account for each of the office."""
        jobs = ((self.officer, roles.OFFICER), (self.second, roles.OFFICER), (self.leader, roles.OFFICE_LEADER))
        for person, group in jobs:
            self.admin.open("/admin/users/new/")
            facts = {"username": person.username, "display_name": person.name, "groups": [group]}
            self.admin.submit(facts | {"password1": PASSWORD, "password2": PASSWORD})

    def join_unit(self, unit: Unit) -> None:
        """The office registers a clerk and a leader of a unit."""
        for people, role, title in ((self.clerks, "clerk", "经办"), (self.leaders, "leader", "负责人")):
            person = self._with_phone(f"{unit.short_name}{title}"[:40])
            self.officer.open("/admin/memberships/new/")
            facts = {"phone": person.phone, "display_name": person.name, "unit": str(unit.pk), "role": role}
            self.officer.submit(facts)
            people[unit.pk] = person

    def appoint_monitors(self, count: int, term: tuple[str, str]) -> None:
        """The office appoints monitors for a term (ISO dates)."""
        for name, job in MONITORS[:count]:
            person = self._with_phone(name)
            self.officer.open("/admin/monitors/people/new/")
            facts = {"phone": person.phone, "name": name, "field": job, "term_from": term[0], "term_to": term[1]}
            self.officer.submit(facts)
            self.monitors.append(person)
