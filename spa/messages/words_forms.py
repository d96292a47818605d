"""The shape of the words that staff write for a message; the check of placeholders is passed in."""

from collections.abc import Callable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from spa.contact import many_lines, one_line

Check = Callable[[str, str], str]
"""Says what is wrong with the text of a field, or nothing."""


class WordsForm(FlaskForm):
    """Subject, text, what only a first visit hears, and the text to a telephone."""

    subject = StringField(
        _l("Subject"),
        filters=[one_line],
        validators=[Length(max=200, message=_l("Keep the subject to 200 characters"))],
        render_kw={"autocomplete": "off"},
    )
    body = TextAreaField(
        _l("Text"),
        description=_l(
            "Greeting and address come by themselves. A blank line begins a paragraph, "
            "a hyphen a list."
        ),
        filters=[many_lines],
        validators=[Length(max=6000, message=_l("Keep the text to 6,000 characters"))],
        render_kw={"rows": 14},
    )
    first_body = TextAreaField(
        _l("Only on a first visit (optional)"),
        description=_l("Said after the first paragraph."),
        filters=[many_lines],
        validators=[Length(max=2000, message=_l("Keep it to 2,000 characters"))],
        render_kw={"rows": 4},
    )
    short = TextAreaField(
        _l("As a text to a telephone"),
        description=_l("It names no treatment, and leads to the rest with {link}."),
        filters=[one_line],
        render_kw={"rows": 3},
    )

    def __init__(self, check: Check, **about: object) -> None:
        """`check` says what is wrong with a field's text."""
        super().__init__(**about)
        self.check = check

    def validate_subject(self, field: Field) -> None:
        """Placeholders that a subject can have."""
        self._check(field)

    def validate_body(self, field: Field) -> None:
        """Placeholders that there are, blocks on a line of their own."""
        self._check(field)

    def validate_first_body(self, field: Field) -> None:
        """The same."""
        self._check(field)

    def validate_short(self, field: Field) -> None:
        """Short enough, with the link, without the treatment."""
        self._check(field)

    def _check(self, field: Field) -> None:
        if said := self.check(field.name, field.data or ""):
            raise ValidationError(said)
