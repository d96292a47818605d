"""The shape of what somebody sends who signs in, chooses a password or lets people in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length

from spa import wording
from spa.accounts import passwords
from spa.contact import advertises, mailbox, one_line, written_address
from spa.domain.roles import Role


class ButtonForm(FlaskForm):
    """A button and nothing else."""


class SignInForm(FlaskForm):
    """Who somebody says they are, and how they show it."""

    email = EmailField(
        _l("Email address"),
        filters=[mailbox],
        validators=[
            DataRequired(_l("Enter your email address")),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    kept = HiddenField()


class ForgotForm(FlaskForm):
    """Whose password is to be chosen anew."""

    email = EmailField(
        _l("Email address"),
        filters=[mailbox],
        validators=[
            DataRequired(_l("Enter your email address")),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "username"},
    )

    def validate_email(self, field: Field) -> None:
        """Mail can reach it."""
        if not written_address(field.data):
            raise ValidationError(_l("Enter an email address like name@example.com"))


class NewPasswordForm(FlaskForm):
    """A password that somebody chooses; `name` and `email` are theirs and no password."""

    new = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Three or four words of your own are good."),
        validators=[InputRequired(_l("Enter a new password"))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, name: str, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = {"name": name, "email": email}

    def validate_new(self, field: Field) -> None:
        """Nobody guesses it."""
        if found := passwords.weakness(field.data, **self.about):
            raise ValidationError(wording.weakness(found))


class ChangePasswordForm(NewPasswordForm):
    """A new password, from who knows the present one."""

    present = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Enter your present password"))],
        render_kw={"autocomplete": "current-password"},
    )


class RoleForm(FlaskForm):
    """What somebody works as, and who they are in the rota."""

    role = RadioField(_l("Role"), validators=[InputRequired(_l("Choose a role"))])
    practitioner = SelectField(
        _l("In the rota"), description=_l("Who they are there, if they treat clients themselves.")
    )
    was = HiddenField()

    def __init__(self, *args: Any, rota: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """`rota` is slug and name of everyone who treats clients."""
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(role.value, wording.role(role)) for role in Role]
        nobody = SelectChoice("", _l("Nobody in the rota"))
        self.practitioner.choices = [nobody, *(SelectChoice(*person) for person in rota)]

    def validate_practitioner(self, field: Field) -> None:
        """A practitioner sees the visits of whoever they are in the rota."""
        if self.role.data == Role.PRACTITIONER and not field.data:
            raise ValidationError(_l("Choose who this practitioner is in the rota"))


class InviteForm(RoleForm):
    """Whom to invite."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter a name")),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("Email address"),
        description=_l("The invitation goes there, and they sign in with it."),
        filters=[mailbox],
        validators=[
            DataRequired(_l("Enter an email address")),
            Length(max=254, message=_l("Enter an email address of at most 254 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def validate_name(self, field: Field) -> None:
        """A name opens our mails, so it can't be an advertisement."""
        if advertises(field.data):
            raise ValidationError(_l("Enter a name without a web address"))

    def validate_email(self, field: Field) -> None:
        """Mail can reach it."""
        if not written_address(field.data):
            raise ValidationError(_l("Enter an email address like name@example.com"))
