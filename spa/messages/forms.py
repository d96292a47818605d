"""The shape of what clients send about messages; staff's forms have files of their own."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice


class ButtonForm(FlaskForm):
    """A button and nothing else."""


class ChoicesForm(FlaskForm):
    """How a client wants notes, and whether news; the notes themselves are ticks by their keys."""

    channel = RadioField(
        _l("How should they come?"),
        choices=[
            SelectChoice("email", _l("By email")),
            SelectChoice("text", _l("As a text to my phone")),
        ],
        default="email",
    )
    no_texts = BooleanField(_l("Never send me a text"))
    news = BooleanField(_l("Send me news from the studio now and then"))
