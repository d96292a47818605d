"""What about a visit needs a look from staff before the client comes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from spa.domain.states import BookingStatus


class Look(StrEnum):
    """Something about a visit that somebody should look at."""

    NOTE = auto()
    OTHER_CONTACT = auto()
    MAY_BE_SAME = auto()
    LATE_CHANGE = auto()
    NO_ANSWER = auto()
    MESSAGE_FAILED = auto()


@dataclass(frozen=True, slots=True)
class Asking:
    """What is true of a visit, as far as looking at it goes.

    `told_at` is when the client last told or changed something. The contact details are pairs of
    an email address and a phone number: as they were given, and as the client's record has them.
    """

    status: BookingStatus
    told_at: datetime | None
    looked_at: datetime | None = None
    has_note: bool = False
    given: tuple[str, str] = ("", "")
    recorded: tuple[str, str] = ("", "")
    may_be_same: bool = False
    is_late: bool = False
    is_message_failed: bool = False
    no_answer_at: datetime | None = None
    assured_at: datetime | None = None


_AWAITED = frozenset({BookingStatus.BOOKED, BookingStatus.ARRIVED, BookingStatus.IN_TREATMENT})


def looks(visit: Asking) -> tuple[Look, ...]:
    """What needs a look; most of it no longer does once somebody has looked.

    A message that failed and a call in vain stay until they are put right.
    """
    if visit.status not in _AWAITED:
        is_cancelled = visit.status == BookingStatus.CANCELLED
        return (Look.MESSAGE_FAILED,) if is_cancelled and visit.is_message_failed else ()
    is_new = visit.looked_at is None or (
        visit.told_at is not None and visit.told_at > visit.looked_at
    )
    found = (
        (Look.NOTE, is_new and visit.has_note),
        (Look.OTHER_CONTACT, is_new and _differs(visit.given, visit.recorded)),
        (Look.MAY_BE_SAME, is_new and visit.may_be_same),
        (Look.LATE_CHANGE, is_new and visit.is_late),
        (Look.NO_ANSWER, _is_unreached(visit)),
        (Look.MESSAGE_FAILED, visit.is_message_failed),
    )
    return tuple(look for look, is_there in found if is_there)


def _differs(given: tuple[str, str], recorded: tuple[str, str]) -> bool:
    """Something was given that the record does not have; what was left out says nothing."""
    pairs = zip(given, recorded, strict=True)
    return any(ours and ours.casefold() != theirs.casefold() for ours, theirs in pairs)


def _is_unreached(visit: Asking) -> bool:
    """Somebody called in vain, and the client has not said since that they will come."""
    if visit.status != BookingStatus.BOOKED or visit.no_answer_at is None:
        return False
    return visit.assured_at is None or visit.assured_at < visit.no_answer_at
