"""The shape of a booking at the desk: who, what, with whom, when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length

from spa.clients.contact import ContactForm
from spa.contact import one_line
from spa.domain.spans import moment_on, parse_moment

SHORTEST_REASON, LONGEST_REASON = 3, 300
Choices = Sequence[tuple[str, str]]


class DeskBookingForm(ContactForm):
    """One visit. A client who is there already needs no name; choices are passed in.

    `wanted` is the free time somebody came from, `after` the visit that this is the next of,
    `own_day` the day that the page chose by itself, empty once somebody chose one.
    """

    client = HiddenField()
    after = HiddenField()
    back = HiddenField()
    wanted = HiddenField()
    treatment = SelectField(_l("Treatment"), validate_choice=False)
    practitioner = SelectField(_l("With"), validate_choice=False)
    day = StringField(_l("Day"), render_kw={"type": "date"})
    own_day = HiddenField()
    clock = StringField(_l("Another time"), render_kw={"type": "time", "step": 300})
    is_told = BooleanField(_l("Tell the client by email"), default=True)
    because = StringField(
        _l("Why all the same?"),
        description=_l("Kept in the record of this visit."),
        filters=[one_line],
        validators=[Length(max=LONGEST_REASON, message=_l("Keep this to 300 characters"))],
        # It stands in the notice above the form.
        render_kw={"autocomplete": "off", "form": "book"},
    )

    def choose_from(self, treatments: Choices, people: Choices) -> None:
        """What can be chosen; a choice that is gone is the first again."""
        self.treatment.choices = list(treatments)
        self.practitioner.choices = [("", _l("Anyone")), *people]
        for field in (self.treatment, self.practitioner):
            values = [value for value, _words in field.choices]
            if field.data not in values:
                field.data = values[0] if values else ""

    @property
    def is_day_chosen(self) -> bool:
        """Whether somebody chose the day."""
        return bool(self.day.data) and self.day.data != self.own_day.data

    @property
    def gives_reason(self) -> bool:
        """Whether somebody said why a rule is set aside."""
        return SHORTEST_REASON <= len(self.because.data or "") <= LONGEST_REASON

    def person_is_valid(self) -> bool:
        """Whether a new client was written down whole; of the rest nothing can be wrong."""
        return bool(self.validate())

    def other_time(self, zone: ZoneInfo) -> datetime | None:
        """The day and the time that were typed, on the clock of the place."""
        return moment_on(f"{self.day.data or ''}T{self.clock.data or ''}", zone)


class ReasonForm(FlaskForm):
    """Why a rule is set aside for a visit that is put right."""

    because = StringField(
        _l("Why all the same?"),
        description=_l("Kept in the record of this visit."),
        filters=[one_line],
        validators=[
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=_l("Say why in a few words, at most 300 characters"),
            )
        ],
        render_kw={"autocomplete": "off"},
    )


def pressed(text: str) -> tuple[datetime | None, str]:
    """What the button of a time sends: the moment, and with whom if that is part of it."""
    moment, _space, who = text.partition(" ")
    return parse_moment(moment), one_line(who)[:80]


def asked_args(args: Any) -> dict[str, str]:
    """What an address may say of a booking to be made."""
    names = {"client": "client", "after": "after", "at": "wanted", "day": "day"}
    names |= {"with": "practitioner", "treatment": "treatment"}
    return {field: one_line(args.get(name, ""))[:80] for name, field in names.items()}
