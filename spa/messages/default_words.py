"""The program's own words for what clients are told; the studio can put its own in their place.

Sources: section 4 of the facts. Where they differ, these keep to the lines of `booking.shown`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    """What one event says: Markdown with placeholders.

    `first_body` is said as well on a first visit; `short` goes to telephones and names no
    treatment.
    """

    subject: str
    body: str
    first_body: str = ""
    short: str = ""


def default(event: str) -> Words:
    """The program's words in the language that is being spoken; KeyError for what has none."""
    return DEFAULTS[event]()


def _booking_confirmed() -> Words:
    return Words(
        _("Your visit on {day} is booked"),
        _("Thank you. Your hour is booked.\n\n{visit}\n\n{terms}\n\n{button}\n\n{preparation}"),
        short=_("{studio}: booked, {when}. All about it, and to change it: {link}"),
    )


def _booking_moved() -> Words:
    return Words(
        _("Your visit has moved to {day}"),
        _(
            "Your visit has another time, or another person. This holds now, and the calendar "
            "file in this mail puts it right in your calendar.\n\n{visit}\n\n{terms}\n\n{button}"
            "\n\n{preparation}"
        ),
        short=_("{studio}: your visit is now {when}. Details: {link}"),
    )


def _booking_cancelled() -> Words:
    return Words(
        _("Your visit on {day} is cancelled"),
        _(
            "Your visit on {when} is cancelled, and its hour is free for someone else. The "
            "calendar file in this mail takes it out of your calendar.\n\nYou are welcome to book "
            "again whenever it suits you, or to call us: {phone}.\n\n{book}"
        ),
        short=_("{studio}: your visit on {day} is cancelled. Another hour: {link}"),
    )


def _hour_pencilled() -> Words:
    return Words(
        _("Your next hour is kept for you"),
        _(
            "As we spoke about it, we have pencilled in your next hour. It is yours with one "
            "button; if you do nothing, it goes back to others by itself.\n\n{pencilled}"
        ),
        short=_("{studio}: your next hour is kept for two days. Take it here: {link}"),
    )


def _prep_14d() -> Words:
    return Words(
        _("Two weeks until your visit"),
        _(
            "Your visit is on {when}. Skin that is calm heals best, so a few things pause from "
            "now on.\n\n{now}\n\n{button}"
        ),
        short=_("{studio}: two weeks until your visit. What pauses from now on: {link}"),
    )


def _prep_7d() -> Words:
    return Words(
        _("One week until your visit"),
        _(
            "Your visit is on {when} with {who}. Please keep one to three quiet days after it."
            "\n\n{now}\n\nTell us if anything about your health or your medicines has changed: "
            "sometimes a later day is better.\n\n{button}"
        ),
        _(
            "As it is your first visit: if you have had no patch test with us, there is still "
            "time for the free skin and patch check. It has to be at least 48 hours before."
        ),
        short=_("{studio}: one week until your visit. What to know: {link}"),
    )


def _prep_5d() -> Words:
    return Words(
        _("Five days until your visit"),
        _("Your visit is on {when}.\n\n{now}\n\n{button}"),
        short=_("{studio}: five days until your visit. What pauses now: {link}"),
    )


def _prep_3d() -> Words:
    return Words(
        _("Will you be there on {day}?"),
        _(
            "We expect you on {when} with {who}. Please tell us that you will come.\n\n{confirm}"
            "\n\n{terms}\n\n{now}\n\n{button}"
        ),
        _("As it is your first visit, bring a list of your medicines and your skin products."),
        short=_("{studio}: will you be there on {day} at {time}? Answer here: {link}"),
    )


def _prep_1d() -> Words:
    return Words(
        _("See you on {day}, {time}"),
        _("{visit}\n\n{now}\n\n{button}"),
        short=_("{studio}: see you on {day} at {time}. Details: {link}"),
    )


def _prep_0d() -> Words:
    return Words(
        _("See you on {day}, {time}"),
        _("{visit}\n\n{now}\n\n{button}"),
        short=_("{studio}: see you on {day} at {time}. Details: {link}"),
    )


def _care_0h() -> Words:
    return Words(
        _("Tonight, after your visit"),
        _(
            "Thank you for coming today. A hot, flushed face with pinpoint marks is what one "
            "expects tonight.\n\n"
            "- Hands off, and a clean pillowcase.\n"
            "- Only what we gave you goes on the skin; no make-up.\n"
            "- Shade, and a hat if you go out.\n"
            "- No sport, sauna, pool or alcohol for now.\n\n"
            "{pencilled}\n\n{warning}\n\n{diary}"
        ),
        _(
            "As it was your first session: it is reddest in the first hours, while the numbing "
            "wears off, and calms down from there."
        ),
        short=_("{studio}: what is normal tonight and what to leave alone: {link}"),
    )


