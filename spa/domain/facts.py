"""What the engine is asked about: a session, the people and things it may take, and the house."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, auto
from functools import cached_property
from zoneinfo import ZoneInfo

from spa.domain.spans import TICK_MINUTES, Span, union

Runs = tuple[tuple[int, int], ...]


class Reason(StrEnum):
    """Why an hour can't be booked."""

    IN_THE_PAST = auto()
    TOO_SOON = auto()
    TOO_FAR = auto()
    OFF_GRID = auto()
    CLOSED = auto()
    NO_PRACTITIONER = auto()
    NOT_ON_SHIFT = auto()
    NOT_CERTIFIED = auto()
    PRACTITIONER_BUSY = auto()
    DAY_FULL = auto()
    NO_ROOM = auto()
    NO_DEVICE = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a visit, and whether it needs the practitioner and a device."""

    kind: str
    minutes: int
    needs_practitioner: bool = True
    needs_device: bool = False


@dataclass(frozen=True)
class Session:
    """A treatment as time. Its runs are pairs of an offset and a length, in ticks."""

    steps: tuple[Step, ...]
    turnover_minutes: int = 0
    turnover_needs_practitioner: bool = False
    is_hands_on: bool = True

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError("A session has at least one step that takes time.")

    @cached_property
    def minutes(self) -> int:
        """How long the client is there."""
        return sum(step.minutes for step in self.steps)

    @cached_property
    def ticks(self) -> int:
        """How long the client is there, in ticks begun."""
        return _ticks(self.minutes)

    @cached_property
    def practitioner_runs(self) -> Runs:
        """When the practitioner works on the client."""
        return self._runs(step.needs_practitioner for step in self.steps)

    @cached_property
    def practitioner_taken_runs(self) -> Runs:
        """When the practitioner can't see anybody else: the turnover too, if it is theirs."""
        turnover = [(self.ticks, self.room_ticks)] if self.turnover_needs_practitioner else []
        return _as_runs([*_as_spans(self.practitioner_runs), *turnover])

    @cached_property
    def device_runs(self) -> Runs:
        """When the device is in use."""
        return self._runs(step.needs_device for step in self.steps)

    @cached_property
    def room_ticks(self) -> int:
        """How long the room is taken: the visit and the turnover."""
        return _ticks(self.minutes + self.turnover_minutes)

    def _runs(self, needed: Iterable[bool]) -> Runs:
        spans, minute = [], 0
        for step, is_needed in zip(self.steps, needed, strict=True):
            if is_needed:
                spans.append((minute // TICK_MINUTES, _ticks(minute + step.minutes)))
            minute += step.minutes
        return _as_runs(spans)


@dataclass(frozen=True, slots=True)
class Person:
    """A practitioner who may give the session."""

    id: int
    slug: str
    name: str
    on_shift: tuple[Span, ...]
    busy: tuple[Span, ...] = ()
    certified_until: date | None = None
    sessions_on: Mapping[date, int] = field(default_factory=dict)
    daily_maximum: int | None = None
    rooms: frozenset[int] | None = None

    def is_full_on(self, day: date) -> bool:
        """Says whether they give as many hands-on sessions that day as they may."""
        return self.daily_maximum is not None and (
            self.sessions_on.get(day, 0) >= self.daily_maximum
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """A room or a device that suits the session."""

    id: int
    name: str
    busy: tuple[Span, ...] = ()
    certified_until: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true at a place over some days, for one kind of session."""

    now: datetime
    zone: ZoneInfo
    first_on: date
    last_on: date
    open: tuple[Span, ...]
    session: Session
    people: tuple[Person, ...]
    rooms: tuple[Thing, ...]
    devices: tuple[Thing, ...] = ()
    preferred: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the house wants of a booking."""

    notice_minutes: int
    horizon_days: int
    grid_minutes: int


def _ticks(minutes: int) -> int:
    return -(-minutes // TICK_MINUTES)


def _as_spans(runs: Runs) -> list[tuple[int, int]]:
    return [(offset, offset + ticks) for offset, ticks in runs]


def _as_runs(spans: Iterable[tuple[int, int]]) -> Runs:
    return tuple((start, end - start) for start, end in union(spans))
