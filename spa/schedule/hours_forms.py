"""The shape of what is typed about the house's hours: its week, one day, a closure."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField
from wtforms.validators import DataRequired

from spa import wording
from spa.contact import one_line
from spa.domain.spans import parse_day
from spa.schedule.hour_rows import DAY, REASON, Row, made_with_rows, wrong

RANGES = 2
LONGEST_CLOSURE = 366

Ranges = tuple[tuple[int, int], ...]


def _date(label: str) -> StringField:
    return StringField(label, render_kw={"type": "date"})


class _Hours(FlaskForm):
    """Rows of hours, so many for each of its `days`; set by the class made for a page."""

    keys: tuple[str, ...] = ()
    pauses = 0
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: dict[str, list[Row]] = {}
        for key in self.keys:
            row = Row(self[f"from_{key}"], self[f"to_{key}"], self[f"night_{key}"], [])
            self.rows.setdefault(key.partition("_")[0], []).append(row)

    @property
    def seen_entry(self) -> int:
        """The entry of the record that was the newest when the page was made."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0

    @property
    def hour_fields(self) -> list[Field]:
        """Every field of every row."""
        return [one for rows in self.rows.values() for row in rows for one in row.fields]

    def fill(self, day: str, ranges: Ranges) -> None:
        """Show the hours of a day."""
        for row, (first, last) in zip(self.rows[day], ranges, strict=False):
            row.starts.data, row.ends.data = wording.wall(first), wording.wall(last % DAY)
            row.night.data = last > DAY

    def check(self, day: str) -> Ranges:
        """The hours of a day in order; what is wrong is said beside its field."""
        found: list[tuple[int, int]] = []
        for row in self.rows[day]:
            if not row.check() or not row.pattern:
                continue
            first, last = row.pattern.from_minute, row.pattern.to_minute
            if any(first < end and start < last for start, end in found):
                wrong(row.starts, _("Begin after the other hours of that day have ended"))
            found.append((first, last))
        return tuple(sorted(found))


class _Week(_Hours):
    """The hours of each weekday."""

    week: tuple[Ranges, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each day for itself, and no night into the next morning."""
        super().validate(extra_validators)
        self.week = tuple(self.check(str(day)) for day in range(7))
        if not any(self.week) and not self.errors:
            wrong(self.rows["0"][0].starts, _("Enter the hours of at least one day"))
        for day, ranges in enumerate(self.week):
            after = self.week[(day + 1) % 7]
            if ranges and after and ranges[-1][1] - DAY > after[0][0]:
                words = _("The night before is open until %(time)s: begin then or later",
                          time=wording.wall(ranges[-1][1] - DAY))  # fmt: skip
                wrong(self.rows[str((day + 1) % 7)][0].starts, words)
        return not self.errors


class _Day(_Hours):
    """Other hours on one day."""

    day = _date(_l("Day"))
    ranges: Ranges = ()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """`today` is the day it is at the place."""
        super().__init__(*args, **kwargs)
        self.today = today

    def validate(self, extra_validators: Any = None) -> bool:
        """A day that is not over, and its hours."""
        super().validate(extra_validators)
        on = parse_day(self.day.data)
        if on is None:
            wrong(self.day, _("Enter a day"))
        elif on < self.today:
            wrong(self.day, _("That day is over: choose today or a later one"))
        self.ranges = self.check("0")
        if not self.ranges and not self.errors:
            words = _("Enter the hours of that day; to close it, use “Close the studio”")
            wrong(self.rows["0"][0].starts, words)
        return not self.errors


def week_form(ranges: int) -> _Week:
    """The form of a week with room for so many ranges a day."""
    keys = [f"{day}_{n}" for day in range(7) for n in range(max(ranges, RANGES))]
    form: _Week = made_with_rows(_Week, keys, 0)()
    return form


def day_form(ranges: int, today: date) -> _Day:
    """The form of one day with room for so many ranges."""
    keys = [f"0_{n}" for n in range(max(ranges, RANGES))]
    form: _Day = made_with_rows(_Day, keys, 0)(today=today)
    return form


class ClosureForm(FlaskForm):
    """From which day through which, and why."""

    first_on = _date(_l("First day"))
    last_on = _date(_l("Last day, included"))
    reason = StringField(
        _l("Why?"),
        description=_l("The desk reads it, and so do visitors who look at those days."),
        filters=[one_line],
        validators=[DataRequired(_l("Say in a word why, such as “Holiday”")), REASON],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """`today` is the day it is at the place."""
        super().__init__(*args, **kwargs)
        self.today = today

    def validate(self, extra_validators: Any = None) -> bool:
        """Days in order that are not over, and no more than a year of them."""
        super().validate(extra_validators)
        first, last = parse_day(self.first_on.data), parse_day(self.last_on.data)
        if first is None:
            wrong(self.first_on, _("Enter the first day"))
        if last is None:
            wrong(self.last_on, _("Enter the last day; for one day it is the first again"))
        if first and last:
            if last < first:
                wrong(self.last_on, _("Choose the first day or a later one"))
            elif last < self.today:
                wrong(self.last_on, _("Those days are over: choose today or a later one"))
            elif (last - first).days > LONGEST_CLOSURE:
                wrong(self.last_on, _("Close for a year at most; write the rest as another one"))
        return not self.errors

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last; only after validation."""
        first, last = parse_day(self.first_on.data), parse_day(self.last_on.data)
        if first is None or last is None:
            raise ValueError("not validated")
        return first, last
