"""The shape of a client's record as staff write it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField

from spa.clients.contact import ContactForm


class NewClientForm(ContactForm):
    """Who a new client is."""


class ClientForm(ContactForm):
    """A record that is put right; `seen` is the last change the page knew of."""

    language = SelectField(_l("Language of messages"))
    books_by_phone = BooleanField(
        _l("Books by phone only"),
        description=_l(
            "Online they are asked to call us, in words that could be meant for anyone."
        ),
    )
    seen = HiddenField()

    def __init__(
        self, *args: Any, languages: Sequence[tuple[str, str]], region: str, **kwargs: Any
    ) -> None:
        """`languages` are codes and names."""
        super().__init__(*args, region=region, **kwargs)
        self.language.choices = list(languages)

    @property
    def seen_entry(self) -> int:
        """The last change that the page knew of."""
        text = self.seen.data or ""
        return int(text) if text.isdecimal() and len(text) < 18 else 0
