"""The diary as pages show it: today in words, when somebody reads it, follow-ups as lines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from spa import wording
from spa.booking.queries import Booking
from spa.diary import queries
from spa.diary.queries import Line
from spa.domain import healing
from spa.domain.healing import Opening, Sign
from spa.domain.spans import local_time
from spa.wording import healing as words

DAYS_LOOKED_AHEAD = timedelta(days=28)


@dataclass(frozen=True)
class Here:
    """Where on the healing line to draw today, as hundredths of its width, and what to call it."""

    at: float
    anchor: str
    label: str


@dataclass(frozen=True)
class DayShown:
    """What a client reads of today."""

    label: str
    stage: str
    normal: str
    good: list[str]
    waits: list[tuple[str, list[str]]]
    next_label: str
    next_words: str
    here: Here


def day_shown(booking: Booking, zone: ZoneInfo, now: datetime) -> DayShown:
    """The day after a visit, counted on the calendar of its place."""
    first = local_time(booking.starts_at, zone).date()
    day = (local_time(now, zone).date() - first).days
    today = healing.today(day)
    coming = today.coming
    return DayShown(
        label=_day_label(day),
        stage=words.stage_name(today.stage),
        normal=words.normal(today.stage),
        good=[words.good(care) for care in today.good],
        waits=[
            (_date(first, until), [words.waits(one.what) for one in ones])
            for until, ones in groupby(today.waits, key=lambda one: one.until)
        ],
        next_label=_date(first, coming[1]) if coming else "",
        next_words=words.normal(coming[0]) if coming else "",
        here=_here(day),
    )


def _day_label(day: int) -> str:
    return _("Day %(number)s", number=day) if day > 0 else _("The day of your visit")


def _date(first: date, days: int) -> str:
    return wording.day_long(first + timedelta(days=days))


def _here(day: int) -> Here:
    at = healing.along(day) * 100 / healing.LINE_WIDTH
    anchor = "start" if at < 15 else "end" if at > 85 else "middle"
    # A mark on the very edge would be cut in half.
    return Here(min(max(round(at, 1), 1.0), 99.0), anchor, _("You are here"))


def signs() -> list[tuple[str, str]]:
    """What may be ticked."""
    return [(sign.value, words.sign(sign)) for sign in Sign]


def opening(location_id: int, zone: ZoneInfo, now: datetime) -> Opening | None:
    """When the studio reads what comes in now."""
    today = local_time(now, zone).date()
    stretches = queries.opening(location_id, today, today + DAYS_LOOKED_AHEAD, zone)
    return healing.reading_time(now, stretches)


def when_read(found: Opening | None, zone: ZoneInfo, now: datetime) -> str:
    """When somebody will read it, as a promise that can be kept."""
    if found is None:
        return _("The studio is closed for the coming weeks: please don't wait for us.")
    if found.is_now:
        return _("Somebody reads it today, by %(time)s.", time=wording.clock(found.ends, zone))
    begins = local_time(found.begins, zone)
    time = wording.clock(found.begins, zone)
    days = (begins.date() - local_time(now, zone).date()).days
    if days == 0:
        return _("Somebody reads it today, when we open at %(time)s.", time=time)
    if days == 1:
        return _("Somebody reads it tomorrow, when we open at %(time)s.", time=time)
    day = wording.day_long(begins.date())
    return _("Somebody reads it on %(day)s, when we open at %(time)s.", day=day, time=time)


@dataclass(frozen=True)
class LineShown:
    """A follow-up as a line of a list."""

    id: int
    client: str
    client_id: int | None
    phone: str
    phone_label: str
    who: str
    about: str
    visit: str
    reference: str
    since: str
    is_urgent: bool
    wants_call: bool
    is_read: bool
    closed: str


def line(one: Line, zone: ZoneInfo, country: str) -> LineShown:
    """A follow-up in words; nothing of what the client said is among them."""
    return LineShown(
        id=one.id,
        client=one.client,
        client_id=one.client_id,
        phone=one.phone,
        phone_label=wording.phone(one.phone, country) if one.phone else "",
        who=one.who,
        about=one.treatment,
        visit=wording.moment_short(one.starts_at, zone),
        reference=one.reference,
        since=wording.moment_short(one.opened_at, zone),
        is_urgent=one.is_urgent,
        wants_call=one.wants_call,
        is_read=one.is_read,
        closed=_closed(one, zone),
    )


def _closed(one: Line, zone: ZoneInfo) -> str:
    if one.closed_at is None:
        return ""
    when = wording.moment_short(one.closed_at, zone)
    if not one.closed_by:
        return _("Closed %(when)s", when=when)
    return _("Closed by %(who)s, %(when)s", who=one.closed_by, when=when)
