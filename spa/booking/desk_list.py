"""The list of bookings at the desk: what is asked for, its lines in words, and the same as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.booking.desk_queries import SHOWN_STATES, Asked, Line
from spa.domain.spans import local_time, parse_day, parse_moment
from spa.domain.states import BookingStatus

LONGEST = timedelta(days=800)
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a sheet would take for a formula when a cell begins with it."""


@dataclass(frozen=True)
class LineShown:
    """One booking as a row."""

    reference: str
    day: str
    clock: str
    client: str
    client_id: int | None
    treatment: str
    practitioner: str
    status: BookingStatus
    status_words: str
    price: str


@dataclass(frozen=True)
class Choice:
    """A quick choice of dates."""

    words: str
    query: str
    is_chosen: bool


def asked_of(args: dict[str, str], today: date) -> Asked:
    """What the address asks for; what can't be read is left out, and dates are put in order."""
    first, last = parse_day(args.get("from")), parse_day(args.get("to"))
    first = first or (last if last and last < today else today)
    last = last or max(first, today + timedelta(days=30))
    first, last = min(first, last), max(first, last)
    state = args.get("state", "")
    return Asked(
        first_on=first,
        last_on=min(last, first + LONGEST),
        state=BookingStatus(state) if state in SHOWN_STATES else None,
        practitioner=args.get("with", "")[:80],
        treatment=args.get("treatment", "")[:80],
    )


def query_of(asked: Asked) -> str:
    """What is asked for, as the query of an address."""
    parts = {
        "from": asked.first_on.isoformat(),
        "to": asked.last_on.isoformat(),
        "state": asked.state or "",
        "with": asked.practitioner,
        "treatment": asked.treatment,
    }
    return urlencode({name: value for name, value in parts.items() if value})


def place_in_list(text: str | None) -> tuple[datetime, int] | None:
    """Where a page of the list begins, from the address."""
    moment, _bar, number = (text or "").partition("|")
    at = parse_moment(moment)
    return (at, int(number)) if at and number.isdecimal() and len(number) < 18 else None


def quick_choices(asked: Asked, today: date) -> list[Choice]:
    """Dates that are asked for every day."""
    monday = today - timedelta(days=today.weekday())
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    spans = (
        (_("Today"), today, today),
        (_("Tomorrow"), today + timedelta(days=1), today + timedelta(days=1)),
        (_("This week"), monday, monday + timedelta(days=6)),
        (_("This month"), this_month, (this_month + timedelta(days=31)).replace(day=1) - ONE_DAY),
        (_("Last month"), last_month, this_month - ONE_DAY),
    )
    return [
        Choice(
            words,
            query_of(Asked(first, last, asked.state, asked.practitioner, asked.treatment)),
            (first, last) == (asked.first_on, asked.last_on),
        )
        for words, first, last in spans
    ]


ONE_DAY = timedelta(days=1)


def line_shown(line: Line, place: Place) -> LineShown:
    """A booking in words, in the zone of the place."""
    return LineShown(
        reference=line.reference,
        day=wording.day_short(local_time(line.starts_at, place.zone).date()),
        clock=wording.clock(line.starts_at, place.zone),
        client=line.client,
        client_id=line.client_id,
        treatment=line.treatment,
        practitioner=line.practitioner,
        status=line.status,
        status_words=wording.standing(line.status, line.cancelled_by, is_late=line.is_late),
        price=wording.price(line.price_minor, line.currency),
    )


def as_csv(lines: Iterable[Line], place: Place) -> Iterator[str]:
    """The list as a sheet, row by row; no cell can be taken for a formula."""
    heads = (
        _("Date"),
        _("Start"),
        _("End"),
        _("Client"),
        _("Email"),
        _("Phone"),
        _("Treatment"),
        _("Practitioner"),
        _("Room"),
        _("State"),
        _("Called off by"),
        _("Late"),
        _("Price"),
        _("Currency"),
    )
    yield "\ufeff" + row(heads)
    for line in lines:
        local = local_time(line.starts_at, place.zone)
        yield row(
            (
                local.date().isoformat(),
                wording.clock(line.starts_at, place.zone),
                wording.clock(line.ends_at, place.zone),
                line.client,
                line.email,
                line.phone,
                line.treatment,
                line.practitioner,
                line.room,
                wording.status(line.status),
                _called_off_by(line),
                _("yes") if line.is_late else "",
                wording.plain_price(line.price_minor, line.currency),
                line.currency,
            )
        )


def _called_off_by(line: Line) -> str:
    if line.status != BookingStatus.CANCELLED:
        return ""
    return _("studio") if line.cancelled_by == "studio" else _("client")


def safe(cell: str) -> str:
    """A cell that no sheet takes for a formula.

    Source: OWASP ASVS 5.0.0 V1.2.10 (CSV and formula injection).
    """
    return f"'{cell}" if cell.startswith(RISKY) else cell


def row(cells: Iterable[str]) -> str:
    """A line of a sheet, its cells made harmless."""
    line = io.StringIO()
    csv.writer(line).writerow(safe(cell) for cell in cells)
    return line.getvalue()
