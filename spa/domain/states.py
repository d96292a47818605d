"""The states of a booking, every change between them, who may make it, and what it does."""

from dataclasses import dataclass
from enum import StrEnum, auto

from spa.domain.roles import Permission


class BookingStatus(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    LAPSED = "lapsed"
    BOOKED = "booked"
    ARRIVED = "arrived"
    IN_TREATMENT = "in_treatment"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


MOVABLE = frozenset({BookingStatus.BOOKED, BookingStatus.ARRIVED})
"""A visit that has not begun can be moved at the desk."""


class By(StrEnum):
    """Who besides staff may make a change."""

    CLIENT = auto()
    CLOCK = auto()


class When(StrEnum):
    """From when on a change makes sense."""

    EVER = auto()
    ON_THE_DAY = auto()
    BEGUN = auto()


class Claims(StrEnum):
    """What a change does to the people and rooms that the visit takes."""

    KEEP = auto()
    FREE = auto()
    TAKE = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """One allowed change of state.

    `by` are the permissions and others that may make it, `tells` the message to the client.
    """

    old: BookingStatus
    new: BookingStatus
    by: frozenset[Permission | By]
    when: When = When.EVER
    claims: Claims = Claims.KEEP
    tells: str | None = None


_S = BookingStatus
_MARK = frozenset({Permission.MARK_VISITS})
_MANAGE = frozenset({Permission.MANAGE_BOOKINGS})
_CLIENT = frozenset({By.CLIENT})

CHANGES: tuple[Change, ...] = (
    # The client's way in.
    Change(_S.HELD, _S.BOOKED, _CLIENT, tells="booking_confirmed"),
    Change(_S.HELD, _S.LAPSED, frozenset({By.CLIENT, By.CLOCK}), claims=Claims.FREE),
    Change(_S.LAPSED, _S.HELD, _CLIENT, claims=Claims.TAKE),
    # The day itself.
    Change(_S.BOOKED, _S.ARRIVED, _MARK, When.ON_THE_DAY),
    Change(_S.BOOKED, _S.IN_TREATMENT, _MARK, When.ON_THE_DAY),
    Change(_S.BOOKED, _S.DONE, _MARK, When.BEGUN),
    Change(_S.ARRIVED, _S.IN_TREATMENT, _MARK, When.ON_THE_DAY),
    Change(_S.ARRIVED, _S.DONE, _MARK, When.BEGUN),
    Change(_S.IN_TREATMENT, _S.DONE, _MARK, When.ON_THE_DAY),
    Change(_S.BOOKED, _S.NO_SHOW, _MARK, When.BEGUN, Claims.FREE),
    # Called off.
    Change(
        _S.BOOKED, _S.CANCELLED, _CLIENT | _MANAGE, claims=Claims.FREE, tells="booking_cancelled"
    ),
    Change(_S.ARRIVED, _S.CANCELLED, _MANAGE, claims=Claims.FREE, tells="booking_cancelled"),
    # Wrong taps put right.
    Change(_S.ARRIVED, _S.BOOKED, _MARK),
    Change(_S.IN_TREATMENT, _S.ARRIVED, _MARK),
    Change(_S.IN_TREATMENT, _S.BOOKED, _MARK),
    Change(_S.DONE, _S.IN_TREATMENT, _MARK),
    Change(_S.DONE, _S.ARRIVED, _MARK),
    Change(_S.DONE, _S.BOOKED, _MARK),
    Change(_S.NO_SHOW, _S.BOOKED, _MARK, claims=Claims.TAKE),
    Change(_S.NO_SHOW, _S.ARRIVED, _MARK, claims=Claims.TAKE),
    Change(_S.CANCELLED, _S.BOOKED, _MANAGE, claims=Claims.TAKE, tells="booking_confirmed"),
)
"""Every change there is; what is not here cannot happen."""

_BY_PAIR = {(change.old, change.new): change for change in CHANGES}

TAKES_AN_HOUR = frozenset({_S.HELD, _S.BOOKED, _S.ARRIVED, _S.IN_TREATMENT, _S.DONE})
"""The states in which a visit still has its hour."""


def change_between(old: BookingStatus, new: BookingStatus) -> Change | None:
    """The change from one state to another, or None when it is not allowed."""
    return _BY_PAIR.get((old, new))


def changes_for(
    old: BookingStatus, may: frozenset[Permission], *, is_today: bool, has_begun: bool
) -> tuple[Change, ...]:
    """What somebody with these rights may do with a visit in that state now."""
    return tuple(
        change
        for change in CHANGES
        if change.old == old and change.by & may and is_time(change, is_today, has_begun)
    )


def is_time(change: Change, is_today: bool, has_begun: bool) -> bool:
    """Says whether the change makes sense already.

    `is_today`: the visit's own day at the place has come; `has_begun`: its start has.
    """
    if change.when == When.ON_THE_DAY:
        return is_today
    return has_begun if change.when == When.BEGUN else True
