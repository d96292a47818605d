"""The shape of what a move at the desk sends, from its page or from a drag."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, ValidationError
from wtforms.validators import Length

from spa.contact import one_line
from spa.domain.spans import moment_on, parse_moment

SHORTEST_REASON = 3


class DeskMoveForm(FlaskForm):
    """Where to, with whom, in which room, whether the client is told, and why against a rule."""

    at = HiddenField()
    day = HiddenField()
    clock = StringField()
    practitioner = HiddenField(filters=[one_line])
    room = HiddenField(filters=[one_line])
    seen = HiddenField()
    waive = HiddenField()
    is_told = BooleanField(_l("Tell the client by email"), default=True)
    because = StringField(
        _l("Why all the same?"),
        description=_l("Kept in the record of this visit."),
        filters=[one_line],
        validators=[Length(max=300, message=_l("Keep this to 300 characters"))],
        render_kw={"autocomplete": "off"},
    )

    def validate_because(self, field: Field) -> None:
        """Who sets a rule aside says why."""
        if self.waive.data and len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(_l("Say why, so that others understand it later"))

    @property
    def seen_entry(self) -> int | None:
        """The last entry of the record that the page knew of."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 18 else None

    @property
    def gives_reason(self) -> bool:
        """Whether a rule is to be set aside, and somebody said why; only after validation."""
        return bool(self.waive.data) and not self.because.errors

    def start(self, zone: ZoneInfo) -> datetime | None:
        """The moment asked for: one with its offset, or day and time on the clock of the place."""
        text = self.at.data or ""
        if not text and self.day.data and self.clock.data:
            text = f"{self.day.data}T{self.clock.data}"
        return parse_moment(text) or moment_on(text, zone)
