"""The shape of what the first day asks: the week, names, and the prices of the standard menu."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from spa import wording
from spa.contact import advertises, one_line
from spa.domain.money import minor_of, rescaled
from spa.studio.standard_menu import PLANS

WEEKDAYS = range(7)
TICK, MIDNIGHT = 5, 1440
USUAL = dict.fromkeys(range(5), (600, 1080)) | {5: (600, 960)}
"""What is proposed: ten to six, on Saturdays ten to four."""


class ButtonForm(FlaskForm):
    """A button and nothing else."""


class HoursForm(FlaskForm):
    """The days of the week on which it is open, and from when to when."""

    def __init__(self, *args: Any, week: Mapping[int, tuple[int, int]], **kwargs: Any) -> None:
        """`week` is what the form begins with."""
        data: dict[str, Any] = {}
        for day in WEEKDAYS:
            first, last = week.get(day, (600, 1080))
            data |= {f"open_{day}": day in week, f"from_{day}": _clock(first)}
            data[f"to_{day}"] = _clock(last)
        super().__init__(*args, data=data, **kwargs)
        for day in WEEKDAYS:
            name = wording.weekday(date(2024, 1, 1 + day))
            self[f"open_{day}"].label.text = name
            self[f"from_{day}"].label.text = _("%(day)s from", day=name)
            self[f"to_{day}"].label.text = _("%(day)s to", day=name)

    @property
    def rows(self) -> list[tuple[Field, Field, Field]]:
        """Open, from and to of each day."""
        return [(self[f"open_{n}"], self[f"from_{n}"], self[f"to_{n}"]) for n in WEEKDAYS]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each open day begins and ends on the five minutes, and some day is open."""
        is_sound = super().validate(extra_validators)
        for _open, first, last in (row for row in self.rows if row[0].data):
            begins, ends = _minute(first.data), _minute(last.data) or MIDNIGHT
            for field, found in ((first, begins), (last, _minute(last.data))):
                if found is None:
                    field.errors = [_("Enter a time such as 10:00")]
                elif found % TICK:
                    field.errors = [_("Enter a time on the five minutes, such as 10:05")]
            if not first.errors and not last.errors and begins is not None and begins >= ends:
                last.errors = [_("Enter a time after the opening")]
            is_sound = is_sound and not first.errors and not last.errors
        if not any(row[0].data for row in self.rows):
            self["open_0"].errors = [_("Choose at least one day on which you are open")]
            return False
        return is_sound

    @property
    def week(self) -> dict[int, tuple[int, int]]:
        """The hours by weekday; only after validation."""
        found = {}
        for day, (is_open, first, last) in enumerate(self.rows):
            if is_open.data:
                found[day] = (_minute(first.data) or 0, _minute(last.data) or MIDNIGHT)
        return found


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _minute(text: str | None) -> int | None:
    """A time of day in minutes since midnight."""
    hours, colon, minutes = (text or "").strip().partition(":")
    parts = (hours, minutes[:2])
    if not colon or not all(part.isdecimal() and part.isascii() for part in parts):
        return None
    found = int(hours[:3]) * 60 + int(minutes[:2])
    is_real = len(hours) <= 2 and int(hours) < 24 and int(minutes[:2]) < 60
    return found if is_real else None


_TIME = {"type": "time", "step": 300}
for _day in WEEKDAYS:
    setattr(HoursForm, f"open_{_day}", BooleanField())
    setattr(HoursForm, f"from_{_day}", StringField(render_kw=_TIME))
    setattr(HoursForm, f"to_{_day}", StringField(render_kw=_TIME))


class PersonForm(FlaskForm):
    """Who joins the team."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[
            DataRequired(_l("Enter a name")),
            Length(max=200, message=_l("Enter a name of at most 200 characters")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def validate_name(self, field: Field) -> None:
        """A name opens our mails, so it can't be an advertisement."""
        if advertises(field.data):
            raise ValidationError(_l("Enter a name without a web address"))


class ThingForm(PersonForm):
    """What a room or a device is called."""

    kind = RadioField(
        _l("What it is"),
        choices=[
            SelectChoice("room", _l("A room")),
            SelectChoice("device", _l("A device, such as a red light panel")),
        ],
        default="room",
        validators=[InputRequired(_l("Choose a room or a device"))],
    )


class MenuForm(FlaskForm):
    """Which treatments of the standard menu are offered, and for how much."""

    def __init__(self, *args: Any, currency: str, prices: Mapping[str, int], **kwargs: Any) -> None:
        """`prices` are those of what is offered so far; the others get the standard ones."""
        self.currency, self.digits = currency, get_currency_precision(currency)
        data: dict[str, Any] = {}
        for slug, plan in PLANS.items():
            price = prices.get(slug, rescaled(plan.price_minor, 2, self.digits))
            data[f"offer_{slug}"] = slug in prices
            data[f"price_{slug}"] = wording.plain_price(price, currency)
        super().__init__(*args, data=data, **kwargs)
        for slug, plan in PLANS.items():
            self[f"offer_{slug}"].label.text = plan.name
            self[f"price_{slug}"].label.text = _(
                "Price of %(what)s in %(currency)s", what=plan.name, currency=currency
            )

    @property
    def rows(self) -> list[tuple[str, Field, Field]]:
        """Short name, offered and price of each."""
        return [(slug, self[f"offer_{slug}"], self[f"price_{slug}"]) for slug in PLANS]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each offered one has a price, and something is offered."""
        is_sound = super().validate(extra_validators)
        for _slug, offered, price in self.rows:
            if offered.data and minor_of(price.data or "", self.digits) is None:
                price.errors = [self._wanted()]
                is_sound = False
        if not self.prices:
            self.rows[0][1].errors = [_("Choose at least one treatment")]
            return False
        return is_sound

    def _wanted(self) -> str:
        if not self.digits:
            return _("Enter the price as a whole number, such as 185, without anything else")
        return _("Enter the price such as 185 or 185.50, with one comma or point at most")

    @property
    def prices(self) -> dict[str, int]:
        """The price of each that is offered, in the smallest unit; only after validation."""
        return {
            slug: minor_of(price.data or "", self.digits) or 0
            for slug, offered, price in self.rows
            if offered.data
        }


for _slug in PLANS:
    setattr(MenuForm, f"offer_{_slug}", BooleanField())
    setattr(MenuForm, f"price_{_slug}", StringField(render_kw={"inputmode": "decimal", "size": 8}))
