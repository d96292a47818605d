"""The plan of notes of a treatment at the desk: what its clients get, how long before and after."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_wtf import FlaskForm

from spa import access, wording
from spa.access import requires
from spa.domain.plan import AFTER_THE_VISIT, BY_KEY, Note, wrong_with
from spa.domain.roles import Permission
from spa.treatments import menu_queries, notes_actions, notes_queries
from spa.treatments.menu_queries import Item
from spa.treatments.notes_forms import notes_form, read, values_of

bp = Blueprint("treatment_notes", __name__, url_prefix="/staff/treatments/<slug>/notes")

WIDTH = 600
MIDDLE = 220
"""Where the visit stands in the picture, in its own units."""


@dataclass(frozen=True)
class Row:
    """A note with its three fields."""

    key: str
    name: str
    on: Any
    days: Any
    time: Any


@dataclass(frozen=True)
class Dot:
    """A note in the picture: how far from the left, and its day."""

    x: int
    label: str


@bp.get("")
@requires(Permission.MANAGE_CATALOG)
def edit(slug: str) -> ResponseReturnValue:
    """Every note there can be, in the order of a visit."""
    item, notes = _plan(slug)
    return _page(item, notes, notes_form(notes)(formdata=None, data=values_of(notes)))


@bp.post("")
@requires(Permission.MANAGE_CATALOG)
def save(slug: str) -> ResponseReturnValue:
    """Keep the plan, or go back to the program's; visits with notes to come follow it."""
    item, notes = _plan(slug)
    form: Any = notes_form(notes)()
    if "reset" in request.form:
        wanted = [BY_KEY[note.key] for note in notes]
    else:
        if not form.validate_on_submit() or not _is_sound(form, notes):
            return _page(item, notes, form, status=422)
        wanted = read(form, notes)
    count = notes_actions.set_notes(
        item.id, wanted, actor=access.actor(), for_all=bool(form.for_all.data)
    )
    flash(
        ngettext(
            "Saved. The notes of %(num)d visit follow it.",
            "Saved. The notes of %(num)d visits follow it.",
            count,
        )
    )
    return redirect(url_for("treatment_notes.edit", slug=slug), 303)


def _plan(slug: str) -> tuple[Item, tuple[Note, ...]]:
    item = menu_queries.item(access.place().id, slug)
    if item is None:
        abort(404)
    return item, notes_queries.plan_for(item.id, is_needling=item.is_needling)


def _is_sound(form: FlaskForm, notes: Iterable[Note]) -> bool:
    """Whether every note is where it can be; what is wrong is said beside its days."""
    hours = notes_queries.cut_off_hours(access.place().id)
    for note in read(form, notes):
        if wrong := wrong_with(note, cut_off_hours=hours):
            form[f"{note.key}_days"].errors = [wording.wrong_note(wrong)]
    return not form.errors


def _page(
    item: Item, notes: tuple[Note, ...], form: FlaskForm, *, status: int = 200
) -> ResponseReturnValue:
    place = access.place()
    page = render_template(
        "treatments/staff/notes.html",
        name=item.named(place.language),
        slug=item.slug,
        form=form,
        before=[_row(note, form) for note in notes if note.key not in AFTER_THE_VISIT],
        after=[_row(note, form) for note in notes if note.key in AFTER_THE_VISIT],
        dots=[Dot(_x(note), wording.message_name(note.key)) for note in notes if note.is_on],
        middle=MIDDLE,
        width=WIDTH,
    )
    return page, status


def _row(note: Note, form: FlaskForm) -> Row:
    return Row(
        note.key,
        wording.message_name(note.key),
        form[f"{note.key}_on"],
        form[f"{note.key}_days"],
        form[f"{note.key}_time"],
    )


def _x(note: Note) -> int:
    """Where a note stands: days near the visit take more room than those far from it."""
    away = min(abs(note.days), 100) ** 0.5 * 20
    if note.key in AFTER_THE_VISIT:
        return min(int(MIDDLE + 14 + away * 1.7), WIDTH - 8)
    return max(int(MIDDLE - 14 - away * 2.4), 8)
