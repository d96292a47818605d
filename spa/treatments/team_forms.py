"""The shape of what staff write about people, rooms and devices."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from spa.contact import advertises, many_lines, one_line

MOST_A_DAY = 20
LONGEST_BIO = 4000


class Day(DateField):
    """A date that can be left out; what can't be read is refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is no date."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Enter a date such as 2027-03-31")) from None


class Count(IntegerField):
    """A whole number that can be left out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is none."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("Enter a whole number, or leave it empty")) from None


class Ticks(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Seen(FlaskForm):
    """A form that knows the last thing that had happened when its page was made."""

    seen = HiddenField()

    @property
    def seen_entry(self) -> int:
        """The number of that entry, 0 for none."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 18 else 0


class Named(Seen):
    """Something with a name that no other of its kind has."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter a name")),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        """`taken` are the names of the others, in small letters."""
        super().__init__(*args, **kwargs)
        self.taken = taken

    def validate_name(self, field: Field) -> None:
        """A name that clients can tell from the others."""
        if advertises(field.data):
            raise ValidationError(_l("Enter a name without a web address"))
        if field.data.casefold() in self.taken:
            raise ValidationError(_l("There is one of that name already: add something to it"))


class Skilled(FlaskForm):
    """A form that knows what it showed of each treatment: only what was meant is changed."""

    was = HiddenField()

    def remember(self, menu: Iterable[tuple[int, str]], skills: Mapping[int, Any]) -> None:
        """Send along what is so now."""
        shown = {number: _written(skills.get(number)) for number, _name in menu}
        self.was.data = json.dumps(shown)

    @property
    def known(self) -> dict[int, tuple[str, date | None] | None] | None:
        """What its page showed, by number; None when that can't be told."""
        try:
            sent = json.loads(self.was.data or "")
            return {
                int(number): then and (str(then[0]), then[1] and date.fromisoformat(then[1]))
                for number, then in sent.items()
            }
        except (ValueError, TypeError, AttributeError, LookupError):
            return None


def _written(skill: Any) -> list[str | None] | None:
    if skill is None:
        return None
    until = skill.certified_until
    return [skill.certificate, until.isoformat() if until else None]


class Part(FlaskForm):
    """A part of a larger form, which has the token for all of it."""

    class Meta:
        """What the library calls the settings of a form."""

        csrf = False


class WordsForm(Part):
    """What is said about somebody in one language."""

    title = StringField(
        _l("What they are"),
        filters=[one_line],
        description=_l("Under the name, for example: senior practitioner."),
        validators=[Length(max=200, message=_l("Keep this to 200 characters"))],
    )
    bio = TextAreaField(
        _l("About them"),
        filters=[many_lines],
        description=_l(
            "A few honest sentences. Leave a line empty for a new paragraph; "
            "**two stars** make words bold."
        ),
        validators=[Length(max=LONGEST_BIO, message=_l("Keep this to 4,000 characters"))],
        render_kw={"rows": 6},
    )


class PersonForm(Named):
    """Who somebody is: name, portrait, and words in each language."""

    portrait = RadioField(_l("Drawn portrait, shown while there is no photo"), coerce=int)

    def __init__(
        self,
        *args: Any,
        languages: Sequence[tuple[str, str]],
        said: Mapping[str, Any],
        portraits: int,
        **kwargs: Any,
    ) -> None:
        """`languages` are codes and names, `said` what stands there now by code."""
        super().__init__(*args, **kwargs)
        self.portrait.choices = [(n, str(n)) for n in range(1, portraits + 1)]
        self.languages = [
            (code, name, WordsForm(obj=said.get(code), prefix=f"{code}-"))
            for code, name in languages
        ]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """All of it, so that everything that is wrong is said at once."""
        parts = [form.validate() for _code, _name, form in self.languages]
        return bool(super().validate(*args, **kwargs)) and all(parts)

    @property
    def all_fields(self) -> list[Field]:
        """Every field there is, for the summary of errors."""
        return [*self, *(field for _code, _name, form in self.languages for field in form)]


