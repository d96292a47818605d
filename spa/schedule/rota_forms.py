"""The shape of what is typed about somebody's hours: a week, one day, the last day."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from spa import wording
from spa.domain.hours import Pattern
from spa.schedule.hour_rows import (
    DAY,
    PAUSES,
    Row,
    date_field,
    day_of,
    entry_number,
    made_with_rows,
    wrong,
)

USUAL, OTHER, OFF = "usual", "other", "off"


class _Hours(FlaskForm):
    """A form that has rows of hours; `keys` and `pauses` are set by the class made for a page."""

    keys: tuple[str, ...] = ()
    pauses = PAUSES
    seen = HiddenField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """`today` is the day it is at the place."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.rows = {key: self._row(key) for key in self.keys}

    def _row(self, key: str) -> Row:
        pauses = [
            (self[f"rest{number}_{key}"], self[f"on{number}_{key}"])
            for number in range(1, self.pauses + 1)
        ]
        return Row(self[f"from_{key}"], self[f"to_{key}"], self[f"night_{key}"], pauses)

    @property
    def seen_entry(self) -> int:
        """The entry of the record that was the newest when the page was made."""
        return entry_number(self.seen.data)

    @property
    def hour_fields(self) -> list[Field]:
        """Every field of every row."""
        return [one for row in self.rows.values() for one in row.fields]


class _Week(_Hours):
    """The hours of each weekday, from which day on and until when."""

    starts_on = date_field(_l("From which day on"))
    ends_on = date_field(
        _l("Until which day (optional)"),
        description=_l("After it the earlier week goes on. Leave it empty when this has no end."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The days, each row, and no row into the next."""
        super().validate(extra_validators)
        first, last = day_of(self.starts_on.data), day_of(self.ends_on.data)
        if first is None:
            wrong(self.starts_on, _("Enter the day on which it begins"))
        elif first < self.today:
            wrong(self.starts_on, _("Choose today or a later day: what was stays as it was"))
        if self.ends_on.data and last is None:
            wrong(self.ends_on, _("Enter a day, or leave this empty"))
        elif first and last and last < first:
            wrong(self.ends_on, _("Choose the day it begins or a later one"))
        rows = [row.check() for row in self.rows.values()]
        if all(rows) and not self.week:
            wrong(self.rows["0"].starts, _("Enter the hours of at least one day"))
        self._check_nights()
        return not self.errors

    def _check_nights(self) -> None:
        """Nobody begins before the night before has ended."""
        for day in range(7):
            before, after = self.rows[str(day)], self.rows[str((day + 1) % 7)]
            if before.pattern and after.pattern:
                over = before.pattern.to_minute - DAY
                if over > after.pattern.from_minute:
                    time = wording.wall(over)
                    words = _("The night before ends at %(time)s: begin then or later", time=time)
                    wrong(after.starts, words)

    @property
    def week(self) -> tuple[Pattern, ...]:
        """The days they are in; only after validation."""
        return tuple(
            Pattern(one.from_minute, one.to_minute, weekday=int(key), breaks=one.breaks)
            for key, row in self.rows.items()
            if (one := row.pattern)
        )


class _Day(_Hours):
    """One day: as usual, other hours, or not in."""

    day = date_field(_l("Day"))
    shown = HiddenField()
    choice = RadioField(
        _l("That day they are"),
        choices=[
            SelectChoice(USUAL, _l("as usual")),
            SelectChoice(OTHER, _l("in at other hours")),
            SelectChoice(OFF, _l("not in")),
        ],
        validate_choice=False,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A day that is not over, one of the three, and the hours where they are other ones."""
        super().validate(extra_validators)
        on, row = day_of(self.day.data), self.rows["0"]
        if on is None:
            wrong(self.day, _("Enter a day"))
        elif on < self.today:
            wrong(self.day, _("That day is over: choose today or a later one"))
        if self.choice.data not in {USUAL, OTHER, OFF}:
            wrong(self.choice, _("Choose one of the three"))
        elif self.choice.data != OTHER and not row.is_empty and row.text != self.shown.data:
            wrong(self.choice, _("Other hours are typed below: choose them, or empty them"))
        if self.choice.data == OTHER:
            row.check()
            if row.is_empty:
                wrong(row.starts, _("Enter the time they begin that day"))
        return not self.errors

    @property
    def hours(self) -> Pattern | None:
        """The other hours; only after validation."""
        return self.rows["0"].pattern if self.choice.data == OTHER else None


def week_form(pauses: int, **about: Any) -> _Week:
    """The form of a week with room for so many breaks a day."""
    keys = [str(day) for day in range(7)]
    return made_with_rows(_Week, keys, max(pauses, PAUSES))(**about)


def day_form(pauses: int, **about: Any) -> _Day:
    """The form of one day with room for so many breaks."""
    return made_with_rows(_Day, ["0"], max(pauses, PAUSES))(**about)


class LeaveForm(FlaskForm):
    """Somebody's last day; what was worked long ago stays as it was."""

    last_on = date_field(_l("Last day"))
    seen = HiddenField()

    def __init__(self, *args: Any, earliest: date, **kwargs: Any) -> None:
        """`earliest` is the first day that may be the last one."""
        super().__init__(*args, **kwargs)
        self.earliest = earliest

    def validate(self, extra_validators: Any = None) -> bool:
        """A day there is, not long ago."""
        super().validate(extra_validators)
        found = day_of(self.last_on.data)
        if found is None:
            wrong(self.last_on, _("Enter their last day"))
        elif found < self.earliest:
            day = wording.day_and_year(self.earliest)
            wrong(self.last_on, _("That is too long ago: choose %(day)s or later", day=day))
        return not self.errors

    @property
    def day(self) -> date:
        """The last day; only after validation."""
        found = day_of(self.last_on.data)
        if found is None:
            raise ValueError("not validated")
        return found

    @property
    def seen_entry(self) -> int:
        """The entry of the record that was the newest when the page was made."""
        return entry_number(self.seen.data)
