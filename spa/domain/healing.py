"""How needled skin heals: the stage of a day, what holds on it, and what needs a person's look.

Sources: sections 2.4 and 4.2 of the facts. Where they differ there is one line here, the more
careful of the common ones, and every page and message keeps to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from spa.domain.spans import Span, moment_of


class Stage(StrEnum):
    """What skin goes through after a session."""

    HOT = "hot"
    PINK = "pink"
    DRY = "dry"
    FLAKING = "flaking"
    CALM = "calm"
    CHANGING = "changing"
    LASTING = "lasting"


BEGINS: dict[Stage, int] = {
    Stage.HOT: 0,
    Stage.PINK: 1,
    Stage.DRY: 2,
    Stage.FLAKING: 4,
    Stage.CALM: 7,
    Stage.CHANGING: 14,
    Stage.LASTING: 90,
}
"""The day each stage begins on; the day of the visit is 0."""


class Care(StrEnum):
    """What is good for the skin on some of the days."""

    HANDS_OFF = "hands_off"
    ONLY_GIVEN = "only_given"
    SHADE = "shade"
    WASH = "wash"
    MOISTURISE = "moisturise"
    LET_FLAKE = "let_flake"
    SUNSCREEN = "sunscreen"
    ROUTINE = "routine"
    SUNSCREEN_ON = "sunscreen_on"
    PLAN_NEXT = "plan_next"


class Avoid(StrEnum):
    """What waits for some days."""

    ALCOHOL = "alcohol"
    MAKE_UP = "make_up"
    SPORT = "sport"
    SAUNA_AND_POOL = "sauna_and_pool"
    ACTIVES = "actives"
    STRONG_SUN = "strong_sun"
    INJECTIONS = "injections"


GOOD: dict[Care, tuple[int, int | None]] = {
    Care.HANDS_OFF: (0, 0),
    Care.ONLY_GIVEN: (0, 0),
    Care.SHADE: (0, 1),
    Care.WASH: (1, 6),
    Care.MOISTURISE: (1, 6),
    Care.LET_FLAKE: (1, 6),
    Care.SUNSCREEN: (1, 13),
    Care.ROUTINE: (7, 13),
    Care.SUNSCREEN_ON: (14, None),
    Care.PLAN_NEXT: (28, None),
}
"""The first and the last day of each; None goes on for good."""

AGAIN: dict[Avoid, int] = {
    Avoid.ALCOHOL: 2,
    Avoid.MAKE_UP: 4,
    Avoid.SPORT: 4,
    Avoid.SAUNA_AND_POOL: 5,
    Avoid.ACTIVES: 7,
    Avoid.STRONG_SUN: 14,
    Avoid.INJECTIONS: 14,
}
"""The day from which each is fine again, if the skin is calm; the soonest first."""


class Sign(StrEnum):
    """What a client may say does not look right."""

    PAIN = "pain"
    HEAT = "heat"
    SWELLING = "swelling"
    PUS = "pus"
    BLISTERS = "blisters"
    FEVER = "fever"
    RASH = "rash"
    COLD_SORE = "cold_sore"
    MARKS = "marks"
    BREATHING = "breathing"
    FACE = "face"


URGENT = frozenset({Sign.BREATHING, Sign.FACE})
"""The signs with which nobody waits for the studio."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What is still to be left alone, and how many days from the visit it is fine again."""

    what: Avoid
    until: int


@dataclass(frozen=True, slots=True)
class Today:
    """Where the skin is on a day, and what holds; `coming` is the next stage with its first day."""

    stage: Stage
    good: tuple[Care, ...]
    waits: tuple[Waits, ...]
    coming: tuple[Stage, int] | None


def today(day: int) -> Today:
    """What is so on this day after a session; the day of the visit is 0."""
    begun = [stage for stage, begins in BEGINS.items() if begins <= max(day, 0)]
    coming = next(((stage, begins) for stage, begins in BEGINS.items() if begins > day), None)
    return Today(
        stage=begun[-1],
        good=tuple(
            care
            for care, (first, last) in GOOD.items()
            if first <= day and (last is None or day <= last)
        ),
        waits=tuple(Waits(what, until) for what, until in AGAIN.items() if day < until),
        coming=coming,
    )


def is_urgent(signs: Iterable[Sign]) -> bool:
    """Whether one of these is nothing to wait with."""
    return not URGENT.isdisjoint(signs)


LINE_WIDTH = 700
_KNOTS = ((0, 0), (2, 98), (4, 196), (7, 315), (42, 455), (180, LINE_WIDTH))


def along(day: int) -> int:
    """How far along the healing line a day lies, which has its early days drawn wider."""
    day = min(max(day, 0), _KNOTS[-1][0])
    for (left, start), (right, end) in zip(_KNOTS, _KNOTS[1:], strict=False):
        if day <= right:
            return start + (end - start) * (day - left) // (right - left)
    return LINE_WIDTH


TIME_TO_READ = timedelta(minutes=15)
"""What comes in less than this before closing may be read at the next opening alone."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When somebody is there to read: from when and until when, and whether that is now."""

    begins: datetime
    ends: datetime
    is_now: bool


def reading_time(now: datetime, stretches: Iterable[Span]) -> Opening | None:
    """When the studio reads what comes in now; None when it is closed for all that is known."""
    for stretch in sorted(stretches):
        begins, ends = moment_of(stretch.start), moment_of(stretch.end)
        if max(begins, now) + TIME_TO_READ <= ends:
            return Opening(begins, ends, is_now=begins <= now)
    return None


_EUROPE = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
_NUMBERS = {"US": "911", "CA": "911", "GB": "999", "AU": "000", "NZ": "111"}


def emergency_number(country: str) -> str:
    """The emergency number there, empty where it is not known for certain."""
    return _NUMBERS.get(country) or ("112" if country in _EUROPE else "")