class SkillForm(Part):
    """Whether somebody does one treatment, by which certificate, and until when."""

    does = BooleanField()
    certificate = StringField(
        _l("What it is called"),
        filters=[one_line],
        validators=[Length(max=200, message=_l("Keep this to 200 characters"))],
        render_kw={"autocomplete": "off"},
    )
    until = Day(_l("Good until"), validators=[Optional()])

    def __init__(self, *args: Any, name: str, today: date, was: date | None, **kwargs: Any) -> None:
        """`name` is the treatment's; `was` the date that stands there now."""
        super().__init__(*args, **kwargs)
        self.does.label.text = name
        self.today, self.was = today, was

    def validate_until(self, field: Field) -> None:
        """A day to come; one that has passed since it was written down may stay."""
        if self.does.data and field.data and field.data < self.today and field.data != self.was:
            raise ValidationError(
                _l("This date is past. Enter the day the certificate ends, or leave it empty.")
            )


class WorkForm(Seen, Skilled):
    """What somebody does, in which rooms, and how often a day; the choices are passed in."""

    daily_maximum = Count(
        _l("Most hands-on sessions a day"),
        description=_l("Sessions with needles. Leave it empty for as many as fit."),
        validators=[
            Optional(),
            NumberRange(1, MOST_A_DAY, message=_l("Enter a number from 1 to 20, or nothing")),
        ],
    )
    rooms = Ticks(
        _l("Works only in"),
        coerce=int,
        description=_l("With none ticked they work in every room."),
    )

    def __init__(
        self,
        *args: Any,
        menu: Iterable[tuple[int, str]],
        skills: Mapping[int, Any],
        rooms: list[tuple[int, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        """`menu` and `rooms` are numbers and names, `skills` what they do now by number."""
        super().__init__(*args, **kwargs)
        self.rooms.choices = rooms
        self.skills = [
            (number, self._skill(number, name, skills.get(number), today)) for number, name in menu
        ]

    def _skill(self, number: int, name: str, now: Any, today: date) -> SkillForm:
        # What came onto the menu while the page was open was not on it, and is as it is.
        was_shown = self.is_submitted() and number in (self.known or {number: None})
        return SkillForm(
            **({} if was_shown else {"formdata": None}),
            prefix=f"t{number}-",
            name=name,
            today=today,
            was=now.certified_until if now else None,
            data={
                "does": now is not None,
                "certificate": now.certificate if now else "",
                "until": now.certified_until if now else None,
            },
        )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """All of it, so that everything that is wrong is said at once."""
        parts = [form.validate() for _number, form in self.skills]
        return bool(super().validate(*args, **kwargs)) and all(parts)

    @property
    def all_fields(self) -> list[Field]:
        """Every field there is, for the summary of errors."""
        return [*self, *(field for _number, form in self.skills for field in form)]


class PhotoForm(FlaskForm):
    """A photo of somebody."""

    photo = FileField(
        _l("Photo"),
        description=_l(
            "JPEG, PNG or WebP of at most 8 MB. We cut it to a square and leave out what the "
            "camera wrote into it: the place, the time."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )

    def say(self, sentence: str) -> None:
        """Why the photo was not taken."""
        self.photo.errors = [sentence]


class ThingForm(Named, Skilled):
    """A room or a device: its name, what it suits, and when its service is due."""

    does = Ticks(_l("Suits"), coerce=int)
    due = Day(
        _l("Next service or calibration"),
        description=_l("After this day nothing is booked on it. Leave it empty if there is none."),
        validators=[Optional()],
    )

    def __init__(
        self,
        *args: Any,
        menu: list[tuple[int, str]],
        today: date,
        now: Any,
        has_due: bool,
        **kwargs: Any,
    ) -> None:
        """`menu` is numbers and names; `now` what it suits and when it is due; rooms never are."""
        super().__init__(*args, **kwargs)
        self.does.choices = menu
        self.today, self.was_due = today, now.due if now else None
        if now and self.is_submitted() and self.known is not None:
            # What came onto the menu while the page was open was not on it, and is as it is.
            came = [number for number in now.treatment_ids if number not in self.known]
            self.does.data = [*(self.does.data or ()), *came]
        if not has_due:
            del self.due

    def validate_due(self, field: Field) -> None:
        """A day to come; one that has passed since it was written down may stay."""
        if field.data and field.data < self.today and field.data != self.was_due:
            raise ValidationError(
                _l("This date is past. Enter the day the next service is due, or leave it empty.")
            )
