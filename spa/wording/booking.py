"""What the parts of a visit are called, and why a client can't have an hour or change it."""

from collections.abc import Sequence

from flask_babel import gettext as _

from spa.domain.availability import Reason
from spa.domain.policy import ChangeRefusal


def part_of_day(part: str) -> str:
    """What a part of the day is called."""
    if part == "evening":
        return _("From 17:00")
    return part_heading(part) if part else _("Any time")


def part_heading(part: str) -> str:
    """The heading above the times of a part of the day."""
    if part == "morning":
        return _("Morning")
    return _("Afternoon") if part == "afternoon" else _("Evening")


def step(kind: str) -> tuple[str, str]:
    """What a step of the hour is called, and what happens in it."""
    return {
        "talk": (_("Talk"), _("We look at your skin and talk through what you would like.")),
        "settle": (_("Settle"), _("We talk, look at your skin and cleanse it.")),
        "cleanse": (_("Cleanse"), _("Make-up comes off and the skin is cleaned.")),
        "numb": (_("Numb"), _("Numbing cream goes to work. You rest.")),
        "needle": (_("Needle"), _("The pen passes over the area, a little at a time.")),
        "serum": (_("Serum"), _("A plain hyaluronic serum is smoothed on.")),
        "mask": (_("Mask"), _("A cooling mask. You rest.")),
        "led": (_("Light"), _("You rest under the red light panel.")),
        "calm": (_("Calm"), _("Rinse, cool, and go through your aftercare.")),
        "check": (_("Check"), _("We look at your skin and try the products on a small patch.")),
    }.get(kind, (kind.capitalize(), ""))


def reason(code: Reason) -> str:
    """Why an hour cannot be had, as one would say it at the desk."""
    return {
        Reason.IN_THE_PAST: _("That time has passed."),
        Reason.TOO_SOON: _(
            "That is too soon to book online. Please call us, or choose a later time."
        ),
        Reason.TOO_FAR: _("That is further ahead than we take bookings."),
        Reason.OFF_GRID: _("Sessions do not start at that minute."),
        Reason.CLOSED: _("The studio is closed then."),
        Reason.NOT_ON_SHIFT: _("The practitioner is not in at that time."),
        Reason.NOT_CERTIFIED: _("Nobody who may do this treatment is there that day."),
        Reason.PRACTITIONER_BUSY: _("That hour has just been taken."),
        Reason.DAY_FULL: _("The practitioner's day is full."),
        Reason.NO_ROOM: _("No treatment room is free at that time."),
        Reason.NO_DEVICE: _("The device this treatment needs is in use at that time."),
        Reason.NO_PRACTITIONER: _("Nobody here does this treatment at the moment."),
    }[code]


def reasons(codes: Sequence[Reason]) -> str:
    """The first reason is enough for a client."""
    return reason(codes[0]) if codes else reason(Reason.PRACTITIONER_BUSY)


def change_refusal(code: str) -> str:
    """Why a visit can no longer be moved or cancelled online."""
    return {
        ChangeRefusal.STARTED: _("This visit has begun or is over, so it can't be changed here."),
        ChangeRefusal.CANCELLED: _("This visit has been cancelled."),
        ChangeRefusal.NO_MOVES_LEFT: _(
            "This visit has been moved as often as we can online. Please call us to move it again."
        ),
    }[ChangeRefusal(code)]
