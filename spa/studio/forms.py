"""The shape of what a studio says about itself, and of what its house wants."""

import json
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from spa import wording
from spa.contact import many_lines, one_line, phone_number, written_address
from spa.studio import world

NAMED = ("name", "tagline", "address", "country", "phone", "email")
COUNTED = ("zone", "currency", "language")
DETAILS = NAMED + COUNTED
NOTICES = (0, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 4320, 7200, 10080)
GRIDS = (5, 10, 15, 20, 30, 60)
DAY = 1440


class AddressForm(FlaskForm):
    """What the studio is called, where it is, and how it is reached."""

    name = StringField(
        _l("Name of the studio"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter the name of the studio")),
            Length(max=200, message=_l("Keep the name to 200 characters")),
        ],
        render_kw={"autocomplete": "organization"},
    )
    tagline = StringField(
        _l("A line below it (optional)"),
        description=_l("Shown on the first page, for example: Careful hands, quiet rooms."),
        filters=[one_line],
        validators=[Length(max=200, message=_l("Keep the line to 200 characters"))],
        render_kw={"autocomplete": "off"},
    )
    address = TextAreaField(
        _l("Address"),
        description=_l("As on an envelope, a line each."),
        filters=[many_lines],
        validators=[
            DataRequired(_l("Enter the address, so that clients find you")),
            Length(max=500, message=_l("Keep the address to 500 characters")),
        ],
        render_kw={"rows": 3, "autocomplete": "street-address"},
    )
    country = SelectField(_l("Country"), render_kw={"autocomplete": "country"})
    phone = TelField(
        _l("Phone"),
        filters=[one_line],
        validators=[DataRequired(_l("Enter the number that clients call"))],
        render_kw={"autocomplete": "tel"},
    )
    email = EmailField(
        _l("Email"),
        description=_l("Clients write to it, and mails come from it unless a sender is set."),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter the address that clients write to")),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "email"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [SelectChoice(*one) for one in world.countries()]

    def validate_phone(self, field: Field) -> None:
        """A number that could exist there."""
        if not self.e164:
            raise ValidationError(_l("Enter a phone number with its area code"))

    def validate_email(self, field: Field) -> None:
        """Mail can reach it."""
        if not written_address(field.data):
            raise ValidationError(_l("Enter an email address like hello@example.com"))

    @property
    def e164(self) -> str:
        """The number in the form that is kept."""
        return phone_number(self.phone.data or "", self.country.data or "")

    @property
    def told(self) -> dict[str, str]:
        """What is kept of it; only after validation."""
        typed = {name: self[name].data or "" for name in NAMED}
        return typed | {"phone": self.e164, "email": written_address(self.email.data or "")}


class ZoneForm(FlaskForm):
    """By which clock the studio lives, what it is paid in, and the language of its menu."""

    zone = StringField(
        _l("Time zone"),
        description=_l("Type your city or choose from the list, for example Europe/Berlin."),
        filters=[one_line],
        validators=[DataRequired(_l("Enter the time zone"))],
        render_kw={"list": "zones", "autocomplete": "off"},
    )
    currency = SelectField(_l("Currency"))
    language = SelectField(
        _l("Language of the menu"),
        description=_l("What your treatments are written in. The pages around them are English."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.choices = [SelectChoice(*one) for one in world.currencies()]
        self.language.choices = [SelectChoice(*one) for one in world.languages()]

    def validate_zone(self, field: Field) -> None:
        """A zone that there is; a city's name is enough."""
        if not self.zone_name:
            raise ValidationError(
                _l("Enter a time zone from the list: a large city near you, such as Europe/Berlin")
            )

    @property
    def zone_name(self) -> str:
        """The zone as the program calls it."""
        return world.zone_named(self.zone.data or "")

    @property
    def counted(self) -> dict[str, str]:
        """What is kept of it; only after validation."""
        return {
            "zone": self.zone_name,
            "currency": self.currency.data,
            "language": self.language.data,
        }


class Remembering:
    """A form that knows what stood there when its page was made, so that two can write at once.

    `seen` is the last change the page knew of; what is still as it `was` nobody meant to change.
    """

    seen: HiddenField
    was: HiddenField
    kept: Sequence[str]

    def remember(self, stands: dict[str, Any], newest: int) -> None:
        """Send along what stands there now, and the last change."""
        self.seen.data = str(newest)
        self.was.data = json.dumps({name: stands[name] for name in self.kept})

    def meant(self, typed: dict[str, Any]) -> dict[str, Any]:
        """What is otherwise than it was; all of it, when that is unknown."""
        was = self.was_then
        return {name: value for name, value in typed.items() if was.get(name, ...) != value}

    @property
    def was_then(self) -> dict[str, Any]:
        """What stood there when the page was made."""
        try:
            was = json.loads(self.was.data or "{}")
        except ValueError:
            return {}
        return was if isinstance(was, dict) else {}

    @property
    def seen_entry(self) -> int:
        """The last change that the page knew of."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


class DetailsForm(Remembering, AddressForm, ZoneForm):
    """All that the studio says about itself."""

    kept = DETAILS
    seen = HiddenField()
    was = HiddenField()


def _count(label: str, hint: str, low: int, high: int) -> IntegerField:
    wrong = _l("Enter a whole number from %(low)s to %(high)s", low=low, high=high)
    return IntegerField(
        label,
        description=hint,
        validators=[InputRequired(wrong), NumberRange(low, high, wrong)],
        render_kw={"inputmode": "numeric", "min": low, "max": high},
    )


class PoliciesForm(Remembering, FlaskForm):
    """What the house wants; each with what it means for a client."""

    notice_minutes = SelectField(
        _l("Notice"),
        coerce=int,
        description=_l("Nobody books online for sooner than this; the desk still can."),
    )
    horizon_days = _count(
        _l("Days ahead"), _l("How many days ahead a client finds free hours."), 7, 365
    )
    grid_minutes = SelectField(
        _l("Visits begin"),
        coerce=int,
        description=_l("The starts that clients see. A finer grid offers more of them."),
    )
    coming_visits = _count(
        _l("Coming visits"),
        _l("How many visits to come one email address can book online. For more, clients call."),
        1,
        20,
    )
    hold_minutes = _count(
        _l("Hold, in minutes"),
        _l("How long an hour stays kept while a client types their details."),
        5,
        30,
    )
    hold_extensions = _count(
        _l("Longer holds"),
        _l(
            "How often a client can ask for the same time again. Ten is the least, so that those "
            "who type slowly are not shut out."
        ),
        10,
        20,
    )
    cut_off_hours = _count(
        _l("Free change, in hours before"),
        _l(
            "Until then a client moves or cancels freely; afterwards it is noted as late. "
            "A new number counts for visits that are booked already, too."
        ),
        0,
        168,
    )
    grace_minutes = _count(
        _l("Second thoughts, in minutes"),
        _l("How long after booking a change is free even when the visit is soon."),
        0,
        120,
    )
    online_moves = _count(
        _l("Moves online"),
        _l("How often a client moves one visit by themselves. After that they call."),
        0,
        10,
    )
    quiet_from_minute = SelectField(
        _l("Quiet from"),
        coerce=int,
        description=_l(
            "Reminders and notes wait for the morning. What a client has just done is answered "
            "at any hour. The same time twice: never quiet."
        ),
    )
    quiet_until_minute = SelectField(_l("Quiet until"), coerce=int)
    seen = HiddenField()
    was = HiddenField()

    kept = (
        "notice_minutes",
        "horizon_days",
        "grid_minutes",
        "coming_visits",
        "hold_minutes",
        "hold_extensions",
        "cut_off_hours",
        "grace_minutes",
        "online_moves",
        "quiet_from_minute",
        "quiet_until_minute",
    )

    def __init__(self, *args: Any, stands: dict[str, int], **kwargs: Any) -> None:
        """`stands` is what holds now, which can always be chosen again."""
        super().__init__(*args, data=stands, **kwargs)
        notices = sorted({*NOTICES, stands["notice_minutes"]})
        grids = sorted({*GRIDS, stands["grid_minutes"]})
        self.notice_minutes.choices = [SelectChoice(each, wording.ahead(each)) for each in notices]
        self.grid_minutes.choices = [SelectChoice(each, wording.every(each)) for each in grids]
        for name in ("quiet_from_minute", "quiet_until_minute"):
            hours = sorted({*range(0, DAY, 60), stands[name]})
            self[name].choices = [SelectChoice(each, wording.wall(each)) for each in hours]

    def validate_notice_minutes(self, field: Field) -> None:
        """Some day is left to book."""
        if self.horizon_days.data and field.data >= self.horizon_days.data * DAY:
            raise ValidationError(_l("Choose a notice shorter than the days ahead"))

    @property
    def typed(self) -> dict[str, int]:
        """What is wanted; only after validation."""
        return {name: self[name].data for name in self.kept}
