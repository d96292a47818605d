"""A visit as its pages and messages show it, with what to do before and after."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask_babel import gettext as _

from spa import wording
from spa.booking import queries
from spa.booking.queries import Offer
from spa.domain import policy
from spa.domain.states import BookingStatus
from spa.models import Booking
from spa.wording import healing


@dataclass(frozen=True)
class VisitShown:
    """All that is told about one visit."""

    name: str
    minutes: int
    price: str
    when_label: str
    when_short: str
    day_label: str
    starts: str
    ends: str
    iso: str
    who: str
    where: list[str]
    studio_name: str
    zone_note: str
    free_until_label: str
    arrive_note: str
    contact_name: str
    other_name: str
    email: str
    is_needling: bool
    is_first_visit: bool
    is_cancelled: bool
    is_past: bool


@dataclass(frozen=True)
class Terms:
    """What may still be changed, and what it costs."""

    free_until_label: str
    is_late: bool
    was_late: bool
    moves_left: int
    may_move: bool
    may_cancel: bool
    move_refusal: str | None
    cancel_refusal: str | None


@dataclass(frozen=True)
class Prep:
    """What to do before the visit, from when on."""

    when_label: str
    lines: list[str]


def visit_shown(booking: Booking, offer: Offer, now: datetime) -> VisitShown:
    """A booking in words, in the zone of its place."""
    location = queries.location_of(booking)
    return VisitShown(
        name=booking.treatment_name,
        minutes=int((booking.ends_at - booking.starts_at).total_seconds() // 60),
        price=wording.price(booking.price_minor, booking.currency),
        when_label=wording.moment_long(booking.starts_at, offer.zone),
        when_short=wording.moment_short(booking.starts_at, offer.zone),
        day_label=wording.day_long(booking.starts_at.astimezone(offer.zone).date()),
        starts=wording.clock(booking.starts_at, offer.zone),
        ends=wording.clock(booking.ends_at, offer.zone),
        iso=booking.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        who=queries.resource_name(booking.practitioner_id),
        where=location.address.splitlines(),
        studio_name=location.name,
        zone_note=wording.zone_name(offer.zone, booking.starts_at),
        free_until_label=_free_until(booking, offer, now),
        arrive_note=arrive_note(booking, offer),
        contact_name=booking.contact_name,
        other_name=booking.other_name,
        email=booking.contact_email,
        is_needling=booking.is_needling,
        is_first_visit=booking.is_first_visit,
        is_cancelled=booking.status == BookingStatus.CANCELLED,
        is_past=booking.ends_at <= now,
    )


def _free_until(booking: Booking, offer: Offer, now: datetime) -> str:
    visit = queries.visit_of(booking, now)
    return wording.moment_long(policy.free_until(visit, offer.change_policy), offer.zone)


def arrive_note(booking: Booking, offer: Offer) -> str:
    """When to come; a first visit needs a few minutes more."""
    minutes = 15 if booking.is_first_visit else 10
    at = wording.clock(booking.starts_at - timedelta(minutes=minutes), offer.zone)
    if booking.is_first_visit:
        return _("Come at %(at)s: on a first visit we need 15 minutes for a few forms.", at=at)
    return _("Come at %(at)s, ten minutes early, so that you start unhurried.", at=at)


def terms(booking: Booking, offer: Offer, now: datetime) -> Terms:
    """What the client may still change online."""
    visit = queries.visit_of(booking, now)
    no_move = policy.move_refusal(visit, now, offer.change_policy)
    no_cancel = policy.cancel_refusal(visit, now, offer.change_policy)
    return Terms(
        free_until_label=_free_until(booking, offer, now),
        is_late=policy.is_late(visit, now, offer.change_policy),
        was_late=booking.is_late,
        moves_left=max(0, offer.change_policy.online_moves - booking.moves),
        may_move=no_move is None,
        may_cancel=no_cancel is None,
        move_refusal=wording.change_refusal(no_move) if no_move else None,
        cancel_refusal=wording.change_refusal(no_cancel) if no_cancel else None,
    )


def not_for_you() -> list[str]:
    """Who is not treated now; the common contraindications of the device labels and manuals.

    Source: SkinPen consent form with the device label; AAD public text (relayed); see the facts.
    """
    return [
        _("you are pregnant, trying to be, or breastfeeding"),
        _("you take isotretinoin (Accutane, Roaccutane), or did in the last 6 months"),
        _("you have a cold sore or shingles now"),
        _("you have active acne, an infection, a rash or an open sore in the area"),
        _("you are sunburnt there, or have eczema, psoriasis or rosacea flaring now"),
        _("you have ever had raised or keloid scars"),
        _("you have a bleeding disorder, scleroderma, or diabetes that is not controlled"),
        _("your immune system is weakened, or you are having chemotherapy or radiotherapy"),
        _("you have had skin cancer in the area, or have a mole there that is changing"),
        _("you are allergic to stainless steel or nickel"),
        _("you have ever reacted to lidocaine or numbing cream: talk to us first"),
    ]


def preparation(booking: Booking, offer: Offer, now: datetime) -> list[Prep]:
    """What to do before a visit, with the day each rule starts on.

    Rules whose day is past or today come together, as what holds from now on.
    """
    if not booking.is_needling:
        lines = [_("Come with a clean face if you can."), _("Bring the names of what you take.")]
        return [Prep(_("On the day"), lines)]
    day = booking.starts_at.astimezone(offer.zone).date()
    today = now.astimezone(offer.zone).date()
    begun: list[str] = []
    coming: list[Prep] = []
    for days, lines in rules_before():
        first = day - timedelta(days=days)
        if first > today or not days:
            coming.append(Prep(_rule_label(days, first), lines))
        else:
            begun += lines
    if begun:
        begun.append(_("Too late for one of these? Call us: a later day may be better."))
    return [
        *_first_time(booking),
        *([Prep(_("From now on"), begun)] if begun else []),
        *coming,
    ]


def _rule_label(days: int, first: date) -> str:
    """When a rule starts, as one would say it."""
    if not days:
        return _("On the day")
    return _("The day before") if days == 1 else _("From %(day)s", day=wording.day_long(first))


def _first_time(booking: Booking) -> list[Prep]:
    """What only a first session needs to hear."""
    if not booking.is_first_visit:
        return []
    return [
        Prep(
            _("As it is your first visit"),
            [
                _(
                    "If you have had no patch test with us: book the free skin and patch check "
                    "at least 48 hours before. Is there no time for it? Call us."
                ),
                _("Bring a list of your medicines and skin products."),
                _(
                    "Keep the two weeks after it free of big occasions, "
                    "until you know how your skin heals."
                ),
            ],
        )
    ]


def rules_before() -> list[tuple[int, list[str]]]:
    """Days before a needling session, and what holds from then on; 0 is the day itself.

    The one list that the mails, the kept page and the treatment pages show. Where sources
    differ it has the more careful of the common waits.
    """
    return [
        (28, [_("No filler, no medium or deep peel, no resurfacing laser.")]),
        (14, [_("No sunbathing, sunbed, other laser or IPL."), _("No Botox.")]),
        (
            7,
            [
                _("No waxing, threading, electrolysis or light peel on the area."),
                _("If you get cold sores, tell us, and ask your doctor in good time."),
            ],
        ),
        (
            5,
            [
                _(
                    "Stop retinol and other retinoids, acids, benzoyl peroxide, scrubs "
                    "and vitamin C serum there."
                )
            ],
        ),
        (
            3,
            [
                _("Skip ibuprofen and fish oil unless a doctor prescribed them."),
                _("Never stop a medicine that was prescribed for you."),
            ],
        ),
        (2, [_("No self-tan.")]),
        (1, [_("No alcohol.")]),
        (
            0,
            [
                _("Clean face: no make-up, lotion or sunscreen."),
                _("Eat something light and drink water."),
                _("Tell us first if you are ill, sunburnt or feel a cold sore coming."),
            ],
        ),
    ]


def starting(booking: Booking, offer: Offer, now: datetime) -> list[Prep]:
    """What starts to hold between today and the next usual reminder of the visit."""
    if not booking.is_needling:
        return []
    day = booking.starts_at.astimezone(offer.zone).date()
    left = (day - now.astimezone(offer.zone).date()).days
    until = next((days for days in REMINDED if days < left), -1)
    return [
        Prep(_rule_label(days, day - timedelta(days=days)), lines)
        for days, lines in rules_before()
        if until < days <= left
    ]


REMINDED = (7, 3, 1)
"""The days before a visit on which its client is usually reminded of what starts then."""


def aftercare(booking: Booking) -> list[str]:
    """What to expect afterwards, in short."""
    if not booking.is_needling:
        return [
            _("You can go straight back to your day."),
            _("If a tried patch itches, burns or stays red, tell us."),
        ]
    return [*healing.aftercare(), *healing.warnings()]


def warnings() -> list[str]:
    """When to call, in every message after a visit."""
    return healing.warnings()


def calendar_links(booking: Booking, visit: VisitShown) -> dict[str, str]:
    """Addresses for Google's and Outlook's calendars; they name the studio only."""
    stamp = "%Y%m%dT%H%M%SZ"
    where = ", ".join([visit.studio_name, *visit.where])
    google = {
        "action": "TEMPLATE",
        "text": visit.studio_name,
        "dates": f"{booking.starts_at:{stamp}}/{booking.ends_at:{stamp}}",
        "location": where,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": visit.studio_name,
        "startdt": booking.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "enddt": booking.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "location": where,
    }
    return {
        "google_url": "https://calendar.google.com/calendar/render?" + urlencode(google),
        "outlook_url": "https://outlook.live.com/calendar/0/action/compose?" + urlencode(outlook),
    }
