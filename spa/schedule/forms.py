"""The shape of a time to be kept free."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from spa.domain.spans import moment_on

GRID_MINUTES = 5


class BlockForm(FlaskForm):
    """A day, from when to when, whom and what, and for what reason; choices are passed in."""

    day = StringField(
        _l("Day"),
        validators=[DataRequired(_l("Choose a day"))],
        render_kw={"type": "date"},
    )
    starts = StringField(
        _l("From"),
        validators=[DataRequired(_l("Enter the time it begins"))],
        render_kw={"type": "time", "step": 300},
    )
    ends = StringField(
        _l("To"),
        validators=[DataRequired(_l("Enter the time it ends"))],
        render_kw={"type": "time", "step": 300},
    )
    what = SelectMultipleField(
        _l("Who and what"),
        coerce=int,
        validators=[DataRequired(_l("Choose at least one person or room"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = StringField(
        _l("What for?"),
        description=_l("Shown on the schedule, for example: meeting, room closed."),
        validators=[
            DataRequired(_l("Say in a word what it is for")),
            Length(max=200, message=_l("Keep this to 200 characters")),
        ],
    )

    def __init__(self, *args: Any, zone: ZoneInfo, choices: list[tuple[int, str]], **kwargs: Any):
        """`zone` is the place's; `choices` are numbers and names."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.what.choices = choices

    def validate_starts(self, field: Field) -> None:
        """A time that the clock shows that day, on the five minutes."""
        self._moment(field)

    def validate_ends(self, field: Field) -> None:
        """Later than the beginning, on the same day."""
        end, start = self._moment(field), moment(self.day.data, self.starts.data, self.zone)
        if start and end <= start:
            raise ValidationError(_l("Enter a time after the beginning, on the same day"))

    def _moment(self, field: Field) -> datetime:
        found = moment(self.day.data, field.data, self.zone)
        if found is None:
            raise ValidationError(_l("Enter a time that the clock shows that day, such as 14:30"))
        if found.minute % GRID_MINUTES:
            raise ValidationError(_l("Enter a time on the five minutes, such as 14:30"))
        return found

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when; only after validation."""
        start, end = (moment(self.day.data, f.data, self.zone) for f in (self.starts, self.ends))
        if start is None or end is None:
            raise ValueError("not validated")
        return start, end


def moment(day: str | None, clock: str | None, zone: ZoneInfo) -> datetime | None:
    """What the clock of the place shows that day, as a moment; None for what it never shows."""
    return moment_on(f"{day}T{clock}", zone)
