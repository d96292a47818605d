"""How somebody at the desk writes down who a client is and how to reach them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, StringField, TelField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from spa.contact import address, advertises, one_line, phone_number, written_address


class ContactForm(FlaskForm):
    """A name, and a phone number or an email address; `region` is where short numbers belong."""

    name = StringField(
        _l("Full name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter their name")),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )
    phone = TelField(
        _l("Phone"),
        filters=[one_line],
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("Email"),
        filters=[address],
        validators=[
            Optional(),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )

    e164 = ""

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        """`region` is a country code."""
        super().__init__(*args, **kwargs)
        self.region = region

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """One of the two ways to reach them is enough, none is not."""
        is_valid: bool = super().validate(*args, **kwargs)
        if self.phone.data or self.email.data:
            return is_valid
        self.phone.errors = [_l("Enter a phone number or an email address")]
        return False

    def validate_name(self, field: Field) -> None:
        """A name opens our mails, so it can't be an advertisement."""
        if advertises(field.data):
            raise ValidationError(_l("Enter a name without a web address"))

    def validate_phone(self, field: Field) -> None:
        """A number that could exist, in any way of writing it, kept as +12125550123."""
        self.e164 = phone_number(field.data, self.region)
        if not self.e164:
            raise ValidationError(
                _l("Enter a phone number such as 212 555 0123, or with its +code")
            )

    def validate_email(self, field: Field) -> None:
        """Mail can reach it: the domain is kept in the form that mail servers use."""
        written = written_address(field.data)
        if not written:
            raise ValidationError(_l("Enter an email address like name@example.com"))
        field.data = written
