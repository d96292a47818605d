"""The shape of a client's record as staff write it."""

import json
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from spa import wording
from spa.clients.contact import ContactForm
from spa.clients.fields import FIELDS


class NewClientForm(ContactForm):
    """Who a new client is."""


class ClientForm(ContactForm):
    """A record that is put right.

    `seen` is the last change the page knew of, `was` what stood there when it was made: what is
    still the same nobody meant to change.
    """

    language = SelectField(_l("Language of messages"))
    channel = SelectField(
        _l("Notes about visits go"),
        description=_l("Only who asked for texts should get them."),
    )
    no_texts = BooleanField(_l("No texts, ever"))
    books_by_phone = BooleanField(
        _l("Books by phone only"),
        description=_l(
            "Online they are asked to call us, in words that could be meant for anyone."
        ),
    )
    for_visits = BooleanField(
        _l("A new email is also for the visits to come"),
        description=_l(
            "Each is confirmed to the new address; the links sent to the old one stop working."
        ),
        default=True,
    )
    seen = HiddenField()
    was = HiddenField()

    def __init__(
        self, *args: Any, languages: Sequence[tuple[str, str]], region: str, **kwargs: Any
    ) -> None:
        """`languages` are codes and names."""
        super().__init__(*args, region=region, **kwargs)
        self.language.choices = list(languages)
        self.channel.choices = [
            SelectChoice("email", wording.channel("email")),
            SelectChoice("text", wording.channel("text")),
        ]

    def remember(self, record: Any) -> None:
        """Send along what the record says now."""
        self.was.data = json.dumps({name: getattr(record, name) for name in FIELDS})

    def meant(self) -> dict[str, str | bool]:
        """What is otherwise than it was when the page was made; all of it, when that is unknown."""
        typed: dict[str, str | bool] = {name: self[name].data or "" for name in FIELDS}
        typed |= {"phone": self.e164} | {
            name: bool(self[name].data) for name in ("no_texts", "books_by_phone")
        }
        try:
            was = json.loads(self.was.data or "{}")
        except ValueError:
            was = {}
        if not isinstance(was, dict):
            return typed
        return {name: value for name, value in typed.items() if was.get(name) != value}

    @property
    def seen_entry(self) -> int:
        """The last change that the page knew of."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 18 else 0


class NoteForm(FlaskForm):
    """What staff write down about a client."""

    text = TextAreaField(
        _l("A note"),
        description=_l("Whoever may open this file reads it. Health answers don't belong here."),
        filters=[lambda text: "\n".join((text or "").replace("\0", "").splitlines()).strip()],
        validators=[
            DataRequired(_l("Write something down first")),
            Length(max=2000, message=_l("Keep this to 2,000 characters")),
        ],
        render_kw={"rows": 3},
    )
