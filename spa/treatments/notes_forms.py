"""The shape of a plan of notes: for each whether it goes out, how many days off, and when."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, TimeField, ValidationError
from wtforms.validators import InputRequired

from spa.domain.plan import AFTER_THE_VISIT, Note


class _Days(IntegerField):
    def process_formdata(self, valuelist: Any) -> None:
        """Says in our words that it is no number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a number of days")) from None


class _Clock(TimeField):
    def process_formdata(self, valuelist: Any) -> None:
        """Says in our words that it is no time."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Enter a time, such as 10:00")) from None


def _on_ticks(_form: FlaskForm, field: Any) -> None:
    if field.data and field.data.minute % 5:
        raise ValidationError(_l("Choose a time on five minutes"))


def notes_form(notes: Iterable[Note]) -> type[FlaskForm]:
    """A form with three fields for each of these notes."""
    fields: dict[str, Any] = {"for_all": BooleanField(_l("The same for all others like it"))}
    for note in notes:
        fields[f"{note.key}_on"] = BooleanField(_l("goes out"))
        fields[f"{note.key}_days"] = _Days(
            _l("days"),
            validators=[InputRequired(_l("Enter a number of days"))],
            render_kw={"inputmode": "numeric", "min": 0, "max": 365},
        )
        fields[f"{note.key}_time"] = _Clock(
            _l("time"), validators=[InputRequired(_l("Enter a time, such as 10:00")), _on_ticks]
        )
    return type("NotesForm", (FlaskForm,), fields)


def values_of(notes: Iterable[Note]) -> dict[str, Any]:
    """What the fields show for these notes; days are counted away from the visit."""
    values: dict[str, Any] = {}
    for note in notes:
        values[f"{note.key}_on"] = note.is_on
        values[f"{note.key}_days"] = abs(note.days)
        values[f"{note.key}_time"] = time(*divmod(note.minute, 60))
    return values


def read(form: FlaskForm, notes: Iterable[Note]) -> list[Note]:
    """The notes as they were typed, in a form that is valid."""
    found = []
    for note in notes:
        days, at = form[f"{note.key}_days"].data, form[f"{note.key}_time"].data
        found.append(
            replace(
                note,
                is_on=bool(form[f"{note.key}_on"].data),
                days=days if note.key in AFTER_THE_VISIT else -days,
                minute=at.hour * 60 + at.minute,
            )
        )
    return found
