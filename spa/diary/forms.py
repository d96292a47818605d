"""The shape of what is told about a visit's skin, and of the note that closes it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from spa.contact import many_lines


class LookForm(FlaskForm):
    """What does not look right, from a list, and whether to be called; no words of one's own."""

    signs = SelectMultipleField(
        _l("What do you see or feel?"),
        description=_l("Tick all that fit."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    call = RadioField(
        _l("Shall we call you?"),
        choices=[
            SelectChoice("yes", _l("Yes, call me")),
            SelectChoice("no", _l("No, just have a look")),
        ],
        validators=[InputRequired(_l("Choose whether we shall call you"))],
    )

    def offer(self, signs: Sequence[tuple[str, str]], *, can_be_called: bool) -> None:
        """Offer these signs, and the call only to who left a number."""
        self.signs.choices = [SelectChoice(code, words) for code, words in signs]
        if not can_be_called:
            del self.call

    @property
    def wants_call(self) -> bool:
        """Whether they want to be called."""
        return "call" in self and self.call.data == "yes"

    def validate_signs(self, field: Field) -> None:
        """Something that is offered is ticked, or a call is wanted."""
        if not set(field.data or ()) <= {choice.value for choice in field.choices}:
            raise ValidationError(_l("Choose from what is offered"))
        if not field.data and not self.wants_call:
            raise ValidationError(_l("Tick what you see, or choose that we call you"))


class CloseForm(FlaskForm):
    """What was done about it; `seen` stands for what the client had said until then."""

    seen = HiddenField()
    note = TextAreaField(
        _l("What was done"),
        description=_l("For those who treat; the client does not see it."),
        filters=[many_lines],
        validators=[
            DataRequired(_l("Write down what was done")),
            Length(max=2000, message=_l("Write at most 2,000 characters")),
        ],
        render_kw={"rows": 4},
    )
