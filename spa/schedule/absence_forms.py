"""The shape of what is typed about who is away: sick, or a time off that was planned."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from spa import wording
from spa.schedule.hour_rows import (
    CLOCK,
    DAY,
    REASON,
    clock_field,
    date_field,
    day_of,
    entry_number,
    minute_of,
    read,
    wrong,
)

WHOLE, PART = "whole", "part"


class SickForm(FlaskForm):
    """Who is ill, from when and until which day."""

    person = SelectField(_l("Who"), validate_choice=False)
    first_on = date_field(_l("From which day"))
    part = RadioField(
        _l("How much of that day"),
        choices=[
            SelectChoice(WHOLE, _l("the whole day")),
            SelectChoice(PART, _l("from a time on")),
        ],
        default=WHOLE,
        validate_choice=False,
    )
    starts = clock_field(_l("From"))
    last_on = date_field(_l("Until which day, included"))
    reason = StringField(
        _l("What the schedule says"),
        description=_l("Everyone at the desk reads it; the clients never do."),
        validators=[REASON],
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], today: date, **kwargs: Any):
        """`people` are short names and names; `today` is the day it is at the place."""
        super().__init__(*args, **kwargs)
        self.person.choices = [SelectChoice(*one) for one in people]
        self.known = dict(people)
        self.today = today

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody who works here, and days that are not over, in order."""
        super().validate(extra_validators)
        if not self.person.data or self.person.data not in self.known:
            wrong(self.person, _("Choose who it is"))
        first, last = day_of(self.first_on.data), day_of(self.last_on.data)
        if first is None:
            wrong(self.first_on, _("Enter the first day"))
        elif first < self.today:
            wrong(self.first_on, _("That day is over: choose today or a later one"))
        if last is None:
            wrong(self.last_on, _("Enter the last day; for one day it is the first again"))
        elif first and last < first:
            wrong(self.last_on, _("Choose the first day or a later one"))
        if self.part.data == PART:
            read(self.starts, _("Enter the time from which they are away"))
        elif self.part.data != WHOLE:
            wrong(self.part, _("Choose one of the two"))
        return not self.errors

    @property
    def span(self) -> tuple[date, int, date, int]:
        """First day and time, last day and time; only after validation."""
        first, last = day_of(self.first_on.data), day_of(self.last_on.data)
        if first is None or last is None:
            raise ValueError("not validated")
        start = minute_of(self.starts.data) if self.part.data == PART else 0
        return first, start or 0, last, DAY


class TimeOffForm(FlaskForm):
    """Who is away, from a day and time to a day and time, and why."""

    person = SelectField(_l("Who"), validate_choice=False)
    first_on = date_field(_l("First day"))
    starts = StringField(
        _l("From (optional)"), description=_l("Empty: from the morning on."), render_kw=CLOCK
    )
    last_on = date_field(_l("Last day, included"))
    ends = StringField(
        _l("To (optional)"), description=_l("Empty: to the evening."), render_kw=CLOCK
    )
    reason = StringField(
        _l("What for? (optional)"),
        description=_l("Everyone at the desk reads it; the clients never do."),
        validators=[REASON],
    )
    seen = HiddenField()

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        """`people` are short names and names."""
        super().__init__(*args, **kwargs)
        self.person.choices = [SelectChoice(*one) for one in people]
        self.known = dict(people)

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody who works here, and an end after the beginning."""
        super().validate(extra_validators)
        if not self.person.data or self.person.data not in self.known:
            wrong(self.person, _("Choose who it is"))
        for one, words in (
            (self.first_on, _("Enter the first day")),
            (self.last_on, _("Enter the last day; for one day it is the first again")),
        ):
            if day_of(one.data) is None:
                wrong(one, words)
        for one in (self.starts, self.ends):
            if (one.data or "").strip():
                read(one, "")
        if not self.errors:
            first, start, last, end = self.span
            if last < first:
                wrong(self.last_on, _("Choose the first day or a later one"))
            elif first == last and end <= start:
                wrong(self.ends, _("Enter a time after %(time)s", time=wording.wall(start)))
        return not self.errors

    def fill(self, first_on: date, start: int, last_on: date, end: int) -> None:
        """Show this time off."""
        self.first_on.data, self.last_on.data = first_on.isoformat(), last_on.isoformat()
        self.starts.data = wording.wall(start) if start else ""
        self.ends.data = wording.wall(end) if end != DAY else ""

    @property
    def span(self) -> tuple[date, int, date, int]:
        """First day and time, last day and time; only after validation."""
        first, last = day_of(self.first_on.data), day_of(self.last_on.data)
        if first is None or last is None:
            raise ValueError("not validated")
        return first, minute_of(self.starts.data) or 0, last, minute_of(self.ends.data) or DAY

    @property
    def seen_entry(self) -> int:
        """The entry of the record that was the newest when the page was made."""
        return entry_number(self.seen.data)
