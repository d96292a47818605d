"""Whether a booked visit may still be moved or cancelled, and until when that is free."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """How early a change is free, and how often a client may move a visit online."""

    cut_off_hours: int = 48
    grace_minutes: int = 15
    online_moves: int = 2


@dataclass(frozen=True, slots=True)
class Visit:
    """What is true of a booking, as far as changing it goes."""

    starts_at: datetime
    booked_at: datetime
    is_late: bool
    moves: int
    is_cancelled: bool
    is_under_way: bool = False


class ChangeRefusal(StrEnum):
    """Why a visit can't be changed online any more."""

    CANCELLED = auto()
    STARTED = auto()
    NO_MOVES_LEFT = auto()


def free_until(visit: Visit, policy: ChangePolicy) -> datetime:
    """The last moment at which a change is free."""
    # In UTC, because in a local zone Python would subtract hours of the wall clock, not real ones.
    starts_at, booked_at = (
        visit.starts_at.astimezone(UTC),
        visit.booked_at.astimezone(UTC),
    )
    cut_off = starts_at - timedelta(hours=policy.cut_off_hours)
    grace = booked_at + timedelta(minutes=policy.grace_minutes)
    return max(cut_off, min(grace, starts_at))


def is_late(visit: Visit, now: datetime, policy: ChangePolicy) -> bool:
    """Says whether a change now counts as late; a visit once marked late stays so."""
    return visit.is_late or now > free_until(visit, policy)


def move_refusal(visit: Visit, now: datetime, policy: ChangePolicy) -> ChangeRefusal | None:
    """Why this visit can't be moved online now, if it can't."""
    refusal = cancel_refusal(visit, now, policy)
    if refusal is None and visit.moves >= policy.online_moves:
        return ChangeRefusal.NO_MOVES_LEFT
    return refusal


def cancel_refusal(visit: Visit, now: datetime, policy: ChangePolicy) -> ChangeRefusal | None:
    """Why this visit can't be cancelled online now, if it can't."""
    if visit.is_cancelled:
        return ChangeRefusal.CANCELLED
    return ChangeRefusal.STARTED if visit.is_under_way or now >= visit.starts_at else None
