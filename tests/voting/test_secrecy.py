"""Who scored what stays with them: no page tells, whoever looks, and a unit never learns who watched it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from monitors.models import Monitor
from tests.cast import ROLE_NAMES, monitor_person, person
from tests.factories import (
    CitizenFactory,
    MonitorFactory,
    ProblemFactory,
    ProjectFactory,
    RoundFactory,
    VisitFactory,
    jpeg,
)
from voting.models import Round

pytestmark = pytest.mark.django_db
APPS = ("monitors", "voting", "monitor_desk", "monitor_office", "voting_office")
CANARY = "金丝雀"
# Words and figures that stand on no page by chance.
COMMENTS = [f"{CANARY}{n}号评语" for n in range(6)]
ODD = 37
ACTING = re.compile(r"/(announce|hold|publish|close|release|hand-over|support|photos)/$")


class World(NamedTuple):
    round: Round
    monitors: list[Monitor]
    arguments: dict[str, list[Any]]
    pages: list[str]


@pytest.fixture
def world(db: None) -> World:
    """A round in full swing, a visit in every state and problems, by monitors with names that stand out."""
    monitors = [
        MonitorFactory(user=CitizenFactory(display_name=f"{CANARY}{n}号", phone=f"1395555{n:04d}")) for n in range(6)
    ]
    project, lead = ProjectFactory(concluded=True), ProjectFactory(active=True)
    one = RoundFactory(open=True, projects=[project])
    score(one, monitors, ODD)
    visit = VisitFactory(announced=True, projects=[lead])
    photo = _seen(visit, monitors[0], lead)
    VisitFactory.to_held(visit, None)
    VisitFactory.to_published(visit, None)
    problems = [ProblemFactory(**{state: True}, project=lead, monitor=monitors[1]) for state in
                ("raised", "handed", "answered", "disputed", "dropped", "confirmed")]  # fmt: skip
    arguments: dict[str, list[Any]] = {
        "round slug": [one.slug],
        "visit slug": [visit.slug],
        "number": [project.number, lead.number],
        "problem pk": [problem.pk for problem in problems],
        "visit pk": [visit.pk],
        "note pk": [visit.notes.get().pk],
        "person pk": [monitors[0].pk],
        "code": [visit.sign_in_code],
        "token": [photo.token],
    }
    pages = ["/", "/desk/", "/projects/", project.get_absolute_url(), lead.get_absolute_url(), "/admin/"]
    return World(one, monitors, arguments, pages)


def _seen(visit: Any, monitor: Any, project: Any) -> Any:
    from tests.factories import VisitPhotoFactory

    visit.sign_in(monitor)
    note = visit.take_note(monitor, project, "站牌清楚。")
    return VisitPhotoFactory(note=note, image=jpeg(), added_by=monitor.user)


def score(one: Round, monitors: list[Any], figure: int) -> None:
    criteria = list(one.criteria.all())
    for n, monitor in enumerate(monitors):
        for entry in one.entries.all():
            entry.submit(monitor, {c.pk: (figure + n) % 101 for c in criteria}, comment=COMMENTS[n])


# --- every address of these apps ----------------------------------------------------------------
def patterns(resolver: Any = None, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """(full name, argument names) of every address in the apps that this test is about."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from patterns(pattern, inside)
        elif isinstance(pattern, URLPattern) and pattern.name and namespaces and namespaces[-1] in APPS:
            yield f"{namespaces[-1]}:{pattern.name}", list(pattern.pattern.converters)


def values(world: World, name: str, argument: str) -> list[Any]:
    """What an argument of an address can be in this world."""
    if argument == "slug":
        return world.arguments["round slug" if name.startswith("voting") else "visit slug"]
    if argument == "pk":
        words = ("problem", "visit", "note")
        kind = next((word for word in words if word in name.split(":")[1]), "person")
        return world.arguments[f"{kind} pk"]
    return world.arguments[argument]


def addresses(world: World) -> list[str]:
    found = set(world.pages)
    for name, arguments in patterns():
        combined: list[dict[str, Any]] = [{}]
        for argument in arguments:
            combined = [one | {argument: value} for one in combined for value in values(world, name, argument)]
        found |= {reverse(name, kwargs=one) for one in combined}
    return sorted(address for address in found if not ACTING.search(address))


