"""The shape of what is typed about a treatment: words, price, steps, who does it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from spa import wording
from spa.contact import many_lines, one_line
from spa.domain.availability import Step
from spa.domain.money import minor_of
from spa.domain.spans import TICK_MINUTES
from spa.treatments.menu_words import STEP_KINDS, Words

MOST_STEPS, LONGEST_STEP, LONGEST_TURNOVER, LONGEST_VISIT = 16, 240, 120, 480
MOST_DAYS = 365


def _number(text: str | None, most: int) -> int | None:
    """A whole number that was typed; None for none."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        return None
    return int(text) if int(text) <= most else None


def _whole(label: str, **about: Any) -> StringField:
    return StringField(label, render_kw={"inputmode": "numeric"}, **about)


class _TreatmentForm(FlaskForm):
    """One treatment; languages and the number of rows are set by the class made for a page."""

    languages: tuple[str, ...] = ()
    rows: int = 0

    seen = HiddenField()
    rows_shown = HiddenField()
    able = HiddenField()
    price = StringField(
        _l("Price"),
        description=_l("Such as 185 or 185.50. Visits that are booked keep theirs."),
        render_kw={"inputmode": "decimal"},
    )
    turnover = _whole(_l("Cleaning afterwards, minutes"))
    binds_person = BooleanField(_l("The practitioner cleans, and can see nobody meanwhile"))
    days_between = _whole(
        _l("Days between two on the same area, at least"),
        description=_l("Leave it empty where it does not matter."),
    )
    is_needling = BooleanField(
        _l("Needles are used"),
        description=_l("Its page then shows who can't be treated, and what to do before."),
    )
    is_hidden = BooleanField(
        _l("Hidden: booked at the desk alone"),
        description=_l("Visitors don't see it, and it can't be booked online."),
    )
    doers = SelectMultipleField(
        _l("Who may give it, and which rooms and devices suit it"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(
        self, *args: Any, choices: list[tuple[int, str, str]], digits: int, **kwargs: Any
    ) -> None:
        """`choices` are number, kind and name; `digits` the cents of the currency."""
        super().__init__(*args, **kwargs)
        self.doers.choices = [SelectChoice(number, name) for number, _kind, name in choices]
        self.kinds = {number: kind for number, kind, _name in choices}
        self.digits = digits
        self.steps: list[Step] = []
        self.price_minor: int | None = None

    @property
    def seen_entry(self) -> int:
        """The entry of the record that was the newest when the page was made."""
        text = self.seen.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0

    @property
    def known(self) -> frozenset[int]:
        """Who and what could do it when the page was made."""
        texts = (self.able.data or "").split(",")
        return frozenset(int(one) for one in texts if one.isascii() and one.isdigit())

    def refuse_name(self) -> None:
        """Say that another treatment has this name already."""
        _wrong(self.word_rows[0][1], _("Another treatment is called so: give this another name"))

    @property
    def step_rows(self) -> list[tuple[Field, Field, Field, Field]]:
        """The fields of each step: what, how long, with whom, with a device."""
        names = ("kind", "minutes", "person", "device")
        return [tuple(self[f"step{n}_{name}"] for name in names) for n in range(self.rows)]

    @property
    def word_rows(self) -> list[tuple[str, Field, Field, Field]]:
        """The fields of each language, with its code."""
        return [
            (code, self[f"name_{code}"], self[f"summary_{code}"], self[f"about_{code}"])
            for code in self.languages
        ]

    @property
    def every_field(self) -> list[Field]:
        """In the order of the page, for the summary of what is wrong."""
        words = [one for _code, *row in self.word_rows for one in row]
        steps = [one for row in self.step_rows for one in row]
        return [*words, self.price, *steps, self.turnover, self.days_between, self.doers]

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything at once, so that all that is wrong is said together."""
        super().validate(extra_validators)
        self._check_words()
        self._check_price()
        self._check_steps()
        self._check_numbers()
        chosen = {self.kinds.get(number) for number in self.doers.data or ()}
        if not {"practitioner", "room"} <= chosen:
            _wrong(self.doers, _("Choose at least one person and one room"))
        elif any(step.needs_device for step in self.steps) and "device" not in chosen:
            _wrong(self.doers, _("A step needs a device: choose one"))
        return not self.errors

    def read(self) -> None:
        """Read price and steps as far as they can be, without saying what is wrong with them."""
        errors = [(one, one.errors) for one in self.every_field]
        self._check_price()
        self._check_steps()
        for one, said in errors:
            one.errors = said

    def _check_words(self) -> None:
        first = self.languages[0]
        for code, name, summary, about in self.word_rows:
            has_any = code == first or any((one.data or "").strip() for one in (summary, about))
            if (has_any or (name.data or "").strip()) and not (name.data or "").strip():
                _wrong(name, _("Enter what it is called"))
            if (name.data or "").strip() and not (summary.data or "").strip():
                _wrong(summary, _("Say in a sentence what it is"))

    def _check_price(self) -> None:
        minor = minor_of(self.price.data or "", self.digits)
        if minor is None:
            example = "185.50" if self.digits else "185"
            words = _(
                "Enter the price in numbers without marks for thousands, such as %(price)s",
                price=example,
            )
            _wrong(self.price, words)
        self.price_minor = minor

    def _check_steps(self) -> None:
        self.steps = []
        for kind, minutes, person, device in self.step_rows:
            if not kind.data and not (minutes.data or "").strip():
                continue
            count = _number(minutes.data, LONGEST_STEP)
            if not kind.data:
                _wrong(kind, _("Choose what happens in these minutes"))
            if not count or count % TICK_MINUTES:
                words = _("Enter minutes in fives, from 5 to %(most)s", most=LONGEST_STEP)
                _wrong(minutes, words)
            else:
                self.steps.append(Step(kind.data, count, bool(person.data), bool(device.data)))
        total = sum(step.minutes for step in self.steps)
        first_kind, first_minutes, *_rest = self.step_rows[0]
        if not self.steps and not first_minutes.errors:
            _wrong(first_kind, _("Add at least one step"))
        if total > LONGEST_VISIT:
            length = wording.minutes(LONGEST_VISIT)
            _wrong(first_minutes, _("Together the steps take at most %(length)s", length=length))
        if self.steps and not any(step.needs_practitioner for step in self.steps):
            _wrong(first_kind, _("At least one step needs the practitioner"))

    def _check_numbers(self) -> None:
        turnover = _number(self.turnover.data or "0", LONGEST_TURNOVER)
        if turnover is None or turnover % TICK_MINUTES:
            most = LONGEST_TURNOVER
            _wrong(self.turnover, _("Enter minutes in fives, from 0 to %(most)s", most=most))
        days = (self.days_between.data or "").strip()
        if days and not _number(days, MOST_DAYS):
            most = MOST_DAYS
            _wrong(self.days_between, _("Enter days from 1 to %(most)s, or nothing", most=most))

    @property
    def words(self) -> dict[str, Words]:
        """What is said in each language that has a name; only after validation."""
        return {
            code: Words(name.data, summary.data or "", about.data or "")
            for code, name, summary, about in self.word_rows
            if (name.data or "").strip()
        }

    @property
    def turnover_minutes(self) -> int:
        """Only after validation."""
        return _number(self.turnover.data or "0", LONGEST_TURNOVER) or 0

    @property
    def days(self) -> int | None:
        """Only after validation."""
        return _number(self.days_between.data, MOST_DAYS) or None


def treatment_form(languages: list[str], rows: int, **about: Any) -> _TreatmentForm:
    """The form with words in these languages and room for so many steps."""
    rows = min(max(rows, 1), MOST_STEPS)
    fields: dict[str, Any] = {"languages": tuple(languages), "rows": rows}
    for code in languages:
        length = Length(max=200, message=_l("Keep this to 200 characters"))
        fields[f"name_{code}"] = StringField(_l("Name"), filters=[one_line], validators=[length])
        fields[f"summary_{code}"] = TextAreaField(
            _l("In a sentence"),
            filters=[many_lines],
            validators=[Length(max=400, message=_l("Keep this to 400 characters"))],
            render_kw={"rows": 2},
        )
        fields[f"about_{code}"] = TextAreaField(
            _l("About it"),
            filters=[many_lines],
            description=_l("An empty line begins a paragraph, “- ” a list, “### ” a heading; "
                           "**bold** and *soft* words."),
            validators=[Length(max=10_000, message=_l("Keep this to 10,000 characters"))],
            render_kw={"rows": 8},
        )  # fmt: skip
    for n in range(rows):
        fields[f"step{n}_kind"] = SelectField(
            _l("Step"),
            choices=[SelectChoice("", _l("(no step)")), *_kinds()],
            validate_choice=False,
            filters=[lambda value: value if value in STEP_KINDS else ""],
        )  # fmt: skip
        fields[f"step{n}_minutes"] = _whole(_l("Minutes"))
        fields[f"step{n}_person"] = BooleanField(_l("with the practitioner"))
        fields[f"step{n}_device"] = BooleanField(_l("with a device"))
    form: _TreatmentForm = type("TreatmentForm", (_TreatmentForm,), fields)(**about)
    form.rows_shown.data = str(rows)
    return form


def _kinds() -> list[SelectChoice]:
    return [SelectChoice(kind, wording.step(kind)[0]) for kind in STEP_KINDS]


def _wrong(one: Field, words: str) -> None:
    if not one.errors:
        one.errors = [words]
