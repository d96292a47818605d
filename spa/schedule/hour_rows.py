"""Hours of a day as they are typed: from, to and breaks, read or said to be wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import Length

from spa import wording
from spa.domain.hours import Pattern
from spa.domain.spans import TICK_MINUTES

DAY = 1440
PAUSES = 2
CLOCK = {"type": "time", "step": 300}
REASON = Length(max=200, message=_l("Keep this to 200 characters"))
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def day_of(text: str | None) -> date | None:
    """A day as it is typed; far ends of the calendar are no days of ours."""
    try:
        found = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def minute_of(text: str | None) -> int | None:
    """A time of day as it is typed, in minutes since midnight; None for what is none."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::00)?", (text or "").strip(), re.ASCII)
    if not found:
        return None
    minute = int(found[1]) * 60 + int(found[2])
    return minute if int(found[2]) < 60 and minute < DAY else None


def wrong(one: Field, words: str) -> None:
    """Say beside a field what to do about it; the first word stands."""
    if not one.errors:
        one.errors = [words]


def date_field(label: str, **about: Any) -> StringField:
    """A field for a day."""
    return StringField(label, render_kw={"type": "date"}, **about)


def clock_field(label: str) -> StringField:
    """A field for a time of day."""
    return StringField(label, render_kw=CLOCK)


@dataclass
class Row:
    """The fields of one day: from, to, whether it ends on the next day, and breaks."""

    starts: Field
    ends: Field
    night: Field
    pauses: list[tuple[Field, Field]]
    pattern: Pattern | None = field(default=None, init=False)

    @property
    def fields(self) -> list[Field]:
        """All of them, in the order of the page."""
        breaks = [one for pause in self.pauses for one in pause]
        return [self.starts, self.ends, self.night, *breaks]

    @property
    def is_empty(self) -> bool:
        """Whether no time is typed."""
        return not any((one.data or "").strip() for one in self.fields if one is not self.night)

    @property
    def text(self) -> str:
        """All that is typed, to be told from something else."""
        return " ".join(str(one.data or "-") for one in self.fields)

    def fill(self, pattern: Pattern) -> None:
        """Show these hours."""
        self.starts.data = wording.wall(pattern.from_minute)
        self.ends.data = wording.wall(pattern.to_minute % DAY)
        self.night.data = pattern.to_minute > DAY
        for (first, last), (begins, ends) in zip(self.pauses, pattern.breaks, strict=False):
            first.data, last.data = wording.wall(begins % DAY), wording.wall(ends % DAY)

    def check(self) -> bool:
        """Read the hours, or say what is wrong with them."""
        if self.is_empty:
            return True
        first = read(self.starts, _("Enter the time they begin, or leave the whole day empty"))
        last = read(self.ends, _("Enter the time they finish, or leave the whole day empty"))
        if first is None or last is None:
            return False
        if self.night.data:
            last += DAY
        elif last == 0:
            last = DAY
        if last <= first:
            wrong(self.ends, _("Enter a time after %(time)s", time=wording.wall(first)))
            return False
        breaks = self._breaks(first, last)
        if breaks is None:
            return False
        self.pattern = Pattern(first, last, breaks=tuple(breaks))
        return True

    def _breaks(self, first: int, last: int) -> list[tuple[int, int]] | None:
        """The breaks in the order of the clock; None when something is wrong with them."""
        found = []
        for begins, ends in self.pauses:
            if not (begins.data or "").strip() and not (ends.data or "").strip():
                continue
            start = read(begins, _("Enter the time the break begins"))
            end = read(ends, _("Enter the time the break ends"))
            if start is None or end is None:
                return None
            if self.night.data and start < first:
                start += DAY
            if end < start and (self.night.data or end == 0):
                end += DAY
            if end <= start:
                wrong(ends, _("Enter a time after %(time)s", time=wording.wall(start)))
            elif start < first or end > last or (start, end) == (first, last):
                hours = wording.ranges([(first, last)])
                wrong(begins, _("A break lies within the hours, %(hours)s", hours=hours))
            found.append((start, end, begins))
        found.sort(key=lambda one: one[:2])
        for (_start, before, _field), (after, _end, begins) in pairwise(found):
            if after < before:
                time = wording.wall(before)
                wrong(begins, _("Begin after the other break, which ends at %(time)s", time=time))
        if any(one.errors for pause in self.pauses for one in pause):
            return None
        return [(start, end) for start, end, _field in found]


def read(one: Field, missing: str) -> int | None:
    """The time in a field on the five minutes, or what to do about it."""
    if not (one.data or "").strip():
        wrong(one, missing)
        return None
    minute = minute_of(one.data)
    if minute is None:
        wrong(one, _("Enter a time such as 09:30"))
    elif minute % TICK_MINUTES:
        wrong(one, _("Enter a time on the five minutes, such as 09:30"))
        return None
    return minute


def row_fields(key: str, pauses: int) -> dict[str, Any]:
    """The fields of one day, by the names that the page sends."""
    found: dict[str, Any] = {
        f"from_{key}": clock_field(_l("From")),
        f"to_{key}": clock_field(_l("To")),
        f"night_{key}": BooleanField(_l("ends the next day")),
    }
    for number in range(1, pauses + 1):
        found[f"rest{number}_{key}"] = clock_field(_l("Break from"))
        found[f"on{number}_{key}"] = clock_field(_l("to"))
    return found


def made_with_rows(base: type[Any], keys: Iterable[str], pauses: int) -> Any:
    """The form with a row of hours for each key, and so many breaks in each."""
    keys = tuple(keys)
    fields: dict[str, Any] = {"keys": keys, "pauses": pauses}
    for key in keys:
        fields |= row_fields(key, pauses)
    return type(base.__name__, (base,), fields)


def entry_number(text: str | None) -> int:
    """The entry of the record that was the newest when a page was made; 0 for what is none."""
    return int(text) if text and NUMBER.fullmatch(text) else 0