def test_the_crawl_knows_every_address_of_these_apps(world: World) -> None:
    names = {name for name, _arguments in patterns()}
    assert {"voting:score", "monitors:note", "monitor_desk:problem", "voting_office:round"} <= names
    assert len(addresses(world)) > 50


def browser_of(role: str) -> Client:
    client = Client()
    if role.endswith("monitor"):
        facts = {} if role == "monitor" else {"employer": ProjectFactory().lead_unit}
        client.force_login(monitor_person(role, **facts))
    elif role != "public":
        client.force_login(person(role))
    return client


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code < 500, address
    if answer.get("Content-Type", "").startswith("image/jpeg"):
        return ""
    return (b"".join(answer) if answer.streaming else answer.content).decode()


ROLES = ("public", *ROLE_NAMES)


@pytest.mark.parametrize("role", ROLES)
def test_before_closing_no_page_of_anybody_shows_a_comment_or_a_point(role: str, world: World) -> None:
    client, reached = browser_of(role), 0
    for address in addresses(world):
        text = body(client, address)
        reached += bool(text)
        assert not any(comment in text for comment in COMMENTS), address
        assert not re.search(rf'name="c\d+"[^>]*value="{ODD}"|\b{ODD}\.\d\d\b|\b{ODD} 分', text), address
    assert reached >= 10


UNSTEADY = re.compile(r'name="(csrfmiddlewaretoken|started|client_key)" value="[^"]*"|data-csrf="[^"]*"|"[^"]{60,70}"')


@pytest.mark.parametrize("role", ROLES)
def test_other_points_leave_every_page_of_everybody_as_it_was(role: str, world: World) -> None:
    """Two runs, same people, other points: whoever looks at any page before closing sees the same bytes."""
    with time_machine.travel(timezone.now(), tick=False):
        client, found = browser_of(role), addresses(world)
        for address in found:
            client.get(address)  # first pages of a session differ from later ones
        before = [UNSTEADY.sub("", body(client, address)) for address in found]
        score(world.round, world.monitors, 93)
        after = [UNSTEADY.sub("", body(client, address)) for address in found]
    changed = [address for address, one, other in zip(found, before, after, strict=True) if one != other]
    assert changed == []


def test_the_comparison_would_notice_a_figure(world: World) -> None:
    """The control: the monitor whose sheet it is does see the new points."""
    client, entry = Client(), world.round.entries.get()
    client.force_login(world.monitors[0].user)
    address = reverse("voting:score", args=[world.round.slug, entry.project.number])
    before = UNSTEADY.sub("", body(client, address))
    assert f'value="{ODD}"' in before and COMMENTS[0] in before
    score(world.round, world.monitors, 93)
    assert UNSTEADY.sub("", body(client, address)) != before


# --- units and the public -----------------------------------------------------------------------
@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("role", ["public", "citizen", "clerk", "unit_leader", "other_leader", "editor", "sysadmin"])
def test_units_and_the_public_never_read_a_name_or_a_phone_of_a_monitor(
    role: str, published: bool, world: World
) -> None:
    if published:
        world.round.close(at=world.round.closes_at)
        world.round.publish(person("office_leader"))
    client = browser_of(role)
    secrets = [text for one in world.monitors for text in (str(one.user), one.user.phone)]
    where_numbers_may_stand = {
        reverse("monitors:roster"),
        reverse("monitors:visit", args=world.arguments["visit slug"]),
    }
    for address in addresses(world):
        text = body(client, address)
        assert not any(secret in text for secret in (*secrets, *COMMENTS)), address
        if address not in where_numbers_may_stand:
            assert not any(one.number in text for one in world.monitors), address


def test_the_office_does_read_who_they_are(world: World) -> None:
    """The control: the names are there to be found where they belong."""
    text = body(browser_of("officer"), reverse("monitor_office:people"))
    assert all(str(one.user) in text and one.user.phone not in text for one in world.monitors)