def _care_24h() -> Words:
    return Words(
        _("The day after your visit"),
        _(
            "Pink and tight like a sunburn is usual today.\n\n"
            "- Lukewarm water and a gentle cleanser.\n"
            "- From today on: plain moisturiser and mineral sunscreen, SPF 30 or more.\n"
            "- Still no make-up, sport, sauna, pool or strong sun.\n\n"
            "{warning}\n\n{diary}"
        ),
        short=_("{studio}: the first day after your visit, what helps: {link}"),
    )


def _care_d2() -> Words:
    return Words(
        _("Two days after your visit"),
        _(
            "Dry, tight and a little like sandpaper: that is usual on the second and third day, "
            "and flaking may begin.\n\n"
            "- Cleanse gently, then a plain moisturiser.\n"
            "- Mineral sunscreen, SPF 30 or more, every morning.\n"
            "- Don't pick or rub: flakes go by themselves.\n"
            "- Make-up and sweating wait until day 4, sauna and pool until day 5.\n\n"
            "{warning}\n\n{diary}"
        ),
        short=_("{studio}: day two. What is normal and what to leave alone: {link}"),
    )


def _care_d4() -> Words:
    return Words(
        _("Four days after your visit"),
        _(
            "Flaking comes to its end in these days; tiny scabs or bruises may take up to ten."
            "\n\n"
            "- Keep to your sunscreen.\n"
            "- Make-up is fine again where the skin is closed and calm.\n"
            "- Not yet: retinoids, acids, vitamin C, scrubs, brushes, waxing.\n\n"
            "{warning}\n\n{diary}"
        ),
        short=_("{studio}: day four. What is fine again and what is not: {link}"),
    )


def _care_d7() -> Words:
    return Words(
        _("A week after your visit"),
        _(
            "If your skin is calm, you can go back to your usual routine, one product after the "
            "other. Keep to sunscreen, SPF 30 or more, for another week at least.\n\n"
            "Is it still red or sore? Then please call us: {phone}.\n\n"
            "{warning}\n\n{diary}"
        ),
        short=_("{studio}: a week after your visit. How is it? {link}"),
    )


def _care_d14() -> Words:
    return Words(
        _("Two weeks after your visit"),
        _(
            "Two weeks on, most people have forgotten the healing. Sunscreen, SPF 30 or more, "
            "stays a good idea; sunbeds and strong sun do not.\n\n"
            "What changes in the skin comes slowly: first seen after two to six weeks.\n\n"
            "{warning}\n\n{diary}"
        ),
        short=_("{studio}: two weeks after your visit. Your diary: {link}"),
    )


def _care_d28() -> Words:
    return Words(
        _("Four weeks after your visit"),
        _(
            "Four weeks are the least that we leave between two sessions on the same area. In "
            "the studies people had three to six sessions, about four weeks apart; the "
            "best result shows three to six months after the last. Results differ from person to "
            "person.\n\n{warning}\n\n{diary}"
        ),
        short=_("{studio}: four weeks after your visit. Where you are: {link}"),
    )


def _thanks() -> Words:
    return Words(
        _("How was it with us?"),
        _(
            "Thank you for having come. We would like to hear how it was: what was good, and what "
            "we should do better. Just answer this mail; a person of the studio reads it, and "
            "nothing is published."
        ),
    )


def _next_time() -> Words:
    return Words(
        _("Time for the next hour?"),
        _(
            "Your last visit was on {day}. If you are planning another session, now is a good "
            "time: same area, at least 28 days apart.\n\n{book}"
        ),
    )


def _care_m3() -> Words:
    return Words(
        _("Three months after your visit"),
        _(
            "The best result shows three to six months after the last session. Would you like us "
            "to look at your skin together? The skin check costs nothing.\n\n{book}"
        ),
    )


DEFAULTS: dict[str, Callable[[], Words]] = {
    "booking_confirmed": _booking_confirmed,
    "booking_moved": _booking_moved,
    "booking_cancelled": _booking_cancelled,
    "hour_pencilled": _hour_pencilled,
    "prep_14d": _prep_14d,
    "prep_7d": _prep_7d,
    "prep_5d": _prep_5d,
    "prep_3d": _prep_3d,
    "prep_1d": _prep_1d,
    "prep_0d": _prep_0d,
    "care_0h": _care_0h,
    "care_24h": _care_24h,
    "care_d2": _care_d2,
    "care_d4": _care_d4,
    "care_d7": _care_d7,
    "thanks": _thanks,
    "care_d14": _care_d14,
    "care_d28": _care_d28,
    "next_time": _next_time,
    "care_m3": _care_m3,
}
"""Every event whose words the studio can change, in the order of a visit."""
