"""The menu as the desk shows it: its lines, a form filled in, the page visitors would see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from spa import wording
from spa.access import Place
from spa.domain.availability import Step
from spa.treatments import markup
from spa.treatments.menu_queries import Doer, Item
from spa.treatments.queries import TreatmentShown, step_shown

KINDS = ("practitioner", "room", "device")


@dataclass(frozen=True)
class Line:
    """One treatment in the list; `misses` says what keeps it from being booked."""

    slug: str
    name: str
    price: str
    length: str
    people: list[str]
    is_everyone: bool
    is_hidden: bool
    is_archived: bool
    misses: str


def line(item: Item, doers: Mapping[int, Doer], place: Place) -> Line:
    """A treatment in words."""
    mine = [doers[number] for number in item.resource_ids if number in doers]
    everyone = [one for one in doers.values() if one.kind == "practitioner"]
    people = [one.name for one in everyone if one in mine]
    rooms = [one for one in mine if one.kind == "room"]
    misses = ""
    if not people:
        misses = _("nobody may give it")
    elif not rooms:
        misses = _("no room suits it")
    elif any(step.needs_device for step in item.steps) and "device" not in {
        one.kind for one in mine
    }:
        misses = _("no device suits it")
    elif place.language not in item.words:
        misses = _("it has no words in %(language)s", language=wording.language(place.language))
    return Line(
        slug=item.slug,
        name=item.named(place.language),
        price=wording.price(item.price_minor, place.currency),
        length=wording.minutes(item.minutes),
        people=people,
        is_everyone=len(everyone) > 1 and len(people) == len(everyone),
        is_hidden=item.is_hidden,
        is_archived=item.archived_at is not None,
        misses=misses,
    )


def fill(form: Any, item: Item | None, place: Place, *, is_copy: bool = False) -> None:
    """Show a treatment in the form; a new one is needling, and who gives it is to be chosen."""
    if item is None:
        form.is_needling.data, form.turnover.data = True, "15"
        for _kind, _minutes, person, _device in form.step_rows:
            person.data = True
        return
    for code, name, summary, about in form.word_rows:
        if words := item.words.get(code):
            is_first = is_copy and code == form.languages[0]
            name.data = _("%(name)s (copy)", name=words.name) if is_first else words.name
            summary.data, about.data = words.summary, words.about
    form.price.data = wording.plain_price(item.price_minor, place.currency)
    for row, step in zip(form.step_rows, item.steps, strict=False):
        kind, minutes, person, device = row
        kind.data, minutes.data = step.kind, str(step.minutes)
        person.data, device.data = step.needs_practitioner, step.needs_device
    for _kind, _minutes, person, _device in form.step_rows[len(item.steps) :]:
        person.data = True
    form.turnover.data = str(item.turnover_minutes)
    form.binds_person.data = item.turnover_needs_practitioner
    form.days_between.data = str(item.days_between or "")
    form.is_needling.data, form.is_hidden.data = item.is_needling, item.is_hidden
    form.doers.data = sorted(item.resource_ids & set(form.kinds))
    if not is_copy:
        form.able.data = ",".join(map(str, form.doers.data))


def by_kind(form: Any) -> list[tuple[str, list[Any]]]:
    """The checkboxes of people, rooms and devices, each under its heading."""
    headings = {"practitioner": _("People"), "room": _("Rooms"), "device": _("Devices")}
    options = list(form.doers)
    return [
        (headings[kind], [one for one in options if form.kinds.get(int(one.data)) == kind])
        for kind in KINDS
        if kind in form.kinds.values()
    ]


def as_visitors_see_it(form: Any, place: Place) -> TreatmentShown:
    """The public page of what is typed, as far as it can be read."""
    form.read()
    _code, name, summary, about = form.word_rows[0]
    people = [
        str(one.label.text)
        for one in form.doers
        if one.checked and form.kinds.get(int(one.data)) == "practitioner"
    ]
    return TreatmentShown(
        slug="",
        name=name.data or _("(no name yet)"),
        summary=summary.data or "",
        minutes=sum(step.minutes for step in form.steps),
        price=_("(no price yet)")
        if form.price_minor is None
        else wording.price(form.price_minor, place.currency),
        is_needling=bool(form.is_needling.data),
        about=markup.html(about.data or ""),
        steps=[step_shown(step) for step in form.steps],
        spacing_days=form.days,
        people=people,
    )


def differing(form: Any, item: Item, place: Place) -> list[tuple[str, str]]:
    """What stands there now and is not what was typed."""
    now = [
        (form.price.label.text, form.price.data or "",
         wording.plain_price(item.price_minor, place.currency)),
        (form.turnover.label.text, form.turnover.data or "", str(item.turnover_minutes)),
        (form.days_between.label.text, form.days_between.data or "", str(item.days_between or "")),
        (_("Steps"), _steps(form.steps), _steps(item.steps)),
        (form.doers.label.text, _names(form, form.doers.data or ()),
         _names(form, item.resource_ids)),
    ]  # fmt: skip
    for tick, is_now in (
        (form.binds_person, item.turnover_needs_practitioner),
        (form.is_needling, item.is_needling),
        (form.is_hidden, item.is_hidden),
    ):
        now.append((tick.label.text, _yes(tick.data), _yes(is_now)))
    for code, name, summary, about in form.word_rows:
        words = item.words.get(code)
        if words:
            now += [
                (name.label.text, name.data or "", words.name),
                (summary.label.text, summary.data or "", words.summary),
                (about.label.text, about.data or "", words.about),
            ]
    return [(str(label), stands) for label, typed, stands in now if typed != stands]


def _steps(steps: Iterable[Step]) -> str:
    """The hour in a line."""
    said = []
    for step in steps:
        words = [wording.step(step.kind)[0], wording.minutes(step.minutes)]
        words += [_("without the practitioner")] if not step.needs_practitioner else []
        words += [_("with a device")] if step.needs_device else []
        said.append(", ".join(words))
    return "; ".join(said)


def _names(form: Any, chosen: Iterable[int]) -> str:
    numbers = set(chosen)
    return ", ".join(str(one.label.text) for one in form.doers if int(one.data) in numbers)


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else _("no")
