"""The words: everything that can happen has a sentence."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from spa import demo_data, errors, wording
from spa.audit.vocabulary import EVENTS
from spa.booking.picker import PARTS
from spa.domain.availability import Reason
from spa.domain.guessing import Weakness
from spa.domain.policy import ChangeRefusal
from spa.domain.roles import RIGHTS, Permission, Role
from spa.errors import ChangeRefused, Refusal, SlotTaken, VisitsToCome
from spa.messages import outbox

NEW_YORK = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SAMPLES = {
    "overrode": ["not_on_shift"],
    "old": "booked",
    "new": "done",
    "count": 3,
    "fields": ["email"],
    "to": "2026-11-25T15:00Z",
}
DAYS = {"first_on": "2026-11-24", "last_on": "2026-11-25"}
OF_EVENT: dict[str, dict[str, Any]] = {
    "closure.made": DAYS | {"reason": "Holiday"},
    "closure.removed": DAYS,
    "first_day.hours_set": {"days": 6},
    "hours.day_set": {"on": "2026-11-24", "hours": [[540, 1260]]},
    "hours.week_set": {"week": [[0, 540, 1140]]},
    "rota.day_set": {"on": "2026-11-24", "hours": [540, 720], "is_off": False},
    "rota.left": {"last_on": "2026-11-24", "is_archived": True},
    "rota.week_set": {"first_on": "2026-11-24", "week": [[0, 540, 1140]]},
    "studio.changed": {"changes": {"name": ["A", "B"]}},
    "studio.policies_changed": {"changes": {"horizon_days": [90, 180]}},
    "time_off.changed": DAYS | {f"was_{name}": day for name, day in DAYS.items()},
    "time_off.made": DAYS,
    "time_off.removed": DAYS,
}
"""What an entry carries that is no moment."""

UNKNOWN = "That is not possible right now. Please call us."


@pytest.fixture(autouse=True)
def _spoken(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def is_sentence(text: str) -> bool:
    """Whether it begins with a capital and ends like a sentence, with no program's word in it."""
    return bool(re.fullmatch(r"[A-Z0-9].*[.!?]", text)) and "_" not in text


@pytest.mark.parametrize("code", list(Reason))
def test_every_reason_has_a_sentence(code: Reason) -> None:
    assert is_sentence(wording.reason(code))
    assert wording.refusal(SlotTaken([code])) == wording.reason(code)


@pytest.mark.parametrize("code", list(ChangeRefusal))
def test_every_refused_change_has_a_sentence(code: ChangeRefusal) -> None:
    assert is_sentence(wording.change_refusal(code))
    assert wording.refusal(ChangeRefused(code)) == wording.change_refusal(code)


@pytest.mark.parametrize(
    "kind",
    [k for k in Refusal.__subclasses__() if k not in {SlotTaken, ChangeRefused}],
    ids=lambda kind: kind.__name__,
)
def test_every_refusal_has_a_sentence_of_its_own(kind: type[Refusal]) -> None:
    error = VisitsToCome(("zone",), 2) if kind is VisitsToCome else kind()

    sentence = wording.refusal(error)

    assert is_sentence(sentence)
    assert sentence != UNKNOWN


def test_every_refusal_in_the_wording_exists() -> None:
    assert is_sentence(wording.refusal(errors.Refusal()))
    assert wording.refusal(SlotTaken(())) == wording.reason(Reason.PRACTITIONER_BUSY)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 429, 500, 503])
def test_every_error_page_has_a_title_and_a_sentence(status: int) -> None:
    title, sentence = wording.http_error(status)

    assert title and not title.endswith(".")
    assert is_sentence(sentence)


def test_every_step_of_the_demo_has_a_name_and_a_note() -> None:
    kinds = {step.kind for treatment in demo_data.TREATMENTS for step in treatment.steps}

    for kind in kinds:
        name, note = wording.step(kind)
        assert name and is_sentence(note), kind


@pytest.mark.parametrize("part", ["", *PARTS])
def test_every_part_of_the_day_has_a_name(part: str) -> None:
    assert wording.part_of_day(part)
    assert not part or wording.part_heading(part)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (0, "USD", "Free"),
        (27500, "USD", "$275"),
        (27550, "USD", "$275.50"),
        (125_000, "USD", "$1,250"),
        (9_000, "GBP", "£90"),
        (9_000, "JPY", "¥9,000"),
    ],
)
def test_money_is_shown_as_a_client_reads_it(minor: int, currency: str, shown: str) -> None:
    assert wording.price(minor, currency) == shown


def test_moments_are_shown_at_the_studio() -> None:
    assert wording.moment_long(MORNING, NEW_YORK) == "Tuesday 24 November, 10:00"
    assert wording.moment_short(MORNING, NEW_YORK) == "Tue 24 Nov, 10:00"
    assert wording.clock(MORNING, ZoneInfo("Asia/Kolkata")) == "20:30"


def test_days_and_months_are_shown_in_full_and_in_short() -> None:
    day = date(2026, 11, 24)

    assert wording.day_long(day) == "Tuesday 24 November"
    assert wording.day_short(day) == "Tue 24 Nov"
    assert wording.month(day) == "November 2026"
    assert (wording.weekday(day), wording.weekday(day, is_short=True)) == ("Tuesday", "Tue")


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("Europe/London", "London time"),
        ("UTC", "Coordinated Universal Time"),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, name: str) -> None:
    assert wording.zone_name(ZoneInfo(zone), MORNING) == name


def test_lengths_are_counted() -> None:
    assert [wording.minutes(1), wording.minutes(60)] == ["1 minute", "60 minutes"]


# The people of the studio


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_name_and_a_line_for_each_right(role: Role) -> None:
    lines = wording.rights(role)

    assert wording.role(role) and len(set(lines)) == len(lines)
    assert len(lines) == len(RIGHTS[role] - {Permission.SEE_EVERYONE, Permission.OWN_ACCOUNT})


@pytest.mark.parametrize("weakness", Weakness)
def test_every_weakness_of_a_password_says_what_to_choose(weakness: Weakness) -> None:
    assert wording.weakness(weakness).startswith("Choose ")


MOZILLA = "Mozilla/5.0"
KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Firefox/140.0", "Firefox on Windows"),
        (f"{MOZILLA} (Windows NT 10.0) {KIT} Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15) {KIT} Version/19 Safari/605",
            "Safari on Mac",
        ),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari on iPhone"),
        (f"{MOZILLA} (iPad; CPU OS 18_0 like Mac OS X) CriOS/140 Safari/604", "Chrome on iPad"),
        (f"{MOZILLA} (Linux; Android 16) {KIT} Chrome/140 Safari/537.36", "Chrome on Android"),
        (f"{MOZILLA} (X11; CrOS x86_64) {KIT} Chrome/140 Safari/537.36", "Chrome on ChromeOS"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("<script>alert(1)</script>", "A browser"),
    ],
)
def test_a_browser_is_called_as_people_know_it(agent: str, name: str) -> None:
    assert wording.browser(agent) == name


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_every_event_of_the_record_is_told_in_words(event: str) -> None:
    details = dict.fromkeys(EVENTS[event], MORNING.isoformat()) | SAMPLES | OF_EVENT.get(event, {})

    said = wording.entry(event, details, {1: "Ines"}, NEW_YORK)

    assert is_sentence(said)


@pytest.mark.parametrize("event", outbox.EVENTS)
def test_every_message_has_a_name_at_the_desk(event: str) -> None:
    assert event.startswith("staff_") or wording.message_name(event) != event
