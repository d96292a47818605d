"""The shape of what a client sends: types, lengths and what must be there."""

import difflib
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from spa.contact import address, advertises, many_lines, one_line, phone_number

COMMON_DOMAINS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "live.com",
    "msn.com",
    "comcast.net",
    "verizon.net",
    "googlemail.com",
    "me.com",
)
ALSO_REAL = (
    "mail.com",
    "email.com",
    "ymail.com",
    "rocketmail.com",
    "gmx.com",
    "gmx.net",
    "hey.com",
    "fastmail.com",
)
"""Close to a common domain, and nobody's mistake."""
SLIPS_OF_COM = {"", "c", "cm", "co", "cmo", "comm", "con", "cpm", "cim", "ocm", "om", "vom", "xom"}


def suggested_email(address: str) -> str:
    """The address with a common domain that was probably meant, or empty."""
    name, at, domain = address.rpartition("@")
    if not at or domain.lower() in COMMON_DOMAINS + ALSO_REAL:
        return ""
    label, _dot, ending = domain.lower().partition(".")
    if f"{label}.com" in COMMON_DOMAINS:
        # Many of these have addresses in other countries: yahoo.co.uk is nobody's mistake.
        return f"{name}@{label}.com" if ending in SLIPS_OF_COM else ""
    close = difflib.get_close_matches(domain.lower(), COMMON_DOMAINS, n=1, cutoff=0.8)
    return f"{name}@{close[0]}" if close and len(label) > 4 else ""


class HoldForm(FlaskForm):
    """A time that was pressed, and with whom."""

    at = StringField()
    practitioner = HiddenField(filters=[one_line])


class PlainForm(FlaskForm):
    """A button and nothing else."""


class MoveForm(FlaskForm):
    """The hour to move to, and with whom."""

    at = HiddenField()
    practitioner = HiddenField(filters=[one_line])


class EmailForm(FlaskForm):
    """One email address."""

    email = EmailField(
        _l("Email address"),
        filters=[address],
        validators=[
            DataRequired(_l("Enter your email address")),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "email"},
    )

    def validate_email(self, field: Field) -> None:
        """Mail can reach it: the domain is kept in the form that mail servers use."""
        try:
            written = validate_email(field.data, check_deliverability=False).ascii_email
        except EmailNotValidError:
            raise ValidationError(_l("Enter an email address like name@example.com")) from None
        if not written:
            raise ValidationError(_l("Enter an email address with plain letters before the @"))
        field.data = written


class DetailsForm(EmailForm):
    """Who comes and how to reach them; `region` is where a phone number without a code belongs."""

    name = StringField(
        _l("Full name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter your name")),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "name"},
    )
    phone = TelField(
        _l("Phone number"),
        description=_l("Only to reach you about your visit."),
        filters=[one_line],
        validators=[DataRequired(_l("Enter a phone number we can reach you on"))],
        render_kw={"autocomplete": "tel"},
    )
    is_first_visit = RadioField(
        _l("Is this your first visit to us?"),
        choices=[
            SelectChoice("yes", _l("Yes, my first")),
            SelectChoice("no", _l("No, I've been before")),
        ],
        validators=[InputRequired(_l("Tell us whether this is your first visit"))],
    )
    for_other = BooleanField(_l("I am booking for someone else"))
    other_name = StringField(
        _l("Their full name"),
        description=_l("Everything is sent to you; they just come."),
        filters=[one_line],
        validators=[
            Optional(),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )
    note = TextAreaField(
        _l("Anything that helps us welcome you? (optional)"),
        description=_l("Access needs, or someone coming along. No health details here, please."),
        filters=[many_lines],
        validators=[Length(max=1000, message=_l("Keep this to 1,000 characters"))],
        render_kw={"rows": 3},
    )
    screening = BooleanField(
        _l("I am 18 or over and none of these applies; otherwise I will book a consultation")
    )
    privacy = BooleanField(
        _l("I have read how you look after my details"),
        validators=[InputRequired(_l("Please read the privacy notice and tick this box"))],
    )
    marketing = BooleanField(_l("Send me news from the studio now and then (optional)"))

    def __init__(self, *args: Any, region: str, is_needling: bool, **kwargs: Any) -> None:
        """`region` is a country code; needling asks for the tick that it is suitable."""
        super().__init__(*args, **kwargs)
        self.region = region
        self.is_needling = is_needling
        if not is_needling:
            del self.screening

    def validate_name(self, field: Field) -> None:
        """A name opens our mails, so it can't be an advertisement."""
        if advertises(field.data):
            raise ValidationError(_l("Enter a name without a web address"))

    def validate_phone(self, field: Field) -> None:
        """A number that could exist, in any way of writing it, kept as +12125550123."""
        self.e164 = phone_number(field.data, self.region)
        if not self.e164:
            raise ValidationError(
                _l("Enter a phone number such as 212 555 0123, or with its +code")
            )

    def validate_screening(self, field: Field) -> None:
        """Needling is booked only by those whom nothing on the list concerns."""
        if not field.data:
            raise ValidationError(
                _l("Tick this if nothing on the list applies, or book a consultation instead")
            )

    def validate_other_name(self, field: Field) -> None:
        """A name without the tick may be meant or left over; only the client knows."""
        self.validate_name(field)
        if field.data and not self.for_other.data:
            raise ValidationError(
                _l("Tick the box above if you book for this person, or clear the name")
            )

    def validate_for_other(self, field: Field) -> None:
        """Who books for someone else says for whom."""
        if field.data and not self.other_name.data:
            self.other_name.errors = [_l("Enter the name of the person who comes")]
            raise ValidationError(_l("Enter their name below"))


class CancelForm(FlaskForm):
    """Who calls a visit off, and whether the client is told."""

    by = RadioField(
        _l("Who calls it off?"),
        choices=[
            SelectChoice("client", _l("The client")),
            SelectChoice("studio", _l("The studio")),
        ],
        validators=[InputRequired(_l("Choose who calls it off"))],
    )
    is_told = BooleanField(_l("Tell the client by email"), default=True)
